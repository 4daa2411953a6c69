/*
 * Decimal numbers in a text.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdint.h>

/* Parses an integer: an optional '-', then digits, nothing else. -1 if it is
 * not one or does not fit into 64 bits. */
int number_parse_long(const char *text, int64_t *value);

#define NUMBER_GROUPED_SIZE 27 /* 20 digits, 6 commas, NUL */

/* 1234567 as "1,234,567". Returns the number's first character, which may be
 * after the start of text. */
const char *number_group_digits(char text[NUMBER_GROUPED_SIZE],
                                uint64_t number);

#endif
