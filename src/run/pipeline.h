/*
 * A whole run, on one thread: a loop that reads rows, makes calls and writes
 * result rows.
 */
#ifndef RUN_PIPELINE_H
#define RUN_PIPELINE_H

#include <signal.h>

#include "base/error.h"
#include "cli/credentials.h"
#include "cli/options.h"
#include "report/run_summary.h"
#include "setup/platform.h"

/* Performs the run that the options describe, on that platform. credentials may
 * be NULL with MODE_CHECK.
 *
 * *stop becomes nonzero when a signal requests a stop: then no new user is
 * started, and the users in flight finish. 0: OUTPUT is complete. -1:
 *
 *   ERROR_USAGE    nothing was sent, OUTPUT is untouched
 *   ERROR_INPUT    the same; but if a pipe was refused halfway, OUTPUT is
 *                  complete and contains the outcome of each row before
 *   others         OUTPUT is untouched; rows with an outcome are in
 *                  OUTPUT.part, in the order of INPUT, and the error says so
 *
 * If OUTPUT is standard output, it contains the rows with an outcome, and those
 * that may have been changed as Unknown, since no later run can verify them.
 * The summary is complete in each case, and the caller clears it. Its strings
 * may point into the options and the platform. */
int pipeline_run(const struct platform *platform, const struct options *options,
                 const struct credentials *credentials,
                 const volatile sig_atomic_t *stop, struct run_summary *summary,
                 struct error *error);

#endif
