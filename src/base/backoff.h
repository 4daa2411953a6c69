/*
 * The delay before a failed operation is repeated. Pure.
 */
#ifndef BASE_BACKOFF_H
#define BASE_BACKOFF_H

#include <stdint.h>

/* Milliseconds to wait after so many failures in a row: a random number below a
 * bound. The bound is 250 ms at first and doubles with each failure, up to a
 * minute. ("Full jitter": callers that failed together do not retry together.)
 * random: 32 random bits. */
int64_t backoff_delay(unsigned failures, uint32_t random);

#endif
