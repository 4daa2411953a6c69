#include "input/rules.h"

#include <string.h>

#include "input/column_name.h"

static struct column_name name_of(const char *text)
{
    return column_name_trim(text, strlen(text));
}

static int refuse_map(const struct input_rules *rules,
                      const struct name_pair *map, struct error *error)
{
    const struct column_name from = {map->from, strlen(map->from)};
    const char *suggested = column_name_suggest(rules->service, map->to);
    char quoted[COLUMN_NAME_QUOTED];

    column_name_quote(quoted, from, suggested ? suggested : "COLUMN");
    if (suggested)
        return error_set(error, ERROR_USAGE,
                         "--map: there is no column %s; did you mean --map %s?",
                         map->to, quoted);
    return error_set(error, ERROR_USAGE,
                     "--map: there is no column %s; name one with --map %s",
                     map->to, quoted);
}

static int check_allow(const struct input_rules *rules,
                       const struct name_pair *allow, struct error *error)
{
    const struct service *service = rules->service;
    const char *name = allow->from;
    unsigned column = column_name_find(service, name_of(name));
    const char *suggested = column_name_suggest(service, name);

    if (column < service->column_count && column != service->key &&
        column != service->tenant)
        return 0;
    if (column < service->column_count)
        return error_set(error, ERROR_USAGE,
                         "--allow-suspicious %s: %s identifies the user, and "
                         "must be correct",
                         name, service->columns[column].name);
    return error_set(error, ERROR_USAGE,
                     "--allow-suspicious %s: there is no column %s%s%s%s", name,
                     name, suggested ? "; did you mean " : "",
                     suggested ? suggested : "", suggested ? "?" : "");
}

int input_rules_check(const struct input_rules *rules, struct error *error)
{
    const struct service *service = rules->service;

    for (size_t i = 0; i < rules->map_count; i++) {
        struct column_name to = name_of(rules->maps[i].to);

        (void)column_name_is_expected(to, &to);
        if (column_name_find(service, to) == service->column_count)
            return refuse_map(rules, &rules->maps[i], error);
    }
    for (size_t i = 0; i < rules->allow_count; i++) {
        if (check_allow(rules, &rules->allows[i], error))
            return -1;
    }
    return 0;
}
