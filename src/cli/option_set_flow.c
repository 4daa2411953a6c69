#include "cli/option_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/local_time.h"
#include "cli/budget_url.h"
#include "cli/option_value.h"

#define RATE_MAX      1000000
#define FAIL_FAST_MAX 1000           /* their outcomes are held in memory */
#define GIVE_UP_MAX   (7 * 24 * 60u) /* minutes */
#define MAX_DURATION  (60 * 86400)   /* seconds */

int option_set_budget(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    struct budget_url *budget = options->budget;

    (void)spec;
    if (!budget)
        budget = options->budget = calloc(1, sizeof(*budget));
    return budget ? budget_url_parse(budget, value, error)
                  : error_memory(error);
}

int option_set_fail_fast(struct options *options,
                         const struct option_spec *spec, const char *value,
                         struct error *error)
{
    if (option_value_fail_fast(value, FAIL_FAST_MAX, &options->fail_fast,
                               &options->fail_fast_any))
        return error_set(error, ERROR_USAGE,
                         "--%s takes a number of users from 0 to %d, such as "
                         "100 or 100,all, not '%s'",
                         spec->name, FAIL_FAST_MAX, value);
    return 0;
}

int option_set_give_up(struct options *options, const struct option_spec *spec,
                       const char *value, struct error *error)
{
    if (option_value_minutes(value, GIVE_UP_MAX, &options->give_up))
        return error_set(error, ERROR_USAGE,
                         "--%s takes minutes, more than 0 and at most %u (a "
                         "week), such as 15 or 0.5, not '%s'",
                         spec->name, GIVE_UP_MAX, value);
    return 0;
}

int option_set_limit(struct options *options, const struct option_spec *spec,
                     const char *value, struct error *error)
{
    bool percent;

    if (option_value_errors(value, &options->limit, &percent) || percent ||
        options->limit == 0)
        return error_set(error, ERROR_USAGE,
                         "--%s takes a number of users from 1 on, not '%s'",
                         spec->name, value);
    return 0;
}

int option_set_max_changes(struct options *options,
                           const struct option_spec *spec, const char *value,
                           struct error *error)
{
    if (option_value_errors(value, &options->max_changes,
                            &options->max_changes_percent))
        return error_set(error, ERROR_USAGE,
                         "--%s takes a number of users, or a percentage from "
                         "0%% to 100%%, not '%s'",
                         spec->name, value);
    return 0;
}

int option_set_max_duration(struct options *options,
                            const struct option_spec *spec, const char *value,
                            struct error *error)
{
    if (option_value_duration(value, MAX_DURATION, &options->max_duration))
        return error_set(error, ERROR_USAGE,
                         "--%s takes a duration, such as 7h, 90m or 7h30m, "
                         "of at most %d days, not '%s'",
                         spec->name, MAX_DURATION / 86400, value);
    options->max_duration_text = value;
    return 0;
}

int option_set_max_errors(struct options *options,
                          const struct option_spec *spec, const char *value,
                          struct error *error)
{
    if (option_value_errors(value, &options->max_errors,
                            &options->max_errors_percent))
        return error_set(error, ERROR_USAGE,
                         "--%s takes a number of rows, or a percentage from "
                         "0%% to 100%%, not '%s'",
                         spec->name, value);
    return 0;
}

int option_set_rate(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    if (option_value_rate(value, RATE_MAX, &options->rate,
                          &options->rate_window))
        return error_set(error, ERROR_USAGE,
                         "--%s takes calls per second or per minute, N/s or "
                         "N/m with N from 1 to %d, not '%s'",
                         spec->name, RATE_MAX, value);
    return 0;
}

int option_set_skip(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    bool percent;

    if (option_value_errors(value, &options->skip, &percent) || percent)
        return error_set(error, ERROR_USAGE,
                         "--%s takes a number of rows, not '%s'", spec->name,
                         value);
    return 0;
}

int option_set_shard(struct options *options, const struct option_spec *spec,
                     const char *value, struct error *error)
{
    options->has_shard = true;
    options->shard_auto = strncmp(value, "auto", 4) == 0;
    if (strcmp(value, "auto") == 0) {
        options->shards = 0;
        return 0;
    }
    if (options->shard_auto
            ? value[4] != '/' ||
                  option_value_number(value + 5, 1, OPTIONS_SHARDS_MAX,
                                      &options->shards)
            : option_value_shard(value, OPTIONS_SHARDS_MAX, &options->shard,
                                 &options->shards))
        return error_set(error, ERROR_USAGE,
                         "--%s takes K/N with K from 0 to N-1, such as --%s "
                         "0/4, or auto, or auto/N, not '%s'",
                         spec->name, spec->name, value);
    return 0;
}

int option_set_until(struct options *options, const struct option_spec *spec,
                     const char *value, struct error *error)
{
    struct local_time time;

    if (local_time_parse(value, &time))
        return error_set(error, ERROR_USAGE,
                         "--%s takes a local time, such as 06:00 or "
                         "2026-11-30T06:00, not '%s'",
                         spec->name, value);
    options->until = value;
    return 0;
}
