/*
 * One limit of a service: which calls it counts, and how many it accepts.
 *
 * The models are pure: times are passed in, and random choices are repeatable.
 * All times are microseconds since the start and never decrease.
 */
#ifndef LIMIT_H
#define LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

/* Bounds of the numbers in a limit. The calls bound the memory for their
 * times. */
#define LIMIT_CALLS_MAX 1000000
#define LIMIT_HOURS_MAX 24

enum limit_model {
    LIMIT_SLIDING, /* calls in any interval of the window's length */
    LIMIT_FIXED,   /* calls in each window; they begin at multiples of it */
    LIMIT_BUCKET,  /* a token bucket: calls take tokens, time adds them */
    LIMIT_AT_ONCE, /* calls in flight */
    LIMIT_RANDOM,  /* each call is refused with a probability */
};

struct limit {
    char text[256]; /* as given */

    /* The calls that it counts; no condition: all calls. */
    int call; /* an enum call_kind; -1: any */
    char user[64], tenant[64];

    enum limit_model model;
    uint64_t calls;  /* in the window, of the bucket in that time, or at once */
    uint64_t window; /* in microseconds */
    uint64_t burst;  /* LIMIT_BUCKET: the most tokens in the bucket */
    unsigned chance; /* LIMIT_RANDOM: refused calls in 10,000 */

    unsigned neighbour;   /* percentage of the rate that another client uses */
    bool counts_refused;  /* refused calls count too */
    uint64_t after;       /* the first calls, which it counts but accepts */
    uint64_t until;       /* the same for all later calls; 0: none */
    unsigned status;      /* of a gateway that refuses; 0: the service does */
    char retry_after[12]; /* "seconds", "date", "none", a number; "": by the
                             service */

    /* The state. */
    uint64_t seen;            /* calls so far, refused ones too */
    uint64_t *times;          /* LIMIT_SLIDING: ring of the last calls */
    uint64_t count, next;     /* LIMIT_SLIDING: of the ring */
    uint64_t started, used;   /* LIMIT_FIXED: the current window, its calls */
    uint64_t level, level_at; /* LIMIT_BUCKET: a token is window units */
    uint64_t in_flight;       /* LIMIT_AT_ONCE */
    uint64_t neighbour_at;    /* the next call of the other client */
};

/* Parses a limit; README.md describes the language. Returns NULL, or why it is
 * not valid (a fixed string); then there is nothing to clear. */
const char *limit_parse(struct limit *limit, const char *text);
void limit_clear(struct limit *limit);

/* True if the limit counts a call of this kind to this user. tenant: "" if the
 * service has none. Letter case is ignored in both. */
bool limit_selects(const struct limit *limit, enum call_kind kind,
                   const char *user, const char *tenant);

/* 0 if the limit accepts a call at the time now; else the time until it would,
 * at least 1. */
uint64_t limit_wait(struct limit *limit, uint64_t now);

/* A call has arrived. accepted: by all limits of the service. Returns true if
 * this limit counts it; then limit_end() must follow. */
bool limit_pass(struct limit *limit, uint64_t now, bool accepted);

/* A call that is counted has ended. */
void limit_end(struct limit *limit);

#endif
