#include "limit.h"

#include <stdlib.h>
#include <strings.h>

#include "world.h"

void limit_clear(struct limit *limit)
{
    free(limit->times);
    limit->times = NULL;
}

bool limit_selects(const struct limit *limit, enum call_kind kind,
                   const char *user, const char *tenant)
{
    return (limit->call < 0 || limit->call == (int)kind) &&
           (*limit->user == '\0' || strcasecmp(limit->user, user) == 0) &&
           (*limit->tenant == '\0' || strcasecmp(limit->tenant, tenant) == 0);
}

/* --- the models ----------------------------------------------------------- */

/* In a full ring, the next slot contains the oldest call. A call is accepted if
 * that one has left the window. */
static uint64_t wait_for_sliding(const struct limit *limit, uint64_t now)
{
    uint64_t oldest = limit->times[limit->next];
    bool full = limit->count == limit->calls && now - oldest < limit->window;

    return full ? oldest + limit->window - now : 0;
}

static uint64_t wait_for_fixed(const struct limit *limit, uint64_t now)
{
    uint64_t passed = now % limit->window;
    bool current = limit->started == now - passed;

    return current && limit->used >= limit->calls ? limit->window - passed : 0;
}

/* The bucket's content. The rate of calls in a window adds calls units in each
 * microsecond, and a token is window units, so that nothing is rounded. */
static uint64_t level_of(const struct limit *limit, uint64_t now)
{
    uint64_t most = limit->burst * limit->window;
    uint64_t missing = most - limit->level;
    uint64_t passed = now - limit->level_at;

    return passed > missing / limit->calls
               ? most
               : limit->level + passed * limit->calls;
}

static uint64_t wait_for_bucket(const struct limit *limit, uint64_t now)
{
    uint64_t level = level_of(limit, now);

    if (level >= limit->window)
        return 0;
    return (limit->window - level + limit->calls - 1) / limit->calls;
}

static uint64_t wait_of(const struct limit *limit, uint64_t now)
{
    switch (limit->model) {
    case LIMIT_SLIDING:
        return wait_for_sliding(limit, now);
    case LIMIT_FIXED:
        return wait_for_fixed(limit, now);
    case LIMIT_BUCKET:
        return wait_for_bucket(limit, now);
    case LIMIT_AT_ONCE:
        return limit->in_flight >= limit->calls;
    case LIMIT_RANDOM:
        return world_mix(limit->seen + 1) % 10000 < limit->chance;
    }
    return 0;
}

static void take(struct limit *limit, uint64_t now)
{
    uint64_t window, level;

    switch (limit->model) {
    case LIMIT_SLIDING:
        limit->times[limit->next] = now;
        limit->next = (limit->next + 1) % limit->calls;
        limit->count += limit->count < limit->calls;
        break;
    case LIMIT_FIXED:
        window = now - now % limit->window;
        limit->used = window == limit->started ? limit->used + 1 : 1;
        limit->started = window;
        break;
    case LIMIT_BUCKET:
        level = level_of(limit, now);
        limit->level = level > limit->window ? level - limit->window : 0;
        limit->level_at = now;
        break;
    case LIMIT_AT_ONCE:
        limit->in_flight++;
        break;
    case LIMIT_RANDOM:
        break;
    }
}

/* --- the calls ------------------------------------------------------------ */

/* Makes the calls of the other client up to now, at equal intervals. Those
 * before the current window have no effect any more. */
static void run_neighbour(struct limit *limit, uint64_t now)
{
    uint64_t rate = limit->calls * limit->neighbour;

    if (limit->neighbour == 0)
        return;
    if (now > limit->window && limit->neighbour_at < now - limit->window)
        limit->neighbour_at = now - limit->window;
    for (; limit->neighbour_at <= now;
         limit->neighbour_at += (limit->window * 100 + rate - 1) / rate)
        if (wait_of(limit, limit->neighbour_at) == 0)
            take(limit, limit->neighbour_at);
}

uint64_t limit_wait(struct limit *limit, uint64_t now)
{
    run_neighbour(limit, now);
    if (limit->seen < limit->after ||
        (limit->until > 0 && limit->seen >= limit->until))
        return 0;
    return wait_of(limit, now);
}

bool limit_pass(struct limit *limit, uint64_t now, bool accepted)
{
    bool counted = accepted || limit->counts_refused;

    limit->seen++;
    if (counted)
        take(limit, now);
    return counted;
}

void limit_end(struct limit *limit)
{
    if (limit->model == LIMIT_AT_ONCE)
        limit->in_flight--;
}
