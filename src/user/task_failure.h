/*
 * What follows for a user task from a call that failed: another call, a wait,
 * or a final failure.
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

/* Passes the result of the last call to the circuit breaker, and adds a failure
 * to the task's failures. To be called after every call. */
void task_failure_note_call(struct user_task *task, int64_t now);

/* Is the last GetUser, or the last UpdateUser, which failed, made again? */
enum retry_verdict task_failure_decide(const struct user_task *task,
                                       enum circuit_call call);

/* GetUser failed. */
enum task_step task_failure_of_get(struct user_task *task,
                                   const struct http_response *response,
                                   int64_t now);

/* UpdateUser failed. */
enum task_step task_failure_of_update(struct user_task *task,
                                      const struct http_response *response,
                                      int64_t now);

/* The error of the last call is final. */
enum task_step task_failure_finish(struct user_task *task, enum status status,
                                   int64_t now);

/* The error of the last update is final: nothing was changed. */
enum task_step task_failure_finish_update(struct user_task *task, int64_t now);

#endif
