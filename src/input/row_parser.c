#include "input/row_parser.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/blank.h"
#include "base/fnv1a.h"
#include "base/guid.h"
#include "input/clear_token.h"
#include "input/suspicious.h"
#include "input/value.h"

/* ---- the columns that identify the user --------------------------------- */

static const struct column *key_column(const struct header *header)
{
    const struct service *service = header->rules->service;

    return &service->columns[service->key];
}

static bool names_tenant(const struct header *header)
{
    return header_names(header, header->rules->service->tenant);
}

/* Bytes for the key of a row; 0 if the key is a part of the Id's text. */
static size_t key_size(const struct header *header)
{
    if (names_tenant(header))
        return SERVICE_KEY_SIZE;
    return key_column(header)->type == COLUMN_GUID ? GUID_SIZE : 0;
}

static const struct field *key_field(const struct header *header,
                                     const struct record *record)
{
    return &record->fields[header->positions[header->rules->service->key]];
}

/* ---- the clear token ---------------------------------------------------- */

static bool is_clear_token(const struct header *header,
                           const struct field *field)
{
    const char *token = header->rules->clear_token;

    return *field->text == *token && strcmp(field->text, token) == 0;
}

static int refuse_clear(const struct header *header, unsigned column,
                        struct error *error)
{
    const char *name = header->rules->service->columns[column].name;

    return error_value(error, "NotClearable", name, "%s cannot be cleared",
                       name);
}

/* ---- the row ------------------------------------------------------------ */

/* Does the cell keep the user's value? A blank guard, which was meant to
 * require something, does not count as empty. */
static bool is_kept(const struct header *header, unsigned column,
                    const struct field *field)
{
    return field->len == 0 ||
           (header->rules->service->columns[column].use == COLUMN_WRITE &&
            blank_is_all(field->text, field->len));
}

/* Counts the cells that are not empty, and returns the bytes of their texts. */
static size_t measure_cells(const struct record *record,
                            const struct cell_source *sources,
                            unsigned source_count, unsigned *count)
{
    size_t size = 0;

    for (unsigned i = 0; i < source_count; i++) {
        size_t len = record->fields[sources[i].position].len;

        *count += len > 0;
        size += len > 0 ? len + 1 : 0;
    }
    return size;
}

/* Allocates a row with room for all cells of the record that are not empty. */
static struct row *new_row(const struct header *header,
                           const struct record *record, unsigned *count)
{
    size_t size = key_field(header, record)->len + 1 + key_size(header);
    struct row *row;

    *count = 0;
    size +=
        measure_cells(record, header->sources, header->source_count, count) +
        measure_cells(record, header->expects, header->expect_count, count);
    size += sizeof(*row) + *count * sizeof(row->cells[0]);
    row = malloc(size);
    if (row)
        *row = (struct row){
            .number = record->number, .allocated = size, .size = size};
    return row;
}

/* Reads the tenant of the row's user. */
static int read_tenant(const struct header *header, const struct record *record,
                       char tenant[GUID_SIZE], struct error *error)
{
    const struct service *service = header->rules->service;
    const struct column *column = &service->columns[service->tenant];
    const struct field *field =
        &record->fields[header->positions[service->tenant]];
    const char *text = field->len > 0 ? field->text : header->rules->tenant;

    if (!text)
        return error_value(error, "MissingTenant", column->name,
                           "%s is empty, and --customer-id is not given; fill "
                           "in the GUID of the tenant, or use that option",
                           column->name);
    if (is_clear_token(header, field))
        return refuse_clear(header, service->tenant, error);
    if (value_check_guid(column, text, error))
        return -1;
    value_copy_guid(tenant, text);
    return 0;
}

/* Files that were put together from others contain each header. */
static bool repeats_header(const struct header *header,
                           const struct field *field)
{
    return header_find(header, field->text, field->len) ==
           header->rules->service->key;
}

static int refuse_header(const struct header *header, struct error *error)
{
    const char *name = key_column(header)->name;

    return error_value(error, "InvalidId", name,
                       "%s contains its own name: the row repeats the header; "
                       "remove the row",
                       name);
}

static int read_key(const struct header *header, const struct record *record,
                    struct row *row, char **room, struct error *error)
{
    const struct field *field = key_field(header, record);
    char *id = *room;
    char *key;

    if (is_clear_token(header, field))
        return refuse_clear(header, header->rules->service->key, error);
    memcpy(id, field->text, field->len + 1);
    *room += field->len + 1;
    row->id = id;
    key = *room;
    *room += key_size(header);
    row->key =
        value_parse_id(key_column(header), id,
                       names_tenant(header) ? key + GUID_SIZE : key, error);
    if (!row->key)
        return repeats_header(header, field) ? refuse_header(header, error)
                                             : -1;
    if (!names_tenant(header))
        return 0;
    if (read_tenant(header, record, key, error))
        return -1;
    key[GUID_SIZE - 1] = '/';
    row->key = key;
    return 0;
}

/* Is the value allowed by --allow-suspicious? */
static bool is_allowed(const struct header *header, const struct column *column,
                       const char *text)
{
    const struct input_rules *rules = header->rules;

    for (size_t i = 0; i < rules->allow_count; i++) {
        const struct name_pair *allow = &rules->allows[i];

        if ((strcasecmp(allow->from, column->name) == 0 ||
             strcasecmp(allow->from, column->path) == 0) &&
            (!allow->to || strcmp(allow->to, text) == 0))
            return true;
    }
    return false;
}

static int check_meant(const struct header *header, const struct column *column,
                       const struct field *field, struct error *error)
{
    return clear_token_check(header->rules->clear_token, column, field->text,
                             field->len, error);
}

/* Does the row expect a value of the column? Then it sets back a value that a
 * user had, as the rows of an undo file do. */
static bool is_expected(const struct header *header,
                        const struct record *record, unsigned column)
{
    for (unsigned i = 0; i < header->expect_count; i++) {
        const struct cell_source *source = &header->expects[i];

        if (source->column == column)
            return record->fields[source->position].len > 0;
    }
    return false;
}

static int check_damage(const struct header *header,
                        const struct record *record,
                        const struct cell_source *source, struct error *error)
{
    const struct column *column =
        &header->rules->service->columns[source->column];
    const struct field *field = &record->fields[source->position];

    if (check_meant(header, column, field, error))
        return -1;
    if (suspicious_check(column, field->text, field->len, error) &&
        !is_allowed(header, column, field->text) &&
        !is_expected(header, record, source->column))
        return -1;
    return 0;
}

/* Checks and converts a value. The room may be used even if it is refused. */
static int read_value(const struct header *header, const struct record *record,
                      const struct cell_source *source, char **room,
                      const char **value, struct error *error)
{
    const struct column *column =
        &header->rules->service->columns[source->column];
    const struct field *field = &record->fields[source->position];

    if (check_damage(header, record, source, error) ||
        value_parse(column, field->text, field->len, room, value, error))
        return -1;
    return value_check_carried(header->rules->service, column, *value, error);
}

/* The value is refused, unless the user has it. */
static int add_doubt(struct row *row, unsigned column, const struct error *why,
                     struct error *error)
{
    struct doubt **end = &row->doubts;
    size_t text_size = strlen(why->text) + 1;
    size_t size = sizeof(struct doubt) + text_size;
    struct doubt *doubt = malloc(size);

    if (!doubt)
        return error_memory(error);
    *doubt = (struct doubt){.column = column, .code = why->code};
    memcpy(doubt->text, why->text, text_size);
    while (*end)
        end = &(*end)->next;
    *end = doubt;
    row->size += size;
    return 0;
}

static int read_cell(const struct header *header, const struct record *record,
                     const struct cell_source *source, struct row *row,
                     char **room, struct error *error)
{
    unsigned index = source->column;
    const struct column *column = &header->rules->service->columns[index];
    const struct field *field = &record->fields[source->position];
    struct cell *cell = &row->cells[row->count];
    char *start = *room;
    struct error why;

    *cell = (struct cell){.text = NULL, .column = index};
    row->count++;
    row->secret = row->secret || column->secret;
    if (is_clear_token(header, field))
        return !column->clearable && column->use != COLUMN_GUARD
                   ? refuse_clear(header, index, error)
                   : 0;
    if (read_value(header, record, source, room, &cell->text, &why) == 0)
        return 0;
    if (column->write_only) { /* nobody knows whether the user has it */
        *error = why;
        return -1;
    }
    memcpy(start, field->text, field->len + 1);
    *room = start + field->len + 1;
    cell->text = start;
    return add_doubt(row, index, &why, error);
}

static int read_cells(const struct header *header, const struct record *record,
                      struct row *row, char **room, struct error *error)
{
    for (unsigned i = 0; i < header->source_count; i++) {
        const struct cell_source *source = &header->sources[i];
        const struct field *field = &record->fields[source->position];

        if (!is_kept(header, source->column, field) &&
            read_cell(header, record, source, row, room, error))
            return -1;
    }
    return 0;
}

/* The user may have a value that no file could set, so an expected value that
 * is not valid is compared as it is. */
static int read_expected(const struct header *header,
                         const struct cell_source *source,
                         const struct field *field, struct row *row,
                         char **room, struct error *error)
{
    const struct column *column =
        &header->rules->service->columns[source->column];
    struct cell *cell = &row->cells[row->count + row->expected];
    char *start = *room;
    struct error ignored;

    *cell = (struct cell){.text = NULL, .column = source->column};
    row->expected++;
    if (is_clear_token(header, field))
        return 0;
    if (check_meant(header, column, field, error))
        return -1;
    if (value_parse(column, field->text, field->len, room, &cell->text,
                    &ignored) == 0)
        return 0;
    memcpy(start, field->text, field->len + 1);
    *room = start + field->len + 1;
    cell->text = start;
    return 0;
}

static int read_all_expected(const struct header *header,
                             const struct record *record, struct row *row,
                             char **room, struct error *error)
{
    for (unsigned i = 0; i < header->expect_count; i++) {
        const struct cell_source *source = &header->expects[i];
        const struct field *field = &record->fields[source->position];

        if (field->len > 0 &&
            read_expected(header, source, field, row, room, error))
            return -1;
    }
    return 0;
}

/* Without a service, nobody knows what the user has. */
static int check_doubts(const struct header *header, const struct row *row,
                        struct error *error)
{
    const struct doubt *doubt = row->doubts;

    if (!doubt || !header->rules->offline)
        return 0;
    return error_value(
        error, doubt->code, header->rules->service->columns[doubt->column].name,
        "%s (invalid unless the user already has it)", doubt->text);
}

int row_parse(const struct header *header, const struct record *record,
              struct row **row, struct error *error)
{
    unsigned count;
    struct row *made = new_row(header, record, &count);
    char *room;

    if (!made)
        return error_memory(error);
    room = (char *)&made->cells[count];
    if (read_key(header, record, made, &room, error) ||
        read_cells(header, record, made, &room, error) ||
        read_all_expected(header, record, made, &room, error) ||
        check_doubts(header, made, error)) {
        row_free(made);
        return -1;
    }
    *row = made;
    return 0;
}

const char *row_id(const struct header *header, const struct record *record)
{
    return key_field(header, record)->text;
}

static uint64_t hash_id(const struct column *column, const char *id)
{
    char room[GUID_SIZE];
    struct error ignored;
    const char *plain = value_parse_id(column, id, room, &ignored);

    return fnv1a_hash(plain ? plain : id);
}

uint64_t row_hash_id(const struct header *header, const struct record *record)
{
    return hash_id(key_column(header), row_id(header, record));
}

static bool is_in_shard(const struct header *header,
                        const struct record *record)
{
    const struct input_rules *rules = header->rules;
    const struct service *service = rules->service;
    const char *text = record->fields[header->shard_by].text;
    unsigned column = header->shard_column;
    uint64_t hash;

    if (rules->shards <= 1)
        return true;
    if (column == service->tenant && *text == '\0' && rules->tenant)
        text = rules->tenant;
    hash = column == service->key || column == service->tenant
               ? hash_id(&service->columns[column], text)
               : fnv1a_hash(text);
    return hash % rules->shards == rules->shard;
}

/* Byte by byte: letter case and blanks count. */
static bool has_texts(const struct header *header, const struct record *record)
{
    const struct input_rules *rules = header->rules;

    for (size_t i = 0; i < rules->where_count; i++) {
        const struct field *field = &record->fields[header->wheres[i]];
        const char *wanted = rules->wheres[i].to;

        if (field->len != strlen(wanted) ||
            memcmp(field->text, wanted, field->len) != 0)
            return false;
    }
    return true;
}

bool row_is_of_some_shard(const struct header *header,
                          const struct record *record)
{
    return record->number > header->rules->skip && has_texts(header, record);
}

bool row_is_selected(const struct header *header, const struct record *record)
{
    return row_is_of_some_shard(header, record) && is_in_shard(header, record);
}
