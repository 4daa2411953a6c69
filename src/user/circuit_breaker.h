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
enum outage_call { OUTAGE_GET, OUTAGE_UPDATE, OUTAGE_TOKEN, OUTAGE_CALLS };

/* How one kind of call has gone. */
struct outage_streak {
    int64_t since; /* first failure after the last success; -1: none */
    int64_t last;  /* failure */
};

struct outage {
    unsigned bucket;
    unsigned capacity;
    int64_t give_up; /* milliseconds */
    struct outage_streak calls[OUTAGE_CALLS];
    uint64_t successes; /* of users' calls, of the run */
    bool probing;
    unsigned probes;    /* that failed, one after the other */
    int64_t next_probe; /* not before */
    uint32_t random;    /* state of a generator: xorshift32 */
};

/* give_up: milliseconds; seed: anything. */
void outage_init(struct outage *outage, unsigned concurrency, int64_t give_up,
                 uint32_t seed);

void outage_success(struct outage *outage, enum outage_call call);
void outage_failure(struct outage *outage, enum outage_call call, int64_t now);

/* A call is to be made again because it failed: takes one from the bucket. */
void outage_take_retry(struct outage *outage);

/* Milliseconds until the next call may leave, given the calls in flight; 0:
 * now. -1: not before one of them is answered. */
int64_t outage_wait(const struct outage *outage, unsigned in_flight,
                    int64_t now);

/* To be asked when a call has failed: has no such call succeeded for so long
 * that the run gives up? Time in which the service has asked for a pause, up to
 * paused_until, does not count. */
bool outage_is_lost(const struct outage *outage, int64_t paused_until,
                    int64_t now);

/* 32 random bits; no secret depends on them. */
uint32_t outage_random(struct outage *outage);

#endif
