/*
 * The limit of calls in a sliding window.
 *
 * Every call to a service counts, even a refused one. Calls to the token
 * endpoint do not count, because another host receives them.
 */
#ifndef THROTTLE_H
#define THROTTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "settings.h"

struct throttle {
    uint64_t *calls; /* ring of the times of the last size calls */
    size_t size, count, next;
};

void throttle_init(struct throttle *throttle);
void throttle_free(struct throttle *throttle);

/* Counts a call at the time now (microseconds, never decreasing). Returns
 * true if it exceeds the limit. Then *wait is the time until a call is
 * allowed, in microseconds, if none arrives before. */
bool throttle_call(struct throttle *throttle, const struct settings *settings,
                   uint64_t now, uint64_t *wait);

#endif
