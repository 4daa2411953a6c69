/*
 * Summarizes the failed calls of one user: "HTTP 503 four times, time-out
 * twice, in 41 s". Pure.
 */
#ifndef USER_FAILURE_SUMMARY_H
#define USER_FAILURE_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

struct api_error;

#define FAILURES_KINDS     6   /* counted separately; the rest are others */
#define FAILURES_TEXT_SIZE 576 /* bytes; large enough for every text */

struct failure_summary {
    struct {
        char name[65];
        unsigned count;
    } kinds[FAILURES_KINDS]; /* in the order of their first appearance */
    unsigned kind_count;
    unsigned others;
    int64_t first_ms; /* when the first failure was added */
};

void failure_summary_init(struct failure_summary *failures);

/* Adds a failed call. now: milliseconds of a monotonic clock. */
void failure_summary_add(struct failure_summary *failures,
                         const struct api_error *api_error, int64_t now);

/* The number of failures that were added. */
unsigned failure_summary_count(const struct failure_summary *failures);

/* Writes the summary of all failures until now (of the same clock) into size
 * bytes; a longer text is truncated. It is empty for fewer than two failures,
 * since the error itself describes one. */
void failure_summary_describe(const struct failure_summary *failures,
                              int64_t now, char *text, size_t size);

#endif
