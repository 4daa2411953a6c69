#include "cli/rate_share.h"

unsigned rate_share(const struct options *options)
{
    unsigned shards = options->shards > 0 ? options->shards : 1;
    unsigned left = options->rate % shards;

    if (options->budget)
        return options->rate;
    return options->rate / shards + (options->shard < left ? 1 : 0);
}

int rate_share_check(const struct options *options, struct error *error)
{
    const char *unit = options->rate_window == 1 ? "s" : "m";

    if (options->rate == 0 || options->budget ||
        options->rate >= options->shards)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "--rate %u/%s is for all %u shards together, and less "
                     "than one call for each of them; use %s--rate %u/%s or "
                     "more, or fewer shards",
                     options->rate, unit, options->shards,
                     options->rate_window == 1 ? "a rate per minute, " : "",
                     options->shards, unit);
}
