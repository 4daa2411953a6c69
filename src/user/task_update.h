/*
 * The update of a user task: what it carries, and what is recorded of it. The
 * request is built by user_task.c.
 */
#ifndef USER_TASK_UPDATE_H
#define USER_TASK_UPDATE_H

#include "user/task.h"

/* Prepares the update of the columns in outcome.changed, which differ from the
 * user that was fetched. Fills in task->sent; records the values before in
 * task->undo and as examples, and the update as an own write; then sets the
 * columns of the user. -1 without memory. */
int task_update_prepare(struct user_task *task);

/* Sets the columns in sent.changed of the user, which was fetched again since,
 * for the same update. Keeps the values before for redaction: the service may
 * still report them. -1 without memory. */
int task_update_apply(struct user_task *task);

/* Records that the last update, which set the shared values to task->shared, is
 * an own write. time: when it was applied; "": it is about to be sent. */
void task_update_note(struct user_task *task, const char *time);

#endif
