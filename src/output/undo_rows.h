/*
 * The rows of an undo file, made of the records of undo_record.h.
 *
 * A run can send several updates of a user. They become one row: the oldest
 * value of each column, and the value after the last update of this column. An
 * update that was certainly not applied does not count. If it is unknown
 * whether an update was applied that sets a column again, it has a row of its
 * own, before that of the earlier updates.
 *
 * Memory is bounded: records are taken in blocks, and a row describes what one
 * block has of its user. The last block comes first, and in it the user who was
 * updated last, so that the rows of a user, and those of users who share
 * values, undo the newest updates first.
 */
#ifndef OUTPUT_UNDO_ROWS_H
#define OUTPUT_UNDO_ROWS_H

#include "base/buffer.h"
#include "output/undo_text.h"

enum undo_record_type {
    UNDO_UPDATE = 'u',  /* is about to be sent */
    UNDO_AGAIN = 'U',   /* the same; an earlier update of this group was not
                           applied */
    UNDO_APPLIED = 'a', /* the outcome of a group's last update */
    UNDO_NOT_APPLIED = 'n'
};

struct undo_rows;

/* The setup is borrowed. NULL without memory. */
struct undo_rows *undo_rows_new(const struct undo_text_setup *setup);

/* NULL does nothing. */
void undo_rows_free(struct undo_rows *rows);

/* The first pass: notes the columns of all updates. */
void undo_rows_note(struct undo_rows *rows, char type, const char *text,
                    size_t len);

/* Appends the header. -1 as buffer_append(). */
int undo_rows_put_header(const struct undo_rows *rows, struct buffer *buffer);

/* Takes a record of a block, in the order of the run. -1 without memory. */
int undo_rows_take(struct undo_rows *rows, char type, const char *text,
                   size_t len);

/* Ends a block. Calls put for each row; context is its own. Returns the number
 * of users, or -1 if put returned -1 or there is no memory. */
long undo_rows_end_block(struct undo_rows *rows,
                         int (*put)(void *context, const char *text,
                                    size_t len),
                         void *context);

#endif
