#include "simulation.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option_table.h"
#include "run/pipeline.h"

#define SECOND  INT64_C(1000000)
#define HOUR    (3600 * SECOND)
#define SILENCE (150 * SECOND) /* with --drain and the longest pause */
#define INPUT   "in.csv"
#define OUTPUT  "out.csv"
#define REFRESH "refresh"

const char *sim_event_name(enum sim_event event)
{
    static const char *const names[EVENT_COUNT] = {
        [EVENT_KILLED] = "killed",
        [EVENT_POWER_CUT] = "power cut",
        [EVENT_DISK_FAULT] = "disk full or failing",
        [EVENT_RESUMED] = "resumed",
        [EVENT_RETRIED] = "failed rows retried",
        [EVENT_OUTAGE] = "outage",
        [EVENT_GAVE_UP] = "stopped by --give-up",
        [EVENT_SIGNAL] = "stopped by a signal",
        [EVENT_SIGN_IN_FAILED] = "stopped by the sign-in",
        [EVENT_BAD_USER] = "a user that always fails",
        [EVENT_NORMALIZED] = "a service that normalizes",
        [EVENT_COARSE] = "coarse stamps",
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

/* ---- the input ----------------------------------------------------------- */

static unsigned id_of(const struct row_plan *row)
{
    return row->kind == ROW_NOBODY ? MODEL_NOBODY_ID + row->label
                                   : MODEL_FIRST_ID + row->user;
}

static void put_row(struct simulation *simulation, struct buffer *csv,
                    const struct row_plan *row)
{
    const struct model_fields *first =
        &simulation->model.users[row->user].versions[0].fields;
    char city[64] = "", title[64] = "";
    int failed;

    if (row->kind == ROW_SAME) {
        (void)snprintf(city, sizeof(city), "%s", first->city);
        (void)snprintf(title, sizeof(title), "%s", first->title);
    } else {
        model_format_value(city, 'c', row->label);
        model_format_value(title, 't', row->label);
    }
    if (row->kind == ROW_INVALID)
        (void)snprintf(title, sizeof(title), "%060u", row->label);
    failed =
        buffer_printf(csv, "%u,%s,%s,%s\n", id_of(row), row->city ? city : "",
                      row->title || row->kind == ROW_INVALID ? title : "",
                      row->kind == ROW_GUARDED ? first->name : "");
    if (failed)
        abort();
}

static void put_input(struct simulation *simulation)
{
    const struct schedule *schedule = simulation->schedule;
    struct buffer csv;

    buffer_init(&csv, (size_t)1 << 20);
    if (buffer_puts(&csv, "Id,City,JobTitle,UserName\n"))
        abort();
    for (unsigned i = 0; i < schedule->row_count; i++)
        put_row(simulation, &csv, &schedule->rows[i]);
    disk_put(&simulation->disk, INPUT, csv.data, csv.len);
    disk_put(&simulation->disk, REFRESH, "refresh0", strlen("refresh0"));
    buffer_free(&csv);
}

/* ---- the output ---------------------------------------------------------- */

/* Takes the next field of a line, which has no quoted line ends. */
static const char *take_field(const char *text, char *field, size_t size)
{
    size_t len = 0;
    bool quoted = *text == '"';

    for (text += quoted; *text; text++) {
        if (quoted ? *text == '"' && text[1] != '"'
                   : *text == ',' || *text == '\n')
            break;
        text += quoted && *text == '"';
        if (len + 1 < size)
            field[len++] = *text;
    }
    field[len] = '\0';
    text += quoted;
    return text + (*text == ',');
}

enum { FIELD_ROW, FIELD_ID, FIELD_STATUS, FIELD_NAME = 5, FIELD_RETRYABLE = 8 };

static void read_result(struct simulation *simulation, struct sim_run *run,
                        const char *line, unsigned expected)
{
    const struct schedule *schedule = simulation->schedule;
    char fields[FIELD_RETRYABLE + 1][48];
    struct sim_result *result;
    unsigned long row;

    for (unsigned i = 0; i <= FIELD_RETRYABLE; i++)
        line = take_field(line, fields[i], sizeof(fields[i]));
    row = strtoul(fields[FIELD_ROW], NULL, 10);
    if (row != expected || row > schedule->row_count) {
        simulation_break(simulation, "every row has one result",
                         "result %u is of row %lu", expected, row);
        return;
    }
    result = &run->results[row - 1];
    result->retryable = strcmp(fields[FIELD_RETRYABLE], "yes") == 0;
    (void)snprintf(result->error, sizeof(result->error), "%.39s",
                   fields[FIELD_NAME]);
    if (strtoul(fields[FIELD_ID], NULL, 10) != id_of(&schedule->rows[row - 1]))
        simulation_break(simulation, "every row has one result",
                         "row %lu has the Id %s", row, fields[FIELD_ID]);
    if (!status_find(fields[FIELD_STATUS], &result->status))
        simulation_break(simulation, "every row has one result",
                         "row %lu has the status %s", row,
                         fields[FIELD_STATUS]);
}

/* Reads OUTPUT, which must be complete. */
static void read_output(struct simulation *simulation, struct sim_run *run)
{
    const struct buffer *output = disk_find(&simulation->disk, OUTPUT);
    const char *line = output && output->len ? output->data : "";
    unsigned count = 0;

    while ((line = strchr(line, '\n')) && line[1] &&
           !simulation->verdict.broken)
        read_result(simulation, run, ++line, ++count);
    if (count != simulation->schedule->row_count)
        simulation_break(simulation, "every row has one result",
                         "%u results of %u rows", count,
                         simulation->schedule->row_count);
}

/* ---- a process ----------------------------------------------------------- */

struct process {
    bool resume;
    bool retry_failed;
    const struct part_plan *plan;
};

/* The last processes of a run. */
static const struct part_plan without_faults;

static void set_options(const struct simulation *simulation,
                        const struct process *process, struct options *options)
{
    static char endpoint[] = "https://service.example";
    const struct schedule *schedule = simulation->schedule;

    option_table_set_defaults(options);
    options->input = INPUT;
    options->output = OUTPUT;
    options->quiet = true;
    options->endpoint = endpoint;
    options->resume = process->resume;
    options->retry_failed = process->retry_failed;
    options->concurrency = schedule->concurrency;
    options->window = schedule->window;
    options->retries = schedule->retries;
    options->rate = schedule->rate;
    options->give_up = (int64_t)schedule->give_up * 60000;
}

static void start_process(struct simulation *simulation,
                          const struct process *process)
{
    const struct part_plan *plan = process->plan;

    host_trace(&simulation->host, "process %u%s%s%s", simulation->part + 1,
               process->retry_failed ? " --retry-failed" : "",
               process->resume ? " --resume" : "",
               plan == &without_faults ? ", without faults" : "");
    host_start(&simulation->host,
               draw_mix(simulation->schedule->seed + simulation->part),
               plan->die_at);
    network_start(&simulation->network, plan, simulation->part);
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
    if (died && process->plan->death == DEATH_POWER) {
        simulation->events[EVENT_POWER_CUT] = true;
        disk_cut_power(&simulation->disk, &draw);
    } else if (died) {
        simulation->events[EVENT_KILLED] = true;
    }
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
    case ERROR_LOCAL:
        if (!simulation->disk.met_fault)
            simulation_break(simulation,
                             "only faults of this host stop a run "
                             "with status 6",
                             "%s", error->text);
        return END_STOPPED;
    case ERROR_USAGE:
    case ERROR_INPUT:
    case ERROR_NONE:
    case ERROR_VALUE:
        break;
    }
    if (simulation->network.calls > 0)
        simulation_break(simulation, "status 2 means that nothing was sent",
                         "%u calls, then: %s", simulation->network.calls,
                         error->text);
    return END_REFUSED;
}

static enum end run_process(struct simulation *simulation,
                            const struct process *process, struct error *error)
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
    struct options options;
    struct tally tally;
    enum end end;

    start_process(simulation, process);
    set_options(simulation, process, &options);
    *error = (struct error){.kind = ERROR_NONE};
    if (pipeline_run(&platform, &options, &credentials, &simulation->host.stop,
                     &tally, error) == 0)
        end = END_COMPLETE;
    else
        end = END_STOPPED;
    if (simulation->host.dead)
        end = END_DIED;
    host_trace(&simulation->host, "the process ends: %s",
               end == END_COMPLETE ? "complete" : error->text);
    if (end == END_COMPLETE && simulation->network.token_abandoned)
        simulation_break(simulation, "a complete run waits for its token call",
                         "process %u", simulation->part + 1);
    if (end == END_STOPPED)
        end = judge_error(simulation, error);
    if (simulation->network.endless)
        simulation_break(simulation, "every process ends",
                         "process %u waited without end", simulation->part + 1);
    if (simulation->network.longest_silence > options.give_up * 1000 + SILENCE)
        simulation_break(simulation, "a run that makes no call gives up",
                         "process %u made no call for %.0f s",
                         simulation->part + 1,
                         (double)simulation->network.longest_silence / SECOND);
    end_process(simulation, process);
    return end;
}

/* ---- a run --------------------------------------------------------------- */

/* Had the process completed the run, although it died or failed? Only its
 * OUTPUT is left then. */
static bool has_completed(const struct simulation *simulation,
                          const struct buffer *before)
{
    const struct buffer *output = disk_find(&simulation->disk, OUTPUT);

    if (disk_find(&simulation->disk, OUTPUT ".part") ||
        disk_find(&simulation->disk, OUTPUT ".journal") || !output)
        return false;
    return output->len != before->len ||
           (output->len && memcmp(output->data, before->data, output->len));
}

/* Is anything left that a run can be resumed from? */
static bool has_remains(const struct simulation *simulation)
{
    return disk_find(&simulation->disk, OUTPUT ".part") ||
           disk_find(&simulation->disk, OUTPUT ".journal");
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

static bool run_parts(struct simulation *simulation, bool retry_failed,
                      const struct buffer *before)
{
    const struct schedule *schedule = simulation->schedule;
    struct process process = {.retry_failed = retry_failed};
    struct error error = {.text = ""};

    for (unsigned i = 0; i < SIMULATION_PARTS; i++) {
        enum end end;

        process.plan =
            i < schedule->part_count ? &schedule->parts[i] : &without_faults;
        end = run_process(simulation, &process, &error);
        if (simulation->verdict.broken)
            return false;
        if (end == END_COMPLETE ||
            (end != END_REFUSED && has_completed(simulation, before)))
            return true;
        if (end == END_REFUSED && process.plan == &without_faults) {
            simulation_break(simulation, "a run can be resumed", "%s",
                             error.text);
            return false;
        }
        process.resume = has_remains(simulation);
        simulation->events[EVENT_RESUMED] |= process.resume;
    }
    /* The rate limiter rests for a minute after a 429, so it can take longer
     * than --give-up to find out that others are not throttled. */
    if (!has_bad_user_only(schedule) && schedule->bad != BAD_429)
        simulation_break(simulation, "every run can be completed",
                         "the last process said: %s", error.text);
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
    const struct buffer *output = disk_find(&simulation->disk, OUTPUT);
    struct buffer before;
    bool complete;

    buffer_init(&before, (size_t)1 << 20);
    if (output && buffer_append(&before, output->data, output->len))
        abort();
    *run = (struct sim_run){.first_part = simulation->part,
                            .started = simulation->host.now};
    memset(simulation->network.update_sent, 0,
           sizeof(simulation->network.update_sent));
    plan_attempts(simulation, run);
    complete = run_parts(simulation, retry_failed, &before);
    buffer_free(&before);
    if (!complete)
        return false;
    run->last_part = simulation->part - 1;
    memcpy(run->update_sent, simulation->network.update_sent,
           sizeof(run->update_sent));
    simulation->run_count++;
    network_pass(&simulation->network, HOUR); /* all that is late arrives */
    read_output(simulation, run);
    if (!simulation->verdict.broken)
        promises_check_run(simulation, simulation->run_count - 1);
    return !simulation->verdict.broken;
}

static void note_traits(struct simulation *simulation)
{
    const struct schedule *schedule = simulation->schedule;

    simulation->events[EVENT_NORMALIZED] = schedule->normalization;
    simulation->events[EVENT_COARSE] = schedule->coarse;
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
    put_input(simulation);
    if (perform_run(simulation, false) && schedule->retry_failed)
        (void)perform_run(simulation, true);
    if (!simulation->verdict.broken)
        promises_check_all(simulation);
    note_traits(simulation);
    disk_clear(&simulation->disk);
}
