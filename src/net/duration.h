/*
 * The shorter and the longer of two durations, or times.
 */
#ifndef NET_DURATION_H
#define NET_DURATION_H

#include <stdint.h>

static inline int64_t shorter(int64_t duration, int64_t other)
{
    return duration < other ? duration : other;
}

static inline int64_t longer(int64_t duration, int64_t other)
{
    return duration > other ? duration : other;
}

#endif
