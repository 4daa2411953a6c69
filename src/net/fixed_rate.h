/*
 * A fixed rate limit (--rate): at most so many calls in any window, counted
 * where they arrive.
 *
 * The times of the last calls are kept. A call may be sent a window, and a
 * margin for delays on its way, after the call that is that many before it. So
 * a loop that is late, or a program that was stopped, can catch up without
 * sending too many calls. The calls are also spaced evenly, except for those
 * that catch up.
 *
 * Pure. Times are microseconds of a monotonic clock.
 */
#ifndef NET_FIXED_RATE_H
#define NET_FIXED_RATE_H

#include <stdint.h>

struct fixed_rate {
    unsigned calls;     /* in a window; 0: no limit */
    int64_t window;     /* with the margin */
    int64_t spacing;    /* of calls, in nanoseconds */
    int64_t due;        /* when the next call is due, in nanoseconds */
    int64_t *times;     /* a ring; of each group its last call */
    unsigned size;      /* of the ring */
    unsigned group;     /* calls in a group, so that the ring is small */
    unsigned newest;    /* group in the ring */
    unsigned left;      /* calls that it may still have */
    unsigned unflushed; /* groups that have calls since the last flush */
};

/* calls: 0 for no limit. window: microseconds. Returns -1 without memory. */
int fixed_rate_init(struct fixed_rate *rate, unsigned calls, int64_t window);

void fixed_rate_clear(struct fixed_rate *rate);

/* Microseconds until a call may be sent; 0: now. */
int64_t fixed_rate_wait(const struct fixed_rate *rate, int64_t now);

/* A call is handed to the transport. */
void fixed_rate_sent(struct fixed_rate *rate, int64_t now);

/* The transport has sent the calls that were handed to it, except for those
 * that need a new connection. */
void fixed_rate_flushed(struct fixed_rate *rate, int64_t now);

/* The call that was handed over at that time was sent at the other, because it
 * needed a new connection. If it was not, this has no effect. */
void fixed_rate_connected(struct fixed_rate *rate, int64_t handed_over,
                          int64_t sent);

/* Calls a minute; 0: no limit. */
double fixed_rate_per_minute(const struct fixed_rate *rate);

#endif
