#include "base/backoff.h"

#define FIRST_BOUND 250   /* milliseconds */
#define LAST_BOUND  60000 /* milliseconds */

int64_t backoff_delay(unsigned failures, uint32_t random)
{
    int64_t bound = FIRST_BOUND;

    for (; failures > 1 && bound < LAST_BOUND; failures--)
        bound *= 2;
    if (bound > LAST_BOUND)
        bound = LAST_BOUND;
    return bound * random >> 32;
}
