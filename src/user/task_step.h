/*
 * The internal data of a user task, and its transitions: each function changes
 * the task's state and returns what the task needs next. No other code changes
 * the state.
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
    ASK_WHAT_CHANGES, /* Which columns must be updated? After TASK_QUEUED, or
                         after an update with a stale version. */
    ASK_WHO_WROTE, /* Did others modify the user before the update? The update's
                      error means either that or a refused value. */
    ASK_IF_APPLIED /* Was the update applied? Its outcome is unknown. */
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
    bool repeated; /* the last update was certainly not applied, and is sent
                      again unchanged */
    struct failure_summary failures;
    struct retry_counts counts;
    struct retry_counts update_counts; /* when the last update failed */
    struct {
        bool fails;         /* this task's calls, since its last success */
        uint64_t successes; /* of all tasks, when that began */
    } calls[CIRCUIT_CALLS];
    unsigned merges;    /* new merges because of a stale version */
    unsigned ambiguous; /* updates whose error means either a refused value or
                           too many calls at once */
};

/* The task has built a request; state: TASK_FETCHING or TASK_UPDATING. */
enum task_step task_step_send(struct user_task *task, enum task_state state);

/* The task waits for `delay` milliseconds, then builds the request of the state
 * `resume`: TASK_FETCHING or TASK_UPDATING. */
enum task_step task_step_wait(struct user_task *task, enum task_state resume,
                              int64_t delay);

enum task_step task_step_finish(struct user_task *task, enum status status);

/* The rows fail because of an error that this program found. */
enum task_step task_step_fail(struct user_task *task, const char *name,
                              const char *text);

/* The run can't continue, because of outcome.last. The outcome is Unknown if an
 * update may have been applied, else Failed; see TASK_STOP. */
enum task_step task_step_stop(struct user_task *task);

/* The same, for lack of memory. */
enum task_step task_step_stop_memory(struct user_task *task);

#endif
