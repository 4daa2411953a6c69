#include "output/change_row.h"

#include <string.h>
#include <strings.h>

#include "base/clear_word.h"
#include "input/csv_records.h"
#include "output/cell.h"

unsigned change_column(const struct service *service, const char *name)
{
    unsigned column = 0;

    while (column < service->column_count &&
           strcmp(service->columns[column].name, name) != 0)
        column++;
    return column;
}

struct change *change_find(struct change *changes, unsigned column)
{
    while (changes && changes->column != column)
        changes = changes->next;
    return changes;
}

static bool has_value(const char *text)
{
    return text && *text;
}

/* Would a cell with this text mean the text? */
static bool is_cell(const struct change_row_setup *setup, const char *text)
{
    return !has_value(text) || (clear_word_allows(setup->clear_token, text) &&
                                strlen(text) <= CSV_READER_MAX_FIELD);
}

bool change_can_be_cells(const struct change_row_setup *setup,
                         const struct change *change)
{
    const struct column *column = &setup->service->columns[change->column];

    if (!column_is_expectable(column) || !is_cell(setup, change->value) ||
        !is_cell(setup, change->expected))
        return false;
    if (!has_value(change->value))
        return column->clearable;
    if (column->type != COLUMN_ENUM)
        return true;
    for (size_t i = 0; column->set[i]; i++)
        if (strcasecmp(column->set[i], change->value) == 0)
            return true;
    return false;
}

static int add(struct buffer *buffer, const char *text)
{
    return buffer_append(buffer, ",", 1) || cell_put_plain(buffer, text) ? -1
                                                                         : 0;
}

/* Has a row cells for this column of the service? */
static bool has_cells(const struct change_row_setup *setup, column_mask columns,
                      unsigned column)
{
    return (columns & column_bit(column)) &&
           column_is_expectable(&setup->service->columns[column]);
}

int change_row_put_header(struct buffer *buffer,
                          const struct change_row_setup *setup,
                          column_mask columns)
{
    const struct service *service = setup->service;

    if (buffer_puts(buffer, service->columns[service->key].name) ||
        (service->tenant != COLUMN_MAX &&
         add(buffer, service->columns[service->tenant].name)))
        return -1;
    for (unsigned i = 0; i < service->column_count; i++) {
        const char *name = service->columns[i].name;

        if (has_cells(setup, columns, i) &&
            (add(buffer, name) || buffer_printf(buffer, ",Expect.%s", name)))
            return -1;
    }
    return 0;
}

static int put_key(struct buffer *buffer, const struct change_row_setup *setup,
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

static int put_change(struct buffer *buffer,
                      const struct change_row_setup *setup,
                      const struct change *change)
{
    const char *word = setup->clear_token;

    if (!change || !change_can_be_cells(setup, change))
        return buffer_puts(buffer, ",,");
    return add(buffer, has_value(change->value) ? change->value : word) ||
                   add(buffer,
                       has_value(change->expected) ? change->expected : word)
               ? -1
               : 0;
}

int change_row_put(struct buffer *buffer, const struct change_row_setup *setup,
                   column_mask columns, const char *key, struct change *changes)
{
    if (put_key(buffer, setup, key))
        return -1;
    for (unsigned i = 0; i < setup->service->column_count; i++)
        if (has_cells(setup, columns, i) &&
            put_change(buffer, setup, change_find(changes, i)))
            return -1;
    return 0;
}
