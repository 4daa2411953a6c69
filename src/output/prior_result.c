#include "output/prior_result.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "input/input.h"
#include "input/csv.h"
#include "output/format.h"
#include "base/text.h"

/* The reader hands on all rows that its bytes complete. It is fed so few that
 * the rows that wait for previous_next() have a bound: 14 columns have 13
 * commas and a line end. */
#define SLICE     ((size_t)4096)
#define MAX_ROWS  (SLICE / 14 + 1)
#define MAX_BYTES (4 * READER_MAX_RECORD) /* a quote may become two */

/* Columns of a result row that are read; report_header() has them all. */
enum { ROW = 0, ID = 1, STATUS = 2, RETRYABLE = 8, COLUMNS = 14 };

/* A row that waits; its texts stand in previous->texts from these places on. */
struct waiting_row {
    uint64_t number;
    enum status status;
    bool again;
    size_t id;
    size_t text;
    size_t end;
};

struct previous {
    struct input *input;
    struct reader *reader;
    struct buffer header; /* as it must be */
    struct buffer texts;
    struct waiting_row rows[MAX_ROWS];
    size_t count;
    size_t next;
    const char *data; /* of the chunk that is not fed yet */
    size_t len;
    uint64_t last; /* Row of the newest row */
    bool ended;
};

/* ---- one row ------------------------------------------------------------ */

static int refuse(const struct previous *previous, const struct record *record,
                  const char *what, struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s: line %" PRIu64 " is no row of a result: %s",
                     input_name(previous->input), record->line, what);
}

/* Appends the record as report.c has written it. */
static int put_text(struct buffer *texts, const struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        if ((i > 0 && buffer_append(texts, ",", 1)) ||
            report_field(texts, record->fields[i].text))
            return -1;
    return buffer_append(texts, "\n", 1);
}

/* The statuses that a run which writes can give. */
static bool is_of_apply(enum status status)
{
    return status == STATUS_UPDATED || status == STATUS_UNCHANGED ||
           status >= STATUS_FAILED;
}

static int judge_row(struct previous *previous, const struct record *record,
                     struct waiting_row *row, struct error *error)
{
    const char *retryable = record->fields[RETRYABLE].text;
    int64_t number;

    if (text_parse_long(record->fields[ROW].text, &number) || number < 1 ||
        (uint64_t)number <= previous->last)
        return refuse(previous, record,
                      "its Row is not a number above the one before", error);
    if (!status_find(record->fields[STATUS].text, &row->status))
        return refuse(previous, record, "its Status is unknown", error);
    if (!is_of_apply(row->status))
        return refuse(previous, record,
                      "by its Status, nothing was to be written; only rows "
                      "that were applied can be tried again",
                      error);
    if (*retryable && strcmp(retryable, "yes") && strcmp(retryable, "no"))
        return refuse(previous, record, "its Retryable is neither yes nor no",
                      error);
    row->number = previous->last = (uint64_t)number;
    row->again = row->status == STATUS_UNKNOWN ||
                 row->status == STATUS_NOT_ATTEMPTED ||
                 (row->status == STATUS_FAILED && *retryable == 'y');
    return 0;
}

static int check_header(struct previous *previous, const struct record *record,
                        struct error *error)
{
    struct buffer *texts = &previous->texts;
    bool same;

    if (put_text(texts, record))
        return error_memory(error);
    same = strcmp(texts->data, previous->header.data) == 0;
    buffer_clear(texts);
    if (same)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s is no result of a run that applied a file: its header "
                     "is another one; name the OUTPUT of such a run",
                     input_name(previous->input));
}

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct previous *previous = context;
    struct buffer *texts = &previous->texts;
    struct waiting_row *row = &previous->rows[previous->count];
    const struct field *id;

    if (record->number == 0)
        return check_header(previous, record, error);
    assert(record->count == COLUMNS && previous->count < MAX_ROWS);
    if (judge_row(previous, record, row, error))
        return -1;
    id = &record->fields[ID];
    row->id = texts->len;
    row->text = row->id + id->len + 1;
    if (buffer_append(texts, id->text, id->len + 1) || put_text(texts, record))
        return error_memory(error);
    row->end = texts->len;
    previous->count++;
    return 0;
}

/* ---- the file ----------------------------------------------------------- */

/* Whatever is wrong with the file, it is the command line that names it. */
static int blame_usage(struct error *error)
{
    struct error why = *error;

    if (why.kind != ERROR_INPUT)
        return -1;
    return error_set(error, ERROR_USAGE,
                     "%.430s; --retry-failed needs the OUTPUT of a finished "
                     "run, as it was written",
                     why.text);
}

/* Feeds the reader once. */
static int feed(struct previous *previous, struct error *error)
{
    size_t len;
    int more;

    if (previous->len == 0) {
        more =
            input_read(previous->input, &previous->data, &previous->len, error);
        if (more < 0)
            return -1;
        if (more == 0) {
            previous->ended = true;
            return reader_end(previous->reader, error);
        }
    }
    len = previous->len < SLICE ? previous->len : SLICE;
    if (reader_feed(previous->reader, previous->data, len, error))
        return -1;
    previous->data += len;
    previous->len -= len;
    return 0;
}

/* Reads on until a row waits or the file has ended. */
static int fill(struct previous *previous, struct error *error)
{
    if (previous->next < previous->count)
        return 0;
    previous->next = previous->count = 0;
    buffer_clear(&previous->texts);
    while (previous->count == 0 && !previous->ended)
        if (feed(previous, error))
            return blame_usage(error);
    return 0;
}

static int start_reading(struct previous *previous, struct error *error)
{
    reader_free(previous->reader);
    previous->reader =
        reader_new(input_name(previous->input), ',', take_record, previous);
    previous->len = previous->count = previous->next = 0;
    previous->last = 0;
    previous->ended = false;
    return previous->reader ? fill(previous, error) : error_memory(error);
}

/* A pipe can't be read twice, and opening one would wait for its writer. */
static int open_file(struct previous *previous, const char *path,
                     struct error *error)
{
    struct stat status;

    if (stat(path, &status))
        return error_set(error, ERROR_USAGE,
                         "%s, whose failed rows are to be tried again, cannot "
                         "be read: %s",
                         path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s, whose failed rows are to be tried again, is not "
                         "a regular file",
                         path);
    previous->input = input_open(path, error);
    return previous->input ? 0 : -1;
}

struct previous *previous_open(const char *path, struct error *error)
{
    static const struct options apply = {.mode = MODE_APPLY};
    struct previous *previous = calloc(1, sizeof(*previous));

    if (!previous) {
        error_memory(error);
        return NULL;
    }
    buffer_init(&previous->header, READER_MAX_RECORD);
    buffer_init(&previous->texts, MAX_BYTES);
    if (report_header(&previous->header, &apply)) {
        error_memory(error);
        goto fail;
    }
    if (open_file(previous, path, error) || start_reading(previous, error))
        goto fail;
    return previous;

fail:
    previous_free(previous);
    return NULL;
}

void previous_free(struct previous *previous)
{
    if (!previous)
        return;
    reader_free(previous->reader);
    input_free(previous->input);
    buffer_free(&previous->texts);
    buffer_free(&previous->header);
    free(previous);
}

int previous_next(struct previous *previous, struct previous_row *row,
                  struct error *error)
{
    const struct waiting_row *waiting;
    const char *texts;

    if (fill(previous, error))
        return -1;
    if (previous->next == previous->count)
        return 0;
    waiting = &previous->rows[previous->next++];
    texts = previous->texts.data;
    *row = (struct previous_row){
        .number = waiting->number,
        .id = texts + waiting->id,
        .status = waiting->status,
        .again = waiting->again,
        .text = texts + waiting->text,
        .len = waiting->end - waiting->text,
    };
    return 1;
}

static int refuse_other(const struct previous *previous, uint64_t number,
                        const char *what, struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s is not the result of this INPUT: row %" PRIu64
                     " %s; --retry-failed needs the file that it came from",
                     input_name(previous->input), number, what);
}

int previous_match(struct previous *previous, uint64_t number, const char *id,
                   struct previous_row *row, struct error *error)
{
    int more = previous_next(previous, row, error);

    if (more < 0)
        return -1;
    if (more == 0 || row->number != number)
        return refuse_other(previous, number, "is not in it", error);
    if (strcmp(row->id, id) != 0)
        return refuse_other(previous, number, "is there of another Id", error);
    return 0;
}

int previous_end(struct previous *previous, struct error *error)
{
    struct previous_row row;
    int more = previous_next(previous, &row, error);

    if (more <= 0)
        return more;
    return refuse_other(previous, row.number, "is only in it", error);
}

int previous_rewind(struct previous *previous, struct error *error)
{
    if (input_rewind(previous->input, error))
        return -1;
    return start_reading(previous, error);
}
