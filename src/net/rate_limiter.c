#include "net/rate_limiter.h"

#include <limits.h>
#include <stdlib.h>

#include "net/duration.h"
#include "net/fixed_rate.h"
#include "net/limit_chance.h"
#include "net/limit_stop.h"
#include "net/shared_budget.h"
#include "net/tenant_limits.h"

struct rate_limiter {
    struct fixed_rate rate;
    struct adaptive_limit adaptive;
    struct tenant_limits tenants;
    struct shared_budget *budget; /* NULL: none */
    uint64_t stops;               /* that were passed on to it */
};

#define SOON INT64_C(250000) /* microseconds */

struct rate_limiter *rate_limiter_new(unsigned rate, int64_t window_us,
                                      unsigned concurrency)
{
    struct rate_limiter *limiter = calloc(1, sizeof(*limiter));

    if (!limiter)
        return NULL;
    if (fixed_rate_init(&limiter->rate, rate, window_us)) {
        free(limiter);
        return NULL;
    }
    adaptive_limit_init(&limiter->adaptive, concurrency);
    return limiter;
}

void rate_limiter_free(struct rate_limiter *limiter)
{
    if (limiter)
        fixed_rate_clear(&limiter->rate);
    free(limiter);
}

void rate_limiter_set_budget(struct rate_limiter *limiter,
                             struct shared_budget *budget)
{
    limiter->budget = budget;
}

/* The longer of two waits; -1: it is not known how long. */
static int64_t both(int64_t wait, int64_t other)
{
    return wait < 0 || other < 0 ? -1 : longer(wait, other);
}

int64_t rate_limiter_wait(const struct rate_limiter *limiter,
                          enum limit_operation operation, int64_t now)
{
    int64_t wait = adaptive_limit_wait(&limiter->adaptive, operation, now);

    return both(wait, rate_limiter_token_wait(limiter, now));
}

bool rate_limiter_wants(const struct rate_limiter *limiter,
                        enum limit_operation operation, int64_t now)
{
    int64_t wait = adaptive_limit_wait(&limiter->adaptive, operation, now);

    return wait >= 0 && wait <= SOON;
}

void rate_limiter_share_stops(struct rate_limiter *limiter, int64_t now)
{
    int64_t pause;
    uint64_t stops = adaptive_limit_stops(&limiter->adaptive, &pause);

    if (stops != limiter->stops)
        shared_budget_stop(limiter->budget, pause);
    limiter->stops = stops;
    if (shared_budget_take_stop(limiter->budget, now, &pause))
        limit_stop_by_others(&limiter->adaptive, now, pause);
}

int64_t rate_limiter_tenant_wait(const struct rate_limiter *limiter,
                                 uint64_t tenant, int64_t now)
{
    return tenant_limits_wait(&limiter->tenants, tenant, now);
}

uint64_t rate_limiter_suspect(const struct rate_limiter *limiter)
{
    return tenant_limits_suspect(&limiter->tenants);
}

int64_t rate_limiter_token_wait(const struct rate_limiter *limiter, int64_t now)
{
    int64_t fixed = fixed_rate_wait(&limiter->rate, now);

    return limiter->budget
               ? both(fixed, shared_budget_wait(limiter->budget, now))
               : fixed;
}

void rate_limiter_flushed(struct rate_limiter *limiter, int64_t now)
{
    fixed_rate_flushed(&limiter->rate, now);
}

void rate_limiter_connected(struct rate_limiter *limiter,
                            const struct limited_call *call, int64_t sent)
{
    fixed_rate_connected(&limiter->rate, call->sent, sent);
}

void rate_limiter_sent(struct rate_limiter *limiter,
                       enum limit_operation operation, int64_t now,
                       struct limited_call *call)
{
    rate_limiter_token_sent(limiter, now);
    tenant_limits_sent(&limiter->tenants, call->owner.tenant);
    adaptive_limit_sent(&limiter->adaptive, operation, now, call);
}

void rate_limiter_token_sent(struct rate_limiter *limiter, int64_t now)
{
    fixed_rate_sent(&limiter->rate, now);
    if (limiter->budget)
        shared_budget_sent(limiter->budget, now);
}

void rate_limiter_ended(struct rate_limiter *limiter,
                        enum limit_operation operation, int64_t now,
                        const struct limited_call *call,
                        enum limit_verdict verdict, int64_t retry_after)
{
    enum tenant_verdict tenant = TENANT_UNLIMITED;

    if (verdict == LIMIT_PASSED || verdict == LIMIT_REFUSED)
        tenant =
            tenant_limits_ended(&limiter->tenants, call->owner, call->sent, now,
                                verdict == LIMIT_REFUSED, retry_after);
    else
        tenant_limits_lost(&limiter->tenants, call->owner.tenant);
    if (tenant == TENANT_FOUND)
        limit_excuse(&limiter->adaptive);
    if (tenant != TENANT_UNLIMITED)
        verdict = LIMIT_UNKNOWN;
    adaptive_limit_ended(&limiter->adaptive, operation, now, call, verdict,
                         retry_after);
}

int64_t rate_limiter_pause_end(const struct rate_limiter *limiter)
{
    return adaptive_limit_pause_end(&limiter->adaptive);
}

unsigned rate_limiter_per_minute(const struct rate_limiter *limiter)
{
    double calls = adaptive_limit_rate(&limiter->adaptive) * 60;
    double rate = fixed_rate_per_minute(&limiter->rate);

    if (calls == 0 || (rate > 0 && rate < calls))
        calls = rate;
    return calls < (double)UINT_MAX ? (unsigned)calls : UINT_MAX;
}
