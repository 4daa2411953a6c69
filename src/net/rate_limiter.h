/*
 * Decides when the next call may be sent: by a fixed rate limit and by an
 * adaptive limit, which is found from throttled calls, since the service does
 * not publish its limit.
 *
 * All calls must be reported to it, including retries and token calls, because
 * the service may count them all. Times are microseconds of a monotonic clock.
 *
 * Source: the service's page on throttling. The service counts calls over a
 * sliding minute, refused ones too; a refused call may be made again after 60
 * seconds.
 */
#ifndef NET_RATE_LIMITER_H
#define NET_RATE_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

struct rate_limiter;

/* rate: the maximum of calls in any window of window_us microseconds; 0: no
 * fixed limit. NULL without memory. */
struct rate_limiter *rate_limiter_new(unsigned rate, int64_t window_us);

/* NULL does nothing. */
void rate_limiter_free(struct rate_limiter *limiter);

/* Microseconds until a call may be sent; 0: now. */
int64_t rate_limiter_wait(const struct rate_limiter *limiter, int64_t now);

/* A call was sent. */
void rate_limiter_sent(struct rate_limiter *limiter, int64_t now);

/* The calls that were passed to rate_limiter_sent() last leave only now, so
 * many microseconds later, for example because the disk is slow. */
void rate_limiter_delayed(struct rate_limiter *limiter, int64_t delay);

/* A call has ended, and was not throttled. For every call that was sent, either
 * this or rate_limiter_throttled() must be called, also for token calls and
 * those without a response. */
void rate_limiter_accepted(struct rate_limiter *limiter, int64_t now);

/* A call was throttled: there were too many calls. retry_after_us: the delay of
 * Retry-After; -1: none. Returns true if this changed the limit; calls that
 * were sent before the last change do not change it again. */
bool rate_limiter_throttled(struct rate_limiter *limiter, int64_t now,
                            int64_t retry_after_us);

/* The end of the last pause by Retry-After, which may be in the past; 0: there
 * was none. Each pause is at most an hour. */
int64_t rate_limiter_pause_end(const struct rate_limiter *limiter);

/* The current limit in calls a minute; 0: no limit. For the log. */
unsigned rate_limiter_per_minute(const struct rate_limiter *limiter);

#endif
