/*
 * One data row of the input, reduced to what its update needs.
 */
#ifndef SERVICE_ROW_H
#define SERVICE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One cell with a value; empty cells are left out. */
struct cell {
    const char *text; /* checked and in the service's spelling; NULL: clear */
    unsigned column;  /* index in the service's table of columns */
};

struct sent;

/* The row, its cells and their texts are one allocation (a word of a value set
 * is the column's constant). Columns of the key are not among the cells; the
 * others are in the order of the service's columns, each once. */
struct row {
    struct row *next;        /* in its group, in the input's order */
    uint64_t number;         /* data rows count from 1 */
    uint64_t sequence;       /* position among the result rows, from 0 */
    const char *id;          /* as given */
    const char *key;         /* the same for every spelling of the same Id */
    size_t size;             /* bytes of memory, for the window's bound */
    const struct sent *sent; /* an update of an earlier run that included this
                                row and whose outcome is unknown; or NULL */
    bool secret;             /* a cell is a secret: wiped before it is freed */
    unsigned count;
    struct cell cells[];
};

/* Rows of one user that are sent as one update. */
struct group {
    struct row *rows; /* in the input's order, at least one */
    const char *key;  /* of the user; the first row's */
};

void row_free(struct row *row);

/* Frees a whole list of rows. */
void row_free_all(struct row *rows);

#endif
