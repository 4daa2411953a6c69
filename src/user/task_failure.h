/*
 * What a user task does after a failed call: another call, or a final failure.
 *
 * outcome.last is the error of the call. now: milliseconds of a monotonic
 * clock.
 */
#ifndef USER_TASK_FAILURE_H
#define USER_TASK_FAILURE_H

#include <stdint.h>

#include "base/http.h"
#include "service/api_error.h"
#include "user/circuit_breaker.h"
#include "user/retry.h"
#include "user/task.h"

/* Passes the result of the last call to the circuit breaker. If the call may be
 * repeated, also counts it as a failure of the task. To be called after every
 * call. */
void task_failure_note_call(struct user_task *task, int64_t now);

/* GetUser failed. */
enum task_step task_failure_of_get(struct user_task *task,
                                   const struct http_response *response,
                                   int64_t now);

/* UpdateUser failed. */
enum task_step task_failure_of_update(struct user_task *task,
                                      const struct http_response *response,
                                      int64_t now);

/* Finishes the task with that status and the error of the last call. */
enum task_step task_failure_finish(struct user_task *task, enum status status,
                                   int64_t now);

/* Finishes the task with the error of the last update, which was not applied.
 */
enum task_step task_failure_finish_update(struct user_task *task, int64_t now);

#endif
