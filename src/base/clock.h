/*
 * Time as an interface, so that a whole run can be simulated. A module that
 * needs the time receives a clock, or the time itself.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* An implementation with a state of its own embeds this struct. */
struct clock {
    /* Microseconds of a steady (monotonic) clock: its start is arbitrary, and
     * it is never set. */
    int64_t (*steady_us)(const struct clock *clock);
    /* Microseconds since 1970-01-01 UTC. It may jump. */
    int64_t (*wall_us)(const struct clock *clock);
};

/* The clocks of this machine. */
extern const struct clock clock_system;

/* The steady clock. */
int64_t clock_us(const struct clock *clock);
int64_t clock_ms(const struct clock *clock);

#endif
