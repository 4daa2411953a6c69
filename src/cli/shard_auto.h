/*
 * --shard auto: the shard by the engine's variables, and the files by the
 * shard.
 */
#ifndef CLI_SHARD_AUTO_H
#define CLI_SHARD_AUTO_H

#include "base/error.h"
#include "cli/options.h"

/* With --shard auto, sets the shard (shard_variables.h), names OUTPUT and all
 * other files that a run writes by the shard (shard_name.h), and replaces the
 * words of the command line by those of --shard K/N with these names, so that
 * printed commands do not depend on the variables. ERROR_USAGE, or ERROR_LOCAL
 * without memory. */
int shard_auto_apply(struct options *options, struct error *error);

#endif
