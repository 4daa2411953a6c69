/*
 * Decides when the next call may be sent: by a fixed rate limit (fixed_rate.h),
 * by adaptive limits (adaptive_limit.h), by the pauses of tenants, and by a
 * budget that is shared with other processes (shared_budget.h).
 *
 * All calls must be reported to it, including retries and token calls, because
 * the service may count them all. Times are microseconds of a monotonic clock.
 */
#ifndef NET_RATE_LIMITER_H
#define NET_RATE_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#include "net/adaptive_limit.h"

struct rate_limiter;
struct shared_budget;

/* rate: the maximum of calls in any window of window_us microseconds; 0: no
 * fixed limit. concurrency: the maximum of calls in flight. NULL without
 * memory. */
struct rate_limiter *rate_limiter_new(unsigned rate, int64_t window_us,
                                      unsigned concurrency);

/* Sets a budget, which is borrowed. Its turns belong to the caller. */
void rate_limiter_set_budget(struct rate_limiter *limiter,
                             struct shared_budget *budget);

/* NULL does nothing. */
void rate_limiter_free(struct rate_limiter *limiter);

/* Microseconds until a call of the operation may be sent; 0: now; -1: not
 * before another call has ended. */
int64_t rate_limiter_wait(const struct rate_limiter *limiter,
                          enum limit_operation operation, int64_t now);

/* Could a call of the operation be sent soon if the shared budget permitted it?
 */
bool rate_limiter_wants(const struct rate_limiter *limiter,
                        enum limit_operation operation, int64_t now);

/* Passes stops of all calls on to the shared budget, and takes those of other
 * processes from it. */
void rate_limiter_share_stops(struct rate_limiter *limiter, int64_t now);

/* The same as rate_limiter_wait() for a token call: only the fixed rate and the
 * shared budget apply. */
int64_t rate_limiter_token_wait(const struct rate_limiter *limiter,
                                int64_t now);

/* Microseconds until a call of the tenant may be sent; 0: now. */
int64_t rate_limiter_tenant_wait(const struct rate_limiter *limiter,
                                 uint64_t tenant, int64_t now);

/* See tenant_limits_suspect(). */
uint64_t rate_limiter_suspect(const struct rate_limiter *limiter);

/* A call is handed to the transport. *call is filled in, except for its owner.
 */
void rate_limiter_sent(struct rate_limiter *limiter,
                       enum limit_operation operation, int64_t now,
                       struct limited_call *call);
void rate_limiter_token_sent(struct rate_limiter *limiter, int64_t now);

/* The transport has sent the calls that were handed to it, except for those
 * that need a new connection. */
void rate_limiter_flushed(struct rate_limiter *limiter, int64_t now);

/* The call was sent at that time, which may be later because it needed a new
 * connection. */
void rate_limiter_connected(struct rate_limiter *limiter,
                            const struct limited_call *call, int64_t sent);

/* A call, but no token call, has ended; see adaptive_limit_ended(). */
void rate_limiter_ended(struct rate_limiter *limiter,
                        enum limit_operation operation, int64_t now,
                        const struct limited_call *call,
                        enum limit_verdict verdict, int64_t retry_after);

/* The end of the last pause by Retry-After of all calls, which may be in the
 * past; 0: there was none. Each pause is at most an hour. */
int64_t rate_limiter_pause_end(const struct rate_limiter *limiter);

/* The current limit in calls a minute; 0: no limit. For the log. */
unsigned rate_limiter_per_minute(const struct rate_limiter *limiter);

#endif
