/*
 * The failures of one row's calls, folded into one text: "HTTP 503 four times,
 * time-out twice, in 41 s". Pure; the clock is passed in.
 */
#ifndef USER_FAILURE_SUMMARY_H
#define USER_FAILURE_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

struct api_error;

#define FAILURES_KINDS     6   /* told apart; the rest counts as others */
#define FAILURES_TEXT_SIZE 576 /* bytes that every text fits in */

struct failure_summary {
    struct {
        char name[64];
        unsigned count;
    } kinds[FAILURES_KINDS]; /* in the order of their first appearance */
    unsigned kind_count;
    unsigned others;
    int64_t first_ms; /* when the first one was added */
};

void failure_summary_init(struct failure_summary *failures);

/* A call has failed. now: milliseconds of a steady clock. */
void failure_summary_add(struct failure_summary *failures,
                         const struct api_error *api_error, int64_t now);

/* How many were added. */
unsigned failure_summary_count(const struct failure_summary *failures);

/* Puts the text into size bytes, cut where it doesn't fit. now, by the same
 * clock: up to when. Where fewer than two were added there is nothing to fold,
 * and the text is empty. */
void failure_summary_describe(const struct failure_summary *failures,
                              int64_t now, char *text, size_t size);

#endif
