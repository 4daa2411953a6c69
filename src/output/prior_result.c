#include "output/prior_result.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/number.h"
#include "input/csv_reader.h"
#include "input/input.h"
#include "output/cell.h"
#include "output/format.h"
#include "output/result_field.h"

/* The reader passes on all rows that its bytes complete, and these wait for
 * prior_result_next(). To bound their number, the reader gets few bytes at a
 * time: a row of 14 columns has 13 commas and a line end. */
#define SLICE    ((size_t)4096)
#define MAX_ROWS (SLICE / 14 + 1)
#define MAX_BYTES                                                              \
    (4 * CSV_READER_MAX_RECORD) /* a quote may become two, and                 \
                                   some texts are kept twice */

/* The indices of the columns that are read; see format_header(). */
enum {
    ROW = 0,
    ID = 1,
    STATUS = 2,
    NAME = 5,
    MESSAGE = 6,
    FIELD = 7,
    RETRYABLE = 8,
    NOTE = 13,
    COLUMNS = 14
};

/* The texts of a row that waits, beside the row itself. */
static const unsigned kept[] = {ID, NAME, MESSAGE, FIELD, NOTE};

#define KEPT (sizeof(kept) / sizeof(kept[0]))

/* A row that waits; its texts are at these offsets in prior->texts. */
struct waiting_row {
    uint64_t number;
    enum status status;
    bool again;
    size_t kept[KEPT];
    size_t text;
    size_t end;
};

struct prior_result {
    bool of_apply; /* other rows are rejected */
    struct input *input;
    struct csv_reader *reader;
    struct buffer header; /* the expected one */
    struct buffer texts;
    struct waiting_row rows[MAX_ROWS];
    size_t count;
    size_t next;
    const char *data; /* the rest of the chunk, to be fed to the reader */
    size_t len;
    uint64_t last; /* Row of the newest row */
    bool ended;
};

/* ---- one row ------------------------------------------------------------ */

static int reject(const struct prior_result *prior, const struct record *record,
                  const char *what, struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s: line %" PRIu64 " is not a result row: %s",
                     input_name(prior->input), record->line, what);
}

/* Appends the record as format.c writes it. */
static int put_text(struct buffer *texts, const struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        if ((i > 0 && buffer_append(texts, ",", 1)) ||
            cell_put_plain(texts, record->fields[i].text))
            return -1;
    return buffer_append(texts, "\n", 1);
}

/* Can this be the status of a run that applied a file? */
static bool is_of_apply(enum status status)
{
    return status == STATUS_UPDATED || status == STATUS_UNCHANGED ||
           status >= STATUS_FAILED;
}

static int judge_row(struct prior_result *prior, const struct record *record,
                     struct waiting_row *row, struct error *error)
{
    const char *retryable = record->fields[RETRYABLE].text;
    int64_t number;

    if (number_parse_long(record->fields[ROW].text, &number) || number < 1 ||
        (uint64_t)number <= prior->last)
        return reject(prior, record,
                      "its Row is not greater than that of the line before",
                      error);
    if (!status_find(record->fields[STATUS].text, &row->status))
        return reject(prior, record, "its Status is unknown", error);
    if (prior->of_apply && !is_of_apply(row->status))
        return reject(prior, record,
                      "its Status is not of a run that applied the file, and "
                      "only such rows can be retried",
                      error);
    if (*retryable && strcmp(retryable, "yes") && strcmp(retryable, "no"))
        return reject(prior, record, "its Retryable is neither yes nor no",
                      error);
    row->number = prior->last = (uint64_t)number;
    row->again = result_field_is_retried(row->status, *retryable == 'y',
                                         record->fields[NAME].text);
    return 0;
}

static int check_header(struct prior_result *prior, const struct record *record,
                        struct error *error)
{
    struct buffer *texts = &prior->texts;
    bool same;

    if (put_text(texts, record))
        return error_memory(error);
    same = strcmp(texts->data, prior->header.data) == 0;
    buffer_clear(texts);
    if (same)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s is not the result of a run that applied a file, as "
                     "its header is different: name the OUTPUT of such a run",
                     input_name(prior->input));
}

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct prior_result *prior = context;
    struct buffer *texts = &prior->texts;
    struct waiting_row *row = &prior->rows[prior->count];

    if (record->number == 0)
        return check_header(prior, record, error);
    assert(record->count == COLUMNS && prior->count < MAX_ROWS);
    if (judge_row(prior, record, row, error))
        return -1;
    for (size_t i = 0; i < KEPT; i++) {
        const struct field *field = &record->fields[kept[i]];

        row->kept[i] = texts->len;
        if (buffer_append(texts, field->text, field->len + 1))
            return error_memory(error);
    }
    row->text = texts->len;
    if (put_text(texts, record))
        return error_memory(error);
    row->end = texts->len;
    prior->count++;
    return 0;
}

/* ---- the file ----------------------------------------------------------- */

/* The file is named by the command line, so a damaged one is ERROR_USAGE. */
static int blame_usage(struct error *error)
{
    struct error why = *error;

    if (why.kind != ERROR_INPUT)
        return -1;
    return error_set(error, ERROR_USAGE,
                     "%.430s; use the OUTPUT of a finished run, as it was "
                     "written",
                     why.text);
}

/* Feeds the reader once. */
static int feed(struct prior_result *prior, struct error *error)
{
    size_t len;
    int more;

    if (prior->len == 0) {
        more = input_read(prior->input, &prior->data, &prior->len, error);
        if (more < 0)
            return -1;
        if (more == 0) {
            prior->ended = true;
            return csv_reader_end(prior->reader, error);
        }
    }
    len = prior->len < SLICE ? prior->len : SLICE;
    if (csv_reader_feed(prior->reader, prior->data, len, error))
        return -1;
    prior->data += len;
    prior->len -= len;
    return 0;
}

/* Reads until a row waits or the file has ended. */
static int fill(struct prior_result *prior, struct error *error)
{
    if (prior->next < prior->count)
        return 0;
    prior->next = prior->count = 0;
    buffer_clear(&prior->texts);
    while (prior->count == 0 && !prior->ended)
        if (feed(prior, error))
            return blame_usage(error);
    return 0;
}

static int start_reading(struct prior_result *prior, struct error *error)
{
    csv_reader_free(prior->reader);
    prior->reader =
        csv_reader_new(input_name(prior->input), ',', take_record, prior);
    prior->len = prior->count = prior->next = 0;
    prior->last = 0;
    prior->ended = false;
    return prior->reader ? fill(prior, error) : error_memory(error);
}

/* A pipe can't be read twice, and opening one would wait for its writer. */
static int open_file(struct prior_result *prior,
                     const struct file_system *files, const char *path,
                     struct error *error)
{
    const char *label = prior->of_apply ? "--retry-failed: " : "";
    struct stat status;

    if (files->stat(files, path, &status))
        return error_set(error, ERROR_USAGE, "%s%s cannot be read: %s", label,
                         path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s%s is not a regular file; use the OUTPUT of a "
                         "finished run",
                         label, path);
    prior->input = input_open(files, path, error);
    return prior->input ? 0 : -1;
}

static struct prior_result *open_result(const struct file_system *files,
                                        const char *path, bool of_apply,
                                        struct error *error)
{
    static const struct format apply = {.mode = MODE_APPLY};
    struct prior_result *prior = calloc(1, sizeof(*prior));

    if (!prior) {
        error_memory(error);
        return NULL;
    }
    prior->of_apply = of_apply;
    buffer_init(&prior->header, CSV_READER_MAX_RECORD);
    buffer_init(&prior->texts, MAX_BYTES);
    if (format_header(&prior->header, &apply)) {
        error_memory(error);
        goto fail;
    }
    if (open_file(prior, files, path, error) ||
        (!of_apply && input_keep_hash(prior->input, error)) ||
        start_reading(prior, error))
        goto fail;
    return prior;

fail:
    prior_result_free(prior);
    return NULL;
}

struct prior_result *prior_result_open(const struct file_system *files,
                                       const char *path, struct error *error)
{
    return open_result(files, path, true, error);
}

struct prior_result *prior_result_open_any(const struct file_system *files,
                                           const char *path,
                                           struct error *error)
{
    return open_result(files, path, false, error);
}

const unsigned char *prior_result_digest(const struct prior_result *prior)
{
    return input_digest(prior->input);
}

void prior_result_free(struct prior_result *prior)
{
    if (!prior)
        return;
    csv_reader_free(prior->reader);
    input_free(prior->input);
    buffer_free(&prior->texts);
    buffer_free(&prior->header);
    free(prior);
}

int prior_result_next(struct prior_result *prior, struct prior_row *row,
                      struct error *error)
{
    const struct waiting_row *waiting;
    const char *texts;

    if (fill(prior, error))
        return -1;
    if (prior->next == prior->count)
        return 0;
    waiting = &prior->rows[prior->next++];
    texts = prior->texts.data;
    *row = (struct prior_row){
        .number = waiting->number,
        .id = texts + waiting->kept[0],
        .status = waiting->status,
        .again = waiting->again,
        .name = texts + waiting->kept[1],
        .message = texts + waiting->kept[2],
        .field = texts + waiting->kept[3],
        .note = texts + waiting->kept[4],
        .text = texts + waiting->text,
        .len = waiting->end - waiting->text,
    };
    return 1;
}

static int reject_other(const struct prior_result *prior, uint64_t number,
                        const char *what, struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s is not the result of this INPUT: row %" PRIu64
                     " %s; %s needs the INPUT of that run, and the same "
                     "options about it, such as --map and --where",
                     input_name(prior->input), number, what,
                     prior->of_apply ? "--retry-failed" : "--failed");
}

int prior_result_match(struct prior_result *prior, uint64_t number,
                       const char *id, struct prior_row *row,
                       struct error *error)
{
    int more = prior_result_next(prior, row, error);
    int same;

    if (more < 0)
        return -1;
    if (more == 0 || row->number != number)
        return reject_other(prior, number, "is missing in the result", error);
    same = cell_shows(row->id, id);
    if (same < 0)
        return error_memory(error);
    if (!same)
        return reject_other(prior, number, "has another Id in the result",
                            error);
    return 0;
}

int prior_result_end(struct prior_result *prior, struct error *error)
{
    struct prior_row row;
    int more = prior_result_next(prior, &row, error);

    if (more <= 0)
        return more;
    return reject_other(prior, row.number, "is missing in INPUT", error);
}

int prior_result_rewind(struct prior_result *prior, struct error *error)
{
    if (input_rewind(prior->input, error))
        return -1;
    return start_reading(prior, error);
}
