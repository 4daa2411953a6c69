/*
 * Decimal numbers in a text.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdint.h>

/* Parses an integer: an optional '-', then digits, nothing else. -1 if it is
 * not one or does not fit into 64 bits. */
int number_parse_long(const char *text, int64_t *value);

#endif
