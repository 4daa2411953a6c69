/*
 * --merge: the results of all shards of a run become one OUTPUT, as a single
 * run would have written it.
 */
#ifndef OFFLINE_MERGE_H
#define OFFLINE_MERGE_H

#include <signal.h>

#include "base/error.h"
#include "cli/options.h"
#include "report/run_summary.h"
#include "setup/platform.h"

/* Merges the shards of the OUTPUT of the options, by their row numbers, and
 * fills in an empty summary, which the caller clears in any case. Every row
 * must be in exactly one shard, and all shards must be of one run. INPUT must
 * be that of the run, unless it is gone or a pipe.
 *
 * Writes OUTPUT, which is complete or as before, then its summary, and as far
 * as the options name them --undo, --failed, --report and --metrics.
 *
 * As merge_shards_find(), merge_missing_check() and merge_shards_read().
 * ERROR_STOPPED also if *stop became nonzero; ERROR_USAGE also as writer_open()
 * and review_write(); ERROR_LOCAL. */
int merge_run(const struct platform *platform, const struct options *options,
              const volatile sig_atomic_t *stop, struct run_summary *summary,
              struct error *error);

#endif
