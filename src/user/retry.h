/*
 * What is done about a call that failed; all retryability is decided here.
 * Pure: fault.h says what an error means, this says what follows from it.
 */
#ifndef USER_RETRY_H
#define USER_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "service/api_error.h"

enum retry_verdict {
    RETRY_NOT,     /* the failure stands */
    RETRY_LATER,   /* again, after retry_delay() */
    RETRY_PACED,   /* again, as soon as the pace lets it */
    RETRY_SIGN_IN, /* again, with another access token */
    RETRY_STOP     /* the run can't go on */
};

/* failures: of this row's calls, this one included; throttled calls and refused
 * tokens don't count. limit: of --retries. alive: the service has answered a
 * call properly since the row's first failure; where it has not, no row is
 * given up, for it is the service that fails. */
enum retry_verdict retry_decide(const struct api_error *api_error,
                                unsigned failures, unsigned limit, bool alive);

/* Milliseconds to wait after so many failures: what the service asked for (-1:
 * nothing; an hour at most) and backoff_delay() after it. random: 32 random
 * bits. */
int64_t retry_delay(unsigned failures, int64_t retry_after, uint32_t random);

/* May a row that failed so work as it is, later? For the Retryable column. */
bool retry_may_help(const struct api_error *api_error);

#endif
