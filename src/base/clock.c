#include "base/clock.h"

#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec time;

    clock_gettime(id, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static int64_t steady_us(const struct clock *clock)
{
    (void)clock;
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t wall_us(const struct clock *clock)
{
    (void)clock;
    return read_clock(CLOCK_REALTIME);
}

const struct clock clock_system = {.steady_us = steady_us, .wall_us = wall_us};

int64_t clock_us(const struct clock *clock)
{
    return clock->steady_us(clock);
}

int64_t clock_ms(const struct clock *clock)
{
    return clock->steady_us(clock) / 1000;
}
