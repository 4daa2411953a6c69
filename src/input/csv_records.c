#include "input/csv_records.h"

#include <csv.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/blank.h"
#include "base/utf8.h"

/* The largest buffer of libcsv: the field's text, a closing quote, the NUL, and
 * a free byte, without which libcsv does not read the next one. */
#define FIELD_SIZE  (CSV_READER_MAX_FIELD + 3)
#define FIELD_GROWS ((size_t)64 << 10)

/* A NUL follows every field's text. */
#define RECORD_SIZE (CSV_READER_MAX_RECORD + CSV_READER_MAX_COLUMNS)

/* Parts of a message, in bytes. */
#define ROW_SIZE   32
#define WHERE_SIZE 80
#define LABEL_SIZE 40 /* of a column's name */
#define WHAT_SIZE  256

struct csv_records {
    const char *name;
    csv_reader_record_fn *take;
    void *context;
    char delimiter;
    bool tidy;
    struct csv_parser csv;
    struct error *error; /* of the current call */
    bool failed;

    uint64_t line;       /* physical line of the next byte */
    uint64_t field_line; /* the line on which the current field begins */
    bool begun;          /* within a record */
    bool complete;       /* it is complete, but not passed on yet */
    bool after_cr;       /* the last byte was a CR outside quotes */

    uint64_t rows; /* data rows passed on */
    char *header;  /* its fields, a NUL after each; NULL: not read yet */
    size_t width;  /* the number of these fields */

    struct record record; /* the current one */
    struct field fields[CSV_READER_MAX_COLUMNS];
    size_t used; /* bytes of text */
    char *text;  /* RECORD_SIZE bytes, so that fields never move; the system
                    allocates only pages that are used */
};

/* By default libcsv trims blanks around unquoted fields; RFC 4180 keeps them.
 */
static int never_blank(unsigned char c)
{
    (void)c;
    return 0;
}

/* libcsv halves a refused request and tries again, so it reaches FIELD_SIZE
 * exactly. */
static void *grow_field(void *data, size_t size)
{
    return size > FIELD_SIZE ? NULL : realloc(data, size);
}

void csv_records_set_delimiter(struct csv_records *records, char delimiter)
{
    records->delimiter = delimiter;
    csv_set_delim(&records->csv, (unsigned char)delimiter);
}

struct csv_records *csv_records_new(const char *name, char delimiter,
                                    csv_reader_record_fn *take, void *context)
{
    struct csv_records *records = calloc(1, sizeof(*records));

    if (!records)
        return NULL;
    records->text = malloc(RECORD_SIZE);
    if (!records->text) {
        free(records);
        return NULL;
    }
    records->name = name;
    records->take = take;
    records->context = context;
    records->line = 1;
    (void)csv_init(&records->csv,
                   CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
    csv_records_set_delimiter(records, delimiter);
    csv_set_space_func(&records->csv, never_blank);
    csv_set_realloc_func(&records->csv, grow_field);
    csv_set_blk_size(&records->csv, FIELD_GROWS);
    return records;
}

void csv_records_free(struct csv_records *records)
{
    if (!records)
        return;
    csv_free(&records->csv);
    free(records->header);
    free(records->text);
    free(records);
}

void csv_records_begin(struct csv_records *records, uint64_t line)
{
    records->line = line;
    records->tidy = true;
}

char csv_records_delimiter(const struct csv_records *records)
{
    return records->delimiter;
}

uint64_t csv_records_rows(const struct csv_records *records)
{
    return records->rows;
}

bool csv_records_has_header(const struct csv_records *records)
{
    return records->header != NULL;
}

/* The header's name for a column, or "". */
static const char *column_name(const struct csv_records *records, size_t column)
{
    const char *name = records->header;

    if (!name || column >= records->width)
        return "";
    while (column-- > 0)
        name += strlen(name) + 1;
    return name;
}

/* Writes ", column 4 (City)" into size bytes. */
static void put_column(const struct csv_records *records, size_t column,
                       char *text, size_t size)
{
    const char *name = column_name(records, column - 1);
    char label[LABEL_SIZE];

    (void)utf8_reveal(label, sizeof(label), name);
    if (*label)
        (void)snprintf(text, size, ", column %zu (%s)", column, label);
    else
        (void)snprintf(text, size, ", column %zu", column);
}

/* Fails with a message about the record (column 0) or one of its columns. */
static int refuse(struct csv_records *records, uint64_t line, size_t column,
                  const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static int refuse(struct csv_records *records, uint64_t line, size_t column,
                  const char *format, ...)
{
    char row[ROW_SIZE] = "header", where[WHERE_SIZE] = "", what[WHAT_SIZE];
    va_list args;

    if (records->header)
        (void)snprintf(row, sizeof(row), "row %" PRIu64, records->rows + 1);
    if (column > 0)
        put_column(records, column, where, sizeof(where));
    va_start(args, format);
    (void)vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    records->failed = true;
    return error_set(records->error, ERROR_INPUT,
                     "%s: %s, line %" PRIu64 "%s: %s", records->name, row, line,
                     where, what);
}

/* The column that the next byte belongs to, from 1. */
static size_t column_now(const struct csv_records *records)
{
    return records->record.count + 1;
}

static void refuse_memory(struct csv_records *records)
{
    records->failed = true;
    (void)error_memory(records->error);
}

static void refuse_long_field(struct csv_records *records)
{
    (void)refuse(
        records, records->field_line, column_now(records),
        "the cell is longer than %zu bytes; perhaps a closing quote is missing",
        CSV_READER_MAX_FIELD);
}

/* Bytes of the record's fields so far; used counts their NULs, too. */
static size_t record_len(const struct csv_records *records)
{
    return records->used - records->record.count;
}

/* A field of len bytes exceeds one of the bounds. */
static void refuse_bounds(struct csv_records *records, size_t len)
{
    if (len > CSV_READER_MAX_FIELD)
        refuse_long_field(records);
    else if (records->record.count == CSV_READER_MAX_COLUMNS)
        (void)refuse(records, records->record.line, 0,
                     "the row has more than %d columns; remove those that "
                     "are not needed",
                     CSV_READER_MAX_COLUMNS);
    else
        (void)refuse(records, records->record.line, 0,
                     "the row is longer than %zu bytes; shorten it",
                     CSV_READER_MAX_RECORD);
}

/* Appends a field, whose data may already be in its place in text. */
static void take_field(void *data, size_t len, void *context)
{
    struct csv_records *records = context;
    char *to = records->text + records->used;

    if (records->failed)
        return;
    if (len > CSV_READER_MAX_FIELD ||
        records->record.count == CSV_READER_MAX_COLUMNS ||
        record_len(records) + len > CSV_READER_MAX_RECORD) {
        refuse_bounds(records, len);
        return;
    }
    if (data != to)
        memcpy(to, data, len);
    to[len] = '\0';
    records->fields[records->record.count++] = (struct field){to, len};
    records->used += len + 1;
    records->field_line = records->line;
}

/* libcsv found the end of a record. */
static void take_end(int terminator, void *context)
{
    struct csv_records *records = context;

    (void)terminator;
    records->complete = true;
}

static int keep_header(struct csv_records *records)
{
    records->header = malloc(records->used);
    if (!records->header)
        return error_memory(records->error);
    memcpy(records->header, records->text, records->used);
    records->width = records->record.count;
    return 0;
}

static void drop_record(struct csv_records *records)
{
    records->begun = records->complete = false;
    records->record.count = 0;
    records->used = 0;
}

/* Are all fields from that one on empty or invisible? */
static bool is_blank(const struct csv_records *records, size_t from)
{
    for (size_t i = from; i < records->record.count; i++) {
        if (!blank_is_all(records->fields[i].text, records->fields[i].len))
            return false;
    }
    return true;
}

/* Removes empty fields after the last one of the header, and adds those of
 * columns without a name: spreadsheets write both kinds or leave them out. */
static void fit_width(struct csv_records *records)
{
    struct record *record = &records->record;

    if (record->count > records->width && is_blank(records, records->width))
        record->count = records->width;
    while (record->count < records->width) {
        const char *name = column_name(records, record->count);

        if (!blank_is_all(name, strlen(name)))
            break;
        records->fields[record->count++] = (struct field){"", 0};
    }
}

static int check_width(struct csv_records *records)
{
    const struct record *record = &records->record;

    if (record->count == records->width)
        return 0;
    if (record->count > records->width)
        return refuse(records, record->line, 0,
                      "the row has %zu cells, but the header has %zu; a "
                      "delimiter within a cell needs quotes around the cell",
                      record->count, records->width);
    return refuse(records, record->line, 0,
                  "the row has %zu cell%s, but the header has %zu, separated "
                  "by '%c'; complete the row, and put a cell with a line end "
                  "in quotes",
                  record->count, record->count == 1 ? "" : "s", records->width,
                  records->delimiter);
}

static int pass_on(struct csv_records *records)
{
    struct record *record = &records->record;

    if (records->tidy && is_blank(records, 0)) {
        drop_record(records);
        return 0;
    }
    if (records->header) {
        if (records->tidy)
            fit_width(records);
        if (check_width(records))
            return -1;
    }
    record->number = records->header ? records->rows + 1 : 0;
    record->fields = records->fields;
    if (records->take(records->context, record, records->error))
        return -1;
    if (!records->header) {
        if (keep_header(records))
            return -1;
    } else {
        records->rows++;
    }
    drop_record(records);
    return 0;
}

/* libcsv stopped at this byte, before the end of the piece. */
static void refuse_parse(struct csv_records *records, char byte)
{
    if (csv_error(&records->csv) == CSV_EPARSE && byte == '"')
        (void)refuse(records, records->line, column_now(records),
                     "a quote in a cell that is not quoted; put the cell in "
                     "quotes and double the quotes inside it");
    else if (csv_error(&records->csv) == CSV_EPARSE)
        (void)refuse(records, records->line, column_now(records),
                     "text after the closing quote; double the quotes inside a "
                     "quoted cell");
    else if (csv_get_buffer_size(&records->csv) == FIELD_SIZE)
        refuse_long_field(records);
    else
        refuse_memory(records);
}

static void parse(struct csv_records *records, const char *piece, size_t len)
{
    size_t done =
        csv_parse(&records->csv, piece, len, take_field, take_end, records);

    if (done < len && !records->failed)
        refuse_parse(records, piece[done]);
}

static const char *find(const char *from, const char *end, char byte)
{
    const char *at = memchr(from, byte, (size_t)(end - from));

    return at ? at : end;
}

/* Splits a complete record without quotes, as most are, at its delimiters. This
 * takes a fraction of the time of libcsv, which processes byte by byte. The
 * line is copied as a whole; then a NUL replaces each delimiter and the line
 * end. */
static void split(struct csv_records *records, const char *line, size_t len)
{
    size_t line_end = len > 1 && line[len - 2] == '\r' ? 2 : 1;
    const char *end = records->text + len - line_end;
    char *field = records->text;

    memcpy(records->text, line, len);
    while (!records->failed && !records->complete) {
        const char *delimiter = find(field, end, records->delimiter);

        take_field(field, (size_t)(delimiter - field), records);
        field += delimiter - field + 1;
        records->complete = delimiter == end;
    }
}

/* Parses a piece of one line, in which a CR or LF can only be the last byte, or
 * CRLF the last two. So a record can only end at its end. */
static int feed_piece(struct csv_records *records, const char *piece,
                      size_t len, bool has_quotes)
{
    char last = piece[len - 1];
    bool is_whole =
        !records->begun && last == '\n' && len <= CSV_READER_MAX_FIELD;

    if (records->after_cr && piece[0] != '\n')
        return refuse(records, records->line, 0,
                      "a single carriage return (CR) outside quotes; end lines "
                      "with LF or CRLF");
    if (!records->begun && piece[0] != '\n' && piece[0] != '\r') {
        records->begun = true;
        records->record.line = records->field_line = records->line;
    }
    if (is_whole && !has_quotes && records->begun)
        split(records, piece, len);
    else
        parse(records, piece, len);
    if (records->failed)
        return -1;
    /* If the field continues, it is quoted and the CR is data. */
    records->after_cr = last == '\r' && !records->csv.quoted;
    if (last != '\n')
        return 0;
    records->line++;
    return records->complete ? pass_on(records) : 0;
}

/* Splits text into pieces. Each of the three bytes is searched again only after
 * its last position was passed, so an absent one is searched once per chunk. */
int csv_records_feed(struct csv_records *records, const char *data, size_t len,
                     struct error *error)
{
    const char *end = data + len;
    const char *lf = find(data, end, '\n');
    const char *cr = find(data, end, '\r');
    const char *quote = find(data, end, '"');

    records->error = error;
    while (data < end) {
        const char *next = lf < end ? lf + 1 : end;

        if (cr < lf && cr + 1 != lf)
            next = cr + 1;
        if (feed_piece(records, data, (size_t)(next - data), quote < next))
            return -1;
        data = next;
        if (lf < data)
            lf = find(data, end, '\n');
        if (cr < data)
            cr = find(data, end, '\r');
        if (quote < data)
            quote = find(data, end, '"');
    }
    return 0;
}

int csv_records_refuse(struct csv_records *records, const char *why,
                       struct error *error)
{
    records->error = error;
    return refuse(records, records->line, column_now(records), "%s", why);
}

int csv_records_end(struct csv_records *records, struct error *error)
{
    records->error = error;
    if (csv_fini(&records->csv, take_field, take_end, records))
        return refuse(
            records, records->field_line, column_now(records),
            "the quote at the start of this cell is never closed; add "
            "the closing quote");
    if (records->failed)
        return -1;
    return records->complete ? pass_on(records) : 0;
}
