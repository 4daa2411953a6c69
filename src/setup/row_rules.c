#include "setup/row_rules.h"

#include "cli/settings.h"

/* A profile is for several kinds of files. */
static bool is_configured(const struct options *options, enum mode mode,
                          const char *option)
{
    const struct option_spec *spec = option_table_find(option);
    enum setting_source source =
        settings_used(options->settings, options, spec, mode).source;

    return source == SETTING_DEFAULTS || source == SETTING_PROFILE;
}

struct input_rules row_rules_make(const struct options *options, enum mode mode)
{
    return (struct input_rules){
        .service = options->service,
        .encoding = options->encoding,
        .delimiter = options->delimiter,
        .skip_lines = options->skip_lines,
        .ignore_unknown = options->ignore_unknown,
        .clear_token = options->clear_token,
        .maps = options->maps,
        .map_count = options->map_count,
        .maps_optional = is_configured(options, mode, "--map"),
        .ignores = options->ignores,
        .ignore_count = options->ignore_count,
        .ignores_optional = is_configured(options, mode, "--ignore"),
        .tenant = options->customer_id,
        .ignore_guards = options->ignore_guards,
        .ignore_versions = mode == MODE_RECONCILE && !options->all_guards,
        .allows = options->allows,
        .allow_count = options->allow_count,
        .ids_only = mode == MODE_EXPORT,
        .offline = mode == MODE_CHECK,
        .skip = options->skip,
        .wheres = options->wheres,
        .where_count = options->where_count,
        .shard = options->shard,
        .shards = options->shards,
        .shard_by = options->shard_by,
    };
}

struct input_rules row_rules_make_plan(const struct options *options,
                                       enum mode mode)
{
    const struct option_spec *delimiter = option_table_find("--delimiter");
    struct options of_plan = *options;

    if (!options->decided[option_table_index(delimiter)])
        of_plan.delimiter = '\0';
    of_plan.encoding = NULL;
    of_plan.skip_lines = 0;
    of_plan.ignore_unknown = false;
    of_plan.map_count = 0;
    of_plan.ignore_count = 0;
    return row_rules_make(&of_plan, mode);
}
