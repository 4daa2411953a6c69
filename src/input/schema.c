#include "input/schema.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fnv1a.h"
#include "base/suggest.h"
#include "input/value.h"
#include "service/service.h"

#define SHOWN_SIZE 64 /* a name in a message is cut to this */

/* A column that rows are read from, and where in the record it is. */
struct source {
    size_t position;
    unsigned column;
};

struct schema {
    const struct options *options;
    const struct column *columns;
    unsigned column_count;
    unsigned key;
    unsigned tenant; /* COLUMN_MAX: the service has none */
    size_t clear_len;
    size_t key_size; /* bytes of a row's key, where it is not its Id's end */
    column_mask named;
    size_t positions[COLUMN_MAX]; /* by column, where it is named */
    unsigned source_count;
    struct source sources[COLUMN_MAX]; /* without what makes the key */
};

/* A piece of text without the spaces around it. */
struct name {
    const char *text;
    size_t len;
};

/* The header while it is taken. */
struct header {
    const char *input;
    const struct record *record;
};

struct schema *schema_new(const struct options *options)
{
    struct schema *schema = calloc(1, sizeof(*schema));

    if (!schema)
        return NULL;
    schema->options = options;
    schema->columns = options->service->columns;
    schema->column_count = options->service->column_count;
    schema->key = options->service->key;
    schema->tenant = options->service->tenant;
    schema->clear_len = strlen(options->clear_token);
    return schema;
}

void schema_free(struct schema *schema)
{
    free(schema);
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

static struct name header_name(const struct header *header, size_t position)
{
    const struct field *field = &header->record->fields[position];

    return trim(field->text, field->len);
}

static bool is_name(struct name name, const char *text)
{
    struct name other = trim(text, strlen(text));

    return name.len == other.len &&
           strncasecmp(name.text, other.text, name.len) == 0;
}

/* A name as messages show it: of a length that a line can bear, and without
 * bytes that a terminal would obey. */
static const char *show(char shown[SHOWN_SIZE], struct name name)
{
    size_t len = name.len < SHOWN_SIZE ? name.len : SHOWN_SIZE - 1;

    if (len < name.len) { /* cut between two characters */
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

/* The column of that name; column_count where there is none. */
static unsigned find_column(const struct schema *schema, struct name name)
{
    for (unsigned i = 0; i < schema->column_count; i++) {
        if (is_name(name, schema->columns[i].name) ||
            is_name(name, schema->columns[i].path))
            return i;
    }
    return is_name(name, "UserId") ? schema->key : schema->column_count;
}

static const char *suggest_column(const struct schema *schema, const char *name)
{
    struct suggestion nearest;

    suggest_init(&nearest, name);
    for (unsigned i = 0; i < schema->column_count; i++) {
        if (schema->columns[i].use == COLUMN_REFUSED)
            continue;
        suggest_offer(&nearest, schema->columns[i].name);
        suggest_offer(&nearest, schema->columns[i].path);
    }
    return nearest.name;
}

static const struct name_pair *find_map(const struct schema *schema,
                                        struct name name)
{
    const struct options *options = schema->options;

    for (size_t i = 0; i < options->map_count; i++) {
        if (is_name(name, options->maps[i].from))
            return &options->maps[i];
    }
    return NULL;
}

static bool is_ignored(const struct schema *schema, struct name name)
{
    const struct options *options = schema->options;

    for (size_t i = 0; i < options->ignore_count; i++) {
        if (is_name(name, options->ignores[i]))
            return true;
    }
    return false;
}

/* A header of one name that holds a common delimiter: which one the option
 * should name; NULL otherwise. */
static const char *likely_delimiter(const struct schema *schema,
                                    const struct header *header)
{
    static const char *const common[] = {";", "\t", "|", ",", NULL};
    const char *text = header->record->fields[0].text;

    if (header->record->count > 1)
        return NULL;
    for (size_t i = 0; common[i]; i++) {
        if (common[i][0] != schema->options->delimiter &&
            strstr(text, common[i]))
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

/* Says in what how the name is unknown: to this service, while others have that
 * column, or to all (false). */
static bool tell_who_has(const struct schema *schema, struct name name,
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
                           schema->options->service->name, column->name);
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

static int refuse_unknown(const struct schema *schema,
                          const struct header *header, size_t position,
                          struct error *error)
{
    const char *delimiter = likely_delimiter(schema, header);
    char name[SHOWN_SIZE], what[300];
    const char *nearest;
    bool elsewhere;

    show(name, header_name(header, position));
    if (delimiter)
        return error_set(error, ERROR_INPUT,
                         "%s: header: there is only one column, \"%s\"; if "
                         "another delimiter parts the columns, say so with "
                         "--delimiter '%s'",
                         header->input, name, delimiter);
    if (name[strspn(name, "0123456789")] == '\0')
        return error_set(error, ERROR_INPUT,
                         "%s: header, column %zu: \"%s\" is no column's name; "
                         "the first row must name the columns",
                         header->input, position + 1, name);
    (void)snprintf(what, sizeof(what), "unknown column \"%s\"", name);
    elsewhere =
        tell_who_has(schema, header_name(header, position), what, sizeof(what));
    nearest = suggest_column(schema, name);
    if (nearest)
        return error_set(error, ERROR_INPUT,
                         "%s: header, column %zu: %s; did you mean %s? --map "
                         "'%s=%s' renames it, --ignore '%s' drops it",
                         header->input, position + 1, what, nearest, name,
                         nearest, name);
    if (elsewhere)
        return error_set(error, ERROR_INPUT,
                         "%s: header, column %zu: %s; --ignore '%s' drops it",
                         header->input, position + 1, what, name);
    return error_set(error, ERROR_INPUT,
                     "%s: header, column %zu: %s; --map '%s=COLUMN' renames "
                     "it, --ignore '%s' drops it",
                     header->input, position + 1, what, name, name);
}

static int refuse_map(const struct schema *schema, const struct name_pair *map,
                      struct error *error)
{
    const char *nearest = suggest_column(schema, map->to);

    if (nearest)
        return error_set(error, ERROR_USAGE,
                         "--map '%s=%s': there is no column %s; did you mean "
                         "%s?",
                         map->from, map->to, map->to, nearest);
    return error_set(error, ERROR_USAGE, "--map '%s=%s': there is no column %s",
                     map->from, map->to, map->to);
}

int schema_check_maps(const struct schema *schema, struct error *error)
{
    const struct options *options = schema->options;

    for (size_t i = 0; i < options->map_count; i++) {
        const char *to = options->maps[i].to;

        if (find_column(schema, trim(to, strlen(to))) == schema->column_count)
            return refuse_map(schema, &options->maps[i], error);
    }
    return 0;
}

/* Takes the column that a name of the header stands for. */
static int take_column(struct schema *schema, const struct header *header,
                       size_t position, unsigned column, struct error *error)
{
    const struct column *found = &schema->columns[column];
    char name[SHOWN_SIZE], what[300];

    show(name, header_name(header, position));
    (void)snprintf(what, sizeof(what), "%s can't be given", found->name);
    if (found->use == COLUMN_REFUSED) {
        (void)tell_who_has(schema, header_name(header, position), what,
                           sizeof(what));
        return error_set(error, ERROR_INPUT,
                         "%s: header, column %zu: %s: %s; take the column out, "
                         "or drop it with --ignore '%s'",
                         header->input, position + 1, what, found->reason,
                         name);
    }
    if (schema->named & column_bit(column))
        return error_set(error, ERROR_INPUT,
                         "%s: header, column %zu: \"%s\" doubles %s, which is "
                         "column %zu already; take one of them out",
                         header->input, position + 1, name, found->name,
                         schema->positions[column] + 1);
    schema->named |= column_bit(column);
    schema->positions[column] = position;
    return 0;
}

static int take_name(struct schema *schema, const struct header *header,
                     size_t position, struct error *error)
{
    struct name name = header_name(header, position);
    const struct name_pair *map;
    unsigned column;

    if (name.len == 0)
        return error_set(error, ERROR_INPUT,
                         "%s: header, column %zu: the name is empty; a column "
                         "to be passed over needs a name that begins with '_'",
                         header->input, position + 1);
    if (is_ignored(schema, name))
        return 0;
    map = find_map(schema, name);
    if (!map && name.text[0] == '_')
        return 0;
    if (map)
        name = trim(map->to, strlen(map->to));
    column = find_column(schema, name);
    if (column < schema->column_count)
        return take_column(schema, header, position, column, error);
    if (map)
        return refuse_map(schema, map, error);
    return refuse_unknown(schema, header, position, error);
}

/* Does an option name a column that the header doesn't have? */
static int check_present(const struct header *header, const char *option,
                         const char *wanted, struct error *error)
{
    for (size_t i = 0; i < header->record->count; i++) {
        if (is_name(header_name(header, i), wanted))
            return 0;
    }
    return error_set(error, ERROR_INPUT,
                     "%s: header: there is no column \"%s\", which %s names",
                     header->input, wanted, option);
}

static int check_options(const struct schema *schema,
                         const struct header *header, struct error *error)
{
    const struct options *options = schema->options;

    for (size_t i = 0; i < options->map_count; i++) {
        if (check_present(header, "--map", options->maps[i].from, error))
            return -1;
    }
    for (size_t i = 0; i < options->ignore_count; i++) {
        if (check_present(header, "--ignore", options->ignores[i], error))
            return -1;
    }
    return 0;
}

/* Is anything read from rows for that column? */
static bool is_source(const struct schema *schema, unsigned column)
{
    if (!(schema->named & column_bit(column)) || column == schema->key ||
        column == schema->tenant)
        return false;
    if (schema->options->mode == MODE_EXPORT)
        return false;
    return schema->columns[column].use != COLUMN_GUARD ||
           !schema->options->ignore_guards;
}

/* Is there a column for the tenant? */
static bool names_tenant(const struct schema *schema)
{
    return schema->tenant < COLUMN_MAX &&
           (schema->named & column_bit(schema->tenant));
}

/* Is it said whose row each is, and where to look for it? */
static int check_key(const struct schema *schema, const char *input,
                     struct error *error)
{
    const char *key = schema->columns[schema->key].name;
    const char *tenant;

    if (!(schema->named & column_bit(schema->key)))
        return error_set(error, ERROR_INPUT,
                         "%s: header: there is no column %s, which says whose "
                         "row it is; if it has another name, say so with "
                         "--map 'NAME=%s'",
                         input, key, key);
    if (schema->tenant == COLUMN_MAX || names_tenant(schema) ||
        schema->options->customer_id)
        return 0;
    tenant = schema->columns[schema->tenant].name;
    return error_set(error, ERROR_INPUT,
                     "%s: header: in which tenant are the users? Give "
                     "--customer-id GUID for all of them, or a column %s",
                     input, tenant);
}

int schema_take_header(struct schema *schema, const char *input_name,
                       const struct record *record, struct error *error)
{
    const struct header header = {input_name, record};

    for (size_t i = 0; i < record->count; i++) {
        if (take_name(schema, &header, i, error))
            return -1;
    }
    if (check_options(schema, &header, error) ||
        check_key(schema, input_name, error))
        return -1;
    if (names_tenant(schema))
        schema->key_size = 2 * (size_t)GUID_SIZE;
    else if (schema->columns[schema->key].type == COLUMN_GUID)
        schema->key_size = GUID_SIZE;
    for (unsigned i = 0; i < schema->column_count; i++) {
        if (is_source(schema, i))
            schema->sources[schema->source_count++] =
                (struct source){schema->positions[i], i};
    }
    return 0;
}

static const struct field *key_field(const struct schema *schema,
                                     const struct record *record)
{
    return &record->fields[schema->positions[schema->key]];
}

static bool is_clear_token(const struct schema *schema,
                           const struct field *field)
{
    return field->len == schema->clear_len &&
           memcmp(field->text, schema->options->clear_token, field->len) == 0;
}

/* The clear token but for letter case and spaces: meant to clear, and not to
 * be written into the user. */
static bool is_nearly_clear_token(const struct schema *schema,
                                  const struct field *field)
{
    const struct name name = trim(field->text, field->len);

    return name.len == schema->clear_len &&
           strncasecmp(name.text, schema->options->clear_token, name.len) == 0;
}

static int refuse_clear(const struct schema *schema, unsigned column,
                        struct error *error)
{
    const char *name = schema->columns[column].name;

    return error_value(error, "NotClearable", name, "%s can't be cleared",
                       name);
}

/* Memory for a row with all cells of the record that say something. */
static struct row *new_row(const struct schema *schema,
                           const struct record *record, unsigned *count)
{
    size_t size = key_field(schema, record)->len + 1 + schema->key_size;
    struct row *row;

    *count = 0;
    for (unsigned i = 0; i < schema->source_count; i++) {
        size_t len = record->fields[schema->sources[i].position].len;

        *count += len > 0;
        size += len > 0 ? len + 1 : 0;
    }
    size += sizeof(*row) + *count * sizeof(row->cells[0]);
    row = malloc(size);
    if (row)
        *row = (struct row){.number = record->number, .size = size};
    return row;
}

/* Where the row's user is to be looked up. */
static int take_tenant(const struct schema *schema, const struct record *record,
                       char tenant[GUID_SIZE], struct error *error)
{
    const struct column *column = &schema->columns[schema->tenant];
    const struct field *field =
        &record->fields[schema->positions[schema->tenant]];
    const char *text =
        field->len > 0 ? field->text : schema->options->customer_id;

    if (!text)
        return error_value(error, "MissingTenant", column->name,
                           "%s is empty, and there is no --customer-id: fill "
                           "in the tenant's GUID, or give that option",
                           column->name);
    if (is_clear_token(schema, field))
        return refuse_clear(schema, schema->tenant, error);
    if (value_check_guid(column, text, error))
        return -1;
    value_copy_guid(tenant, text);
    return 0;
}

static int take_key(const struct schema *schema, const struct record *record,
                    struct row *row, char **room, struct error *error)
{
    const struct field *field = key_field(schema, record);
    char *id = *room;
    char *key;

    if (is_clear_token(schema, field))
        return refuse_clear(schema, schema->key, error);
    memcpy(id, field->text, field->len + 1);
    *room += field->len + 1;
    row->id = id;
    key = *room;
    *room += schema->key_size;
    row->key =
        value_take_id(&schema->columns[schema->key], id,
                      names_tenant(schema) ? key + GUID_SIZE : key, error);
    if (!row->key)
        return -1;
    if (!names_tenant(schema))
        return 0;
    if (take_tenant(schema, record, key, error))
        return -1;
    key[GUID_SIZE - 1] = '/';
    row->key = key;
    return 0;
}

static int check_carried(const struct schema *schema,
                         const struct column *column, const char *value,
                         struct error *error)
{
    const struct service *service = schema->options->service;

    if (column->use != COLUMN_WRITE || !value || !service->can_carry ||
        service->can_carry(value))
        return 0;
    return error_value(error, "InvalidValue", column->name,
                       "%s has a control character, or one that is none, which "
                       "%s can't carry",
                       column->name, service->title);
}

static int take_cell(const struct schema *schema, unsigned index,
                     const struct field *field, char **room, const char **value,
                     struct error *error)
{
    const struct column *column = &schema->columns[index];

    if (!is_clear_token(schema, field) && is_nearly_clear_token(schema, field))
        return error_value(error, "InvalidValue", column->name,
                           "%s is nearly the word that clears; write exactly "
                           "%s, or choose another word with --clear-token",
                           column->name, schema->options->clear_token);
    if (is_clear_token(schema, field)) {
        if (!column->clearable && column->use != COLUMN_GUARD)
            return refuse_clear(schema, index, error);
        *value = NULL;
        return 0;
    }
    if (value_take(column, field->text, field->len, room, value, error))
        return -1;
    return check_carried(schema, column, *value, error);
}

static int take_cells(const struct schema *schema, const struct record *record,
                      struct row *row, char **room, struct error *error)
{
    for (unsigned i = 0; i < schema->source_count; i++) {
        const struct source *source = &schema->sources[i];
        const struct field *field = &record->fields[source->position];
        struct cell *cell = &row->cells[row->count];

        if (field->len == 0)
            continue;
        cell->column = source->column;
        row->secret = row->secret || schema->columns[source->column].secret;
        if (take_cell(schema, source->column, field, room, &cell->text, error))
            return -1;
        row->count++;
    }
    return 0;
}

int schema_take_row(const struct schema *schema, const struct record *record,
                    struct row **row, struct error *error)
{
    unsigned count;
    struct row *made = new_row(schema, record, &count);
    char *room;

    if (!made)
        return error_memory(error);
    room = (char *)&made->cells[count];
    if (take_key(schema, record, made, &room, error) ||
        take_cells(schema, record, made, &room, error)) {
        row_free(made);
        return -1;
    }
    *row = made;
    return 0;
}

const char *schema_record_id(const struct schema *schema,
                             const struct record *record)
{
    return key_field(schema, record)->text;
}

bool schema_in_shard(const struct schema *schema, const struct record *record)
{
    const char *id = schema_record_id(schema, record);
    const char *plain;
    char room[GUID_SIZE];
    struct error error;

    if (schema->options->shards <= 1)
        return true;
    plain = value_take_id(&schema->columns[schema->key], id, room, &error);
    return fnv1a_hash(plain ? plain : id) % schema->options->shards ==
           schema->options->shard;
}

column_mask schema_columns(const struct schema *schema)
{
    return schema->named;
}
