#include "user/undo_record.h"

/* A text with its NUL. */
static int put_text(struct buffer *record, const char *text)
{
    return buffer_append(record, text, strlen(text) + 1);
}

static int put_value(struct buffer *record, const char *value)
{
    return buffer_append(record, value ? "+" : "-", 1) ||
                   put_text(record, value ? value : "")
               ? -1
               : 0;
}

int undo_record_put_user(struct buffer *record, uint64_t sequence,
                         const char *key)
{
    return buffer_put_number(record, sequence) ||
                   buffer_append(record, "", 1) || put_text(record, key)
               ? -1
               : 0;
}

static int put_user(struct buffer *record, const struct task_result *result)
{
    const struct group *group = result->group;

    return undo_record_put_user(record, group->first, group->key);
}

int undo_record_put_update(struct buffer *record, const struct service *service,
                           const struct task_result *result,
                           column_mask columns)
{
    if (put_user(record, result))
        return -1;
    for (unsigned i = 0; i < service->column_count; i++) {
        const struct column *column = &service->columns[i];
        bool shown = column_is_expectable(column);

        if (!(columns & column_bit(i)))
            continue;
        if (put_text(record, column->name) ||
            put_value(record,
                      shown ? service->user_value(result->user, i) : NULL) ||
            put_value(record, shown ? result->merge.cells[i].text : NULL))
            return -1;
    }
    return 0;
}

int undo_record_put_outcome(struct buffer *record,
                            const struct service *service,
                            const struct task_result *result,
                            column_mask columns)
{
    if (put_user(record, result))
        return -1;
    for (unsigned i = 0; i < service->column_count; i++) {
        const struct column *column = &service->columns[i];

        if ((columns & column_bit(i)) && column_is_expectable(column) &&
            (put_text(record, column->name) ||
             put_value(record, service->user_value(result->user, i))))
            return -1;
    }
    return 0;
}

const char *undo_record_next(const char **text, const char *end)
{
    const char *start = *text;

    if (start >= end)
        return NULL;
    *text += strnlen(start, (size_t)(end - start)) + 1;
    return start;
}

const char *undo_record_next_value(const char **text, const char *end)
{
    const char *value = undo_record_next(text, end);

    return value && *value == '+' ? value + 1 : NULL;
}
