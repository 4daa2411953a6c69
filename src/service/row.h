/*
 * One data row of the input, reduced to what its update needs.
 */
#ifndef SERVICE_ROW_H
#define SERVICE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One cell that is not empty. */
struct cell {
    const char *text; /* valid, in the service's spelling; NULL: clear it */
    unsigned column;  /* index in the service's table of columns */
};

/* A cell whose value is refused, unless the user already has it: a value that
 * the service returned is never refused. Its text is as in the input. */
struct doubt {
    struct doubt *next; /* in the order of the columns */
    unsigned column;
    const char *code; /* of the error; static */
    char text[];
};

struct sent;

/* One allocation contains the row, its cells and their texts (except the values
 * of a set, which are constants); each doubt has its own. The columns of the
 * key are not cells. The other columns are in the order of the service's table,
 * each at most once. */
struct row {
    struct row *next;        /* of its group, in the order of the input */
    uint64_t number;         /* data rows count from 1 */
    uint64_t sequence;       /* index of its result row, from 0 */
    const char *id;          /* as in the input */
    const char *key;         /* see struct key_parts; the same for every
                                spelling of the Id */
    size_t allocated;        /* bytes of the allocation */
    size_t size;             /* the same, with the doubts */
    struct doubt *doubts;    /* owned */
    const struct doubt *why; /* the row was refused for it after its user was
                                fetched; NULL: it was not */
    const struct sent *sent; /* the update of an earlier run that contained this
                                row, and whose outcome is unknown; or NULL */
    bool secret;             /* a cell contains a secret: the row is wiped
                                before it is freed */
    unsigned count;
    unsigned expected; /* cells after these: what the user must have before the
                          update, in columns of COLUMN_WRITE */
    struct cell cells[];
};

struct list_call;

/* Rows of one user that become one update. Rows that are refused after the user
 * was fetched take no part in it. */
struct group {
    struct row *rows;    /* in the order of the input */
    struct row *refused; /* likewise; at least one row is in one of the lists */
    const char *key;     /* the same for all rows; that of one of them */
    uint64_t first;      /* sequence of its first row, even if that was refused;
                            the same in a resumed run */
    struct list_call *list; /* a page of a list, instead of rows: the key names
                               it in messages; NULL: there are rows */
};

/* Has an earlier run sent an update of the group, whose outcome is unknown? */
static inline bool group_was_sent(const struct group *group)
{
    return group->rows && group->rows->sent;
}

/* NULL: does nothing. */
void row_free(struct row *row);

/* Frees a list of rows. */
void row_free_all(struct row *rows);

#endif
