/*
 * Decides whether a failed call is retried, and when. Pure.
 *
 * service/api_error.h says what an error means; this module says what to do.
 */
#ifndef USER_RETRY_H
#define USER_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "service/api_error.h"

enum retry_verdict {
    RETRY_NOT,       /* the failure is final */
    RETRY_LATER,     /* again, after retry_delay() */
    RETRY_THROTTLED, /* again, when the rate limiter admits the call */
    RETRY_SIGN_IN,   /* again, with another access token */
    RETRY_STOP       /* the run can't continue */
};

/* failures: failed calls of this user, including this one; throttled calls and
 * refused tokens do not count. limit: --retries. alive: the service has
 * responded properly to some call since this user's first failure. If it has
 * not, the service fails as a whole, and the call is retried without a limit.
 */
enum retry_verdict retry_decide(const struct api_error *api_error,
                                unsigned failures, unsigned limit, bool alive);

/* Milliseconds to wait after so many failures: retry_after (of the response, in
 * milliseconds; -1: none; at most an hour is used) plus backoff_delay().
 * random: 32 random bits. */
int64_t retry_delay(unsigned failures, int64_t retry_after, uint32_t random);

/* May the same row succeed in a later run? For the column Retryable. */
bool retry_may_help(const struct api_error *api_error);

#endif
