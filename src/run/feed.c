#include <inttypes.h>

#include "base/clock.h"
#include "input/suspicious.h"
#include "output/result_field.h"
#include "run/run.h"

/* Reading pauses if the newest row is more than a window and MAX_AHEAD rows
 * after the oldest row without an outcome, or if the result rows that wait for
 * the oldest row take MAX_WAITING_BYTES. */
#define MAX_AHEAD         65536
#define MAX_WAITING_BYTES ((size_t)64 << 20)

int run_keep_own_writes(struct run *run, struct error *error)
{
    if (run->own_writes)
        return 0;
    run->own_writes = own_writes_new();
    if (!run->own_writes)
        return error_memory(error);
    dispatch_set_own_writes(run->dispatch, run->own_writes);
    return 0;
}

/* An update may change other users of the same person, whose guards and updates
 * must not mistake it for a change by others. */
static int begin(void *context, struct error *error)
{
    struct run *run = context;

    if (run_check_plan(run, error))
        return -1;
    if (run->options->mode == MODE_APPLY &&
        run->options->service->last_modified < COLUMN_MAX)
        return run_keep_own_writes(run, error);
    return 0;
}

/* A row of the prior result got its result; --max-errors does not count it. */
static void count_before(struct run *run, uint64_t errors)
{
    run->rows_before++;
    run->errors_before += run_errors(run->tally) - errors;
}

/* Copies a row of the prior result. */
static int keep_result(struct run *run, uint64_t sequence,
                       const struct prior_row *row, struct error *error)
{
    uint64_t errors = run_errors(run->tally);

    if (result_writer_put_replayed(run->results, sequence, row->status,
                                   row->text, row->len, error))
        return -1;
    count_before(run, errors);
    return 0;
}

/* An older row is not applied over a newer one. If it was Unknown, nobody knows
 * whether it was applied before. */
static int supersede(struct run *run, uint64_t sequence,
                     const struct prior_row *row, uint64_t newer,
                     struct error *error)
{
    uint64_t errors = run_errors(run->tally);
    struct error why;
    const struct row_alone alone = {
        .number = row->number,
        .id = row->id,
        .status =
            row->status == STATUS_UNKNOWN ? STATUS_UNKNOWN : STATUS_FAILED,
        .why = &why,
    };

    (void)error_value(&why, RESULT_SUPERSEDED, NULL,
                      "row %" PRIu64 " of this user, which comes later in "
                      "INPUT, was applied; this row would overwrite it",
                      newer);
    if (result_writer_put_alone(run->results, sequence, &alone, error))
        return -1;
    count_before(run, errors);
    return 0;
}

/* Does the row have a result already, from the journal or the prior result? */
static int find_result(struct run *run, uint64_t sequence, uint64_t number,
                       const char *id, bool *found, struct error *error)
{
    struct prior_row row;
    uint64_t newer;

    *found = result_writer_has(run->results, sequence);
    if (!run->prior)
        return 0;
    if (prior_result_match(run->prior, number, id, &row, error))
        return -1;
    if (*found)
        return 0;
    *found = true;
    if (!row.again)
        return keep_result(run, sequence, &row, error);
    if (newer_rows_find(run->newer, number, id, run->stop, &newer, error))
        return -1;
    if (newer > 0)
        return supersede(run, sequence, &row, newer, error);
    *found = false;
    return 0;
}

static void skip_row(void *context, uint64_t number)
{
    struct run *run = context;

    if (run->grouper)
        grouper_skip(run->grouper, number);
}

/* A name such as NULL is written: people are called so. */
static void warn_of_names(struct run *run, const struct row *row)
{
    const struct service *service = run->options->service;

    for (unsigned i = 0; i < row->count && !run->warned; i++) {
        const struct column *column = &service->columns[row->cells[i].column];

        if (column->content != CONTENT_NAME || !row->cells[i].text ||
            !suspicious_is_null_name(column, row->cells[i].text))
            continue;
        run->warned = true;
        if (!run->options->quiet)
            progress_message(&run->progress,
                             "warning: %s: row %" PRIu64 ": %s is a word that "
                             "programs write for an empty value; it is "
                             "accepted, as it may be a name",
                             row_source_name(run->source), row->number,
                             column->name);
    }
}

static int take_row(void *context, struct row *row, struct error *error)
{
    struct run *run = context;
    bool found;
    int result;

    result =
        find_result(run, row->sequence, row->number, row->id, &found, error);
    if (result == 0 && run->dispatch)
        dispatch_note_row(run->dispatch, row->key, found);
    if (result || found) {
        skip_row(run, row->number);
        row_free(row);
        return result;
    }
    warn_of_names(run, row);
    row->sent = recovery_open_intent(run->recovery, row->sequence);
    if (row->sent)
        dispatch_note_success(run->dispatch);
    if (run->grouper && grouper_add(run->grouper, row) == 0)
        return 0;
    if (run->grouper)
        result = error_memory(error);
    else
        result = result_writer_put_alone(
            run->results, row->sequence,
            &(struct row_alone){row->number, row->id, STATUS_VALID, NULL, row},
            error);
    row_free(row);
    return result;
}

/* --check without OUTPUT shows the first failures. */
static void show_failure(struct run *run, const struct refused_row *row)
{
    if (run->options->output ||
        run->tally->by_status[STATUS_FAILED] >= RUN_SHOWN_FAILURES)
        return;
    progress_message(&run->progress,
                     "%s: row %" PRIu64 ", line %" PRIu64 ": %s: %s",
                     row_source_name(run->source), row->record->number,
                     row->record->line, row->why->code, row->why->text);
}

static int refuse_row(void *context, const struct refused_row *row,
                      struct error *error)
{
    const struct row_alone alone = {.number = row->record->number,
                                    .id = row->id,
                                    .status = STATUS_FAILED,
                                    .why = row->why};
    struct run *run = context;
    bool found;

    skip_row(run, row->record->number);
    if (find_result(run, row->sequence, row->record->number, row->id, &found,
                    error))
        return -1;
    if (found)
        return 0;
    show_failure(run, row);
    if (result_writer_put_alone(run->results, row->sequence, &alone, error))
        return -1;
    return run_check_errors(run, error);
}

const struct row_handler run_rows = {
    .begin = begin, .take = take_row, .refuse = refuse_row, .skip = skip_row};

/* The position in a pipe is recorded before calls are made for its rows. */
static int put_checkpoint(struct run *run, struct error *error)
{
    unsigned char digest[HASH_SIZE];
    uint64_t bytes;

    if (!run->recovery || row_source_digest(run->source) ||
        !row_source_is_as_expected(run->source))
        return 0;
    if (row_source_checkpoint(run->source, &bytes, digest) ||
        recovery_put_checkpoint(run->recovery, bytes, digest))
        return error_memory(error);
    return 0;
}

/* A pipe is validated while it is read. What an earlier run has read of it was
 * valid. */
static int refuse_pipe(const struct run *run, struct error *error)
{
    const struct error why = *error;

    if (why.kind != ERROR_INPUT || row_source_is_as_expected(run->source))
        return -1;
    return error_set(error, ERROR_USAGE,
                     "%.400s; this input differs from that of the interrupted "
                     "run",
                     why.text);
}

/* An option that selects no row may be misspelled. */
static bool selects_none(const struct run *run)
{
    const struct options *options = run->options;

    return (options->skip > 0 || options->where_count > 0) && !options->quiet &&
           row_source_sequence(run->source) == 0;
}

int run_read(struct run *run, struct error *error)
{
    run->readable = false;
    run->heard = clock_ms(run->platform->clock);
    if (row_source_read(run->source, error))
        return refuse_pipe(run, error);
    if (put_checkpoint(run, error))
        return -1;
    if (row_source_ended(run->source) && row_source_rows(run->source) == 0 &&
        !run->options->quiet)
        progress_message(&run->progress,
                         "warning: %s has a header, but no rows",
                         row_source_name(run->source));
    else if (row_source_ended(run->source) && selects_none(run))
        progress_message(&run->progress,
                         "warning: no row of %s is selected by %s",
                         row_source_name(run->source),
                         run->options->where_count == 0 ? "--skip"
                         : run->options->skip == 0      ? "--where"
                                                        : "--skip and --where");
    if (!run->grouper || !row_source_ended(run->source))
        return 0;
    grouper_close(run->grouper);
    return run->prior ? prior_result_end(run->prior, error) : 0;
}

bool run_has_room(const struct run *run)
{
    uint64_t newest = row_source_sequence(run->source);
    uint64_t oldest =
        result_writer_next(run->results); /* may be an earlier run's */
    uint64_t ahead = newest > oldest ? newest - oldest : 0;

    /* Rows also wait for users whom --fail-fast holds. */
    if (dispatch_is_idle(run->dispatch) && !run->fail_fast.held)
        return true;
    if (ahead >= (uint64_t)run->options->window + MAX_AHEAD ||
        result_writer_waiting_bytes(run->results) >= MAX_WAITING_BYTES)
        return false;
    return grouper_bytes(run->grouper) < 2 * run->window_bytes;
}

/* May another chunk be read now, without waiting for it? The part of a pipe
 * that an earlier run has read is read in any case, since it had room then. */
static bool may_read(const struct run *run)
{
    if (row_source_ended(run->source) || run->chunks == RUN_CHUNKS ||
        (row_source_is_as_expected(run->source) && !run_has_room(run)))
        return false;
    return run->readable || row_source_poll_fd(run->source) < 0;
}

int run_next_group(struct run *run, struct group **group, struct error *error)
{
    if (run->listing)
        return run->stopping ? 0 : listing_take(run->listing, group, error);
    while (!run->stopping) {
        if (row_source_is_as_expected(run->source) &&
            (*group = grouper_take(run->grouper)))
            return 0;
        if (!may_read(run))
            return 0;
        run->chunks++;
        if (run_read(run, error) && run_stop_or_fail(run, error))
            return -1;
    }
    return 0;
}
