#include "timers.h"

#include <stdlib.h>
#include <time.h>

#include "mem.h"

uint64_t timers_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void timers_init(struct timers *timers)
{
    *timers = (struct timers){.heap = NULL};
}

void timers_free(struct timers *timers)
{
    free(timers->heap);
    timers_init(timers);
}

void timers_add(struct timers *timers, uint64_t at, void *what)
{
    size_t i = timers->count++;

    if (i == timers->size) {
        timers->size = timers->size > 0 ? timers->size * 2 : 64;
        timers->heap =
            mem_grow(timers->heap, timers->size * sizeof *timers->heap);
    }
    for (; i > 0 && timers->heap[(i - 1) / 2].at > at; i = (i - 1) / 2)
        timers->heap[i] = timers->heap[(i - 1) / 2];
    timers->heap[i] = (struct timer){at, what};
}

uint64_t timers_next(const struct timers *timers)
{
    return timers->count > 0 ? timers->heap[0].at : UINT64_MAX;
}

void *timers_pop(struct timers *timers, uint64_t now)
{
    struct timer *heap = timers->heap;
    size_t i = 0;

    if (timers->count == 0 || heap[0].at > now)
        return NULL;
    void *what = heap[0].what;
    struct timer last = heap[--timers->count];
    for (size_t child = 1; child < timers->count; child = 2 * i + 1) {
        if (child + 1 < timers->count && heap[child + 1].at < heap[child].at)
            child++;
        if (heap[child].at >= last.at)
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    return what;
}
