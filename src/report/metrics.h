/*
 * The metrics of a run in Prometheus' text format, for the textfile collector
 * of node_exporter.
 *
 * Source: Prometheus, "Exposition formats", text-based format 0.0.4.
 */
#ifndef REPORT_METRICS_H
#define REPORT_METRICS_H

#include "base/buffer.h"
#include "report/run_summary.h"

/* When a run last ended well, in milliseconds since 1970; 0: never. */
struct metrics_times {
    int64_t success;    /* exit status 0 */
    int64_t completion; /* OUTPUT was complete */
};

/* Reads the times from an earlier text; those that it does not contain are 0.
 * False if the text is not one of metrics_format(). */
bool metrics_parse(struct metrics_times *times, const char *text);

/* Appends the metrics. Each has the label run with that value, so that several
 * files differ. earlier: those of the run before. -1 as buffer_reserve(). */
int metrics_format(struct buffer *text, const struct run_summary *summary,
                   const char *run, const struct metrics_times *earlier);

#endif
