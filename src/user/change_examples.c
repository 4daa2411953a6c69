#include "user/change_examples.h"

#include <string.h>

#include "base/utf8.h"
#include "user/undo_record.h"

static bool may_be_kept(const struct column *column)
{
    return !column->secret && !column->sign_in && !column->write_only;
}

/* Is the row one of the first ones that change the column? */
static bool is_wanted(const struct change_examples *examples, unsigned column,
                      uint64_t number)
{
    return examples->counts[column] < CHANGE_EXAMPLES ||
           number < examples->rows[column][CHANGE_EXAMPLES - 1].number;
}

static column_mask find_wanted(const struct change_examples *examples,
                               const struct service *service,
                               const struct task_result *result,
                               column_mask columns)
{
    column_mask wanted = 0;

    for (unsigned i = 0; i < service->column_count; i++)
        if ((columns & column_bit(i)) && may_be_kept(&service->columns[i]) &&
            is_wanted(examples, i, result->merge.cells[i].row->number))
            wanted |= column_bit(i);
    return wanted;
}

int change_examples_note(const struct change_examples *examples,
                         const struct service *service,
                         struct task_result *result, column_mask columns)
{
    column_mask wanted =
        examples ? find_wanted(examples, service, result, columns) : 0;

    buffer_clear(&result->before);
    return wanted ? undo_record_put_update(&result->before, service, result,
                                           wanted)
                  : 0;
}

static void copy(char *to, size_t size, const char *from)
{
    size_t len = strnlen(from, size - 1);

    memcpy(to, from, len);
    to[len] = '\0';
    utf8_trim(to, len);
}

static void set_value(struct change_value *value, const char *text)
{
    value->exists = text && *text;
    copy(value->text, sizeof(value->text), text ? text : "");
}

/* Outcomes come in any order: the lowest numbers are kept. */
static void keep(struct change_examples *examples, unsigned column,
                 const struct merge_cell *cell, const char *before)
{
    struct change_example *rows = examples->rows[column];
    const struct row *row = cell->row;
    unsigned at;

    if (!is_wanted(examples, column, row->number))
        return;
    if (examples->counts[column] < CHANGE_EXAMPLES)
        examples->counts[column]++;
    at = examples->counts[column] - 1;
    for (; at > 0 && rows[at - 1].number > row->number; at--)
        rows[at] = rows[at - 1];
    rows[at].number = row->number;
    copy(rows[at].id, sizeof(rows[at].id), row->id);
    set_value(&rows[at].before, before);
    set_value(&rows[at].after, cell->text);
}

/* An update that an earlier part of the run has sent has no old values. */
static void keep_update(struct change_examples *examples,
                        const struct service *service,
                        const struct task_result *result)
{
    const char *at = result->before.data;
    const char *end = at + result->before.len, *name, *before;
    unsigned column = 0;

    if (result->before.len == 0)
        return;
    (void)undo_record_next(&at, end); /* the sequence */
    (void)undo_record_next(&at, end); /* the key */
    while ((name = undo_record_next(&at, end))) {
        before = undo_record_next_value(&at, end);
        (void)undo_record_next(&at, end);
        while (strcmp(service->columns[column].name, name) != 0)
            column++;
        if (result->outcome.changed & column_bit(column))
            keep(examples, column, &result->merge.cells[column], before);
    }
}

/* The user is as it was fetched. */
static void keep_difference(struct change_examples *examples,
                            const struct service *service,
                            const struct task_result *result)
{
    for (unsigned i = 0; i < service->column_count; i++)
        if ((result->outcome.changed & column_bit(i)) &&
            may_be_kept(&service->columns[i]))
            keep(examples, i, &result->merge.cells[i],
                 service->user_value(result->user, i));
}

void change_examples_add(struct change_examples *examples,
                         const struct service *service,
                         const struct task_result *result)
{
    switch (result->outcome.status) {
    case STATUS_UPDATED:
        keep_update(examples, service, result);
        break;
    case STATUS_WOULD_UPDATE:
    case STATUS_DRIFT:
        keep_difference(examples, service, result);
        break;
    default:
        break;
    }
}
