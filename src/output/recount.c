#include "output/recount.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "input/csv_reader.h"
#include "input/input.h"
#include "output/result_field.h"

/* The columns that are read; an exported file has only two of them. */
enum { ROW, STATUS, CODE, NAME, FIELD, RETRYABLE, HTTP_STATUS, COLUMNS };

static const char *const names[COLUMNS] = {
    [ROW] = "Row",
    [STATUS] = "Status",
    [CODE] = "ErrorCode",
    [NAME] = "ErrorName",
    [FIELD] = "Field",
    [RETRYABLE] = "Retryable",
    [HTTP_STATUS] = "HttpStatus",
};

struct counter {
    const char *name; /* of the file */
    struct tally *tally;
    size_t columns[COLUMNS]; /* SIZE_MAX: there is no such column */
    bool exported;
};

static int reject(const struct counter *counter, const char *what,
                  struct error *error)
{
    return error_set(
        error, ERROR_USAGE,
        "%s is not the OUTPUT of a run: %s; name a finished OUTPUT",
        counter->name, what);
}

static size_t find_column(const struct record *record, const char *name)
{
    for (size_t i = 0; i < record->count; i++)
        if (strcmp(record->fields[i].text, name) == 0)
            return i;
    return SIZE_MAX;
}

static int take_header(struct counter *counter, const struct record *record,
                       struct error *error)
{
    for (unsigned i = 0; i < COLUMNS; i++)
        counter->columns[i] = find_column(record, names[i]);
    if (find_column(record, "_Row") != SIZE_MAX)
        return reject(counter, "it is a file of --failed", error);
    counter->exported = counter->columns[ROW] == SIZE_MAX &&
                        find_column(record, "_Status") != SIZE_MAX;
    if (counter->exported)
        counter->columns[STATUS] = find_column(record, "_Status");
    for (unsigned i = 0; !counter->exported && i < COLUMNS; i++)
        if (counter->columns[i] == SIZE_MAX)
            return reject(counter, "its header lacks columns", error);
    return 0;
}

/* "": there is no such column. */
static const char *cell(const struct counter *counter,
                        const struct record *record, unsigned column)
{
    size_t at = counter->columns[column];

    return at == SIZE_MAX ? "" : record->fields[at].text;
}

static void count_error(struct counter *counter, const struct record *record)
{
    char number[ERROR_COUNTS_NUMBER];
    int64_t row;

    if (number_parse_long(cell(counter, record, ROW), &row) || row < 1)
        return;
    error_counts_add(&counter->tally->errors, (uint64_t)row,
                     error_counts_row_name(cell(counter, record, NAME),
                                           cell(counter, record, CODE),
                                           cell(counter, record, HTTP_STATUS),
                                           number),
                     cell(counter, record, FIELD));
}

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct counter *counter = context;
    struct tally *tally = counter->tally;
    enum status status;

    if (record->number == 0)
        return take_header(counter, record, error);
    if (!status_find(cell(counter, record, STATUS), &status))
        return reject(counter, "it has a row with an unknown Status", error);
    tally->rows++;
    tally->by_status[status]++;
    if (counter->exported || !status_is_error(status))
        return 0;
    tally->again += result_field_is_retried(
        status, strcmp(cell(counter, record, RETRYABLE), "yes") == 0,
        cell(counter, record, NAME));
    count_error(counter, record);
    return 0;
}

static enum mode guess_mode(const struct counter *counter)
{
    const uint64_t *rows = counter->tally->by_status;

    if (counter->exported)
        return MODE_EXPORT;
    if (rows[STATUS_MATCH] + rows[STATUS_DRIFT] > 0)
        return MODE_RECONCILE;
    if (rows[STATUS_WOULD_UPDATE] > 0)
        return MODE_DRY_RUN;
    return rows[STATUS_VALID] > 0 ? MODE_CHECK : MODE_APPLY;
}

int recount(const struct file_system *files, const char *path,
            struct tally *tally, enum mode *mode, struct error *error)
{
    struct counter counter = {.name = path, .tally = tally};
    struct input *input = input_open(files, path, error);
    struct csv_reader *reader = NULL;
    struct error why;
    int result = -1;

    if (!input)
        return -1;
    if (!input_is_file(input))
        result = reject(&counter, "it is no regular file", error);
    else if (!(reader = csv_reader_new(path, ',', take_record, &counter)))
        result = error_memory(error);
    else
        result = csv_reader_feed_input(reader, input, error);
    if (result == 0)
        *mode = guess_mode(&counter);
    else if (error->kind == ERROR_INPUT) { /* a file named as OUTPUT */
        why = *error;
        result = error_set(error, ERROR_USAGE, "%.1900s", why.text);
    }
    csv_reader_free(reader);
    input_free(input);
    return result;
}
