/*
 * What a run records of each user's update, so that it can be undone: the
 * values before it, and those after it. What a dry run records of each user's
 * changes, for a plan. Pure.
 *
 * A record is a list of texts, each with a NUL: the sequence of the group's
 * first row, the user's key, and for each column its name and its values. A
 * value is "+TEXT", or "-" if there is none. Values that cannot be undone (of
 * passwords, and what the service never returns) are not recorded.
 */
#ifndef USER_UNDO_RECORD_H
#define USER_UNDO_RECORD_H

#include "base/buffer.h"
#include "user/task_result.h"

/* Appends the beginning of a record: it has no columns. -1 as buffer_append().
 */
int undo_record_put_user(struct buffer *record, uint64_t sequence,
                         const char *key);

/* Appends the record of an update of these columns that is about to be sent:
 * the user's present values, and those of the rows. -1 as buffer_append(). */
int undo_record_put_update(struct buffer *record, const struct service *service,
                           const struct task_result *result,
                           column_mask columns);

/* Appends the record of an update's outcome: the values that the user has after
 * it; columns: 0 if it was not applied. -1 as buffer_append(). */
int undo_record_put_outcome(struct buffer *record,
                            const struct service *service,
                            const struct task_result *result,
                            column_mask columns);

/* Reads the next text of a record, and moves *text past it. NULL at the end. */
const char *undo_record_next(const char **text, const char *end);

/* Reads the next value; NULL: there is none. */
const char *undo_record_next_value(const char **text, const char *end);

#endif
