/*
 * The private part of a user task, and how a step of it ends: each function
 * changes the task's state and returns what the task needs next. No other code
 * changes the state.
 */
#ifndef USER_TASK_STEP_H
#define USER_TASK_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "service/api_error.h"
#include "user/circuit_breaker.h"
#include "user/failure_summary.h"
#include "user/task.h"

/* What the next response to GetUser decides. */
enum task_question {
    ASK_WHAT_CHANGES, /* which columns to update: it is the first fetch, or the
                         update had a stale version */
    ASK_WHO_WROTE, /* whether the update had a stale version: its error may also
                      mean a refused value */
    ASK_IF_APPLIED /* whether the update was applied: its outcome is unknown */
};

struct task_progress {
    const struct task_environment *environment;
    const struct service *service; /* the environment's */
    enum task_state resume; /* TASK_WAITING: what follows, TASK_FETCHING or
                               TASK_UPDATING */
    enum task_question question;
    uint64_t sent_shared; /* hash of the shared values in the last update */
    struct api_error update_error; /* why the last update failed */
    bool outcome_unknown; /* an update of this task may have been applied */
    bool repeated; /* the last update was refused, and is sent once more as it
                      is */
    struct failure_summary failures;
    struct retry_counts counts;
    struct retry_counts update_counts; /* when the last update failed */
    struct {
        bool fails;         /* this task's calls, since its last success */
        uint64_t successes; /* of all tasks, when that began */
    } calls[CIRCUIT_CALLS];
    unsigned merges;    /* how often a stale version made a new merge necessary
                         */
    unsigned ambiguous; /* updates refused either for a value or because of too
                           many calls at once */
};

/* The task has a request to send; state: TASK_FETCHING or TASK_UPDATING. */
enum task_step task_step_send(struct user_task *task, enum task_state state);

/* The task waits, and then resumes with that state's request. delay:
 * milliseconds. */
enum task_step task_step_wait(struct user_task *task, enum task_state resume,
                              int64_t delay);

enum task_step task_step_finish(struct user_task *task, enum status status);

/* The rows fail because of an error that this program found. */
enum task_step task_step_fail(struct user_task *task, const char *name,
                              const char *text);

/* The run can't continue, because of outcome.last. The rows get an outcome in
 * case that no later run processes them. */
enum task_step task_step_stop(struct user_task *task);

/* Likewise: out of memory. */
enum task_step task_step_stop_memory(struct user_task *task);

#endif
