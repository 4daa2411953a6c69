/*
 * --review: what a finished run leaves is made again, from its OUTPUT and its
 * summary.
 */
#ifndef OFFLINE_REVIEW_H
#define OFFLINE_REVIEW_H

#include <signal.h>

#include "base/error.h"
#include "base/file_system.h"
#include "cli/options.h"
#include "report/run_summary.h"
#include "setup/platform.h"

/* Fills in an empty summary, which the caller clears in any case. The counts
 * are those of OUTPUT. What only the run knew comes from its summary, if that
 * belongs to OUTPUT; else it is unknown, and *missing says why. ERROR_USAGE if
 * OUTPUT cannot be used, or if INPUT is not that of the run; ERROR_LOCAL. */
int review_run(const struct file_system *files, const struct options *options,
               struct run_summary *summary, const char **missing,
               struct error *error);

/* Writes --failed, --report and --metrics, as far as the options name them,
 * from the files and the summary of the run. ERROR_USAGE if a name cannot be
 * used, or if --failed cannot be made since OUTPUT has not the rows of INPUT;
 * ERROR_INPUT if INPUT is refused; ERROR_STOPPED if *stop became nonzero;
 * ERROR_LOCAL. */
int review_write(const struct platform *platform, const struct options *options,
                 const struct run_summary *summary,
                 const volatile sig_atomic_t *stop, struct error *error);

#endif
