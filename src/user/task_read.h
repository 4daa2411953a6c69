/*
 * What a user task does in a mode that only reads, when it has the user.
 */
#ifndef USER_TASK_READ_H
#define USER_TASK_READ_H

#include "user/task.h"

/* --export: finishes the task. */
enum task_step task_read_export(struct user_task *task);

/* --reconcile: compares the rows with the user, and finishes the task. */
enum task_step task_read_compare(struct user_task *task);

#endif
