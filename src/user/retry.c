#include "user/retry.h"

#define FIRST_BOUND 250                    /* milliseconds */
#define LAST_BOUND  60000                  /* milliseconds */
#define LONGEST     (3600 * (int64_t)1000) /* that a service may ask for */

enum retry_verdict retry_decide(const struct api_error *api_error,
                                unsigned failures, unsigned limit, bool alive)
{
    switch (api_error->action) {
    case API_ERROR_THROTTLE:
        return RETRY_PACED;
    case API_ERROR_SIGN_IN:
        return RETRY_SIGN_IN;
    case API_ERROR_RETRY:
        return failures > limit && alive ? RETRY_NOT : RETRY_LATER;
    case API_ERROR_ACCOUNT:
    case API_ERROR_STOP:
    case API_ERROR_MEMORY:
        return RETRY_STOP;
    case API_ERROR_NONE:
    case API_ERROR_FAIL:
    case API_ERROR_STALE: /* the user must be fetched again, not the call made
                           */
        break;
    }
    return RETRY_NOT;
}

int64_t retry_delay(unsigned failures, int64_t retry_after, uint32_t random)
{
    int64_t bound = FIRST_BOUND;
    int64_t delay;

    for (; failures > 1 && bound < LAST_BOUND; failures--)
        bound *= 2;
    if (bound > LAST_BOUND)
        bound = LAST_BOUND;
    delay = bound * random >> 32;
    if (retry_after > LONGEST)
        retry_after = LONGEST;
    return retry_after > 0 ? retry_after + delay : delay;
}

bool retry_may_help(const struct api_error *api_error)
{
    return api_error->action == API_ERROR_RETRY ||
           api_error->action == API_ERROR_THROTTLE ||
           api_error->action == API_ERROR_STALE;
}
