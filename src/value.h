/*
 * The check of one cell's value, and its spelling as the service has it.
 *
 * No message repeats a value: cells hold names, phones and addresses of
 * people, and messages end in results and logs.
 */
#ifndef VALUE_H
#define VALUE_H

#include <stddef.h>

#include "column.h"
#include "error.h"

/* Checks a value that is not empty; len bytes, a NUL behind them.
 *
 * *value becomes the text to use: static for booleans and value sets, else
 * made in *room, which has space for len + 1 bytes and is moved behind what
 * was used; NULL where the value is the column's word for empty. -1 with
 * ERROR_VALUE: InvalidNumber, InvalidBoolean, InvalidTime, InvalidGuid,
 * InvalidBase64, InvalidValue, ValueTooLong, ValueTooShort. */
int value_take(const struct column *column, const char *text, size_t len,
               char **room, const char **value, struct error *error);

/* Checks an Id, which may be empty here. Answers its plain decimal form (no
 * leading zeros), which is the end of text; NULL with InvalidId where it is not
 * a whole number from 1 to 2^63 - 1. */
const char *value_take_id(const struct column *column, const char *text,
                          struct error *error);

#endif
