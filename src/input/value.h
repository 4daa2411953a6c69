/*
 * The check of one cell's value, and its spelling as the service has it.
 *
 * No message repeats a value: cells hold names, phones and addresses of
 * people, and messages end in results and logs.
 */
#ifndef INPUT_VALUE_H
#define INPUT_VALUE_H

#include <stddef.h>

#include "base/error.h"
#include "base/guid.h"
#include "service/column.h"

/* Checks a value that is not empty; len bytes, a NUL behind them.
 *
 * *value becomes the text to use: static for booleans and value sets, else
 * made in *room, which has space for len + 1 bytes and is moved behind what
 * was used; NULL where the value is the column's word for empty. -1 with
 * ERROR_VALUE: InvalidNumber, InvalidBoolean, InvalidTime, InvalidGuid,
 * InvalidBase64, InvalidValue, ValueTooLong, ValueTooShort. */
int value_take(const struct column *column, const char *text, size_t len,
               char **room, const char **value, struct error *error);

/* Is it one? -1 with InvalidGuid, or InvalidId for that of a user. */
int value_check_guid(const struct column *column, const char *text,
                     struct error *error);

/* Copies a GUID in small letters. */
void value_copy_guid(char copy[GUID_SIZE], const char *guid);

/* Checks an Id, which may be empty here. Answers its plain form: of a number
 * its digits without leading zeros, which is the end of text; of a GUID its
 * small letters, in room. NULL with InvalidId where it is no whole number from
 * 1 to 2^63 - 1, or no GUID. */
const char *value_take_id(const struct column *column, const char *text,
                          char room[GUID_SIZE], struct error *error);

#endif
