/*
 * The summary of a run.
 */
#ifndef RUN_SUMMARY_H
#define RUN_SUMMARY_H

#include <stdio.h>

#include "base/mode.h"
#include "output/result_writer.h"

/* Prints the counts of the run, for --reconcile how much matches, and the five
 * most frequent errors:
 *
 *     bauser-batch: 1000 rows: 998 Updated, 2 Failed; 1998 calls, 6 retries;
 *         41.2 s, 24.3 rows/s
 *     bauser-batch: 2 × EntityNotExistent, first in row 3
 */
void summary_print(FILE *stream, enum mode mode, const struct tally *tally);

#endif
