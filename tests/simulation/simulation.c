#include "simulation.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command_line.h"
#include "cli/resume_command.h"
#include "endings.h"
#include "files.h"
#include "partner.h"
#include "plan_file.h"
#include "run/pipeline.h"
#include "undo_file.h"

#define SECOND INT64_C(1000000)
#define HOUR   (3600 * SECOND)

const char *sim_event_name(enum sim_event event)
{
    static const char *const names[EVENT_COUNT] = {
        [EVENT_KILLED] = "killed",
        [EVENT_POWER_CUT] = "power cut",
        [EVENT_DISK_FAULT] = "disk full or failing",
        [EVENT_RESUMED] = "resumed",
        [EVENT_ADVISED] = "resumed by the printed command",
        [EVENT_RESTARTED] = "restarted",
        [EVENT_TORN_JOURNAL] = "a torn journal",
        [EVENT_NO_RENAME] = "killed before the rename of OUTPUT",
        [EVENT_NO_REMOVAL] = "killed before the journal is removed",
        [EVENT_SECOND_LOST] = "a second lost by --sync second",
        [EVENT_RETRIED] = "failed rows retried",
        [EVENT_APPROVED] = "a plan approved",
        [EVENT_OUTAGE] = "outage",
        [EVENT_SUCCEEDED] = "exit status 0",
        [EVENT_GAVE_UP] = "stopped by --give-up",
        [EVENT_SIGNAL] = "stopped by a signal",
        [EVENT_SIGN_IN_FAILED] = "stopped by the sign-in",
        [EVENT_PLANNED] = "stopped as planned",
        [EVENT_TIME] = "stopped by --max-duration",
        [EVENT_BAD_USER] = "a user that always fails",
        [EVENT_NORMALIZED] = "a service that normalizes",
        [EVENT_COARSE] = "coarse stamps",
        [EVENT_PARTNER] = "Partner Center",
        [EVENT_LIMITED] = "a rate limit of the service",
        [EVENT_LATE] = "an update that arrives after its process",
        [EVENT_UNKNOWN_ROW] = "Unknown rows",
        [EVENT_CONFLICT_ROW] = "Conflict rows",
        [EVENT_FAILED_ROW] = "Failed rows",
    };

    return names[event];
}

void simulation_break(struct simulation *simulation, const char *promise,
                      const char *format, ...)
{
    struct sim_verdict *verdict = &simulation->verdict;
    va_list arguments;

    if (verdict->broken)
        return;
    verdict->broken = promise;
    va_start(arguments, format);
    (void)vsnprintf(verdict->text, sizeof(verdict->text), format, arguments);
    va_end(arguments);
    host_trace(&simulation->host, "BROKEN: %s: %s", promise, verdict->text);
}

/* ---- a process ----------------------------------------------------------- */

#define COMMAND_SIZE  760
#define COMMAND_WORDS 48

struct process {
    const struct part_plan *plan;
    char command[COMMAND_SIZE]; /* words, with one blank between them */
    bool restarts;              /* --restart */
};

/* The last processes of a run. */
static const struct part_plan without_faults;

static void write_bounds(const struct schedule *schedule, char text[96])
{
    text[0] = '\0';
    if (schedule->most)
        (void)snprintf(text, 96, " --limit %u", schedule->most);
    if (schedule->max_changes)
        (void)snprintf(text + strlen(text), 96 - strlen(text),
                       " --max-changes %u", schedule->max_changes);
    if (schedule->seconds)
        (void)snprintf(text + strlen(text), 96 - strlen(text),
                       " --max-duration %us", schedule->seconds);
}

/* The operator's command. how: "", or options that each begin with a blank. */
static void write_command(const struct simulation *simulation,
                          struct process *process, const char *how)
{
    const struct schedule *schedule = simulation->schedule;
    char rate[32] = "", undo[16 + DISK_NAME_SIZE] = "", plan[96] = "";
    char bounds[96];
    int len;

    if (schedule->undo) {
        (void)snprintf(undo, sizeof(undo), " --undo ");
        undo_file_name(undo + strlen(undo), simulation->run_count);
    }

    if (simulation->planning)
        (void)snprintf(plan, sizeof(plan), " --dry-run --plan " PLAN);
    else if (*simulation->approved)
        (void)snprintf(plan, sizeof(plan), " --approve %s",
                       simulation->approved);
    write_bounds(schedule, bounds);
    if (schedule->rate > 0)
        (void)snprintf(rate, sizeof(rate), " --rate %u/s", schedule->rate);
    len = snprintf(
        process->command, sizeof(process->command),
        "bauser-batch -q --endpoint https://service.example%s "
        "--concurrency %u --window %u --retries %u --give-up %u%s%s%s"
        "%s%s%s%s %s " OUTPUT,
        schedule->partner
            ? " --api partner-center --customer-id " PARTNER_TENANT
            : "",
        schedule->concurrency, schedule->window, schedule->retries,
        schedule->give_up, rate, schedule->sync_second ? " --sync second" : "",
        files_have_failed(schedule) ? " --failed " FAILED : "", undo, plan,
        bounds, how, *simulation->approved ? PLAN : INPUT);
    if (len < 0 || (size_t)len >= sizeof(process->command))
        abort();
}

/* Cuts the command into its words, which argv points to. */
static int split_command(char *command, char *argv[COMMAND_WORDS])
{
    int argc = 0;

    for (char *word = strtok_r(command, " ", &command);
         word && argc < COMMAND_WORDS; word = strtok_r(NULL, " ", &command))
        argv[argc++] = word;
    return argc;
}

static void start_process(struct simulation *simulation,
                          const struct process *process)
{
    const struct part_plan *plan = process->plan;

    host_trace(&simulation->host, "process %u%s: %s", simulation->part + 1,
               plan == &without_faults ? ", without faults" : "",
               process->command);
    host_start(&simulation->host,
               draw_mix(simulation->schedule->seed + simulation->part),
               plan->die_at);
    network_start(&simulation->network, plan, simulation->part);
    memory_start(&simulation->network.memory, &simulation->disk,
                 &simulation->ending.summary.tally,
                 simulation->schedule->row_count);
    simulation->disk.faults = (struct disk_faults){
        .full_at = plan->full_at,
        .write_fails = plan->write_fails,
        .sync_fails = plan->sync_fails,
        .sync_us = plan->sync_us,
        .locked = plan->lock_end ? REFRESH : NULL,
        .locked_until = simulation->host.now + plan->lock_end,
    };
}

/* Between two processes, others write some users. */
static void write_as_others(struct simulation *simulation, struct draw *draw)
{
    const struct schedule *schedule = simulation->schedule;

    if (!schedule->others_between)
        return;
    for (unsigned i = 0; i < schedule->user_count; i++)
        if (draw_chance(draw, 200))
            model_write_as_other(&simulation->model, i, simulation->host.now,
                                 draw);
}

/* Since when a power cut loses the journal of a process with --sync second: one
 * second, and the time for which other syncs have blocked the process, at most
 * three in a row; everything if the journal could not be synced. */
static int64_t loss_of(const struct simulation *simulation, unsigned part)
{
    const struct schedule *schedule = simulation->schedule;
    const struct part_plan *plan =
        part < schedule->part_count ? &schedule->parts[part] : &without_faults;

    if (plan->sync_fails)
        return -1;
    return simulation->died_at[part] - SECOND - 3 * plan->sync_us;
}

/* Processes that were killed or failed before lose it, too, if it was not
 * synced since. */
static void lose_second(struct simulation *simulation)
{
    unsigned part = simulation->part;

    if (!simulation->schedule->sync_second)
        return;
    simulation->events[EVENT_SECOND_LOST] = true;
    do
        simulation->lost_since[part] = loss_of(simulation, part);
    while (part-- > 0 && simulation->died_at[part] < INT64_MAX);
}

/* What the next process has to find out about the journal. */
static void note_journal(struct simulation *simulation)
{
    const struct buffer *journal = disk_find(&simulation->disk, JOURNAL);
    bool partial = disk_find(&simulation->disk, PARTIAL);

    if (!journal || journal->len == 0)
        return;
    if (journal->data[journal->len - 1] != '\n')
        simulation->events[EVENT_TORN_JOURNAL] = true;
    else if (files_is_finished(journal))
        simulation->events[partial ? EVENT_NO_RENAME : EVENT_NO_REMOVAL] = true;
}

/* The process has ended, or its host with it. */
static void end_process(struct simulation *simulation,
                        const struct process *process)
{
    bool died = simulation->host.dead;
    struct draw draw =
        draw_keyed(simulation->schedule->seed, 1000 + simulation->part);

    if (simulation->disk.met_fault)
        simulation->events[EVENT_DISK_FAULT] = true;
    host_end(&simulation->host);
    promises_check_rate(simulation);
    promises_check_at_once(simulation);
    disk_end_process(&simulation->disk);
    if (died || simulation->ending.status == EXIT_LOCAL)
        simulation->died_at[simulation->part] = simulation->host.now;
    if (died && process->plan->death == DEATH_POWER) {
        simulation->events[EVENT_POWER_CUT] = true;
        lose_second(simulation);
        disk_cut_power(&simulation->disk, &draw);
    } else if (died) {
        simulation->events[EVENT_KILLED] = true;
    }
    note_journal(simulation);
    if (simulation->network.late_count > 0)
        simulation->events[EVENT_LATE] = true;
    network_pass(&simulation->network,
                 (int64_t)draw_below(&draw, 10000) * 1000);
    write_as_others(simulation, &draw);
    simulation->part++;
}

/* What the operator sees of a process that has ended. */
enum end { END_COMPLETE, END_STOPPED, END_REFUSED, END_DIED };

static enum end judge_error(struct simulation *simulation,
                            const struct error *error)
{
    switch (error->kind) {
    case ERROR_STOPPED:
        simulation
            ->events[simulation->host.stop ? EVENT_SIGNAL : EVENT_GAVE_UP] =
            true;
        return END_STOPPED;
    case ERROR_SIGN_IN:
        simulation->events[EVENT_SIGN_IN_FAILED] = true;
        if (simulation->network.passed > 0)
            simulation_break(simulation,
                             "a token that is accepted for others "
                             "does not stop a run",
                             "%u calls passed, then: %s",
                             simulation->network.passed, error->text);
        return END_STOPPED;
    case ERROR_PLANNED:
        simulation->events[EVENT_PLANNED] = true;
        simulation->events[EVENT_TIME] |=
            strcmp(error->option, "--max-duration") == 0;
        return END_STOPPED;
    case ERROR_LOCAL:
        return END_STOPPED;
    case ERROR_USAGE:
    case ERROR_BUSY:
    case ERROR_INPUT:
    case ERROR_NONE:
    case ERROR_VALUE:
        break;
    }
    return END_REFUSED;
}

/* Another process, without a bound, may have sent more updates before, and the
 * journal may have those that it did not send any more. */
static uint64_t bound_of(const struct simulation *simulation,
                         const struct options *options)
{
    uint64_t sent = network_count(simulation->network.update_sent);
    uint64_t most = options->limit < options->max_changes
                        ? options->limit
                        : options->max_changes;

    return most > sent ? most : sent;
}

/* The end stays while the run is resumed, until a process has stopped at it. If
 * there is nothing to resume, the run is a new one. */
static void set_time_end(struct simulation *simulation,
                         const struct options *options)
{
    int64_t length = options->max_duration * SECOND;
    int64_t start;

    if (!options->resume || length != simulation->window_length ||
        !disk_find(&simulation->disk, JOURNAL))
        simulation->window = 0;
    simulation->window_length = length;
    start = simulation->window ? simulation->window : simulation->host.now;
    if (length > 0)
        simulation->ending.time_end = start + length;
}

static bool is_stopped_by_time(const struct sim_ending *ending)
{
    return ending->status == EXIT_PLANNED && ending->error.option &&
           strcmp(ending->error.option, "--max-duration") == 0;
}

static void note_window(struct simulation *simulation)
{
    if (files_has_reached_end(simulation))
        simulation->window = 0;
    else if (simulation->window == 0 && simulation->network.calls > 0)
        simulation->window = simulation->network.started;
}

/* Runs the program itself. Its advice becomes the operator's next command. */
static void call_program(struct simulation *simulation, struct process *process,
                         const struct options *options, int argc, char *argv[])
{
    static char access_token[] = "access", developer_token[] = "developer";
    static char client[] = "client", refresh[] = REFRESH;
    static char token_url[] = "https://token.example";
    bool renews = simulation->schedule->renews;
    struct credentials credentials = {
        .developer_token = developer_token,
        .access_token = renews ? NULL : access_token,
        .client_id = renews ? client : NULL,
        .refresh_file = renews ? refresh : NULL,
        .token_url = renews ? token_url : NULL,
    };
    const struct platform platform = {
        .clock = &simulation->host.clock.base,
        .random = &simulation->host.random.base,
        .files = &simulation->disk.base,
        .messages = -1,
        .network = &simulation->network.opener.base,
    };
    static const struct redirections no_redirections = {"", ""};
    struct sim_ending *ending = &simulation->ending;
    FILE *advice;

    run_summary_clear(&ending->summary);
    *ending = (struct sim_ending){.error.kind = ERROR_NONE,
                                  .give_up = options->give_up,
                                  .most = bound_of(simulation, options)};
    set_time_end(simulation, options);
    if (pipeline_run(&platform, options, &credentials, &simulation->host.stop,
                     &ending->summary, &ending->error) == 0)
        ending->error.kind = ERROR_NONE;
    ending->died = simulation->host.dead;
    ending->status = ending_status(&ending->summary.tally,
                                   ending->error.kind ? &ending->error : NULL);
    ending->advised = ending_advise(options, ending->status) == ENDING_RESUME;
    if (ending->died || !ending->advised)
        return;
    advice = fmemopen(process->command, sizeof(process->command), "w");
    if (!advice)
        abort();
    resume_command_print(options, argc, argv, &no_redirections,
                         ending->error.option, advice);
    (void)fclose(advice);
    process->command[strcspn(process->command, "\n")] = '\0';
}

static enum end run_process(struct simulation *simulation,
                            struct process *process)
{
    char words[COMMAND_SIZE], *argv[COMMAND_WORDS];
    const struct sim_ending *ending = &simulation->ending;
    struct options options;
    struct error error;
    enum end end = END_COMPLETE;
    int argc;

    start_process(simulation, process);
    memcpy(words, process->command, sizeof(words));
    argc = split_command(words, argv);
    if (command_line_parse(&options, argc, argv, &error))
        simulation_break(simulation, "the printed command is accepted", "%s",
                         error.text);
    else
        call_program(simulation, process, &options, argc, argv);
    options_clear(&options);
    if (simulation->verdict.broken)
        return END_REFUSED;
    host_trace(&simulation->host, "the process ends: %s",
               ending->error.kind ? ending->error.text : "complete");
    simulation->events[EVENT_SUCCEEDED] |=
        !ending->died && ending->status == EXIT_ALL_SUCCEEDED;
    if (ending->died)
        end = END_DIED;
    else if (ending->error.kind)
        end = judge_error(simulation, &ending->error);
    endings_check_process(simulation);
    end_process(simulation, process);
    note_window(simulation);
    endings_check_files(simulation);
    return end;
}

/* ---- a run --------------------------------------------------------------- */

/* Had the process completed the run, although it died or failed? Only its
 * OUTPUT is left then. It may be equal to the one before; a process that has
 * not died then says what to do. */
static bool has_completed(const struct simulation *simulation)
{
    bool replaced =
        simulation->ending.died &&
        disk_find(&simulation->disk, OUTPUT) != simulation->old_output;

    return !disk_find(&simulation->disk, PARTIAL) &&
           !disk_find(&simulation->disk, JOURNAL) &&
           (replaced || !files_output_is_as_before(simulation));
}

/* A file whose only user always fails looks like an outage, for ever. */
static bool has_bad_user_only(const struct schedule *schedule)
{
    for (unsigned i = 0; i < schedule->row_count; i++)
        if (schedule->rows[i].kind < ROW_NOBODY &&
            schedule->rows[i].user != schedule->bad_user)
            return false;
    return schedule->bad != BAD_NONE;
}

/* Does the operator discard what was done so far? Not if OUTPUT has its name
 * already: this was all, and --retry-failed would begin with this OUTPUT. */
static bool chooses_restart(const struct simulation *simulation)
{
    struct draw draw =
        draw_keyed(simulation->schedule->seed, 3000 + simulation->part);

    return simulation->schedule->restarts && draw_chance(&draw, 400) &&
           files_output_is_as_before(simulation);
}

/* How the operator continues after a process. The program's advice is the
 * command already; after a death a scheduler always passes --resume. */
static void choose_command(struct simulation *simulation,
                           struct process *process, enum end end,
                           const char *mode)
{
    char how[64];
    const char *longer = "";

    if (end == END_REFUSED)
        return; /* the same command again */
    simulation->events[EVENT_RESUMED] = true;
    simulation->events[EVENT_ADVISED] |= end == END_STOPPED;
    process->restarts = simulation->ending.status != EXIT_PLANNED &&
                        chooses_restart(simulation);
    /* It does not end within the next of the few processes. */
    if (end == END_STOPPED && is_stopped_by_time(&simulation->ending))
        longer = " --max-duration 900h";
    if (end != END_DIED && !process->restarts && !*longer)
        return;
    (void)snprintf(how, sizeof(how), " --%s%s%s",
                   process->restarts ? "restart" : "resume", mode, longer);
    write_command(simulation, process, how);
}

/* Runs a process that was asked to discard what the run has done so far. If it
 * died before that, the next one finds all as it was. */
static enum end run_restart(struct simulation *simulation,
                            struct process *process, struct sim_run *run)
{
    bool *sent = simulation->network.update_sent;
    bool sent_before[SCHEDULE_MAX_USERS];
    unsigned part = simulation->part;
    int64_t now = simulation->host.now;
    enum end end;

    memcpy(sent_before, sent, sizeof(sent_before));
    memset(sent, 0, sizeof(sent_before));
    files_copy(&simulation->journal, disk_find(&simulation->disk, JOURNAL));
    end = run_process(simulation, process);
    if (end == END_REFUSED || files_has_old_journal(simulation)) {
        memcpy(sent, sent_before, sizeof(sent_before));
        return end;
    }
    run->first_part = part;
    run->started = now;
    run->restarted = true;
    simulation->events[EVENT_RESTARTED] = true;
    return end;
}

static bool run_parts(struct simulation *simulation, struct sim_run *run,
                      bool retry_failed)
{
    const struct schedule *schedule = simulation->schedule;
    const char *mode = retry_failed ? " --retry-failed" : "";
    struct process process = {.restarts = false};

    simulation->old_output = disk_find(&simulation->disk, OUTPUT);
    files_copy(&simulation->before, simulation->old_output);
    write_command(simulation, &process, mode);
    for (unsigned i = 0; i < SIMULATION_PARTS; i++) {
        enum end end;

        process.plan =
            i < schedule->part_count ? &schedule->parts[i] : &without_faults;
        end = process.restarts ? run_restart(simulation, &process, run)
                               : run_process(simulation, &process);
        if (simulation->verdict.broken)
            return false;
        if (end == END_COMPLETE ||
            (end != END_REFUSED && has_completed(simulation)))
            return true;
        if (end == END_REFUSED && process.plan == &without_faults) {
            simulation_break(simulation, "the printed command is accepted",
                             "%s: %s", process.command,
                             simulation->ending.error.text);
            return false;
        }
        choose_command(simulation, &process, end, mode);
    }
    /* A throttled user waits for up to a minute, so it can take longer than
     * --give-up to find out that others are not throttled. */
    if (!has_bad_user_only(schedule) && schedule->bad != BAD_429)
        simulation_break(simulation, "every run can be completed",
                         "the last process said: %s",
                         simulation->ending.error.text);
    return false;
}

/* Rows whose result says that they may be retried. */
static void plan_attempts(struct simulation *simulation, struct sim_run *run)
{
    const struct sim_run *before = run == simulation->runs ? NULL : run - 1;

    for (unsigned i = 0; i < simulation->schedule->row_count; i++)
        run->attempted[i] = !before || before->results[i].retryable;
}

static bool perform_run(struct simulation *simulation, bool retry_failed)
{
    struct sim_run *run = &simulation->runs[simulation->run_count];

    simulation->window = 0;
    *run = (struct sim_run){.first_part = simulation->part,
                            .started = simulation->host.now,
                            .retries = retry_failed};
    memset(simulation->network.update_sent, 0,
           sizeof(simulation->network.update_sent));
    memset(simulation->network.update_left, 0,
           sizeof(simulation->network.update_left));
    plan_attempts(simulation, run);
    if (!run_parts(simulation, run, retry_failed))
        return false;
    run->last_part = simulation->part - 1;
    memcpy(run->update_sent, simulation->network.update_sent,
           sizeof(run->update_sent));
    simulation->run_count++;
    network_pass(&simulation->network, HOUR); /* all that is late arrives */
    files_read_output(simulation, run);
    if (!simulation->verdict.broken)
        endings_check_complete(simulation, run);
    if (!simulation->verdict.broken)
        files_check_failed(simulation, run);
    if (!simulation->verdict.broken)
        promises_check_run(simulation, simulation->run_count - 1);
    if (!simulation->verdict.broken && simulation->schedule->undo)
        undo_file_check(simulation, simulation->run_count - 1);
    return !simulation->verdict.broken;
}

/* Makes a plan, and applies it after others have written some users. */
static bool perform_plan(struct simulation *simulation)
{
    struct draw draw = draw_keyed(simulation->schedule->seed, 7000);
    struct sim_run *run = &simulation->runs[0];
    unsigned writes;

    simulation->planning = true;
    *run = (struct sim_run){.started = simulation->host.now};
    if (!run_parts(simulation, run, false))
        return false;
    network_pass(&simulation->network, HOUR);
    files_read_output(simulation, run);
    if (!simulation->verdict.broken)
        plan_file_check(simulation, run);
    if (simulation->verdict.broken)
        return false;
    simulation->planning = false;
    simulation->events[EVENT_APPROVED] = true;
    for (unsigned i = 0; i < simulation->schedule->user_count; i++)
        if (draw_chance(&draw, 300))
            model_write_as_other(&simulation->model, i, simulation->host.now,
                                 &draw);
    writes = simulation->model.write_count;
    if (!run_parts(simulation, run, false))
        return false;
    network_pass(&simulation->network, HOUR); /* all that is late arrives */
    plan_file_check_applied(simulation, writes);
    return !simulation->verdict.broken;
}

static void note_traits(struct simulation *simulation)
{
    const struct schedule *schedule = simulation->schedule;

    simulation->events[EVENT_NORMALIZED] = schedule->normalization;
    simulation->events[EVENT_COARSE] = schedule->coarse;
    simulation->events[EVENT_PARTNER] = schedule->partner;
    simulation->events[EVENT_LIMITED] = schedule->limit;
    simulation->events[EVENT_BAD_USER] = schedule->bad;
    simulation->events[EVENT_RETRIED] = simulation->run_count > 1;
    for (unsigned i = 0; i < schedule->part_count; i++)
        simulation->events[EVENT_OUTAGE] |= schedule->parts[i].outage_end > 0;
    for (unsigned i = 0; i < FAULT_COUNT; i++)
        simulation->faults[i] = simulation->network.met[i] > 0;
    for (unsigned r = 0; r < simulation->run_count; r++)
        for (unsigned i = 0; i < schedule->row_count; i++) {
            enum status status = simulation->runs[r].results[i].status;

            simulation->events[EVENT_UNKNOWN_ROW] |= status == STATUS_UNKNOWN;
            simulation->events[EVENT_CONFLICT_ROW] |= status == STATUS_CONFLICT;
            simulation->events[EVENT_FAILED_ROW] |= status == STATUS_FAILED;
        }
}

void simulation_run(struct simulation *simulation,
                    const struct schedule *schedule, FILE *trace)
{
    memset(&simulation->verdict, 0, sizeof(simulation->verdict));
    memset(simulation->events, 0, sizeof(simulation->events));
    simulation->schedule = schedule;
    simulation->part = simulation->run_count = 0;
    host_init(&simulation->host, trace);
    disk_init(&simulation->disk, &simulation->host);
    model_init(&simulation->model, schedule, simulation->host.now);
    network_init(&simulation->network, &simulation->host, &simulation->model,
                 schedule);
    for (unsigned i = 0; i < SIMULATION_PROCESSES; i++)
        simulation->lost_since[i] = simulation->died_at[i] = INT64_MAX;
    buffer_init(&simulation->before, (size_t)1 << 20);
    buffer_init(&simulation->journal, (size_t)1 << 20);
    files_put(simulation);
    simulation->planning = false;
    *simulation->approved = '\0';
    simulation->rows = schedule->row_count;
    if (schedule->plan)
        (void)perform_plan(simulation);
    else if (perform_run(simulation, false) && schedule->retry_failed)
        (void)perform_run(simulation, true);
    if (!simulation->verdict.broken && !schedule->plan)
        promises_check_all(simulation);
    note_traits(simulation);
    run_summary_clear(&simulation->ending.summary);
    buffer_free(&simulation->before);
    buffer_free(&simulation->journal);
    disk_clear(&simulation->disk);
}
