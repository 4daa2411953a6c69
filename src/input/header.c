#include "input/header.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/shell_quote.h"
#include "base/suggest.h"
#include "input/value.h"
#include "service/service.h"

#define SHOWN_SIZE  64 /* a name in a message is truncated to this */
#define QUOTED_SIZE SHELL_QUOTE_SIZE(SHOWN_SIZE)
#define MAP_SIZE    SHELL_QUOTE_SIZE(2 * SHOWN_SIZE)

/* A piece of text without the spaces around it. */
struct name {
    const char *text;
    size_t len;
};

/* The record of the header while it is parsed. */
struct names {
    const char *input;
    const struct record *record;
};

void header_init(struct header *header, const struct input_rules *rules)
{
    *header = (struct header){.rules = rules};
}

static struct name trim(const char *text, size_t len)
{
    while (len > 0 && *text == ' ') {
        text++;
        len--;
    }
    while (len > 0 && text[len - 1] == ' ')
        len--;
    return (struct name){text, len};
}

static struct name name_at(const struct names *names, size_t position)
{
    const struct field *field = &names->record->fields[position];

    return trim(field->text, field->len);
}

static bool is_name(struct name name, const char *text)
{
    struct name other = trim(text, strlen(text));

    return name.len == other.len &&
           strncasecmp(name.text, other.text, name.len) == 0;
}

/* A name for messages: shortened, and without control characters. */
static const char *show(char shown[SHOWN_SIZE], struct name name)
{
    size_t len = name.len < SHOWN_SIZE ? name.len : SHOWN_SIZE - 1;

    if (len < name.len) { /* truncate between two characters */
        while (len > 0 && ((unsigned char)name.text[len] & 0xC0) == 0x80)
            len--;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)name.text[i];

        shown[i] = name.text[i];
        if (byte < ' ' || byte == 0x7F)
            shown[i] = '?';
    }
    shown[len] = '\0';
    return shown;
}

/* The column of that name; column_count if there is none. */
static unsigned find_column(const struct header *header, struct name name)
{
    const struct service *service = header->rules->service;

    for (unsigned i = 0; i < service->column_count; i++) {
        if (is_name(name, service->columns[i].name) ||
            is_name(name, service->columns[i].path))
            return i;
    }
    return is_name(name, "UserId") ? service->key : service->column_count;
}

static const char *suggest_column(const struct header *header, const char *name)
{
    const struct service *service = header->rules->service;
    struct suggestion suggestion;

    suggest_init(&suggestion, name);
    for (unsigned i = 0; i < service->column_count; i++) {
        if (service->columns[i].use == COLUMN_REFUSED)
            continue;
        suggest_offer(&suggestion, service->columns[i].name);
        suggest_offer(&suggestion, service->columns[i].path);
    }
    return suggestion.name;
}

static const struct name_pair *find_map(const struct header *header,
                                        struct name name)
{
    const struct input_rules *rules = header->rules;

    for (size_t i = 0; i < rules->map_count; i++) {
        if (is_name(name, rules->maps[i].from))
            return &rules->maps[i];
    }
    return NULL;
}

static bool is_ignored(const struct header *header, struct name name)
{
    const struct input_rules *rules = header->rules;

    for (size_t i = 0; i < rules->ignore_count; i++) {
        if (is_name(name, rules->ignores[i]))
            return true;
    }
    return false;
}

/* If the header is a single name that contains a common delimiter, that
 * delimiter as a value of --delimiter; else NULL. */
static const char *likely_delimiter(const struct header *header,
                                    const struct names *names)
{
    static const char *const common[] = {";", "\t", "|", ",", NULL};
    const char *text = names->record->fields[0].text;

    if (names->record->count > 1)
        return NULL;
    for (size_t i = 0; common[i]; i++) {
        if (common[i][0] != header->rules->delimiter && strstr(text, common[i]))
            return common[i][0] == '\t' ? "tab" : common[i];
    }
    return NULL;
}

/* The column of that name that a service's files may have; NULL: none. */
static const struct column *column_of(const struct service *service,
                                      struct name name)
{
    for (unsigned i = 0; i < service->column_count; i++) {
        const struct column *column = &service->columns[i];

        if (column->use != COLUMN_REFUSED &&
            (is_name(name, column->name) || is_name(name, column->path)))
            return column;
    }
    return NULL;
}

/* If other services have that column, writes this into what, and returns true.
 */
static bool describe_owners(const struct header *header, struct name name,
                            char *what, size_t size)
{
    const char *separator = "(";
    char have[200] = "";
    size_t len = 0, count = 0;

    for (size_t i = 0; services[i] && len < sizeof(have); i++) {
        const struct column *column = column_of(services[i], name);

        if (!column)
            continue;
        if (count++ == 0)
            (void)snprintf(what, size, "%s has no column %s",
                           header->rules->service->name, column->name);
        len += (size_t)snprintf(have + len, sizeof(have) - len, "%s%s",
                                separator, services[i]->name);
        separator = ", ";
    }
    if (count == 0)
        return false;
    len = strlen(what);
    (void)snprintf(what + len, size - len, " %s %s)", have,
                   count > 1 ? "have" : "has");
    return true;
}

/* Writes the option that renames a column: --map 'FROM=TO'. */
static const char *show_map(char shown[MAP_SIZE], const char *from,
                            const char *to)
{
    char pair[2 * SHOWN_SIZE];

    (void)snprintf(pair, sizeof(pair), "%s=%s", from, to);
    shell_quote(shown, MAP_SIZE, pair);
    return shown;
}

static int refuse_unknown(const struct header *header,
                          const struct names *names, size_t position,
                          struct error *error)
{
    const char *delimiter = likely_delimiter(header, names);
    char name[SHOWN_SIZE], what[300], quoted[QUOTED_SIZE], map[MAP_SIZE];
    const char *suggested;
    bool elsewhere;

    show(name, name_at(names, position));
    if (delimiter)
        return error_set(error, ERROR_INPUT,
                         "%s: header: there is only one column, \"%s\"; if the "
                         "file has another separator, use --delimiter '%s'",
                         names->input, name, delimiter);
    if (name[strspn(name, "0123456789")] == '\0')
        return error_set(error, ERROR_INPUT,
                         "%s: header, column %zu: \"%s\" is not the name of a "
                         "column; the first row must name the columns",
                         names->input, position + 1, name);
    shell_quote(quoted, sizeof(quoted), name);
    (void)snprintf(what, sizeof(what), "unknown column \"%s\"", name);
    elsewhere =
        describe_owners(header, name_at(names, position), what, sizeof(what));
    suggested = suggest_column(header, name);
    if (suggested)
        return error_set(
            error, ERROR_INPUT,
            "%s: header, column %zu: %s; did you mean %s? --map %s "
            "renames it, --ignore %s ignores it",
            names->input, position + 1, what, suggested,
            show_map(map, name, suggested), quoted);
    if (elsewhere)
        return error_set(error, ERROR_INPUT,
                         "%s: header, column %zu: %s; --ignore %s ignores it",
                         names->input, position + 1, what, quoted);
    return error_set(error, ERROR_INPUT,
                     "%s: header, column %zu: %s; --map %s renames it, "
                     "--ignore %s ignores it",
                     names->input, position + 1, what,
                     show_map(map, name, "COLUMN"), quoted);
}

static int refuse_map(const struct header *header, const struct name_pair *map,
                      struct error *error)
{
    const char *suggested = suggest_column(header, map->to);

    if (suggested)
        return error_set(error, ERROR_USAGE,
                         "--map '%s=%s': there is no column %s; did you mean "
                         "%s?",
                         map->from, map->to, map->to, suggested);
    return error_set(error, ERROR_USAGE, "--map '%s=%s': there is no column %s",
                     map->from, map->to, map->to);
}

static int check_allow(const struct header *header,
                       const struct name_pair *allow, struct error *error)
{
    const struct service *service = header->rules->service;
    const char *name = allow->from;
    unsigned column = find_column(header, trim(name, strlen(name)));
    const char *suggested = suggest_column(header, name);

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

int header_check_rules(const struct header *header, struct error *error)
{
    const struct input_rules *rules = header->rules;

    for (size_t i = 0; i < rules->map_count; i++) {
        const char *to = rules->maps[i].to;

        if (find_column(header, trim(to, strlen(to))) ==
            header->rules->service->column_count)
            return refuse_map(header, &rules->maps[i], error);
    }
    for (size_t i = 0; i < rules->allow_count; i++) {
        if (check_allow(header, &rules->allows[i], error))
            return -1;
    }
    return 0;
}

/* The name at that position means this column. */
static int add_column(struct header *header, const struct names *names,
                      size_t position, unsigned column, struct error *error)
{
    const struct column *found = &header->rules->service->columns[column];
    char name[SHOWN_SIZE], what[300], quoted[QUOTED_SIZE];

    show(name, name_at(names, position));
    (void)snprintf(what, sizeof(what), "%s cannot be set", found->name);
    if (found->use == COLUMN_REFUSED) {
        shell_quote(quoted, sizeof(quoted), name);
        (void)describe_owners(header, name_at(names, position), what,
                              sizeof(what));
        return error_set(error, ERROR_INPUT,
                         "%s: header, column %zu: %s: %s; remove the "
                         "column, or ignore it with --ignore %s",
                         names->input, position + 1, what, found->reason,
                         quoted);
    }
    if (header->named & column_bit(column))
        return error_set(error, ERROR_INPUT,
                         "%s: header, column %zu: \"%s\" is a duplicate of "
                         "%s, which is column %zu; remove one of them",
                         names->input, position + 1, name, found->name,
                         header->positions[column] + 1);
    header->named |= column_bit(column);
    header->positions[column] = position;
    return 0;
}

static int parse_name(struct header *header, const struct names *names,
                      size_t position, struct error *error)
{
    struct name name = name_at(names, position);
    const struct name_pair *map;
    unsigned column;

    if (name.len == 0)
        return error_set(
            error, ERROR_INPUT,
            "%s: header, column %zu: the name is empty; name the column, or "
            "begin its name with '_' to ignore it",
            names->input, position + 1);
    if (is_ignored(header, name))
        return 0;
    map = find_map(header, name);
    if (!map && name.text[0] == '_')
        return 0;
    if (map)
        name = trim(map->to, strlen(map->to));
    column = find_column(header, name);
    if (column < header->rules->service->column_count)
        return add_column(header, names, position, column, error);
    if (map)
        return refuse_map(header, map, error);
    return refuse_unknown(header, names, position, error);
}

/* The header must have the column that an option names. */
static int check_present(const struct names *names, const char *option,
                         const char *wanted, struct error *error)
{
    for (size_t i = 0; i < names->record->count; i++) {
        if (is_name(name_at(names, i), wanted))
            return 0;
    }
    return error_set(error, ERROR_INPUT,
                     "%s: header: there is no column \"%s\"; correct or remove "
                     "the option %s that names it",
                     names->input, wanted, option);
}

static int check_rules(const struct header *header, const struct names *names,
                       struct error *error)
{
    const struct input_rules *rules = header->rules;

    for (size_t i = 0; i < rules->map_count; i++) {
        if (check_present(names, "--map", rules->maps[i].from, error))
            return -1;
    }
    for (size_t i = 0; i < rules->ignore_count; i++) {
        if (check_present(names, "--ignore", rules->ignores[i], error))
            return -1;
    }
    return 0;
}

/* Are cells read from that column? */
static bool is_source(const struct header *header, unsigned column)
{
    const struct input_rules *rules = header->rules;
    const struct service *service = rules->service;

    if (!header_names(header, column) || column == service->key ||
        column == service->tenant || rules->ids_only)
        return false;
    return service->columns[column].use != COLUMN_GUARD ||
           !rules->ignore_guards;
}

/* Do the columns identify the user of each row, and the tenant? */
static int check_key(const struct header *header, const char *input,
                     struct error *error)
{
    const struct service *service = header->rules->service;
    const char *key = service->columns[service->key].name;

    if (!header_names(header, service->key))
        return error_set(error, ERROR_INPUT,
                         "%s: header: there is no column %s, which identifies "
                         "the user; if it has another name, use --map "
                         "'NAME=%s'",
                         input, key, key);
    if (service->tenant == COLUMN_MAX ||
        header_names(header, service->tenant) || header->rules->tenant)
        return 0;
    return error_set(error, ERROR_INPUT,
                     "%s: header: the tenant of the users is missing; use "
                     "--customer-id GUID for all of them, or add a column %s",
                     input, service->columns[service->tenant].name);
}

int header_parse(struct header *header, const char *input_name,
                 const struct record *record, struct error *error)
{
    const struct names names = {input_name, record};

    for (size_t i = 0; i < record->count; i++) {
        if (parse_name(header, &names, i, error))
            return -1;
    }
    if (check_rules(header, &names, error) ||
        check_key(header, input_name, error))
        return -1;
    for (unsigned i = 0; i < header->rules->service->column_count; i++) {
        if (is_source(header, i))
            header->sources[header->source_count++] =
                (struct cell_source){header->positions[i], i};
    }
    return 0;
}

bool header_names(const struct header *header, unsigned column)
{
    return column < COLUMN_MAX && (header->named & column_bit(column));
}
