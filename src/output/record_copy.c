#include "output/record_copy.h"

#include "input/column_name.h"
#include "output/cell.h"
#include "service/service.h"

/* Bytes of a row; a quote may become two. */
#define MAX_ROW (4 * CSV_READER_MAX_RECORD)

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

void record_copy_init(struct record_copy *copy, const char *const *own)
{
    copy->own = own;
    copy->width = 0;
    buffer_init(&copy->text, MAX_ROW);
}

void record_copy_clear(struct record_copy *copy)
{
    buffer_free(&copy->text);
}

/* ---- the columns -------------------------------------------------------- */

/* Lets the column sign somebody in, whatever the service? A file for another
 * one may have it, too. */
static bool is_withheld(const struct header *header, const struct field *name)
{
    const struct service *service = header->rules->service;
    unsigned column = header_find(header, name->text, name->len);

    for (size_t i = 0;; i++) {
        if (column < service->column_count &&
            (service->columns[column].secret ||
             service->columns[column].sign_in))
            return true;
        service = services[i];
        if (!service)
            return false;
        column =
            column_name_find(service, column_name_trim(name->text, name->len));
    }
}

/* --map may use such a column. */
static bool is_replaced(const struct record_copy *copy,
                        const struct header *header, const struct field *name)
{
    struct column_name trimmed = column_name_trim(name->text, name->len);

    if (header_find(header, name->text, name->len) <
        header->rules->service->column_count)
        return false;
    for (size_t i = 0; copy->own[i]; i++)
        if (column_name_is(trimmed, copy->own[i]))
            return true;
    return false;
}

void record_copy_find_roles(struct record_copy *copy,
                            const struct header *header,
                            const struct record *record)
{
    copy->width = record->count;
    for (size_t i = 0; i < record->count; i++) {
        const struct field *name = &record->fields[i];

        copy->roles[i] = is_withheld(header, name)         ? RECORD_WITHHELD
                         : is_replaced(copy, header, name) ? RECORD_REPLACED
                                                           : RECORD_COPIED;
    }
}

bool record_copy_withholds(const struct record_copy *copy,
                           const struct record *record)
{
    for (size_t i = 0; i < copy->width; i++)
        if (copy->roles[i] == RECORD_WITHHELD && record->fields[i].len > 0)
            return true;
    return false;
}

/* ---- text --------------------------------------------------------------- */

int record_copy_put_first_lines(struct record_copy *copy,
                                const struct input_rules *rules, char delimiter,
                                bool has_separator_line)
{
    copy->delimiter = delimiter;
    if (rules->encoding && buffer_puts(&copy->text, BYTE_ORDER_MARK))
        return -1;
    for (unsigned i = 0; i < rules->skip_lines; i++)
        if (buffer_append(&copy->text, "\n", 1))
            return -1;
    return has_separator_line
               ? buffer_printf(&copy->text, "sep=%c\n", copy->delimiter)
               : 0;
}

int record_copy_put_cells(struct record_copy *copy, const struct record *record)
{
    const char *separator = "";
    const char delimiter[] = {copy->delimiter, '\0'};

    for (size_t i = 0; i < copy->width; i++) {
        bool withheld = copy->roles[i] == RECORD_WITHHELD && record->number > 0;

        if (copy->roles[i] == RECORD_REPLACED)
            continue;
        if (buffer_puts(&copy->text, separator) ||
            (!withheld && cell_put_between(&copy->text, record->fields[i].text,
                                           copy->delimiter)))
            return -1;
        separator = delimiter;
    }
    return 0;
}

int record_copy_put_own(struct record_copy *copy, const char *text)
{
    return buffer_append(&copy->text, &copy->delimiter, 1) ||
                   cell_put_between(&copy->text, text, copy->delimiter)
               ? -1
               : 0;
}

int record_copy_put_own_names(struct record_copy *copy)
{
    for (size_t i = 0; copy->own[i]; i++)
        if (record_copy_put_own(copy, copy->own[i]))
            return -1;
    return buffer_append(&copy->text, "\n", 1);
}
