#include "outage.h"

#include "retry.h"

#define LEAST_BUCKET    100
#define BUCKET_PER_CALL 10
#define PROBES_BOUND    7   /* failures whose retry_delay() is the longest */
#define PROBE_SHORTEST  250 /* milliseconds */

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
        .since = -1,
        .random = seed ? seed : 1, /* xorshift would stay at 0 */
    };
}

uint32_t outage_random(struct outage *outage)
{
    outage->random ^= outage->random << 13;
    outage->random ^= outage->random >> 17;
    outage->random ^= outage->random << 5;
    return outage->random;
}

void outage_success(struct outage *outage)
{
    outage->successes++;
    outage->since = -1;
    outage->probing = false;
    outage->probes = 0;
    if (outage->bucket < outage->capacity)
        outage->bucket++;
}

void outage_relieve(struct outage *outage)
{
    outage->since = -1;
}

void outage_failure(struct outage *outage, int64_t now)
{
    if (outage->since < 0)
        outage->since = now;
    if (!outage->probing)
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
    int64_t since = outage->since;

    if (since < 0)
        return false;
    if (paused_until > since)
        since = paused_until;
    return now - since >= outage->give_up;
}
