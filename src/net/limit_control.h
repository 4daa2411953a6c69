/*
 * A control of the adaptive limit (adaptive_limit.h): a rate, or a number of
 * calls in flight.
 *
 * Its value follows a curve from a peak, which the service bore: it starts 5 %
 * below the peak, is flat around it, and then rises ever faster, as CUBIC does
 * in TCP. The curve's time is the time in which the control delayed calls. So a
 * value that is not used does not rise.
 *
 * A control also counts the refused calls among those that were sent since its
 * last change. Refusals in excess of what is expected are added up (CUSUM).
 *
 * Pure. Times are microseconds.
 */
#ifndef NET_LIMIT_CONTROL_H
#define NET_LIMIT_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

struct limit_control {
    double peak;         /* 0: no limit is known */
    int64_t age;         /* for so long it has delayed calls since its change */
    int64_t span;        /* the age at which it reaches the peak again */
    uint64_t changed;    /* number of the last call before its change */
    double calls;        /* that were sent since, and have ended */
    double refused;      /* of them */
    double excess;       /* refused calls that were not expected; at least 0 */
    double excess_calls; /* since the excess was 0 */
    double excess_refused;
};

/* The value, or the bound that it exceeds. */
static inline double limit_within(double value, double least, double most)
{
    return value < least ? least : value > most ? most : value;
}

/* INFINITY: no limit is known. */
double limit_control_value(const struct limit_control *control);

/* Is its value above the peak? Then calls test whether a limit has grown. */
bool limit_control_is_above(const struct limit_control *control);

/* It has delayed calls for so long. */
void limit_control_use(struct limit_control *control, int64_t duration);

/* Starts a new curve. A peak above the present value is lowered to it. number:
 * of the last call that was sent. chance: the share of calls that is refused by
 * chance. window: of the limit, as far as it is known. The span is three
 * windows at least, and eight at most. It is doubled if more than half a
 * percent of the calls were refused, and halved if fewer were. */
void limit_control_lower(struct limit_control *control, double peak,
                         int64_t window, uint64_t number, double chance);

/* Returns to an earlier curve. */
void limit_control_restore(struct limit_control *control,
                           const struct limit_control *before, uint64_t number);

/* A call has ended that was sent since the change. */
void limit_control_count(struct limit_control *control, bool refused);

/* The same if its refusal may be due to this control. expected: the share of
 * calls that may be refused. */
void limit_control_add_excess(struct limit_control *control, bool refused,
                              double expected);

/* The number of slots of a history, which are 1/8 s long. */
#define LIMIT_SLOTS 2048

/* Counts calls by time. Starts as zeros. */
struct limit_history {
    int64_t newest; /* the number of a slot */
    unsigned counts[LIMIT_SLOTS];
};

void limit_history_add(struct limit_history *history, int64_t now);

/* The calls since then. *since is moved to the beginning of a slot. */
double limit_history_sum(const struct limit_history *history, int64_t *since);

#endif
