/*
 * Checks the value of a cell, and converts it to the service's spelling.
 *
 * No message repeats a value: cells contain names, phone numbers and addresses
 * of people, and messages appear in results and logs.
 */
#ifndef INPUT_VALUE_H
#define INPUT_VALUE_H

#include <stddef.h>

#include "base/error.h"
#include "base/guid.h"
#include "service/column.h"
#include "service/service.h"

/* Checks a value that is not empty: len bytes, followed by a NUL.
 *
 * *value becomes a constant for booleans and value sets, NULL if the value is
 * the column's `empty`, else a text that is written to *room. *room must have
 * space for len + 1 bytes, and is moved past the text. -1 with ERROR_VALUE:
 * InvalidNumber, InvalidBoolean, InvalidTime, InvalidGuid, InvalidBase64,
 * InvalidValue, ValueTooLong or ValueTooShort. */
int value_parse(const struct column *column, const char *text, size_t len,
                char **room, const char **value, struct error *error);

/* Can a request of the service contain the value, which may be NULL? -1 with
 * InvalidValue. */
int value_check_carried(const struct service *service,
                        const struct column *column, const char *value,
                        struct error *error);

/* Is the text a GUID? -1 with InvalidGuid, or InvalidId for the column of the
 * Id. */
int value_check_guid(const struct column *column, const char *text,
                     struct error *error);

/* Copies a GUID in lowercase. */
void value_copy_guid(char copy[GUID_SIZE], const char *guid);

/* Checks an Id, which may be empty. Returns its plain form: a number without
 * leading zeros, as a pointer into text; or a GUID in lowercase, in room. NULL
 * with InvalidId if it is not a whole number from 1 to 2^63 - 1, or not a GUID.
 */
const char *value_parse_id(const struct column *column, const char *text,
                           char room[GUID_SIZE], struct error *error);

#endif
