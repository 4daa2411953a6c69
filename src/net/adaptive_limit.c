#include "net/adaptive_limit.h"

#include <math.h> /* isfinite() */
#include <stddef.h>

#define MS     INT64_C(1000) /* the clock's unit is the microsecond */
#define SECOND (1000 * MS)

#define MIN_RATE 0.1 /* a call in ten seconds costs the service nothing */
#define MIN_LEFT 0.7 /* of a rate, when it is lowered */

/* Calls that were not sent when they were due may be sent later, at most so
 * many at once: the operations wait for each other. */
#define SAVED    4
#define CATCH_UP (10 * MS) /* or those of so many microseconds */

static int64_t shorter(int64_t duration, int64_t other)
{
    return duration < other ? duration : other;
}

static int64_t longer(int64_t duration, int64_t other)
{
    return duration > other ? duration : other;
}

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

#define REDUCED 0.75 /* in a test */

static double rate_of(const struct adaptive_limit *limit,
                      const struct limit_scope *scope)
{
    double rate = limit_control_value(&scope->rate);

    if (scope == limit->test.scope)
        rate *= REDUCED;
    return rate > MIN_RATE ? rate : MIN_RATE;
}

static int64_t interval_of(const struct adaptive_limit *limit,
                           const struct limit_scope *scope)
{
    return (int64_t)(SECOND / rate_of(limit, scope));
}

double adaptive_limit_rate(const struct adaptive_limit *limit)
{
    double all = rate_of(limit, &limit->scopes[LIMIT_ALL]);
    double sum = 0;

    for (unsigned i = 0; i < LIMIT_OPERATIONS; i++)
        sum += rate_of(limit, &limit->scopes[i]);
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
    int64_t interval = interval_of(limit, scope);
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

/* ---- lowering a control -------------------------------------------------- */

/* The calls a second that the service accepted lately, in a time that is longer
 * than its window seems to be; but a long stop is the end of a window. Calls
 * that are refused by chance are left out. */
static double measure(const struct adaptive_limit *limit,
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

/* Were only those calls refused that saw more in flight than all that passed?
 */
static bool is_crowded(const struct adaptive_limit *limit)
{
    return limit->most > 0 && limit->least > limit->most &&
           limit->least > limit->most_before &&
           limit->least <= limit->concurrency;
}

static void note_in_flight(struct adaptive_limit *limit,
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
static void lower_slots(struct adaptive_limit *limit, unsigned in_flight)
{
    limit_control_lower(&limit->slots, in_flight > 1 ? in_flight - 0.1 : 1.1, 0,
                        limit->number, limit->chance);
    limit->least = limit->concurrency + 1;
}

/* Lowers the control that was too high. */
static void lower(struct adaptive_limit *limit, struct limit_scope *scope,
                  int64_t now, double peak)
{
    if (is_crowded(limit)) {
        lower_slots(limit, limit->least);
    } else {
        limit_control_lower(&scope->rate, peak > MIN_RATE ? peak : MIN_RATE,
                            scope->window, limit->number, limit->chance);
        limit->least = limit->concurrency + 1;
    }
    scope->lowered = now;
    scope->due = longer(scope->due, now);
}

/* ---- chance -------------------------------------------------------------- */

#define MAX_CHANCE 0.5

/* Calls of a test, and how many of them are refused if it was chance. */
#define MIN_TEST      45
#define MAX_TEST      1000
#define MAX_STOP_TEST 100 /* after a stop */
#define TEST_REFUSED  10

/* A stop that is due to chance is not the first refusal for a long time. */
#define MIN_STOP_SHARE 0.03

#define SEEN     300    /* calls, in which the share of refused calls is seen */
#define EXPECTED 3000.0 /* refusals by chance until chance is tested again */

/* The share of calls that were refused lately is given. */
static void begin_test(struct adaptive_limit *limit, struct limit_scope *scope,
                       double share)
{
    bool open = scope->state == LIMIT_OPEN;
    double size = limit_within(TEST_REFUSED / share, MIN_TEST,
                               open ? MAX_TEST : MAX_STOP_TEST);

    limit->test = (struct limit_test){.scope = scope,
                                      .first = limit->number + 1,
                                      .size = (unsigned)size,
                                      .share = share,
                                      .rate = scope->rate,
                                      .slots = limit->slots};
}

/* Is so large a share expected if the rate was lowered in vain? */
static bool was_in_vain(const struct limit_test *test, double share,
                        double chance)
{
    double left = 0.25 + (test->share + chance / test->share) / 2;

    return share <= MAX_CHANCE &&
           share > test->share * limit_within(left, 0, 0.8);
}

static void restore(struct adaptive_limit *limit)
{
    const struct limit_test *test = &limit->test;

    limit_control_restore(&limit->slots, &test->slots, limit->number);
    limit_control_restore(&test->scope->rate, &test->rate, limit->number);
    limit->test.scope = NULL;
}

void adaptive_limit_excuse(struct adaptive_limit *limit)
{
    if (limit->test.scope)
        restore(limit);
}

static void end_test(struct adaptive_limit *limit)
{
    struct limit_test *test = &limit->test;
    double share = (double)test->refused / (test->calls ? test->calls : 1);

    if (is_crowded(limit)) {
        lower_slots(limit, limit->least);
    } else if (was_in_vain(test, share, limit->chance)) {
        limit->chance = limit->seen = share;
        limit->since = 0;
        restore(limit);
    }
    test->scope = NULL;
}

/* A refusal may arrive long before the other responses, so the test ends when
 * all of its calls have ended; or many later ones, since it does not see those
 * that say nothing about a limit. */
static void count_in_test(struct adaptive_limit *limit,
                          const struct limited_call *call, bool refused)
{
    struct limit_test *test = &limit->test;
    uint64_t number = call->number - test->first;

    if (call->number < test->first)
        return;
    if (number < test->size) {
        test->calls++;
        test->refused += refused;
    }
    if (test->calls == test->size ||
        number > 3 * (uint64_t)test->size + 2 * limit->concurrency)
        end_test(limit);
}

/* The expected share follows the share that is seen, if that falls. */
static void learn_chance(struct adaptive_limit *limit, bool refused)
{
    limit->seen += (refused - limit->seen) / SEEN;
    limit->chance = limit_within(limit->chance, 0, 1.3 * limit->seen + 0.002);
    if (++limit->since * limit->chance > EXPECTED) {
        limit->chance /= 2;
        limit->since = 0;
    }
}

/* ---- a stop -------------------------------------------------------------- */

#define FIRST_PAUSE (50 * MS) /* before a probe */
#define MAX_PAUSE   (5 * SECOND)

#define MAX_WINDOW      (60 * SECOND)
#define MAX_RETRY_AFTER (3600 * SECOND) /* a longer one is shortened */

static void stop(const struct adaptive_limit *limit, struct limit_scope *scope,
                 int64_t now)
{
    scope->state = LIMIT_STOPPED;
    scope->stopped = now;
    scope->failed_probes = 0;
    scope->pause = FIRST_PAUSE;
    if (scope->rate.peak > 0)
        scope->pause = longer(scope->pause, interval_of(limit, scope));
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
    double peak = measure(limit, scope, now, stopped);

    limit->test.scope = NULL;
    if (stopped > 2 * MAX_WINDOW ||
        (!is_new && scope->stopped <= scope->lowered + scope->window))
        return;
    if (!is_new && peak < MIN_LEFT * rate->peak)
        peak = MIN_LEFT * rate->peak;
    if (scope->failed_probes == 0) {
        if (limit->chance > 0 && share < 1.5 * limit->chance)
            return;
        if (rate->peak == 0 || share > limit->chance + MIN_STOP_SHARE)
            begin_test(limit, scope, share);
    }
    lower(limit, scope, now, peak);
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
        scope->due +=
            shorter(scope->run.refused * interval_of(limit, scope), stopped);
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

static void extend_runs(struct adaptive_limit *limit, struct limit_scope *own,
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

static void end_run(struct adaptive_limit *limit, struct limit_scope *scope,
                    int64_t now, const struct limited_call *call)
{
    if (scope->run.first == 0 || call->number <= scope->run.first)
        return;
    if (scope->state != LIMIT_OPEN)
        end_stop(limit, scope, now);
    scope->run.first = 0;
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
    double peak = measure(limit, all, now, 0);

    begin_test(limit, all,
               limit_within(rate->excess_refused / calls, 0.001, 1));
    lower(limit, all, now,
          peak < MIN_LEFT * rate->peak ? MIN_LEFT * rate->peak : peak);
}

/* The rate bore its peak before. */
static void end_growth(struct adaptive_limit *limit, struct limit_scope *scope,
                       int64_t now)
{
    double peak = measure(limit, scope, now, 0);

    lower(limit, scope, now, peak > scope->rate.peak ? peak : scope->rate.peak);
    scope->due += interval_of(limit, scope);
}

static void count_for_scope(struct adaptive_limit *limit, unsigned which,
                            int64_t now, const struct limited_call *call,
                            bool refused)
{
    struct limit_scope *scope = &limit->scopes[which];

    if (call->number > scope->rate.changed)
        limit_control_count(&scope->rate, refused);
    else if (refused && scope->rate.peak > 0) /* it may count as another call */
        scope->due += interval_of(limit, scope);
    if ((!refused || call->tests[which]) &&
        has_excess(limit, &scope->rate, call, refused, 0.9))
        end_growth(limit, scope, now);
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
        lower_slots(limit, call->in_flight);
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
    end_run(limit, &limit->scopes[which], now, call);
    end_run(limit, &limit->scopes[LIMIT_ALL], now, call);
}

static void fail_probe(struct adaptive_limit *limit, int64_t now,
                       const struct limited_call *call)
{
    for (unsigned i = 0; i < LIMIT_SCOPES; i++)
        if (limit->scopes[i].state == LIMIT_PROBING &&
            limit->scopes[i].probe_number == call->number)
            repeat_probe(&limit->scopes[i], now);
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
        fail_probe(limit, now, call);
    if (verdict == LIMIT_CROWDED)
        lower_slots(limit, call->in_flight);
    if (verdict == LIMIT_CROWDED || verdict == LIMIT_UNKNOWN)
        return;
    note_in_flight(limit, call, refused);
    if (!refused)
        pass(limit, which, now, call);
    else if (verdict == LIMIT_REFUSED &&
             (retry_after > 0 || is_new_call(limit, own, call)))
        extend_runs(limit, own, now, call, retry_after);
    if (open)
        count_call(limit, which, now, call, refused);
    if (limit->test.scope)
        count_in_test(limit, call, refused);
    else if (!call->tests[which] && !call->tests[LIMIT_ALL])
        learn_chance(limit, refused);
}
