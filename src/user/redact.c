#include "user/redact.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/redact_text.h"
#include "base/vocabulary.h"

/* Bytes of a secret that is searched within names, too. Real ones are longer.
 */
#define MIN_SECRET 8

/* Values that are collected. If `all` is NULL, they are only counted. */
struct values {
    const char **all;
    size_t count;
};

/* ---- public words ------------------------------------------------------- */

/* Is it an element of a dotted path? */
static bool is_element(const char *path, const char *word, size_t len)
{
    while (path) {
        if (strncasecmp(path, word, len) == 0 &&
            (path[len] == '.' || path[len] == '\0'))
            return true;
        path = strchr(path, '.');
        path += path != NULL;
    }
    return false;
}

static bool is_public(const void *context, const char *word)
{
    const struct service *service = context;
    size_t len = strlen(word);

    if (vocabulary_has(word))
        return true;
    for (unsigned i = 0; i < service->column_count; i++)
        if (strcasecmp(service->columns[i].name, word) == 0 ||
            is_element(service->columns[i].path, word, len))
            return true;
    return false;
}

/* ---- values ------------------------------------------------------------- */

/* Is a value of this column personal? Read-only numbers, times and words of a
 * value set are not. */
static bool is_personal(const struct column *column)
{
    return column->use == COLUMN_WRITE || column->type == COLUMN_STRING;
}

static void put(struct values *values, const char *value)
{
    if (!value || !*value)
        return;
    if (values->all)
        values->all[values->count] = value;
    values->count++;
}

static void put_cells(struct values *values, const struct known_values *known,
                      bool secret)
{
    const struct column *columns = known->context->service->columns;

    for (const struct row *row = known->rows; row; row = row->next)
        for (unsigned i = 0; i < row->count; i++)
            if (columns[row->cells[i].column].secret == secret)
                put(values, row->cells[i].text);
}

static void put_secrets(struct values *values, const struct known_values *known)
{
    const struct call_context *context = known->context;

    put(values, context->access_token);
    put(values, context->earlier_token);
    put(values, context->developer_token);
    put(values, context->application_token);
    put(values, context->user_name);
    put(values, context->password);
    for (unsigned i = 0; i < SERVICE_EARLIER; i++)
        put(values, context->earlier_secrets[i]);
    put_cells(values, known, true);
}

static void put_personal(struct values *values,
                         const struct known_values *known)
{
    const struct service *service = known->context->service;

    put_cells(values, known, false);
    for (unsigned i = 0; known->user && i < service->column_count; i++)
        if (is_personal(&service->columns[i]))
            put(values, service->user_value(known->user, i));
    for (size_t i = 0; known->earlier && known->earlier[i]; i++)
        put(values, known->earlier[i]);
}

/* Collects the secrets, and after them the personal values if they are to be
 * redacted. Returns the number of secrets. */
static size_t collect(struct values *values, const struct known_values *known)
{
    size_t secrets;

    put_secrets(values, known);
    secrets = values->count;
    if (!known->raw_messages)
        put_personal(values, known);
    return secrets;
}

/* One allocation: the pointers and, after them, the texts. */
const char **redact_copy_values(const struct service *service,
                                const struct user *user, column_mask columns)
{
    const char *found[COLUMN_MAX];
    size_t count = 0, bytes = 0;
    const char **copies;
    char *text;

    for (unsigned i = 0; i < service->column_count; i++) {
        const char *value =
            (columns & column_bit(i)) ? service->user_value(user, i) : NULL;

        if (!value)
            continue;
        found[count++] = value;
        bytes += strlen(value) + 1;
    }
    copies = malloc((count + 1) * sizeof(*copies) + bytes);
    if (!copies)
        return NULL;
    text = (char *)(copies + count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(found[i]) + 1;

        copies[i] = memcpy(text, found[i], size);
        text += size;
    }
    copies[count] = NULL;
    return copies;
}

/* ---- errors ------------------------------------------------------------- */

/* Is it the secret, or does it contain a long one? */
static bool has_secret(const char *word, const char *secret)
{
    size_t len = strlen(secret);

    if (strcasecmp(word, secret) == 0)
        return true;
    for (; len >= MIN_SECRET && *word; word++)
        if (strncasecmp(word, secret, len) == 0)
            return true;
    return false;
}

/* Makes a name or an id empty if it contains one of the secrets. */
static void drop_secret(char *word, const struct values *secrets)
{
    for (size_t i = 0; i < secrets->count; i++)
        if (has_secret(word, secrets->all[i]))
            *word = '\0';
}

void redact_error(struct api_error *api_error, const struct known_values *known)
{
    const struct public_words public = {is_public, known->context->service};
    struct values values = {.all = NULL}, secrets;

    if (!api_error->reported)
        return;
    (void)collect(&values, known);
    values = (struct values){calloc(values.count + 1, sizeof(*values.all)), 0};
    if (!values.all) {
        *api_error->text = *api_error->name = *api_error->tracking_id = '\0';
        return;
    }
    secrets.count = collect(&values, known);
    secrets.all = values.all;
    drop_secret(api_error->name, &secrets);
    drop_secret(api_error->tracking_id, &secrets);
    if (*api_error->text)
        (void)redact_text(api_error->text, api_error->truncated, values.all,
                          values.count, &public);
    free(values.all);
}
