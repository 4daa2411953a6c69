/*
 * The records of a CSV reader: splits text that was checked into records and
 * fields, strictly by RFC 4180. The contract is that of csv_reader.h.
 */
#ifndef INPUT_CSV_RECORDS_H
#define INPUT_CSV_RECORDS_H

#include <stdbool.h>
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

struct csv_records;

/* As csv_reader_new(). */
struct csv_records *csv_records_new(const char *name, char delimiter,
                                    csv_reader_record_fn *take, void *context);

/* NULL does nothing. */
void csv_records_free(struct csv_records *records);

/* Both are to be called before the first byte. The second one is for an input
 * that people have made, whose text begins on this line: blank records and
 * blank fields at the end of records are ignored; see csv_reader_expect(). */
void csv_records_set_delimiter(struct csv_records *records, char delimiter);
void csv_records_begin(struct csv_records *records, uint64_t line);

/* Takes text in valid UTF-8 without NUL, and passes on each complete record.
 * After an error it must not be called again. */
int csv_records_feed(struct csv_records *records, const char *data, size_t len,
                     struct error *error);

/* Passes on a last record without a line end. */
int csv_records_end(struct csv_records *records, struct error *error);

/* Refuses the input at the place that was reached. Returns -1. */
int csv_records_refuse(struct csv_records *records, const char *why,
                       struct error *error);

char csv_records_delimiter(const struct csv_records *records);

bool csv_records_has_header(const struct csv_records *records);

/* Data rows passed on so far. */
uint64_t csv_records_rows(const struct csv_records *records);

#endif
