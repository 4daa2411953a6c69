#include "process.h"

#include <stdlib.h>
#include <string.h>

#include "cli/command_line.h"
#include "cli/resume_command.h"
#include "endings.h"
#include "fate.h"
#include "files.h"
#include "partner.h"
#include "plan_file.h"
#include "run/pipeline.h"
#include "undo_file.h"

#define SECOND INT64_C(1000000)

#define COMMAND_WORDS 48

const struct part_plan process_without_faults;

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

void process_write_command(const struct simulation *simulation,
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
               plan == &process_without_faults ? ", without faults" : "",
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
    const struct part_plan *plan = part < schedule->part_count
                                       ? &schedule->parts[part]
                                       : &process_without_faults;

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

static enum process_end judge_error(struct simulation *simulation,
                                    const struct error *error)
{
    switch (error->kind) {
    case ERROR_STOPPED:
        simulation
            ->events[simulation->host.stop ? EVENT_SIGNAL : EVENT_GAVE_UP] =
            true;
        return PROCESS_STOPPED;
    case ERROR_SIGN_IN:
        simulation->events[EVENT_SIGN_IN_FAILED] = true;
        if (simulation->network.passed > 0 &&
            !fate_refuses_tokens(&simulation->network))
            simulation_break(simulation,
                             "a token that is accepted for others "
                             "does not stop a run",
                             "%u calls passed, then: %s",
                             simulation->network.passed, error->text);
        return PROCESS_STOPPED;
    case ERROR_PLANNED:
        simulation->events[EVENT_PLANNED] = true;
        simulation->events[EVENT_TIME] |=
            strcmp(error->option, "--max-duration") == 0;
        return PROCESS_STOPPED;
    case ERROR_LOCAL:
        return PROCESS_STOPPED;
    case ERROR_USAGE:
    case ERROR_BUSY:
    case ERROR_INPUT:
    case ERROR_NONE:
    case ERROR_VALUE:
        break;
    }
    return PROCESS_REFUSED;
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

bool process_is_stopped_by_time(const struct sim_ending *ending)
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

enum process_end process_run(struct simulation *simulation,
                             struct process *process)
{
    char words[PROCESS_COMMAND], *argv[COMMAND_WORDS];
    const struct sim_ending *ending = &simulation->ending;
    struct options options;
    struct error error;
    enum process_end end = PROCESS_COMPLETE;
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
        return PROCESS_REFUSED;
    host_trace(&simulation->host, "the process ends: %s",
               ending->error.kind ? ending->error.text : "complete");
    simulation->events[EVENT_SUCCEEDED] |=
        !ending->died && ending->status == EXIT_ALL_SUCCEEDED;
    if (ending->died)
        end = PROCESS_DIED;
    else if (ending->error.kind)
        end = judge_error(simulation, &ending->error);
    endings_check_process(simulation);
    end_process(simulation, process);
    note_window(simulation);
    endings_check_files(simulation);
    return end;
}
