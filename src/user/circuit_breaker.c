#include "user/circuit_breaker.h"

#include "base/backoff.h"

#define MIN_BUDGET      100
#define BUDGET_PER_CALL 10

/* The pause between two probes stays short enough (16 s) to notice the end of
 * an outage soon. More failed probes do not make it longer. */
#define MAX_FAILED_PROBES 7

#define MIN_PAUSE 250 /* milliseconds between two probes */

/* Failures that are farther apart than this do not belong to one outage. It is
 * longer than any pause between two probes. */
#define MAX_STREAK_GAP 180000 /* milliseconds */

void circuit_breaker_init(struct circuit_breaker *breaker, unsigned concurrency,
                          int64_t give_up, const struct random *random)
{
    unsigned budget = BUDGET_PER_CALL * concurrency;

    if (budget < MIN_BUDGET)
        budget = MIN_BUDGET;
    *breaker = (struct circuit_breaker){
        .random = random,
        .give_up = give_up,
        .budget = budget,
        .full_budget = budget,
        .closed = true,
    };
    for (unsigned i = 0; i < CIRCUIT_CALLS; i++)
        breaker->streaks[i].first = -1;
}

void circuit_breaker_success(struct circuit_breaker *breaker,
                             enum circuit_call call)
{
    breaker->streaks[call].first = -1;
    /* Tokens are issued by another server than the service's. */
    if (call == CIRCUIT_TOKEN)
        return;
    breaker->successes++;
    breaker->closed = true;
    breaker->failed_probes = 0;
    if (breaker->budget < breaker->full_budget)
        breaker->budget++;
}

static int64_t probe_pause(const struct circuit_breaker *breaker)
{
    uint32_t random = (uint32_t)random_up_to(breaker->random, UINT32_MAX);

    return MIN_PAUSE + backoff_delay(breaker->failed_probes, random);
}

void circuit_breaker_failure(struct circuit_breaker *breaker,
                             enum circuit_call call, int64_t now)
{
    struct circuit_streak *streak = &breaker->streaks[call];

    if (streak->first < 0 || now - streak->last > MAX_STREAK_GAP)
        streak->first = now;
    streak->last = now;
    if (breaker->closed || call == CIRCUIT_TOKEN)
        return;
    if (breaker->failed_probes < MAX_FAILED_PROBES)
        breaker->failed_probes++;
    breaker->next_probe = now + probe_pause(breaker);
}

void circuit_breaker_take_retry(struct circuit_breaker *breaker)
{
    if (breaker->budget > 0)
        breaker->budget--;
    else
        breaker->closed = false;
}

bool circuit_breaker_is_closed(const struct circuit_breaker *breaker)
{
    return breaker->closed;
}

int64_t circuit_breaker_wait(const struct circuit_breaker *breaker,
                             unsigned in_flight, int64_t now)
{
    if (breaker->closed)
        return 0;
    if (in_flight > 0)
        return -1;
    return breaker->next_probe > now ? breaker->next_probe - now : 0;
}

bool circuit_breaker_should_give_up(const struct circuit_breaker *breaker,
                                    int64_t paused_until, int64_t now)
{
    for (unsigned i = 0; i < CIRCUIT_CALLS; i++) {
        const struct circuit_streak *streak = &breaker->streaks[i];
        int64_t since = streak->first;

        if (since < 0 || streak->last < now - MAX_STREAK_GAP)
            continue;
        if (paused_until > since)
            since = paused_until;
        if (now - since >= breaker->give_up)
            return true;
    }
    return false;
}
