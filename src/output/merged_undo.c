#include "output/merged_undo.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "input/csv_reader.h"
#include "input/input.h"
#include "output/cell.h"
#include "output/undo_text.h"

#define ROW_MAX    (4 * CSV_READER_MAX_RECORD)
#define EXPECT     "Expect."
#define EXPECT_LEN (sizeof(EXPECT) - 1)
#define NOTE       "_Note"
#define NOWHERE    SIZE_MAX

struct reading {
    const struct merged_undo *undo;
    const char *path;      /* of the file that is read */
    struct writer *writer; /* NULL: only the columns are noted */
    struct buffer row;
    column_mask columns; /* of all files */
    /* The positions in this file; NOWHERE: it has no such column. */
    size_t values[COLUMN_MAX];
    size_t expected[COLUMN_MAX];
    size_t note;
};

/* ---- one file ------------------------------------------------------------ */

static int take_name(struct reading *reading, const char *name, size_t position)
{
    const struct service *service = reading->undo->service;
    bool expects = strncmp(name, EXPECT, EXPECT_LEN) == 0;
    unsigned column =
        undo_text_column(service, expects ? name + EXPECT_LEN : name);

    if (strcmp(name, NOTE) == 0) {
        reading->note = position;
        return 0;
    }
    if (column >= service->column_count)
        return -1;
    if (expects)
        reading->expected[column] = position;
    else
        reading->values[column] = position;
    if (column_is_expectable(&service->columns[column]))
        reading->columns |= column_bit(column);
    return 0;
}

static int take_header(struct reading *reading, const struct record *record,
                       struct error *error)
{
    unsigned key = reading->undo->service->key;
    bool valid = true;

    reading->note = NOWHERE;
    for (unsigned i = 0; i < COLUMN_MAX; i++)
        reading->values[i] = reading->expected[i] = NOWHERE;
    for (size_t i = 0; i < record->count && valid; i++)
        valid = take_name(reading, record->fields[i].text, i) == 0;
    if (valid && reading->values[key] != NOWHERE)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s is not the --undo file of a run of %s", reading->path,
                     reading->undo->service->name);
}

static int put_cell(struct reading *reading, const struct record *record,
                    size_t position)
{
    return cell_put_plain(&reading->row, position == NOWHERE
                                             ? NULL
                                             : record->fields[position].text);
}

static int put_next(struct reading *reading, const struct record *record,
                    size_t position)
{
    return buffer_append(&reading->row, ",", 1) ||
                   put_cell(reading, record, position)
               ? -1
               : 0;
}

/* The columns are those of undo_text_put_header(). */
static int put_row(struct reading *reading, const struct record *record)
{
    const struct service *service = reading->undo->service;

    buffer_clear(&reading->row);
    if (put_cell(reading, record, reading->values[service->key]) ||
        (service->tenant != COLUMN_MAX &&
         put_next(reading, record, reading->values[service->tenant])))
        return -1;
    for (unsigned i = 0; i < service->column_count; i++)
        if ((reading->columns & column_bit(i)) &&
            (put_next(reading, record, reading->values[i]) ||
             put_next(reading, record, reading->expected[i])))
            return -1;
    return put_next(reading, record, reading->note) ||
                   buffer_append(&reading->row, "\n", 1)
               ? -1
               : 0;
}

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct reading *reading = context;

    if (record->number == 0)
        return take_header(reading, record, error);
    if (!reading->writer)
        return 0;
    if (put_row(reading, record))
        return error_memory(error);
    return writer_write(reading->writer, reading->row.data, reading->row.len,
                        error);
}

static int read_file(struct reading *reading, struct error *error)
{
    struct input *input =
        input_open(reading->undo->files, reading->path, error);
    struct csv_reader *reader =
        csv_reader_new(reading->path, ',', take_record, reading);
    int result = -1;

    if (input && reader)
        result = csv_reader_feed_input(reader, input, error);
    else if (input)
        result = error_memory(error);
    csv_reader_free(reader);
    input_free(input);
    if (result && error->kind == ERROR_INPUT)
        error->kind = ERROR_USAGE; /* it is none of INPUT */
    return result;
}

/* ---- all files ----------------------------------------------------------- */

static int read_all(struct reading *reading, struct error *error)
{
    const struct merged_undo *undo = reading->undo;
    struct stat status;

    for (unsigned i = 0; i < undo->count; i++) {
        reading->path = undo->paths[i];
        if (undo->files->stat(undo->files, reading->path, &status) &&
            errno == ENOENT)
            continue;
        if (read_file(reading, error))
            return -1;
    }
    return 0;
}

static int write_header(struct reading *reading, struct error *error)
{
    const struct undo_text_setup setup = {.service = reading->undo->service};

    buffer_clear(&reading->row);
    if (undo_text_put_header(&setup, reading->columns, &reading->row))
        return error_memory(error);
    return writer_write(reading->writer, reading->row.data, reading->row.len,
                        error);
}

int merged_undo_write(const struct merged_undo *undo, struct writer *writer,
                      struct error *error)
{
    struct reading *reading = calloc(1, sizeof(*reading));
    int result;

    if (!reading)
        return error_memory(error);
    reading->undo = undo;
    buffer_init(&reading->row, ROW_MAX);
    result = read_all(reading, error);
    reading->writer = writer;
    if (result == 0)
        result =
            write_header(reading, error) || read_all(reading, error) ? -1 : 0;
    buffer_free(&reading->row);
    free(reading);
    return result;
}
