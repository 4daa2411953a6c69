#include "sink.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "report.h"
#include "results.h"

#define MAX_ROW ((size_t)64 << 20) /* bytes of one result row */

/* A file, and its rows on their way into the input's order. */
struct sheet {
    struct output *output; /* NULL: there is no such file */
    struct results *results;
};

struct sink {
    const struct options *options;
    struct tally *tally;
    struct sheet result;
    struct sheet diff;
    struct buffer text; /* scratch for one row */
};

/* ---- life --------------------------------------------------------------- */

/* path NULL: rows are only counted. */
static int open_sheet(struct sheet *sheet, const char *path, unsigned flags,
                      const struct stat *input, struct error *error)
{
    if (path) {
        sheet->output = output_open(path, flags, input, error);
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

static bool is_file(const char *path, const struct stat *file)
{
    struct stat status;

    return stat(path, &status) == 0 && status.st_dev == file->st_dev &&
           status.st_ino == file->st_ino;
}

/* Would --diff be written to the file that OUTPUT is written to? */
static bool is_part_of_output(const char *diff, struct sink *sink)
{
    struct stat part;

    if (strcmp(sink->options->output, "-") == 0)
        return false;
    if (stat(output_partial_name(sink->result.output), &part))
        return false;
    buffer_clear(&sink->text);
    if (buffer_puts(&sink->text, diff) || buffer_puts(&sink->text, ".part"))
        return false;
    return is_file(diff, &part) || is_file(sink->text.data, &part);
}

static int open_diff(struct sink *sink, unsigned flags,
                     const struct stat *input, struct error *error)
{
    const char *diff = sink->options->diff;

    if (diff && is_part_of_output(diff, sink))
        return error_set(error, ERROR_USAGE,
                         "--diff and OUTPUT can't be the same file");
    return open_sheet(&sink->diff, diff, flags, input, error);
}

struct sink *sink_open(const struct options *options, const struct stat *input,
                       struct tally *tally, struct error *error)
{
    unsigned flags = (options->no_clobber ? OUTPUT_NO_CLOBBER : 0U) |
                     (options->restart ? OUTPUT_RESTART : 0U);
    struct sink *sink = calloc(1, sizeof(*sink));

    if (!sink) {
        error_memory(error);
        return NULL;
    }
    sink->options = options;
    sink->tally = tally;
    buffer_init(&sink->text, MAX_ROW);
    if (open_sheet(&sink->result, options->output, flags, input, error) ||
        open_diff(sink, flags, input, error)) {
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

static int write_header(struct sink *sink, struct sheet *sheet, int built,
                        struct error *error)
{
    if (built)
        return error_memory(error);
    return output_write(sheet->output, sink->text.data, sink->text.len, error);
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

int sink_put_task(struct sink *sink, const struct user_task *task,
                  struct error *error)
{
    enum status status = task->outcome.status;

    for (const struct row *row = task->group->rows; row; row = row->next) {
        int built = 0;

        buffer_clear(&sink->text);
        if (put(sink, &sink->result, row->sequence,
                report_row(&sink->text, task, row), error))
            return -1;
        count(sink, status);
        if (!sink->diff.output)
            continue;
        buffer_clear(&sink->text);
        if (status == STATUS_WOULD_UPDATE)
            built = report_diff(&sink->text, task, row);
        if (put(sink, &sink->diff, row->sequence, built, error))
            return -1;
    }
    return 0;
}

int sink_put_alone(struct sink *sink, uint64_t sequence, uint64_t number,
                   const char *id, enum status status, const struct error *why,
                   struct error *error)
{
    int built = 0;

    buffer_clear(&sink->text);
    if (sink->result.output)
        built = report_row_alone(&sink->text, sink->options, number, id, status,
                                 why);
    if (put(sink, &sink->result, sequence, built, error))
        return -1;
    count(sink, status);
    buffer_clear(&sink->text);
    if (sink->diff.output && put(sink, &sink->diff, sequence, 0, error))
        return -1;
    return 0;
}

uint64_t sink_next(const struct sink *sink)
{
    return results_next(sink->result.results);
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
