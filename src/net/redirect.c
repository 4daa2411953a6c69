#include "net/redirect.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/percent.h"
#include "base/secret_file.h"

#define BLANKS " \t\r\n"

/* The fields that are read. Unknown ones are ignored, as the RFC requires. */
enum field { CODE, STATE, ERROR, DESCRIPTION, FIELDS };

static const char *const names[FIELDS] = {"code", "state", "error",
                                          "error_description"};

/* Decodes name=value. -1 with errno: EINVAL if it is malformed or repeated. */
static int take_field(struct buffer values[FIELDS], const char *field,
                      size_t len)
{
    const char *equals = memchr(field, '=', len);
    size_t name_len = equals ? (size_t)(equals - field) : len;

    for (unsigned i = 0; i < FIELDS; i++) {
        if (strlen(names[i]) != name_len ||
            memcmp(field, names[i], name_len) != 0)
            continue;
        if (!equals || values[i].data) {
            errno = EINVAL;
            return -1;
        }
        return buffer_reserve(&values[i], len) ||
                       percent_decode(&values[i], equals + 1,
                                      len - name_len - 1)
                   ? -1
                   : 0;
    }
    return 0;
}

static int take_query(struct buffer values[FIELDS], const char *query,
                      size_t len)
{
    const char *end = query + len;

    while (query < end) {
        const char *next = memchr(query, '&', (size_t)(end - query));
        size_t field = (size_t)((next ? next : end) - query);

        if (take_field(values, query, field))
            return -1;
        query += field + 1;
    }
    return 0;
}

static bool is_set(const struct buffer *value)
{
    return value->data && value->len > 0;
}

static enum redirect_verdict judge(const struct buffer values[FIELDS],
                                   const char *state, struct redirect *redirect)
{
    const struct buffer *code = &values[CODE];

    if (!is_set(&values[STATE]) || strcmp(values[STATE].data, state) != 0)
        return is_set(code) || is_set(&values[ERROR]) || is_set(&values[STATE])
                   ? REDIRECT_FOREIGN
                   : REDIRECT_INVALID;
    if (is_set(&values[ERROR])) {
        oauth_set_refusal(&redirect->error, values[ERROR].data,
                          values[DESCRIPTION].data ? values[DESCRIPTION].data
                                                   : "");
        return REDIRECT_ERROR;
    }
    if (!is_set(code) || !secret_file_is_token(code->data, code->len))
        return REDIRECT_INVALID;
    redirect->code = strdup(code->data);
    return redirect->code ? REDIRECT_CODE : REDIRECT_NO_MEMORY;
}

enum redirect_verdict redirect_parse(const char *address, const char *state,
                                     struct redirect *redirect)
{
    const char *query = strchr(address, '?');
    size_t len = query ? strcspn(++query, "#" BLANKS) : 0;
    enum redirect_verdict verdict = REDIRECT_INVALID;
    struct buffer values[FIELDS];

    *redirect = (struct redirect){.code = NULL};
    if (!query || len > REDIRECT_MAX)
        return REDIRECT_INVALID;
    for (unsigned i = 0; i < FIELDS; i++)
        buffer_init(&values[i], REDIRECT_MAX);
    if (take_query(values, query, len) == 0)
        verdict = judge(values, state, redirect);
    else if (errno == ENOMEM)
        verdict = REDIRECT_NO_MEMORY;
    for (unsigned i = 0; i < FIELDS; i++)
        buffer_wipe(&values[i]);
    return verdict;
}

void redirect_clear(struct redirect *redirect)
{
    secret_file_free(redirect->code);
    redirect->code = NULL;
}
