/*
 * The summary of a run that no files are needed for: who ran what, and how it
 * ended.
 */
#ifndef ENDING_CONCLUSION_H
#define ENDING_CONCLUSION_H

#include "base/error.h"
#include "cli/options.h"
#include "report/run_summary.h"
#include "setup/platform.h"

/* Empties a summary without texts, and notes the start. It may point into the
 * platform and the options. */
void conclusion_begin(struct run_summary *summary,
                      const struct platform *platform,
                      const struct options *options);

/* Notes the end, whose tally is complete: the exit status and what to do next.
 * error: with which the run has ended; NULL: OUTPUT is complete. May be called
 * again, if the run ends differently after all. */
void conclusion_end(struct run_summary *summary,
                    const struct platform *platform,
                    const struct options *options, const struct error *error);

#endif
