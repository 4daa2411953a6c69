/*
 * A row of an undo file or of a plan, which is an input file: the user, and for
 * each column its new value and the value that it expects. Pure.
 */
#ifndef OUTPUT_CHANGE_ROW_H
#define OUTPUT_CHANGE_ROW_H

#include <stdbool.h>

#include "base/buffer.h"
#include "service/service.h"

struct change_row_setup {
    const struct service *service;
    const char *clear_token;
    const char *tenant; /* of users whose key has none; NULL: unknown */
};

/* NULL and "": there is no value. */
struct change {
    struct change *next;
    unsigned column; /* of the service */
    const char *value;
    const char *expected;
};

/* The index of the column with this name; column_count: there is none. */
unsigned change_column(const struct service *service, const char *name);

/* The change of a column in a list; NULL: there is none. */
struct change *change_find(struct change *changes, unsigned column);

/* Can a row set the value, and expect the other one? */
bool change_can_be_cells(const struct change_row_setup *setup,
                         const struct change *change);

/* Each appends one line, without its end, or text to it. -1 as buffer_append().
 */

/* The names of the user's columns, and NAME,Expect.NAME for each of these
 * columns that can be expected. */
int change_row_put_header(struct buffer *buffer,
                          const struct change_row_setup *setup,
                          column_mask columns);

/* The cells of a user with this key. A change that cannot be cells is left
 * out. */
int change_row_put(struct buffer *buffer, const struct change_row_setup *setup,
                   column_mask columns, const char *key,
                   struct change *changes);

#endif
