#include "net/limit_scope.h"

#include "net/duration.h"

#define SECOND INT64_C(1000000) /* the clock's unit is the microsecond */

#define MIN_RATE 0.1  /* a call in ten seconds costs the service nothing */
#define REDUCED  0.75 /* of a rate, in a test */
#define MIN_LEFT 0.7  /* of a rate, when it is lowered */

double limit_rate_of(const struct adaptive_limit *limit,
                     const struct limit_scope *scope)
{
    double rate = limit_control_value(&scope->rate);

    if (scope == limit->test.scope)
        rate *= REDUCED;
    return rate > MIN_RATE ? rate : MIN_RATE;
}

int64_t limit_interval_of(const struct adaptive_limit *limit,
                          const struct limit_scope *scope)
{
    return (int64_t)(SECOND / limit_rate_of(limit, scope));
}

double limit_measure(const struct adaptive_limit *limit,
                     const struct limit_scope *scope, int64_t now,
                     int64_t stopped)
{
    const struct limit_control *rate = &scope->rate;
    int64_t duration = longer(longer(SECOND, rate->span / 2),
                              longer(scope->window * 3 / 2, 4 * stopped));
    int64_t since = longer(now - duration, scope->begun);
    double calls = 0;

    if (rate->peak == 0) {
        since = scope->begun;
        calls = limit->in_flight * (1 - rate->refused / (rate->calls + 1));
    } else if (stopped < 2 * scope->long_stop) {
        since = longer(since, scope->long_stop_end);
    }
    calls += limit_history_sum(&scope->accepted, &since);
    /* A short stop is no part of a window. */
    duration = now - since - (stopped < scope->window / 4 ? stopped : 0);
    return calls * SECOND / (double)longer(duration, SECOND) /
           (1 - limit->chance);
}

double limit_bounded_peak(const struct limit_scope *scope, double peak)
{
    double least = MIN_LEFT * scope->rate.peak;

    return peak > least ? peak : least;
}

bool limit_is_crowded(const struct adaptive_limit *limit)
{
    return limit->most > 0 && limit->least > limit->most &&
           limit->least > limit->most_before &&
           limit->least <= limit->concurrency;
}

void limit_note_in_flight(struct adaptive_limit *limit,
                          const struct limited_call *call, bool refused)
{
    if (refused) {
        if (call->in_flight < limit->least)
            limit->least = call->in_flight;
        return;
    }
    if (limit->passed++ == 50) {
        limit->passed = 1;
        limit->most_before = limit->most;
        limit->most = 0;
    }
    if (call->in_flight > limit->most)
        limit->most = call->in_flight;
}

/* The peak is between this number of calls in flight and the next lower one. */
void limit_lower_slots(struct adaptive_limit *limit, unsigned in_flight)
{
    limit_control_lower(&limit->slots, in_flight > 1 ? in_flight - 0.1 : 1.1, 0,
                        limit->number, limit->chance);
    limit->least = limit->concurrency + 1;
}

void limit_lower(struct adaptive_limit *limit, struct limit_scope *scope,
                 int64_t now, double peak)
{
    if (limit_is_crowded(limit)) {
        limit_lower_slots(limit, limit->least);
    } else {
        limit_control_lower(&scope->rate, peak > MIN_RATE ? peak : MIN_RATE,
                            scope->window, limit->number, limit->chance);
        limit->least = limit->concurrency + 1;
    }
    scope->lowered = now;
    scope->due = longer(scope->due, now);
}

void limit_end_growth(struct adaptive_limit *limit, struct limit_scope *scope,
                      int64_t now)
{
    double peak = limit_measure(limit, scope, now, 0);

    limit_lower(limit, scope, now,
                peak > scope->rate.peak ? peak : scope->rate.peak);
    scope->due += limit_interval_of(limit, scope);
}
