/*
 * --undo of a merge: the undo files of all shards become one.
 */
#ifndef OFFLINE_MERGE_UNDO_H
#define OFFLINE_MERGE_UNDO_H

#include "base/error.h"
#include "base/file_system.h"
#include "cli/options.h"
#include "offline/merge_shards.h"

/* The undo files of the shards: those of their runs, named by --undo and the
 * shard, and those of retries. Filled with zeros, there are none. */
struct merge_undo {
    char **paths;
    unsigned count;
};

/* Finds the files, after merge_shards_read(). ERROR_USAGE if a shard updated
 * users, but its last run is not recorded with such a file, or one is missing:
 * then old values would be. ERROR_LOCAL. The caller calls merge_undo_clear() in
 * any case. */
int merge_undo_find(struct merge_undo *undo, const struct merge_shards *shards,
                    const struct file_system *files,
                    const struct options *options, struct error *error);
void merge_undo_clear(struct merge_undo *undo);

/* Writes FILE of --undo; nothing without it. ERROR_USAGE if there is one with
 * another content, or as writer_open() and merged_undo_write(); ERROR_LOCAL. */
int merge_undo_write(const struct merge_undo *undo,
                     const struct file_system *files,
                     const struct options *options,
                     const struct service *service, struct error *error);

#endif
