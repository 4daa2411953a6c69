/*
 * What follows from a call that failed: the only place that decides on retries.
 * Pure.
 *
 * service/api_error.h says what an error means; this module says what to do
 * about it.
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

/* failures: of this row's calls, including this one; throttled calls and
 * refused tokens do not count. limit: --retries. alive: the service has
 * responded properly to some call since the row's first failure. If it has not,
 * the service fails as a whole, and the row is retried without a limit. */
enum retry_verdict retry_decide(const struct api_error *api_error,
                                unsigned failures, unsigned limit, bool alive);

/* Milliseconds to wait after so many failures: what the service asked for (-1:
 * nothing; an hour at most), plus backoff_delay(). random: 32 random bits. */
int64_t retry_delay(unsigned failures, int64_t retry_after, uint32_t random);

/* May the unchanged row succeed in a later run? For the column Retryable. */
bool retry_may_help(const struct api_error *api_error);

#endif
