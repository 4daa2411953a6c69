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
    const char **earlier;          /* values that the last update replaced, as
                                      redact_copy_values() copies them */
    struct api_error update_error; /* why the last update failed */
    int64_t update_end;   /* when its call ended; -1: in an earlier run */
    bool outcome_unknown; /* the last update may have been applied */
    bool repeated;   /* the last update was certainly not applied, and is sent
                        again unchanged */
    int64_t fetched; /* when the user was last fetched */
    int64_t max_age; /* milliseconds since then, after which guards that have
                        no stamps are compared again before the update */
    bool unsent;     /* no copy of the last update was sent: it was built, and
                        its guards must be compared again */
    unsigned later_reads; /* since then, because a read was not conclusive */
    int64_t stale_since;  /* when the first stale read came; -1: none did */
    bool settled;         /* the user was fetched when no read could be stale */
    struct failure_summary failures;
    struct retry_counts counts;
    bool update_final; /* it was clear then that it is not sent again */
    struct {
        bool fails;         /* this task's calls, since its last success */
        uint64_t successes; /* of all tasks, when that began */
        uint64_t failed;    /* circuit_breaker_failures() after the last one */
        bool works; /* when this one was sent, another one had been sent after
                       that, and succeeded */
    } calls[CIRCUIT_CALLS];
    uint64_t sent_after; /* circuit_breaker_failures() when the call was sent */
    unsigned merges;     /* new merges because of a stale version */
    unsigned ambiguous;  /* updates whose error means either a refused value or
                            too many calls at once */
};

/* Is the last update so old that it will no longer be applied, and that no read
 * is older? */
bool task_progress_is_settled(const struct task_progress *progress,
                              int64_t now);

/* The task has built a request; state: TASK_FETCHING or TASK_UPDATING. */
enum task_step task_step_send(struct user_task *task, enum task_state state);

/* The task waits for `delay` milliseconds, then builds the request of the state
 * `resume`: TASK_FETCHING or TASK_UPDATING. */
enum task_step task_step_wait(struct user_task *task, enum task_state resume,
                              int64_t delay);

/* Fetches the user again because what was read may be too old: once soon, then
 * when task_environment.settle is over since that time. */
enum task_step task_step_read_later(struct user_task *task, int64_t since,
                                    int64_t now);

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
