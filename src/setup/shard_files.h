/*
 * The files of shards in the directory of OUTPUT.
 */
#ifndef SETUP_SHARD_FILES_H
#define SETUP_SHARD_FILES_H

#include "base/error.h"
#include "cli/options.h"

/* A file: OUTPUT of a shard, or its staging file or journal, or the summary of
 * a run of it that stopped. */
struct shard_file {
    const char *name; /* without its directory */
    unsigned shard;
    unsigned shards;
};

typedef int shard_file_fn(void *context, const struct shard_file *file,
                          struct error *error);

/* Calls the function for each file of a shard of output (shard_name.h), in any
 * order, until it returns another value than 0, which is returned. Without the
 * directory there is none. */
int shard_files_each(const char *output, shard_file_fn *function, void *context,
                     struct error *error);

/* Refuses, as ERROR_USAGE, that --shard auto starts one of N shards beside the
 * files of other than N shards: an engine that runs some tasks again may count
 * only these. */
int shard_files_check(const struct options *options, struct error *error);

#endif
