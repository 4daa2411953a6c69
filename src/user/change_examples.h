/*
 * The old and new values of the first rows that change a column, for the report
 * (--report-values). Fixed memory; pure.
 *
 * Passwords, what lets somebody sign in, and what the service never returns are
 * not kept.
 */
#ifndef USER_CHANGE_EXAMPLES_H
#define USER_CHANGE_EXAMPLES_H

#include <stdbool.h>
#include <stdint.h>

#include "user/task_result.h"

#define CHANGE_EXAMPLES      3   /* rows of a column */
#define CHANGE_EXAMPLES_ID   128 /* bytes */
#define CHANGE_EXAMPLES_TEXT 504 /* bytes: more than are displayed */

/* A value, truncated. */
struct change_value {
    bool exists;
    char text[CHANGE_EXAMPLES_TEXT];
};

struct change_example {
    uint64_t number; /* of the row */
    char id[CHANGE_EXAMPLES_ID];
    struct change_value before; /* Drift: of the service */
    struct change_value after;  /* Drift: of the row */
};

/* Filled with zeros: there are none. */
struct change_examples {
    unsigned counts[COLUMN_MAX];
    struct change_example rows[COLUMN_MAX][CHANGE_EXAMPLES]; /* by number,
                                                                ascending */
};

/* To be called before the columns of the user are set for an update: records
 * the values of those that change_examples_add() may keep, in result->before.
 * examples may be NULL. -1 as buffer_append(). */
int change_examples_note(const struct change_examples *examples,
                         const struct service *service,
                         struct task_result *result, column_mask columns);

/* Keeps what a task that is done has changed, would change, or found to differ.
 */
void change_examples_add(struct change_examples *examples,
                         const struct service *service,
                         const struct task_result *result);

#endif
