#include "user/retry.h"

#include "base/backoff.h"

/* Milliseconds; a longer Retry-After is shortened to this. */
#define MAX_RETRY_AFTER (3600 * (int64_t)1000)

enum retry_verdict retry_decide(const struct api_error *api_error,
                                unsigned failures, unsigned limit, bool alive)
{
    switch (api_error->action) {
    case API_ERROR_THROTTLE:
        return RETRY_THROTTLED;
    case API_ERROR_SIGN_IN:
        return RETRY_SIGN_IN;
    case API_ERROR_RETRY:
        return failures > limit && alive ? RETRY_NOT : RETRY_LATER;
    case API_ERROR_ACCOUNT:
    case API_ERROR_STOP:
    case API_ERROR_MEMORY:
        return RETRY_STOP;
    case API_ERROR_STALE: /* the user is fetched again; this call is not made
                             again */
    case API_ERROR_NONE:
    case API_ERROR_FAIL:
        break;
    }
    return RETRY_NOT;
}

int64_t retry_delay(unsigned failures, int64_t retry_after, uint32_t random)
{
    int64_t delay = backoff_delay(failures, random);

    if (retry_after > MAX_RETRY_AFTER)
        retry_after = MAX_RETRY_AFTER;
    return retry_after > 0 ? retry_after + delay : delay;
}

bool retry_may_help(const struct api_error *api_error)
{
    return api_error->action == API_ERROR_RETRY ||
           api_error->action == API_ERROR_THROTTLE ||
           api_error->action == API_ERROR_STALE;
}
