/*
 * --review: what a finished run leaves is made again, from its OUTPUT and its
 * summary.
 */
#ifndef RUN_REVIEW_H
#define RUN_REVIEW_H

#include "base/error.h"
#include "base/file_system.h"
#include "cli/options.h"
#include "report/run_summary.h"

/* Fills in an empty summary, which the caller clears in any case. The counts
 * are those of OUTPUT. What only the run knew comes from its summary, if that
 * belongs to OUTPUT; else it is unknown, and *missing says why. ERROR_USAGE if
 * OUTPUT cannot be used, or if INPUT is not that of the run; ERROR_LOCAL. */
int review_run(const struct file_system *files, const struct options *options,
               struct run_summary *summary, const char **missing,
               struct error *error);

#endif
