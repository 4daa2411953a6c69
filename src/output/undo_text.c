#include "output/undo_text.h"

#include <stdlib.h>
#include <string.h>

#include "input/clear_token.h"
#include "input/value.h"
#include "output/cell.h"

#define NOTE_MAX ((size_t)COLUMN_MAX * ERROR_TEXT_SIZE) /* bytes */

struct undo_change *undo_text_find(struct undo_change *changes, unsigned column)
{
    while (changes && changes->column != column)
        changes = changes->next;
    return changes;
}

static int add(struct buffer *buffer, const char *text)
{
    return buffer_append(buffer, ",", 1) || cell_put_plain(buffer, text) ? -1
                                                                         : 0;
}

int undo_text_put_header(const struct undo_text_setup *setup,
                         column_mask columns, struct buffer *buffer)
{
    const struct service *service = setup->service;

    if (buffer_puts(buffer, service->columns[service->key].name) ||
        (service->tenant != COLUMN_MAX &&
         add(buffer, service->columns[service->tenant].name)))
        return -1;
    for (unsigned i = 0; i < service->column_count; i++) {
        const char *name = service->columns[i].name;

        if ((columns & column_bit(i)) &&
            column_is_expectable(&service->columns[i]) &&
            (add(buffer, name) || buffer_printf(buffer, ",Expect.%s", name)))
            return -1;
    }
    return buffer_puts(buffer, ",_Note\n");
}

/* ---- what a row can undo ------------------------------------------------- */

static int check_meant(const struct undo_text_setup *setup,
                       const struct column *column, const char *text,
                       struct error *error)
{
    return text ? clear_token_check(setup->clear_token, column, text,
                                    strlen(text), error)
                : 0;
}

/* A value that only looks damaged can be set, since the row has an expected
 * one. */
static int check_set(const struct undo_text_setup *setup,
                     const struct column *column, const char *text,
                     struct error *error)
{
    size_t len = strlen(text);
    char *room = malloc(len + 1);
    char *next = room;
    const char *value;
    int result;

    if (!room)
        return error_memory(error);
    result = value_parse(column, text, len, &next, &value, error);
    if (result == 0)
        result = value_check_carried(setup->service, column, value, error);
    free(room);
    return result;
}

/* Can a row set the old value, and expect the one after the update? -1 with
 * ERROR_VALUE and the reason, or without memory. */
static int check(const struct undo_text_setup *setup,
                 const struct undo_change *change, struct error *error)
{
    const struct column *column = &setup->service->columns[change->column];

    if (!column_is_expectable(column))
        return error_value(error, "InvalidValue", column->name,
                           "its old value was not recorded");
    if (!change->old && !column->clearable)
        return error_value(error, "InvalidValue", column->name,
                           "it had no value, and cannot be cleared");
    if (check_meant(setup, column, change->old, error) ||
        check_meant(setup, column, change->after, error))
        return -1;
    return change->old ? check_set(setup, column, change->old, error) : 0;
}

/* ---- a row -------------------------------------------------------------- */

static int put_key(const struct undo_text_setup *setup, struct buffer *buffer,
                   const char *key)
{
    struct key_parts parts = service_split_key(key);

    if (cell_put_plain(buffer, parts.id))
        return -1;
    if (setup->service->tenant == COLUMN_MAX)
        return 0;
    if (!parts.tenant)
        return add(buffer, setup->tenant);
    return buffer_append(buffer, ",", 1) ||
                   buffer_append(buffer, parts.tenant, parts.tenant_len)
               ? -1
               : 0;
}

/* Appends both cells of a column. */
static int add_change(const struct undo_text_setup *setup,
                      struct buffer *buffer, const struct undo_change *change)
{
    return add(buffer, change->old ? change->old : setup->clear_token) ||
                   add(buffer,
                       change->after ? change->after : setup->clear_token)
               ? -1
               : 0;
}

/* What follows a semicolon is advice for somebody who wrote the value. */
static int add_reason(const char *name, const struct error *why,
                      struct buffer *note)
{
    const char *advice = strstr(why->text, "; ");
    size_t len = advice ? (size_t)(advice - why->text) : strlen(why->text);

    return buffer_printf(note, "%s%s cannot be undone (%.*s)",
                         note->len > 0 ? "; " : "", name, (int)len, why->text);
}

/* Appends the cells of a column of the file, if they are there, and what to
 * note of it. */
static int add_column(const struct undo_text_setup *setup, unsigned column,
                      bool shown, const struct undo_change *change,
                      struct buffer *buffer, struct buffer *note)
{
    struct error why;

    if (change && check(setup, change, &why)) {
        if (why.kind != ERROR_VALUE ||
            add_reason(setup->service->columns[column].name, &why, note))
            return -1;
        change = NULL;
    }
    if (!shown)
        return 0;
    return change ? add_change(setup, buffer, change)
                  : buffer_puts(buffer, ",,");
}

int undo_text_put_row(const struct undo_text_setup *setup, column_mask columns,
                      struct buffer *buffer, const char *key,
                      struct undo_change *changes)
{
    const struct service *service = setup->service;
    struct buffer note;
    int result = put_key(setup, buffer, key);

    buffer_init(&note, NOTE_MAX);
    for (unsigned i = 0; i < service->column_count && result == 0; i++)
        result = add_column(setup, i,
                            (columns & column_bit(i)) &&
                                column_is_expectable(&service->columns[i]),
                            undo_text_find(changes, i), buffer, &note);
    if (result == 0)
        result = add(buffer, note.len > 0 ? note.data : NULL) ||
                         buffer_append(buffer, "\n", 1)
                     ? -1
                     : 0;
    buffer_free(&note);
    return result;
}
