#include "user/doubts.h"

static const struct cell *find_cell(const struct row *row, unsigned column)
{
    const struct cell *cell = row->cells;

    while (cell->column != column)
        cell++;
    return cell;
}

/* Why the row is refused; NULL: it is not. */
static const struct doubt *find_refusal(const struct row *row,
                                        const struct service *service,
                                        const struct user *user,
                                        doubts_compare_fn *compare)
{
    for (const struct doubt *doubt = row->doubts; doubt; doubt = doubt->next) {
        if (!compare(&service->columns[doubt->column],
                     service->user_value(user, doubt->column),
                     find_cell(row, doubt->column)->text))
            return doubt;
    }
    return NULL;
}

bool doubts_hold(const struct row *rows, const struct service *service,
                 const struct user *user, doubts_compare_fn *compare)
{
    for (; rows; rows = rows->next) {
        if (find_refusal(rows, service, user, compare))
            return false;
    }
    return true;
}

void doubts_settle(struct group *group, const struct service *service,
                   const struct user *user, doubts_compare_fn *compare)
{
    struct row **from = &group->rows;
    struct row **to = &group->refused;

    while (*from) {
        struct row *row = *from;

        row->why = find_refusal(row, service, user, compare);
        if (!row->why) {
            from = &row->next;
            continue;
        }
        *from = row->next;
        while (*to && (*to)->sequence < row->sequence)
            to = &(*to)->next;
        row->next = *to;
        *to = row;
        to = &row->next;
    }
}
