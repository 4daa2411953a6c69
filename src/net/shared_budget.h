/*
 * One budget of calls for several processes (--budget), such as the shards of a
 * run. A store (budget_store.h) gives each call a time. This module decides
 * when to ask it, and what happens without it.
 *
 * A lease is a number of calls, each with a time, at most a quarter of a second
 * of the budget. Its calls can only be sent at their times or shortly after;
 * one that is not sent is lost. A process leases as many calls as it sent of
 * the last lease, and a few more if it sent all of them. So the times of all
 * calls are spread evenly over all processes, whatever these do. The spacing is
 * a little longer than the rate demands, so that calls may be late by some
 * time.
 *
 * If a process finds that refused calls stop all its calls, the store passes
 * the stop and its pause on to the others. They ask at least twice a second.
 *
 * If the store does not reply within a second, or its connection ends, leases
 * end as well. Then no call is sent for a window of the rate. After that, the
 * process sends its share: the rate divided by the number of processes. If only
 * some processes lose the store, their shares come on top of the rate. When the
 * store replies again, others may still send their shares. So this
 * process sends no more than its share until all have connected, and for a
 * window more.
 *
 * Pure, except for the store. Times are microseconds of a monotonic clock.
 */
#ifndef NET_SHARED_BUDGET_H
#define NET_SHARED_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "net/budget_store.h"

struct shared_budget;

/* rate: calls in any window of so many microseconds, of all processes; 0: only
 * stops are shared. processes: how many share it; number: of this one, from 0
 * on. Takes ownership of the store, also if it fails. NULL without memory. */
struct shared_budget *shared_budget_new(struct budget_store *store,
                                        unsigned rate, int64_t window,
                                        unsigned processes, unsigned number);

/* Frees the store as well. NULL does nothing. */
void shared_budget_free(struct shared_budget *budget);

/* Microseconds until a call may be sent; 0: now; -1: not before the store has
 * replied. */
int64_t shared_budget_wait(const struct shared_budget *budget, int64_t now);

/* A call is sent, which shared_budget_wait() permits. */
void shared_budget_sent(struct shared_budget *budget, int64_t now);

/* Calls of this process were stopped by refusals, with a pause until then (0:
 * without one): the others will stop, too. */
void shared_budget_stop(struct shared_budget *budget, int64_t pause_end);

/* Exchanges with the store what can be exchanged now. wanted: could a call be
 * sent if the budget permitted it? -1 with ERROR_USAGE if the store rejects the
 * first request: then no call was permitted. */
int shared_budget_turn(struct shared_budget *budget, int64_t now, bool wanted,
                       struct error *error);

/* Microseconds until shared_budget_turn() has something to do, unless the store
 * replies first. */
int64_t shared_budget_due(const struct shared_budget *budget, int64_t now);

/* Have other processes been stopped since this was last called? *pause: for how
 * long from now on; 0: without a pause. */
bool shared_budget_take_stop(struct shared_budget *budget, int64_t now,
                             int64_t *pause);

/* See budget_store.h. */
void shared_budget_poll(const struct shared_budget *budget, struct pollfd *fd);

/* The state, for messages. */
struct shared_budget_state {
    bool away;           /* the store does not reply */
    const char *failure; /* why; valid until the next turn */
    int64_t resumes;     /* away: when calls are sent again; may be past, and is
                            0 without a rate */
    double share;        /* away: calls a minute then; 0: no limit */
    int64_t gap;         /* between the last call and the next one that the
                            budget permits; 0: unknown */
    double per_minute;   /* calls of all processes */
};

struct shared_budget_state shared_budget_state(
    const struct shared_budget *budget);

#endif
