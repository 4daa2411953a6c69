/*
 * The state of a dispatch, which dispatch.c, dispatch_setup.c and token_call.c
 * share.
 */
#ifndef RUN_DISPATCH_STATE_H
#define RUN_DISPATCH_STATE_H

#include "net/auth.h"
#include "net/rate_limiter.h"
#include "net/transport.h"
#include "run/call_log.h"
#include "run/dispatch.h"
#include "run/timer_heap.h"
#include "user/circuit_breaker.h"

/* Users that may wait besides those in flight. If there are more, no new user
 * starts, so that a service that fails many users does not use up the memory.
 */
#define MAX_WAITING 1024

struct dispatch {
    struct dispatch_setup setup;
    const struct options *options;
    struct recovery *recovery;
    struct call_context context;
    struct task_environment environment;
    struct transport *transport;
    struct transfer *token_call; /* in flight; NULL: none */
    struct auth *auth;
    struct rate_limiter *limiter;
    struct circuit_breaker breaker;
    struct timer_heap timers; /* tasks that wait for a time */
    struct user_task *ready;  /* tasks that wait for their turn, in order */
    struct user_task *ready_last;
    unsigned users;     /* started and not finished */
    unsigned in_flight; /* of them, with a call in flight */
    unsigned slots;     /* calls at once that the service accepts */
    unsigned accepted;  /* calls since slots was changed */
    bool draining;
    int64_t now; /* microseconds */
    char last_failure[CALL_LOG_FAILURE_SIZE];
};

static inline int64_t dispatch_now_ms(const struct dispatch *dispatch)
{
    return dispatch->now / 1000;
}

/* ---- dispatch_setup.c ---- */

/* Sets the headers of all calls to that server. Those of the service contain
 * the access token and change with it. */
int dispatch_set_headers(struct dispatch *dispatch, enum http_target target,
                         struct error *error);

/* ---- token_call.c ---- */

/* Sends a token call if one is due. */
int token_call_start(struct dispatch *dispatch, struct error *error);

/* Milliseconds until a token call can be sent; -1: none is due, or one is in
 * flight. limiter: those until the rate limiter admits a call. */
int64_t token_call_wait(const struct dispatch *dispatch, int64_t limiter);

/* Takes the response to the token call, and releases its slot. */
int token_call_take_response(struct dispatch *dispatch,
                             struct transfer *transfer, struct error *error);

#endif
