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
    column_mask named; /* columns that have a cell in any of the rows */
    struct merge_cell cells[COLUMN_MAX]; /* set for these columns only */
};

void merge_init(struct merge *merge, const struct row *rows);

/* Is the cell's text the same as the user's value? NULL, "" and the column's
 * `empty` all mean: no value. Longs are compared as numbers, times as instants.
 * Words of a value set, GUIDs and country codes are compared without regard to
 * case, everything else byte by byte. */
bool merge_is_same(const struct column *column, const char *value,
                   const char *text);

/* The same, but texts may also differ in letter case and in invisible
 * characters. */
bool merge_is_alike(const struct column *column, const char *value,
                    const char *text);

/* The guard columns in which any of the rows differs from the user. */
column_mask merge_failed_guards(const struct service *service,
                                const struct user *user,
                                const struct row *rows);

/* The columns in which any of the rows expects a value that the user does not
 * have. As the rows of a group are one update, a row may also expect what an
 * earlier row sets; and nothing is expected of a column that has the row's
 * value, or the group's, already. */
column_mask merge_failed_expectations(const struct merge *merge,
                                      const struct service *service,
                                      const struct user *user,
                                      const struct row *rows);

/* Does any of the rows have a guard, or an expected value? */
bool merge_is_guarded(const struct service *service, const struct row *rows);

/* Which columns merge_differences() returns. */
enum merge_what {
    MERGE_CHANGES,  /* those that an update must set: they differ from the user,
                       or are write-only and can't be compared */
    MERGE_VISIBLE,  /* those that an update must set and that can be compared */
    MERGE_DISTINCT, /* the visible changes that differ by more than a service
                       may have normalized: see normalized_is_same() */
    MERGE_DRIFT,    /* the visible changes, and guards that differ */
    MERGE_LOOSE     /* of these, those that differ by more than letter case and
                       invisible characters */
};

/* Compares the merged cells with the user. */
column_mask merge_differences(const struct merge *merge,
                              const struct service *service,
                              const struct user *user, enum merge_what what);

/* The columns that MERGE_DRIFT compares. */
column_mask merge_compared(const struct merge *merge,
                           const struct service *service);

/* Of these columns, those whose merged cell differs from the user only as a
 * service may have normalized it. */
column_mask merge_respelled(const struct merge *merge,
                            const struct service *service,
                            const struct user *user, column_mask columns);

/* A hash of the values that all users of one person share. */
uint64_t merge_hash_shared(const struct service *service,
                           const struct user *user);

/* Sets the columns of the user to the merged cells; all of them must be named
 * by the rows. -1 without memory. */
int merge_apply(const struct merge *merge, const struct service *service,
                struct user *user, column_mask columns);

#endif
