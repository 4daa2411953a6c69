#include "simulation.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "endings.h"
#include "files.h"
#include "plan_file.h"
#include "process.h"
#include "undo_file.h"

#define HOUR (3600 * INT64_C(1000000)) /* microseconds */

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
                           struct process *process, enum process_end end,
                           const char *mode)
{
    char how[64];
    const char *longer = "";

    if (end == PROCESS_REFUSED)
        return; /* the same command again */
    simulation->events[EVENT_RESUMED] = true;
    simulation->events[EVENT_ADVISED] |= end == PROCESS_STOPPED;
    process->restarts = simulation->ending.status != EXIT_PLANNED &&
                        chooses_restart(simulation);
    /* It does not end within the next of the few processes. */
    if (end == PROCESS_STOPPED &&
        process_is_stopped_by_time(&simulation->ending))
        longer = " --max-duration 900h";
    if (end != PROCESS_DIED && !process->restarts && !*longer)
        return;
    (void)snprintf(how, sizeof(how), " --%s%s%s",
                   process->restarts ? "restart" : "resume", mode, longer);
    process_write_command(simulation, process, how);
}

/* What a process was asked to discard is there. */
static void keep_discarded(struct simulation *simulation)
{
    for (unsigned i = 0; i < SCHEDULE_MAX_USERS; i++)
        simulation->network.update_sent[i] |= simulation->discarded[i];
}

/* Runs a process. A process that was asked to discard the journal may die
 * before that, and a power cut, also a later one, may bring it back. */
static enum process_end run_any(struct simulation *simulation,
                                struct process *process)
{
    enum process_end end = process_run(simulation, process);

    if (files_has_old_journal(simulation))
        keep_discarded(simulation);
    return end;
}

/* Runs a process that was asked to discard what the run has done so far. */
static enum process_end run_restart(struct simulation *simulation,
                                    struct process *process,
                                    struct sim_run *run)
{
    const struct buffer *journal = disk_find(&simulation->disk, JOURNAL);
    bool *sent = simulation->network.update_sent;
    bool discards = journal != NULL;
    unsigned part = simulation->part;
    int64_t now = simulation->host.now;
    enum process_end end;

    if (discards) {
        files_copy(&simulation->journal, journal);
        memcpy(simulation->discarded, sent, sizeof(simulation->discarded));
        memset(sent, 0, sizeof(simulation->discarded));
    }
    end = run_any(simulation, process);
    if (discards && end == PROCESS_REFUSED)
        keep_discarded(simulation);
    if (end == PROCESS_REFUSED || files_has_old_journal(simulation))
        return end;
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
    process_write_command(simulation, &process, mode);
    for (unsigned i = 0; i < SIMULATION_PARTS; i++) {
        enum process_end end;

        process.plan = i < schedule->part_count ? &schedule->parts[i]
                                                : &process_without_faults;
        end = process.restarts ? run_restart(simulation, &process, run)
                               : run_any(simulation, &process);
        if (simulation->verdict.broken)
            return false;
        if (end == PROCESS_COMPLETE ||
            (end != PROCESS_REFUSED && has_completed(simulation)))
            return true;
        if (end == PROCESS_REFUSED && process.plan == &process_without_faults) {
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
