#include "input/header.h"

#include <inttypes.h>
#include <string.h>

#include "base/blank.h"
#include "base/number.h"
#include "base/suggest.h"
#include "input/column_name.h"
#include "input/problems.h"
#include "service/service.h"

void header_init(struct header *header, const struct input_rules *rules)
{
    *header = (struct header){.rules = rules};
}

static struct column_name name_at(const struct record *record, size_t position)
{
    const struct field *field = &record->fields[position];

    return column_name_trim(field->text, field->len);
}

static struct column_name mapped_name(const struct name_pair *map)
{
    return column_name_trim(map->to, strlen(map->to));
}

static const struct name_pair *find_map(const struct header *header,
                                        struct column_name name)
{
    const struct input_rules *rules = header->rules;

    for (size_t i = 0; i < rules->map_count; i++) {
        if (column_name_is(name, rules->maps[i].from))
            return &rules->maps[i];
    }
    return NULL;
}

static bool is_ignored(const struct header *header, struct column_name name)
{
    const struct input_rules *rules = header->rules;

    for (size_t i = 0; i < rules->ignore_count; i++) {
        if (column_name_is(name, rules->ignores[i]))
            return true;
    }
    return false;
}

unsigned header_find(const struct header *header, const char *text, size_t len)
{
    struct column_name name = column_name_trim(text, len);
    const struct name_pair *map = find_map(header, name);

    return column_name_find(header->rules->service,
                            map ? mapped_name(map) : name);
}

/* ---- parsing ------------------------------------------------------------- */

/* The name at that position means this column. */
static void add_column(struct header *header, struct column_name name,
                       size_t position, unsigned column,
                       struct problems *problems)
{
    const struct column *found = &header->rules->service->columns[column];

    if (found->use == COLUMN_REFUSED) {
        problems_add_refused(problems, position, name, found);
    } else if (header->named & column_bit(column)) {
        problems_add_duplicate(problems, position, name, found,
                               header->positions[column]);
    } else {
        header->named |= column_bit(column);
        header->positions[column] = position;
    }
}

/* The position of the first Expect.COLUMN of that column. */
static size_t expected_at(const struct header *header, unsigned column)
{
    const struct cell_source *source = header->expects;

    while (source->column != column)
        source++;
    return source->position;
}

/* The name at that position is Expect.COLUMN. */
static void add_expected(struct header *header, struct column_name name,
                         size_t position, unsigned column,
                         struct problems *problems)
{
    const struct column *found = &header->rules->service->columns[column];

    if (!column_is_expectable(found)) {
        problems_add_unexpectable(problems, position, name, found);
    } else if (header->expected & column_bit(column)) {
        problems_add_duplicate(problems, position, name, found,
                               expected_at(header, column));
    } else {
        header->expected |= column_bit(column);
        header->expects[header->expect_count++] =
            (struct cell_source){position, column};
    }
}

/* A plan says of how many rows it was made. */
static void note_source_rows(struct header *header, struct column_name name)
{
    static const char start[] = "_SourceRows=";
    size_t len = sizeof(start) - 1;
    int64_t rows;

    if (name.len > len && strncmp(name.text, start, len) == 0 &&
        strlen(name.text) == name.len &&
        number_parse_long(name.text + len, &rows) == 0 && rows > 0)
        header->source_rows = (uint64_t)rows;
}

static void parse_name(struct header *header, const struct record *record,
                       size_t position, struct problems *problems)
{
    const struct input_rules *rules = header->rules;
    struct column_name name = name_at(record, position);
    const struct name_pair *map;
    struct column_name wanted;
    bool expected;
    unsigned column;

    if (name.len == 0) {
        if (!rules->ignore_unknown)
            header->unnamed[header->unnamed_count++] = (uint16_t)position;
        return;
    }
    if (is_ignored(header, name))
        return;
    map = find_map(header, name);
    if (!map && name.text[0] == '_') {
        note_source_rows(header, name);
        return;
    }
    wanted = map ? mapped_name(map) : name;
    expected = column_name_is_expected(wanted, &wanted);
    column = column_name_find(rules->service, wanted);
    if (column < rules->service->column_count && expected)
        add_expected(header, name, position, column, problems);
    else if (column < rules->service->column_count)
        add_column(header, name, position, column, problems);
    else if (!rules->ignore_unknown)
        problems_add_unknown(problems, position, name);
}

/* The column that an option names is absent. */
static void add_absent(const struct record *record, const char *option,
                       const char *wanted, struct problems *problems)
{
    struct suggestion suggestion;

    suggest_init(&suggestion, wanted);
    for (size_t i = 0; i < record->count; i++)
        suggest_offer(&suggestion, record->fields[i].text);
    problems_add_absent(problems, option, wanted, suggestion.name);
}

/* The header must have the column that an option names. */
static void check_present(const struct record *record, const char *option,
                          const char *wanted, struct problems *problems)
{
    for (size_t i = 0; i < record->count; i++) {
        if (column_name_is(name_at(record, i), wanted))
            return;
    }
    add_absent(record, option, wanted, problems);
}

/* Is it the wanted column of INPUT? by_meaning: the name may be another one of
 * the same column. */
static bool is_wanted(const struct header *header, const struct record *record,
                      size_t position, const char *wanted, bool by_meaning)
{
    const struct service *service = header->rules->service;
    const struct field *field = &record->fields[position];
    unsigned column;

    if (!by_meaning)
        return column_name_is(name_at(record, position), wanted);
    column =
        column_name_find(service, column_name_trim(wanted, strlen(wanted)));
    return column < service->column_count && header_names(header, column) &&
           header_find(header, field->text, field->len) == column;
}

/* Finds the position of the column that the option names. */
static void find_any(const struct header *header, const struct record *record,
                     const char *option, const char *wanted, size_t *position,
                     struct problems *problems)
{
    size_t count = 0;

    for (unsigned by_meaning = 0; by_meaning < 2 && count == 0; by_meaning++) {
        for (size_t i = 0; i < record->count; i++) {
            if (is_wanted(header, record, i, wanted, by_meaning) &&
                count++ == 0)
                *position = i;
        }
    }
    if (count == 0)
        add_absent(record, option, wanted, problems);
    else if (count > 1)
        problems_add_repeated(problems, option, wanted);
}

/* Without --shard-by, all users of a tenant are in one shard. */
static void find_shard_by(struct header *header, const struct record *record,
                          struct problems *problems)
{
    const struct input_rules *rules = header->rules;
    unsigned tenant = rules->service->tenant, key = rules->service->key;
    const struct field *field;

    if (!rules->shard_by) {
        header->shard_column = header_names(header, tenant) ? tenant : key;
        header->shard_by = header->positions[header->shard_column];
        return;
    }
    header->shard_by = 0;
    find_any(header, record, "--shard-by", rules->shard_by, &header->shard_by,
             problems);
    field = &record->fields[header->shard_by];
    header->shard_column = header_find(header, field->text, field->len);
}

static void check_rules(struct header *header, const struct record *record,
                        struct problems *problems)
{
    const struct input_rules *rules = header->rules;

    for (size_t i = 0; i < rules->map_count && !rules->maps_optional; i++)
        check_present(record, "--map", rules->maps[i].from, problems);
    for (size_t i = 0; i < rules->ignore_count && !rules->ignores_optional; i++)
        check_present(record, "--ignore", rules->ignores[i], problems);
    for (size_t i = 0; i < rules->where_count; i++)
        find_any(header, record, "--where", rules->wheres[i].from,
                 &header->wheres[i], problems);
    find_shard_by(header, record, problems);
}

/* Finds the name that identifies the user of each row: the one that the user
 * has before the update. */
static void find_user_name(struct header *header, const struct record *record,
                           struct problems *problems)
{
    unsigned column = header->rules->service->user_name;
    const struct column *found = &header->rules->service->columns[column];
    struct column_name name;

    if (header->expected & column_bit(column)) {
        header->user_name = expected_at(header, column);
        return;
    }
    if (!header_names(header, column)) {
        problems_add_no_key(problems);
        return;
    }
    header->user_name = header->positions[column];
    header->renamed = found->use == COLUMN_WRITE;
    name = name_at(record, header->user_name);
    if (header->renamed && find_map(header, name))
        problems_add_set_name(problems, header->user_name, name, found);
}

/* Do the columns identify the user of each row, and the tenant? */
static void check_key(struct header *header, const struct record *record,
                      struct problems *problems)
{
    const struct service *service = header->rules->service;

    if (header->rules->by_name) {
        find_user_name(header, record, problems);
        return;
    }
    if (!header_names(header, service->key))
        problems_add_no_key(problems);
    if (service->tenant != COLUMN_MAX &&
        !header_names(header, service->tenant) && !header->rules->tenant)
        problems_add_no_tenant(problems);
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
           !(rules->ignore_guards ||
             (rules->ignore_versions && service->columns[column].version));
}

bool header_names_any(const struct header *header, const struct record *record)
{
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];

        if (header_find(header, field->text, field->len) <
            header->rules->service->column_count)
            return true;
    }
    return false;
}

int header_parse(struct header *header, const char *input_name,
                 const struct record *record, struct error *error)
{
    const struct service *service = header->rules->service;
    struct problems problems;

    problems_init(&problems, input_name, service,
                  header->rules->by_name ? service->user_name : service->key);
    for (size_t i = 0; i < record->count; i++)
        parse_name(header, record, i, &problems);
    check_rules(header, record, &problems);
    check_key(header, record, &problems);
    if (problems.count > 0)
        return problems_refuse(&problems, error);
    for (unsigned i = 0; i < service->column_count; i++) {
        if (is_source(header, i))
            header->sources[header->source_count++] =
                (struct cell_source){header->positions[i], i};
    }
    if (header->rules->ids_only || header->rules->ignore_guards)
        header->expect_count = 0;
    return 0;
}

/* ---- the parsed header --------------------------------------------------- */

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
