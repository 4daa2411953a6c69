/*
 * The circuit breaker: stops calls while the service as a whole fails, so that
 * no row fails because of an outage.
 *
 * Each retry takes one from the retry budget, and each success returns one.
 * While only single rows fail, the budget stays nearly full.
 *
 *   closed     Calls are sent as usual. A retry that finds the budget empty
 *              opens the circuit breaker.
 *   open       No call is sent until a pause is over. The first probe is sent
 *              without a pause.
 *   half-open  One call at a time is sent, as a probe. If it succeeds, the
 *              circuit breaker closes. If it fails, the circuit breaker opens
 *              again, and the next pause is longer.
 *
 * A success is any proper response of the service, also one that refuses a row.
 * All times are milliseconds of a monotonic clock.
 */
#ifndef USER_CIRCUIT_BREAKER_H
#define USER_CIRCUIT_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"

/* Each kind of call can fail while the others succeed. If the service is
 * read-only for a while, for example, all updates fail. */
enum circuit_call { CIRCUIT_GET, CIRCUIT_UPDATE, CIRCUIT_TOKEN, CIRCUIT_CALLS };

/* The times of the first and last failure of one kind of call since its last
 * success. */
struct circuit_streak {
    int64_t first; /* -1: no failure */
    int64_t last;
};

struct circuit_breaker {
    const struct random *random; /* borrowed */
    int64_t give_up;
    unsigned budget; /* retries that are left */
    unsigned full_budget;
    bool closed;        /* else open until next_probe, then half-open */
    int64_t next_probe; /* no probe is sent earlier */
    unsigned failed_probes;
    struct circuit_streak streaks[CIRCUIT_CALLS];
    uint64_t successes; /* of users' calls, in the whole run */
};

/* concurrency: the maximum of calls in flight; the budget grows with it.
 * give_up: --give-up. random: for the pauses between probes. */
void circuit_breaker_init(struct circuit_breaker *breaker, unsigned concurrency,
                          int64_t give_up, const struct random *random);

void circuit_breaker_success(struct circuit_breaker *breaker,
                             enum circuit_call call);
void circuit_breaker_failure(struct circuit_breaker *breaker,
                             enum circuit_call call, int64_t now);

/* A failed call will be repeated: takes one from the retry budget, or opens the
 * circuit breaker if the budget is empty. */
void circuit_breaker_take_retry(struct circuit_breaker *breaker);

/* False: it is open or half-open. */
bool circuit_breaker_is_closed(const struct circuit_breaker *breaker);

/* Milliseconds until the next call may be sent, if so many calls are in flight.
 * -1: not before one of these has its response. */
int64_t circuit_breaker_wait(const struct circuit_breaker *breaker,
                             unsigned in_flight, int64_t now);

/* Has every call of one kind failed for give_up or longer? The time before
 * paused_until does not count: the service had asked for a pause. */
bool circuit_breaker_should_give_up(const struct circuit_breaker *breaker,
                                    int64_t paused_until, int64_t now);

#endif
