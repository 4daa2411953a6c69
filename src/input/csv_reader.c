#include "input/csv_reader.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "input/csv_head.h"
#include "input/csv_records.h"
#include "input/file_type.h"
#include "input/text_check.h"

struct csv_reader {
    const char *name;
    void *context;
    csv_reader_choose_fn *choose;
    struct csv_head head;
    bool started; /* the header has begun, and the head is not used any more */
    struct text_check check;
    struct csv_records *records;
};

struct csv_reader *csv_reader_new(const char *name, char delimiter,
                                  csv_reader_record_fn *take, void *context)
{
    struct csv_reader *reader = calloc(1, sizeof(*reader));

    if (!reader)
        return NULL;
    reader->records = csv_records_new(name, delimiter, take, context);
    if (!reader->records) {
        free(reader);
        return NULL;
    }
    reader->name = name;
    reader->context = context;
    csv_head_init(&reader->head);
    return reader;
}

void csv_reader_expect(struct csv_reader *reader, unsigned skip_lines,
                       csv_reader_choose_fn *choose)
{
    reader->choose = choose;
    reader->head.has_lines = true;
    reader->head.skip_lines = skip_lines;
}

void csv_reader_free(struct csv_reader *reader)
{
    if (!reader)
        return;
    csv_records_free(reader->records);
    csv_head_clear(&reader->head);
    free(reader);
}

uint64_t csv_reader_rows(const struct csv_reader *reader)
{
    return csv_records_rows(reader->records);
}

char csv_reader_delimiter(const struct csv_reader *reader,
                          bool *has_separator_line)
{
    *has_separator_line = reader->head.separator != '\0';
    return csv_records_delimiter(reader->records);
}

int csv_reader_refuse(struct csv_reader *reader, const char *what,
                      struct error *error)
{
    return csv_records_refuse(reader->records, what, error);
}

static int feed_text(struct csv_reader *reader, const char *data, size_t len,
                     struct error *error)
{
    size_t good = text_check_feed(&reader->check, data, len);

    if (csv_records_feed(reader->records, data, good, error)) {
        reader->check.refused = false; /* this error comes first */
        return -1;
    }
    return good < len
               ? csv_records_refuse(
                     reader->records,
                     text_check_explain(&reader->check, data[good]), error)
               : 0;
}

bool csv_reader_look_on(struct csv_reader *reader, const char *data, size_t len,
                        struct error *error)
{
    if (!text_check_is_open(&reader->check))
        return false;
    text_check_look_on(&reader->check, data, len);
    if (text_check_is_open(&reader->check))
        return true;
    (void)csv_records_refuse(reader->records,
                             text_check_explain(&reader->check, '\xFF'), error);
    return false;
}

/* ---- the start ----------------------------------------------------------- */

/* Prepares for an input that people have made, which begins with these bytes.
 */
static int expect(struct csv_reader *reader, const struct buffer *bytes,
                  struct error *error)
{
    const struct csv_head *head = &reader->head;
    const char *type = file_type_find(bytes->data, bytes->len);

    if (type)
        return error_set(error, ERROR_INPUT, "%s is %s%s", reader->name, type,
                         strchr(type, ';')
                             ? ""
                             : "; use a CSV file, plain or compressed by gzip");
    csv_records_begin(reader->records, 1 + head->lines);
    if (reader->choose)
        csv_records_set_delimiter(
            reader->records, head->separator
                                 ? head->separator
                                 : reader->choose(reader->context, bytes->data,
                                                  bytes->len, 1 + head->lines));
    return 0;
}

/* The bytes of the head are the first ones of the header. */
static int start(struct csv_reader *reader, struct error *error)
{
    const struct buffer *bytes = &reader->head.bytes;

    reader->started = true;
    if (reader->head.has_lines && expect(reader, bytes, error))
        return -1;
    return feed_text(reader, bytes->data, bytes->len, error);
}

/* Feeds bytes until the header has begun. Returns how many were used, or -1. */
static ssize_t feed_first(struct csv_reader *reader, const char *data,
                          size_t len, struct error *error)
{
    size_t done = 0;

    while (!reader->started && done < len) {
        size_t used;
        int found =
            csv_head_feed(&reader->head, data + done, len - done, &used);

        if (found < 0)
            return error_memory(error);
        done += used;
        if (found && start(reader, error))
            return -1;
    }
    if (reader->started)
        csv_head_clear(&reader->head);
    return (ssize_t)done;
}

int csv_reader_feed(struct csv_reader *reader, const char *data, size_t len,
                    struct error *error)
{
    ssize_t used = 0;

    if (!reader->started)
        used = feed_first(reader, data, len, error);
    if (used < 0)
        return -1;
    return feed_text(reader, data + used, len - (size_t)used, error);
}

/* The head is all that there is. */
static int start_at_end(struct csv_reader *reader, struct error *error)
{
    if (reader->started)
        return 0;
    csv_head_end(&reader->head);
    return reader->head.bytes.len > 0 ? start(reader, error) : 0;
}

int csv_reader_end(struct csv_reader *reader, struct error *error)
{
    const char *cut;

    if (start_at_end(reader, error))
        return -1;
    cut = text_check_explain_end(&reader->check);
    if (cut)
        return csv_records_refuse(reader->records, cut, error);
    if (csv_records_end(reader->records, error))
        return -1;
    if (!csv_records_has_header(reader->records))
        return error_set(error, ERROR_INPUT,
                         "%s has no header; its first line must name the "
                         "columns",
                         reader->name);
    return 0;
}

int csv_reader_feed_input(struct csv_reader *reader, struct input *input,
                          struct error *error)
{
    const char *data;
    size_t len;
    int more;

    while ((more = input_read(input, &data, &len, error)) > 0)
        if (csv_reader_feed(reader, data, len, error))
            return -1;
    return more < 0 ? -1 : csv_reader_end(reader, error);
}
