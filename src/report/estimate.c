#include "report/estimate.h"

#include <stdio.h>
#include <string.h>

#include "base/duration.h"
#include "base/number.h"

/* Without a rate, a call is assumed to take as long, in milliseconds. */
#define SHORT_CALL 100
#define LONG_CALL  500

#define SECOND 1000.0 /* milliseconds */

struct range {
    double low;
    double high;
};

/* Writes "about 1 min to 2 min", or one duration if both are the same. */
static void format_time(char *text, size_t size, struct range time,
                        bool at_most)
{
    char low[DURATION_SIZE], high[DURATION_SIZE];
    double longest = 1e15; /* thirty thousand years */

    if (time.high > longest)
        time.high = longest;
    if (time.low > time.high)
        time.low = time.high;
    duration_format(low, (int64_t)(time.low < SECOND ? SECOND : time.low));
    duration_format(high, (int64_t)(time.high < SECOND ? SECOND : time.high));
    if (at_most || strcmp(low, high) == 0)
        (void)snprintf(text, size, "%s %s", at_most ? "at most" : "about",
                       high);
    else
        (void)snprintf(text, size, "about %s to %s", low, high);
}

static void format_rate(char *text, size_t size,
                        const struct estimate *estimate)
{
    char number[NUMBER_GROUPED_SIZE], all[NUMBER_GROUPED_SIZE];
    const char *unit = estimate->rate_window == 1 ? "s" : "min";

    if (estimate->rate > 0 && estimate->rate_of_all > estimate->rate)
        (void)snprintf(text, size, "at %s calls/%s, of %s for all shards",
                       number_group_digits(number, estimate->rate), unit,
                       number_group_digits(all, estimate->rate_of_all));
    else if (estimate->rate > 0)
        (void)snprintf(text, size, "at %s calls/%s",
                       number_group_digits(number, estimate->rate), unit);
    else
        (void)snprintf(text, size, "at the %.1f calls/s of this run",
                       estimate->measured);
}

/* How long one call takes, in milliseconds. */
static struct range call_time(const struct estimate *estimate)
{
    double call;

    if (estimate->rate > 0)
        call = SECOND * estimate->rate_window / estimate->rate;
    else if (estimate->measured > 0)
        call = SECOND / estimate->measured;
    else
        return (struct range){(double)SHORT_CALL / estimate->concurrency,
                              (double)LONG_CALL / estimate->concurrency};
    return (struct range){call, call};
}

static void format_calls(char *text, size_t size,
                         const struct estimate *estimate)
{
    char low[NUMBER_GROUPED_SIZE], high[NUMBER_GROUPED_SIZE];
    uint64_t most = estimate->updates ? 2 * estimate->users : estimate->users;

    if (estimate->at_most || most == estimate->users)
        (void)snprintf(text, size, "%s%s call%s",
                       estimate->at_most ? "at most " : "",
                       number_group_digits(high, most), most == 1 ? "" : "s");
    else
        (void)snprintf(text, size, "%s to %s calls",
                       number_group_digits(low, estimate->users),
                       number_group_digits(high, most));
}

void estimate_format(char text[ESTIMATE_SIZE], const struct estimate *estimate)
{
    bool known = estimate->rate > 0 || estimate->measured > 0;
    struct range call = call_time(estimate);
    double users = (double)estimate->users;
    struct range time = {users * call.low,
                         (estimate->updates ? 2 : 1) * users * call.high};
    char number[NUMBER_GROUPED_SIZE], calls[80], duration[100], rate[80];

    format_calls(calls, sizeof(calls), estimate);
    format_time(duration, sizeof(duration), time, estimate->at_most && known);
    if (known)
        format_rate(rate, sizeof(rate), estimate);
    else
        (void)snprintf(rate, sizeof(rate),
                       "if a call takes %.1f to %.1f s and %u run at once",
                       SHORT_CALL / SECOND, LONG_CALL / SECOND,
                       estimate->concurrency);
    (void)snprintf(text, ESTIMATE_SIZE, "%s%s user%s, %s, %s %s",
                   estimate->at_most ? "at most " : "",
                   number_group_digits(number, estimate->users),
                   estimate->users == 1 ? "" : "s", calls, duration, rate);
}
