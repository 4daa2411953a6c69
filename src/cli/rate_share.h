/*
 * The part of --rate that this process may use. Several shards use the limit of
 * one service at the same time, and do not know of each other: each of them
 * makes its share of the calls, unless they have a --budget, which divides the
 * calls as they are needed.
 */
#ifndef CLI_RATE_SHARE_H
#define CLI_RATE_SHARE_H

#include "base/error.h"
#include "cli/options.h"

/* Calls in options->rate_window: --rate, or with --shard this shard's share.
 * The shares of all shards together are --rate. 0: there is no --rate. Pure. */
unsigned rate_share(const struct options *options);

/* ERROR_USAGE if a shard could make no call. */
int rate_share_check(const struct options *options, struct error *error);

#endif
