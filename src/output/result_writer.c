#include "output/result_writer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "output/reorder.h"
#include "output/result_field.h"
#include "output/writer.h"

#define MAX_ROW ((size_t)64 << 20) /* bytes of one result row */

/* A file, and its rows that wait for earlier rows. */
struct sheet {
    struct writer *writer; /* NULL: there is no such file */
    struct reorder_buffer *reorder;
};

struct result_writer {
    struct format format;
    struct tally *tally;
    struct findings *findings;        /* NULL: none are wanted */
    struct change_examples *examples; /* likewise */
    const struct result_listener *listener;
    void *context;
    struct sheet result;
    struct sheet diff;
    struct buffer text; /* of one row, reused */
};

/* ---- life --------------------------------------------------------------- */

static int open_sheet(struct sheet *sheet,
                      const struct result_writer_setup *setup,
                      const char *label, const char *path, struct error *error)
{
    const struct atomic_file_setup file = {
        .files = setup->files,
        .label = label,
        .path = path,
        .flags = setup->flags,
        .input = setup->input,
    };

    if (path) {
        sheet->writer = writer_open(&file, error);
        if (!sheet->writer)
            return -1;
    }
    sheet->reorder = reorder_new(sheet->writer);
    return sheet->reorder ? 0 : error_memory(error);
}

static void close_sheet(struct sheet *sheet)
{
    reorder_free(sheet->reorder);
    writer_free(sheet->writer);
}

static bool covers(const struct sheet *sheet, const char *path)
{
    return sheet->writer && writer_covers(sheet->writer, path);
}

/* Would --diff, or its staging file, be one of OUTPUT's files? */
static int check_diff(const struct result_writer *results, const char *diff,
                      struct error *error)
{
    char *staging = file_name_beside(diff, ".part");
    bool covered;

    if (!staging)
        return error_memory(error);
    covered =
        covers(&results->result, diff) || covers(&results->result, staging);
    free(staging);
    if (!covered)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "--diff and OUTPUT are the same file; choose another "
                     "file for --diff");
}

/* Lines of the log would destroy another file of the run. */
static int check_log(const struct result_writer *results,
                     const struct result_writer_setup *setup,
                     struct error *error)
{
    const struct stat *input = setup->input;
    const char *log = setup->log_file;
    const char *other = NULL;
    struct stat status;

    if (!log)
        return 0;
    if (covers(&results->result, log))
        other = "OUTPUT";
    else if (covers(&results->diff, log))
        other = "--diff";
    else if (input && S_ISREG(input->st_mode) &&
             setup->files->stat(setup->files, log, &status) == 0 &&
             file_is_same(&status, input))
        other = "INPUT";
    if (!other)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "--log-file %s is a file of %s; choose another "
                     "name",
                     log, other);
}

static int open_sheets(struct result_writer *results,
                       const struct result_writer_setup *setup,
                       struct error *error)
{
    if (open_sheet(&results->result, setup, "OUTPUT", setup->output, error))
        return -1;
    if (setup->diff && check_diff(results, setup->diff, error))
        return -1;
    if (open_sheet(&results->diff, setup, "--diff", setup->diff, error))
        return -1;
    return check_log(results, setup, error);
}

struct result_writer *result_writer_open(
    const struct result_writer_setup *setup, struct error *error)
{
    struct result_writer *results = calloc(1, sizeof(*results));

    if (!results) {
        error_memory(error);
        return NULL;
    }
    results->format = setup->format;
    results->tally = setup->tally;
    results->findings = setup->findings;
    results->examples = setup->examples;
    results->listener = setup->listener;
    results->context = setup->context;
    buffer_init(&results->text, MAX_ROW);
    if (open_sheets(results, setup, error)) {
        result_writer_free(results);
        return NULL;
    }
    return results;
}

void result_writer_free(struct result_writer *results)
{
    if (!results)
        return;
    close_sheet(&results->result);
    close_sheet(&results->diff);
    buffer_free(&results->text);
    free(results);
}

/* ---- rows --------------------------------------------------------------- */

static int write_header(struct result_writer *results, struct sheet *sheet,
                        int failed, struct error *error)
{
    if (failed)
        return error_memory(error);
    return writer_write(sheet->writer, results->text.data, results->text.len,
                        error);
}

int result_writer_begin(struct result_writer *results, struct error *error)
{
    buffer_clear(&results->text);
    if (results->result.writer &&
        write_header(results, &results->result,
                     format_header(&results->text, &results->format), error))
        return -1;
    buffer_clear(&results->text);
    if (results->diff.writer &&
        write_header(results, &results->diff,
                     format_diff_header(&results->text, &results->format),
                     error))
        return -1;
    return 0;
}

static void count(struct result_writer *results, enum status status)
{
    results->tally->rows++;
    results->tally->by_status[status]++;
}

static int notify_begin(const struct result_writer *results, enum status status,
                        struct error *error)
{
    if (!results->listener)
        return 0;
    return results->listener->begin(results->context, status)
               ? error_memory(error)
               : 0;
}

static int notify_row(const struct result_writer *results, uint64_t sequence,
                      struct error *error)
{
    const struct buffer *text = &results->text;

    if (!results->listener)
        return 0;
    return results->listener->row(results->context, sequence, text->data,
                                  text->len)
               ? error_memory(error)
               : 0;
}

static int notify_end(const struct result_writer *results, bool part,
                      struct error *error)
{
    if (!results->listener)
        return 0;
    return results->listener->end(results->context, part) ? error_memory(error)
                                                          : 0;
}

/* Puts the text that was formatted; failed: formatting ran out of memory. */
static int put(struct result_writer *results, struct sheet *sheet,
               uint64_t sequence, int failed, struct error *error)
{
    if (failed)
        return error_memory(error);
    return reorder_put(sheet->reorder, sequence,
                       results->text.data ? results->text.data : "",
                       results->text.len, error);
}

/* Puts the text as the result row of a row with that status. */
static int put_result(struct result_writer *results, uint64_t sequence,
                      enum status status, int failed, struct error *error)
{
    if (put(results, &results->result, sequence, failed, error) ||
        notify_row(results, sequence, error))
        return -1;
    count(results, status);
    return 0;
}

/* Puts the row's lines in --diff; task and row are NULL for a row without a
 * task. */
static int put_diff(struct result_writer *results, uint64_t sequence,
                    const struct task_result *task, const struct row *row,
                    struct error *error)
{
    int failed = 0;

    if (!results->diff.writer)
        return 0;
    buffer_clear(&results->text);
    if (task && !row->why &&
        (task->outcome.status == STATUS_WOULD_UPDATE ||
         task->outcome.status == STATUS_DRIFT))
        failed = format_diff(&results->text, &results->format, task, row);
    return put(results, &results->diff, sequence, failed, error);
}

/* A row that was refused after GetUser has an error of its own. */
static void count_error(const struct result_writer *results,
                        const struct task_result *task, const struct row *row)
{
    const struct column *columns = results->format.service->columns;
    const struct outcome *outcome = &task->outcome;
    struct error_counts *errors = &results->tally->errors;

    if (row->why)
        error_counts_add(errors, row->number, row->why->code,
                         columns[row->why->column].name);
    else if (status_is_error(outcome->status))
        error_counts_add_call(errors, row->number, &outcome->last,
                              outcome->field);
    if (!row->why &&
        result_field_is_retried(outcome->status, outcome->retryable,
                                outcome->last.name))
        results->tally->again++;
}

static int put_row(struct result_writer *results,
                   const struct task_result *task, const struct row *row,
                   enum status status, struct error *error)
{
    int failed;

    buffer_clear(&results->text);
    failed = format_row(&results->text, &results->format, task, row);
    if (put_result(results, row->sequence, status, failed, error))
        return -1;
    count_error(results, task, row);
    if (results->findings)
        findings_add_row(results->findings, results->format.service, task, row);
    return put_diff(results, row->sequence, task, row, error);
}

/* The rows have that status. part: other rows of the group, or the intent of
 * its update, follow. */
static int put_rows(struct result_writer *results,
                    const struct task_result *task, const struct row *rows,
                    enum status status, bool part, struct error *error)
{
    if (!rows)
        return 0;
    if (notify_begin(results, status, error))
        return -1;
    for (const struct row *row = rows; row; row = row->next)
        if (put_row(results, task, row, status, error))
            return -1;
    return notify_end(results, part, error);
}

int result_writer_put_refused(struct result_writer *results,
                              const struct task_result *task,
                              struct error *error)
{
    const struct group *group = task->group;

    return put_rows(results, task, group->refused, STATUS_FAILED,
                    group->rows != NULL, error);
}

int result_writer_put_task(struct result_writer *results,
                           const struct task_result *task, struct error *error)
{
    const struct group *group = task->group;

    if (results->examples)
        change_examples_add(results->examples, results->format.service, task);
    return result_writer_put_refused(results, task, error) ||
                   put_rows(results, task, group->rows, task->outcome.status,
                            false, error)
               ? -1
               : 0;
}

static void note_error(const struct result_writer *results,
                       const struct row_alone *row)
{
    const struct error *why = row->why;
    struct tally *tally = results->tally;

    error_counts_add(&tally->errors, row->number, why->code, why->field);
    tally->again += result_field_is_retried(row->status, false, why->code);
    if (results->findings)
        findings_add(results->findings,
                     &(struct finding){
                         .number = row->number,
                         .name = why->code,
                         .field = why->field,
                         .id = row->id,
                         .message = why->text,
                         .retryable = row->status == STATUS_NOT_ATTEMPTED,
                     });
}

int result_writer_put_alone(struct result_writer *results, uint64_t sequence,
                            const struct row_alone *row, struct error *error)
{
    int failed = 0;

    if (notify_begin(results, row->status, error))
        return -1;
    buffer_clear(&results->text);
    if (results->result.writer)
        failed = format_row_alone(&results->text, &results->format, row);
    if (put_result(results, sequence, row->status, failed, error) ||
        put_diff(results, sequence, NULL, NULL, error))
        return -1;
    if (status_is_error(row->status) && row->why)
        note_error(results, row);
    return notify_end(results, false, error);
}

int result_writer_put_replayed(struct result_writer *results, uint64_t sequence,
                               enum status status, const char *text, size_t len,
                               struct error *error)
{
    if (reorder_put(results->result.reorder, sequence, text, len, error))
        return -1;
    count(results, status);
    if (status_is_error(status) &&
        error_counts_add_text(&results->tally->errors, status, text, len))
        results->tally->again++;
    if (results->findings)
        findings_add_text(results->findings, results->format.service, status,
                          text, len);
    return 0;
}

uint64_t result_writer_next(const struct result_writer *results)
{
    return reorder_next(results->result.reorder);
}

bool result_writer_has(const struct result_writer *results, uint64_t sequence)
{
    return reorder_has(results->result.reorder, sequence);
}

size_t result_writer_waiting_bytes(const struct result_writer *results)
{
    return reorder_bytes(results->result.reorder) +
           reorder_bytes(results->diff.reorder);
}

int result_writer_poll_fd(const struct result_writer *results)
{
    return results->result.writer ? writer_poll_fd(results->result.writer) : -1;
}

bool result_writer_is_full(const struct result_writer *results)
{
    return results->result.writer && writer_is_full(results->result.writer);
}

/* A file without rows stays empty: it needs no journal beside it. */
int result_writer_flush(struct result_writer *results, struct error *error)
{
    if (reorder_count(results->result.reorder) == 0)
        return 0;
    if (results->result.writer && writer_flush(results->result.writer, error))
        return -1;
    if (results->diff.writer && writer_flush(results->diff.writer, error))
        return -1;
    return 0;
}

/* ---- the end ------------------------------------------------------------ */

static int stop_sheet(struct sheet *sheet, struct error *error)
{
    if (!sheet->writer)
        return 0;
    if (reorder_write_waiting(sheet->reorder, error))
        return -1;
    return writer_stop(sheet->writer, error);
}

int result_writer_stop(struct result_writer *results, struct error *error)
{
    int failed = stop_sheet(&results->result, error);

    return stop_sheet(&results->diff, error) || failed ? -1 : 0;
}

int result_writer_complete(struct result_writer *results, uint64_t rows,
                           struct error *error)
{
    const struct reorder_buffer *reorder = results->result.reorder;

    if (reorder_next(reorder) != rows || reorder_count(reorder) != rows ||
        results->tally->rows != rows)
        return error_set(error, ERROR_LOCAL,
                         "a bug: %" PRIu64 " rows were read and %" PRIu64
                         " results were written; please report it",
                         rows, reorder_count(reorder));
    return result_writer_stop(results, error);
}

int result_writer_commit(struct result_writer *results, struct error *error)
{
    if (results->diff.writer && writer_commit(results->diff.writer, error))
        return -1;
    return results->result.writer ? writer_commit(results->result.writer, error)
                                  : 0;
}

int result_writer_digest(const struct result_writer *results,
                         unsigned char digest[HASH_SIZE])
{
    return results->result.writer
               ? writer_digest(results->result.writer, digest)
               : -1;
}

void result_writer_discard(struct result_writer *results)
{
    if (results->result.writer)
        writer_discard(results->result.writer);
    if (results->diff.writer)
        writer_discard(results->diff.writer);
}

const char *result_writer_partial_name(const struct result_writer *results)
{
    return results->result.writer ? writer_partial_name(results->result.writer)
                                  : NULL;
}

const char *result_writer_exposed(const struct result_writer *results)
{
    const struct sheet *const sheets[] = {&results->diff, &results->result};

    for (size_t i = 0; i < sizeof(sheets) / sizeof(sheets[0]); i++)
        if (sheets[i]->writer && writer_is_exposed(sheets[i]->writer))
            return writer_name(sheets[i]->writer);
    return NULL;
}

const char *result_writer_name(const struct result_writer *results)
{
    return results->result.writer ? writer_name(results->result.writer) : NULL;
}

const char *result_writer_journal_name(const struct result_writer *results)
{
    return results->result.writer ? writer_journal_name(results->result.writer)
                                  : NULL;
}
