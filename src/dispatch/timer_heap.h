/*
 * The tasks that wait for a time, as a heap: the next one to wake is on top.
 */
#ifndef DISPATCH_TIMER_HEAP_H
#define DISPATCH_TIMER_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "user/user_task.h"

/* At most `capacity` tasks. */
struct timer_heap {
    struct user_task **heap;
    size_t count;
    size_t capacity;
};

/* -1 without memory. */
int timer_heap_init(struct timer_heap *timers, size_t capacity);

/* Frees the heap; its tasks are the caller's. */
void timer_heap_clear(struct timer_heap *timers);

/* Adds a task, whose schedule.wake must be set. There must be room. */
void timer_heap_put(struct timer_heap *timers, struct user_task *task);

/* The task that wakes next, or NULL; it stays. */
struct user_task *timer_heap_first(const struct timer_heap *timers);

/* Removes and returns that task; NULL: there is none. */
struct user_task *timer_heap_take(struct timer_heap *timers);

#endif
