/*
 * Finds the limits of a service that does not publish them, from refused calls.
 *
 * Two kinds of controls bound the calls: a rate for each operation, and the
 * number of calls in flight. Each follows a curve from a peak, the value that
 * the service last bore: it starts 4 % below the peak, is flat around it, and
 * then rises ever faster (as CUBIC does in TCP). Without a peak there is no
 * limit. A control that does not delay calls does not rise, since it is not
 * tested.
 *
 * A refusal has one of three causes, and what follows shows which one:
 *
 * - A window or a bucket is full, and all calls are refused for a while. If two
 *   users are refused and no later-sent call of the operation passes, the
 *   operation stops: for Retry-After, or until a single call passes, which is
 *   tried after growing pauses. A later-sent call that passes meanwhile ends
 *   the stop. The time without a call that passes (the recovery) is about as
 *   long as the window if the window was filled at once, and else shorter. What
 *   was accepted by time, over longer than the longest recovery, is the rate
 *   that the service bears, whatever its window. It becomes the peak.
 *
 * - The rate or the number in flight is a little too high, and a part of the
 *   calls is refused. Calls are counted in blocks of 100, in the order in which
 *   they were sent. If more are refused than by chance, the rate that was
 *   accepted becomes the peak, without a stop. If only calls were refused that
 *   saw as many in flight as no call that passed, the number in flight was the
 *   limit: its peak becomes the smallest number at which a call was refused.
 *
 * - Chance. Then the share of refused calls is more than half of what it was,
 *   after the controls were lowered and 50 more calls have ended. This share is
 *   expected from now on, and the controls are restored. It is corrected with
 *   each block below the peak, and shrinks with the others, so that it is
 *   tested again.
 *
 * Why it converges: a peak is a measured rate, so the value that follows is
 * below what the service bears, whatever it was before. A measurement can be
 * too low, because calls were stopped, so a rate is lowered by 30 % at most,
 * unless a longer window has shown itself. A value that is not refused rises,
 * at last by more than any factor, so it reaches every limit. Near the peak it
 * rises by less than a percent in a fifth of the span, so a limit is exceeded
 * slowly and by little. The span, in which the peak is reached again, is at
 * least 1.5 windows. It is doubled at most if more than 0.7 % of the calls were
 * refused since the last peak, and halved at most if fewer were.
 *
 * Pure. Times are microseconds of a monotonic clock.
 */
#ifndef NET_ADAPTIVE_LIMIT_H
#define NET_ADAPTIVE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "net/tenant_limits.h"

/* Operations have limits of their own; if they share one, each finds its part
 * of it. */
enum limit_operation { LIMIT_GET, LIMIT_UPDATE, LIMIT_OPERATIONS };

/* How a call ended. */
enum limit_verdict {
    LIMIT_PASSED,
    LIMIT_REFUSED,    /* too many calls */
    LIMIT_CROWDED,    /* too many calls at once */
    LIMIT_OVERLOADED, /* 503: like LIMIT_REFUSED, but it never stops an
                         operation: that is the circuit breaker's part */
    LIMIT_UNKNOWN     /* it says nothing about a limit */
};

/* A call in flight. */
struct limited_call {
    struct call_owner owner;
    int64_t sent;
    uint64_t number; /* of its operation, in the order of sending */
    unsigned in_flight;
    bool full;  /* as many as allowed */
    bool paced; /* it had waited for the rate */
    bool tests; /* it waited for a control that is above its last peak */
};

struct limit_curve {
    double peak;    /* 0: no limit is known */
    int64_t age;    /* for so long it has delayed calls since */
    int64_t span;   /* the age at which it reaches the peak again */
    double calls;   /* since then */
    double refused; /* of them, without those by chance */
};

/* Some calls of an operation, by their numbers. A refusal may arrive long
 * before the other responses, so a share is known only when all have ended. */
struct limit_refusals {
    uint64_t first; /* number of the first of them; 0: there are none */
    uint64_t last;
    unsigned size;
    unsigned calls; /* that have ended */
    unsigned refused;
    unsigned least; /* calls in flight when one of them was refused */
    unsigned most;  /* when one of them passed */
    bool tests;     /* a call tested a value above the last peak */
};

#define LIMIT_SLOTS 1024

/* Counts of calls by time. */
struct limit_history {
    int64_t newest; /* number of a slot: its time / its length */
    unsigned counts[LIMIT_SLOTS];
};

struct limited_operation {
    struct limit_curve rate; /* calls a second */
    int64_t due;             /* of the next call */
    int64_t sent;            /* the last call */
    uint64_t number;         /* of the last call */
    int64_t begun;           /* when the first call was sent */
    int64_t lowered;         /* when the rate was lowered last */
    struct limit_history accepted;
    struct limit_refusals run;   /* refusals without a later-sent pass; last is
                                    the call before the first of them arrived */
    struct limit_refusals block; /* 100 calls */
    struct limit_refusals earlier; /* those before it */

    enum { LIMIT_OPEN, LIMIT_STOPPED, LIMIT_PROBING } state;
    int64_t stopped;   /* since when */
    int64_t window;    /* the longest recovery lately */
    bool guessed;      /* the rate is that of both operations */
    int64_t pause_end; /* by Retry-After */
    int64_t probe;     /* when the next call may be sent */
    int64_t pause;     /* before it */
    uint64_t probe_number;
    uint64_t user; /* of the first refusal of the run */

    double chance;             /* share of calls that are refused by it */
    struct limit_curve before; /* the rate before it was lowered for a test */
};

struct adaptive_limit {
    struct limited_operation operations[LIMIT_OPERATIONS];
    struct limit_curve slots; /* calls in flight */
    unsigned concurrency;
    unsigned in_flight;
    int64_t sent; /* the last call */

    /* Were the controls lowered in vain? */
    struct limited_operation *tested; /* NULL: there is no test */
    struct limit_curve before;        /* slots */
};

/* concurrency: the maximum number of calls in flight, without a limit. */
void adaptive_limit_init(struct adaptive_limit *limit, unsigned concurrency);

/* Microseconds until a call may be sent; 0: now; -1: not before another one has
 * ended. */
int64_t adaptive_limit_wait(const struct adaptive_limit *limit,
                            enum limit_operation which, int64_t now);

/* A call is sent. *call is filled in, and is needed when it ends. */
void adaptive_limit_sent(struct adaptive_limit *limit,
                         enum limit_operation which, int64_t now,
                         struct limited_call *call);

/* A call has ended. retry_after: microseconds; -1: none. */
void adaptive_limit_ended(struct adaptive_limit *limit,
                          enum limit_operation which, int64_t now,
                          const struct limited_call *call,
                          enum limit_verdict verdict, int64_t retry_after);

/* Calls a second of all operations; 0: no limit is known. */
double adaptive_limit_rate(const struct adaptive_limit *limit);

/* The maximum number of calls in flight now. */
unsigned adaptive_limit_slots(const struct adaptive_limit *limit);

/* The end of the last pause by Retry-After of all calls of an operation; 0:
 * there was none. */
int64_t adaptive_limit_pause_end(const struct adaptive_limit *limit);

#endif
