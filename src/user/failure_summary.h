/*
 * The failures of one row's calls, folded into one text: "HTTP 503 four times,
 * time-out twice, in 41 s". Pure; the clock is passed in.
 */
#ifndef USER_FAILURE_SUMMARY_H
#define USER_FAILURE_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

struct fault;

#define FAILURES_KINDS     6   /* told apart; the rest counts as others */
#define FAILURES_TEXT_SIZE 576 /* bytes that every text fits in */

struct failures {
    struct {
        char name[64];
        unsigned count;
    } kinds[FAILURES_KINDS]; /* in the order of their first appearance */
    unsigned kind_count;
    unsigned others;
    int64_t first_ms; /* when the first one was added */
};

void failures_init(struct failures *failures);

/* A call has failed. now: milliseconds of a steady clock. */
void failures_add(struct failures *failures, const struct fault *fault,
                  int64_t now);

/* How many were added. */
unsigned failures_count(const struct failures *failures);

/* Puts the text into size bytes, cut where it doesn't fit. now, by the same
 * clock: up to when. Where fewer than two were added there is nothing to fold,
 * and the text is empty. */
void failures_describe(const struct failures *failures, int64_t now, char *text,
                       size_t size);

#endif
