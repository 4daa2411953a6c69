#include "service/row.h"

#include <stdlib.h>

#include "base/buffer.h"

void row_free(struct row *row)
{
    if (row && row->secret)
        memory_wipe(row, row->size);
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
