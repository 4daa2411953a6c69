/*
 * Times of the day and dates in the time zone of this machine, as people write
 * them. They depend on the environment variable TZ only.
 */
#ifndef BASE_LOCAL_TIME_H
#define BASE_LOCAL_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* "06:00", or "2026-11-30T06:00" (a blank instead of the T is accepted). */
struct local_time {
    int year; /* 0: any day */
    int month, day;
    int hour, minute;
};

/* -1: the text is no such time. */
int local_time_parse(const char *text, struct local_time *time);

/* The first moment after now at which the local clock shows that time, in
 * seconds since 1970. A time that the clock skips, because summer time begins,
 * is the moment after it. One that it shows twice is the first one. -1: there
 * is none, as for a date in the past. */
int64_t local_time_next(const struct local_time *time, int64_t now);

#define LOCAL_TIME_SIZE 32

/* "2026-11-30 06:00 +0100" */
void local_time_format(char text[LOCAL_TIME_SIZE], int64_t seconds);

#endif
