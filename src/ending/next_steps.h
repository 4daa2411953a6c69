/*
 * What to do after a run: commands that work when they are pasted.
 */
#ifndef ENDING_NEXT_STEPS_H
#define ENDING_NEXT_STEPS_H

#include "base/error.h"
#include "cli/options.h"
#include "report/run_summary.h"

/* Adds the steps to a summary that is complete otherwise. error: with which the
 * run has ended; NULL: OUTPUT is complete. Nothing is added if the command line
 * is unknown. */
void next_steps_add(struct run_summary *summary, const struct options *options,
                    const struct error *error);

/* Notes the command that runs or resumes the shard of these options. */
void next_steps_note_shard(struct run_summary *summary,
                           const struct options *options);

#endif
