#include "pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "grouper.h"
#include "input.h"
#include "output.h"
#include "progress.h"
#include "reader.h"
#include "report.h"
#include "results.h"
#include "scan.h"
#include "schema.h"
#include "transport.h"
#include "user_task.h"

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

#define MAX_REPORT ((size_t)64 << 20) /* bytes of one result row */

/* A run that goes on. */
struct run {
    const struct options *options;
    const struct service *service;
    const volatile sig_atomic_t *stop;
    struct tally *tally;
    struct session session;

    struct input *input;
    struct reader *reader;
    struct schema *schema;
    struct grouper *grouper;     /* NULL with --check */
    struct transport *transport; /* NULL with --check */
    struct output *output;       /* NULL: --check without OUTPUT */
    struct output *diff;         /* NULL: no --diff */
    struct results *results;
    struct results *diff_results;
    struct progress progress;

    uint64_t rows_total; /* of a file; 0 for a pipe */
    uint64_t sequence;   /* of the next row */
    bool readable;       /* a pipe has something, or its end */
    bool input_ended;
    int64_t heard;      /* when a pipe last brought something */
    struct buffer text; /* scratch for one result row */

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

/* ---- result rows -------------------------------------------------------- */

static void count(struct run *run, enum status status)
{
    run->tally->rows++;
    run->tally->by_status[status]++;
}

static int put_text(struct run *run, struct results *results, uint64_t sequence,
                    int built, struct error *error)
{
    if (built)
        return error_memory(error);
    return results_put(results, sequence, run->text.data ? run->text.data : "",
                       run->text.len, error);
}

/* Hands on the rows of a task that is done. */
static int put_task(struct run *run, const struct user_task *task,
                    struct error *error)
{
    for (const struct row *row = task->group->rows; row; row = row->next) {
        buffer_clear(&run->text);
        if (put_text(run, run->results, row->sequence,
                     report_row(&run->text, task, row), error))
            return -1;
        count(run, task->outcome.status);
        if (!run->diff)
            continue;
        buffer_clear(&run->text);
        if (put_text(run, run->diff_results, row->sequence,
                     task->outcome.status == STATUS_WOULD_UPDATE
                         ? report_diff(&run->text, task, row)
                         : 0,
                     error))
            return -1;
    }
    return 0;
}

/* Hands on a row that is no task's. */
static int put_alone(struct run *run, uint64_t sequence, uint64_t number,
                     const char *id, enum status status,
                     const struct error *why, struct error *error)
{
    int built = 0;

    buffer_clear(&run->text);
    if (run->output)
        built = report_row_alone(&run->text, run->options, number, id, status,
                                 why);
    if (put_text(run, run->results, sequence, built, error))
        return -1;
    count(run, status);
    buffer_clear(&run->text);
    if (run->diff && put_text(run, run->diff_results, sequence, 0, error))
        return -1;
    return 0;
}

/* ---- rows in ------------------------------------------------------------ */

static int take_header(struct run *run, const struct record *record,
                       struct error *error)
{
    if (schema_take_header(run->schema, input_name(run->input), record, error))
        return -1;
    buffer_clear(&run->text);
    if (report_header(&run->text, run->options))
        return error_memory(error);
    if (run->output &&
        output_write(run->output, run->text.data, run->text.len, error))
        return -1;
    buffer_clear(&run->text);
    if (report_diff_header(&run->text))
        return error_memory(error);
    if (run->diff &&
        output_write(run->diff, run->text.data, run->text.len, error))
        return -1;
    return 0;
}

static void show_failure(struct run *run, const struct record *record,
                         const struct error *why)
{
    if (run->output || run->tally->by_status[STATUS_FAILED] >= SHOWN_FAILURES)
        return;
    progress_clear(&run->progress);
    fprintf(stderr,
            "bauser-batch: %s: row %" PRIu64 ", line %" PRIu64 ": %s: %s\n",
            input_name(run->input), record->number, record->line, why->code,
            why->text);
}

/* A value is refused: that is the row's outcome. */
static int refuse_row(struct run *run, const struct record *record,
                      uint64_t sequence, const struct error *why,
                      struct error *error)
{
    show_failure(run, record, why);
    if (run->grouper)
        grouper_skip(run->grouper, record->number);
    return put_alone(run, sequence, record->number,
                     schema_record_id(run->schema, record), STATUS_FAILED, why,
                     error);
}

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct run *run = context;
    uint64_t sequence;
    struct error why;
    struct row *row;
    int result = 0;

    if (record->number == 0)
        return take_header(run, record, error);
    if (run->options->shards > 1 && !schema_in_shard(run->schema, record)) {
        if (run->grouper)
            grouper_skip(run->grouper, record->number);
        return 0;
    }
    sequence = run->sequence++;
    if (schema_take_row(run->schema, record, &row, &why)) {
        if (why.kind == ERROR_VALUE)
            return refuse_row(run, record, sequence, &why, error);
        *error = why;
        return -1;
    }
    row->sequence = sequence;
    if (!run->grouper) {
        result = put_alone(run, sequence, row->number, row->id, STATUS_VALID,
                           NULL, error);
        row_free(row);
    } else if (grouper_add(run->grouper, row)) {
        row_free(row);
        result = error_memory(error);
    }
    return result;
}

/* The input was read to its end. A file must be the one that was checked. */
static int end_input(struct run *run, struct error *error)
{
    if (reader_end(run->reader, error))
        return -1;
    run->input_ended = true;
    if (run->grouper)
        grouper_close(run->grouper);
    if (!run->grouper || !input_is_file(run->input))
        return 0;
    if (input_changed(run->input) ||
        reader_rows(run->reader) != run->rows_total)
        return error_set(error, ERROR_STOPPED,
                         "%s changed while it was being applied; compare it "
                         "with the result rows before it is run again",
                         input_name(run->input));
    return 0;
}

/* Reads one chunk. */
static int read_chunk(struct run *run, struct error *error)
{
    const char *data;
    size_t len;
    int more = input_read(run->input, &data, &len, error);

    run->readable = false;
    run->heard = now();
    if (more < 0)
        return -1;
    if (more == 0)
        return end_input(run, error);
    return reader_feed(run->reader, data, len, error);
}

/* Reading has failed half-way: of what is there, nothing more is begun. */
static void stop_reading(struct run *run, struct error *error)
{
    if (error->kind == ERROR_INPUT && run->grouper &&
        input_is_file(run->input)) {
        struct error changed;

        /* It was sound when it was read through. */
        error_set(&changed, ERROR_STOPPED,
                  "the file changed while it was being applied: %.400s",
                  error->text);
        *error = changed;
    }
    stop_for(run, error);
}

/* May another chunk be read now, and without waiting for it? */
static bool may_read(const struct run *run)
{
    uint64_t ahead = run->sequence - results_next(run->results);

    if (run->input_ended || ahead >= run->options->window + MAX_AHEAD)
        return false;
    return run->readable || input_poll_fd(run->input) < 0;
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
            stop_reading(run, &error);
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
        return transport_send(run->transport, transfer, error);
    case TASK_FINISH:
        result = put_task(run, task, error);
        break;
    case TASK_STOP:
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
        .rows_read = reader_rows(run->reader),
        .rows_total = run->options->shards == 1 ? run->rows_total : 0,
        .failures = by_status[STATUS_FAILED] + by_status[STATUS_CONFLICT] +
                    by_status[STATUS_DRIFT] + by_status[STATUS_UNKNOWN],
        .in_flight = run->transport ? transport_in_flight(run->transport) : 0,
    };

    progress_update(&run->progress, &state, now());
}

static int flush(struct run *run, struct error *error)
{
    if (run->output && output_flush(run->output, error))
        return -1;
    if (run->diff && output_flush(run->diff, error))
        return -1;
    return 0;
}

static void check_signal(struct run *run)
{
    struct error reason;

    if (!*run->stop || run->stopping)
        return;
    error_set(&reason, ERROR_STOPPED, "stopped by a signal");
    stop_for(run, &reason);
}

/* The descriptor to wait for besides the connections, or -1. */
static int wanted_fd(struct run *run)
{
    bool slots_free =
        transport_in_flight(run->transport) < run->options->concurrency;

    if (run->stopping || run->input_ended || !slots_free || run->readable)
        return -1;
    return input_poll_fd(run->input);
}

static int wait_for_work(struct run *run, struct error *error)
{
    int fd = wanted_fd(run);
    int64_t time = now();
    int milliseconds = progress_wait(&run->progress, time);
    int result;

    if (milliseconds < 0 || milliseconds > SILENCE_MS)
        milliseconds = SILENCE_MS;
    result = transport_wait(run->transport, fd, milliseconds, error);
    if (result < 0)
        return -1;
    if (result > 0)
        run->readable = true;
    else if (fd >= 0 && now() - run->heard >= SILENCE_MS)
        grouper_close(run->grouper);
    return 0;
}

static bool is_finished(const struct run *run)
{
    if (transport_in_flight(run->transport) > 0)
        return false;
    return run->stopping ||
           (run->input_ended && grouper_is_empty(run->grouper));
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
            flush(run, error))
            return -1;
        show_progress(run);
    }
}

static int run_check(struct run *run, struct error *error)
{
    while (!run->input_ended) {
        check_signal(run);
        if (run->stopping)
            return 0;
        if (read_chunk(run, error) || flush(run, error))
            return -1;
        show_progress(run);
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

    grouper_close(run->grouper);
    while ((group = grouper_take(run->grouper))) {
        for (const struct row *row = group->rows; row; row = row->next)
            if (put_alone(run, row->sequence, row->number, row->id,
                          STATUS_NOT_ATTEMPTED, NULL, error))
                return -1;
        grouper_done(run->grouper, group);
    }
    return 0;
}

/* Rows in = rows out. */
static int check_count(const struct run *run, struct error *error)
{
    if (results_next(run->results) == run->sequence &&
        results_count(run->results) == run->sequence &&
        run->tally->rows == run->sequence)
        return 0;
    return error_set(error, ERROR_LOCAL,
                     "a bug: %" PRIu64 " rows were read and %" PRIu64
                     " results written; please report it",
                     run->sequence, results_count(run->results));
}

static int finish_outputs(struct run *run, struct error *error)
{
    if (check_count(run, error))
        return -1;
    if (run->diff && output_finish(run->diff, error))
        return -1;
    if (run->output && output_finish(run->output, error))
        return -1;
    return 0;
}

/* Leaves what is known where it can be found. */
static int stop_outputs(struct run *run, struct error *error)
{
    if (results_write_waiting(run->results, error) ||
        (run->output && output_stop(run->output, error)))
        return -1;
    if (run->diff && (results_write_waiting(run->diff_results, error) ||
                      output_stop(run->diff, error)))
        return -1;
    return 0;
}

/* The input was refused. OUTPUT stays as it was, unless rows that came through
 * a pipe were sent before. */
static int finish_refused(struct run *run, struct error *error)
{
    if (!run->grouper || run->sequence == 0) {
        if (run->output)
            output_discard(run->output);
        if (run->diff)
            output_discard(run->diff);
        return 0;
    }
    return put_not_attempted(run, error) || finish_outputs(run, error) ? -1 : 0;
}

static int finish(struct run *run, struct error *error)
{
    int result;

    progress_clear(&run->progress);
    if (!run->stopping)
        return finish_outputs(run, error);
    result = run->reason.kind == ERROR_INPUT ? finish_refused(run, error)
                                             : stop_outputs(run, error);
    /* What failed first is told, unless the disk has failed since. */
    if (result == 0 || run->reason.kind == ERROR_LOCAL)
        *error = run->reason;
    return -1;
}

/* ---- the start ---------------------------------------------------------- */

static int make_schema(struct run *run, struct error *error)
{
    run->schema = schema_new(run->options);
    if (!run->schema)
        return error_memory(error);
    return schema_check_maps(run->schema, error);
}

static int open_files(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    const struct stat *input;
    unsigned flags = (options->no_clobber ? OUTPUT_NO_CLOBBER : 0U) |
                     (options->restart ? OUTPUT_RESTART : 0U);

    run->input = input_open(options->input, error);
    if (!run->input)
        return -1;
    input = input_stat(run->input);
    if (options->output) {
        run->output = output_open(options->output, flags, input, error);
        if (!run->output)
            return -1;
    }
    if (options->diff) {
        run->diff = output_open(options->diff, flags, input, error);
        if (!run->diff)
            return -1;
    }
    return 0;
}

static int make_parts(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    size_t bytes = options->window * (size_t)WINDOW_BYTES_PER_ROW;

    if (bytes < WINDOW_BYTES)
        bytes = WINDOW_BYTES;
    run->reader = reader_new(input_name(run->input), options->delimiter,
                             take_record, run);
    run->results = results_new(run->output);
    if (run->diff)
        run->diff_results = results_new(run->diff);
    if (options->mode != MODE_CHECK)
        run->grouper = grouper_new(options->window, bytes);
    if (!run->reader || !run->results || (run->diff && !run->diff_results) ||
        (options->mode != MODE_CHECK && !run->grouper))
        return error_memory(error);
    return 0;
}

static int make_transport(struct run *run,
                          const struct credentials *credentials,
                          struct error *error)
{
    run->session = (struct session){
        .access_token = credentials->access_token,
        .developer_token = credentials->developer_token,
        .customer_id = run->options->customer_id,
        .account_id = run->options->account_id,
    };
    buffer_clear(&run->text);
    if (run->service->build_headers(&run->session, &run->text))
        return error_memory(error);
    run->transport = transport_new(run->options, run->text.data, error);
    memset(run->text.data, 0, run->text.size);
    buffer_clear(&run->text);
    return run->transport ? 0 : -1;
}

/* Reads a file once through before the first call is made. */
static int scan(struct run *run, struct error *error)
{
    if (!input_is_file(run->input))
        return 0;
    if (input_keep_hash(run->input, error) ||
        scan_input(run->input, run->options, run->stop, &run->rows_total,
                   error))
        return -1;
    return input_rewind(run->input, error);
}

static int perform(struct run *run, const struct credentials *credentials,
                   struct error *error)
{
    int result;

    if (make_schema(run, error) || open_files(run, error) ||
        make_parts(run, error))
        return -1;
    if (run->options->mode == MODE_CHECK) {
        result = run_check(run, error);
    } else {
        if (make_transport(run, credentials, error) || scan(run, error))
            return -1;
        run->heard = now();
        progress_init(&run->progress, STDERR_FILENO, run->options->quiet,
                      run->heard);
        result = run_calls(run, error);
    }
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
    struct run run = {.options = options,
                      .service = options->service,
                      .stop = stop,
                      .tally = tally};
    int64_t started = now();
    int result;

    *tally = (struct tally){0};
    buffer_init(&run.text, MAX_REPORT);
    progress_init(&run.progress, STDERR_FILENO, options->quiet, started);
    result = perform(&run, credentials, error);
    progress_clear(&run.progress);
    tally->milliseconds = now() - started;

    transport_free(run.transport);
    grouper_free(run.grouper);
    results_free(run.results);
    results_free(run.diff_results);
    output_free(run.output);
    output_free(run.diff);
    reader_free(run.reader);
    schema_free(run.schema);
    input_free(run.input);
    buffer_free(&run.text);
    return result;
}
