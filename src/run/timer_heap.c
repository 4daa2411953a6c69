#include "run/timer_heap.h"

#include <assert.h>
#include <stdlib.h>

int waiting_init(struct waiting *waiting, size_t capacity)
{
    waiting->heap = calloc(capacity, sizeof(struct user_task *));
    waiting->count = 0;
    waiting->capacity = capacity;
    return waiting->heap ? 0 : -1;
}

void waiting_clear(struct waiting *waiting)
{
    free(waiting->heap);
    *waiting = (struct waiting){.heap = NULL};
}

void waiting_put(struct waiting *waiting, struct user_task *task)
{
    struct user_task **heap = waiting->heap;
    size_t at = waiting->count++;

    assert(at < waiting->capacity);
    for (; at > 0 && heap[(at - 1) / 2]->wake > task->wake; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = task;
}

struct user_task *waiting_first(const struct waiting *waiting)
{
    return waiting->count > 0 ? waiting->heap[0] : NULL;
}

struct user_task *waiting_take(struct waiting *waiting)
{
    struct user_task **heap = waiting->heap;
    struct user_task *first = waiting_first(waiting);
    struct user_task *last;
    size_t at = 0;

    if (!first)
        return NULL;
    last = heap[--waiting->count];
    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < waiting->count &&
            heap[child + 1]->wake < heap[child]->wake)
            child++;
        if (child >= waiting->count || heap[child]->wake >= last->wake)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return first;
}
