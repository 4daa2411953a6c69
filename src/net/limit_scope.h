/*
 * A part of adaptive_limit.h: the rate of a scope, what the service accepted,
 * and how rates and the calls in flight are lowered. Pure.
 */
#ifndef NET_LIMIT_SCOPE_H
#define NET_LIMIT_SCOPE_H

#include "net/limit_state.h"

/* The rate of calls a second; INFINITY: no limit is known. It is reduced while
 * it is tested whether it was lowered in vain. */
double limit_rate_of(const struct adaptive_limit *limit,
                     const struct limit_scope *scope);

/* The time between two calls; 0: no limit is known. */
int64_t limit_interval_of(const struct adaptive_limit *limit,
                          const struct limit_scope *scope);

/* The calls a second that the service accepted lately, in a time that is longer
 * than its window seems to be; but a long stop is the end of a window. Calls
 * that are refused by chance are left out. stopped: for how long calls were
 * stopped until now; 0: they were not. */
double limit_measure(const struct adaptive_limit *limit,
                     const struct limit_scope *scope, int64_t now,
                     int64_t stopped);

/* The peak, or a part of the present one if that is more: calls may have been
 * accepted more slowly than they could have been. */
double limit_bounded_peak(const struct limit_scope *scope, double peak);

/* A call has ended: how many calls in flight did it see? */
void limit_note_in_flight(struct adaptive_limit *limit,
                          const struct limited_call *call, bool refused);

/* Were only those calls refused that saw more in flight than all that passed?
 */
bool limit_is_crowded(const struct adaptive_limit *limit);

/* A call was refused that saw so many in flight. */
void limit_lower_slots(struct adaptive_limit *limit, unsigned in_flight);

/* Starts the rate of the scope from this peak; or lowers the calls in flight if
 * these were too many. */
void limit_lower(struct adaptive_limit *limit, struct limit_scope *scope,
                 int64_t now, double peak);

/* The same if the rate was too high, but bore its peak before. */
void limit_end_growth(struct adaptive_limit *limit, struct limit_scope *scope,
                      int64_t now);

#endif
