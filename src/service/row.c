#include "service/row.h"

#include <stdlib.h>

#include "base/buffer.h"

void row_free(struct row *row)
{
    struct doubt *next;

    if (!row)
        return;
    for (struct doubt *doubt = row->doubts; doubt; doubt = next) {
        next = doubt->next;
        free(doubt);
    }
    if (row->secret)
        memory_wipe(row, row->allocated);
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
