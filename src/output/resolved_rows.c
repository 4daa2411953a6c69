#include "output/resolved_rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/blank.h"
#include "input/column_name.h"
#include "input/value.h"
#include "output/cell.h"
#include "output/record_copy.h"
#include "service/service.h"

#define MAX_MESSAGE 600

static const char *const own_columns[] = {"_ErrorName", "_ErrorMessage",
                                          "_Note", NULL};

/* What becomes of a row. */
struct resolution {
    const char *error; /* ErrorName; NULL: the user is certain */
    const char *field; /* the column at fault */
    bool kept;         /* the row has an Id, but no name */
    char message[MAX_MESSAGE];
    char id[GUID_SIZE];
    const char *customer; /* "": unknown */
    const char *name;     /* NULL: as in INPUT */
    struct name_match match;
};

struct resolved_rows {
    struct writer *writer;
    struct name_index *index;
    const struct header *header;
    const struct service *service;
    struct record_copy copy;
    struct resolved_counts counts;
    const char *added_id; /* names of added columns; NULL: INPUT has them */
    const char *added_tenant;
    struct buffer name;
    char expected[COLUMN_NAME_SHOWN]; /* Expect.COLUMN */
    struct field
        fields[CSV_READER_MAX_COLUMNS]; /* of the row that is written */
};

struct resolved_rows *resolved_rows_new(struct writer *writer,
                                        struct name_index *index)
{
    struct resolved_rows *resolved = calloc(1, sizeof(*resolved));

    if (!resolved)
        return NULL;
    resolved->writer = writer;
    resolved->index = index;
    record_copy_init(&resolved->copy, own_columns);
    buffer_init(&resolved->name, 2 * CSV_READER_MAX_FIELD);
    return resolved;
}

void resolved_rows_free(struct resolved_rows *resolved)
{
    if (!resolved)
        return;
    record_copy_clear(&resolved->copy);
    buffer_free(&resolved->name);
    free(resolved);
}

const struct resolved_counts *resolved_rows_counts(
    const struct resolved_rows *resolved)
{
    return &resolved->counts;
}

/* ---- the user of a row -------------------------------------------------- */

static const struct column *column_of(const struct resolved_rows *resolved,
                                      unsigned column)
{
    return &resolved->service->columns[column];
}

/* The cell of a column that INPUT may not have; "": it has none, or an empty
 * one. */
static const char *cell(const struct resolved_rows *resolved,
                        const struct record *record, unsigned column)
{
    const struct field *field;

    if (!header_names(resolved->header, column))
        return "";
    field = &record->fields[resolved->header->positions[column]];
    return blank_is_all(field->text, field->len) ? "" : field->text;
}

static void fail(struct resolution *resolution, const char *name,
                 const struct column *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void fail(struct resolution *resolution, const char *name,
                 const struct column *field, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(resolution->message, sizeof(resolution->message), format,
                    args);
    va_end(args);
    resolution->error = name;
    resolution->field = field->name;
    resolution->id[0] = '\0';
}

/* The customer in which the user is searched; NULL: in all. */
static int read_customer(const struct resolved_rows *resolved,
                         const struct record *record, char room[GUID_SIZE],
                         struct resolution *resolution, const char **customer)
{
    const struct service *service = resolved->service;
    const struct column *column = column_of(resolved, service->user_customer);
    const char *text = cell(resolved, record, service->user_customer);
    struct error error;

    resolution->customer = text;
    *customer = NULL;
    if (!*text)
        text = resolved->header->rules->tenant;
    if (!text)
        return 0;
    *customer = value_parse_id(column, text, room, &error);
    if (*customer)
        return 0;
    fail(resolution, error.code, column, "%s", error.text);
    return -1;
}

/* Without a name, an Id stays; it is checked by the run. */
static void keep_id(const struct resolved_rows *resolved, const char *id,
                    struct resolution *resolution)
{
    const struct column *name =
        column_of(resolved, resolved->service->user_name);
    struct error error;
    char room[GUID_SIZE];
    const char *plain = value_parse_id(
        column_of(resolved, resolved->service->key), id, room, &error);

    if (!*id)
        fail(resolution, "MissingName", name,
             "%s is empty, so the user cannot be found; fill it in, or fill in "
             "the Id",
             name->name);
    else if (!plain)
        fail(resolution, "InvalidId",
             column_of(resolved, resolved->service->key), "%s", error.text);
    else
        resolution->kept = true;
}

/* The Id that the row had, for a message. */
#define HAS_ID "; INPUT has the Id "

static void explain(const struct resolved_rows *resolved, const char *name,
                    const char *customer, const char *id,
                    enum name_result result, struct resolution *resolution)
{
    const struct column *column =
        column_of(resolved, resolved->service->user_name);
    const struct name_match *match = &resolution->match;
    const char *has = *id ? HAS_ID : "";

    switch (result) {
    case NAME_FOUND:
        break;
    case NAME_NOT_FOUND:
        fail(resolution, "NameNotFound", column,
             "no user of %s list has this %s%s%s%.40s",
             customer ? "this customer in the" : "the", column->name,
             blank_find(name) ? ", which contains a space or an invisible "
                                "character"
                              : "",
             has, id);
        break;
    case NAME_AMBIGUOUS:
        fail(resolution, "NameAmbiguous", column,
             "several users of the list have this %s, such as %s%s%s and "
             "%s%s%s%s%.40s; fill in the Id",
             column->name, match->customers[0], *match->customers[0] ? "/" : "",
             match->ids[0], match->customers[1],
             *match->customers[1] ? "/" : "", match->ids[1], has, id);
        break;
    case NAME_OTHER_ID:
        fail(resolution, "IdMismatch",
             column_of(resolved, resolved->service->key),
             "the user with this %s has the Id %s in the list" HAS_ID
             "%.40s; correct one of them, or empty the Id",
             column->name, match->ids[0], id);
        break;
    }
}

static int spell(struct resolved_rows *resolved, const char *name,
                 struct resolution *resolution, struct error *error)
{
    buffer_clear(&resolved->name);
    if (buffer_puts(&resolved->name, name))
        return error_memory(error);
    name_index_spell(&resolution->match, resolved->name.data);
    resolution->name = resolved->name.data;
    return 0;
}

static int find_user(struct resolved_rows *resolved, const char *name,
                     const char *customer, const char *id,
                     struct resolution *resolution, struct error *error)
{
    struct error ignored;
    char room[GUID_SIZE];
    const char *plain =
        *id ? value_parse_id(column_of(resolved, resolved->service->key), id,
                             room, &ignored)
            : NULL;
    struct name_match *match = &resolution->match;
    enum name_result result;

    if (name_index_find(resolved->index, name, customer, plain, &result, match,
                        error))
        return -1;
    if (result == NAME_FOUND && *id && !plain)
        result = NAME_OTHER_ID;
    if (result != NAME_FOUND) {
        explain(resolved, name, customer, id, result, resolution);
        return 0;
    }
    memcpy(resolution->id, match->ids[0], GUID_SIZE);
    if (*resolution->customer == '\0')
        resolution->customer = match->customers[0];
    return spell(resolved, name, resolution, error);
}

static int resolve(struct resolved_rows *resolved, const struct record *record,
                   struct resolution *resolution, struct error *error)
{
    const struct header *header = resolved->header;
    const struct field *name = &record->fields[header->user_name];
    const char *id = cell(resolved, record, resolved->service->key);
    char room[GUID_SIZE];
    const char *customer;

    if (read_customer(resolved, record, room, resolution, &customer))
        return 0;
    if (blank_is_all(name->text, name->len) ||
        strcmp(name->text, header->rules->clear_token) == 0) {
        keep_id(resolved, id, resolution);
        return 0;
    }
    return find_user(resolved, name->text, customer, id, resolution, error);
}

/* ---- the header --------------------------------------------------------- */

/* Another column may be called Id, if an option ignores it. */
static const char *find_id_name(const struct resolved_rows *resolved,
                                const struct record *record)
{
    const struct service *service = resolved->service;

    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];

        if (column_name_is(column_name_trim(field->text, field->len),
                           service->columns[service->key].name))
            return "UserId";
    }
    return service->columns[service->key].name;
}

static void find_columns(struct resolved_rows *resolved,
                         const struct record *record)
{
    const struct header *header = resolved->header;
    const struct service *service = resolved->service;

    record_copy_find_roles(&resolved->copy, header, record);
    if (!header_names(header, service->key))
        resolved->added_id = find_id_name(resolved, record);
    if (service->tenant != COLUMN_MAX && !header->rules->tenant &&
        !header_names(header, service->tenant))
        resolved->added_tenant = column_of(resolved, service->tenant)->name;
    (void)snprintf(resolved->expected, sizeof(resolved->expected), "Expect.%s",
                   column_of(resolved, service->user_name)->name);
}

/* ---- writing ------------------------------------------------------------ */

/* Appends a cell of an added column, and a delimiter. */
static int put_added(struct record_copy *copy, const char *name,
                     const char *text)
{
    return name && (cell_put_between(&copy->text, text, copy->delimiter) ||
                    buffer_append(&copy->text, &copy->delimiter, 1))
               ? -1
               : 0;
}

static struct field field_of(const char *text)
{
    return (struct field){text, strlen(text)};
}

/* Makes a copy of the record, in which single cells are replaced. */
static struct record copy_fields(struct resolved_rows *resolved,
                                 const struct record *record)
{
    struct record made = *record;

    memcpy(resolved->fields, record->fields,
           record->count * sizeof(record->fields[0]));
    made.fields = resolved->fields;
    return made;
}

static int write_text(struct resolved_rows *resolved, int formatted,
                      struct error *error)
{
    struct buffer *text = &resolved->copy.text;

    return formatted
               ? error_memory(error)
               : writer_write(resolved->writer, text->data, text->len, error);
}

int resolved_rows_begin(struct resolved_rows *resolved,
                        const struct header *header,
                        const struct record *record, char delimiter,
                        bool has_separator_line, struct error *error)
{
    struct record_copy *copy = &resolved->copy;
    struct record made;
    int formatted;

    resolved->header = header;
    resolved->service = header->rules->service;
    find_columns(resolved, record);
    made = copy_fields(resolved, record);
    if (header->renamed)
        resolved->fields[header->user_name] = field_of(resolved->expected);
    buffer_clear(&copy->text);
    formatted =
        record_copy_put_first_lines(copy, header->rules, delimiter,
                                    has_separator_line) ||
        put_added(copy, resolved->added_id, resolved->added_id) ||
        put_added(copy, resolved->added_tenant, resolved->added_tenant) ||
        record_copy_put_cells(copy, &made) || record_copy_put_own_names(copy);
    return write_text(resolved, formatted, error);
}

/* Puts what was found in place of the cells of INPUT. An Id that agrees stays
 * as it is spelt. */
static struct record fill_in(struct resolved_rows *resolved,
                             const struct record *record,
                             const struct resolution *resolution)
{
    const struct header *header = resolved->header;
    const struct service *service = resolved->service;
    struct record made = copy_fields(resolved, record);

    if (resolution->error || *cell(resolved, record, service->key) == '\0')
        if (!resolved->added_id)
            resolved->fields[header->positions[service->key]] =
                field_of(resolution->id);
    if (header_names(header, service->tenant))
        resolved->fields[header->positions[service->tenant]] =
            field_of(resolution->customer);
    if (resolution->name)
        resolved->fields[header->user_name] = field_of(resolution->name);
    return made;
}

static int put_note(struct record_copy *copy,
                    const struct resolution *resolution, bool withholds)
{
    char note[200];

    (void)snprintf(
        note, sizeof(note), "%s%s%s",
        resolution->kept ? "the name is empty, so the Id was not checked" : "",
        resolution->kept && withholds ? "; " : "",
        withholds ? RECORD_COPY_NOTE : "");
    return record_copy_put_own(copy, note);
}

static int put_row(struct resolved_rows *resolved, const struct record *record,
                   const struct resolution *resolution)
{
    struct record_copy *copy = &resolved->copy;
    const struct record made = fill_in(resolved, record, resolution);
    const char *error = resolution->error ? resolution->error : "";

    buffer_clear(&copy->text);
    return put_added(copy, resolved->added_id, resolution->id) ||
                   put_added(copy, resolved->added_tenant,
                             resolution->customer) ||
                   record_copy_put_cells(copy, &made) ||
                   record_copy_put_own(copy, error) ||
                   record_copy_put_own(copy, resolution->message) ||
                   put_note(copy, resolution,
                            record_copy_withholds(copy, record)) ||
                   buffer_append(&copy->text, "\n", 1)
               ? -1
               : 0;
}

static void count_row(struct resolved_rows *resolved,
                      const struct record *record,
                      const struct resolution *resolution)
{
    struct resolved_counts *counts = &resolved->counts;

    counts->rows++;
    counts->left_out += record_copy_withholds(&resolved->copy, record);
    if (resolution->error)
        error_counts_add(&counts->errors, record->number, resolution->error,
                         resolution->field);
    else if (resolution->kept)
        counts->kept++;
    else
        counts->found++;
}

int resolved_rows_put(struct resolved_rows *resolved,
                      const struct record *record, struct error *error)
{
    struct resolution resolution = {.customer = ""};

    if (resolve(resolved, record, &resolution, error))
        return -1;
    count_row(resolved, record, &resolution);
    return write_text(resolved, put_row(resolved, record, &resolution), error);
}
