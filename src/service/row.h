/*
 * One data row of the input, reduced to what its update needs.
 */
#ifndef SERVICE_ROW_H
#define SERVICE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One cell that says something: empty cells are left out. */
struct cell {
    const char *text; /* checked and in the service's spelling; NULL: clear */
    unsigned column;  /* index in the service's table of columns */
};

struct sent;

/* One allocation holds the row, its cells and all their text (a word of a
 * value set is the table's own). The columns that make the key are no cells;
 * the others come in the order of the service's table, each once. */
struct row {
    struct row *next;        /* in its group, in the input's order */
    uint64_t number;         /* data rows count from 1 */
    uint64_t sequence;       /* place among the result rows, from 0 */
    const char *id;          /* as given */
    const char *key;         /* the same for every spelling of the same Id */
    size_t size;             /* bytes of memory, for the window's bound */
    const struct sent *sent; /* the update of an earlier run, whose outcome is
                                open, that this row was part of; or NULL */
    bool secret;             /* a cell holds one: wiped before it is freed */
    unsigned count;
    struct cell cells[];
};

/* Rows of one user that are sent as one update. */
struct group {
    struct row *rows; /* in the input's order, at least one */
    const char *key;  /* of the user; the first row's */

    /* The grouper's own. */
    struct row *last;
    struct group *next;      /* opened later, or ready later */
    struct group *later;     /* of the same user, to be sent after this one */
    struct group *latest;    /* of a user's groups; kept in the first one */
    struct group *next_user; /* in the hash table's chain */
    uint64_t hash;
    bool closed; /* takes no more rows */
};

void row_free(struct row *row);

/* Frees a whole list of rows. */
void row_free_all(struct row *rows);

#endif
