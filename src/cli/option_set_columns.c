#include "cli/option_set.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/blank.h"
#include "cli/option_value.h"

int option_set_clear_token(struct options *options,
                           const struct option_spec *spec, const char *value,
                           struct error *error)
{
    if (blank_is_all(value, strlen(value)))
        return error_set(error, ERROR_USAGE,
                         "--%s cannot be empty, because an empty cell keeps "
                         "the user's value; choose a word",
                         spec->name);
    options->clear_token = value;
    return 0;
}

int option_set_delimiter(struct options *options,
                         const struct option_spec *spec, const char *value,
                         struct error *error)
{
    if (option_value_delimiter(value, &options->delimiter))
        return error_set(
            error, ERROR_USAGE,
            "--%s takes one ASCII character, such as ';', or the "
            "word tab or auto; it cannot be a letter, digit, quote or "
            "line end",
            spec->name);
    return 0;
}

int option_add_ignore(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    size_t count = options->ignore_count;
    const char **ignores;

    if (*value == '\0')
        return error_set(error, ERROR_USAGE, "--%s: %s is empty", spec->name,
                         spec->argument);
    ignores = realloc(options->ignores, (count + 1) * sizeof(*ignores));
    if (!ignores)
        return error_memory(error);
    ignores[count] = value;
    options->ignores = ignores;
    options->ignore_count++;
    return 0;
}

/* Splits FROM=TO; the caller frees from. */
static int split_map(struct name_pair *map, const char *value)
{
    /* The name of a column contains no '=', but a name in a file may. */
    const char *equals = strrchr(value, '=');

    map->from = strdup(value);
    if (!map->from)
        return -1;
    map->from[equals - value] = '\0';
    map->to = map->from + (equals - value) + 1;
    return 0;
}

static bool is_mapped(const struct options *options, const char *from)
{
    for (size_t i = 0; i < options->map_count; i++) {
        if (strcasecmp(options->maps[i].from, from) == 0)
            return true;
    }
    return false;
}

/* COLUMN or COLUMN=VALUE. */
int option_add_allow(struct options *options, const struct option_spec *spec,
                     const char *value, struct error *error)
{
    struct name_pair *allows =
        realloc(options->allows, (options->allow_count + 1) * sizeof(*allows));
    struct name_pair *allow;
    char *equals;

    if (!allows)
        return error_memory(error);
    options->allows = allows;
    if (*value == '\0' || *value == '=')
        return error_set(error, ERROR_USAGE,
                         "--%s takes a column, or COLUMN=VALUE, not '%s'",
                         spec->name, value);
    allow = &allows[options->allow_count];
    allow->from = strdup(value);
    if (!allow->from)
        return error_memory(error);
    equals = strchr(allow->from, '=');
    allow->to = equals ? equals + 1 : NULL;
    if (equals)
        *equals = '\0';
    options->allow_count++;
    return 0;
}

int option_add_map(struct options *options, const struct option_spec *spec,
                   const char *value, struct error *error)
{
    size_t count = options->map_count;
    const char *equals = strrchr(value, '=');
    struct name_pair *maps;

    if (!equals || equals == value || equals[1] == '\0')
        return error_set(error, ERROR_USAGE,
                         "--%s takes 'FROM=TO', such as --%s 'Mail=Email', not "
                         "'%s'",
                         spec->name, spec->name, value);
    maps = realloc(options->maps, (count + 1) * sizeof(*maps));
    if (!maps)
        return error_memory(error);
    options->maps = maps;
    if (split_map(&maps[count], value))
        return error_memory(error);
    if (is_mapped(options, maps[count].from)) {
        free(maps[count].from);
        return error_set(error, ERROR_USAGE,
                         "--%s '%s': this column is mapped twice; leave out "
                         "one of the two",
                         spec->name, value);
    }
    options->map_count++;
    return 0;
}
