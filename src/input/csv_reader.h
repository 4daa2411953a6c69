/*
 * Parses chunks of bytes into CSV records, strictly by RFC 4180.
 *
 * LF or CRLF ends a record; inside quotes both are data. Empty lines are not
 * records. Spaces are part of the field. A UTF-8 byte-order mark at the start
 * is removed. The result does not depend on the size of the chunks.
 *
 * These are refused as ERROR_INPUT, with file, row and line: NUL, invalid
 * UTF-8, UTF-16, a single CR outside quotes (except at the very end), an
 * unclosed quote, text after a closing quote, a quote inside an unquoted field,
 * a record with more or fewer fields than the header, and anything that exceeds
 * the bounds below. After an error the reader must not be used again.
 */
#ifndef INPUT_CSV_READER_H
#define INPUT_CSV_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define CSV_READER_MAX_FIELD   ((size_t)1 << 20) /* bytes */
#define CSV_READER_MAX_RECORD  ((size_t)4 << 20) /* bytes of all fields */
#define CSV_READER_MAX_COLUMNS 1000

struct field {
    const char *text; /* NUL-terminated; no NUL inside */
    size_t len;
};

struct record {
    uint64_t number; /* 0: the header; data rows count from 1 */
    uint64_t line;   /* physical line on which it begins, from 1 */
    size_t count;
    const struct field *fields; /* valid during the call only */
};

/* Receives a record. A failure stops the reader with this error. */
typedef int csv_reader_record_fn(void *context, const struct record *record,
                                 struct error *error);

struct csv_reader;

/* name is used in messages and must outlive the reader. delimiter: one ASCII
 * character, not NUL, CR, LF or a quote. NULL without memory. */
struct csv_reader *csv_reader_new(const char *name, char delimiter,
                                  csv_reader_record_fn *take, void *context);

/* NULL does nothing. */
void csv_reader_free(struct csv_reader *reader);

/* Parses the next bytes, and passes on each record that they complete. */
int csv_reader_feed(struct csv_reader *reader, const char *data, size_t len,
                    struct error *error);

/* To be called at the end of the input: passes on a last record without a line
 * end. Refuses an input without a header. */
int csv_reader_end(struct csv_reader *reader, struct error *error);

/* Data rows passed on so far. */
uint64_t csv_reader_rows(const struct csv_reader *reader);

#endif
