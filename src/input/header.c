#include "input/header.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/blank.h"
#include "base/invisible.h"
#include "base/shell_quote.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "input/problems.h"
#include "input/value.h"
#include "service/service.h"

#define SHOWN_SIZE  64 /* a name in a message is truncated to this */
#define QUOTED_SIZE SHELL_QUOTE_SIZE(SHOWN_SIZE)
#define MAP_SIZE    SHELL_QUOTE_SIZE(2 * SHOWN_SIZE)

/* A piece of text without the invisible characters around it. */
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
    size_t start = blank_at_start(text, len);
    size_t end = start < len ? blank_at_end(text, len) : 0;

    return (struct name){text + start, len - start - end};
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

/* A name for messages: shortened, and with its invisible characters as U+XXXX.
 */
static const char *show(char shown[SHOWN_SIZE], struct name name)
{
    char text[SHOWN_SIZE];
    size_t len = name.len < SHOWN_SIZE ? name.len : SHOWN_SIZE - 1;

    memcpy(text, name.text, len);
    text[len] = '\0';
    if (len < name.len)
        utf8_trim(text, len);
    (void)utf8_reveal(shown, SHOWN_SIZE, text);
    return shown;
}

/* The name as it must be given to an option; shortened. */
static const char *spell(char spelt[SHOWN_SIZE], struct name name)
{
    size_t len = name.len < SHOWN_SIZE ? name.len : SHOWN_SIZE - 1;

    memcpy(spelt, name.text, len);
    spelt[len] = '\0';
    utf8_trim(spelt, len);
    return spelt;
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

#define HALF_NAME "..." /* a part of a name would be another name */

/* Writes the name for a command. */
static void quote_name(char quoted[QUOTED_SIZE], struct name name)
{
    char shown[SHOWN_SIZE];

    show(shown, name);
    if (strlen(shown) == name.len && memcmp(shown, name.text, name.len) == 0)
        shell_quote(quoted, QUOTED_SIZE, shown);
    else
        (void)snprintf(quoted, QUOTED_SIZE, HALF_NAME);
}

/* Writes the value of --map for a command: 'FROM=TO'. */
static const char *quote_map(char quoted[MAP_SIZE], struct name from,
                             const char *to)
{
    char pair[2 * SHOWN_SIZE], shown[SHOWN_SIZE];
    int len = snprintf(pair, sizeof(pair), "%s=%s", show(shown, from), to);

    if (len < (int)sizeof(pair) && strlen(shown) == from.len &&
        memcmp(shown, from.text, from.len) == 0)
        shell_quote(quoted, MAP_SIZE, pair);
    else
        (void)snprintf(quoted, MAP_SIZE, HALF_NAME);
    return quoted;
}

/* ---- unknown columns -------------------------------------------------------
 */

/* Copies a name without its invisible characters. */
static void strip(char stripped[SHOWN_SIZE], const char *name)
{
    size_t used = 0;

    while (*name) {
        const char *at = name;

        if (invisible_is_one(utf8_take(&name)) && *at != ' ')
            continue;
        memcpy(stripped + used, at, (size_t)(name - at));
        used += (size_t)(name - at);
    }
    stripped[used] = '\0';
}

/* ---- columns --------------------------------------------------------------
 */

/* How an unknown column can be renamed or ignored. Options cannot spell a name
 * with an invisible character in a way that people can see. */
static void advise(char *advice, size_t size, struct name name,
                   const char *suggested, bool elsewhere, bool is_hidden)
{
    char map[MAP_SIZE], quoted[QUOTED_SIZE];
    const char *mean = suggested ? "; did you mean " : "";
    const char *mark = suggested ? "?" : "";

    if (is_hidden) {
        (void)snprintf(advice, size,
                       "%s%s%s remove the invisible character from the name",
                       mean, suggested ? suggested : "", suggested ? "?" : ";");
        return;
    }
    quote_name(quoted, name);
    quote_map(map, name, suggested ? suggested : "COLUMN");
    if (elsewhere && !suggested)
        (void)snprintf(advice, size, "; --ignore %s ignores it", quoted);
    else
        (void)snprintf(advice, size,
                       "%s%s%s%s --map %s renames it, --ignore %s ignores it",
                       mean, suggested ? suggested : "", mark,
                       suggested ? "" : ";", map, quoted);
}

static void note_unknown(const struct header *header, const struct names *names,
                         size_t position, struct problems *problems)
{
    struct name given = name_at(names, position);
    char shown[SHOWN_SIZE], spelt[SHOWN_SIZE], stripped[SHOWN_SIZE];
    char what[300], advice[MAP_SIZE + QUOTED_SIZE + 200];
    const char *suggested;
    struct error error;
    bool elsewhere;

    show(shown, given);
    strip(stripped, spell(spelt, given));
    (void)snprintf(what, sizeof(what), "unknown column \"%s\"", shown);
    elsewhere = describe_owners(header, given, what, sizeof(what));
    suggested = suggest_column(header, stripped);
    advise(advice, sizeof(advice), given, suggested, elsewhere,
           strcmp(stripped, spelt) != 0);
    (void)error_set(&error, ERROR_INPUT, "%s: header, column %zu: %s%s",
                    names->input, position + 1, what, advice);
    problems->unknown = true;
    problems_add(problems, &error, "column %zu: %s%s%s%s", position + 1, what,
                 suggested ? " (did you mean " : "", suggested ? suggested : "",
                 suggested ? "?)" : "");
}

/* A header that is none: no other problem of it matters. */
static int refuse_unlike(const struct header *header, const struct names *names,
                         struct error *error)
{
    const char *delimiter = likely_delimiter(header, names);
    struct name first = name_at(names, 0);
    char name[SHOWN_SIZE];

    show(name, first);
    if (header->lines_before > 0)
        return error_set(error, ERROR_INPUT,
                         "%s: the first line names no column, but line %u "
                         "names the Id; skip the lines before it with "
                         "--skip-lines %u",
                         names->input, header->lines_before + 1,
                         header->lines_before);
    if (delimiter)
        return error_set(error, ERROR_INPUT,
                         "%s: header: there is only one column, \"%s\"; if the "
                         "file has another separator, use --delimiter '%s'",
                         names->input, name, delimiter);
    if (first.len > 0 && name[strspn(name, "0123456789")] == '\0')
        return error_set(error, ERROR_INPUT,
                         "%s: header, column 1: \"%s\" is not the name of a "
                         "column; the first row must name the columns",
                         names->input, name);
    return 0;
}

static int refuse_map(const struct header *header, const struct name_pair *map,
                      struct error *error)
{
    const struct name from = {map->from, strlen(map->from)};
    const char *suggested = suggest_column(header, map->to);
    char quoted[MAP_SIZE];

    quote_map(quoted, from, suggested ? suggested : "COLUMN");
    if (suggested)
        return error_set(error, ERROR_USAGE,
                         "--map: there is no column %s; did you mean --map %s?",
                         map->to, quoted);
    return error_set(error, ERROR_USAGE,
                     "--map: there is no column %s; name one with --map %s",
                     map->to, quoted);
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

static void note_refused(const struct header *header, const struct names *names,
                         size_t position, const struct column *column,
                         struct problems *problems)
{
    struct name given = name_at(names, position);
    char quoted[QUOTED_SIZE], what[300];
    struct error error;

    (void)snprintf(what, sizeof(what), "%s cannot be set", column->name);
    quote_name(quoted, given);
    (void)describe_owners(header, given, what, sizeof(what));
    (void)error_set(&error, ERROR_INPUT,
                    "%s: header, column %zu: %s: %s; remove the column, or "
                    "ignore it with --ignore %s",
                    names->input, position + 1, what, column->reason, quoted);
    problems_add(problems, &error, "column %zu: %s: %s", position + 1, what,
                 column->reason);
}

static void note_duplicate(const struct header *header,
                           const struct names *names, size_t position,
                           unsigned column, struct problems *problems)
{
    const char *name = header->rules->service->columns[column].name;
    char shown[SHOWN_SIZE];
    struct error error;

    show(shown, name_at(names, position));
    (void)error_set(&error, ERROR_INPUT,
                    "%s: header, column %zu: \"%s\" is a duplicate of %s, "
                    "which is column %zu; remove one of them",
                    names->input, position + 1, shown, name,
                    header->positions[column] + 1);
    problems_add(problems, &error, "column %zu: \"%s\" is a duplicate of %s",
                 position + 1, shown, name);
}

/* The name at that position means this column. */
static void add_column(struct header *header, const struct names *names,
                       size_t position, unsigned column,
                       struct problems *problems)
{
    const struct column *found = &header->rules->service->columns[column];

    if (found->use == COLUMN_REFUSED) {
        note_refused(header, names, position, found, problems);
    } else if (header->named & column_bit(column)) {
        note_duplicate(header, names, position, column, problems);
    } else {
        header->named |= column_bit(column);
        header->positions[column] = position;
    }
}

static int parse_name(struct header *header, const struct names *names,
                      size_t position, struct problems *problems,
                      struct error *error)
{
    const struct input_rules *rules = header->rules;
    struct name name = name_at(names, position);
    const struct name_pair *map;
    unsigned column;

    if (name.len == 0) {
        if (!rules->ignore_unknown)
            header->unnamed[header->unnamed_count++] = (uint16_t)position;
        return 0;
    }
    if (is_ignored(header, name))
        return 0;
    map = find_map(header, name);
    if (!map && name.text[0] == '_')
        return 0;
    if (map)
        name = trim(map->to, strlen(map->to));
    column = find_column(header, name);
    if (column < rules->service->column_count)
        add_column(header, names, position, column, problems);
    else if (map)
        return refuse_map(header, map, error);
    else if (!rules->ignore_unknown)
        note_unknown(header, names, position, problems);
    return 0;
}

/* The header must have the column that an option names. */
static void check_present(const struct names *names, const char *option,
                          const char *wanted, struct problems *problems)
{
    struct error error;

    for (size_t i = 0; i < names->record->count; i++) {
        if (is_name(name_at(names, i), wanted))
            return;
    }
    (void)error_set(&error, ERROR_INPUT,
                    "%s: header: there is no column \"%s\"; correct or remove "
                    "the option %s that names it",
                    names->input, wanted, option);
    problems_add(problems, &error, "there is no column \"%.*s\" as in %s",
                 SHOWN_SIZE, wanted, option);
}

static void check_rules(const struct header *header, const struct names *names,
                        struct problems *problems)
{
    const struct input_rules *rules = header->rules;

    for (size_t i = 0; i < rules->map_count; i++)
        check_present(names, "--map", rules->maps[i].from, problems);
    for (size_t i = 0; i < rules->ignore_count; i++)
        check_present(names, "--ignore", rules->ignores[i], problems);
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
static void check_key(const struct header *header, const char *input,
                      struct problems *problems)
{
    const struct service *service = header->rules->service;
    const char *key = service->columns[service->key].name;
    struct error error;

    if (!header_names(header, service->key)) {
        (void)error_set(&error, ERROR_INPUT,
                        "%s: header: there is no column %s, which identifies "
                        "the user; if it has another name, use --map "
                        "'NAME=%s'",
                        input, key, key);
        problems_add(problems, &error, "there is no column %s", key);
    }
    if (service->tenant == COLUMN_MAX ||
        header_names(header, service->tenant) || header->rules->tenant)
        return;
    (void)error_set(&error, ERROR_INPUT,
                    "%s: header: the tenant of the users is missing; use "
                    "--customer-id GUID for all of them, or add a column %s",
                    input, service->columns[service->tenant].name);
    problems_add(problems, &error,
                 "there is no column %s, and no --customer-id GUID",
                 service->columns[service->tenant].name);
}

unsigned header_find(const struct header *header, const char *text, size_t len)
{
    struct name name = trim(text, len);
    const struct name_pair *map = find_map(header, name);

    return find_column(header, map ? trim(map->to, strlen(map->to)) : name);
}

/* Does any name mean a column? */
static bool names_any(const struct header *header, const struct names *names)
{
    for (size_t i = 0; i < names->record->count; i++) {
        const struct field *field = &names->record->fields[i];

        if (header_find(header, field->text, field->len) <
            header->rules->service->column_count)
            return true;
    }
    return false;
}

int header_parse(struct header *header, const char *input_name,
                 const struct record *record, struct error *error)
{
    const struct names names = {input_name, record};
    struct problems problems = {.count = 0};

    if (!names_any(header, &names) && refuse_unlike(header, &names, error))
        return -1;
    for (size_t i = 0; i < record->count; i++) {
        if (parse_name(header, &names, i, &problems, error))
            return -1;
    }
    check_rules(header, &names, &problems);
    check_key(header, input_name, &problems);
    if (problems.count > 0)
        return problems_refuse(&problems, input_name, error);
    for (unsigned i = 0; i < header->rules->service->column_count; i++) {
        if (is_source(header, i))
            header->sources[header->source_count++] =
                (struct cell_source){header->positions[i], i};
    }
    return 0;
}

int header_check_unnamed(const struct header *header, const char *input_name,
                         const struct record *record, struct error *error)
{
    for (unsigned i = 0; i < header->unnamed_count; i++) {
        const struct field *field = &record->fields[header->unnamed[i]];

        if (!blank_is_all(field->text, field->len))
            return error_set(error, ERROR_INPUT,
                             "%s: row %" PRIu64 ", line %" PRIu64
                             ", column %u: the cell has a value, but the "
                             "column has no name; name the column, begin its "
                             "name with '_' to ignore it, or use "
                             "--ignore-unknown",
                             input_name, record->number, record->line,
                             header->unnamed[i] + 1U);
    }
    return 0;
}

bool header_names(const struct header *header, unsigned column)
{
    return column < COLUMN_MAX && (header->named & column_bit(column));
}
