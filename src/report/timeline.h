/*
 * The course of a run: what happened in each span of time, in at most
 * REPORT_SAMPLES samples. When they are full, each two neighbours become one,
 * and the span is doubled. Pure: times are milliseconds of a steady clock.
 */
#ifndef REPORT_TIMELINE_H
#define REPORT_TIMELINE_H

#include <stdint.h>

#include "report/values.h"

/* The span of a sample at first, in milliseconds. */
#define TIMELINE_SPAN 100

/* The state of the run: counts since its start, and what holds now. */
struct timeline_state {
    uint64_t rows;
    uint64_t calls;
    uint64_t throttled;
    unsigned in_flight;
    unsigned limit; /* calls a minute; 0: none */
    unsigned waits; /* a bit for each reason */
};

struct timeline {
    struct report_sample samples[REPORT_SAMPLES];
    unsigned count;
    int64_t span;
    int64_t start;
    int64_t length; /* from the start to the last note */
    struct timeline_state last;
};

/* The run starts in that state. */
void timeline_begin(struct timeline *timeline,
                    const struct timeline_state *state, int64_t now);

/* Notes the state. Until now, what held at the last note still held; what was
 * counted since then happened now. */
void timeline_note(struct timeline *timeline,
                   const struct timeline_state *state, int64_t now);

/* The run has waited for that reason since that time. */
void timeline_mark(struct timeline *timeline, unsigned wait, int64_t since);

#endif
