/*
 * Rows to groups of one user.
 *
 * A row joins its user's open group where fewer than `window` rows lie between
 * it and the group's first row; so what is grouped depends on the input alone
 * and never on how fast the service answers. A group closes when its window is
 * full, when the input has ended, or when the rows held go beyond the bound of
 * bytes (the oldest groups close first). Rows that an earlier run has sent as
 * one update make a group of their own. Groups of one user are given out one
 * after the other: the next only when the one before is done.
 *
 * Memory: the rows of one window, at the most max_bytes of them, those of the
 * groups given out, and those that wait behind such a one of their user. The
 * caller bounds the last two: it adds rows only when grouper_take() has nothing
 * to give, and looks at grouper_bytes().
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

/* Frees what was not given out as well. */
void grouper_free(struct grouper *grouper);

/* Takes a row (and owns it). -1 without memory: the row is still the
 * caller's. */
int grouper_add(struct grouper *grouper, struct row *row);

/* A row of the input was read that is not added (it was refused): windows are
 * counted in rows of the input. */
void grouper_skip(struct grouper *grouper, uint64_t number);

/* Closes all groups that are open: the input has ended, or is silent. */
void grouper_close(struct grouper *grouper);

/* A group that may be sent now, or NULL. Its user gets no other one until
 * grouper_done(). */
struct group *grouper_take(struct grouper *grouper);

/* The group's outcome is known: frees it and its rows. */
void grouper_done(struct grouper *grouper, struct group *group);

/* Bytes of all rows that are not done, those given out included. */
size_t grouper_bytes(const struct grouper *grouper);

/* Has every group been given out? (Some may still not be done.) */
bool grouper_is_empty(const struct grouper *grouper);

#endif
