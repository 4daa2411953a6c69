/*
 * When the next call may leave: --rate, or a pace that adapts to a limit which
 * the service does not tell.
 *
 * Every call asks and is told to it, retries and token calls included, for the
 * service counts them all. The clock is passed in: microseconds of a steady
 * clock.
 *
 * Source of what is known of the limit: the service's page on throttling. Calls
 * are counted over a sliding minute, refused ones too; the answer is error 117,
 * and the call may be made again after 60 seconds.
 */
#ifndef NET_RATE_LIMITER_H
#define NET_RATE_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

struct rate_limiter;

/* rate: calls in any window_us; 0: none is asked for, the pace adapts. NULL
 * without memory. */
struct rate_limiter *rate_limiter_new(unsigned rate, int64_t window_us);
void rate_limiter_free(struct rate_limiter *limiter);

/* Microseconds until a call may leave; 0: one may now. */
int64_t rate_limiter_wait(const struct rate_limiter *limiter, int64_t now);

/* A call leaves. */
void rate_limiter_sent(struct rate_limiter *limiter, int64_t now);

/* A call has ended in anything but a refusal for the pace. Every call that left
 * ends in this or in rate_limiter_throttled(), token calls and those without an
 * answer too. */
void rate_limiter_accepted(struct rate_limiter *limiter, int64_t now);

/* A call was refused: too many calls (117, 207, 429). retry_after_us: what the
 * service asked for, -1: nothing. Answers whether the pace was changed by it:
 * refusals of calls that left before the last change change nothing more. */
bool rate_limiter_throttled(struct rate_limiter *limiter, int64_t now,
                            int64_t retry_after_us);

/* The end of the last pause that the service has ordered by Retry-After, be it
 * over or not; 0: there was none. An hour of a longer one is obeyed. */
int64_t rate_limiter_pause_end(const struct rate_limiter *limiter);

/* Calls in 60 seconds that are held at present; 0: no bound. For the log. */
unsigned rate_limiter_per_minute(const struct rate_limiter *limiter);

#endif
