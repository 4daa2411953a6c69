/*
 * Cells whose values are refused unless the user already has them. Pure.
 */
#ifndef USER_DOUBTS_H
#define USER_DOUBTS_H

#include <stdbool.h>

#include "service/row.h"
#include "service/service.h"

/* Compares a value of the user with a cell: merge_is_same() or
 * merge_is_alike(). */
typedef bool doubts_compare_fn(const struct column *column, const char *value,
                               const char *text);

/* Does the user have the doubtful values of all these rows? */
bool doubts_hold(const struct row *rows, const struct service *service,
                 const struct user *user, doubts_compare_fn *compare);

/* Moves the rows of the group with a doubtful value that the user does not have
 * to group->refused, and sets their `why`. */
void doubts_settle(struct group *group, const struct service *service,
                   const struct user *user, doubts_compare_fn *compare);

#endif
