#include "net/adaptive_limit.h"

#include <math.h> /* INFINITY */
#include <stddef.h>

#define SECOND INT64_C(1000000) /* the clock's unit is the microsecond */
#define MINUTE (60 * SECOND)

static int64_t shorter(int64_t duration, int64_t other)
{
    return duration < other ? duration : other;
}

static int64_t longer(int64_t duration, int64_t other)
{
    return duration > other ? duration : other;
}

/* ---- a control ----------------------------------------------------------- */

#define DIP    0.04 /* of the value below the peak, at first */
#define GROWTH 1.0  /* above the peak, when its span is over twice */

/* The smallest share that is left when it is lowered; a lower one is usually an
 * error of the measurement, because calls were stopped. */
#define MIN_LEFT 0.7

#define MIN_SPAN SECOND
#define MAX_SPAN (4 * MINUTE)

/* The share of calls that may be refused to find out whether a limit has
 * grown. */
#define TARGET 0.007

static double curve_value(const struct limit_curve *curve)
{
    double x;

    if (curve->peak == 0)
        return INFINITY;
    x = (double)curve->age / (double)curve->span - 1;
    return curve->peak * (1 + (x < 0 ? DIP : GROWTH) * x * x * x);
}

/* Is it above its last peak? */
static bool is_above(const struct limit_curve *curve)
{
    return curve->peak > 0 && curve->age >= curve->span;
}

static void curve_count(struct limit_curve *curve, double refused)
{
    curve->calls++;
    curve->refused += refused;
}

/* It was used for so long. */
static void curve_use(struct limit_curve *curve, int64_t duration)
{
    if (curve->peak > 0)
        curve->age += duration;
}

static void curve_lower(struct limit_curve *curve, double peak, double min_left,
                        int64_t min_span)
{
    double change = curve->refused / (curve->calls + 1) / TARGET;
    double value = curve_value(curve);

    if (peak > value)
        peak = value;
    if (peak < min_left * curve->peak)
        peak = min_left * curve->peak;
    change = change < 0.5 ? 0.5 : change > 2 ? 2 : change;
    if (curve->age < curve->span)
        change = 0; /* below the last peak: this is another limit */
    curve->span = shorter((int64_t)((double)curve->span * change), MAX_SPAN);
    curve->span = longer(curve->span, min_span);
    curve->peak = peak;
    curve->age = 0;
    curve->calls = curve->refused = 0;
}

/* It was lowered without a need: as before, but it is tested again soon. */
static void curve_restore(struct limit_curve *curve,
                          const struct limit_curve *before)
{
    *curve = (struct limit_curve){.span = MIN_SPAN};
    if (before->peak > 0)
        curve->peak = curve_value(before) / (1 - DIP);
}

/* ---- the last minute ----------------------------------------------------- */

#define SLOT (SECOND / 8)

static void history_add(struct limit_history *history, int64_t now)
{
    int64_t slot = now / SLOT;

    if (slot - history->newest > LIMIT_SLOTS)
        history->newest = slot - LIMIT_SLOTS;
    while (history->newest < slot)
        history->counts[++history->newest % LIMIT_SLOTS] = 0;
    history->counts[slot % LIMIT_SLOTS]++;
}

/* The calls since then. */
static uint64_t history_sum(const struct limit_history *history, int64_t since)
{
    int64_t slot = longer(since / SLOT, history->newest - LIMIT_SLOTS + 1);
    uint64_t sum = 0;

    for (; slot <= history->newest; slot++)
        sum += history->counts[slot % LIMIT_SLOTS];
    return sum;
}

/* ---- the limit ----------------------------------------------------------- */

#define BLOCK 100 /* calls */
#define TEST  50  /* calls of a test */

#define MAX_CHANCE 0.5

#define FIRST_PAUSE (50 * INT64_C(1000)) /* before a probe */
#define MAX_PAUSE   (5 * SECOND)

/* A call in ten seconds costs the service nothing. */
#define MIN_RATE 0.1

/* A longer Retry-After is shortened. */
#define MAX_RETRY_AFTER (60 * MINUTE)

/* Calls that were not sent when they were due may be sent later, at most so
 * many at once: the operations wait for each other. */
#define SAVED    4
#define CATCH_UP (10 * INT64_C(1000)) /* or those of so many microseconds */

static void begin_block(struct limited_operation *operation, unsigned size)
{
    operation->earlier = operation->block;
    if (operation->earlier.last > operation->number)
        operation->earlier.last = operation->number;
    operation->block = (struct limit_refusals){.first = operation->number + 1,
                                               .last = operation->number + size,
                                               .size = size};
}

void adaptive_limit_init(struct adaptive_limit *limit, unsigned concurrency)
{
    *limit = (struct adaptive_limit){.concurrency = concurrency};
    for (unsigned i = 0; i < LIMIT_OPERATIONS; i++)
        begin_block(&limit->operations[i], BLOCK);
}

unsigned adaptive_limit_slots(const struct adaptive_limit *limit)
{
    double slots = curve_value(&limit->slots);

    if (slots >= limit->concurrency)
        return limit->concurrency;
    return slots < 1 ? 1 : (unsigned)slots;
}

double adaptive_limit_rate(const struct adaptive_limit *limit)
{
    double sum = 0;

    for (unsigned i = 0; i < LIMIT_OPERATIONS; i++) {
        double rate = curve_value(&limit->operations[i].rate);

        sum += isfinite(rate) ? rate : 0;
    }
    return sum;
}

int64_t adaptive_limit_pause_end(const struct adaptive_limit *limit)
{
    int64_t end = 0;

    for (unsigned i = 0; i < LIMIT_OPERATIONS; i++)
        if (limit->operations[i].pause_end > end)
            end = limit->operations[i].pause_end;
    return end;
}

static int64_t interval_of(const struct limited_operation *operation)
{
    return (int64_t)((double)SECOND / curve_value(&operation->rate));
}

int64_t adaptive_limit_wait(const struct adaptive_limit *limit,
                            enum limit_operation which, int64_t now)
{
    const struct limited_operation *operation = &limit->operations[which];
    int64_t wait;

    if (limit->in_flight >= adaptive_limit_slots(limit) ||
        operation->state == LIMIT_PROBING)
        return -1;
    wait = operation->state == LIMIT_STOPPED ? operation->probe - now
           : operation->rate.peak > 0        ? operation->due - now
                                             : 0;
    return wait > 0 ? wait : 0;
}

/* Did the call wait for the rate? Then none are saved. */
static bool is_paced(const struct limited_operation *operation, int64_t now)
{
    return operation->rate.peak > 0 &&
           now - operation->due < longer(interval_of(operation), 2000);
}

void adaptive_limit_sent(struct adaptive_limit *limit,
                         enum limit_operation which, int64_t now,
                         struct limited_call *call)
{
    struct limited_operation *operation = &limit->operations[which];
    int64_t interval = interval_of(operation);

    limit->in_flight++;
    *call = (struct limited_call){
        .owner = call->owner,
        .sent = now,
        .number = ++operation->number,
        .in_flight = limit->in_flight,
        .full = limit->in_flight >= adaptive_limit_slots(limit),
        .paced = is_paced(operation, now),
    };
    call->tests = (call->paced && is_above(&operation->rate)) ||
                  (call->full && is_above(&limit->slots));
    if (operation->begun == 0)
        operation->begun = now;
    if (operation->state == LIMIT_STOPPED) {
        operation->state = LIMIT_PROBING;
        operation->probe_number = call->number;
    }
    if (call->paced && !limit->tested)
        curve_use(&operation->rate,
                  shorter(now - operation->sent, 2 * interval));
    if (call->full && !limit->tested)
        curve_use(&limit->slots, shorter(now - limit->sent, SECOND));
    if (curve_value(&limit->slots) >= limit->concurrency)
        limit->slots.peak = 0;
    operation->due =
        longer(operation->due, now - longer(SAVED * interval, CATCH_UP)) +
        interval;
    operation->sent = limit->sent = now;
}

/* ---- refusals ------------------------------------------------------------ */

static void lower_slots(struct adaptive_limit *limit,
                        const struct limit_refusals *refusals)
{
    curve_lower(&limit->slots, refusals->least - 0.1, 0, MIN_SPAN);
}

static struct limited_operation *other_of(
    struct adaptive_limit *limit, const struct limited_operation *operation)
{
    return &limit->operations[operation == limit->operations];
}

/* The calls a second that were accepted lately, in a time that is longer than
 * the window seems to be. */
static double measure(const struct limited_operation *operation, int64_t now,
                      int64_t recovery)
{
    int64_t duration = longer(longer(SECOND, operation->rate.span / 2),
                              longer(operation->window * 3 / 2, 4 * recovery));
    int64_t since =
        longer(now - shorter(duration, 2 * MINUTE), operation->begun);

    if (since > operation->begun)
        since = since / SLOT * SLOT;
    /* A short stop is no part of a window. */
    duration = now - since - (recovery < operation->window / 4 ? recovery : 0);
    return (double)history_sum(&operation->accepted, since) * SECOND /
           (double)longer(duration, 1);
}

/* The other operation's rate may have grown while it did not delay calls. It is
 * not needed above what is used, or above this operation's. */
static void trim(struct limited_operation *other, int64_t now, double peak)
{
    double used = measure(other, now, 0);

    if (used < peak)
        used = peak;
    if (other->rate.peak == 0 || curve_value(&other->rate) <= 1.25 * used)
        return;
    other->rate.peak = 1.25 * used;
    other->rate.age = other->rate.span;
}

/* min_left: the smallest share of the rate that is left. */
static void lower_rate(struct limited_operation *operation, int64_t now,
                       double peak, double min_left)
{
    if (peak > 0)
        curve_lower(&operation->rate, peak > MIN_RATE ? peak : MIN_RATE,
                    min_left, longer(MIN_SPAN, operation->window * 3 / 2));
    operation->lowered = operation->due = now;
}

/* Lowers the control that was too high. */
static void lower(struct adaptive_limit *limit,
                  struct limited_operation *operation, int64_t now,
                  const struct limit_refusals *refusals, int64_t recovery,
                  double min_left)
{
    struct limited_operation *other = other_of(limit, operation);
    double measured = measure(operation, now, recovery);
    double more = measure(other, now, recovery) - measured;

    /* They share a limit, and each user needs one call of both. */
    operation->guessed =
        recovery > 0 && more > 0 &&
        (other->state != LIMIT_OPEN || other->lowered >= operation->stopped);
    if (operation->guessed)
        measured += more / 2;
    if (refusals->least > 1 && (operation->rate.peak == 0 ||
                                (refusals->least >= operation->block.most &&
                                 refusals->least >= operation->earlier.most))) {
        lower_slots(limit, refusals);
        measured *= 1.1; /* it is not known which of them it was */
        if (curve_value(&operation->rate) < measured)
            return;
    }
    lower_rate(operation, now, measured, min_left);
    if (operation->rate.peak > 0)
        trim(other, now, operation->rate.peak);
}

static double share_of(const struct limit_refusals *refusals)
{
    return refusals->calls ? (double)refusals->refused / refusals->calls : 0;
}

static bool contains(const struct limit_refusals *refusals,
                     const struct limited_call *call)
{
    return call->number >= refusals->first && call->number <= refusals->last;
}

static void count_refusal(struct limit_refusals *refusals,
                          const struct limited_call *call)
{
    if (refusals->refused++ == 0 || call->in_flight < refusals->least)
        refusals->least = call->in_flight;
}

/* ---- a stop -------------------------------------------------------------- */

static void stop(struct limited_operation *operation, int64_t now)
{
    operation->state = LIMIT_STOPPED;
    operation->stopped = now;
    operation->pause = FIRST_PAUSE;
    if (operation->rate.peak > 0 && interval_of(operation) > FIRST_PAUSE)
        operation->pause = interval_of(operation);
    operation->probe = now + operation->pause;
}

static void repeat_probe(struct limited_operation *operation, int64_t now)
{
    operation->state = LIMIT_STOPPED;
    operation->pause = operation->pause < SECOND ? operation->pause * 4 / 3
                                                 : operation->pause * 6 / 5;
    operation->pause = shorter(operation->pause, MAX_PAUSE);
    operation->probe = now + operation->pause;
}

/* As many refusals in a row are not chance. Of calls that were sent later, some
 * are still on their way. */
static bool is_run(struct adaptive_limit *limit,
                   const struct limited_operation *operation)
{
    struct limited_operation *other = other_of(limit, operation);
    const struct limit_refusals *run = &operation->run;
    unsigned more = run->refused - (other->state == LIMIT_OPEN);

    return more >= 1 + 20 * operation->chance &&
           2 * more > operation->number - run->last;
}

static void extend_run(struct adaptive_limit *limit,
                       struct limited_operation *operation, int64_t now,
                       const struct limited_call *call, int64_t retry_after)
{
    if (operation->run.first == 0) {
        operation->run = (struct limit_refusals){.first = call->number,
                                                 .last = operation->number};
        operation->user = call->owner.user;
    } else if (operation->state == LIMIT_OPEN &&
               call->owner.user == operation->user) {
        return; /* a limit of this user */
    }
    count_refusal(&operation->run, call);
    if (operation->state == LIMIT_OPEN && is_run(limit, operation))
        stop(operation, now);
    if (operation->state == LIMIT_OPEN)
        return;
    if (retry_after <= 0)
        return;
    retry_after = shorter(retry_after, MAX_RETRY_AFTER);
    if (operation->pause_end < now + retry_after)
        operation->pause_end = now + retry_after;
    operation->probe = operation->pause_end;
}

static void end_run(struct adaptive_limit *limit,
                    struct limited_operation *operation, int64_t now)
{
    if (operation->state == LIMIT_PROBING) {
        int64_t recovery = now - operation->stopped;
        bool is_new = recovery > 2 * operation->window || operation->guessed;

        operation->window =
            longer(operation->window * 31 / 32, shorter(recovery, MINUTE));
        if (now - operation->lowered >= operation->window / 2)
            lower(limit, operation, now, &operation->run, recovery,
                  is_new ? 0 : MIN_LEFT);
        limit->tested = NULL;
        /* The service may count refused calls, too. */
        if (!is_new)
            operation->due =
                now + shorter(operation->run.refused * interval_of(operation),
                              recovery);
    }
    operation->state = LIMIT_OPEN;
    operation->pause_end = shorter(operation->pause_end, now);
    operation->run.first = 0;
}

/* ---- a block ------------------------------------------------------------- */

/* More calls are refused than by chance. The operations may share a limit, so
 * both are lowered. */
static void begin_test(struct adaptive_limit *limit,
                       struct limited_operation *operation, int64_t now)
{
    limit->tested = operation;
    limit->before = limit->slots;
    for (unsigned i = 0; i < LIMIT_OPERATIONS; i++) {
        struct limited_operation *each = &limit->operations[i];

        each->before = each->rate;
        if (each != operation)
            lower_rate(each, now, measure(each, now, 0), 0);
        begin_block(each, TEST);
    }
    lower(limit, operation, now, &operation->earlier, 0, 0);
}

static void end_test(struct adaptive_limit *limit, int64_t now)
{
    struct limited_operation *operation = limit->tested;
    double share = share_of(&operation->block);

    operation->chance = share < MAX_CHANCE ? share : MAX_CHANCE;
    limit->tested = NULL;
    if (share <= 0.5 * share_of(&operation->earlier))
        return;
    curve_restore(&limit->slots, &limit->before);
    for (unsigned i = 0; i < LIMIT_OPERATIONS; i++) {
        curve_restore(&limit->operations[i].rate, &limit->operations[i].before);
        limit->operations[i].due = now;
    }
}

/* What is refused below the last peak, is refused by chance. */
static void learn_chance(struct limited_operation *operation)
{
    double share = share_of(&operation->block);

    if (operation->block.tests && share > operation->chance)
        share = 0.9 * operation->chance; /* to test it anew at last */
    operation->chance += (share - operation->chance) / 4;
    if (operation->chance > MAX_CHANCE)
        operation->chance = MAX_CHANCE;
}

static void count_call(struct limit_refusals *refusals,
                       const struct limited_call *call, bool refused)
{
    if (!contains(refusals, call))
        return;
    refusals->calls++;
    refusals->tests = refusals->tests || call->tests;
    if (refused)
        count_refusal(refusals, call);
    else if (call->in_flight > refusals->most)
        refusals->most = call->in_flight;
}

/* Of the block's calls, those that were sent may all pass except for those that
 * were refused. */
static bool is_excess(const struct limited_operation *operation)
{
    const struct limit_refusals *block = &operation->block;
    uint64_t sent = operation->number + 1 - block->first;
    double expected = operation->chance * (double)(sent < BLOCK ? sent : BLOCK);
    double excess = block->refused - expected - 3;

    return excess > 0 && excess * excess > 12 * expected;
}

static void count_in_block(struct adaptive_limit *limit,
                           struct limited_operation *operation, int64_t now,
                           const struct limited_call *call, bool refused)
{
    count_call(&operation->earlier, call, refused);
    if (operation->state != LIMIT_OPEN) {
        operation->block.last += contains(&operation->block, call);
        return;
    }
    count_call(&operation->block, call, refused);
    if (!limit->tested && is_excess(operation))
        begin_test(limit, operation, now);
    if (operation->block.calls < operation->block.size)
        return;
    if (limit->tested == operation)
        end_test(limit, now);
    else
        learn_chance(operation);
    begin_block(operation, BLOCK);
}

void adaptive_limit_ended(struct adaptive_limit *limit,
                          enum limit_operation which, int64_t now,
                          const struct limited_call *call,
                          enum limit_verdict verdict, int64_t retry_after)
{
    struct limited_operation *operation = &limit->operations[which];
    bool refused = verdict == LIMIT_REFUSED || verdict == LIMIT_OVERLOADED;

    limit->in_flight--;
    if (verdict == LIMIT_CROWDED)
        curve_lower(&limit->slots, call->in_flight - 0.1, 0, MIN_SPAN / 4);
    if (verdict != LIMIT_PASSED && operation->state == LIMIT_PROBING &&
        call->number == operation->probe_number)
        repeat_probe(operation, now);
    if (verdict == LIMIT_UNKNOWN || verdict == LIMIT_CROWDED)
        return;
    curve_count(&operation->rate, refused - operation->chance);
    curve_count(&limit->slots, refused - operation->chance);
    if (!refused)
        history_add(&operation->accepted, now);
    if (verdict == LIMIT_REFUSED)
        extend_run(limit, operation, now, call, retry_after);
    else if (!refused && operation->run.first > 0 &&
             call->number > operation->run.first)
        end_run(limit, operation, now);
    count_in_block(limit, operation, now, call, refused);
}
