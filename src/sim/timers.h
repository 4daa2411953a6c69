/*
 * Wake-up times, the next one first (a binary heap).
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

/* Nanoseconds of a clock that only goes forward. */
uint64_t timers_now(void);

void timers_init(struct timers *timers);
void timers_free(struct timers *timers);

void timers_add(struct timers *timers, uint64_t at, void *what);

/* The next time, UINT64_MAX where there is none. */
uint64_t timers_next(const struct timers *timers);

/* Takes the next timer out if its time has come by now; NULL if not. */
void *timers_pop(struct timers *timers, uint64_t now);

#endif
