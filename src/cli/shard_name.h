/*
 * The names of a shard's files: "result.csv" becomes "result.3-of-16.csv", so
 * that the shards of a run can share a directory. Pure.
 */
#ifndef CLI_SHARD_NAME_H
#define CLI_SHARD_NAME_H

#include <stdbool.h>

/* The name with the shard before its extension (before both of ".csv.gz"),
 * which the caller frees. NULL without memory. "-" and names in /dev are no
 * files of a run and keep their names. */
char *shard_name_make(const char *path, unsigned shard, unsigned shards);

/* Is the name, which has no directory, that of a shard of path, perhaps
 * followed by one of the suffixes (ended by NULL)? Then stores which. */
bool shard_name_parse(const char *name, const char *path,
                      const char *const *suffixes, unsigned *shard,
                      unsigned *shards);

#endif
