#include "net/adaptive_limit.h"

#include <math.h> /* isfinite() */
#include <stddef.h>

#include "net/duration.h"
#include "net/limit_chance.h"
#include "net/limit_scope.h"
#include "net/limit_stop.h"

#define MS     INT64_C(1000) /* the clock's unit is the microsecond */
#define SECOND (1000 * MS)

/* Calls that were not sent when they were due may be sent later, at most so
 * many at once: the operations wait for each other. */
#define SAVED    4
#define CATCH_UP (10 * MS) /* or those of so many microseconds */

/* ---- sending ------------------------------------------------------------- */

void adaptive_limit_init(struct adaptive_limit *limit, unsigned concurrency)
{
    *limit = (struct adaptive_limit){.concurrency = concurrency,
                                     .least = concurrency + 1};
}

static unsigned slots_of(const struct adaptive_limit *limit)
{
    return (unsigned)limit_within(limit_control_value(&limit->slots), 1,
                                  limit->concurrency);
}

double adaptive_limit_rate(const struct adaptive_limit *limit)
{
    double all = limit_rate_of(limit, &limit->scopes[LIMIT_ALL]);
    double sum = 0;

    for (unsigned i = 0; i < LIMIT_OPERATIONS; i++)
        sum += limit_rate_of(limit, &limit->scopes[i]);
    if (sum > all)
        sum = all;
    return isfinite(sum) ? sum : 0;
}

int64_t adaptive_limit_pause_end(const struct adaptive_limit *limit)
{
    int64_t end = 0;

    for (unsigned i = 0; i < LIMIT_SCOPES; i++)
        end = longer(end, limit->scopes[i].pause_end);
    return end;
}

uint64_t adaptive_limit_stops(const struct adaptive_limit *limit,
                              int64_t *pause_end)
{
    *pause_end = limit->scopes[LIMIT_ALL].pause_end;
    return limit->stops;
}

static int64_t scope_wait(const struct limit_scope *scope, int64_t now)
{
    if (scope->state == LIMIT_PROBING)
        return -1;
    if (scope->state == LIMIT_STOPPED)
        return longer(scope->probe - now, 0);
    return scope->rate.peak > 0 ? longer(scope->due - now, 0) : 0;
}

int64_t adaptive_limit_wait(const struct adaptive_limit *limit,
                            enum limit_operation which, int64_t now)
{
    int64_t all = scope_wait(&limit->scopes[LIMIT_ALL], now);
    int64_t own = scope_wait(&limit->scopes[which], now);

    if (limit->in_flight >= slots_of(limit) || all < 0 || own < 0)
        return -1;
    return longer(all, own);
}

/* Did the rate delay the call? Then no calls are saved. */
static bool is_paced(const struct limit_scope *scope, int64_t interval,
                     int64_t now)
{
    return scope->rate.peak > 0 && now - scope->due < longer(interval, 2 * MS);
}

static void scope_sent(struct adaptive_limit *limit, unsigned which,
                       int64_t now, struct limited_call *call)
{
    struct limit_scope *scope = &limit->scopes[which];
    int64_t interval = limit_interval_of(limit, scope);
    bool paced = is_paced(scope, interval, now);

    if (scope->begun == 0)
        scope->begun = now;
    if (scope->state == LIMIT_STOPPED) {
        scope->state = LIMIT_PROBING;
        scope->probe_number = call->number;
    }
    call->tests[which] = paced && limit_control_is_above(&scope->rate);
    if (paced && !limit->test.scope)
        limit_control_use(&scope->rate,
                          shorter(now - scope->sent, 2 * interval));
    scope->due =
        longer(scope->due, now - longer(SAVED * interval, CATCH_UP)) + interval;
    scope->sent = now;
}

void adaptive_limit_sent(struct adaptive_limit *limit,
                         enum limit_operation which, int64_t now,
                         struct limited_call *call)
{
    bool full;

    limit->in_flight++;
    full = limit->in_flight >= slots_of(limit);
    *call = (struct limited_call){
        .owner = call->owner,
        .sent = now,
        .number = ++limit->number,
        .in_flight = limit->in_flight,
        .tests_slots = full && limit_control_is_above(&limit->slots),
    };
    if (full && !limit->test.scope)
        limit_control_use(&limit->slots, shorter(now - limit->sent, SECOND));
    if (limit_control_value(&limit->slots) >= limit->concurrency)
        limit->slots.peak = 0;
    scope_sent(limit, LIMIT_ALL, now, call);
    scope_sent(limit, which, now, call);
    limit->sent = now;
}

/* ---- single refusals ----------------------------------------------------- */

/* Calls in flight that were sent since the control was changed. They may all
 * pass. */
static double sent_since(const struct adaptive_limit *limit,
                         const struct limit_control *control)
{
    double sent = (double)(limit->number - control->changed);

    return limit_within(sent - control->calls, 0, limit->in_flight);
}

/* Are more calls refused than by chance? */
static bool has_excess(const struct adaptive_limit *limit,
                       struct limit_control *control,
                       const struct limited_call *call, bool refused,
                       double bound)
{
    double expected = 2 * limit->chance + 0.002;

    if (call->number <= control->changed)
        return false;
    limit_control_add_excess(control, refused, expected);
    return refused &&
           control->excess - expected * (sent_since(limit, control) + 1) >
               bound + limit_within(200 * limit->chance, 0, 4);
}

static void lower_by_excess(struct adaptive_limit *limit, int64_t now)
{
    struct limit_scope *all = &limit->scopes[LIMIT_ALL];
    const struct limit_control *rate = &all->rate;
    double calls = rate->excess_calls + sent_since(limit, rate);
    double peak = limit_measure(limit, all, now, 0);

    limit_begin_test(limit, all,
                     limit_within(rate->excess_refused / calls, 0.001, 1));
    limit_lower(limit, all, now, limit_bounded_peak(all, peak));
}

static void count_for_scope(struct adaptive_limit *limit, unsigned which,
                            int64_t now, const struct limited_call *call,
                            bool refused)
{
    struct limit_scope *scope = &limit->scopes[which];

    if (call->number > scope->rate.changed)
        limit_control_count(&scope->rate, refused);
    else if (refused && scope->rate.peak > 0) /* it may count as another call */
        scope->due += limit_interval_of(limit, scope);
    if ((!refused || call->tests[which]) &&
        has_excess(limit, &scope->rate, call, refused, 0.9))
        limit_end_growth(limit, scope, now);
}

static void count_call(struct adaptive_limit *limit, enum limit_operation which,
                       int64_t now, const struct limited_call *call,
                       bool refused)
{
    struct limit_control *all = &limit->scopes[LIMIT_ALL].rate;
    bool tests =
        call->tests[which] || call->tests[LIMIT_ALL] || call->tests_slots;

    count_for_scope(limit, which, now, call, refused);
    count_for_scope(limit, LIMIT_ALL, now, call, refused);
    if (call->number > limit->slots.changed)
        limit_control_count(&limit->slots, refused);
    if ((!refused || call->tests_slots) &&
        has_excess(limit, &limit->slots, call, refused, 0.9))
        limit_lower_slots(limit, call->in_flight);
    /* If no call passes after the first refusal, it is an outage. */
    if (refused && !tests && !limit->test.scope &&
        has_excess(limit, all, call, true, 2.9) &&
        all->excess_refused + 1 < all->excess_calls)
        lower_by_excess(limit, now);
}

/* ---- the end of a call --------------------------------------------------- */

/* Was it sent with the controls as they are? */
static bool is_new_call(const struct adaptive_limit *limit,
                        const struct limit_scope *own,
                        const struct limited_call *call)
{
    return call->number > limit->scopes[LIMIT_ALL].rate.changed &&
           call->number > own->rate.changed &&
           call->number > limit->slots.changed;
}

static void pass(struct adaptive_limit *limit, enum limit_operation which,
                 int64_t now, const struct limited_call *call)
{
    struct limit_scope *other = &limit->scopes[!which];

    limit_history_add(&limit->scopes[which].accepted, now);
    limit_history_add(&limit->scopes[LIMIT_ALL].accepted, now);
    if (other->run.first > 0 && call->number > other->run.first)
        other->run.others_pass = true;
    limit_stop_end(limit, &limit->scopes[which], now, call);
    limit_stop_end(limit, &limit->scopes[LIMIT_ALL], now, call);
}

void adaptive_limit_ended(struct adaptive_limit *limit,
                          enum limit_operation which, int64_t now,
                          const struct limited_call *call,
                          enum limit_verdict verdict, int64_t retry_after)
{
    struct limit_scope *own = &limit->scopes[which];
    bool refused = verdict == LIMIT_REFUSED || verdict == LIMIT_OVERLOADED;
    bool open = own->state == LIMIT_OPEN &&
                limit->scopes[LIMIT_ALL].state == LIMIT_OPEN;

    limit->in_flight--;
    if (verdict != LIMIT_PASSED)
        limit_stop_fail_probe(limit, now, call);
    if (verdict == LIMIT_CROWDED)
        limit_lower_slots(limit, call->in_flight);
    if (verdict == LIMIT_CROWDED || verdict == LIMIT_UNKNOWN)
        return;
    limit_note_in_flight(limit, call, refused);
    if (!refused)
        pass(limit, which, now, call);
    else if (verdict == LIMIT_REFUSED &&
             (retry_after > 0 || is_new_call(limit, own, call)))
        limit_stop_extend(limit, own, now, call, retry_after);
    if (open)
        count_call(limit, which, now, call, refused);
    if (limit->test.scope)
        limit_count_in_test(limit, which, now, call, refused);
    else if (!call->tests[which] && !call->tests[LIMIT_ALL])
        limit_learn_chance(limit, refused);
}
