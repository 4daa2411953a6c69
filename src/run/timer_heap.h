/*
 * Tasks that wait for a time: a heap, the next one to wake on top.
 */
#ifndef RUN_TIMER_HEAP_H
#define RUN_TIMER_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "user/user_task.h"

/* Its memory is a bound: capacity tasks. */
struct waiting {
    struct user_task **heap;
    size_t count;
    size_t capacity;
};

/* -1 without memory. */
int waiting_init(struct waiting *waiting, size_t capacity);

/* Frees the heap; its tasks are the caller's. */
void waiting_clear(struct waiting *waiting);

/* The task, whose wake is set, joins. There must be room. */
void waiting_put(struct waiting *waiting, struct user_task *task);

/* The task that wakes next, or NULL; it stays. */
struct user_task *waiting_first(const struct waiting *waiting);

/* Takes the first one out; NULL: there is none. */
struct user_task *waiting_take(struct waiting *waiting);

#endif
