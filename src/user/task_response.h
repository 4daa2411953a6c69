/*
 * Reads the responses to the calls of a user task.
 */
#ifndef USER_TASK_RESPONSE_H
#define USER_TASK_RESPONSE_H

#include "user/task.h"

/* Reads the response to GetUser. The user that it shows replaces the task's
 * one; -1: there is none, and outcome.last is its error. */
int task_response_read_user(struct user_task *task,
                            const struct http_response *response);

/* Reads the response to UpdateUser; sets outcome.last to its error, or to none.
 * A success that does not show the update is an error, too. If it shows the
 * user as the service has normalized it, that one replaces the task's. */
void task_response_read_update(struct user_task *task,
                               const struct http_response *response,
                               struct updated *updated);

/* Notes which of the columns the user has in another spelling than the rows. */
void task_response_note_spelling(struct user_task *task,
                                 const struct user *user, column_mask columns);

/* Reads a page of a list into the group's. -1: the error is in
 * result.outcome.last. */
int task_response_read_list(struct user_task *task,
                            const struct http_response *response);

#endif
