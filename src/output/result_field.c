#include "output/result_field.h"

bool result_field_take(const char **at, const char *end, char *field,
                       size_t size)
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
