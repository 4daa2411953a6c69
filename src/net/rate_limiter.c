#include "net/rate_limiter.h"

#include <limits.h>
#include <stdlib.h>

#define SECOND INT64_C(1000000) /* the clock's unit is the microsecond */
#define MINUTE (60 * SECOND)

/* ---- spacing ------------------------------------------------------------- */

/* Calls are due one interval apart. A call may be sent a little before it is
 * due, so that a loop that woke up late catches up; a longer delay is not
 * caught up. In nanoseconds, because 20,000 calls a second are 51.4 us apart.
 */
struct spacing {
    int64_t interval; /* 0: no limit */
    int64_t catch_up; /* a call may be sent so long before it is due */
    int64_t delay;    /* of a call on its way that the interval allows for */
    int64_t span;     /* a call is due at most so long after the one before */
    int64_t due;      /* when the next call is due, by the clock */
};

/* "Never more than N in any window" is measured at the service. In the worst
 * case of N + 1 calls in a row, the first is delayed on its way and the last
 * was sent early to catch up:
 *
 *     N * interval - catch_up - delay >= window
 *
 * This is the same for any N, 1 included, so the margin is a share of the
 * window. For a second it is 10 ms to catch up, which is how late the loop is
 * as a rule, and 17 ms of delay. That leaves 1 / 1.027 of the rate, or 97.4 %;
 * the goal is 97 %. */
#define CATCH_UP(window) ((window) / 100)
#define DELAY(window)    ((window)*17 / 1000)

static struct spacing spacing_of_rate(unsigned calls, int64_t window_us)
{
    int64_t window = window_us * 1000;
    int64_t span = window + CATCH_UP(window) + DELAY(window);

    if (calls == 0)
        return (struct spacing){0};
    return (struct spacing){.interval = span / calls + 1,
                            .catch_up = CATCH_UP(window),
                            .delay = DELAY(window),
                            .span = span};
}

static int64_t spacing_wait(const struct spacing *spacing, int64_t now)
{
    int64_t early = spacing->due - spacing->catch_up - now * 1000;

    if (spacing->interval == 0 || early <= 0)
        return 0;
    return (early + 999) / 1000;
}

static void spacing_sent(struct spacing *spacing, int64_t now)
{
    int64_t at = now * 1000;

    if (spacing->due < at)
        spacing->due = at;
    spacing->due += spacing->interval;
    if (spacing->due > at + spacing->span)
        spacing->due = at + spacing->span;
}

/* The last calls were sent so many microseconds later. */
static void spacing_delayed(struct spacing *spacing, int64_t delay)
{
    if (delay * 1000 > spacing->delay)
        spacing->due += delay * 1000 - spacing->delay;
}

/* ---- the limiter --------------------------------------------------------- */

struct rate_limiter {
    struct spacing rate; /* --rate */
    struct adaptive_limit adaptive;
    struct tenant_limits tenants;
};

struct rate_limiter *rate_limiter_new(unsigned rate, int64_t window_us,
                                      unsigned concurrency)
{
    struct rate_limiter *limiter = calloc(1, sizeof(*limiter));

    if (!limiter)
        return NULL;
    limiter->rate = spacing_of_rate(rate, window_us);
    adaptive_limit_init(&limiter->adaptive, concurrency);
    return limiter;
}

void rate_limiter_free(struct rate_limiter *limiter)
{
    free(limiter);
}

int64_t rate_limiter_wait(const struct rate_limiter *limiter,
                          enum limit_operation operation, int64_t now)
{
    int64_t wait = adaptive_limit_wait(&limiter->adaptive, operation, now);
    int64_t fixed = spacing_wait(&limiter->rate, now);

    return wait < 0 || wait > fixed ? wait : fixed;
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
    return spacing_wait(&limiter->rate, now);
}

void rate_limiter_delayed(struct rate_limiter *limiter, int64_t delay)
{
    spacing_delayed(&limiter->rate, delay);
}

void rate_limiter_sent(struct rate_limiter *limiter,
                       enum limit_operation operation, int64_t now,
                       struct limited_call *call)
{
    spacing_sent(&limiter->rate, now);
    tenant_limits_sent(&limiter->tenants, call->owner.tenant);
    adaptive_limit_sent(&limiter->adaptive, operation, now, call);
}

void rate_limiter_token_sent(struct rate_limiter *limiter, int64_t now)
{
    spacing_sent(&limiter->rate, now);
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
    if (tenant == TENANT_FOUND)
        adaptive_limit_excuse(&limiter->adaptive);
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

    if (limiter->rate.interval > 0) {
        double rate = (double)MINUTE * 1000 / (double)limiter->rate.interval;

        calls = calls > 0 && calls < rate ? calls : rate;
    }
    return calls < (double)UINT_MAX ? (unsigned)calls : UINT_MAX;
}
