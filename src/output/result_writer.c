#include "output/result_writer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output/writer.h"
#include "output/format.h"
#include "output/reorder.h"

#define MAX_ROW ((size_t)64 << 20) /* bytes of one result row */

/* A file, and its rows on their way into the input's order. */
struct sheet {
    struct output *output; /* NULL: there is no such file */
    struct results *results;
};

struct sink {
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
        sheet->output = output_open(word, path, flags, input, error);
        if (!sheet->output)
            return -1;
    }
    sheet->results = results_new(sheet->output);
    return sheet->results ? 0 : error_memory(error);
}

static void close_sheet(struct sheet *sheet)
{
    results_free(sheet->results);
    output_free(sheet->output);
}

static bool covers(const struct sheet *sheet, const char *path)
{
    return sheet->output && output_covers(sheet->output, path);
}

/* Would --diff, or its .part, be one of OUTPUT's files? */
static int check_diff(struct sink *sink, const char *diff, struct error *error)
{
    buffer_clear(&sink->text);
    if (buffer_puts(&sink->text, diff) || buffer_puts(&sink->text, ".part"))
        return error_memory(error);
    if (covers(&sink->result, diff) || covers(&sink->result, sink->text.data))
        return error_set(error, ERROR_USAGE,
                         "--diff and OUTPUT can't be the same file: give "
                         "--diff another name");
    return 0;
}

/* Lines of the log in another file would be its end. */
static int check_log(const struct sink *sink, const struct stat *input,
                     struct error *error)
{
    const char *log = sink->options->log_file;
    const char *other = NULL;
    struct stat status;

    if (!log)
        return 0;
    if (covers(&sink->result, log))
        other = "OUTPUT";
    else if (covers(&sink->diff, log))
        other = "--diff";
    else if (input && S_ISREG(input->st_mode) && stat(log, &status) == 0 &&
             target_is_same_file(&status, input))
        other = "INPUT";
    if (!other)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "--log-file and %s can't be the same file: give "
                     "--log-file another name",
                     other);
}

static int open_sheets(struct sink *sink, const struct stat *input,
                       struct error *error)
{
    const struct options *options = sink->options;
    unsigned flags = (options->no_clobber ? TARGET_NO_CLOBBER : 0U) |
                     (options->restart ? TARGET_RESTART : 0U) |
                     (options->resume ? TARGET_RESUME : 0U);

    if (open_sheet(&sink->result, "OUTPUT", options->output, flags, input,
                   error))
        return -1;
    if (options->diff && check_diff(sink, options->diff, error))
        return -1;
    if (open_sheet(&sink->diff, "--diff", options->diff, flags, input, error))
        return -1;
    return check_log(sink, input, error);
}

struct sink *sink_open(const struct options *options, const struct stat *input,
                       struct tally *tally, struct error *error)
{
    struct sink *sink = calloc(1, sizeof(*sink));

    if (!sink) {
        error_memory(error);
        return NULL;
    }
    sink->options = options;
    sink->tally = tally;
    buffer_init(&sink->text, MAX_ROW);
    if (open_sheets(sink, input, error)) {
        sink_free(sink);
        return NULL;
    }
    return sink;
}

void sink_free(struct sink *sink)
{
    if (!sink)
        return;
    close_sheet(&sink->result);
    close_sheet(&sink->diff);
    buffer_free(&sink->text);
    free(sink);
}

/* ---- rows --------------------------------------------------------------- */

static int write_header(struct sink *sink, struct sheet *sheet, int built,
                        struct error *error)
{
    if (built)
        return error_memory(error);
    return output_write(sheet->output, sink->text.data, sink->text.len, error);
}

void sink_set_recovery(struct sink *sink, struct recovery *recovery)
{
    sink->recovery = recovery;
}

int sink_begin(struct sink *sink, struct error *error)
{
    buffer_clear(&sink->text);
    if (sink->result.output &&
        write_header(sink, &sink->result,
                     report_header(&sink->text, sink->options), error))
        return -1;
    buffer_clear(&sink->text);
    if (sink->diff.output &&
        write_header(sink, &sink->diff, report_diff_header(&sink->text), error))
        return -1;
    return 0;
}

static void count(struct sink *sink, enum status status)
{
    sink->tally->rows++;
    sink->tally->by_status[status]++;
}

/* Puts the text, which was built (or not, where built is -1). */
static int put(struct sink *sink, struct sheet *sheet, uint64_t sequence,
               int built, struct error *error)
{
    if (built)
        return error_memory(error);
    return results_put(sheet->results, sequence,
                       sink->text.data ? sink->text.data : "", sink->text.len,
                       error);
}

/* The result row whose text was built, of a group that came out so. */
static int put_result(struct sink *sink, uint64_t sequence, enum status status,
                      int built, struct error *error)
{
    if (put(sink, &sink->result, sequence, built, error))
        return -1;
    if (recovery_add_row(sink->recovery, sequence, sink->text.data,
                         sink->text.len))
        return error_memory(error);
    count(sink, status);
    return 0;
}

/* Its lines in --diff; NULL: it never became part of a task. */
static int put_diff(struct sink *sink, uint64_t sequence,
                    const struct user_task *task, const struct row *row,
                    struct error *error)
{
    int built = 0;

    if (!sink->diff.output)
        return 0;
    buffer_clear(&sink->text);
    if (task && task->outcome.status == STATUS_WOULD_UPDATE)
        built = report_diff(&sink->text, task, row);
    return put(sink, &sink->diff, sequence, built, error);
}

int sink_put_task(struct sink *sink, const struct user_task *task,
                  struct error *error)
{
    enum status status = task->outcome.status;

    if (recovery_begin_rows(sink->recovery, status))
        return error_memory(error);
    for (const struct row *row = task->group->rows; row; row = row->next) {
        buffer_clear(&sink->text);
        if (put_result(sink, row->sequence, status,
                       report_row(&sink->text, task, row), error) ||
            put_diff(sink, row->sequence, task, row, error))
            return -1;
    }
    return recovery_end_rows(sink->recovery) ? error_memory(error) : 0;
}

int sink_put_alone(struct sink *sink, uint64_t sequence, uint64_t number,
                   const char *id, enum status status, const struct error *why,
                   struct error *error)
{
    int built = 0;

    if (recovery_begin_rows(sink->recovery, status))
        return error_memory(error);
    buffer_clear(&sink->text);
    if (sink->result.output)
        built = report_row_alone(&sink->text, sink->options, number, id, status,
                                 why);
    if (put_result(sink, sequence, status, built, error) ||
        put_diff(sink, sequence, NULL, NULL, error))
        return -1;
    return recovery_end_rows(sink->recovery) ? error_memory(error) : 0;
}

int sink_put_replayed(struct sink *sink, uint64_t sequence, enum status status,
                      const char *text, size_t len, struct error *error)
{
    if (results_put(sink->result.results, sequence, text, len, error))
        return -1;
    count(sink, status);
    return 0;
}

uint64_t sink_next(const struct sink *sink)
{
    return results_next(sink->result.results);
}

bool sink_has(const struct sink *sink, uint64_t sequence)
{
    return results_has(sink->result.results, sequence);
}

size_t sink_waiting_bytes(const struct sink *sink)
{
    return results_bytes(sink->result.results) +
           results_bytes(sink->diff.results);
}

int sink_poll_fd(const struct sink *sink)
{
    return sink->result.output ? output_poll_fd(sink->result.output) : -1;
}

bool sink_is_full(const struct sink *sink)
{
    return sink->result.output && output_is_full(sink->result.output);
}

int sink_flush(struct sink *sink, struct error *error)
{
    if (sink->result.output && output_flush(sink->result.output, error))
        return -1;
    if (sink->diff.output && output_flush(sink->diff.output, error))
        return -1;
    return 0;
}

/* ---- the end ------------------------------------------------------------ */

int sink_finish(struct sink *sink, uint64_t rows, struct error *error)
{
    const struct results *results = sink->result.results;

    if (results_next(results) != rows || results_count(results) != rows ||
        sink->tally->rows != rows)
        return error_set(error, ERROR_LOCAL,
                         "a bug: %" PRIu64 " rows were read and %" PRIu64
                         " results written; please report it",
                         rows, results_count(results));
    if (sink->diff.output && output_finish(sink->diff.output, error))
        return -1;
    if (sink->result.output && output_finish(sink->result.output, error))
        return -1;
    return 0;
}

static int stop_sheet(struct sheet *sheet, struct error *error)
{
    if (!sheet->output)
        return 0;
    if (results_write_waiting(sheet->results, error))
        return -1;
    return output_stop(sheet->output, error);
}

int sink_stop(struct sink *sink, struct error *error)
{
    int failed = stop_sheet(&sink->result, error);

    return stop_sheet(&sink->diff, error) || failed ? -1 : 0;
}

void sink_discard(struct sink *sink)
{
    if (sink->result.output)
        output_discard(sink->result.output);
    if (sink->diff.output)
        output_discard(sink->diff.output);
}

const char *sink_partial_name(const struct sink *sink)
{
    return sink->result.output ? output_partial_name(sink->result.output)
                               : NULL;
}

const char *sink_journal_name(const struct sink *sink)
{
    return sink->result.output ? output_journal_name(sink->result.output)
                               : NULL;
}
