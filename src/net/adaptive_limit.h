/*
 * Finds the limits of a service that does not publish them, from refused calls.
 *
 * Three rates (all calls, and those of each operation) and the number of calls
 * in flight are controls (limit_control.h). Each call obeys all of them. There
 * is no limit until calls are refused. What follows a refusal shows its cause
 * (limit_stop.c, limit_chance.c, limit_scope.c):
 *
 * - Growth. A call was delayed by a control above its peak, and was refused.
 *   The control starts anew from its peak, or from the rate that was accepted
 *   meanwhile if that is higher. If all refused calls saw more calls in flight
 *   than all that passed lately, it is the number in flight that starts anew,
 *   below theirs.
 *
 * - A window or bucket is full. If two users are refused, and no later-sent
 *   call passes, calls stop: for Retry-After, or until a single call passes,
 *   which is tried after growing pauses. If calls of the other operation pass
 *   meanwhile, only this operation stops. What was accepted by time, over
 *   longer than the stop, is the rate that the service bears, whatever its
 *   window. It becomes the peak.
 *
 * - Anything else. Refused calls below the peaks are added up, beyond twice
 *   those that are expected by chance. If there are three too many, the
 *   accepted rate becomes the peak.
 *
 * Chance is what remains, and refuses both operations alike. After a rate was
 * lowered because of a short stop or of single refusals, it is reduced to three
 * quarters for so many calls that ten of them would be refused as before. If
 * the share of refused calls has not fallen to about a third, it did not depend
 * on the rate: it is expected from now on, and the control is restored. If
 * nearly all of the ten are calls of one operation, its own rate is lowered
 * instead. The expectation follows a share that falls, and is halved now and
 * then, so that it is tested anew. A stop whose first probe is refused is never
 * chance.
 *
 * Why it converges: a peak is a rate that was accepted, so the value that
 * follows is below what the service bears, whatever it was before. It can be
 * too low, because calls were stopped, but by 30 % at most, unless a longer
 * window has shown itself. A value that is not refused rises, at last by more
 * than any factor, so it reaches every limit, and twice the peak in two spans.
 * Near the peak it rises by less than a percent in a fifth of the span, so a
 * limit is exceeded by little, until the first refusal. Calls that were in
 * flight then do not count again. The span is three to eight windows, and
 * longer if many calls were refused. A limit is mistaken for chance only if it
 * is exceeded by far both before and during a test, and the next test corrects
 * that.
 *
 * Pure. Times are microseconds of a monotonic clock.
 */
#ifndef NET_ADAPTIVE_LIMIT_H
#define NET_ADAPTIVE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "net/limit_control.h"
#include "net/tenant_limits.h"

enum limit_operation { LIMIT_GET, LIMIT_UPDATE, LIMIT_OPERATIONS };

/* How a call ended. */
enum limit_verdict {
    LIMIT_PASSED,
    LIMIT_REFUSED,    /* too many calls */
    LIMIT_CROWDED,    /* too many calls at once */
    LIMIT_OVERLOADED, /* 503: like LIMIT_REFUSED, but it never stops calls: that
                         is the circuit breaker's part */
    LIMIT_UNKNOWN     /* it says nothing about a limit */
};

/* Scopes have a rate: each operation, and all calls together. */
enum { LIMIT_ALL = LIMIT_OPERATIONS, LIMIT_SCOPES };

/* A call in flight. */
struct limited_call {
    struct call_owner owner;
    int64_t sent;
    uint64_t number; /* in the order of sending */
    unsigned in_flight;
    bool tests[LIMIT_SCOPES]; /* the rate was above its peak, and delayed it */
    bool tests_slots;         /* the same of the calls in flight */
};

/* Refused calls without a later-sent call that passed. */
struct limit_run {
    uint64_t first; /* number of the first of them; 0: there are none */
    uint64_t last;  /* of the last call that was sent before it arrived */
    uint64_t user;  /* of the first of them */
    unsigned refused;
    bool others_pass; /* a later-sent call of the other operation has passed */
};

struct limit_scope {
    struct limit_control rate; /* calls a second */
    int64_t lowered;           /* when the rate was lowered last */
    int64_t due;               /* of the next call */
    int64_t sent;              /* the last call */
    int64_t begun;             /* when the first call was sent */
    struct limit_history accepted;
    struct limit_run run;

    enum { LIMIT_OPEN, LIMIT_STOPPED, LIMIT_PROBING } state;
    int64_t stopped;        /* since when */
    int64_t window;         /* the longest stop lately */
    int64_t long_stop;      /* the length of the last long stop */
    int64_t long_stop_end;  /* its end */
    int64_t pause_end;      /* by Retry-After */
    int64_t probe;          /* when the next call may be sent */
    int64_t pause;          /* before it */
    uint64_t probe_number;  /* of that call */
    unsigned failed_probes; /* of this stop */
};

/* Was a rate lowered in vain? */
struct limit_test {
    struct limit_scope *scope; /* NULL: there is no test */
    uint64_t first;            /* number of its first call */
    unsigned size;             /* calls */
    unsigned calls;            /* that have ended */
    unsigned calls_of[LIMIT_OPERATIONS], refused_of[LIMIT_OPERATIONS];
    double share;                     /* of refused calls before */
    struct limit_control rate, slots; /* before */
};

struct adaptive_limit {
    struct limit_scope scopes[LIMIT_SCOPES];
    struct limit_control slots; /* calls in flight */
    unsigned concurrency;
    unsigned in_flight;
    uint64_t number; /* of the last call */
    int64_t sent;    /* when it was */

    unsigned least; /* calls in flight when a call was refused, since a control
                       was lowered */
    unsigned most;  /* when one passed, lately */
    unsigned most_before; /* the same of the 50 calls before */
    unsigned passed;      /* calls that count for most */

    double chance;  /* share of calls that is refused by chance */
    double seen;    /* share of refused calls lately */
    unsigned since; /* calls since it was tested */
    struct limit_test test;
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

/* The last refusals were due to another limit: if a rate was just lowered
 * because of them, it is restored. */
void adaptive_limit_excuse(struct adaptive_limit *limit);

/* Calls a second of all operations; 0: no limit is known. */
double adaptive_limit_rate(const struct adaptive_limit *limit);

/* The end of the last pause by Retry-After of all calls or of an operation; 0:
 * there was none. */
int64_t adaptive_limit_pause_end(const struct adaptive_limit *limit);

#endif
