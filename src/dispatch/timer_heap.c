#include "dispatch/timer_heap.h"

#include <assert.h>
#include <stdlib.h>

int timer_heap_init(struct timer_heap *timers, size_t capacity)
{
    timers->heap = calloc(capacity, sizeof(struct user_task *));
    timers->count = 0;
    timers->capacity = capacity;
    return timers->heap ? 0 : -1;
}

void timer_heap_clear(struct timer_heap *timers)
{
    free(timers->heap);
    *timers = (struct timer_heap){.heap = NULL};
}

void timer_heap_put(struct timer_heap *timers, struct user_task *task)
{
    struct user_task **heap = timers->heap;
    size_t at = timers->count++;

    assert(at < timers->capacity);
    for (; at > 0 && heap[(at - 1) / 2]->schedule.wake > task->schedule.wake;
         at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = task;
}

struct user_task *timer_heap_first(const struct timer_heap *timers)
{
    return timers->count > 0 ? timers->heap[0] : NULL;
}

struct user_task *timer_heap_take(struct timer_heap *timers)
{
    struct user_task **heap = timers->heap;
    struct user_task *first = timer_heap_first(timers);
    struct user_task *last;
    size_t at = 0;

    if (!first)
        return NULL;
    last = heap[--timers->count];
    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < timers->count &&
            heap[child + 1]->schedule.wake < heap[child]->schedule.wake)
            child++;
        if (child >= timers->count ||
            heap[child]->schedule.wake >= last->schedule.wake)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return first;
}
