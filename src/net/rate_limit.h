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
#ifndef NET_RATE_LIMIT_H
#define NET_RATE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct pace;

/* rate: calls in any window_us; 0: none is asked for, the pace adapts. NULL
 * without memory. */
struct pace *pace_new(unsigned rate, int64_t window_us);
void pace_free(struct pace *pace);

/* Microseconds until a call may leave; 0: one may now. */
int64_t pace_wait(const struct pace *pace, int64_t now);

/* A call leaves. */
void pace_sent(struct pace *pace, int64_t now);

/* A call has ended in anything but a refusal for the pace. Every call that left
 * ends in this or in pace_throttled(), token calls and those without an answer
 * too. */
void pace_accepted(struct pace *pace, int64_t now);

/* A call was refused: too many calls (117, 207, 429). retry_after_us: what the
 * service asked for, -1: nothing. Answers whether the pace was changed by it:
 * refusals of calls that left before the last change change nothing more. */
bool pace_throttled(struct pace *pace, int64_t now, int64_t retry_after_us);

/* The end of the last pause that the service has ordered by Retry-After, be it
 * over or not; 0: there was none. An hour of a longer one is obeyed. */
int64_t pace_pause_end(const struct pace *pace);

/* Calls in 60 seconds that are held at present; 0: no bound. For the log. */
unsigned pace_per_minute(const struct pace *pace);

#endif
