/*
 * Decides which call is sent when, and passes each response to its task.
 *
 * A user's task is in a slot of the transport, or it waits for a time or for
 * its turn. A request is sent when a slot is free, the rate limiter admits it,
 * the token is valid and the circuit of its kind of call permits it. Token
 * calls come first, then tasks that have waited, then new users. If it is
 * unknown whether the service or the users that wait are at fault, they take
 * turns with new users, or else with a probe: a GetUser of a user who works.
 *
 * Memory: at most the tasks in flight and MAX_WAITING others.
 */
#ifndef DISPATCH_DISPATCH_H
#define DISPATCH_DISPATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "changes/plan.h"
#include "changes/undo.h"
#include "cli/credentials.h"
#include "cli/options.h"
#include "dispatch/bounds.h"
#include "journal/recovery.h"
#include "output/result_writer.h"
#include "report/histogram.h"
#include "report/log.h"
#include "report/waiting.h"
#include "setup/platform.h"
#include "user/own_writes.h"
#include "user/user_task.h"

struct dispatch;

/* What a dispatch calls. done() and released() take ownership of the task and
 * its group, even if they fail. */
struct dispatch_handler {
    /* The task's group has refused rows, and the intent of its update, which
     * does not contain them, is put next. They have their outcome already, and
     * may be removed. */
    int (*put_refused)(void *context, struct user_task *task,
                       struct error *error);
    /* The task has its outcome. */
    int (*done)(void *context, struct user_task *task, struct error *error);
    /* The run stops before the task is done, or its user may not be sent an
     * update. why: the reason, if a call of this task is the reason; else NULL.
     */
    int (*released)(void *context, struct user_task *task,
                    const struct error *why, struct error *error);
};

/* All pointers are borrowed, and must outlive the dispatch. */
struct dispatch_setup {
    const struct platform *platform;
    const struct options *options;
    const struct credentials *credentials;
    struct log *log;             /* may be NULL */
    struct tally *tally;         /* its calls and retries are counted up */
    struct histogram *latencies; /* by enum circuit_call; NULL: not counted */
    const struct change_examples *examples; /* NULL: none are kept */
    struct bounds *bounds;                  /* of updates; NULL: none */
    const struct dispatch_handler *handler;
    void *context; /* of the handler */
};

/* NULL: ERROR_USAGE or ERROR_LOCAL. */
struct dispatch *dispatch_new(const struct dispatch_setup *setup,
                              struct error *error);

/* Tasks that are left are not freed: see dispatch_abandon(). NULL does nothing.
 */
void dispatch_free(struct dispatch *dispatch);

/* Set later, since they are created after the dispatch; borrowed. NULL:
 * intents, old values, planned changes or own writes are not recorded. */
void dispatch_set_recovery(struct dispatch *dispatch,
                           struct recovery *recovery);
void dispatch_set_undo(struct dispatch *dispatch, struct undo *undo);
void dispatch_set_plan(struct dispatch *dispatch, struct plan *plan);
void dispatch_set_own_writes(struct dispatch *dispatch,
                             struct own_writes *own_writes);

/* A row of INPUT was read, and has its result from an earlier run, or not: its
 * user may be fetched as a probe, to find out whether the service works. */
void dispatch_note_row(struct dispatch *dispatch, const char *key, bool done);

/* No more users will be started: if the updates of those that are left fail for
 * --give-up, their rows fail instead of the run. */
void dispatch_end_input(struct dispatch *dispatch);

/* Sends a token call if one is due, then the tasks that may be sent. -1 with
 * ERROR_SIGN_IN or ERROR_STOPPED (no call, or no update, has succeeded for
 * --give-up) if the run must stop; or with ERROR_LOCAL. */
int dispatch_turn(struct dispatch *dispatch, struct error *error);

/* May a new user start now? */
bool dispatch_has_room(const struct dispatch *dispatch);

/* Starts a task for a group; dispatch_has_room() must be true. The group must
 * exist until the handler is called with its task. -1: ERROR_LOCAL, or the
 * handler's error. */
int dispatch_begin(struct dispatch *dispatch, struct group *group,
                   struct error *error);

/* Writes journal and log. Then waits for connections and descriptors, at most
 * so many milliseconds, and passes the responses to their tasks. -1 as
 * dispatch_turn(), or with the handler's error. */
int dispatch_wait(struct dispatch *dispatch, struct pollfd *fds, unsigned count,
                  int milliseconds, struct error *error);

/* An earlier part of the run applied that update of the user with that key: a
 * read of the version that it replaced is stale. */
void dispatch_add_update(struct dispatch *dispatch, const char *key,
                         const struct sent *sent);

/* A call of an earlier part of the run has succeeded. */
void dispatch_note_success(struct dispatch *dispatch);

/* May a call of a user have reached the service? */
bool dispatch_has_reached(const struct dispatch *dispatch);

/* The calls a minute that the rate limiter admits; 0: no limit. */
unsigned dispatch_per_minute(const struct dispatch *dispatch);

/* The number of users with a call in flight. */
unsigned dispatch_in_flight(const struct dispatch *dispatch);

/* True if all started users are done and no token call is in flight, whose
 * response may contain a new refresh token. */
bool dispatch_is_idle(const struct dispatch *dispatch);

/* Why the dispatch waits: fills in all facts. Their strings are valid until the
 * next turn. */
void dispatch_find_waits(const struct dispatch *dispatch,
                         struct waiting_fact facts[WAITING_REASONS]);

/* The run stops: users in flight finish, without retries; tasks that wait are
 * released. -1 with the handler's error. */
int dispatch_drain(struct dispatch *dispatch, struct error *error);

/* Abandons all calls in flight and releases all tasks. */
void dispatch_abandon(struct dispatch *dispatch);

#endif
