#include "output/result_writer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output/format.h"
#include "output/reorder.h"
#include "output/writer.h"

#define MAX_ROW ((size_t)64 << 20) /* bytes of one result row */

/* A file, and its rows on their way into the input's order. */
struct sheet {
    struct writer *writer; /* NULL: there is no such file */
    struct reorder_buffer *reorder;
};

struct result_writer {
    const struct options *options;
    struct tally *tally;
    struct recovery *recovery; /* NULL: no journal */
    struct sheet result;
    struct sheet diff;
    struct buffer text; /* scratch for one row */
};

/* ---- life --------------------------------------------------------------- */

/* path NULL: rows are only counted. */
static int open_sheet(struct sheet *sheet, const char *word, const char *path,
                      unsigned flags, const struct stat *input,
                      struct error *error)
{
    if (path) {
        sheet->writer = writer_open(word, path, flags, input, error);
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

/* Would --diff, or its .part, be one of OUTPUT's files? */
static int check_diff(struct result_writer *results, const char *diff,
                      struct error *error)
{
    buffer_clear(&results->text);
    if (buffer_puts(&results->text, diff) ||
        buffer_puts(&results->text, ".part"))
        return error_memory(error);
    if (covers(&results->result, diff) ||
        covers(&results->result, results->text.data))
        return error_set(error, ERROR_USAGE,
                         "--diff and OUTPUT can't be the same file: give "
                         "--diff another name");
    return 0;
}

/* Lines of the log in another file would be its end. */
static int check_log(const struct result_writer *results,
                     const struct stat *input, struct error *error)
{
    const char *log = results->options->log_file;
    const char *other = NULL;
    struct stat status;

    if (!log)
        return 0;
    if (covers(&results->result, log))
        other = "OUTPUT";
    else if (covers(&results->diff, log))
        other = "--diff";
    else if (input && S_ISREG(input->st_mode) && stat(log, &status) == 0 &&
             atomic_file_is_same_file(&status, input))
        other = "INPUT";
    if (!other)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "--log-file and %s can't be the same file: give "
                     "--log-file another name",
                     other);
}

static int open_sheets(struct result_writer *results, const struct stat *input,
                       struct error *error)
{
    const struct options *options = results->options;
    unsigned flags = (options->no_clobber ? ATOMIC_FILE_NO_CLOBBER : 0U) |
                     (options->restart ? ATOMIC_FILE_RESTART : 0U) |
                     (options->resume ? ATOMIC_FILE_RESUME : 0U);

    if (open_sheet(&results->result, "OUTPUT", options->output, flags, input,
                   error))
        return -1;
    if (options->diff && check_diff(results, options->diff, error))
        return -1;
    if (open_sheet(&results->diff, "--diff", options->diff, flags, input,
                   error))
        return -1;
    return check_log(results, input, error);
}

struct result_writer *result_writer_open(const struct options *options,
                                         const struct stat *input,
                                         struct tally *tally,
                                         struct error *error)
{
    struct result_writer *results = calloc(1, sizeof(*results));

    if (!results) {
        error_memory(error);
        return NULL;
    }
    results->options = options;
    results->tally = tally;
    buffer_init(&results->text, MAX_ROW);
    if (open_sheets(results, input, error)) {
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
                        int built, struct error *error)
{
    if (built)
        return error_memory(error);
    return writer_write(sheet->writer, results->text.data, results->text.len,
                        error);
}

void result_writer_set_recovery(struct result_writer *results,
                                struct recovery *recovery)
{
    results->recovery = recovery;
}

int result_writer_begin(struct result_writer *results, struct error *error)
{
    buffer_clear(&results->text);
    if (results->result.writer &&
        write_header(results, &results->result,
                     format_header(&results->text, results->options), error))
        return -1;
    buffer_clear(&results->text);
    if (results->diff.writer &&
        write_header(results, &results->diff,
                     format_diff_header(&results->text), error))
        return -1;
    return 0;
}

static void count(struct result_writer *results, enum status status)
{
    results->tally->rows++;
    results->tally->by_status[status]++;
}

/* Puts the text, which was built (or not, where built is -1). */
static int put(struct result_writer *results, struct sheet *sheet,
               uint64_t sequence, int built, struct error *error)
{
    if (built)
        return error_memory(error);
    return reorder_put(sheet->reorder, sequence,
                       results->text.data ? results->text.data : "",
                       results->text.len, error);
}

/* The result row whose text was built, of a group that came out so. */
static int put_result(struct result_writer *results, uint64_t sequence,
                      enum status status, int built, struct error *error)
{
    if (put(results, &results->result, sequence, built, error))
        return -1;
    if (recovery_add_row(results->recovery, sequence, results->text.data,
                         results->text.len))
        return error_memory(error);
    count(results, status);
    return 0;
}

/* Its lines in --diff; NULL: it never became part of a task. */
static int put_diff(struct result_writer *results, uint64_t sequence,
                    const struct user_task *task, const struct row *row,
                    struct error *error)
{
    int built = 0;

    if (!results->diff.writer)
        return 0;
    buffer_clear(&results->text);
    if (task && task->outcome.status == STATUS_WOULD_UPDATE)
        built = format_diff(&results->text, task, row);
    return put(results, &results->diff, sequence, built, error);
}

int result_writer_put_task(struct result_writer *results,
                           const struct user_task *task, struct error *error)
{
    enum status status = task->outcome.status;

    if (recovery_begin_rows(results->recovery, status))
        return error_memory(error);
    for (const struct row *row = task->group->rows; row; row = row->next) {
        buffer_clear(&results->text);
        if (put_result(results, row->sequence, status,
                       format_row(&results->text, task, row), error) ||
            put_diff(results, row->sequence, task, row, error))
            return -1;
    }
    return recovery_end_rows(results->recovery) ? error_memory(error) : 0;
}

int result_writer_put_alone(struct result_writer *results, uint64_t sequence,
                            uint64_t number, const char *id, enum status status,
                            const struct error *why, struct error *error)
{
    int built = 0;

    if (recovery_begin_rows(results->recovery, status))
        return error_memory(error);
    buffer_clear(&results->text);
    if (results->result.writer)
        built = format_row_alone(&results->text, results->options, number, id,
                                 status, why);
    if (put_result(results, sequence, status, built, error) ||
        put_diff(results, sequence, NULL, NULL, error))
        return -1;
    return recovery_end_rows(results->recovery) ? error_memory(error) : 0;
}

int result_writer_put_replayed(struct result_writer *results, uint64_t sequence,
                               enum status status, const char *text, size_t len,
                               struct error *error)
{
    if (reorder_put(results->result.reorder, sequence, text, len, error))
        return -1;
    count(results, status);
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

int result_writer_flush(struct result_writer *results, struct error *error)
{
    if (results->result.writer && writer_flush(results->result.writer, error))
        return -1;
    if (results->diff.writer && writer_flush(results->diff.writer, error))
        return -1;
    return 0;
}

/* ---- the end ------------------------------------------------------------ */

int result_writer_finish(struct result_writer *results, uint64_t rows,
                         struct error *error)
{
    const struct reorder_buffer *reorder = results->result.reorder;

    if (reorder_next(reorder) != rows || reorder_count(reorder) != rows ||
        results->tally->rows != rows)
        return error_set(error, ERROR_LOCAL,
                         "a bug: %" PRIu64 " rows were read and %" PRIu64
                         " results written; please report it",
                         rows, reorder_count(reorder));
    if (results->diff.writer && writer_finish(results->diff.writer, error))
        return -1;
    if (results->result.writer && writer_finish(results->result.writer, error))
        return -1;
    return 0;
}

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

const char *result_writer_journal_name(const struct result_writer *results)
{
    return results->result.writer ? writer_journal_name(results->result.writer)
                                  : NULL;
}
