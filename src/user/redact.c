#include "user/redact.h"

#include <stdlib.h>
#include <string.h>

static int by_length(const void *a, const void *b)
{
    size_t x = strlen(*(const char *const *)a);
    size_t y = strlen(*(const char *const *)b);

    return (x < y) - (x > y);
}

/* Is a value of this column personal? Read-only numbers, times and words of a
 * value set are not. */
static bool is_personal(const struct column *column)
{
    return column->use == COLUMN_WRITE || column->type == COLUMN_STRING;
}

static void put(const char **values, size_t *count, const char *value)
{
    if (!value)
        return;
    if (values)
        values[*count] = value;
    (*count)++;
}

/* Collects the values to redact, and returns their number. If values is NULL,
 * they are only counted. */
static size_t collect(const char **values, const struct call_context *context,
                      const struct service *service, const struct row *rows,
                      const struct user *user)
{
    size_t count = 0;

    put(values, &count, context->access_token);
    put(values, &count, context->developer_token);
    put(values, &count, context->application_token);
    put(values, &count, context->user_name);
    put(values, &count, context->password);
    for (const struct row *row = rows; row; row = row->next)
        for (unsigned i = 0; i < row->count; i++)
            put(values, &count, row->cells[i].text);
    for (unsigned i = 0; user && i < service->column_count; i++)
        if (is_personal(&service->columns[i]))
            put(values, &count, service->user_value(user, i));
    return count;
}

void redact_error(struct api_error *api_error,
                  const struct call_context *context,
                  const struct service *service, const struct row *rows,
                  const struct user *user)
{
    const char **values;
    size_t count;

    if (!*api_error->text)
        return;
    count = collect(NULL, context, service, rows, user);
    values = calloc(count + 1, sizeof(*values));
    if (!values) {
        *api_error->text = '\0';
        return;
    }
    (void)collect(values, context, service, rows, user);
    qsort(values, count, sizeof(*values), by_length);
    for (size_t i = 0; i < count; i++)
        api_error_redact(api_error, values[i]);
    free(values);
}
