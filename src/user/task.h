/*
 * A user task processes one user, from a group of rows to their outcome. This
 * header describes its data; its functions are in user_task.h.
 */
#ifndef USER_TASK_H
#define USER_TASK_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/call_owner.h"
#include "base/mode.h"
#include "service/service.h"
#include "user/circuit_breaker.h"
#include "user/retry.h"
#include "user/task_result.h"

struct change_examples;
struct circuit_breaker;
struct own_writes;
struct replaced_stamps;

/* What all tasks of a run share; borrowed. */
struct task_environment {
    const struct call_context *context; /* of GetUser and UpdateUser */
    struct circuit_breaker *breaker;    /* is notified of each call's result */
    struct own_writes *own_writes;      /* updates of this run; NULL: they are
                                           not recorded */
    struct replaced_stamps *replaced;   /* likewise */
    int64_t settle; /* milliseconds after which an update that was sent is
                       applied or never will be, and no read is older */
    enum mode mode;
    bool loose; /* MODE_RECONCILE ignores letter case and blanks */
    struct retry_limits limits; /* of one group */
    bool raw_messages;          /* values in the service's messages stay */
    bool undo;                  /* updates are recorded, to be undone */
    const struct change_examples *examples; /* NULL: none are kept */
    const char *clear_token; /* the cell that clears a value: a user that has
                                this text as a value can't be exported */
};

enum task_state {
    TASK_QUEUED,   /* new: its first request is not built yet */
    TASK_FETCHING, /* waits for the response to GetUser, in a slot */
    TASK_UPDATING, /* waits for the response to UpdateUser, in a slot */
    TASK_WAITING,  /* has no slot; user_task_resume() builds its next request */
    TASK_DONE      /* its outcome is final */
};

/* The call of TASK_FETCHING or TASK_UPDATING, and the first one of a new task.
 */
enum circuit_call task_call_in(enum task_state state);

/* What a task needs next. */
enum task_step {
    TASK_SEND,   /* send the request that was built */
    TASK_WAIT,   /* free the slot; call user_task_resume() after `delay` */
    TASK_FINISH, /* nothing: the outcome is final */
    TASK_STOP    /* the run can't continue, because of outcome.last. The outcome
                    is written only if no later run will process the rows */
};

/* Belongs to the dispatch, which schedules the calls of all tasks. */
struct task_schedule {
    struct user_task *next; /* in the queue */
    int64_t wake;           /* milliseconds of a monotonic clock */
    struct call_owner owner;
    unsigned token; /* auth_number() when the last call was sent */
    bool throttled; /* the last call was */
    bool counted;   /* as a user who was sent an update */
};

struct task_progress;

/* Only the functions of user_task.h change it, except its schedule. */
struct user_task {
    struct task_result result;
    enum task_state state;
    enum task_state last_call; /* TASK_FETCHING or TASK_UPDATING: the call that
                                  got the last response */
    int64_t delay;             /* of TASK_WAIT, in milliseconds */
    struct sent sent;   /* the last update; sent.changed is 0 without one */
    uint64_t shared;    /* merge_hash_shared() of the user; only computed if own
                           writes are recorded */
    struct buffer undo; /* undo_record.h: of an update that was built; empty:
                           there is none, or it was taken */
    bool undo_again;    /* an earlier one was taken */
    struct task_progress *progress; /* internal, see task_step.h */
    struct task_schedule schedule;
};

#endif
