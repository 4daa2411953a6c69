#include "row.h"

#include <stdlib.h>

void row_free(struct row *row)
{
    free(row);
}

void row_free_all(struct row *rows)
{
    struct row *next;

    for (; rows; rows = next) {
        next = rows->next;
        row_free(rows);
    }
}
