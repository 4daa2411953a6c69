/*
 * Is the service in trouble as a whole? Then rows must not be spent on it.
 *
 * Retries come from a bucket: each takes one, each success gives one back. As
 * long as single rows fail it stays full. When it is empty the service is
 * probed: one call at a time, with growing pauses, until one succeeds.
 *
 * A success is any proper answer of the service's, also one that refuses a row.
 * The clock is passed in: milliseconds of a steady clock.
 */
#ifndef USER_CIRCUIT_BREAKER_H
#define USER_CIRCUIT_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

/* Each can fail while the others work: of a service that may only be read, say,
 * the updates. */
enum circuit_call { CIRCUIT_GET, CIRCUIT_UPDATE, CIRCUIT_TOKEN, CIRCUIT_CALLS };

/* How one kind of call has gone. */
struct circuit_streak {
    int64_t since; /* first failure after the last success; -1: none */
    int64_t last;  /* failure */
};

struct circuit_breaker {
    unsigned bucket;
    unsigned capacity;
    int64_t give_up; /* milliseconds */
    struct circuit_streak calls[CIRCUIT_CALLS];
    uint64_t successes; /* of users' calls, of the run */
    bool probing;
    unsigned probes;    /* that failed, one after the other */
    int64_t next_probe; /* not before */
    uint32_t random;    /* state of a generator: xorshift32 */
};

/* give_up: milliseconds; seed: anything. */
void circuit_breaker_init(struct circuit_breaker *breaker, unsigned concurrency,
                          int64_t give_up, uint32_t seed);

void circuit_breaker_success(struct circuit_breaker *breaker,
                             enum circuit_call call);
void circuit_breaker_failure(struct circuit_breaker *breaker,
                             enum circuit_call call, int64_t now);

/* A call is to be made again because it failed: takes one from the bucket. */
void circuit_breaker_take_retry(struct circuit_breaker *breaker);

/* Milliseconds until the next call may leave, given the calls in flight; 0:
 * now. -1: not before one of them is answered. */
int64_t circuit_breaker_wait(const struct circuit_breaker *breaker,
                             unsigned in_flight, int64_t now);

/* To be asked when a call has failed: has no such call succeeded for so long
 * that the run gives up? Time in which the service has asked for a pause, up to
 * paused_until, does not count. */
bool circuit_breaker_is_lost(const struct circuit_breaker *breaker,
                             int64_t paused_until, int64_t now);

/* 32 random bits; no secret depends on them. */
uint32_t circuit_breaker_random(struct circuit_breaker *breaker);

#endif
