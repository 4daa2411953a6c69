#include "user/circuit_breaker.h"

#include "user/retry.h"

#define LEAST_BUCKET    100
#define BUCKET_PER_CALL 10
#define PROBES_BOUND    7   /* failures whose retry_delay() is the longest */
#define PROBE_SHORTEST  250 /* milliseconds */

/* Failures that lie farther apart than any wait are not of one outage. */
#define STREAK 180000 /* milliseconds */

void circuit_breaker_init(struct circuit_breaker *breaker, unsigned concurrency,
                          int64_t give_up, uint32_t seed)
{
    unsigned capacity = BUCKET_PER_CALL * concurrency;

    if (capacity < LEAST_BUCKET)
        capacity = LEAST_BUCKET;
    *breaker = (struct circuit_breaker){
        .bucket = capacity,
        .capacity = capacity,
        .give_up = give_up,
        .random = seed ? seed : 1, /* xorshift would stay at 0 */
    };
    for (unsigned i = 0; i < CIRCUIT_CALLS; i++)
        breaker->calls[i].since = -1;
}

uint32_t circuit_breaker_random(struct circuit_breaker *breaker)
{
    breaker->random ^= breaker->random << 13;
    breaker->random ^= breaker->random >> 17;
    breaker->random ^= breaker->random << 5;
    return breaker->random;
}

void circuit_breaker_success(struct circuit_breaker *breaker,
                             enum circuit_call call)
{
    breaker->calls[call].since = -1;
    if (call == CIRCUIT_TOKEN) /* of another server */
        return;
    breaker->successes++;
    breaker->probing = false;
    breaker->probes = 0;
    if (breaker->bucket < breaker->capacity)
        breaker->bucket++;
}

void circuit_breaker_failure(struct circuit_breaker *breaker,
                             enum circuit_call call, int64_t now)
{
    struct circuit_streak *streak = &breaker->calls[call];

    if (streak->since < 0 || now - streak->last > STREAK)
        streak->since = now;
    streak->last = now;
    if (!breaker->probing || call == CIRCUIT_TOKEN)
        return;
    if (breaker->probes < PROBES_BOUND)
        breaker->probes++;
    breaker->next_probe =
        now + PROBE_SHORTEST +
        retry_delay(breaker->probes, -1, circuit_breaker_random(breaker));
}

void circuit_breaker_take_retry(struct circuit_breaker *breaker)
{
    if (breaker->bucket > 0)
        breaker->bucket--;
    else
        breaker->probing = true;
}

int64_t circuit_breaker_wait(const struct circuit_breaker *breaker,
                             unsigned in_flight, int64_t now)
{
    if (!breaker->probing)
        return 0;
    if (in_flight > 0)
        return -1;
    return breaker->next_probe > now ? breaker->next_probe - now : 0;
}

bool circuit_breaker_is_lost(const struct circuit_breaker *breaker,
                             int64_t paused_until, int64_t now)
{
    for (unsigned i = 0; i < CIRCUIT_CALLS; i++) {
        const struct circuit_streak *streak = &breaker->calls[i];
        int64_t since = streak->since;

        if (since < 0 || streak->last < now - STREAK)
            continue;
        if (paused_until > since)
            since = paused_until;
        if (now - since >= breaker->give_up)
            return true;
    }
    return false;
}
