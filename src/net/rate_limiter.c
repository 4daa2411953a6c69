#include "net/rate_limiter.h"

#include <limits.h>
#include <stdlib.h>

#define SECOND    INT64_C(1000000) /* the clock's unit is the microsecond */
#define WINDOW    (60 * SECOND)    /* over which the service counts */
#define MAX_PAUSE (60 * WINDOW)    /* a longer Retry-After is shortened */

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

/* ---- the last minute ----------------------------------------------------- */

#define SLOT  (SECOND / 4)
#define SLOTS 245 /* a second more than the window, and the current slot */

/* Counts of calls by time, for as long as the service may count them. */
struct history {
    int64_t newest; /* slot number: its time / SLOT */
    unsigned counts[SLOTS];
};

static unsigned history_slot(const struct history *history, int64_t slot)
{
    if (slot < 0 || slot > history->newest || slot <= history->newest - SLOTS)
        return 0;
    return history->counts[slot % SLOTS];
}

static void history_add(struct history *history, int64_t now)
{
    int64_t slot = now / SLOT;

    if (slot - history->newest > SLOTS)
        history->newest = slot - SLOTS;
    while (history->newest < slot)
        history->counts[++history->newest % SLOTS] = 0;
    history->counts[history->newest % SLOTS]++;
}

/* The sum of that many slots, up to the current one. */
static uint64_t history_sum(const struct history *history, int64_t now,
                            int64_t slots)
{
    int64_t last = now / SLOT;
    uint64_t sum = 0;

    for (int64_t slot = last - slots + 1; slot <= last; slot++)
        sum += history_slot(history, slot);
    return sum;
}

/* Microseconds until the whole history contains less than this. */
static int64_t history_wait(const struct history *history, int64_t now,
                            double less_than)
{
    uint64_t sum = history_sum(history, now, SLOTS);
    int64_t slot = now / SLOT - SLOTS;

    while ((double)sum >= less_than)
        sum -= history_slot(history, ++slot);
    if (slot == now / SLOT - SLOTS)
        return 0;
    return (slot + SLOTS) * SLOT - now;
}

/* ---- the limiter --------------------------------------------------------- */

/* The share of a measured limit that is used. The rest allows for errors of the
 * measurement, and for calls that are delayed on their way. */
#define SHARE 0.95

/* The smallest share of the limit that a refusal leaves: usually the service's
 * limit has not changed, but another program has used a part of it. */
#define MIN_LEFT             0.5
#define MIN_LEFT_RETRY_AFTER 0.9

/* Bounds of the limit, in calls in a window. A call in ten seconds costs the
 * service nothing and soon shows that it accepts calls again. The upper bound
 * only keeps counts in range. */
#define MIN_LIMIT 6.0
#define MAX_LIMIT 1e9

/* Probing: with each window in which the limit was used and nothing refused, it
 * grows by a step, and the step doubles. From the small first step, 8 windows
 * lead from 95 % of a limit to beyond it, and a single refusal there is less
 * than 1 % of the calls even if the limit is 20. A limit that has doubled is
 * found in 13 windows. If the limit is not known, the first step is large:
 * reaching it too early costs no more than the calls in flight. */
#define STEP_KNOWN   0.0002
#define STEP_UNKNOWN 0.25
#define MAX_STEP     1.0

/* Fewer calls than this in less than a window do not measure a limit. */
#define FEW 100

/* If a smaller share of the limit was used, the limit was not tested. */
#define USED 0.8

struct rate_limiter {
    struct spacing rate;     /* --rate */
    struct spacing adaptive; /* by the limit */
    double limit;            /* calls in WINDOW; 0: none is known */
    double step;
    int64_t slowed;    /* when a refusal last changed the limit */
    int64_t quiet;     /* since when the limit has been as it is */
    int64_t pause_end; /* of a pause by Retry-After */
    int64_t rest_end;  /* of a pause of our own */
    bool first;        /* the limit comes from the first refusal */
    bool guessed;      /* the limit is a share of the current rate: guess() */
    int64_t begun;     /* when the first call was sent */

    /* All calls in flight, and those that were sent before the last change of
     * the limit. */
    uint64_t in_flight;
    uint64_t earlier;

    struct history sent;
    struct history accepted;
};

struct rate_limiter *rate_limiter_new(unsigned rate, int64_t window_us)
{
    struct rate_limiter *limiter = calloc(1, sizeof(*limiter));

    if (limiter)
        limiter->rate = spacing_of_rate(rate, window_us);
    return limiter;
}

void rate_limiter_free(struct rate_limiter *limiter)
{
    free(limiter);
}

/* The longer of two waits; a wait that is over may be negative. */
static int64_t later(int64_t wait, int64_t other)
{
    return wait > other ? wait : other;
}

/* The spacing alone would overfill a window that still contains earlier calls.
 * To count calls that were delayed on their way, more than the window is
 * examined, and proportionally more calls are allowed. */
static int64_t room_wait(const struct rate_limiter *limiter, int64_t now)
{
    const double seen = (double)(SLOTS - 1) * SLOT / WINDOW;

    return history_wait(&limiter->sent, now, limiter->limit * seen);
}

int64_t rate_limiter_wait(const struct rate_limiter *limiter, int64_t now)
{
    int64_t wait = spacing_wait(&limiter->rate, now);

    wait = later(wait, limiter->pause_end - now);
    if (limiter->limit == 0)
        return wait;
    wait = later(wait, limiter->rest_end - now);
    wait = later(wait, spacing_wait(&limiter->adaptive, now));
    return limiter->guessed ? wait : later(wait, room_wait(limiter, now));
}

void rate_limiter_delayed(struct rate_limiter *limiter, int64_t delay)
{
    spacing_delayed(&limiter->rate, delay);
}

void rate_limiter_sent(struct rate_limiter *limiter, int64_t now)
{
    if (limiter->begun == 0)
        limiter->begun = now;
    spacing_sent(&limiter->rate, now);
    spacing_sent(&limiter->adaptive, now);
    history_add(&limiter->sent, now);
    limiter->in_flight++;
}

static void set_limit(struct rate_limiter *limiter, double limit)
{
    if (limit < MIN_LIMIT)
        limit = MIN_LIMIT;
    if (limit > MAX_LIMIT)
        limit = MAX_LIMIT;
    limiter->limit = limit;
    limiter->adaptive.interval = (int64_t)((double)WINDOW * 1000 / limit) + 1;
    limiter->adaptive.catch_up = CATCH_UP(SECOND * 1000);
    limiter->adaptive.span = WINDOW * 1000;
}

/* The calls that the service has accepted in the last window. A call counts
 * from its response on, and the current slot counts as a whole one, so the
 * result is too low rather than too high. */
static double measured(const struct rate_limiter *limiter, int64_t now)
{
    return (double)history_sum(&limiter->accepted, now, WINDOW / SLOT);
}

/* A call has ended. Was it sent before the limit was changed? Calls are not
 * distinguished: for a while after a change none is sent, so the calls that
 * were in flight are the first to end. */
static bool end_call(struct rate_limiter *limiter, int64_t now)
{
    if (limiter->in_flight > 0)
        limiter->in_flight--;
    if (now - limiter->slowed >= WINDOW)
        limiter->earlier = 0;
    if (limiter->earlier == 0)
        return false;
    limiter->earlier--;
    return true;
}

static void probe(struct rate_limiter *limiter, int64_t now)
{
    if (now - limiter->quiet < WINDOW ||
        measured(limiter, now) < USED * limiter->limit)
        return;
    set_limit(limiter, limiter->limit * (1 + limiter->step));
    limiter->step = limiter->step * 2 < MAX_STEP ? limiter->step * 2 : MAX_STEP;
    limiter->quiet = now;
}

void rate_limiter_accepted(struct rate_limiter *limiter, int64_t now)
{
    bool earlier = end_call(limiter, now);

    history_add(&limiter->accepted, now);
    if (limiter->limit == 0)
        return;
    /* The first refusal may come before the responses to calls that were sent
     * earlier and accepted: these belong to the measure. */
    if (earlier && limiter->first &&
        SHARE * measured(limiter, now) > limiter->limit)
        set_limit(limiter, SHARE * measured(limiter, now));
    probe(limiter, now);
}

static void note_change(struct rate_limiter *limiter, int64_t now)
{
    limiter->slowed = now;
    limiter->quiet = now;
    limiter->earlier = limiter->in_flight;
}

/* For a first refusal that does not measure a limit over a window: the service
 * itself says when to continue, or the run has just started and others have
 * filled the window. Only the current rate is lowered a little. */
static void guess(struct rate_limiter *limiter, int64_t now)
{
    int64_t since = now - limiter->begun;

    if (since < SECOND)
        since = SECOND;
    if (since > WINDOW)
        since = WINDOW;
    limiter->guessed = true;
    limiter->step = STEP_UNKNOWN;
    set_limit(limiter,
              MIN_LEFT_RETRY_AFTER *
                  (double)history_sum(&limiter->sent, now, WINDOW / SLOT) *
                  (double)WINDOW / (double)since);
    note_change(limiter, now);
}

/* Too few calls were sent to measure a limit. */
static bool is_young(const struct rate_limiter *limiter, int64_t now)
{
    return now - limiter->begun < WINDOW &&
           measured(limiter, now) + (double)limiter->in_flight < FEW;
}

static void slow_down(struct rate_limiter *limiter, int64_t now, bool asked,
                      bool soon)
{
    double seen = measured(limiter, now);
    double limit = SHARE * seen;
    double least = (asked ? MIN_LEFT_RETRY_AFTER : MIN_LEFT) * limiter->limit;
    double most = SHARE * limiter->limit;

    /* Two refusals in a row measure the limit. */
    bool anew = limiter->limit == 0 || (limiter->guessed && soon);

    /* Nothing was accepted: others have filled the window, or an earlier run.
     * Only waiting helps. */
    if (seen == 0 && !asked)
        limiter->rest_end = now + WINDOW;
    limiter->first = anew;
    if (anew || !asked)
        limiter->guessed = false;
    limiter->step = !limiter->first && seen >= USED * limiter->limit
                        ? STEP_KNOWN
                        : STEP_UNKNOWN;
    if (!limiter->first && limit < least)
        limit = least;
    if (!limiter->first && limit > most)
        limit = most;
    set_limit(limiter, limit);
    note_change(limiter, now);
}

bool rate_limiter_throttled(struct rate_limiter *limiter, int64_t now,
                            int64_t retry_after_us)
{
    bool earlier = end_call(limiter, now);
    int64_t pause = retry_after_us < MAX_PAUSE ? retry_after_us : MAX_PAUSE;
    bool soon = now - later(limiter->slowed,
                            later(limiter->pause_end, limiter->rest_end)) <
                WINDOW;

    if (pause >= 0)
        limiter->pause_end = later(limiter->pause_end, now + pause);
    if (earlier)
        return false;
    if (limiter->limit == 0 && (pause >= 0 || is_young(limiter, now))) {
        if (pause < 0)
            limiter->rest_end = now + WINDOW;
        guess(limiter, now);
    } else {
        slow_down(limiter, now, pause >= 0, soon);
    }
    return true;
}

int64_t rate_limiter_pause_end(const struct rate_limiter *limiter)
{
    return limiter->pause_end;
}

unsigned rate_limiter_per_minute(const struct rate_limiter *limiter)
{
    double calls = limiter->limit;

    if (limiter->rate.interval > 0) {
        double rate = (double)WINDOW * 1000 / (double)limiter->rate.interval;

        calls = calls > 0 && calls < rate ? calls : rate;
    }
    return calls < (double)UINT_MAX ? (unsigned)calls : UINT_MAX;
}
