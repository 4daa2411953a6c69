/*
 * A part of adaptive_limit.h: calls stop while a window or a bucket is full,
 * and single calls find out when that ends. Pure.
 */
#ifndef NET_LIMIT_STOP_H
#define NET_LIMIT_STOP_H

#include "net/limit_state.h"

/* A call was refused. Calls of its operation, or all of them, stop if others
 * were refused just before. retry_after: microseconds; -1: none. */
void limit_stop_extend(struct adaptive_limit *limit, struct limit_scope *own,
                       int64_t now, const struct limited_call *call,
                       int64_t retry_after);

/* A call of another process was refused, whose calls count against the same
 * limit: all calls stop for the pause (0: until a single call passes), and then
 * are sent more slowly, as if they had been refused. If they are stopped
 * already, only the pause is extended. */
void limit_stop_by_others(struct adaptive_limit *limit, int64_t now,
                          int64_t pause);

/* A call has passed: a stop of the scope ends if the call was sent after the
 * refusals. */
void limit_stop_end(struct adaptive_limit *limit, struct limit_scope *scope,
                    int64_t now, const struct limited_call *call);

/* A call has not passed: if it was a probe, it is repeated later. */
void limit_stop_fail_probe(struct adaptive_limit *limit, int64_t now,
                           const struct limited_call *call);

#endif
