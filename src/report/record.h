/*
 * What only the report needs of a run, collected in fixed memory while it runs.
 */
#ifndef REPORT_RECORD_H
#define REPORT_RECORD_H

#include "output/findings.h"
#include "report/histogram.h"
#include "report/timeline.h"
#include "user/change_examples.h"
#include "user/circuit_breaker.h"

/* Filled with zeros: nothing was recorded. */
struct run_record {
    struct findings findings;
    struct timeline timeline;
    struct histogram latencies[CIRCUIT_CALLS]; /* microseconds */
    struct change_examples examples;           /* with --report-values */
};

#endif
