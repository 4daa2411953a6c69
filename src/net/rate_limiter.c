#include "net/rate_limiter.h"

#include <limits.h>
#include <stdlib.h>

#define SECOND    INT64_C(1000000) /* the clock's unit is the microsecond */
#define WINDOW    (60 * SECOND)    /* over which the service counts */
#define MAX_PAUSE (60 * WINDOW)    /* that is obeyed */

/* ---- spacing ------------------------------------------------------------- */

/* Calls are due one interval apart. One may leave a little before it is due, so
 * that a loop which woke up late makes up for it; what a longer pause has cost
 * is lost. In nanoseconds, since 20,000 calls a second are 51.4 us apart. */
struct spacing {
    int64_t interval; /* 0: no bound */
    int64_t catch_up; /* a call may leave so long before it is due */
    int64_t span;     /* none is due later than this from now */
    int64_t due;      /* when the next one is, by the clock */
};

/* "Never more than N in any window" is judged where the calls arrive. The worst
 * that can happen to N + 1 calls in a row is that the first is held up on its
 * way and the last has caught up:
 *
 *     N * interval - catch_up - held_up >= window
 *
 * It is the same for any N, 1 included, so the margin is a share of the window.
 * Of a second it is 10 ms to catch up, which is as late as the loop is as a
 * rule, and 17 ms to be held up. What is left is 1 / 1.027, 97.4 % of the rate;
 * 97 % is the goal. */
#define CATCH_UP(window) ((window) / 100)
#define HELD_UP(window)  ((window)*17 / 1000)

static struct spacing spacing_of_rate(unsigned calls, int64_t window_us)
{
    int64_t window = window_us * 1000;
    int64_t span = window + CATCH_UP(window) + HELD_UP(window);

    if (calls == 0)
        return (struct spacing){0};
    return (struct spacing){.interval = span / calls + 1,
                            .catch_up = CATCH_UP(window),
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

/* ---- what happened lately ------------------------------------------------ */

#define SLOT  (SECOND / 4)
#define SLOTS 245 /* a second more than the window, and the slot begun */

/* Counts by time, for as long as the service may remember. */
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

/* The sum of that many slots, the one of now being the last. */
static uint64_t history_sum(const struct history *history, int64_t now,
                            int64_t slots)
{
    int64_t last = now / SLOT;
    uint64_t sum = 0;

    for (int64_t slot = last - slots + 1; slot <= last; slot++)
        sum += history_slot(history, slot);
    return sum;
}

/* Microseconds until less than this is in the whole history. */
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

/* ---- the pace ------------------------------------------------------------ */

/* What is held of a limit that was measured. The rest is for what the measure
 * misses, and for calls that are held up. */
#define SHARE 0.95

/* The least that a refusal leaves of the pace: more often than not it is not
 * the limit that fell, but somebody else who took of it for a while. */
#define LEAST_LEFT         0.5
#define LEAST_LEFT_ORDERED 0.9 /* with Retry-After */

/* Calls in a window. A call in ten seconds costs the service nothing and shows
 * soon that it takes calls again. Where nothing bounds the pace from above,
 * counts still must fit. */
#define FLOOR 6.0
#define MOST  1e9

/* Probing: with each window in which the pace was used and nothing refused, it
 * grows by a step, and the step doubles. Beginning as low as this, 8 windows
 * lead from 95 % of a limit to beyond it, and a single refusal there is less
 * than 1 % of the calls even where the limit is 20. A limit that has doubled is
 * found in 13. Where the limit is not known, the step begins high: reaching it
 * too early costs no more than the calls in flight. */
#define STEP_KNOWN   0.0002
#define STEP_UNKNOWN 0.25
#define STEP_MOST    1.0

/* So few calls in less than a window say nothing of a limit. */
#define FEW 100

/* A pace of which less was used was not put to the proof. */
#define USED 0.8

struct rate_limiter {
    struct spacing rate;   /* --rate */
    struct spacing learnt; /* what the service bears */
    double limit;          /* calls in WINDOW; 0: none is known */
    double step;
    int64_t slowed;    /* when a refusal has last changed the limit */
    int64_t quiet;     /* since when the limit has been as it is */
    int64_t pause_end; /* as ordered by Retry-After */
    int64_t rest_end;  /* a pause of our own */
    bool first;        /* the limit comes from the first refusal */
    bool guessed;      /* it is but a share of the speed, see guess() */
    int64_t begun;     /* when the first call left */

    /* Calls without an answer; those of them that left before the limit was
     * changed. */
    uint64_t in_flight;
    uint64_t stale;

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

/* The larger of two waits; what is over answers a negative one. */
static int64_t later(int64_t wait, int64_t other)
{
    return wait > other ? wait : other;
}

/* The spacing alone would fill up a window that earlier calls still fill. More
 * than the window is looked at, so as to count what was held up on its way, and
 * in return more is allowed, so that an even pace is not slowed. */
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
    wait = later(wait, spacing_wait(&limiter->learnt, now));
    return limiter->guessed ? wait : later(wait, room_wait(limiter, now));
}

void rate_limiter_sent(struct rate_limiter *limiter, int64_t now)
{
    if (limiter->begun == 0)
        limiter->begun = now;
    spacing_sent(&limiter->rate, now);
    spacing_sent(&limiter->learnt, now);
    history_add(&limiter->sent, now);
    limiter->in_flight++;
}

static void set_limit(struct rate_limiter *limiter, double limit)
{
    if (limit < FLOOR)
        limit = FLOOR;
    if (limit > MOST)
        limit = MOST;
    limiter->limit = limit;
    limiter->learnt.interval = (int64_t)((double)WINDOW * 1000 / limit) + 1;
    limiter->learnt.catch_up = CATCH_UP(SECOND * 1000);
    limiter->learnt.span = WINDOW * 1000;
}

/* What the service has accepted in the last window. A call counts from when it
 * was answered on, and the slot begun is taken for a whole one, so that it is
 * rather too few than too many. */
static double measured(const struct rate_limiter *limiter, int64_t now)
{
    return (double)history_sum(&limiter->accepted, now, WINDOW / SLOT);
}

/* A call has its answer. Did it leave before the limit was changed? Answers are
 * not told apart: nothing leaves for a while after a change, so the calls that
 * were in flight are the first to be answered. */
static bool end_call(struct rate_limiter *limiter, int64_t now)
{
    if (limiter->in_flight > 0)
        limiter->in_flight--;
    if (now - limiter->slowed >= WINDOW)
        limiter->stale = 0;
    if (limiter->stale == 0)
        return false;
    limiter->stale--;
    return true;
}

static void probe(struct rate_limiter *limiter, int64_t now)
{
    if (now - limiter->quiet < WINDOW ||
        measured(limiter, now) < USED * limiter->limit)
        return;
    set_limit(limiter, limiter->limit * (1 + limiter->step));
    limiter->step =
        limiter->step * 2 < STEP_MOST ? limiter->step * 2 : STEP_MOST;
    limiter->quiet = now;
}

void rate_limiter_accepted(struct rate_limiter *limiter, int64_t now)
{
    bool stale = end_call(limiter, now);

    history_add(&limiter->accepted, now);
    if (limiter->limit == 0)
        return;
    /* The first refusal may come before the answers to calls that left earlier
     * and were accepted: they belong to the measure. */
    if (stale && limiter->first &&
        SHARE * measured(limiter, now) > limiter->limit)
        set_limit(limiter, SHARE * measured(limiter, now));
    probe(limiter, now);
}

static void note_change(struct rate_limiter *limiter, int64_t now)
{
    limiter->slowed = now;
    limiter->quiet = now;
    limiter->stale = limiter->in_flight;
}

/* The first refusal, and it is no measure of a limit over a window: the service
 * says itself when to go on, or the run is young and others have filled the
 * window. Only the speed becomes a little less. */
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
              LEAST_LEFT_ORDERED *
                  (double)history_sum(&limiter->sent, now, WINDOW / SLOT) *
                  (double)WINDOW / (double)since);
    note_change(limiter, now);
}

/* Too little has been sent to measure by. */
static bool is_young(const struct rate_limiter *limiter, int64_t now)
{
    return now - limiter->begun < WINDOW &&
           measured(limiter, now) + (double)limiter->in_flight < FEW;
}

static void slow_down(struct rate_limiter *limiter, int64_t now, bool ordered,
                      bool soon)
{
    double seen = measured(limiter, now);
    double limit = SHARE * seen;
    double least = (ordered ? LEAST_LEFT_ORDERED : LEAST_LEFT) * limiter->limit;
    double most = SHARE * limiter->limit;

    /* Two in a row are a limit. */
    bool anew = limiter->limit == 0 || (limiter->guessed && soon);

    /* Nothing was accepted: others have filled the window, or what ran before
     * this run has. Only waiting helps. */
    if (seen == 0 && !ordered)
        limiter->rest_end = now + WINDOW;
    limiter->first = anew;
    if (anew || !ordered)
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
    bool stale = end_call(limiter, now);
    int64_t pause = retry_after_us < MAX_PAUSE ? retry_after_us : MAX_PAUSE;
    bool soon = now - later(limiter->slowed,
                            later(limiter->pause_end, limiter->rest_end)) <
                WINDOW;

    if (pause >= 0)
        limiter->pause_end = later(limiter->pause_end, now + pause);
    if (stale)
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
