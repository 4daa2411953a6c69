/*
 * How long to wait before something that failed is tried again. Pure.
 */
#ifndef BASE_BACKOFF_H
#define BASE_BACKOFF_H

#include <stdint.h>

/* Milliseconds to wait after so many failures in a row: anything below a bound
 * that is 250 ms at first and doubles with each failure, up to a minute ("full
 * jitter": callers that failed together do not come back together). random: 32
 * random bits. */
int64_t backoff_delay(unsigned failures, uint32_t random);

#endif
