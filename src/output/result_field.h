/*
 * Reads the fields of a result row, as format_row() writes it. Pure.
 */
#ifndef OUTPUT_RESULT_FIELD_H
#define OUTPUT_RESULT_FIELD_H

#include <stdbool.h>
#include <stddef.h>

/* Copies the next field, truncated to size bytes, and moves *at behind it.
 * Returns false if the row ends with it. */
bool result_field_take(const char **at, const char *end, char *field,
                       size_t size);

#endif
