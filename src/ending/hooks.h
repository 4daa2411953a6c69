/*
 * What others are notified of: --ping and --on-end. A failure prints a warning,
 * and never changes the run or its exit status.
 */
#ifndef ENDING_HOOKS_H
#define ENDING_HOOKS_H

#include "cli/options.h"
#include "report/run_summary.h"

/* The run starts: pings URL/start. */
void hooks_start(const struct options *options);

/* The run has ended: pings URL after exit status 0, else URL/STATUS. Then runs
 * the command of --on-end, with the summary on its standard input. */
void hooks_end(const struct options *options,
               const struct run_summary *summary);

#endif
