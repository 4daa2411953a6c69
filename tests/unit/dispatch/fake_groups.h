/*
 * For tests of the dispatch: the groups of its tasks, which are made without a
 * grouper.
 */
#ifndef FAKE_GROUPS_H
#define FAKE_GROUPS_H

#include "dispatch/dispatch.h"
#include "unit.h"

/* Starts a group of one row, whose number this is. */
static inline void fake_begin(struct dispatch *dispatch, unsigned number,
                              const char *key, const char *cells)
{
    struct group *group = calloc(1, sizeof(*group));
    struct error error;

    assert_non_null(group);
    group->rows = make_row(number, key, cells);
    group->key = group->rows->key;
    if (dispatch_begin(dispatch, group, &error))
        fail_msg("%s", error.text);
}

/* Frees a task that has ended, and its group. */
static inline void fake_end_task(struct user_task *task)
{
    struct group *group = task->result.group;

    user_task_free(task);
    row_free_all(group->rows);
    free(group);
}

#endif
