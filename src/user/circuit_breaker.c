#include "user/circuit_breaker.h"

#include "user/retry.h"

#define LEAST_BUCKET    100
#define BUCKET_PER_CALL 10
#define PROBES_BOUND    7   /* failures whose retry_delay() is the longest */
#define PROBE_SHORTEST  250 /* milliseconds */

/* Failures that lie farther apart than any wait are not of one outage. */
#define STREAK 180000 /* milliseconds */

void outage_init(struct outage *outage, unsigned concurrency, int64_t give_up,
                 uint32_t seed)
{
    unsigned capacity = BUCKET_PER_CALL * concurrency;

    if (capacity < LEAST_BUCKET)
        capacity = LEAST_BUCKET;
    *outage = (struct outage){
        .bucket = capacity,
        .capacity = capacity,
        .give_up = give_up,
        .random = seed ? seed : 1, /* xorshift would stay at 0 */
    };
    for (unsigned i = 0; i < OUTAGE_CALLS; i++)
        outage->calls[i].since = -1;
}

uint32_t outage_random(struct outage *outage)
{
    outage->random ^= outage->random << 13;
    outage->random ^= outage->random >> 17;
    outage->random ^= outage->random << 5;
    return outage->random;
}

void outage_success(struct outage *outage, enum outage_call call)
{
    outage->calls[call].since = -1;
    if (call == OUTAGE_TOKEN) /* of another server */
        return;
    outage->successes++;
    outage->probing = false;
    outage->probes = 0;
    if (outage->bucket < outage->capacity)
        outage->bucket++;
}

void outage_failure(struct outage *outage, enum outage_call call, int64_t now)
{
    struct outage_streak *streak = &outage->calls[call];

    if (streak->since < 0 || now - streak->last > STREAK)
        streak->since = now;
    streak->last = now;
    if (!outage->probing || call == OUTAGE_TOKEN)
        return;
    if (outage->probes < PROBES_BOUND)
        outage->probes++;
    outage->next_probe = now + PROBE_SHORTEST +
                         retry_delay(outage->probes, -1, outage_random(outage));
}

void outage_take_retry(struct outage *outage)
{
    if (outage->bucket > 0)
        outage->bucket--;
    else
        outage->probing = true;
}

int64_t outage_wait(const struct outage *outage, unsigned in_flight,
                    int64_t now)
{
    if (!outage->probing)
        return 0;
    if (in_flight > 0)
        return -1;
    return outage->next_probe > now ? outage->next_probe - now : 0;
}

bool outage_is_lost(const struct outage *outage, int64_t paused_until,
                    int64_t now)
{
    for (unsigned i = 0; i < OUTAGE_CALLS; i++) {
        const struct outage_streak *streak = &outage->calls[i];
        int64_t since = streak->since;

        if (since < 0 || streak->last < now - STREAK)
            continue;
        if (paused_until > since)
            since = paused_until;
        if (now - since >= outage->give_up)
            return true;
    }
    return false;
}
