/*
 * The summary of a run.
 */
#ifndef ENDING_SUMMARY_H
#define ENDING_SUMMARY_H

#include <stdio.h>

#include "report/run_summary.h"

/* Prints the counts of the run, for --reconcile how much matches, and the five
 * most frequent errors:
 *
 *     bauser-batch: 1000 rows: 998 Updated, 2 Failed; 1998 calls, 6 retries;
 *         41.2 s, 24.3 rows/s
 *     bauser-batch: 2 × EntityNotExistent, first in row 3
 */
void summary_print(FILE *stream, const struct run_summary *summary);

/* Prints the five most frequent errors alone. */
void summary_print_errors(FILE *stream, const struct error_counts *errors);

/* Prints what to do next, a command in each line:
 *
 *     bauser-batch: to resume: bauser-batch --resume users.csv result.csv
 */
void summary_print_steps(FILE *stream, const struct run_summary *summary);

#endif
