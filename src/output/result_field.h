/*
 * Reads the fields of a result row, as format_row() writes it, and says whether
 * the row may succeed later. Pure.
 */
#ifndef OUTPUT_RESULT_FIELD_H
#define OUTPUT_RESULT_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "user/outcome.h"

/* The ErrorName of a row that would overwrite a later row of its user. */
#define RESULT_SUPERSEDED "Superseded"

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

/* Does --retry-failed try such a row again? It does if the row is Unknown,
 * NotAttempted, or Failed and retryable, unless it is superseded. name: its
 * ErrorName; may be "" */
bool result_field_is_retried(enum status status, bool retryable,
                             const char *name);

#endif
