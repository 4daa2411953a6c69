/*
 * Groups the rows of each user.
 *
 * A row joins the open group of its user if fewer than `window` rows lie
 * between it and the first row of the group. So the groups depend on the input
 * alone, never on the speed of the service. A group closes when its window is
 * full, when the input ends, or when the open groups exceed the bound of bytes
 * (the oldest closes first). Rows that an earlier run sent as one update are a
 * group of their own. Groups of one user are taken one after the other: the
 * next one only when the one before is done.
 *
 * Memory: the rows of one window, at most max_bytes of them, those of the
 * groups that were taken, and those that wait for one of them. The caller
 * bounds the last two: it adds rows only when grouper_take() returns NULL, and
 * checks grouper_bytes().
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

/* Adds a row, which the grouper owns from then on. -1 without memory: the row
 * is still the caller's. */
int grouper_add(struct grouper *grouper, struct row *row);

/* A row of the input was read that is not added, since it was refused: windows
 * count all rows of the input. */
void grouper_skip(struct grouper *grouper, uint64_t number);

/* Closes all open groups: the input has ended, or pauses. */
void grouper_close(struct grouper *grouper);

/* A group that may be sent now, or NULL. No other group of its user is taken
 * until grouper_done(). */
struct group *grouper_take(struct grouper *grouper);

/* The group's outcome is known: frees it and its rows. */
void grouper_done(struct grouper *grouper, struct group *group);

/* Bytes of all rows that are not done. */
size_t grouper_bytes(const struct grouper *grouper);

/* Were all groups taken? (Some may not be done yet.) */
bool grouper_is_empty(const struct grouper *grouper);

#endif
