/*
 * Finds the limits of a service that does not publish them, from refused calls.
 *
 * Three rates (all calls, and those of each operation) and the number of calls
 * in flight are controls (limit_control.h). Each call obeys all of them. There
 * is no limit until calls are refused. What follows a refusal shows its cause
 * (limit_stop.c, limit_chance.c, limit_scope.c):
 *
 * - Growth. A call was delayed by a control above its peak, and was refused.
 *   The control starts anew from its peak, or from the rate that was accepted
 *   meanwhile if that is higher. If all refused calls saw more calls in flight
 *   than all that passed lately, it is the number in flight that starts anew,
 *   below theirs.
 *
 * - A window or bucket is full. If two users are refused, and no later-sent
 *   call passes, calls stop: for Retry-After, or until a single call passes,
 *   which is tried after growing pauses. If calls of the other operation pass
 *   meanwhile, only this operation stops. What was accepted by time, over
 *   longer than the stop, is the rate that the service bears, whatever its
 *   window. It becomes the peak.
 *
 * - Anything else. Refused calls below the peaks are added up, beyond twice
 *   those that are expected by chance. If there are three too many, the
 *   accepted rate becomes the peak.
 *
 * Chance is what remains, and refuses both operations alike. After a rate was
 * lowered because of a short stop or of single refusals, it is reduced to three
 * quarters for so many calls that ten of them would be refused as before. If
 * the share of refused calls has not fallen to about a third, it did not depend
 * on the rate: it is expected from now on, and the control is restored. If far
 * more calls of one operation are refused than of the other, the rate of this
 * operation is lowered instead. The expectation follows a share that falls, and
 * is halved now and then, so that it is tested anew. A stop whose first probe
 * is refused is never chance.
 *
 * Why it converges: a peak is a rate that was accepted, so the value that
 * follows is below what the service bears, whatever it was before. It can be
 * too low, because calls were stopped, but by 30 % at most, unless a longer
 * window has shown itself. A value that is not refused rises, at last by more
 * than any factor, so it reaches every limit, and twice the peak in two spans.
 * Near the peak it rises by less than a percent in a fifth of the span, so a
 * limit is exceeded by little, until the first refusal. Calls that were in
 * flight then do not count again. The span is three to eight windows, and
 * longer if many calls were refused. A limit is mistaken for chance only if it
 * is exceeded by far both before and during a test, and the next test corrects
 * that.
 *
 * Pure. Times are microseconds of a monotonic clock.
 */
#ifndef NET_ADAPTIVE_LIMIT_H
#define NET_ADAPTIVE_LIMIT_H

#include "net/limit_state.h"

/* concurrency: the maximum number of calls in flight, without a limit. */
void adaptive_limit_init(struct adaptive_limit *limit, unsigned concurrency);

/* Microseconds until a call may be sent; 0: now; -1: not before another one has
 * ended. */
int64_t adaptive_limit_wait(const struct adaptive_limit *limit,
                            enum limit_operation which, int64_t now);

/* A call is sent. *call is filled in, and is needed when it ends. */
void adaptive_limit_sent(struct adaptive_limit *limit,
                         enum limit_operation which, int64_t now,
                         struct limited_call *call);

/* A call has ended. retry_after: microseconds; -1: none. */
void adaptive_limit_ended(struct adaptive_limit *limit,
                          enum limit_operation which, int64_t now,
                          const struct limited_call *call,
                          enum limit_verdict verdict, int64_t retry_after);

/* Calls a second of all operations; 0: no limit is known. */
double adaptive_limit_rate(const struct adaptive_limit *limit);

/* The end of the last pause by Retry-After of all calls or of an operation; 0:
 * there was none. */
int64_t adaptive_limit_pause_end(const struct adaptive_limit *limit);

/* How often refused calls have stopped all calls, or have extended their pause,
 * until *pause_end (0: without a pause). Other processes that share the limit
 * stop as well: see limit_stop_by_others(). */
uint64_t adaptive_limit_stops(const struct adaptive_limit *limit,
                              int64_t *pause_end);

#endif
