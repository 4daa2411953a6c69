#include "output/result_field.h"

#include <string.h>

/* Copies the next field, and moves *at past it. Returns false if the row ends
 * with it. */
static bool take(const char **at, const char *end, char *field, size_t size)
{
    size_t len = 0;
    bool quoted = false;

    for (; *at < end; ++*at) {
        char c = **at;

        if (c == '"') {
            quoted = !quoted;
            /* Of two quotes in a quoted field, the second one stays. */
            if (!quoted || len == 0 || (*at)[-1] != '"')
                continue;
        } else if (!quoted && (c == ',' || c == '\n')) {
            break;
        }
        if (len < size - 1)
            field[len++] = c;
    }
    field[len] = '\0';
    if (*at == end || **at == '\n')
        return false;
    ++*at;
    return true;
}

unsigned result_field_read(const char *text, size_t len, char *fields,
                           size_t size, unsigned count)
{
    const char *end = text + len;
    unsigned found = 0;
    bool more = true;

    while (more && found < count)
        more = take(&text, end, fields + size * found++, size);
    return found;
}

bool result_field_is_retried(enum status status, bool retryable,
                             const char *name)
{
    if (status == STATUS_FAILED)
        return retryable;
    return (status == STATUS_UNKNOWN || status == STATUS_NOT_ATTEMPTED) &&
           strcmp(name, RESULT_SUPERSEDED) != 0;
}
