/*
 * The state of a dispatch, and the functions that its files share: one file for
 * each kind of call, one for its setup, and one for what responses say about
 * the health of the service.
 */
#ifndef DISPATCH_DISPATCH_STATE_H
#define DISPATCH_DISPATCH_STATE_H

#include "cli/budget_url.h"
#include "dispatch/call_log.h"
#include "dispatch/dispatch.h"
#include "dispatch/probe.h"
#include "dispatch/secret_watch.h"
#include "dispatch/timer_heap.h"
#include "net/auth.h"
#include "net/rate_limiter.h"
#include "net/shared_budget.h"
#include "net/transport.h"
#include "user/circuit_breaker.h"
#include "user/replaced_stamps.h"

/* Users that may wait besides those in flight. If there are more, no new user
 * starts, so that a service that fails many users does not use up the memory.
 */
#define MAX_WAITING 1024

/* Tasks in order, linked by their schedule. */
struct task_queue {
    struct user_task *first;
    struct user_task *last;
};

/* What responses say about the reasons why the run may wait. */
struct wait_state {
    bool succeeded;   /* a call of a user has, perhaps in an earlier part of the
                         run */
    bool granted;     /* a token call has succeeded */
    bool reached;     /* a call of a user may have reached the service */
    bool unreachable; /* the last call of a user found no connection */
    bool token_unreachable; /* the same of token calls */
    int64_t throttled; /* since when no call was accepted, in milliseconds; 0:
                          the last one was */
    unsigned earlier;  /* calls in flight that were sent before that */
    char connection_failure[160];
    char token_failure[CALL_LOG_FAILURE_SIZE]; /* "": the last call succeeded */
    char throttle_failure[65];
};

/* The budget that is shared with other runs (--budget). */
struct dispatch_budget {
    struct shared_budget *shared; /* NULL: none */
    char process[17];
    char where[URL_HOST_SIZE + 16]; /* HOST:PORT of the store */
};

struct dispatch {
    struct dispatch_setup setup;
    const struct options *options;
    struct recovery *recovery;
    struct undo *undo;
    struct plan *plan;
    struct call_context context;
    struct secret_watch secrets;
    struct task_environment environment;
    struct replaced_stamps *replaced;
    struct transport *transport;
    struct transfer *token_call; /* in flight; NULL: none */
    struct auth *auth;
    struct rate_limiter *limiter;
    struct dispatch_budget budget;
    struct circuit_breaker breaker;
    struct timer_heap timers;               /* tasks that wait for a time */
    struct task_queue ready[CIRCUIT_TOKEN]; /* tasks that wait for their turn */
    unsigned users;                         /* started and not finished */
    unsigned throttled_users;               /* of them, in their last call */
    unsigned calls[CIRCUIT_TOKEN];          /* in flight, probes included */
    struct probe probe;
    struct transfer *probe_call; /* in flight; NULL: none */
    unsigned probe_token;        /* the number of its token */
    uint64_t probe_failures; /* circuit_breaker_failures() when it was sent */
    unsigned refused_probes; /* whose token was refused */
    unsigned other_probes;   /* with another response, since the last refusal of
                                a user */
    /* The last user of a task whose token was refused; "": none since then. */
    char refused[SERVICE_KEY_SIZE];
    bool others_turn; /* new users and probes are sent instead of the tasks
                         that wait */
    bool input_ended; /* no more users will be started */
    bool draining;
    unsigned queued[CIRCUIT_TOKEN]; /* calls that dispatch_wait() sends next */
    struct wait_state waits;
    int64_t now;                               /* microseconds */
    struct error last_failures[CIRCUIT_CALLS]; /* of the kind that the run stops
                                                  with if such failures last */
};

static inline int64_t dispatch_now_ms(const struct dispatch *dispatch)
{
    return dispatch->now / 1000;
}

/* The number of calls in flight, except token calls. */
static inline unsigned dispatch_calls(const struct dispatch *dispatch)
{
    return dispatch->calls[CIRCUIT_GET] + dispatch->calls[CIRCUIT_UPDATE];
}

/* ---- user_call.c ---- */

/* May a call of that kind be sent now? */
bool dispatch_may_send(const struct dispatch *dispatch, enum circuit_call call);

/* May the call of a user's task be sent now? If the token is in doubt, one call
 * at a time is sent. */
bool dispatch_may_send_task(const struct dispatch *dispatch,
                            enum circuit_call call);

/* ---- turns.c: whose turn it is to be sent ---- */

/* The tasks that wait may all be at fault themselves. So while a circuit is
 * open, or a proof is wanted, they take turns with others. */
void turns_take(struct dispatch *dispatch);

/* May tasks that wait to make such a call be sent, or is it the turn of others?
 */
bool turns_of_ready(const struct dispatch *dispatch, enum circuit_call call);

/* Is a new user the next to be sent, before all tasks that wait? */
bool turns_of_new(const struct dispatch *dispatch);

/* Milliseconds until the dispatch has something to do, at most so many. */
int turns_wait(const struct dispatch *dispatch, int milliseconds);

/* ---- dispatch_setup.c ---- */

/* Sets the headers of all calls to that server. Those of the service contain
 * the access token and change with it. */
int dispatch_set_headers(struct dispatch *dispatch, enum http_target target,
                         struct error *error);

/* Reads a secret again whose file another program may have replaced; read is
 * NULL if it is not in a file. Its label is the variable if it is a value. */
struct token_source dispatch_file_source(const struct credentials *credentials,
                                         enum credentials_secret secret,
                                         const char *variable);

/* ---- dispatch_budget.c ---- */

int dispatch_budget_open(struct dispatch *dispatch, struct error *error);

/* See shared_budget_turn(). Also shares stops of all calls. */
int dispatch_budget_turn(struct dispatch *dispatch, struct error *error);

/* Milliseconds until the next turn of the budget; -1: there is no budget. */
int64_t dispatch_budget_wait(const struct dispatch *dispatch);

/* As transport_wait(), and waits for the store of the budget. */
int dispatch_budget_transport_wait(struct dispatch *dispatch,
                                   struct pollfd *fds, unsigned count,
                                   int milliseconds, struct error *error);

/* Fills in WAITING_STORE and WAITING_BUDGET. */
void dispatch_budget_find_waits(const struct dispatch *dispatch,
                                struct waiting_fact facts[WAITING_REASONS]);

/* ---- token_call.c ---- */

/* Reads secrets again that were replaced; refused: the service has refused a
 * call whose token has this number; 0: none was. */
int token_call_read_secrets(struct dispatch *dispatch, unsigned refused,
                            struct error *error);

/* Sends a token call if one is due. */
int token_call_start(struct dispatch *dispatch, struct error *error);

/* Milliseconds until a token call can be sent; -1: none is due, or one is in
 * flight. */
int64_t token_call_wait(const struct dispatch *dispatch);

/* Takes the response to the token call, and releases its slot. */
int token_call_take_response(struct dispatch *dispatch,
                             struct transfer *transfer, struct error *error);

/* ---- probe_call.c ---- */

/* Sends a probe if a user is known for it and a call may be sent. */
int probe_call_start(struct dispatch *dispatch, struct error *error);

/* If all refused calls are those of one tenant, sends a probe of a user of
 * another tenant if possible: only this tenant may be limited. */
int probe_call_ask_other_tenant(struct dispatch *dispatch, struct error *error);

/* Takes the response to the probe, and releases its slot. ERROR_LOCAL if there
 * was no memory for it. */
int probe_call_take_response(struct dispatch *dispatch,
                             struct transfer *transfer, struct error *error);

/* Is the access token in doubt, so that probes must be sent before all other
 * calls? */
bool probe_call_is_urgent(const struct dispatch *dispatch);

/* Were probes refused because of the access token? True if none is possible. */
bool probe_call_refuses_all(const struct dispatch *dispatch);

/* A call was accepted or throttled, or there is another token: earlier probes
 * prove nothing. */
void probe_call_forget(struct dispatch *dispatch);

/* ---- dispatch_waits.c ---- */

/* A call of a user has ended. */
void dispatch_waits_learn(struct dispatch *dispatch,
                          const struct api_error *api_error);

/* A call of a user has ended with this response. */
void dispatch_waits_note_response(struct dispatch *dispatch,
                                  const struct http_response *response);

/* Does the first response show a mistake of the configuration, which waiting
 * does not correct? -1 if so, before any call has succeeded: ERROR_USAGE if a
 * certificate is not trusted or the proxy requires a sign-in, ERROR_SIGN_IN if
 * there is no token endpoint. */
int dispatch_waits_check_start(const struct dispatch *dispatch,
                               enum http_target target,
                               const struct http_response *response,
                               struct error *error);

/* A token call was granted (name NULL), or has failed. */
void dispatch_waits_learn_token(struct dispatch *dispatch, const char *name,
                                const char *text);

/* ---- health.c ---- */

/* A call has ended that was sent at that time, in microseconds. */
void health_note_latency(struct dispatch *dispatch, enum circuit_call call,
                         int64_t sent);

/* A call has failed or not, and the circuit breaker knows: adapts the rate
 * limiter and the sign-in. whose: the user. token: the number of its access
 * token. retry_after: milliseconds; -1: none. */
void health_learn(struct dispatch *dispatch, enum circuit_call call,
                  const char *whose, unsigned token,
                  const struct limited_call *limited, int64_t retry_after,
                  const struct api_error *api_error);

/* The user of a call and their tenant, for the rate limiter. */
struct call_owner dispatch_owner_of(const char *key);

/* The operation of the rate limiter. */
static inline enum limit_operation operation_of(enum circuit_call call)
{
    return call == CIRCUIT_GET ? LIMIT_GET : LIMIT_UPDATE;
}

/* Stores a failure of somebody, for the message with which the run stops. */
void health_note_failure(struct dispatch *dispatch, enum circuit_call call,
                         enum error_kind kind, const char *whose,
                         const char *name, const char *text);

/* A set of the circuits that are open, and logs what has changed since. */
unsigned health_open_circuits(const struct dispatch *dispatch);
void health_log_circuits(struct dispatch *dispatch, unsigned before);

/* Has no call succeeded for too long? ERROR_STOPPED, ERROR_SIGN_IN. */
int health_check(struct dispatch *dispatch, struct error *error);

#endif
