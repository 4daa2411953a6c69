#include "form.h"

#include <string.h>

static int hex_digit(char c)
{
    static const char digits[] = "0123456789ABCDEF0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)((at - digits) % 16) : -1;
}

/* Decodes a name or a value. Returns NULL, or why it is not valid. *bare is set
 * if a character should be encoded, but is clear. */
static const char *decode(const char *piece, size_t len, bool *bare,
                          struct text *out)
{
    text_puts(out, "");
    for (size_t i = 0; i < len; i++) {
        char c = piece[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int high = len - i > 2 ? hex_digit(piece[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(piece[i + 2]) : -1;
            if (low < 0)
                return "% without two hexadecimal digits";
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c <= ' ' || c > '~') {
            return "a character that must be encoded";
        } else if (strchr("=\"<>\\^`{|}", c) != NULL) {
            *bare = true;
        }
        if (c == '\0')
            return "a NUL";
        text_char(out, c);
    }
    return NULL;
}

static const char *add_field(struct json_pool *pool, struct json *form,
                             const char *field, size_t len, bool *bare)
{
    const char *equals = len > 0 ? memchr(field, '=', len) : NULL;
    struct text name, value;

    if (equals == NULL || equals == field)
        return "a field without a name or without =";
    size_t name_len = (size_t)(equals - field);
    text_init(&name);
    text_init(&value);
    const char *reason = decode(field, name_len, bare, &name);
    if (reason == NULL)
        reason = decode(equals + 1, len - name_len - 1, bare, &value);
    if (reason == NULL && json_member(form, name.data) != NULL)
        reason = "a duplicate field";
    if (reason == NULL)
        json_append(pool, form, name.data,
                    json_new(pool, JSON_STRING, value.data));
    text_free(&name);
    text_free(&value);
    return reason;
}

struct json *form_parse(struct json_pool *pool, const char *text, size_t len,
                        const char **reason, const char **doubt)
{
    struct json *form = json_new(pool, JSON_OBJECT, NULL);
    bool bare = false;
    size_t at = 0;

    while (at < len) {
        const char *end = memchr(text + at, '&', len - at);
        size_t field = end != NULL ? (size_t)(end - text) - at : len - at;
        *reason = add_field(pool, form, text + at, field, &bare);
        if (*reason != NULL)
            return NULL;
        at += field + 1;
        if (end != NULL && at == len) {
            *reason = "an & at the end";
            return NULL;
        }
    }
    *doubt = bare ? "a character that should be encoded" : NULL;
    return form;
}
