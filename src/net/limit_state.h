/*
 * The state of the adaptive limit (adaptive_limit.h), whose parts share it:
 * limit_scope.c, limit_chance.c and limit_stop.c. Others only store it.
 *
 * Times are microseconds of a monotonic clock.
 */
#ifndef NET_LIMIT_STATE_H
#define NET_LIMIT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/call_owner.h"
#include "net/limit_control.h"

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
    bool by_others;         /* this stop is due to calls of other processes */
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
    uint64_t stops;  /* of all calls: see adaptive_limit_stops() */

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

#endif
