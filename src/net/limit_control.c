#include "net/limit_control.h"

#include <math.h> /* INFINITY */

#define SECOND INT64_C(1000000) /* the clock's unit is the microsecond */

#define DIP    0.05 /* of the value below the peak, at first */
#define GROWTH 1.0  /* above the peak, when its span is over twice */

/* The share of calls that may be refused to find out whether a limit has
 * grown. */
#define TARGET 0.005

#define MIN_SPAN SECOND
#define MAX_SPAN (30 * SECOND) /* of a short window */

#define MIN_WINDOWS 3 /* of the span */
#define MAX_WINDOWS 8

double limit_control_value(const struct limit_control *control)
{
    double x;

    if (control->peak == 0)
        return INFINITY;
    x = (double)control->age / (double)control->span - 1;
    return control->peak * (1 + (x < 0 ? DIP : GROWTH) * x * x * x);
}

bool limit_control_is_above(const struct limit_control *control)
{
    return control->peak > 0 && control->age >= control->span;
}

void limit_control_use(struct limit_control *control, int64_t duration)
{
    if (control->peak > 0)
        control->age += duration;
}

static void forget_calls(struct limit_control *control, uint64_t number)
{
    control->changed = number;
    control->calls = control->refused = 0;
    control->excess = control->excess_calls = control->excess_refused = 0;
}

void limit_control_lower(struct limit_control *control, double peak,
                         int64_t window, uint64_t number, double chance)
{
    double refused = control->refused / (control->calls + 1) - chance;
    double change = limit_within(refused / TARGET, 0.5, 2);
    double value = limit_control_value(control);
    double min_span = MIN_WINDOWS * (double)window;
    double max_span = MAX_WINDOWS * (double)window;

    if (!limit_control_is_above(control))
        change = 1; /* this is another limit */
    if (min_span < MIN_SPAN)
        min_span = MIN_SPAN;
    if (max_span < MAX_SPAN)
        max_span = MAX_SPAN;
    control->span = (int64_t)limit_within((double)control->span * change,
                                          min_span, max_span);
    control->peak = peak < value ? peak : value;
    control->age = 0;
    forget_calls(control, number);
}

void limit_control_restore(struct limit_control *control,
                           const struct limit_control *before, uint64_t number)
{
    *control = *before;
    forget_calls(control, number);
}

void limit_control_count(struct limit_control *control, bool refused)
{
    control->calls++;
    control->refused += refused;
}

void limit_control_add_excess(struct limit_control *control, bool refused,
                              double expected)
{
    control->excess += refused - expected;
    if (control->excess <= 0)
        control->excess = control->excess_calls = control->excess_refused = 0;
    control->excess_calls++;
    control->excess_refused += refused;
}

/* ---- histories ----------------------------------------------------------- */

#define SLOT (SECOND / 8)

void limit_history_add(struct limit_history *history, int64_t now)
{
    int64_t slot = now / SLOT;

    if (slot - history->newest > LIMIT_SLOTS)
        history->newest = slot - LIMIT_SLOTS;
    while (history->newest < slot)
        history->counts[++history->newest % LIMIT_SLOTS] = 0;
    history->counts[slot % LIMIT_SLOTS]++;
}

double limit_history_sum(const struct limit_history *history, int64_t *since)
{
    int64_t oldest = history->newest - LIMIT_SLOTS + 1;
    int64_t slot = *since / SLOT > oldest ? *since / SLOT : oldest;
    double sum = 0;

    *since = slot * SLOT;
    for (; slot <= history->newest; slot++)
        sum += history->counts[slot % LIMIT_SLOTS];
    return sum;
}
