#include "report/histogram.h"

/* Values below 64 have a bucket each. */
#define HALF 32
#define TOP  ((INT64_C(1) << 41) - 1)

static unsigned bucket_of(int64_t value)
{
    unsigned shift = 0;

    while (value >> shift >= 2 * HALF)
        shift++;
    return shift * HALF + (unsigned)(value >> shift);
}

/* The greatest value of a bucket. */
static int64_t top_of(unsigned bucket)
{
    unsigned shift = bucket < 2 * HALF ? 0 : bucket / HALF - 1;

    return ((int64_t)(bucket - shift * HALF + 1) << shift) - 1;
}

void histogram_add(struct histogram *histogram, int64_t value)
{
    if (value < 0)
        value = 0;
    if (value > TOP)
        value = TOP;
    histogram->counts[bucket_of(value)]++;
    histogram->count++;
    if (value > histogram->max)
        histogram->max = value;
}

int64_t histogram_percentile(const struct histogram *histogram,
                             unsigned percent)
{
    uint64_t above = histogram->count / 100 * (100 - percent) +
                     histogram->count % 100 * (100 - percent) / 100;
    uint64_t seen = 0;

    if (histogram->count == 0)
        return 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->counts[i];
        if (seen >= histogram->count - above)
            return top_of(i) < histogram->max ? top_of(i) : histogram->max;
    }
    return histogram->max;
}
