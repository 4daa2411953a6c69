/*
 * Groups the rows of each user.
 *
 * A row is added to the open group of its user if fewer than `window` rows lie
 * between it and the first row of the group. So the groups depend on the input
 * alone, never on the speed of the service. A group is closed when its window
 * is full, when the input ends, or when the open groups exceed the bound of
 * bytes (the oldest first). Rows that an earlier run sent as one update become
 * a separate group, even if there are others between them. Groups of one user
 * are taken one after the other: the next one only when the one before is done.
 *
 * Memory: the rows of the open groups, at most max_bytes; the rows of groups
 * that were taken; and the rows of groups that wait for another group of their
 * user. The caller bounds the last two: it adds rows only when grouper_take()
 * returns NULL, and checks grouper_bytes().
 */
#ifndef INPUT_GROUPER_H
#define INPUT_GROUPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "service/row.h"

struct grouper;

/* window: at least 1. NULL without memory. */
struct grouper *grouper_new(size_t window, size_t max_bytes);

/* Frees all groups, taken or not. */
void grouper_free(struct grouper *grouper);

/* Adds a row, and takes ownership of it. -1 without memory; then the row is
 * still the caller's. */
int grouper_add(struct grouper *grouper, struct row *row);

/* To be called for a row that is read but not added, since windows count all
 * rows of the input. */
void grouper_skip(struct grouper *grouper, uint64_t number);

/* Closes all open groups: the input has ended, or pauses. */
void grouper_close(struct grouper *grouper);

/* A group that may be sent now, or NULL. No other group of its user is taken
 * until grouper_done(). */
struct group *grouper_take(struct grouper *grouper);

/* Frees the refused rows of a group that was taken. It must have others. */
void grouper_drop_refused(struct grouper *grouper, struct group *group);

/* To be called when the group's outcome is known: frees it and its rows. */
void grouper_done(struct grouper *grouper, struct group *group);

/* Bytes of all rows that are not done. */
size_t grouper_bytes(const struct grouper *grouper);

/* Would grouper_take() return NULL? Groups that were not taken wait for another
 * group of their user. */
bool grouper_is_blocked(const struct grouper *grouper);

/* Were all groups taken? Some may not be done yet. */
bool grouper_is_empty(const struct grouper *grouper);

#endif
