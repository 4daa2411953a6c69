/*
 * When the next call may be sent: by a fixed rate limit, or by an adaptive
 * limit if the service does not publish its own.
 *
 * All calls are reported to it, retries and token calls included, because the
 * service counts them all. Times are microseconds of a steady clock.
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

/* rate: calls in any window of window_us microseconds; 0: the limit adapts.
 * NULL if there is no memory. */
struct rate_limiter *rate_limiter_new(unsigned rate, int64_t window_us);
void rate_limiter_free(struct rate_limiter *limiter);

/* Microseconds until a call may be sent; 0: now. */
int64_t rate_limiter_wait(const struct rate_limiter *limiter, int64_t now);

/* A call was sent. */
void rate_limiter_sent(struct rate_limiter *limiter, int64_t now);

/* A call has ended, and was not throttled. Every call that was sent ends in
 * this or in rate_limiter_throttled(), token calls and those without a response
 * too. */
void rate_limiter_accepted(struct rate_limiter *limiter, int64_t now);

/* A call was throttled: there were too many calls. retry_after_us: the delay
 * that the service asked for; -1: none. Returns whether this changed the limit:
 * refusals of calls that were sent before the last change do not. */
bool rate_limiter_throttled(struct rate_limiter *limiter, int64_t now,
                            int64_t retry_after_us);

/* When the last pause ends or ended that the service asked for by Retry-After;
 * 0: there was none. At most an hour of each is obeyed. */
int64_t rate_limiter_pause_end(const struct rate_limiter *limiter);

/* The current limit in calls a minute; 0: no limit. For the log. */
unsigned rate_limiter_per_minute(const struct rate_limiter *limiter);

#endif
