/*
 * Reads the fields of a result row, as format_row() writes it. Pure.
 */
#ifndef OUTPUT_RESULT_FIELD_H
#define OUTPUT_RESULT_FIELD_H

#include <stddef.h>

/* The indices of the columns that are read; see format_header(). */
enum result_field {
    RESULT_ROW = 0,
    RESULT_ID = 1,
    RESULT_CODE = 4,
    RESULT_NAME = 5,
    RESULT_MESSAGE = 6,
    RESULT_FIELD = 7,
    RESULT_RETRYABLE = 8,
    RESULT_HTTP_STATUS = 9,
    RESULT_TRACKING_ID = 10,
    RESULT_CHANGED = 12,
    RESULT_FIELDS = 14
};

/* Copies the first fields of a row of len bytes, each truncated to size bytes,
 * one after another into fields; count: how many have room. Returns the number
 * of fields that were there, at most count. */
unsigned result_field_read(const char *text, size_t len, char *fields,
                           size_t size, unsigned count);

#endif
