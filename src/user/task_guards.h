/*
 * The guards of a user task: the user that was fetched must match the guard
 * columns of the rows, or nothing is sent.
 */
#ifndef USER_TASK_GUARDS_H
#define USER_TASK_GUARDS_H

#include <stdbool.h>

#include "user/doubts.h"
#include "user/task.h"

/* Do all guards match the user, and the expected values? A guard on
 * LastModifiedTime also matches if only this run has modified the user's person
 * since; then outcome.own_write is set. Sets outcome.field to the first column
 * that does not match, or NULL. */
bool task_guards_match(struct user_task *task);

/* Do only guards or expected values detect that others modified the user while
 * an update waits to be sent? With stamps, the service detects it. */
bool task_guards_alone(const struct user_task *task);

/* Finishes a task whose guards do not match: as Conflict, or as Unknown if an
 * update may have been applied. */
enum task_step task_guards_finish(struct user_task *task);

/* Rejects the rows with a doubtful value that the user does not have. False if
 * none is left: then the task is done. */
bool task_guards_keep_rows(struct user_task *task, doubts_compare_fn *compare);

#endif
