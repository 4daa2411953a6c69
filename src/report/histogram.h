/*
 * Latencies, counted in buckets whose width grows with the value, so that each
 * percentile is known within 3 % in constant memory. Pure.
 */
#ifndef REPORT_HISTOGRAM_H
#define REPORT_HISTOGRAM_H

#include <stdint.h>

/* Each power of two is divided into 32 buckets. */
#define HISTOGRAM_BUCKETS 1216

/* Filled with zeros: there are no values. */
struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t count;
    int64_t max;
};

/* Adds a value from 0 to 2^41 - 1 (in microseconds, 25 days); others count as
 * the nearest of these. */
void histogram_add(struct histogram *histogram, int64_t value);

/* The value that so many percent of all values do not exceed: the greatest of
 * its bucket, but not more than the maximum. 0 if there are no values. */
int64_t histogram_percentile(const struct histogram *histogram,
                             unsigned percent);

#endif
