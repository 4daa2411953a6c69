#include "input/csv_reader.h"

#include <csv.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>

#include "base/blank.h"
#include "base/buffer.h"
#include "base/utf8.h"
#include "input/foreign.h"

#define BOM      "\xEF\xBB\xBF"
#define BOM_SIZE 3

/* The part of an input in which its header must begin. */
#define HEAD_SIZE ((size_t)64 << 10)

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

struct csv_reader {
    const char *name;
    csv_reader_record_fn *take;
    void *context;
    char delimiter;
    struct csv_parser csv;
    struct error *error; /* of the current call */
    bool failed;

    bool has_expectations; /* csv_reader_expect() was called */
    csv_reader_choose_fn *choose;
    unsigned skip_lines; /* that are left */
    struct buffer head;  /* the first bytes, until the header's first line is
                            there */
    bool bom_passed;
    bool started;  /* the header has begun, and the head is not used any more */
    uint32_t utf8; /* as utf8_check() left it */
    bool has_utf8; /* there was a character beyond ASCII */

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

static void set_delimiter(struct csv_reader *reader, char delimiter)
{
    reader->delimiter = delimiter;
    csv_set_delim(&reader->csv, (unsigned char)delimiter);
}

struct csv_reader *csv_reader_new(const char *name, char delimiter,
                                  csv_reader_record_fn *take, void *context)
{
    struct csv_reader *reader = calloc(1, sizeof(*reader));

    if (!reader)
        return NULL;
    reader->text = malloc(RECORD_SIZE);
    if (!reader->text) {
        free(reader);
        return NULL;
    }
    reader->name = name;
    reader->take = take;
    reader->context = context;
    reader->line = 1;
    buffer_init(&reader->head, HEAD_SIZE);
    (void)csv_init(&reader->csv,
                   CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
    set_delimiter(reader, delimiter);
    csv_set_space_func(&reader->csv, never_blank);
    csv_set_realloc_func(&reader->csv, grow_field);
    csv_set_blk_size(&reader->csv, FIELD_GROWS);
    return reader;
}

void csv_reader_expect(struct csv_reader *reader, unsigned skip_lines,
                       csv_reader_choose_fn *choose)
{
    reader->has_expectations = true;
    reader->skip_lines = skip_lines;
    reader->choose = choose;
}

void csv_reader_free(struct csv_reader *reader)
{
    if (!reader)
        return;
    csv_free(&reader->csv);
    buffer_free(&reader->head);
    free(reader->header);
    free(reader->text);
    free(reader);
}

uint64_t csv_reader_rows(const struct csv_reader *reader)
{
    return reader->rows;
}

/* The header's name for a column, or "". */
static const char *column_name(const struct csv_reader *reader, size_t column)
{
    const char *name = reader->header;

    if (!name || column >= reader->width)
        return "";
    while (column-- > 0)
        name += strlen(name) + 1;
    return name;
}

/* Writes ", column 4 (City)" into size bytes. */
static void put_column(const struct csv_reader *reader, size_t column,
                       char *text, size_t size)
{
    const char *name = column_name(reader, column - 1);
    char label[LABEL_SIZE];

    (void)utf8_reveal(label, sizeof(label), name);
    if (*label)
        (void)snprintf(text, size, ", column %zu (%s)", column, label);
    else
        (void)snprintf(text, size, ", column %zu", column);
}

/* Fails with a message about the record (column 0) or one of its columns. */
static int refuse(struct csv_reader *reader, uint64_t line, size_t column,
                  const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static int refuse(struct csv_reader *reader, uint64_t line, size_t column,
                  const char *format, ...)
{
    char row[ROW_SIZE] = "header", where[WHERE_SIZE] = "", what[WHAT_SIZE];
    va_list args;

    if (reader->header)
        (void)snprintf(row, sizeof(row), "row %" PRIu64, reader->rows + 1);
    if (column > 0)
        put_column(reader, column, where, sizeof(where));
    va_start(args, format);
    (void)vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    reader->failed = true;
    return error_set(reader->error, ERROR_INPUT,
                     "%s: %s, line %" PRIu64 "%s: %s", reader->name, row, line,
                     where, what);
}

/* The column that the next byte belongs to, from 1. */
static size_t column_now(const struct csv_reader *reader)
{
    return reader->record.count + 1;
}

static void refuse_memory(struct csv_reader *reader)
{
    reader->failed = true;
    (void)error_memory(reader->error);
}

static void refuse_long_field(struct csv_reader *reader)
{
    (void)refuse(reader, reader->field_line, column_now(reader),
                 "the field is longer than %zu bytes; check its closing quote",
                 CSV_READER_MAX_FIELD);
}

/* Bytes of the record's fields so far; used counts their NULs, too. */
static size_t record_len(const struct csv_reader *reader)
{
    return reader->used - reader->record.count;
}

/* A field of len bytes exceeds one of the bounds. */
static void refuse_bounds(struct csv_reader *reader, size_t len)
{
    if (len > CSV_READER_MAX_FIELD)
        refuse_long_field(reader);
    else if (reader->record.count == CSV_READER_MAX_COLUMNS)
        (void)refuse(reader, reader->record.line, 0,
                     "the row has more than %d columns; remove those that "
                     "are not needed",
                     CSV_READER_MAX_COLUMNS);
    else
        (void)refuse(reader, reader->record.line, 0,
                     "the row is longer than %zu bytes; shorten it",
                     CSV_READER_MAX_RECORD);
}

/* Appends a field, whose data may already be in its place in text. */
static void take_field(void *data, size_t len, void *context)
{
    struct csv_reader *reader = context;
    char *to = reader->text + reader->used;

    if (reader->failed)
        return;
    if (len > CSV_READER_MAX_FIELD ||
        reader->record.count == CSV_READER_MAX_COLUMNS ||
        record_len(reader) + len > CSV_READER_MAX_RECORD) {
        refuse_bounds(reader, len);
        return;
    }
    if (data != to)
        memcpy(to, data, len);
    to[len] = '\0';
    reader->fields[reader->record.count++] = (struct field){to, len};
    reader->used += len + 1;
    reader->field_line = reader->line;
}

/* libcsv found the end of a record. */
static void take_end(int terminator, void *context)
{
    struct csv_reader *reader = context;

    (void)terminator;
    reader->complete = true;
}

static int keep_header(struct csv_reader *reader)
{
    reader->header = malloc(reader->used);
    if (!reader->header)
        return error_memory(reader->error);
    memcpy(reader->header, reader->text, reader->used);
    reader->width = reader->record.count;
    return 0;
}

static void drop_record(struct csv_reader *reader)
{
    reader->begun = reader->complete = false;
    reader->record.count = 0;
    reader->used = 0;
}

/* Are all fields from that one on empty or invisible? */
static bool is_blank(const struct csv_reader *reader, size_t from)
{
    for (size_t i = from; i < reader->record.count; i++) {
        if (!blank_is_all(reader->fields[i].text, reader->fields[i].len))
            return false;
    }
    return true;
}

static int pass_on(struct csv_reader *reader)
{
    struct record *record = &reader->record;

    if (reader->has_expectations && is_blank(reader, 0)) {
        drop_record(reader);
        return 0;
    }
    if (reader->has_expectations && reader->header &&
        record->count > reader->width && is_blank(reader, reader->width))
        record->count = reader->width;
    if (reader->header && record->count != reader->width)
        return refuse(reader, record->line, 0,
                      "the row has %zu field%s, but the header has %zu; a "
                      "delimiter or line end within a field needs quotes "
                      "around the field",
                      record->count, record->count == 1 ? "" : "s",
                      reader->width);
    record->number = reader->header ? reader->rows + 1 : 0;
    record->fields = reader->fields;
    if (reader->take(reader->context, record, reader->error))
        return -1;
    if (!reader->header) {
        if (keep_header(reader))
            return -1;
    } else {
        reader->rows++;
    }
    drop_record(reader);
    return 0;
}

/* libcsv stopped at this byte, before the end of the piece. */
static void refuse_parse(struct csv_reader *reader, char byte)
{
    if (csv_error(&reader->csv) == CSV_EPARSE && byte == '"')
        (void)refuse(reader, reader->line, column_now(reader),
                     "a quote in a field that is not quoted; put the field in "
                     "quotes and double the quotes inside it");
    else if (csv_error(&reader->csv) == CSV_EPARSE)
        (void)refuse(reader, reader->line, column_now(reader),
                     "text after the closing quote; double the quotes inside a "
                     "quoted field");
    else if (csv_get_buffer_size(&reader->csv) == FIELD_SIZE)
        refuse_long_field(reader);
    else
        refuse_memory(reader);
}

static void parse(struct csv_reader *reader, const char *piece, size_t len)
{
    size_t done =
        csv_parse(&reader->csv, piece, len, take_field, take_end, reader);

    if (done < len && !reader->failed)
        refuse_parse(reader, piece[done]);
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
static void split(struct csv_reader *reader, const char *line, size_t len)
{
    size_t line_end = len > 1 && line[len - 2] == '\r' ? 2 : 1;
    const char *end = reader->text + len - line_end;
    char *field = reader->text;

    memcpy(reader->text, line, len);
    while (!reader->failed && !reader->complete) {
        const char *delimiter = find(field, end, reader->delimiter);

        take_field(field, (size_t)(delimiter - field), reader);
        field += delimiter - field + 1;
        reader->complete = delimiter == end;
    }
}

/* Parses a piece of one line, in which a CR or LF can only be the last byte, or
 * CRLF the last two. So a record can only end at its end. */
static int feed_piece(struct csv_reader *reader, const char *piece, size_t len,
                      bool has_quotes)
{
    char last = piece[len - 1];
    bool is_whole =
        !reader->begun && last == '\n' && len <= CSV_READER_MAX_FIELD;

    if (reader->after_cr && piece[0] != '\n')
        return refuse(reader, reader->line, 0,
                      "a single carriage return (CR) outside quotes; end lines "
                      "with LF or CRLF");
    if (!reader->begun && piece[0] != '\n' && piece[0] != '\r') {
        reader->begun = true;
        reader->record.line = reader->field_line = reader->line;
    }
    if (is_whole && !has_quotes && reader->begun)
        split(reader, piece, len);
    else
        parse(reader, piece, len);
    if (reader->failed)
        return -1;
    /* If the field continues, it is quoted and the CR is data. */
    reader->after_cr = last == '\r' && !reader->csv.quoted;
    if (last != '\n')
        return 0;
    reader->line++;
    return reader->complete ? pass_on(reader) : 0;
}

/* Splits text into pieces. Each of the three bytes is searched again only after
 * its last position was passed, so an absent one is searched once per chunk. */
static int feed_pieces(struct csv_reader *reader, const char *data, size_t len)
{
    const char *end = data + len;
    const char *lf = find(data, end, '\n');
    const char *cr = find(data, end, '\r');
    const char *quote = find(data, end, '"');

    while (data < end) {
        const char *next = lf < end ? lf + 1 : end;

        if (cr < lf && cr + 1 != lf)
            next = cr + 1;
        if (feed_piece(reader, data, (size_t)(next - data), quote < next))
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

int csv_reader_refuse(struct csv_reader *reader, const char *what,
                      struct error *error)
{
    reader->error = error;
    return refuse(reader, reader->line, column_now(reader), "%s", what);
}

/* Are some of the characters UTF-8 beyond ASCII? Others may be invalid. */
static bool has_utf8(const char *text, size_t len)
{
    while (len > 0) {
        uint32_t state = 0;
        size_t good = utf8_check(&state, text, len);

        if (utf8_has_wide(state, text, good))
            return true;
        good += good < len;
        text += good;
        len -= good;
    }
    return false;
}

/* A byte is not UTF-8, and rest follows it. If some of the text is UTF-8 beyond
 * ASCII, a conversion of the whole file would damage it. */
static int refuse_byte(struct csv_reader *reader, char byte, const char *rest,
                       size_t len)
{
    if (byte == '\0')
        return refuse(reader, reader->line, column_now(reader),
                      "a NUL byte; if the file is UTF-16, use --encoding "
                      "UTF-16LE");
    if (reader->has_utf8 || has_utf8(rest, len))
        return refuse(reader, reader->line, column_now(reader),
                      "not valid UTF-8, but other cells are: the file mixes "
                      "encodings; correct this cell, and do not convert the "
                      "whole file");
    return refuse(reader, reader->line, column_now(reader),
                  "not valid UTF-8; if the file comes from Windows, try "
                  "--encoding WINDOWS-1252, or save it as UTF-8");
}

static int feed_text(struct csv_reader *reader, const char *data, size_t len)
{
    size_t good = utf8_check(&reader->utf8, data, len);

    reader->has_utf8 =
        reader->has_utf8 || utf8_has_wide(reader->utf8, data, good);
    if (feed_pieces(reader, data, good))
        return -1;
    return good < len ? refuse_byte(reader, data[good], data + good, len - good)
                      : 0;
}

/* ---- the start ------------------------------------------------------------
 */

/* The X of a line "sep=X", which spreadsheets may quote and follow by empty
 * cells; NUL: it is another line. */
static char find_sep(const char *line, size_t len)
{
    char separator;

    if (len > 0 && *line == '"') {
        line++;
        len--;
    }
    if (len < 5 || strncasecmp(line, "sep=", 4) != 0 ||
        !strchr(",;\t|:^~", line[4]))
        return '\0';
    separator = line[4];
    for (size_t i = 5; i < len; i++) {
        if (line[i] != separator && line[i] != '"')
            return '\0';
    }
    return separator;
}

/* Examines a line of the head, without its line end. Returns true if it is the
 * first line of the header. */
static bool take_head_line(struct csv_reader *reader, const char *line,
                           size_t len)
{
    char separator;

    if (len == 0)
        return false;
    separator = find_sep(line, len);
    if (!separator)
        return true;
    if (reader->choose)
        set_delimiter(reader, separator);
    reader->choose = NULL; /* it is chosen */
    return false;
}

/* Removes the lines before the header from the head. Returns true if the first
 * line of the header is there; is_last: no more bytes will come. */
static bool find_header(struct csv_reader *reader, bool is_last)
{
    struct buffer *head = &reader->head;
    bool found = false;
    size_t at = 0;

    while (at < head->len && !found) {
        const char *line = head->data + at;
        const char *end = memchr(line, '\n', head->len - at);
        size_t len = end ? (size_t)(end - line) : head->len - at;

        if (!end && !is_last)
            break;
        if (reader->skip_lines > 0)
            reader->skip_lines -= end != NULL;
        else
            found = take_head_line(reader, line,
                                   len - (end && len > 0 && end[-1] == '\r'));
        if (found)
            break;
        at += len + (end != NULL);
        reader->line += end != NULL;
    }
    head->len -= at;
    if (at > 0)
        memmove(head->data, head->data + at, head->len);
    return found;
}

/* Begins to parse, if the first line of the header is there. */
static int feed_head(struct csv_reader *reader, bool is_last)
{
    struct buffer *head = &reader->head;
    const char *foreign;

    if (!reader->bom_passed) {
        if (head->len < BOM_SIZE && !is_last)
            return 0;
        reader->bom_passed = true;
        if (head->len >= BOM_SIZE && memcmp(head->data, BOM, BOM_SIZE) == 0) {
            head->len -= BOM_SIZE;
            memmove(head->data, head->data + BOM_SIZE, head->len);
        }
    }
    if (reader->has_expectations && !find_header(reader, is_last))
        return 0;
    reader->started = true;
    foreign =
        reader->has_expectations ? foreign_find(head->data, head->len) : NULL;
    if (foreign)
        return error_set(reader->error, ERROR_INPUT, "%s is %s%s", reader->name,
                         foreign,
                         strchr(foreign, ';')
                             ? ""
                             : "; use a CSV file, plain or compressed by gzip");
    if (reader->choose)
        set_delimiter(reader,
                      reader->choose(reader->context, head->data, head->len));
    return feed_text(reader, head->data, head->len);
}

/* Feeds bytes until the header has begun. Returns how many were used, or -1. */
static ssize_t feed_first(struct csv_reader *reader, const char *data,
                          size_t len)
{
    struct buffer *head = &reader->head;
    size_t used = 0;

    while (!reader->started && used < len) {
        size_t some = len - used;

        if (some > HEAD_SIZE - head->len)
            some = HEAD_SIZE - head->len;
        if (buffer_append(head, data + used, some))
            return error_memory(reader->error);
        used += some;
        if (feed_head(reader, head->len == HEAD_SIZE))
            return -1;
    }
    if (reader->started)
        buffer_free(head);
    return (ssize_t)used;
}

int csv_reader_feed(struct csv_reader *reader, const char *data, size_t len,
                    struct error *error)
{
    ssize_t used = 0;

    reader->error = error;
    if (!reader->started)
        used = feed_first(reader, data, len);
    if (used < 0)
        return -1;
    return feed_text(reader, data + used, len - (size_t)used);
}

int csv_reader_end(struct csv_reader *reader, struct error *error)
{
    reader->error = error;
    if (!reader->started && feed_head(reader, true))
        return -1;
    if (reader->utf8 != 0)
        return refuse_byte(reader, '\xFF', "", 0);
    if (csv_fini(&reader->csv, take_field, take_end, reader))
        return refuse(
            reader, reader->field_line, column_now(reader),
            "the quote at the start of this field is never closed; add "
            "the closing quote");
    if (reader->failed)
        return -1;
    if (reader->complete && pass_on(reader))
        return -1;
    if (!reader->header)
        return error_set(error, ERROR_INPUT,
                         "%s has no header; its first line must name the "
                         "columns",
                         reader->name);
    return 0;
}
