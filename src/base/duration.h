/*
 * Durations, as people read them.
 */
#ifndef BASE_DURATION_H
#define BASE_DURATION_H

#include <stdint.h>

#define DURATION_SIZE 40 /* bytes; large enough for every text */

/* "38 s", "12 min" or "2 h 5 min", rounded to the nearest. A negative duration
 * is 0 s. */
void duration_format(char text[DURATION_SIZE], int64_t milliseconds);

#endif
