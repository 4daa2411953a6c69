#include "net/fixed_rate.h"

#include <stdlib.h>

#include "net/duration.h"

#define MS     INT64_C(1000)
#define MINUTE (60 * 1000 * MS)

#define MAX_GROUPS 4096

/* The first of some calls may be delayed on its way by so much more than the
 * last one: by 10 ms if the window is a second. That leaves 99 % of the rate.
 */
#define DELAY(window) shorter((window) / 100, 200 * MS)

/* The spacing is a little longer than the window demands, so that a loop that
 * is late does not become later with each window. 98.8 % of the rate is left.
 */
#define SPACING(window) ((window) + DELAY(window) * 5 / 4)

/* A call may be sent so long before it is due, to catch up. */
#define CATCH_UP (100 * MS)

int fixed_rate_init(struct fixed_rate *rate, unsigned calls, int64_t window)
{
    *rate = (struct fixed_rate){.calls = calls};
    if (calls == 0)
        return 0;
    rate->window = window + DELAY(window);
    rate->spacing = SPACING(window) * 1000 / calls;
    rate->group = (calls - 1) / MAX_GROUPS + 1;
    rate->size = calls / rate->group;
    rate->times = malloc(rate->size * sizeof(*rate->times));
    if (!rate->times)
        return -1;
    for (unsigned i = 0; i < rate->size; i++)
        rate->times[i] = -rate->window;
    return 0;
}

void fixed_rate_clear(struct fixed_rate *rate)
{
    free(rate->times);
}

static unsigned after(const struct fixed_rate *rate, unsigned i)
{
    return i + 1 < rate->size ? i + 1 : 0;
}

static unsigned before(const struct fixed_rate *rate, unsigned i)
{
    return i > 0 ? i - 1 : rate->size - 1;
}

int64_t fixed_rate_wait(const struct fixed_rate *rate, int64_t now)
{
    int64_t wait;

    if (rate->calls == 0)
        return 0;
    wait = longer((rate->due + 999) / 1000 - CATCH_UP - now, 0);
    if (rate->left > 0)
        return wait;
    return longer(wait,
                  rate->times[after(rate, rate->newest)] + rate->window - now);
}

void fixed_rate_sent(struct fixed_rate *rate, int64_t now)
{
    if (rate->calls == 0)
        return;
    if (rate->left == 0) {
        rate->newest = after(rate, rate->newest);
        rate->left = rate->group;
        if (rate->unflushed < rate->size)
            rate->unflushed++;
    } else if (rate->unflushed == 0) {
        rate->unflushed = 1;
    }
    rate->left--;
    rate->times[rate->newest] = now;
    rate->due = longer(rate->due, now * 1000) + rate->spacing;
    rate->due = shorter(rate->due, (now + rate->window) * 1000);
}

void fixed_rate_flushed(struct fixed_rate *rate, int64_t now)
{
    for (unsigned i = rate->newest; rate->unflushed > 0; rate->unflushed--) {
        rate->times[i] = now;
        i = before(rate, i);
    }
}

void fixed_rate_connected(struct fixed_rate *rate, int64_t handed_over,
                          int64_t sent)
{
    unsigned i = rate->newest;

    if (rate->calls == 0)
        return;
    for (unsigned n = 1; n < rate->size; n++) {
        if (rate->times[before(rate, i)] < handed_over)
            break;
        i = before(rate, i);
    }
    /* This is the call, or one that was sent together with it. */
    if (rate->times[i] >= sent)
        return;
    for (; i != rate->newest && rate->times[after(rate, i)] < sent;
         i = after(rate, i))
        rate->times[i] = rate->times[after(rate, i)];
    rate->times[i] = sent;
}

double fixed_rate_per_minute(const struct fixed_rate *rate)
{
    return rate->calls ? (double)MINUTE * 1000 / (double)rate->spacing : 0;
}
