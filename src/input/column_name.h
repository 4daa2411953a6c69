/*
 * Names in the header of INPUT: how they are compared with the columns of a
 * service, and how messages show them. Pure.
 */
#ifndef INPUT_COLUMN_NAME_H
#define INPUT_COLUMN_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/shell_quote.h"
#include "service/service.h"

/* A piece of text without the invisible characters around it. */
struct column_name {
    const char *text; /* valid UTF-8, borrowed */
    size_t len;
};

struct column_name column_name_trim(const char *text, size_t len);

/* Is it this name? Letter case and invisible characters around do not matter.
 */
bool column_name_is(struct column_name name, const char *text);

/* The service's column with this short name or path (UserId means the key);
 * service->column_count: there is none. */
unsigned column_name_find(const struct service *service,
                          struct column_name name);

/* Is it the name of an expected value, Expect.COLUMN? Then *column is the name
 * after the prefix. */
bool column_name_is_expected(struct column_name name,
                             struct column_name *column);

/* The column of that name that a file may have; NULL: there is none. */
const struct column *column_name_allowed(const struct service *service,
                                         struct column_name name);

/* The most similar name of a column that a file may have; NULL: none is
 * similar. */
const char *column_name_suggest(const struct service *service,
                                const char *name);

#define COLUMN_NAME_SHOWN 64 /* a longer name is truncated */

/* The name for messages: its invisible characters are U+XXXX. Returns shown. */
const char *column_name_show(char shown[COLUMN_NAME_SHOWN],
                             struct column_name name);

/* Copies the name without its invisible characters, except spaces; truncated.
 * Returns whether any were left out. */
bool column_name_strip(char stripped[COLUMN_NAME_SHOWN],
                       struct column_name name);

#define COLUMN_NAME_QUOTED SHELL_QUOTE_SIZE(2 * COLUMN_NAME_SHOWN)

/* Writes the name as an argument of a command, or NAME=TO if there is a TO. If
 * the name is too long or has invisible characters, the text is "...", since a
 * part of a name would be another one. Returns quoted. */
const char *column_name_quote(char quoted[COLUMN_NAME_QUOTED],
                              struct column_name name, const char *to);

#endif
