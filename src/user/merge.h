/*
 * What the rows of one user mean for it: which cell wins, which guard fails,
 * what changes. Pure: no calls, no clock, no output.
 */
#ifndef USER_MERGE_H
#define USER_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "service/column.h"
#include "service/row.h"
#include "service/service.h"

/* The cell that a group has for a column; a later row's goes before. */
struct merge_cell {
    const char *text; /* NULL: clear */
    const struct row *row;
};

/* Borrows the rows. */
struct merge {
    column_mask named; /* the columns that the rows speak of */
    struct merge_cell cells[COLUMN_MAX];
};

void merge_init(struct merge *merge, const struct row *rows);

/* Is the text what the user has? Null, absent and empty are the same; longs
 * are compared as numbers, times as instants, words of a value set and country
 * codes without letter case, all else by code point. A text
 * of NULL asks for empty. */
bool merge_is_same(const struct column *column, const char *held,
                   const char *text);

/* The guard columns in which any of the rows differs from the user. */
column_mask merge_failed_guards(const struct service *service,
                                const struct user *user,
                                const struct row *rows);

/* What columns of a merge are looked for. */
enum merge_what {
    MERGE_CHANGES, /* what an update must set: what differs from the user, and
                      what can't be compared */
    MERGE_LACKS,   /* of it, what is seen to differ */
    MERGE_DRIFT    /* the same, and guards that differ */
};

column_mask merge_differences(const struct merge *merge,
                              const struct service *service,
                              const struct user *user, enum merge_what what);

/* A hash of the values that all users of a person share. */
uint64_t merge_hash_shared(const struct service *service,
                           const struct user *user);

/* Puts the cells of the columns into the user. -1 without memory. */
int merge_apply(const struct merge *merge, const struct service *service,
                struct user *user, column_mask columns);

#endif
