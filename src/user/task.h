/*
 * A user task: one user on the way from a group of rows to its outcome. This is
 * what the task's users need to know of it; user_task.h has its functions.
 */
#ifndef USER_TASK_H
#define USER_TASK_H

#include <stdint.h>

#include "base/mode.h"
#include "service/service.h"
#include "user/retry.h"
#include "user/task_result.h"

struct circuit_breaker;
struct own_writes;

/* What all tasks of a run share; borrowed. */
struct task_environment {
    const struct call_context *context; /* of GetUser and UpdateUser */
    struct circuit_breaker *breaker;    /* is notified of each call's result */
    struct own_writes *own_writes;      /* updates of this run; NULL: they are
                                           not recorded */
    enum mode mode;
    struct retry_limits limits; /* of one group's calls */
    const char *clear_token; /* a cell that clears: an exported value must not
                                be equal to it */
};

enum task_state {
    TASK_QUEUED,   /* new: its first request is not built yet */
    TASK_FETCHING, /* waits for the response to GetUser, in a slot */
    TASK_UPDATING, /* waits for the response to UpdateUser, in a slot */
    TASK_WAITING,  /* has no slot; user_task_resume() builds its next request */
    TASK_DONE      /* its outcome is final */
};

/* What a task needs next. */
enum task_step {
    TASK_SEND,   /* send the request that was built */
    TASK_WAIT,   /* free the slot; call user_task_resume() after `delay` */
    TASK_FINISH, /* nothing: the outcome is final */
    TASK_STOP    /* the run can't continue, because of outcome.last. The outcome
                    is reported only if no later run can find a better one */
};

/* Belongs to the dispatcher, which schedules the calls of all tasks. */
struct task_schedule {
    struct user_task *next; /* in the queue */
    int64_t wake;           /* milliseconds of a monotonic clock */
    unsigned token;         /* number of the access token of the last call */
};

struct task_progress;

/* Only the task itself changes it, except its schedule. */
struct user_task {
    struct task_result result;
    enum task_state state;
    enum task_state last_call; /* TASK_FETCHING or TASK_UPDATING: the one whose
                                  response came last */
    int64_t delay;             /* of TASK_WAIT, in milliseconds */
    struct sent sent; /* the last update; if there was none, it changes no
                         column */
    uint64_t shared;  /* hash of the user's shared values */
    struct task_progress *progress; /* private, see task_step.h */
    struct task_schedule schedule;
};

#endif
