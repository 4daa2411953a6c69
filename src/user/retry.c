#include "user/retry.h"

#include "base/backoff.h"

/* Milliseconds; a longer Retry-After is shortened to this. */
#define MAX_RETRY_AFTER (3600 * (int64_t)1000)

/* Retries after a failure that does not count for --retries, while others
 * pass. */
#define MAX_UNEXPECTED 2
#define MAX_REFUSALS   8
#define MAX_THROTTLED  3

void retry_count(struct retry_counts *counts, const struct api_error *api_error,
                 int64_t now)
{
    switch (api_error->action) {
    case API_ERROR_RETRY:
        counts->failures++;
        break;
    case API_ERROR_UNEXPECTED:
        counts->unexpected++;
        break;
    case API_ERROR_SIGN_IN:
        counts->refusals++;
        break;
    case API_ERROR_THROTTLE:
        if (counts->throttled++ == 0)
            counts->throttled_since = now;
        counts->throttled_for = now - counts->throttled_since;
        break;
    case API_ERROR_NONE:
    case API_ERROR_FAIL:
    case API_ERROR_STALE:
    case API_ERROR_ACCOUNT:
    case API_ERROR_STOP:
    case API_ERROR_MEMORY:
        break;
    }
}

/* Are the retries used up, after so many more failures like this one? */
static bool is_used_up(const struct api_error *api_error,
                       const struct retry_counts *counts,
                       const struct retry_limits *limits, unsigned more)
{
    unsigned unexpected =
        limits->failures < MAX_UNEXPECTED ? limits->failures : MAX_UNEXPECTED;

    switch (api_error->action) {
    case API_ERROR_RETRY:
        return counts->failures + more > limits->failures;
    case API_ERROR_UNEXPECTED:
        return counts->unexpected + more > unexpected;
    case API_ERROR_SIGN_IN:
        return counts->refusals + more > MAX_REFUSALS;
    case API_ERROR_THROTTLE:
        return counts->throttled + more > MAX_THROTTLED &&
               (more > 0 || counts->throttled_for >= limits->throttled);
    default:
        return false;
    }
}

enum retry_verdict retry_decide(const struct api_error *api_error,
                                const struct retry_counts *counts,
                                const struct retry_limits *limits,
                                enum retry_others others)
{
    bool final =
        others == RETRY_GIVEN_UP || (others == RETRY_OTHERS_PASS &&
                                     is_used_up(api_error, counts, limits, 0));

    switch (api_error->action) {
    case API_ERROR_RETRY:
    case API_ERROR_UNEXPECTED:
        return final ? RETRY_NOT : RETRY_LATER;
    case API_ERROR_THROTTLE:
        return final ? RETRY_NOT : RETRY_THROTTLED;
    case API_ERROR_SIGN_IN:
        return final ? RETRY_NOT : RETRY_SIGN_IN;
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

bool retry_needs_proof(const struct api_error *api_error,
                       const struct retry_counts *counts,
                       const struct retry_limits *limits,
                       enum retry_others others)
{
    if (is_used_up(api_error, counts, limits, 1))
        return true;
    /* Whether the token or the row is refused decides about the whole run.
     * After a row was throttled, few calls can be sent until the run gives up.
     */
    return others == RETRY_OTHERS_UNKNOWN &&
           (api_error->action == API_ERROR_SIGN_IN ||
            api_error->action == API_ERROR_THROTTLE);
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
           api_error->action == API_ERROR_UNEXPECTED ||
           api_error->action == API_ERROR_THROTTLE ||
           api_error->action == API_ERROR_SIGN_IN ||
           api_error->action == API_ERROR_STALE;
}
