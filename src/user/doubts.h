/*
 * Cells whose values are refused unless the user already has them. Pure.
 */
#ifndef USER_DOUBTS_H
#define USER_DOUBTS_H

#include <stdbool.h>

#include "service/row.h"
#include "service/service.h"

/* Does the user have the doubtful values of all these rows? */
bool doubts_hold(const struct row *rows, const struct service *service,
                 const struct user *user);

/* Moves the rows of the group with a doubtful value that the user does not have
 * to group->refused, and sets their `why`. */
void doubts_settle(struct group *group, const struct service *service,
                   const struct user *user);

#endif
