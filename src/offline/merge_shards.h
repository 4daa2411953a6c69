/*
 * The shards of a run, as --merge finds them: their results, which are named by
 * the shard (cli/shard_name.h), and their summaries.
 */
#ifndef OFFLINE_MERGE_SHARDS_H
#define OFFLINE_MERGE_SHARDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file_system.h"
#include "cli/options.h"
#include "report/run_summary.h"

/* Each shard has an open file and a buffer while rows are merged. */
#define MERGE_SHARDS_MAX 1000

struct merge_shard {
    char *path;    /* its OUTPUT */
    bool complete; /* it is there, and no run of it is unfinished */

    /* After merge_shards_read(), of its result: */
    char sha256[RUN_SUMMARY_DIGEST];
    uint64_t rows;
    uint64_t failed;
    uint64_t updated; /* rows whose users may have been sent an update */
    uint64_t sent;    /* updates by its last run */
    bool retried;     /* that was --retry-failed */
    char *undo;       /* the option as it is recorded; NULL: none */
    int64_t elapsed;  /* milliseconds */
};

struct merge_shards {
    unsigned count;
    struct merge_shard *list;
    uint64_t rows; /* of all shards together */
};

/* Finds the shards of the OUTPUT of the options. ERROR_USAGE if there are none,
 * too many, or those of different numbers of shards; ERROR_LOCAL without
 * memory. The caller calls merge_shards_clear() in any case. */
int merge_shards_find(struct merge_shards *shards,
                      const struct options *options, struct error *error);

void merge_shards_clear(struct merge_shards *shards);

/* Reads the summary of a shard, as summary_file_read(). */
const char *merge_shards_read_summary(const struct merge_shards *shards,
                                      unsigned index, bool complete,
                                      const struct file_system *files,
                                      const struct options *options,
                                      struct run_summary *summary);

/* Reads the summaries of all shards, checks their results by them, and adds
 * them up in an empty summary, which the caller clears in any case. All shards
 * must be complete (merge_missing.h).
 *
 * ERROR_USAGE if a summary is missing, does not belong to its result, or is one
 * of another shard or another run: the message contains the file and the
 * difference. ERROR_LOCAL. */
int merge_shards_read(struct merge_shards *shards,
                      const struct file_system *files,
                      const struct options *options,
                      struct run_summary *summary, struct error *error);

#endif
