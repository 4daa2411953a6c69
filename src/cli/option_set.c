#include "cli/option_set.h"

#include <string.h>

#include "base/log_level.h"
#include "cli/option_value.h"

void *option_set_member(struct options *options, const struct option_spec *spec)
{
    return (char *)options + spec->offset;
}

int option_set_flag(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    bool *flag = option_set_member(options, spec);

    (void)value;
    (void)error;
    *flag = true;
    return 0;
}

int option_set_text(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    const char **text = option_set_member(options, spec);

    if (*value == '\0')
        return error_set(error, ERROR_USAGE, "--%s: %s is empty", spec->name,
                         spec->argument);
    *text = value;
    return 0;
}

int option_set_number(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    if (option_value_number(value, spec->min, spec->max,
                            option_set_member(options, spec)))
        return error_set(error, ERROR_USAGE,
                         "--%s takes a whole number from %u to %u, not '%s'",
                         spec->name, spec->min, spec->max, value);
    return 0;
}

int option_set_word(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    bool *second = option_set_member(options, spec);

    *second = strcmp(value, spec->words[1]) == 0;
    if (!*second && strcmp(value, spec->words[0]) != 0)
        return error_set(error, ERROR_USAGE, "--%s takes %s or %s, not '%s'",
                         spec->name, spec->words[0], spec->words[1], value);
    return 0;
}

int option_set_mode(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    enum mode mode = (enum mode)spec->choice;

    (void)value;
    if (options->mode != MODE_APPLY && options->mode != mode)
        return error_set(error, ERROR_USAGE,
                         "--%s and --%s cannot be combined; leave out one of "
                         "them",
                         mode_name(options->mode), spec->name);
    options->mode = mode;
    return 0;
}

int option_set_action(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    (void)value;
    (void)error;
    options->action = (enum options_action)spec->choice;
    return 0;
}

int option_set_log_level(struct options *options,
                         const struct option_spec *spec, const char *value,
                         struct error *error)
{
    for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++) {
        if (strcmp(value, log_level_name((enum log_level)level)) == 0) {
            options->log_level = (enum log_level)level;
            return 0;
        }
    }
    return error_set(error, ERROR_USAGE,
                     "--%s takes error, warn, info or debug, not '%s'",
                     spec->name, value);
}
