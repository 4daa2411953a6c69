/*
 * Users on their way: which call leaves when, and what its answer leads to.
 *
 * A user's task is in a slot of the transport, or it waits: for a time, or for
 * its turn. A call leaves when there is a slot, the pace lets it, the access
 * token is good and the service is not in trouble; token calls go first, then
 * tasks that have waited, then new users.
 *
 * Memory: at most the tasks in flight and MAX_WAITING others.
 */
#ifndef RUN_DISPATCH_H
#define RUN_DISPATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cli/credentials.h"
#include "cli/options.h"
#include "journal/recovery.h"
#include "output/result_writer.h"
#include "run/log.h"
#include "run/platform.h"
#include "user/own_writes.h"
#include "user/user_task.h"

struct dispatch;

/* What a dispatch hands back; both take over the task and its group, also where
 * they fail. */
struct dispatch_handler {
    /* The task's outcome stands. */
    int (*done)(void *context, struct user_task *task, struct error *error);
    /* The task ends without an outcome: the run stops, or a task has found out
     * that it can't go on (why: the reason, else NULL). */
    int (*dropped)(void *context, struct user_task *task,
                   const struct error *why, struct error *error);
};

/* What all calls need; borrowed. log and written may be NULL. */
struct dispatch_setup {
    const struct platform *platform;
    const struct options *options;
    const struct credentials *credentials;
    struct log *log;
    struct tally *tally; /* calls and retries are counted up */
    const struct dispatch_handler *handler;
    void *context;
};

/* ERROR_USAGE, ERROR_LOCAL. */
struct dispatch *dispatch_new(const struct dispatch_setup *setup,
                              struct error *error);

/* No task may be left: see dispatch_cut(). */
void dispatch_free(struct dispatch *dispatch);

/* Once known: where intents go, and what this run has written. */
void dispatch_set_recovery(struct dispatch *dispatch,
                           struct recovery *recovery);
void dispatch_set_own_writes(struct dispatch *dispatch,
                             struct own_writes *own_writes);

/* Sends what waits for its turn. ERROR_SIGN_IN, ERROR_STOPPED (the service has
 * been dead for --give-up) stop the run; ERROR_LOCAL. */
int dispatch_turn(struct dispatch *dispatch, struct error *error);

/* May a new user begin now? */
bool dispatch_has_room(const struct dispatch *dispatch);

/* Begins a group where there is room. It is the dispatch's until its task is
 * handed back. */
int dispatch_begin(struct dispatch *dispatch, struct group *group,
                   struct error *error);

/* Writes the journal, then waits at most so many milliseconds for connections
 * and descriptors, and hands the answers to their tasks. */
int dispatch_wait(struct dispatch *dispatch, struct pollfd *fds, unsigned count,
                  int milliseconds, struct error *error);

/* Users whose call is in flight. */
unsigned dispatch_in_flight(const struct dispatch *dispatch);

/* Are all users handed back that have begun, and is no token call in flight,
 * whose answer may bring a new refresh token? */
bool dispatch_is_idle(const struct dispatch *dispatch);

/* The file whose lock another process holds, so that no access token can be
 * asked for; NULL: none. */
const char *dispatch_waits_for(const struct dispatch *dispatch);

/* The run stops: users in flight come to their end, without another retry; what
 * waits is dropped. */
int dispatch_drain(struct dispatch *dispatch, struct error *error);

/* Cuts off what is in flight and drops all tasks, without a call more. */
void dispatch_cut(struct dispatch *dispatch);

#endif
