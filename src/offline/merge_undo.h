/*
 * --undo of a merge: the undo files of all shards become one.
 */
#ifndef OFFLINE_MERGE_UNDO_H
#define OFFLINE_MERGE_UNDO_H

#include "base/error.h"
#include "base/file_system.h"
#include "cli/options.h"
#include "offline/merge_shards.h"

/* The undo files of the shards are named by --undo and the shard. Both
 * functions do nothing without --undo.
 *
 * The first one refuses, as ERROR_USAGE, a shard that updated users but has no
 * such file. The second one writes the file: ERROR_USAGE as writer_open() and
 * merged_undo_write(), or ERROR_LOCAL. */
int merge_undo_check(const struct merge_shards *shards,
                     const struct file_system *files,
                     const struct options *options, struct error *error);
int merge_undo_write(const struct merge_shards *shards,
                     const struct file_system *files,
                     const struct options *options,
                     const struct service *service, struct error *error);

#endif
