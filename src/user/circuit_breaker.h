/*
 * The circuit breaker: stops calls while the service as a whole fails, so that
 * no row fails because of an outage.
 *
 * Each retry takes one from the retry budget, and each success returns one.
 * While only single rows fail, the budget stays nearly full.
 *
 *   closed     Calls leave as usual. A retry that finds the budget empty opens
 *              the circuit breaker.
 *   open       No call leaves until a pause is over. There is none before the
 *              first probe.
 *   half-open  One call at a time leaves, as a probe. If it succeeds, the
 *              circuit breaker closes. If it fails, the circuit breaker is open
 *              again, and the next pause is longer.
 *
 * A success is any proper response of the service, also one that refuses a row.
 * All times are milliseconds of a monotonic clock, which is passed in.
 */
#ifndef USER_CIRCUIT_BREAKER_H
#define USER_CIRCUIT_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"

/* Each kind can fail while the others work: all updates fail, for example, if
 * the service is read-only for a while. */
enum circuit_call { CIRCUIT_GET, CIRCUIT_UPDATE, CIRCUIT_TOKEN, CIRCUIT_CALLS };

/* The failures of one kind of call since its last success. */
struct circuit_streak {
    int64_t first; /* when; -1: there is none */
    int64_t last;
};

struct circuit_breaker {
    const struct random *random; /* borrowed */
    int64_t give_up;
    unsigned budget; /* retries that are left */
    unsigned full_budget;
    bool closed;        /* else open until next_probe, then half-open */
    int64_t next_probe; /* not before */
    unsigned failed_probes;
    struct circuit_streak streaks[CIRCUIT_CALLS];
    uint64_t successes; /* of users' calls, in the whole run */
};

/* random: for the pauses between probes. */
void circuit_breaker_init(struct circuit_breaker *breaker, unsigned concurrency,
                          int64_t give_up, const struct random *random);

void circuit_breaker_success(struct circuit_breaker *breaker,
                             enum circuit_call call);
void circuit_breaker_failure(struct circuit_breaker *breaker,
                             enum circuit_call call, int64_t now);

/* A failed call will be made again: takes one from the retry budget. */
void circuit_breaker_take_retry(struct circuit_breaker *breaker);

/* False: it is open or half-open. */
bool circuit_breaker_is_closed(const struct circuit_breaker *breaker);

/* Milliseconds until the next call may leave, if so many are in flight. -1: not
 * before one of these has its response. */
int64_t circuit_breaker_wait(const struct circuit_breaker *breaker,
                             unsigned in_flight, int64_t now);

/* Has no call of a failing kind succeeded for so long that the run gives up?
 * Time until paused_until, in which the service asked for a pause, does not
 * count. */
bool circuit_breaker_should_give_up(const struct circuit_breaker *breaker,
                                    int64_t paused_until, int64_t now);

#endif
