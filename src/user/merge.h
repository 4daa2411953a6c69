/*
 * Merges the rows of one user: which cell is used for a column, which guards
 * fail, and what changes. Pure.
 */
#ifndef USER_MERGE_H
#define USER_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "service/column.h"
#include "service/row.h"
#include "service/service.h"

/* The cell of a group for a column. A later row's cell replaces an earlier one.
 */
struct merge_cell {
    const char *text; /* NULL: clear the value */
    const struct row *row;
};

/* Borrows the rows. */
struct merge {
    column_mask named; /* the columns of the rows' cells */
    struct merge_cell cells[COLUMN_MAX];
};

void merge_init(struct merge *merge, const struct row *rows);

/* Is the cell's text the same as the user's value? NULL means no value in both.
 * Null, absent and empty are the same. Longs are compared as numbers, times as
 * instants; words of a value set, GUIDs and country codes without regard to
 * case; everything else by code point. */
bool merge_is_same(const struct column *column, const char *value,
                   const char *text);

/* The guard columns in which any of the rows differs from the user. */
column_mask merge_failed_guards(const struct service *service,
                                const struct user *user,
                                const struct row *rows);

/* Which columns to look for. */
enum merge_what {
    MERGE_CHANGES,  /* those that an update must set: they differ from the user,
                       or are write-only and can't be compared */
    MERGE_DISTINCT, /* of these, those that differ by more than a service may
                       have normalized: see normalized_is_same() */
    MERGE_DRIFT     /* the visible changes, and guards that differ */
};

column_mask merge_differences(const struct merge *merge,
                              const struct service *service,
                              const struct user *user, enum merge_what what);

/* A hash of the values that all users of one person share. */
uint64_t merge_hash_shared(const struct service *service,
                           const struct user *user);

/* Sets the columns of the user to the merged cells. Returns -1 if there is no
 * memory. */
int merge_apply(const struct merge *merge, const struct service *service,
                struct user *user, column_mask columns);

#endif
