#include "pipeline.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "clock.h"
#include "dispatch.h"
#include "grouper.h"
#include "intake.h"
#include "log.h"
#include "previous.h"
#include "progress.h"
#include "recovery.h"
#include "written.h"

/* Bytes of rows that wait in the window; a window larger than the usual one
 * gets its share. */
#define WINDOW_BYTES         ((size_t)64 << 20)
#define WINDOW_BYTES_PER_ROW 640

/* Reading stops where the newest row is farther than this beyond the window
 * from the oldest row without an outcome, or where the result rows that wait
 * for that one hold so many bytes. */
#define MAX_AHEAD         65536
#define MAX_WAITING_BYTES ((size_t)64 << 20)

/* A pipe that brought nothing for so long does not keep its rows waiting. */
#define SILENCE_MS 1000

/* Failing rows that --check shows where there is no OUTPUT. */
#define SHOWN_FAILURES 10

/* --max-errors in percent counts from here on. */
#define ERRORS_SHARE_ROWS 100

/* A run that goes on. */
struct run {
    const struct options *options;
    const volatile sig_atomic_t *stop;
    struct tally *tally;
    struct log *log;
    struct written *written;
    struct intake *intake;
    struct previous *previous; /* NULL without --retry-failed */
    struct grouper *grouper;   /* NULL with --check */
    size_t window_bytes;       /* that it may hold */
    struct dispatch *dispatch; /* NULL with --check */
    struct recovery *recovery; /* NULL where no journal is kept */
    struct sink *sink;
    struct progress progress;
    bool readable;          /* a pipe has something, or its end */
    int64_t heard;          /* when a pipe last brought something */
    uint64_t errors_before; /* of earlier runs, which --max-errors leaves out */
    uint64_t rows_before;

    /* Set once: nothing new is begun, what is in flight is waited for. */
    bool stopping;
    bool draining;    /* for --drain at the most, and without retries */
    int64_t deadline; /* of draining */
    struct error reason;
};

static void log_state(struct run *run, enum log_level level, const char *event,
                      const char *text)
{
    struct log_entry entry = {.level = level,
                              .event = event,
                              .wait_ms = -1,
                              .rows = run->tally->rows,
                              .text = text};

    log_put(run->log, &entry);
}

/* The first reason stands; but where a refused pipe was to be finished, a later
 * reason to end at once goes before it. */
static int stop_for(struct run *run, const struct error *reason,
                    struct error *error)
{
    if (run->draining || (run->stopping && reason->kind == ERROR_INPUT))
        return 0;
    run->stopping = true;
    run->reason = *reason;
    log_state(run, LOG_LEVEL_WARN, "stop", reason->text);
    if (reason->kind == ERROR_INPUT)
        return 0;
    run->draining = true;
    run->deadline = clock_ms() + (int64_t)run->options->drain * 1000;
    return run->dispatch ? dispatch_drain(run->dispatch, error) : 0;
}

/* What a step has failed with: does the run stop, or is this machine at
 * fault? */
static int stop_or_fail(struct run *run, struct error *error)
{
    const struct error reason = *error;

    return reason.kind == ERROR_LOCAL ? -1 : stop_for(run, &reason, error);
}

static uint64_t count_errors(const struct tally *tally)
{
    return tally->by_status[STATUS_FAILED] + tally->by_status[STATUS_CONFLICT] +
           tally->by_status[STATUS_UNKNOWN];
}

/* Has --max-errors been reached? */
static int check_errors(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    uint64_t errors = count_errors(run->tally) - run->errors_before;
    uint64_t rows = run->tally->rows - run->rows_before;
    struct error reason;

    if (options->max_errors == UINT64_MAX || run->stopping)
        return 0;
    if (options->max_errors_percent
            ? rows < ERRORS_SHARE_ROWS ||
                  errors * 100 <= options->max_errors * rows
            : errors <= options->max_errors)
        return 0;
    error_set(&reason, ERROR_STOPPED,
              "%" PRIu64 " of %" PRIu64 " rows failed, more than --max-errors "
              "%" PRIu64 "%s allows",
              errors, rows, options->max_errors,
              options->max_errors_percent ? "%" : "");
    return stop_for(run, &reason, error);
}

/* ---- rows in ------------------------------------------------------------ */

/* Kept only where a guard asks for it. */
static int keep_written(struct run *run, struct error *error)
{
    if (run->written)
        return 0;
    run->written = written_new();
    if (!run->written)
        return error_memory(error);
    dispatch_set_written(run->dispatch, run->written);
    return 0;
}

static int begin(void *context, struct error *error)
{
    struct run *run = context;
    unsigned last_modified = run->options->service->last_modified;

    if (run->grouper && last_modified < COLUMN_MAX &&
        (intake_columns(run->intake) & column_bit(last_modified)))
        return keep_written(run, error);
    return 0;
}

/* Has the row its result already, from an earlier run? */
static int find_result(struct run *run, uint64_t sequence, uint64_t number,
                       const char *id, bool *found, struct error *error)
{
    struct previous_row row;

    *found = sink_has(run->sink, sequence);
    if (!run->previous)
        return 0;
    if (previous_match(run->previous, number, id, &row, error))
        return -1;
    if (*found || row.again)
        return 0;
    *found = true;
    return sink_put_replayed(run->sink, sequence, row.status, row.text, row.len,
                             error);
}

static void skip_row(void *context, uint64_t number)
{
    struct run *run = context;

    if (run->grouper)
        grouper_skip(run->grouper, number);
}

static int take_row(void *context, struct row *row, struct error *error)
{
    struct run *run = context;
    bool found;
    int result;

    result =
        find_result(run, row->sequence, row->number, row->id, &found, error);
    if (result || found) {
        skip_row(run, row->number);
        row_free(row);
        return result;
    }
    row->sent = recovery_open_intent(run->recovery, row->sequence);
    if (run->grouper && grouper_add(run->grouper, row) == 0)
        return 0;
    if (run->grouper)
        result = error_memory(error);
    else
        result = sink_put_alone(run->sink, row->sequence, row->number, row->id,
                                STATUS_VALID, NULL, error);
    row_free(row);
    return result;
}

/* A --check without OUTPUT shows what it found. */
static void show_failure(struct run *run, const struct refused_row *row)
{
    if (run->options->output ||
        run->tally->by_status[STATUS_FAILED] >= SHOWN_FAILURES)
        return;
    progress_clear(&run->progress);
    fprintf(stderr,
            "bauser-batch: %s: row %" PRIu64 ", line %" PRIu64 ": %s: %s\n",
            intake_name(run->intake), row->record->number, row->record->line,
            row->why->code, row->why->text);
}

static int refuse_row(void *context, const struct refused_row *row,
                      struct error *error)
{
    struct run *run = context;
    bool found;

    skip_row(run, row->record->number);
    if (find_result(run, row->sequence, row->record->number, row->id, &found,
                    error))
        return -1;
    if (found)
        return 0;
    show_failure(run, row);
    if (sink_put_alone(run->sink, row->sequence, row->record->number, row->id,
                       STATUS_FAILED, row->why, error))
        return -1;
    return check_errors(run, error);
}

static const struct intake_handler intake_handler = {
    .begin = begin, .take = take_row, .refuse = refuse_row, .skip = skip_row};

/* How much of a pipe was read is written down before calls are made of it. */
static int put_checkpoint(struct run *run, struct error *error)
{
    unsigned char digest[HASH_SIZE];
    uint64_t bytes;

    if (!run->recovery || intake_digest(run->intake) ||
        !intake_is_as_expected(run->intake))
        return 0;
    if (intake_checkpoint(run->intake, &bytes, digest) ||
        recovery_put_checkpoint(run->recovery, bytes, digest))
        return error_memory(error);
    return 0;
}

static int read_chunk(struct run *run, struct error *error)
{
    run->readable = false;
    run->heard = clock_ms();
    if (intake_read(run->intake, error) || put_checkpoint(run, error))
        return -1;
    if (run->grouper && intake_ended(run->intake))
        grouper_close(run->grouper);
    return 0;
}

/* Rows can wait behind an unfinished group of their user, and result rows
 * behind an unfinished row: is there room for more of them? */
static bool has_room(const struct run *run)
{
    uint64_t newest = intake_sequence(run->intake);
    uint64_t oldest = sink_next(run->sink); /* may be an earlier run's */
    uint64_t ahead = newest > oldest ? newest - oldest : 0;

    if (dispatch_is_idle(run->dispatch))
        return true;
    if (ahead >= (uint64_t)run->options->window + MAX_AHEAD ||
        sink_waiting_bytes(run->sink) >= MAX_WAITING_BYTES)
        return false;
    return grouper_bytes(run->grouper) < 2 * run->window_bytes;
}

/* May another chunk be read now, and without waiting for it? What an earlier
 * run has read of a pipe found room then, and is read up to its end. */
static bool may_read(const struct run *run)
{
    if (intake_ended(run->intake) ||
        (intake_is_as_expected(run->intake) && !has_room(run)))
        return false;
    return run->readable || intake_poll_fd(run->intake) < 0;
}

/* Takes a group to be sent; *group stays NULL where there is none yet, or the
 * run is to stop. */
static int next_group(struct run *run, struct group **group,
                      struct error *error)
{
    while (!run->stopping) {
        if (intake_is_as_expected(run->intake) &&
            (*group = grouper_take(run->grouper)))
            return 0;
        if (!may_read(run))
            return 0;
        if (read_chunk(run, error) && stop_or_fail(run, error))
            return -1;
    }
    return 0;
}

/* ---- users out and in --------------------------------------------------- */

/* Starts users while there is room for them, and groups to send. */
static int start_users(struct run *run, struct error *error)
{
    while (!run->stopping && dispatch_has_room(run->dispatch) &&
           !sink_is_full(run->sink)) {
        struct group *group = NULL;

        if (next_group(run, &group, error))
            return -1;
        if (!group)
            return 0;
        if (dispatch_begin(run->dispatch, group, error))
            return -1;
    }
    return 0;
}

static void free_task(struct run *run, struct user_task *task)
{
    struct group *group = task->group;

    user_task_free(task);
    grouper_done(run->grouper, group);
}

/* A later run must know it too. */
static int put_written(struct run *run, const struct user_task *task)
{
    struct state before = {task->sent.last_modified, task->sent.shared};
    struct state after = {task->outcome.last_modified, task->shared};

    if (!run->written || task->outcome.status != STATUS_UPDATED)
        return 0;
    return recovery_put_written(run->recovery, before, after);
}

static int take_outcome(void *context, struct user_task *task,
                        struct error *error)
{
    struct run *run = context;
    int result = put_written(run, task) ? error_memory(error)
                                        : sink_put_task(run->sink, task, error);

    free_task(run, task);
    return result ? result : check_errors(run, error);
}

static int take_dropped(void *context, struct user_task *task,
                        const struct error *why, struct error *error)
{
    struct run *run = context;
    int result = 0;

    /* Of a pipe that was refused half-way, the result is complete. */
    if (why && run->stopping && !run->draining)
        result = sink_put_task(run->sink, task, error);
    else if (why)
        result = stop_for(run, why, error);
    free_task(run, task);
    return result;
}

static const struct dispatch_handler task_handler = {.done = take_outcome,
                                                     .dropped = take_dropped};

/* ---- the loop ----------------------------------------------------------- */

static void show_progress(struct run *run)
{
    struct progress_state state = {
        .rows_done = run->tally->rows,
        .rows_read = intake_rows(run->intake),
        .rows_total = run->options->shards == 1 ? intake_total(run->intake) : 0,
        .failures =
            count_errors(run->tally) + run->tally->by_status[STATUS_DRIFT],
        .in_flight = run->dispatch ? dispatch_in_flight(run->dispatch) : 0,
    };

    progress_update(&run->progress, &state, clock_ms());
}

static int check_signal(struct run *run, struct error *error)
{
    struct error reason;

    if (!*run->stop || run->draining)
        return 0;
    error_set(&reason, ERROR_STOPPED, "stopped by a signal");
    if (stop_for(run, &reason, error))
        return -1;
    if (run->options->quiet || !run->dispatch)
        return 0;
    progress_clear(&run->progress);
    fprintf(stderr,
            "bauser-batch: stopping when the %u users in flight are done, in "
            "%u s at the latest (--drain); a second signal, a second later, "
            "ends at once\n",
            dispatch_in_flight(run->dispatch), run->options->drain);
    return 0;
}

/* The descriptor of the input to wait for besides the connections, or -1. */
static int wanted_fd(const struct run *run)
{
    if (run->stopping || run->readable || !dispatch_has_room(run->dispatch) ||
        (intake_is_as_expected(run->intake) && !has_room(run)))
        return -1;
    return intake_poll_fd(run->intake);
}

static int wait_time(const struct run *run, int64_t now)
{
    int milliseconds = progress_wait(&run->progress, now);

    if (milliseconds < 0 || milliseconds > SILENCE_MS)
        milliseconds = SILENCE_MS;
    if (run->draining && run->deadline - now < milliseconds)
        milliseconds = run->deadline > now ? (int)(run->deadline - now) : 0;
    return milliseconds;
}

/* poll(2) passes over descriptors below 0. */
static int wait_for_work(struct run *run, struct error *error)
{
    struct pollfd fds[] = {
        {.fd = wanted_fd(run), .events = POLLIN},
        {.fd = sink_poll_fd(run->sink), .events = POLLOUT},
    };

    if (dispatch_wait(run->dispatch, fds, 2, wait_time(run, clock_ms()), error))
        return -1;
    if (fds[0].fd < 0)
        return 0;
    if (fds[0].revents)
        run->readable = true;
    else if (clock_ms() - run->heard >= SILENCE_MS)
        grouper_close(run->grouper);
    return 0;
}

static bool is_finished(const struct run *run)
{
    if (!dispatch_is_idle(run->dispatch))
        return false;
    return run->stopping ||
           (intake_ended(run->intake) && grouper_is_empty(run->grouper));
}

static int run_calls(struct run *run, struct error *error)
{
    for (;;) {
        if (check_signal(run, error))
            return -1;
        if (dispatch_turn(run->dispatch, error) && stop_or_fail(run, error))
            return -1;
        if (start_users(run, error))
            return -1;
        if (run->draining && clock_ms() >= run->deadline)
            dispatch_cut(run->dispatch);
        if (is_finished(run))
            return 0;
        if (wait_for_work(run, error) || sink_flush(run->sink, error))
            return -1;
        show_progress(run);
    }
}

/* Can the input be read without waiting? Waits a while for a pipe. */
static bool wait_for_pipe(const struct run *run)
{
    struct pollfd pipe = {.fd = intake_poll_fd(run->intake), .events = POLLIN};

    return pipe.fd < 0 || poll(&pipe, 1, SILENCE_MS) > 0;
}

/* Standard output is taken up as fast as it is read. */
static void wait_for_reader(const struct run *run)
{
    struct pollfd reader = {.fd = sink_poll_fd(run->sink), .events = POLLOUT};

    if (sink_is_full(run->sink))
        (void)poll(&reader, 1, SILENCE_MS);
}

static int run_check(struct run *run, struct error *error)
{
    uint64_t failed;

    while (!intake_ended(run->intake)) {
        if (check_signal(run, error))
            return -1;
        if (run->stopping)
            return 0;
        wait_for_reader(run);
        if (!sink_is_full(run->sink) && wait_for_pipe(run) &&
            read_chunk(run, error) && stop_or_fail(run, error))
            return -1;
        if (sink_flush(run->sink, error))
            return -1;
        show_progress(run);
    }
    failed = run->tally->by_status[STATUS_FAILED];
    if (!run->options->output && failed > SHOWN_FAILURES) {
        progress_clear(&run->progress);
        fprintf(stderr,
                "bauser-batch: %" PRIu64 " more rows fail; name an OUTPUT to "
                "have them all\n",
                failed - SHOWN_FAILURES);
    }
    return 0;
}

/* ---- the end ------------------------------------------------------------ */

/* A pipe was refused half-way: its rows that were not begun say so. */
static int put_not_attempted(struct run *run, struct error *error)
{
    struct group *group;
    struct error why;

    (void)error_value(&why, "InputRefused", NULL,
                      "the input was refused behind this row, before its user "
                      "was sent");
    grouper_close(run->grouper);
    while ((group = grouper_take(run->grouper))) {
        for (const struct row *row = group->rows; row; row = row->next)
            if (sink_put_alone(run->sink, row->sequence, row->number, row->id,
                               row->sent ? STATUS_UNKNOWN
                                         : STATUS_NOT_ATTEMPTED,
                               &why, error))
                return -1;
        grouper_done(run->grouper, group);
    }
    return 0;
}

/* Nothing is left of this run, where nothing of it is worth keeping. */
static int discard(struct run *run, struct error *error)
{
    bool kept;

    sink_discard(run->sink);
    return recovery_stop(run->recovery, &kept, error);
}

/* The input was refused. OUTPUT stays as it was, unless rows that came through
 * a pipe were begun before. */
static int finish_refused(struct run *run, struct error *error)
{
    uint64_t rows = intake_sequence(run->intake);
    const struct error why = run->reason;
    bool to_file = !run->options->output || strcmp(run->options->output, "-");

    if (!run->grouper || (run->tally->calls == 0 && to_file &&
                          !recovery_resumed(run->recovery))) {
        *run->tally = (struct tally){0};
        return discard(run, error);
    }
    if (put_not_attempted(run, error) || sink_finish(run->sink, rows, error) ||
        recovery_finish(run->recovery, error))
        return -1;
    (void)error_set(&run->reason, why.kind,
                    "%.380s; rows before it were sent, and %s says what became "
                    "of them",
                    why.text, run->options->output);
    return 0;
}

/* The run is to be taken up where a journal is kept, and there is anything in
 * it; else it is simply started again. */
static int finish_stopped(struct run *run, struct error *error)
{
    const char *partial = sink_partial_name(run->sink);
    const struct error why = run->reason;
    bool to_file = !run->options->output || strcmp(run->options->output, "-");
    bool kept = false;

    if (recovery_stop(run->recovery, &kept, error))
        return -1;
    if (!kept && to_file) {
        sink_discard(run->sink);
        return 0;
    }
    if (sink_stop(run->sink, error))
        return -1;
    if (partial && run->tally->rows > 0)
        error_set(&run->reason, why.kind,
                  "%.400s; the rows that are done are in %s", why.text,
                  partial);
    return 0;
}

static int finish_complete(struct run *run, struct error *error)
{
    bool kept;

    if (sink_finish(run->sink, intake_sequence(run->intake), error) == 0)
        return recovery_finish(run->recovery, error);
    run->reason = *error;
    (void)recovery_stop(run->recovery, &kept, error);
    *error = run->reason;
    return -1;
}

static int finish(struct run *run, struct error *error)
{
    int result;

    progress_clear(&run->progress);
    log_state(run, LOG_LEVEL_INFO, "end", NULL);
    if (!run->stopping)
        return finish_complete(run, error);
    if (run->reason.kind == ERROR_INPUT)
        result = finish_refused(run, error);
    else
        result = finish_stopped(run, error);
    /* What failed first is told, unless the disk has failed since. */
    if (result == 0 || run->reason.kind == ERROR_LOCAL)
        *error = run->reason;
    return -1;
}

/* ---- the start ---------------------------------------------------------- */

static int make_grouper(struct run *run, struct error *error)
{
    size_t window = run->options->window;
    size_t bytes = window * WINDOW_BYTES_PER_ROW;

    if (bytes < WINDOW_BYTES)
        bytes = WINDOW_BYTES;
    run->window_bytes = bytes;
    run->grouper = grouper_new(window, bytes);
    return run->grouper ? 0 : error_memory(error);
}

static int make_dispatch(struct run *run, const struct credentials *credentials,
                         struct error *error)
{
    struct dispatch_setup setup = {
        .options = run->options,
        .credentials = credentials,
        .log = run->log,
        .tally = run->tally,
        .handler = &task_handler,
        .context = run,
    };

    run->dispatch = dispatch_new(&setup, error);
    return run->dispatch ? 0 : -1;
}

static int replay_row(void *context, uint64_t sequence, enum status status,
                      const char *text, size_t len, struct error *error)
{
    struct run *run = context;

    return sink_put_replayed(run->sink, sequence, status, text, len, error);
}

static void replay_written(void *context, struct state before,
                           struct state after)
{
    struct run *run = context;
    struct error ignored;

    /* Without memory the guard fails, which is the safe side. */
    if (keep_written(run, &ignored) == 0)
        written_add(run->written, before, after);
}

static void replay_checkpoint(void *context, uint64_t bytes,
                              const unsigned char digest[HASH_SIZE])
{
    struct run *run = context;

    intake_expect(run->intake, bytes, digest);
}

/* Takes up what an earlier run has left, or begins a journal. */
static int begin_recovery(struct run *run, struct error *error)
{
    static const struct recovery_handler handler = {
        .row = replay_row,
        .written = replay_written,
        .checkpoint = replay_checkpoint,
    };

    if (recovery_begin(run->recovery, intake_digest(run->intake), &handler, run,
                       error))
        return -1;
    run->errors_before = count_errors(run->tally);
    run->rows_before = run->tally->rows;
    if (recovery_resumed(run->recovery))
        log_state(run, LOG_LEVEL_INFO, "resume", NULL);
    return 0;
}

static int open_files(struct run *run, struct error *error)
{
    const struct options *options = run->options;

    run->intake = intake_open(options, &intake_handler, run, error);
    if (!run->intake)
        return -1;
    run->sink = sink_open(options, intake_stat(run->intake), run->tally, error);
    if (!run->sink)
        return -1;
    run->log = log_open(options, error);
    if (!run->log)
        return -1;
    if (options->retry_failed) {
        run->previous = previous_open(options->output, error);
        if (!run->previous)
            return -1;
    }
    if (!recovery_is_kept(options))
        return 0;
    run->recovery = recovery_open(options, sink_journal_name(run->sink), error);
    return run->recovery ? 0 : -1;
}

static int open_run(struct run *run, const struct credentials *credentials,
                    struct error *error)
{
    if (open_files(run, error))
        return -1;
    /* No core dump shows what tokens and users are in memory. Not before the
     * files are open: it closes /dev/stdin and the like to all but root. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (run->options->mode == MODE_CHECK)
        return sink_begin(run->sink, error);
    if (make_grouper(run, error) || make_dispatch(run, credentials, error) ||
        intake_scan(run->intake, run->previous, run->stop, error) ||
        sink_begin(run->sink, error) || begin_recovery(run, error))
        return -1;
    dispatch_set_recovery(run->dispatch, run->recovery);
    sink_set_recovery(run->sink, run->recovery);
    log_state(run, LOG_LEVEL_INFO, "start", mode_name(run->options->mode));
    return 0;
}

static int perform(struct run *run, const struct credentials *credentials,
                   struct error *error)
{
    int64_t now;
    int result;

    if (open_run(run, credentials, error))
        return -1;
    now = run->heard = clock_ms();
    progress_init(&run->progress, STDERR_FILENO, run->options->quiet, now);
    if (run->options->mode == MODE_CHECK)
        result = run_check(run, error);
    else
        result = run_calls(run, error);
    if (result) {
        /* Whatever was the reason before: now this machine has failed. */
        run->stopping = run->draining = true;
        run->reason = *error;
        if (run->dispatch)
            dispatch_cut(run->dispatch);
    }
    return finish(run, error);
}

int pipeline_run(const struct options *options,
                 const struct credentials *credentials,
                 const volatile sig_atomic_t *stop, struct tally *tally,
                 struct error *error)
{
    struct run run = {.options = options, .stop = stop, .tally = tally};
    int64_t started = clock_ms();
    struct error ignored;
    int result;

    *tally = (struct tally){0};
    result = perform(&run, credentials, error);
    tally->milliseconds = clock_ms() - started;

    dispatch_free(run.dispatch);
    written_free(run.written);
    grouper_free(run.grouper);
    (void)log_flush(run.log, &ignored);
    log_free(run.log);
    recovery_free(run.recovery);
    previous_free(run.previous);
    sink_free(run.sink);
    intake_free(run.intake);
    return result;
}
