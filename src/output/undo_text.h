/*
 * The text of an undo file: its header, and a row of changes that it undoes.
 * Pure.
 */
#ifndef OUTPUT_UNDO_TEXT_H
#define OUTPUT_UNDO_TEXT_H

#include "base/buffer.h"
#include "service/service.h"

struct undo_text_setup {
    const struct service *service;
    const char *clear_token;
    const char *tenant; /* of users whose key has none; NULL: unknown */
};

/* A column that an update changed. NULL: there is no value. */
struct undo_change {
    struct undo_change *next;
    unsigned column;
    const char *old;
    const char *after;
};

/* The change of that column in a list; NULL: there is none. */
struct undo_change *undo_text_find(struct undo_change *changes,
                                   unsigned column);

/* Appends the header, with these columns. -1 as buffer_append(). */
int undo_text_put_header(const struct undo_text_setup *setup,
                         column_mask columns, struct buffer *buffer);

/* Appends the row of a user that sets the old values again, and expects those
 * after the update. A change stays out that no row can undo: the old value is
 * unknown, or row_parse() would reject one of the two. _Note has the column and
 * the reason. -1 without memory. */
int undo_text_put_row(const struct undo_text_setup *setup, column_mask columns,
                      struct buffer *buffer, const char *key,
                      struct undo_change *changes);

#endif
