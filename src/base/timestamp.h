/*
 * Times as the services write them.
 */
#ifndef BASE_TIMESTAMP_H
#define BASE_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

/* A point in time, in UTC. */
struct timestamp {
    int64_t seconds; /* since 1970-01-01 */
    int32_t nanoseconds;
};

/* Parses an XML Schema dateTime: "2026-01-02T03:04:05", optionally with a
 * fraction of any length (truncated to nanoseconds) and "Z" or "+01:00".
 * Without a zone it is UTC, as in the services. -1 if it is not a dateTime. */
int timestamp_parse(const char *text, struct timestamp *timestamp);

/* Less than, equal to or greater than 0, if a is before, at or after b. */
int timestamp_compare(const struct timestamp *a, const struct timestamp *b);

/* Is the time of the text before the other one? False if the text is not a
 * dateTime, such as "". */
bool timestamp_is_before(const char *text, const struct timestamp *other);

/* The same for two texts. */
bool timestamp_text_is_before(const char *text, const char *other);

#endif
