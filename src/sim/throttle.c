#include "throttle.h"

#include <stdlib.h>

#include "mem.h"

void throttle_init(struct throttle *throttle)
{
    *throttle = (struct throttle){.calls = NULL};
}

void throttle_free(struct throttle *throttle)
{
    free(throttle->calls);
    throttle_init(throttle);
}

bool throttle_call(struct throttle *throttle, const struct settings *settings,
                   uint64_t now, uint64_t *wait)
{
    uint64_t window = (uint64_t)settings->throttle_window_ms * 1000;
    size_t size = settings->throttle_calls;

    if (throttle->size != size) {
        throttle_free(throttle);
        throttle->calls = mem_new(size * sizeof *throttle->calls);
        throttle->size = size;
    }
    if (size == 0)
        return false;
    /* In a full ring, the next slot contains the oldest call. A call is
     * allowed if that one has left the window. */
    uint64_t oldest = throttle->calls[throttle->next];
    bool full = throttle->count == size && now - oldest < window;
    throttle->calls[throttle->next] = now;
    throttle->next = (throttle->next + 1) % size;
    throttle->count += throttle->count < size;
    /* This call counts too, so the next one is allowed when the then oldest
     * call has left the window. */
    if (full)
        *wait = throttle->calls[throttle->next] + window - now;
    return full;
}
