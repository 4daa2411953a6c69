#include "pipeline.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "grouper.h"
#include "intake.h"
#include "progress.h"
#include "transport.h"
#include "user_task.h"
#include "written.h"

/* Bytes of rows that wait in the window; a window larger than the usual one
 * gets its share. */
#define WINDOW_BYTES         ((size_t)64 << 20)
#define WINDOW_BYTES_PER_ROW 640

/* Reading stops where the newest row is farther than this beyond the window
 * from the oldest row without an outcome: result rows wait in memory for it. */
#define MAX_AHEAD 65536

/* A pipe that brought nothing for so long does not keep its rows waiting. */
#define SILENCE_MS 1000

/* Failing rows that --check shows where there is no OUTPUT. */
#define SHOWN_FAILURES 10

#define MAX_HEADERS ((size_t)1 << 20) /* bytes of the headers of a call */

/* A run that goes on. */
struct run {
    const struct options *options;
    const volatile sig_atomic_t *stop;
    struct tally *tally;
    struct session session;
    struct written *written;
    struct intake *intake;
    struct grouper *grouper;     /* NULL with --check */
    size_t window_bytes;         /* that it may hold */
    struct transport *transport; /* NULL with --check */
    struct sink *sink;
    struct progress progress;
    bool wrote;    /* an update was sent */
    bool readable; /* a pipe has something, or its end */
    int64_t heard; /* when a pipe last brought something */

    /* Set once: nothing new is begun, what is in flight is waited for. */
    bool stopping;
    struct error reason;
};

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* The first reason stands. */
static void stop_for(struct run *run, const struct error *reason)
{
    if (run->stopping)
        return;
    run->stopping = true;
    run->reason = *reason;
}

/* ---- rows in ------------------------------------------------------------ */

static int begin(void *context, struct error *error)
{
    struct run *run = context;
    unsigned last_modified = run->options->service->last_modified;

    /* Kept only where a guard asks for it. */
    if (run->grouper && last_modified < COLUMN_MAX &&
        (intake_columns(run->intake) & column_bit(last_modified))) {
        run->written = written_new();
        if (!run->written)
            return error_memory(error);
        run->session.written = run->written;
    }
    return sink_begin(run->sink, error);
}

static int take_row(void *context, struct row *row, struct error *error)
{
    struct run *run = context;
    int result;

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

static void skip_row(void *context, uint64_t number)
{
    struct run *run = context;

    if (run->grouper)
        grouper_skip(run->grouper, number);
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

    show_failure(run, row);
    skip_row(run, row->record->number);
    return sink_put_alone(run->sink, row->sequence, row->record->number,
                          row->id, STATUS_FAILED, row->why, error);
}

static const struct intake_handler handler = {
    .begin = begin, .take = take_row, .refuse = refuse_row, .skip = skip_row};

static int read_chunk(struct run *run, struct error *error)
{
    run->readable = false;
    run->heard = now();
    if (intake_read(run->intake, error))
        return -1;
    if (run->grouper && intake_ended(run->intake))
        grouper_close(run->grouper);
    return 0;
}

/* May another chunk be read now, and without waiting for it? */
static bool may_read(const struct run *run)
{
    uint64_t ahead = intake_sequence(run->intake) - sink_next(run->sink);

    if (intake_ended(run->intake) ||
        ahead >= (uint64_t)run->options->window + MAX_AHEAD)
        return false;
    /* Rows can wait behind an unfinished group of their user. */
    if (grouper_bytes(run->grouper) >= 2 * run->window_bytes &&
        transport_in_flight(run->transport) > 0)
        return false;
    return run->readable || intake_poll_fd(run->intake) < 0;
}

/* A group to be sent, or NULL: none yet, or the run is to stop. */
static struct group *next_group(struct run *run)
{
    struct group *group;
    struct error error;

    while (!(group = grouper_take(run->grouper))) {
        if (!may_read(run))
            return NULL;
        if (read_chunk(run, &error)) {
            stop_for(run, &error);
            return NULL;
        }
    }
    return group;
}

/* ---- users out and in --------------------------------------------------- */

static void free_task(struct run *run, struct user_task *task)
{
    struct group *group = task->group;

    user_task_free(task);
    grouper_done(run->grouper, group);
}

/* The run can't go on, as a task has found out. */
static void stop_at(struct run *run, const struct user_task *task)
{
    const struct fault *last = &task->outcome.last;
    enum error_kind kind = ERROR_STOPPED;
    const char *what = "the service refuses to go on";
    struct error reason;

    if (last->action == FAULT_MEMORY) {
        error_memory(&reason);
    } else {
        if (last->action == FAULT_SIGN_IN) {
            kind = ERROR_SIGN_IN;
            what = "the service refuses to sign in";
        }
        error_set(&reason, kind,
                  "%s, at user %s: %s%s%s (HTTP status %ld, TrackingId %s)",
                  what, task->group->key, last->name, *last->text ? ": " : "",
                  last->text, last->http_status,
                  *last->tracking_id ? last->tracking_id : "not given");
    }
    stop_for(run, &reason);
}

/* Acts on what a task asks for; the transfer is the task's until then. */
static int follow(struct run *run, struct transfer *transfer,
                  enum task_step step, struct error *error)
{
    struct user_task *task = transfer->owner;
    int result = 0;

    switch (step) {
    case TASK_SEND:
        run->wrote = run->wrote || transfer->request.once;
        if (transport_send(run->transport, transfer, error) == 0)
            return 0;
        result = -1;
        break;
    case TASK_FINISH:
        result = sink_put_task(run->sink, task, error);
        break;
    case TASK_STOP:
        /* Of a pipe that was refused half-way, the result is complete. */
        if (run->stopping && run->reason.kind == ERROR_INPUT)
            result = sink_put_task(run->sink, task, error);
        else
            stop_at(run, task);
        break;
    }
    transport_release(run->transport, transfer);
    free_task(run, task);
    return result;
}

/* Starts users while there are free slots and groups to send. */
static int start_users(struct run *run, struct error *error)
{
    while (!run->stopping) {
        struct transfer *transfer = transport_take(run->transport);
        struct user_task *task;
        struct group *group;

        if (!transfer)
            return 0;
        group = next_group(run);
        if (!group) {
            transport_release(run->transport, transfer);
            return 0;
        }
        task = user_task_new(run->options, &run->session, group);
        if (!task) {
            grouper_done(run->grouper, group);
            transport_release(run->transport, transfer);
            return error_memory(error);
        }
        transfer->owner = task;
        if (follow(run, transfer, user_task_start(task, &transfer->request),
                   error))
            return -1;
    }
    return 0;
}

/* Hands each answer to its task. */
static int take_answers(struct run *run, struct error *error)
{
    struct transfer *transfer;

    while ((transfer = transport_next(run->transport))) {
        enum task_step step = user_task_answer(
            transfer->owner, &transfer->response, &transfer->request);

        run->tally->calls +=
            transfer->response.sends ? transfer->response.sends : 1;
        if (follow(run, transfer, step, error))
            return -1;
    }
    return 0;
}

/* ---- the loop ----------------------------------------------------------- */

static void show_progress(struct run *run)
{
    const uint64_t *by_status = run->tally->by_status;
    struct progress_state state = {
        .rows_done = run->tally->rows,
        .rows_read = intake_rows(run->intake),
        .rows_total = run->options->shards == 1 ? intake_total(run->intake) : 0,
        .failures = by_status[STATUS_FAILED] + by_status[STATUS_CONFLICT] +
                    by_status[STATUS_DRIFT] + by_status[STATUS_UNKNOWN],
        .in_flight = run->transport ? transport_in_flight(run->transport) : 0,
    };

    progress_update(&run->progress, &state, now());
}

static void check_signal(struct run *run)
{
    struct error reason;

    if (!*run->stop || run->stopping)
        return;
    error_set(&reason, ERROR_STOPPED, "stopped by a signal");
    stop_for(run, &reason);
    if (run->options->quiet || !run->transport)
        return;
    progress_clear(&run->progress);
    fprintf(stderr,
            "bauser-batch: stopping when the %u users in flight are done; a "
            "second signal, a second later, ends at once\n",
            transport_in_flight(run->transport));
}

/* The descriptor to wait for besides the connections, or -1. */
static int wanted_fd(const struct run *run)
{
    bool slots_free =
        transport_in_flight(run->transport) < run->options->concurrency;

    if (run->stopping || !slots_free || run->readable)
        return -1;
    return intake_poll_fd(run->intake);
}

static int wait_for_work(struct run *run, struct error *error)
{
    struct pollfd pipe = {.fd = wanted_fd(run), .events = POLLIN};
    int milliseconds = progress_wait(&run->progress, now());

    if (milliseconds < 0 || milliseconds > SILENCE_MS)
        milliseconds = SILENCE_MS;
    if (transport_wait(run->transport, &pipe, 1, milliseconds, error))
        return -1;
    if (pipe.revents)
        run->readable = true;
    else if (pipe.fd >= 0 && now() - run->heard >= SILENCE_MS)
        grouper_close(run->grouper);
    return 0;
}

static bool is_finished(const struct run *run)
{
    if (transport_in_flight(run->transport) > 0)
        return false;
    return run->stopping ||
           (intake_ended(run->intake) && grouper_is_empty(run->grouper));
}

static int run_calls(struct run *run, struct error *error)
{
    for (;;) {
        check_signal(run);
        if (start_users(run, error))
            return -1;
        if (is_finished(run))
            return 0;
        if (wait_for_work(run, error) || take_answers(run, error) ||
            sink_flush(run->sink, error))
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

static int run_check(struct run *run, struct error *error)
{
    uint64_t failed;

    while (!intake_ended(run->intake)) {
        check_signal(run);
        if (run->stopping)
            return 0;
        if (wait_for_pipe(run) &&
            (read_chunk(run, error) || sink_flush(run->sink, error)))
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

/* This machine has failed: what is in flight can't be waited for. */
static void cut_calls(struct run *run)
{
    struct transfer *transfer;

    while (run->transport && (transfer = transport_cut(run->transport)))
        free_task(run, transfer->owner);
}

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
                               STATUS_NOT_ATTEMPTED, &why, error))
                return -1;
        grouper_done(run->grouper, group);
    }
    return 0;
}

/* The input was refused. OUTPUT stays as it was, unless rows that came through
 * a pipe were begun before. */
static int finish_refused(struct run *run, struct error *error)
{
    uint64_t rows = intake_sequence(run->intake);
    const struct error why = run->reason;

    bool to_file = !run->options->output || strcmp(run->options->output, "-");

    if (!run->grouper || (run->tally->calls == 0 && to_file)) {
        sink_discard(run->sink);
        *run->tally = (struct tally){0};
        return 0;
    }
    if (put_not_attempted(run, error) || sink_finish(run->sink, rows, error))
        return -1;
    (void)error_set(&run->reason, why.kind,
                    "%.380s; rows before it were sent, and %s says what became "
                    "of them",
                    why.text, run->options->output);
    return 0;
}

static int finish_stopped(struct run *run, struct error *error)
{
    const char *partial = sink_partial_name(run->sink);
    const struct error why = run->reason;

    /* Where nothing was written, what is known would only be in the next run's
     * way. */
    if (!run->wrote) {
        sink_discard(run->sink);
        return 0;
    }
    if (sink_stop(run->sink, error))
        return -1;
    if (partial && run->tally->rows > 0)
        error_set(&run->reason, why.kind,
                  "%.400s; the rows that are done are "
                  "in %s",
                  why.text, partial);
    return 0;
}

static int finish(struct run *run, struct error *error)
{
    int result;

    progress_clear(&run->progress);
    if (!run->stopping)
        return sink_finish(run->sink, intake_sequence(run->intake), error);
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

static int make_transport(struct run *run,
                          const struct credentials *credentials,
                          struct error *error)
{
    struct buffer headers;
    int result = -1;

    run->session = (struct session){
        .access_token = credentials->access_token,
        .developer_token = credentials->developer_token,
        .customer_id = run->options->customer_id,
        .account_id = run->options->account_id,
    };
    buffer_init(&headers, MAX_HEADERS);
    if (run->options->service->build_headers(&run->session, &headers))
        error_memory(error);
    else
        run->transport = transport_new(run->options, NULL, error);
    if (run->transport)
        result = transport_set_headers(run->transport, HTTP_SERVICE,
                                       headers.data, error);
    buffer_wipe(&headers);
    return result;
}

static int open_run(struct run *run, const struct credentials *credentials,
                    struct error *error)
{
    run->intake = intake_open(run->options, &handler, run, error);
    if (!run->intake)
        return -1;
    run->sink =
        sink_open(run->options, intake_stat(run->intake), run->tally, error);
    if (!run->sink)
        return -1;
    if (run->options->mode == MODE_CHECK)
        return 0;
    return make_grouper(run, error) ||
                   make_transport(run, credentials, error) ||
                   intake_scan(run->intake, run->stop, error)
               ? -1
               : 0;
}

static int perform(struct run *run, const struct credentials *credentials,
                   struct error *error)
{
    int result;

    if (open_run(run, credentials, error))
        return -1;
    run->heard = now();
    progress_init(&run->progress, STDERR_FILENO, run->options->quiet,
                  run->heard);
    if (run->options->mode == MODE_CHECK)
        result = run_check(run, error);
    else
        result = run_calls(run, error);
    if (result) {
        /* Whatever was the reason before: now this machine has failed. */
        run->stopping = true;
        run->reason = *error;
        cut_calls(run);
    }
    return finish(run, error);
}

int pipeline_run(const struct options *options,
                 const struct credentials *credentials,
                 const volatile sig_atomic_t *stop, struct tally *tally,
                 struct error *error)
{
    struct run run = {.options = options, .stop = stop, .tally = tally};
    int64_t started = now();
    int result;

    *tally = (struct tally){0};
    result = perform(&run, credentials, error);
    tally->milliseconds = now() - started;

    transport_free(run.transport);
    written_free(run.written);
    grouper_free(run.grouper);
    sink_free(run.sink);
    intake_free(run.intake);
    return result;
}
