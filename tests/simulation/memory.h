/*
 * What a process holds in memory. Rows without a result may hold some; the rest
 * must not grow, neither with the rows nor with the calls.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

#include "disk.h"
#include "output/result_writer.h"

struct memory {
    const struct disk *disk; /* its files do not count */
    const struct tally *tally;
    unsigned rows;  /* of INPUT */
    unsigned waits; /* 0: nothing was measured yet */
    size_t first;   /* bytes, at the first wait */
    size_t excess;  /* more than that and what the rows may hold, at most */
    size_t tables;  /* bytes of large allocations, at most */
};

/* A new process. All pointers are borrowed. */
void memory_start(struct memory *memory, const struct disk *disk,
                  const struct tally *tally, unsigned rows);

/* The process waits for calls. */
void memory_measure(struct memory *memory);

#endif
