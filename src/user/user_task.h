/*
 * The state machine of one user: from a group of rows to their outcome.
 *
 * It uses neither sockets nor a clock. It builds a request, takes the response,
 * and returns what it needs next.
 *
 * now: milliseconds of a monotonic clock.
 */
#ifndef USER_USER_TASK_H
#define USER_USER_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/http.h"
#include "user/task.h"

/* Creates a task for a group. It borrows both arguments, which must outlive it.
 * NULL without memory. */
struct user_task *user_task_new(const struct task_environment *environment,
                                struct group *group);

/* NULL does nothing. */
void user_task_free(struct user_task *task);

/* Builds the first request. *request must be empty. */
enum task_step user_task_start(struct user_task *task,
                               struct http_request *request);

/* Ends TASK_WAITING: builds the next request. *request must be empty. It is a
 * GetUser instead of an UpdateUser if the guards must be compared again first.
 */
enum task_step user_task_resume(struct user_task *task,
                                struct http_request *request, int64_t now);

/* Is the next request of a task that waits an UpdateUser? If so, it can become
 * a GetUser when the task resumes. */
bool user_task_resumes_with_update(const struct user_task *task);

/* To be called if a built request can't be sent now. The task waits, and
 * user_task_resume() builds the request again. */
void user_task_defer(struct user_task *task);

/* Takes the response to the last request. If it returns TASK_SEND, the next
 * request was built in *request, which must be empty before. outcome.last is
 * the result of this call, or the final error of a task that is done. */
enum task_step user_task_take_response(struct user_task *task,
                                       const struct http_response *response,
                                       struct http_request *request,
                                       int64_t now);

/* How often the service refused the token of the task's calls, since one of
 * them succeeded. */
unsigned user_task_refusals(const struct user_task *task);

/* To be called instead of waiting, if the run must stop because of the last
 * call: no other token can be had, or the configuration is wrong. Returns
 * TASK_STOP. */
enum task_step user_task_stop(struct user_task *task);

/* To be called after TASK_STOP, or if the run ends before the task is done, if
 * no later run can verify its update. Returns true if an update may have been
 * applied: then the rows are Unknown. Else returns false, and the rows have no
 * outcome. */
bool user_task_abandon(struct user_task *task);

#endif
