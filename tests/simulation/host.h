/*
 * The simulated host: its clocks and random numbers, and the death of the
 * process.
 *
 * Time passes only while the program waits. Each operation of the disk or the
 * network is counted, and the process dies at the one that the schedule names.
 * It dies as a ghost: the program runs on until it has stopped, but nothing
 * that it does reaches the disk or the service any more. So its memory is freed
 * as usual, and a sanitizer sees real leaks only.
 */
#ifndef HOST_H
#define HOST_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/random.h"
#include "draw.h"

struct host;

/* Clock and random numbers are passed as const, so each has a pointer to what
 * changes. */
struct host_clock {
    struct clock base;
    struct host *host;
};

struct host_random {
    struct random base;
    struct host *host;
};

struct host {
    struct host_clock clock;
    struct host_random random;
    int64_t now;        /* microseconds; also the wall clock's, except for: */
    int64_t wall_error; /* microseconds */
    struct draw numbers;
    unsigned operations; /* of this process */
    unsigned die_at;     /* 0: never */
    bool dead;
    int64_t died;               /* when */
    volatile sig_atomic_t stop; /* as a signal sets it */
    FILE *trace;                /* NULL: none */
};

/* At the given time. trace may be NULL. */
void host_init(struct host *host, FILE *trace);

/* A new process, which dies at that operation (0: never). */
void host_start(struct host *host, uint64_t seed, unsigned die_at);

/* The process has ended. If it died, what its ghost waited took no time. */
void host_end(struct host *host);

/* Counts an operation. False: the process is dead, and the operation must not
 * have any effect. *dies, if it is not NULL: it died at this very operation. */
bool host_operate(struct host *host, bool *dies);

/* Seconds since the simulation began. */
double host_seconds(const struct host *host);

/* One line of the trace. */
void host_trace(const struct host *host, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
