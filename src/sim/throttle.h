/*
 * The service's limits: calls in a sliding window, and calls at once.
 *
 * Every call to the service counts, refused ones too; calls to the token
 * endpoint go to another host and don't.
 */
#ifndef THROTTLE_H
#define THROTTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "settings.h"

struct throttle {
    uint64_t *calls; /* when the last size calls came; a ring */
    size_t size, count, next;
};

void throttle_init(struct throttle *throttle);
void throttle_free(struct throttle *throttle);

/* Counts a call at that time (microseconds; never less than the time before)
 * and responses whether the window has no room for it. *wait: microseconds
 * until a call has room, if none comes till then. */
bool throttle_call(struct throttle *throttle, const struct settings *settings,
                   uint64_t now, uint64_t *wait);

#endif
