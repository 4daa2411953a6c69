/*
 * The shards that a merge lacks, and how to run them.
 */
#ifndef OFFLINE_MERGE_MISSING_H
#define OFFLINE_MERGE_MISSING_H

#include "base/error.h"
#include "base/file_system.h"
#include "cli/options.h"
#include "report/run_summary.h"

struct merge_shards;

/* ERROR_STOPPED if a shard is missing or unfinished: the message has their
 * numbers as the expression of an array ("3,7-9"). Commands that run the first
 * of them become steps of the summary, as far as the summary of any shard
 * records one. */
int merge_missing_check(const struct merge_shards *shards,
                        const struct file_system *files,
                        const struct options *options,
                        struct run_summary *summary, struct error *error);

#endif
