/*
 * The state machine of one user: from a group of rows to their outcome.
 *
 * It knows neither sockets nor the clock. It builds a request, takes the
 * response, and returns what it needs next.
 */
#ifndef USER_USER_TASK_H
#define USER_USER_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/http.h"
#include "user/task.h"

/* A task for a group. Environment and group must outlive it. NULL if there is
 * no memory. */
struct user_task *user_task_new(const struct task_environment *environment,
                                struct group *group);
void user_task_free(struct user_task *task);

/* Builds the first request, which must be empty. */
enum task_step user_task_start(struct user_task *task,
                               struct http_request *request);

/* The wait is over: builds the next request, which must be empty. */
enum task_step user_task_resume(struct user_task *task,
                                struct http_request *request);

/* Is the next request of a task that waits an UpdateUser? */
bool user_task_resumes_with_update(const struct user_task *task);

/* The request that was built can't be sent now: the task waits, and
 * user_task_resume() builds it again. */
void user_task_defer(struct user_task *task);

/* Takes the response to the last request. If another request follows, it is
 * built; it must be empty before. outcome.last.action says how the call went.
 * now: milliseconds of a monotonic clock. */
enum task_step user_task_take_response(struct user_task *task,
                                       const struct http_response *response,
                                       struct http_request *request,
                                       int64_t now);

/* The service refused the token of the last call, and there is no other one:
 * turns TASK_WAIT into TASK_STOP. */
enum task_step user_task_refuse_sign_in(struct user_task *task);

/* The run ends before the task does, and no later run will verify it. If the
 * outcome of an update is unknown, so are the rows. Returns false if no update
 * was sent: then the rows have no outcome. */
bool user_task_abandon(struct user_task *task);

#endif
