/*
 * Timers, the next one first (a binary heap).
 */
#ifndef TIMERS_H
#define TIMERS_H

#include <stddef.h>
#include <stdint.h>

struct timer {
    uint64_t at; /* nanoseconds, as timers_now() */
    void *what;  /* the caller's; not owned */
};

struct timers {
    struct timer *heap;
    size_t count, size;
};

/* Nanoseconds of a monotonic clock. */
uint64_t timers_now(void);

void timers_init(struct timers *timers);
void timers_free(struct timers *timers);

void timers_add(struct timers *timers, uint64_t at, void *what);

/* The time of the next timer, or UINT64_MAX. */
uint64_t timers_next(const struct timers *timers);

/* Removes the next timer and returns its what; NULL: none is due at now. */
void *timers_pop(struct timers *timers, uint64_t now);

#endif
