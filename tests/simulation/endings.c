#include "endings.h"

#include <string.h>
#include <strings.h>

#include "fate.h"
#include "files.h"

#define SECOND  INT64_C(1000000)
#define SILENCE (150 * SECOND) /* with --drain and the longest pause */

/* While tokens are refused, if no call takes long; with more throttled calls
 * (per mille) than this, it may take longer. */
#define MAX_REFUSED (600 * SECOND)
#define MANY        50

/* What a process may hold besides its rows: buffers that are reserved late, and
 * tables of a fixed size, most of it for --retry-failed. */
#define MAX_EXCESS ((size_t)160 << 10)
#define MAX_TABLES ((size_t)36 << 20)

/* ---- exit statuses ------------------------------------------------------- */

static int64_t give_up_of(const struct simulation *simulation)
{
    return simulation->ending.give_up * 1000;
}

/* Has no call, no update or no token call succeeded for --give-up? */
static bool was_given_up(const struct simulation *simulation)
{
    return simulation->network.longest_failure >= give_up_of(simulation);
}

/* Can tokens be refused without a run that ends soon? It has none, or always
 * another one, or waits for calls; or many are throttled, which shows that not
 * all are refused. Without an etag, it waits minutes after each update that was
 * throttled. */
static bool can_wait(const struct schedule *schedule,
                     const struct part_plan *part)
{
    unsigned throttled =
        part->chances[FAULT_THROTTLED] + part->chances[FAULT_AT_ONCE];

    return part->lock_end || schedule->limit || schedule->rate ||
           throttled > (schedule->no_etags ? 0 : MANY) ||
           part->chances[FAULT_SLOW] || part->chances[FAULT_LOST_REQUEST] ||
           part->chances[FAULT_LOST_RESPONSE] || part->chances[FAULT_LATE] ||
           (schedule->renews && schedule->token_life * SECOND < MAX_REFUSED);
}

/* A run whose tokens are refused ends soon, at least after an outage. */
static void check_revocation(struct simulation *simulation)
{
    const struct sim_network *network = &simulation->network;
    const struct part_plan *part = network->part;
    int64_t since = part->revoked_at > part->outage_end ? part->revoked_at
                                                        : part->outage_end;
    int64_t passed = simulation->host.now - network->started - since;

    if (part->revoked_at && passed > MAX_REFUSED &&
        !can_wait(simulation->schedule, part))
        simulation_break(simulation, "a token that is refused stops a run soon",
                         "after %d s: status %d: %s", (int)(passed / SECOND),
                         (int)simulation->ending.status,
                         simulation->ending.error.text);
}

/* Does the status say what the service and the host have seen? */
static void check_status(struct simulation *simulation)
{
    const struct sim_network *network = &simulation->network;
    const struct sim_ending *ending = &simulation->ending;
    const char *promise = NULL;

    switch (ending->status) {
    case EXIT_ALL_SUCCEEDED:
    case EXIT_SOME_FAILED:
    case EXIT_SOME_UNKNOWN:
    case EXIT_CHANGES:
    case EXIT_DRIFT:
        if (ending->error.kind)
            promise = "a run that is not complete has status 2 to 6 or 10";
        break;
    case EXIT_USAGE:
        if (network->calls > 0 || !files_output_is_as_before(simulation))
            promise = "status 2 means that nothing was sent";
        break;
    case EXIT_INPUT:
        promise = "a correct INPUT is not rejected";
        break;
    case EXIT_SIGN_IN:
        if (network->refused == 0)
            promise = "status 4 means that the sign-in was refused";
        break;
    case EXIT_STOPPED:
        if (!simulation->host.stop && !was_given_up(simulation))
            promise = "status 5 means a signal or --give-up";
        break;
    case EXIT_PLANNED:
        if (!simulation->schedule->most && !simulation->schedule->max_changes &&
            !simulation->schedule->seconds)
            promise = "status 10 means that a bound was reached";
        break;
    case EXIT_LOCAL:
        if (!simulation->disk.met_fault)
            promise = "only faults of this host stop a run with status 6";
        break;
    }
    if (promise)
        simulation_break(simulation, promise, "%u calls, then status %d: %s",
                         network->calls, (int)ending->status,
                         ending->error.text);
    if (simulation->disk.met_fault && ending->error.kind &&
        ending->status != EXIT_LOCAL && ending->status != EXIT_USAGE)
        simulation_break(simulation, "a fault of this host has status 6",
                         "status %d: %s", (int)ending->status,
                         ending->error.text);
}

static void check_advice(struct simulation *simulation)
{
    const struct sim_ending *ending = &simulation->ending;
    bool stopped =
        ending->status == EXIT_SIGN_IN || ending->status == EXIT_STOPPED ||
        ending->status == EXIT_LOCAL || ending->status == EXIT_PLANNED;

    if (ending->advised != stopped)
        simulation_break(simulation,
                         "the command that resumes the run is printed if it "
                         "can be resumed",
                         "status %d: %s", (int)ending->status,
                         ending->error.text);
}

/* The counts of the summary. */
static void check_counts(struct simulation *simulation)
{
    const struct sim_ending *ending = &simulation->ending;
    const struct sim_network *network = &simulation->network;
    unsigned calls = network->calls - network->token_calls;
    bool stopped = ending->status == EXIT_SIGN_IN ||
                   ending->status == EXIT_STOPPED ||
                   ending->status == EXIT_PLANNED;
    unsigned rows = files_count_rows(simulation, PARTIAL);

    /* A call that was counted may not leave, if the journal cannot be written.
     */
    if (ending->status != EXIT_LOCAL && ending->summary.tally.calls != calls)
        simulation_break(simulation, "the summary counts calls and rows",
                         "%u calls instead of %u",
                         (unsigned)ending->summary.tally.calls, calls);
    /* A retry that has done nothing leaves no file. */
    if (stopped && ending->summary.tally.rows != rows &&
        disk_find(&simulation->disk, JOURNAL))
        simulation_break(simulation, "the summary counts calls and rows",
                         "%u rows, but " PARTIAL " has %u",
                         (unsigned)ending->summary.tally.rows, rows);
}

/* Updates of earlier processes of the run count. With --sync second, a power
 * cut may have lost them, and --restart discards them. */
static void check_bounds(struct simulation *simulation)
{
    unsigned users = network_count(simulation->network.update_left);

    if (users > simulation->ending.most && !simulation->schedule->sync_second &&
        !simulation->schedule->restarts)
        simulation_break(
            simulation, "no more users than --limit are sent an update",
            "%u instead of %u", users, (unsigned)simulation->ending.most);
}

/* Users in flight get the time of --drain from the turn of the loop in which
 * the end is noticed, and an update is sent after the syncs that it needs. With
 * a clock that jumps, the end is another one. */
static void check_time(struct simulation *simulation)
{
    const struct sim_ending *ending = &simulation->ending;
    const struct sim_network *network = &simulation->network;

    if (!ending->time_end || network->calls == 0 ||
        simulation->host.wall_error || simulation->schedule->sync_second ||
        simulation->schedule->restarts)
        return;
    if (network->last_call > ending->time_end + 33 * SECOND)
        simulation_break(simulation, "no call is made after --max-duration",
                         "a call %.0f s later",
                         (double)(network->last_call - ending->time_end) /
                             SECOND);
}

static void check_memory(struct simulation *simulation)
{
    const struct memory *memory = &simulation->network.memory;

    if (memory->excess > MAX_EXCESS || memory->tables > MAX_TABLES)
        simulation_break(simulation, "memory is bounded",
                         "%zu bytes more than at first, and tables of %zu, "
                         "after %u calls",
                         memory->excess, memory->tables,
                         simulation->network.calls);
}

void endings_check_process(struct simulation *simulation)
{
    const struct sim_network *network = &simulation->network;
    const struct sim_ending *ending = &simulation->ending;
    unsigned part = simulation->part + 1;

    if (network->endless)
        simulation_break(simulation, "every process ends",
                         "process %u waited without end", part);
    if (network->longest_silence > give_up_of(simulation) + SILENCE)
        simulation_break(simulation, "a run that makes no call gives up",
                         "process %u made no call for %.0f s", part,
                         (double)network->longest_silence / SECOND);
    check_memory(simulation);
    check_bounds(simulation);
    check_time(simulation);
    if (ending->died)
        return;
    if (ending->error.kind == ERROR_NONE && network->token_abandoned)
        simulation_break(simulation, "a complete run waits for its token call",
                         "process %u", part);
    check_status(simulation);
    check_revocation(simulation);
    check_advice(simulation);
    check_counts(simulation);
}

/* ---- files --------------------------------------------------------------- */

static bool has_value(const char *text, size_t len)
{
    const char *end = text + len, *at = text;

    while (at && (at = memchr(at, MODEL_MARK[1], (size_t)(end - at)))) {
        if (at > text &&
            strncasecmp(at - 1, MODEL_MARK, strlen(MODEL_MARK)) == 0)
            return true;
        at++;
    }
    return false;
}

/* No result, journal or message contains a value of a user. */
static void check_values(struct simulation *simulation)
{
    static const char *const files[] = {OUTPUT, PARTIAL, JOURNAL};
    const struct error *error = &simulation->ending.error;

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        const struct buffer *file = disk_find(&simulation->disk, files[i]);

        if (file && file->len && has_value(file->data, file->len))
            simulation_break(simulation, "values of users are not shown",
                             "%s has one", files[i]);
    }
    if (error->kind && has_value(error->text, strlen(error->text)))
        simulation_break(simulation, "values of users are not shown", "%s",
                         error->text);
}

void endings_check_files(struct simulation *simulation)
{
    unsigned rows = files_count_rows(simulation, OUTPUT);

    check_values(simulation);

    if (!files_output_is_as_before(simulation) && rows != simulation->rows)
        simulation_break(simulation, "OUTPUT is complete or as it was",
                         "it has %u rows of %u", rows, simulation->rows);
    if (files_count_rows(simulation, PARTIAL) > 0 &&
        !disk_find(&simulation->disk, JOURNAL))
        simulation_break(simulation, "rows in OUTPUT.part have a journal",
                         "%u rows have none",
                         files_count_rows(simulation, PARTIAL));
}

/* ---- a complete run ------------------------------------------------------ */

void endings_check_complete(struct simulation *simulation,
                            const struct sim_run *run)
{
    const struct sim_ending *ending = &simulation->ending;
    unsigned counts[STATUS_COUNT] = {0};
    unsigned row_count = simulation->schedule->row_count;
    unsigned succeeded = 0;
    enum exit_status status = EXIT_SOME_FAILED;

    if (disk_find(&simulation->disk, PARTIAL) ||
        disk_find(&simulation->disk, JOURNAL))
        simulation_break(simulation, "a complete run leaves only OUTPUT",
                         "another file is left");
    if (ending->died || ending->error.kind)
        return;
    for (unsigned i = 0; i < row_count; i++) {
        counts[run->results[i].status]++;
        succeeded += status_is_success(run->results[i].status);
    }
    for (unsigned i = 0; i < STATUS_COUNT; i++)
        if (counts[i] != ending->summary.tally.by_status[i])
            simulation_break(simulation, "the summary counts calls and rows",
                             "%u rows are %s instead of %u",
                             (unsigned)ending->summary.tally.by_status[i],
                             status_name((enum status)i), counts[i]);
    if (counts[STATUS_UNKNOWN] > 0)
        status = EXIT_SOME_UNKNOWN;
    else if (succeeded == row_count)
        status = EXIT_ALL_SUCCEEDED;
    if (ending->status != status)
        simulation_break(simulation,
                         "the status of a complete run is that of "
                         "its rows",
                         "%d instead of %d", (int)ending->status, (int)status);
}
