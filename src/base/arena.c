#include "base/arena.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buffer.h"

struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used;
    max_align_t data[];
};

#define FIRST_BLOCK 1024
#define NEXT_BLOCK  16384

static int add_block(struct arena *arena, size_t size)
{
    struct arena_block *block;

    if (size > arena->max - arena->total) {
        errno = EFBIG;
        return -1;
    }
    block = malloc(sizeof(*block) + size);
    if (!block)
        return -1;
    block->next = arena->blocks;
    block->size = size;
    block->used = 0;
    arena->blocks = block;
    arena->total += size;
    return 0;
}

int arena_init(struct arena *arena, size_t size, size_t max)
{
    *arena = (struct arena){.max = max};
    return add_block(arena, size < FIRST_BLOCK ? FIRST_BLOCK : size);
}

void *arena_take(struct arena *arena, size_t size)
{
    const size_t align = sizeof(void *);
    struct arena_block *block = arena->blocks;
    void *memory;

    if (size > arena->max) {
        errno = EFBIG;
        return NULL;
    }
    size = (size + align - 1) / align * align;
    if (size > block->size - block->used) {
        if (add_block(arena, size > NEXT_BLOCK ? size : NEXT_BLOCK))
            return NULL;
        block = arena->blocks;
    }
    memory = (char *)block->data + block->used;
    block->used += size;
    return memory;
}

void arena_wipe(struct arena *arena)
{
    for (struct arena_block *block = arena->blocks; block; block = block->next)
        memory_wipe(block->data, block->used);
}

void arena_free(struct arena *arena)
{
    struct arena_block *block, *next;

    for (block = arena->blocks; block; block = next) {
        next = block->next;
        free(block);
    }
    arena->blocks = NULL;
}
