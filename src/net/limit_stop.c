#include "net/limit_stop.h"

#include <stddef.h>

#include "net/duration.h"
#include "net/limit_chance.h"
#include "net/limit_scope.h"

#define MS     INT64_C(1000) /* the clock's unit is the microsecond */
#define SECOND (1000 * MS)

#define FIRST_PAUSE (50 * MS) /* before a probe */
#define MAX_PAUSE   (3 * SECOND)

#define MAX_WINDOW      (60 * SECOND)
#define MAX_RETRY_AFTER (3600 * SECOND) /* a longer one is shortened */

/* A stop that is due to chance is not the first refusal for a long time. */
#define MIN_STOP_SHARE 0.03

static void stop(const struct adaptive_limit *limit, struct limit_scope *scope,
                 int64_t now)
{
    scope->state = LIMIT_STOPPED;
    scope->stopped = now;
    scope->failed_probes = 0;
    scope->pause = FIRST_PAUSE;
    if (scope->rate.peak > 0)
        scope->pause = longer(scope->pause, limit_interval_of(limit, scope));
    scope->probe = now + scope->pause;
}

static void repeat_probe(struct limit_scope *scope, int64_t now)
{
    scope->state = LIMIT_STOPPED;
    scope->failed_probes++;
    scope->pause =
        scope->pause < SECOND ? scope->pause * 4 / 3 : scope->pause * 6 / 5;
    scope->pause = shorter(scope->pause, MAX_PAUSE);
    scope->probe = now + scope->pause;
}

/* Lowers the rate after a stop, unless it was due to calls that were sent
 * before the rate was lowered last, or to chance. A very long stop was an
 * outage or a long Retry-After, and shows no rate. */
static void lower_after_stop(struct adaptive_limit *limit,
                             struct limit_scope *scope, int64_t now,
                             int64_t stopped, bool is_new)
{
    const struct limit_control *rate = &scope->rate;
    double sent = (double)(limit->number - rate->changed + 1);
    double share = limit_within(rate->refused / sent, 0.001, 1);
    double peak = limit_measure(limit, scope, now, stopped);

    limit->test.scope = NULL;
    if (stopped > 2 * MAX_WINDOW ||
        (!is_new && scope->stopped <= scope->lowered + scope->window))
        return;
    if (!is_new)
        peak = limit_bounded_peak(scope, peak);
    if (scope->failed_probes == 0) {
        if (limit->chance > 0 && share < 1.5 * limit->chance)
            return;
        if (rate->peak == 0 || share > limit->chance + MIN_STOP_SHARE)
            limit_begin_test(limit, scope, share);
    }
    limit_lower(limit, scope, now, peak);
}

static void end_stop(struct adaptive_limit *limit, struct limit_scope *scope,
                     int64_t now)
{
    int64_t stopped = now - scope->stopped;
    bool is_long = stopped > scope->window / 4;
    bool is_new = stopped > 2 * scope->window;

    scope->window =
        longer(scope->window * 31 / 32, shorter(stopped, MAX_WINDOW));
    lower_after_stop(limit, scope, now, stopped, is_new);
    if (is_long) {
        scope->long_stop = stopped;
        scope->long_stop_end = now;
    } else { /* the service may count refused calls, too */
        scope->due += shorter(
            scope->run.refused * limit_interval_of(limit, scope), stopped);
    }
    scope->state = LIMIT_OPEN;
    scope->pause_end = shorter(scope->pause_end, now);
}

/* As many refusals in a row are not chance. Of calls that were sent later, some
 * are still on their way. */
static bool is_run(const struct adaptive_limit *limit,
                   const struct limit_run *run)
{
    double share = limit->test.scope ? limit->test.share : limit->chance;

    return run->refused >= 2 + 40 * limit_within(share, 0, 0.25) &&
           2 * run->refused > limit->number - run->last;
}

static void extend_run(const struct adaptive_limit *limit,
                       struct limit_scope *scope,
                       const struct limited_call *call)
{
    struct limit_run *run = &scope->run;

    if (run->first == 0)
        *run = (struct limit_run){.first = call->number,
                                  .last = limit->number,
                                  .user = call->owner.user};
    else if (scope->state == LIMIT_OPEN && call->owner.user == run->user)
        return; /* a limit of this user */
    run->refused++;
}

static void pause_until(struct limit_scope *scope, int64_t end)
{
    if (scope->state == LIMIT_OPEN)
        return;
    scope->pause_end = longer(scope->pause_end, end);
    scope->probe = scope->pause_end;
}

void limit_stop_extend(struct adaptive_limit *limit, struct limit_scope *own,
                       int64_t now, const struct limited_call *call,
                       int64_t retry_after)
{
    struct limit_scope *all = &limit->scopes[LIMIT_ALL];

    extend_run(limit, own, call);
    extend_run(limit, all, call);
    if (own->state == LIMIT_OPEN && all->state == LIMIT_OPEN) {
        if (own->run.others_pass && is_run(limit, &own->run))
            stop(limit, own, now);
        else if (is_run(limit, &all->run))
            stop(limit, all, now);
    }
    if (retry_after > 0) {
        retry_after = shorter(retry_after, MAX_RETRY_AFTER);
        pause_until(own, now + retry_after);
        pause_until(all, now + retry_after);
    }
}

void limit_stop_end(struct adaptive_limit *limit, struct limit_scope *scope,
                    int64_t now, const struct limited_call *call)
{
    if (scope->run.first == 0 || call->number <= scope->run.first)
        return;
    if (scope->state != LIMIT_OPEN)
        end_stop(limit, scope, now);
    scope->run.first = 0;
}

void limit_stop_fail_probe(struct adaptive_limit *limit, int64_t now,
                           const struct limited_call *call)
{
    for (unsigned i = 0; i < LIMIT_SCOPES; i++)
        if (limit->scopes[i].state == LIMIT_PROBING &&
            limit->scopes[i].probe_number == call->number)
            repeat_probe(&limit->scopes[i], now);
}
