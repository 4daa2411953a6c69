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
    RETRY_SIGN_IN,   /* again, with a valid token, after a short delay */
    RETRY_STOP       /* the run can't continue */
};

/* The failures of a row's calls. Only `failures` count for --retries. */
struct retry_counts {
    unsigned failures;   /* of the service, and of the way to it */
    unsigned unexpected; /* unexpected responses */
    unsigned refusals;   /* of the access token, since such a call succeeded */
    unsigned throttled;
    int64_t throttled_since; /* milliseconds of a monotonic clock */
    int64_t throttled_for;   /* from then to the last one */
};

/* Adds a failure. */
void retry_count(struct retry_counts *counts, const struct api_error *api_error,
                 int64_t now);

/* What limits the retries of a row. */
struct retry_limits {
    unsigned failures; /* --retries */
    int64_t throttled; /* a row that is throttled for so many milliseconds,
                          while others are not, is at fault itself */
};

/* Who else succeeds? */
enum retry_others {
    RETRY_OTHERS_UNKNOWN, /* no other call was sent and has succeeded between
                             the row's last two, so the service may fail as a
                             whole: the row is retried without a limit */
    RETRY_OTHERS_PASS,    /* others have: the row itself is at fault */
    RETRY_GIVEN_UP        /* nobody does, and the run has waited long enough:
                             each failure is final */
};

/* counts: of the row's calls, including this one. */
enum retry_verdict retry_decide(const struct api_error *api_error,
                                const struct retry_counts *counts,
                                const struct retry_limits *limits,
                                enum retry_others others);

/* Will the next such failure be final if others pass? Then it must be found out
 * meanwhile whether they do. others: whether they passed so far. */
bool retry_needs_proof(const struct api_error *api_error,
                       const struct retry_counts *counts,
                       const struct retry_limits *limits,
                       enum retry_others others);

/* Milliseconds to wait after so many failures: retry_after (of the response, in
 * milliseconds; -1: none; at most an hour is used) plus backoff_delay().
 * random: 32 random bits. */
int64_t retry_delay(unsigned failures, int64_t retry_after, uint32_t random);

/* May the same row succeed in a later run? For the column Retryable. */
bool retry_may_help(const struct api_error *api_error);

#endif
