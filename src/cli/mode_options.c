#include "cli/mode_options.h"

#include <stdbool.h>
#include <string.h>

struct other_option {
    bool given;
    const char *name;
};

/* There is no run: options of a run would have no effect. */
static int refuse_others(const struct options *options,
                         const struct other_option *others, size_t count,
                         struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (others[i].given)
            return error_set(
                error, ERROR_USAGE,
                "--%s and %s cannot be combined; leave out one of them",
                mode_name(options->mode), others[i].name);
    return 0;
}

static int check_review(const struct options *options, struct error *error)
{
    const struct other_option others[] = {
        {options->resume, "--resume"},
        {options->restart, "--restart"},
        {options->no_summary, "--no-summary"},
        {options->ping != NULL, "--ping"},
        {options->on_end != NULL, "--on-end"},
        {options->log_file != NULL, "--log-file"},
    };

    if (options->mode != MODE_REVIEW)
        return 0;
    if (refuse_others(options, others, sizeof(others) / sizeof(others[0]),
                      error))
        return -1;
    if (strcmp(options->input, "-") == 0 || strcmp(options->output, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--review needs the files of a finished run, and no "
                         "standard input or output");
    return 0;
}

static int check_merge(const struct options *options, struct error *error)
{
    const struct other_option others[] = {
        {options->log_file != NULL, "--log-file"},
        {options->no_summary, "--no-summary"},
        {options->on_end != NULL, "--on-end"},
        {options->ping != NULL, "--ping"},
        {options->restart, "--restart"},
        {options->resume, "--resume"},
        {options->shards != 1, "--shard"},
        {options->skip > 0 && !options->failed, "--skip without --failed"},
        {options->where_count > 0 && !options->failed,
         "--where without --failed"},
    };

    if (options->mode != MODE_MERGE)
        return 0;
    if (refuse_others(options, others, sizeof(others) / sizeof(others[0]),
                      error))
        return -1;
    if (strcmp(options->output, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--merge needs the files of shards, and no standard "
                         "output");
    return 0;
}

/* A list has no rows of INPUT, and no results. */
static int check_list(const struct options *options, struct error *error)
{
    const struct other_option others[] = {
        {options->failed != NULL, "--failed"},
        {options->report != NULL, "--report"},
        {options->shards != 1, "--shard"},
        {options->skip > 0, "--skip"},
        {options->where_count > 0, "--where"},
    };

    return options->mode == MODE_LIST
               ? refuse_others(options, others,
                               sizeof(others) / sizeof(others[0]), error)
               : 0;
}

/* No row has an Id yet, by which it would belong to a shard. The name must stay
 * a guard. */
static int check_resolve(const struct options *options, struct error *error)
{
    const struct other_option others[] = {
        {options->failed != NULL, "--failed"},
        {options->ignore_guards, "--ignore-guards"},
        {options->log_file != NULL, "--log-file"},
        {options->metrics != NULL, "--metrics"},
        {options->no_summary, "--no-summary"},
        {options->on_end != NULL, "--on-end"},
        {options->ping != NULL, "--ping"},
        {options->report != NULL, "--report"},
        {options->restart, "--restart"},
        {options->resume, "--resume"},
        {options->shards != 1, "--shard"},
        {options->skip > 0, "--skip"},
        {options->where_count > 0, "--where"},
        {options->summary != NULL, "--summary"},
    };

    if (options->mode != MODE_RESOLVE)
        return 0;
    if (!options->users && strcmp(options->output, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--resolve requires --users FILE if OUTPUT is "
                         "standard output; name a file for one of them");
    return refuse_others(options, others, sizeof(others) / sizeof(others[0]),
                         error);
}

/* Without files and rows, options of a run would have no effect. Those that a
 * profile sets for all modes are ignored. */
static int check_without_files(const struct options *options,
                               struct error *error)
{
    const struct other_option others[] = {
        {options->diff != NULL, "--diff"},
        {options->failed != NULL, "--failed"},
        {options->undo != NULL, "--undo"},
        {options->report != NULL, "--report"},
        {options->summary != NULL, "--summary"},
        {options->resume, "--resume"},
        {options->restart, "--restart"},
        {options->retry_failed, "--retry-failed"},
    };

    if (mode_has_files(options->mode))
        return 0;
    return refuse_others(options, others, sizeof(others) / sizeof(others[0]),
                         error);
}

int mode_options_check(const struct options *options, struct error *error)
{
    return check_list(options, error) || check_review(options, error) ||
                   check_merge(options, error) ||
                   check_resolve(options, error) ||
                   check_without_files(options, error)
               ? -1
               : 0;
}
