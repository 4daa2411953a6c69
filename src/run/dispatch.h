/*
 * Decides which call is sent when, and passes each response to its task.
 *
 * A user's task is in a slot of the transport, or it waits for a time or for
 * its turn. A request is sent when a slot is free, the rate limiter admits it,
 * the token is valid and the circuit of its kind of call is closed. Token calls
 * come first, then tasks that have waited, then new users. If it is unknown
 * whether the service or the users that wait are at fault, they take turns with
 * new users, or else with a probe: a GetUser of a user who works.
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

/* What a dispatch calls when it is done with a task. Both functions own the
 * task and its group from then on, even if they fail. */
struct dispatch_handler {
    /* The task has its outcome. */
    int (*done)(void *context, struct user_task *task, struct error *error);
    /* The task ends without an outcome, because the run stops. why: the reason,
     * if this task found it; else NULL. */
    int (*released)(void *context, struct user_task *task,
                    const struct error *why, struct error *error);
};

/* Borrowed. log may be NULL. */
struct dispatch_setup {
    const struct platform *platform;
    const struct options *options;
    const struct credentials *credentials;
    struct log *log;
    struct tally *tally; /* its calls and retries are counted */
    const struct dispatch_handler *handler;
    void *context;
};

/* ERROR_USAGE, ERROR_LOCAL. */
struct dispatch *dispatch_new(const struct dispatch_setup *setup,
                              struct error *error);

/* No task may be left: see dispatch_abandon(). */
void dispatch_free(struct dispatch *dispatch);

/* Set as soon as they are known: where intents are recorded, and this run's own
 * writes. */
void dispatch_set_recovery(struct dispatch *dispatch,
                           struct recovery *recovery);
void dispatch_set_own_writes(struct dispatch *dispatch,
                             struct own_writes *own_writes);

/* A row of INPUT was read, and has its result from an earlier run, or not: its
 * user may be fetched as a probe, to find out whether the service works. */
void dispatch_note_row(struct dispatch *dispatch, const char *key, bool done);

/* No more users will be started: if the updates of those that are left fail for
 * --give-up, their rows fail instead of the run. */
void dispatch_end_input(struct dispatch *dispatch);

/* Sends what waits for its turn. The run stops for ERROR_SIGN_IN and for
 * ERROR_STOPPED (no call, or no update, has succeeded for --give-up).
 * ERROR_LOCAL. */
int dispatch_turn(struct dispatch *dispatch, struct error *error);

/* May a new user start now? */
bool dispatch_has_room(const struct dispatch *dispatch);

/* Starts a group, if there is room. The dispatch owns it until it calls the
 * handler. */
int dispatch_begin(struct dispatch *dispatch, struct group *group,
                   struct error *error);

/* Writes the journal, then waits at most so many milliseconds for connections
 * and descriptors, and passes the responses to their tasks. */
int dispatch_wait(struct dispatch *dispatch, struct pollfd *fds, unsigned count,
                  int milliseconds, struct error *error);

/* The number of users with a call in flight. */
unsigned dispatch_in_flight(const struct dispatch *dispatch);

/* Are all started users done, and is no token call in flight, whose response
 * may contain a new refresh token? */
bool dispatch_is_idle(const struct dispatch *dispatch);

/* The file that another process has locked, so that no access token can be
 * requested; NULL: none. */
const char *dispatch_waits_for(const struct dispatch *dispatch);

/* The run stops: users in flight finish, without retries; tasks that wait are
 * released. */
int dispatch_drain(struct dispatch *dispatch, struct error *error);

/* Abandons all calls in flight and releases all tasks. */
void dispatch_abandon(struct dispatch *dispatch);

#endif
