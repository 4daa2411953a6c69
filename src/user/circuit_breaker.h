/*
 * The circuit breaker: stops calls while the service as a whole fails, so that
 * no row fails because of an outage.
 *
 * GetUser and UpdateUser have a circuit each, as one can fail while the other
 * works: if the service is read-only for a while, all updates fail.
 *
 * Each retry takes one from the retry budget of its circuit, and each success
 * returns one. While only single rows fail, the budget stays nearly full.
 *
 *   closed     Calls are sent as usual. A retry that finds the budget empty
 *              opens the circuit.
 *   open       No call is sent until a pause is over. The first probe is sent
 *              without a pause.
 *   half-open  One call at a time is sent, as a probe. If it succeeds, the
 *              circuit closes. If it fails, the circuit opens again, and the
 *              next pause is longer.
 *
 * A success is any proper response of the service, also one that refuses a row;
 * an unexpected response is none. All times are milliseconds of a monotonic
 * clock.
 */
#ifndef USER_CIRCUIT_BREAKER_H
#define USER_CIRCUIT_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"

/* Token calls are never stopped; only their failures are counted, since tokens
 * are issued by another server than the service's. */
enum circuit_call { CIRCUIT_GET, CIRCUIT_UPDATE, CIRCUIT_TOKEN, CIRCUIT_CALLS };

struct circuit {
    unsigned budget;    /* retries that are left */
    bool closed;        /* else open until next_probe, then half-open */
    int64_t next_probe; /* not before */
    unsigned failed_probes;
    uint64_t successes; /* in the whole run */
    uint64_t passed;    /* the failures when the last call that succeeded was
                           sent */
    int64_t failing;    /* when its failures since the last success began; -1:
                           there are none */
    int64_t failed;     /* when the last one was */
    uint64_t reads;     /* successes of GetUser when they began */
    bool given_up;      /* its failures are final */
};

struct circuit_breaker {
    const struct random *random; /* borrowed */
    int64_t give_up;
    unsigned full_budget;
    bool proof_wanted;
    uint64_t failures; /* of all calls so far */
    int64_t pause_end; /* of the pauses that were left out so far */
    struct circuit circuits[CIRCUIT_CALLS];
};

/* concurrency: the maximum of calls in flight; the budget grows with it.
 * give_up: --give-up. random: for the pauses between probes. */
void circuit_breaker_init(struct circuit_breaker *breaker, unsigned concurrency,
                          int64_t give_up, const struct random *random);

/* failures: circuit_breaker_failures() when the call was sent. */
void circuit_breaker_success(struct circuit_breaker *breaker,
                             enum circuit_call call, uint64_t failures);
void circuit_breaker_failure(struct circuit_breaker *breaker,
                             enum circuit_call call, int64_t now);

/* A failed call will be made again: takes one from the retry budget. */
void circuit_breaker_take_retry(struct circuit_breaker *breaker,
                                enum circuit_call call);

/* How many calls of this kind have succeeded in the run. */
uint64_t circuit_breaker_successes(const struct circuit_breaker *breaker,
                                   enum circuit_call call);

/* How many calls of all kinds have failed so far. */
uint64_t circuit_breaker_failures(const struct circuit_breaker *breaker);

/* Has a call of this kind succeeded that was sent after so many failures? One
 * that was on its way then may have passed just before an outage. */
bool circuit_breaker_passed(const struct circuit_breaker *breaker,
                            enum circuit_call call, uint64_t failures);

/* False: it is open or half-open. */
bool circuit_breaker_is_closed(const struct circuit_breaker *breaker,
                               enum circuit_call call);

/* Milliseconds until the next call of this kind may leave, if so many of it are
 * in flight. -1: not before one of these has its response. */
int64_t circuit_breaker_wait(const struct circuit_breaker *breaker,
                             enum circuit_call call, unsigned in_flight,
                             int64_t now);

/* ---- is it the row, or the service? ---- */

/* A row's calls fail, and no other call has succeeded since: a GetUser of
 * another user must find out whether the service works. */
void circuit_breaker_want_proof(struct circuit_breaker *breaker);

/* Is that so, or is the circuit of GetUser open? */
bool circuit_breaker_wants_proof(const struct circuit_breaker *breaker);

/* Such a GetUser is sent. */
void circuit_breaker_begin_proof(struct circuit_breaker *breaker);

/* The kind of call that has failed without a success for so long that the run
 * gives up; CIRCUIT_CALLS: none. Time in which the service asked for a pause,
 * which ends or ended at paused_until, does not count. in_flight has bit
 * 1U << call for each kind that has a call in flight: such a call may pass, so
 * it is waited for. */
enum circuit_call circuit_breaker_should_give_up(
    struct circuit_breaker *breaker, unsigned in_flight, int64_t paused_until,
    int64_t now);

/* When the run gives up if the calls of this kind keep failing; 0: the last one
 * succeeded, or they are given up. */
int64_t circuit_breaker_give_up_time(const struct circuit_breaker *breaker,
                                     enum circuit_call call);

/* Do users' GetUser calls succeed while their updates fail? */
bool circuit_breaker_only_updates_fail(const struct circuit_breaker *breaker);

/* Gives up the updates alone: the circuit closes, and each failure is final
 * until an update succeeds. */
void circuit_breaker_give_up_updates(struct circuit_breaker *breaker);
bool circuit_breaker_has_given_up(const struct circuit_breaker *breaker,
                                  enum circuit_call call);

#endif
