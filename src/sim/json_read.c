/*
 * The strict JSON parser; json.c has the rest of json.h.
 */
#include "json.h"

#include <stdint.h>
#include <string.h>

struct reader {
    struct json_pool *pool;
    const char *at, *end;
    const char *reason;
};

/* The length of the UTF-8 sequence at s. 0: not valid (RFC 3629: no overlong
 * form, no surrogate, nothing above U+10FFFF). */
static size_t utf8_sequence(const unsigned char *s, size_t left)
{
    size_t len = s[0] < 0x80 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;

    if (len == 1)
        return 1;
    if (s[0] < 0xC2 || s[0] > 0xF4 || left < len)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return len;
}

static bool utf8_valid(const char *text, size_t len)
{
    const unsigned char *at = (const unsigned char *)text;

    while (len > 0) {
        size_t step = utf8_sequence(at, len);
        if (step == 0)
            return false;
        at += step;
        len -= step;
    }
    return true;
}

static int fail(struct reader *reader, const char *reason)
{
    reader->reason = reason;
    return -1;
}

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->end && *reader->at != '\0' &&
           strchr(" \t\r\n", *reader->at) != NULL)
        reader->at++;
}

static bool accept_char(struct reader *reader, char c)
{
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

static int read_hex4(struct reader *reader, uint32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        static const char hex[] = "0123456789abcdef";
        if (reader->at == reader->end)
            return fail(reader, "an escape is incomplete");
        char c = *reader->at++;
        if (c >= 'A' && c <= 'F')
            c = (char)(c - 'A' + 'a');
        const char *digit = c != '\0' ? strchr(hex, c) : NULL;
        if (digit == NULL)
            return fail(reader, "an escape has an invalid digit");
        *unit = *unit << 4 | (uint32_t)(digit - hex);
    }
    return 0;
}

static char *put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 63));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 63));
        *out++ = (char)(0x80 | (code & 63));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 63));
        *out++ = (char)(0x80 | (code >> 6 & 63));
        *out++ = (char)(0x80 | (code & 63));
    }
    return out;
}

static int read_code_point(struct reader *reader, uint32_t *code)
{
    uint32_t low;

    if (read_hex4(reader, code) != 0)
        return -1;
    if (*code == 0)
        return fail(reader, "a string contains U+0000");
    if (*code < 0xD800 || *code > 0xDFFF)
        return 0;
    if (*code > 0xDBFF || !accept_char(reader, '\\') ||
        !accept_char(reader, 'u'))
        return fail(reader, "a string contains a lone surrogate");
    if (read_hex4(reader, &low) != 0)
        return -1;
    if (low < 0xDC00 || low > 0xDFFF)
        return fail(reader, "a string contains a lone surrogate");
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    return 0;
}

static int read_escape(struct reader *reader, char **out)
{
    static const char letter[] = "\"\\/bfnrt";
    static const char meaning[] = "\"\\/\b\f\n\r\t";
    uint32_t code;

    if (reader->at == reader->end)
        return fail(reader, "a string is not closed");
    char c = *reader->at++;
    if (c == 'u') {
        if (read_code_point(reader, &code) != 0)
            return -1;
        *out = put_utf8(*out, code);
        return 0;
    }
    const char *found = c != '\0' ? strchr(letter, c) : NULL;
    if (found == NULL)
        return fail(reader, "an escape is unknown");
    *(*out)++ = meaning[found - letter];
    return 0;
}

static int read_string(struct reader *reader, const char **string)
{
    const char *close = reader->at;

    /* A decoded string is never longer, so the quotes give the size. */
    while (close < reader->end && *close != '"')
        close += *close == '\\' && close + 1 < reader->end ? 2 : 1;
    if (close >= reader->end)
        return fail(reader, "a string is not closed");
    char *out = json_pool_alloc(reader->pool, (size_t)(close - reader->at) + 1);
    *string = out;
    while (reader->at < close) {
        char c = *reader->at++;
        if ((unsigned char)c < 0x20)
            return fail(reader, "a string contains a control character");
        if (c != '\\')
            *out++ = c;
        else if (read_escape(reader, &out) != 0)
            return -1;
    }
    *out = '\0';
    reader->at = close + 1;
    return 0;
}

static size_t digits(struct reader *reader)
{
    const char *start = reader->at;

    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
        reader->at++;
    return (size_t)(reader->at - start);
}

static int read_number(struct reader *reader, struct json *value)
{
    const char *start = reader->at;

    accept_char(reader, '-');
    const char *whole = reader->at;
    size_t count = digits(reader);
    if (count == 0 || (count > 1 && *whole == '0'))
        return fail(reader, "a value is not JSON");
    if (accept_char(reader, '.') && digits(reader) == 0)
        return fail(reader, "a number is not JSON");
    if (accept_char(reader, 'e') || accept_char(reader, 'E')) {
        if (!accept_char(reader, '+'))
            accept_char(reader, '-');
        if (digits(reader) == 0)
            return fail(reader, "a number is not JSON");
    }
    size_t len = (size_t)(reader->at - start);
    char *literal = json_pool_alloc(reader->pool, len + 1);
    memcpy(literal, start, len);
    literal[len] = '\0';
    value->type = JSON_NUMBER;
    value->text = literal;
    return 0;
}

static int read_value(struct reader *reader, struct json *value, int depth);

static int read_name(struct reader *reader, struct json *object,
                     struct json *member)
{
    skip_space(reader);
    if (!accept_char(reader, '"'))
        return fail(reader, "a member has no name");
    if (read_string(reader, &member->name) != 0)
        return -1;
    if (json_member(object, member->name) != NULL)
        return fail(reader, "a member is duplicate");
    skip_space(reader);
    if (!accept_char(reader, ':'))
        return fail(reader, "a colon is missing");
    return 0;
}

/* Parses members or elements after the opening bracket. */
static int read_children(struct reader *reader, struct json *parent, int depth)
{
    bool object = parent->type == JSON_OBJECT;
    char close = object ? '}' : ']';

    if (depth == JSON_DEPTH)
        return fail(reader, "it is nested too deeply");
    skip_space(reader);
    if (accept_char(reader, close))
        return 0;
    do {
        struct json *child = json_new(reader->pool, JSON_NULL, NULL);
        if (object && read_name(reader, parent, child) != 0)
            return -1;
        if (read_value(reader, child, depth + 1) != 0)
            return -1;
        json_add(parent, child);
        skip_space(reader);
    } while (accept_char(reader, ','));
    if (!accept_char(reader, close))
        return fail(reader, "a bracket is not closed");
    return 0;
}

static bool accept_word(struct reader *reader, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(reader->end - reader->at) < len ||
        memcmp(reader->at, word, len) != 0)
        return false;
    reader->at += len;
    return true;
}

static int read_value(struct reader *reader, struct json *value, int depth)
{
    skip_space(reader);
    if (accept_char(reader, '{')) {
        value->type = JSON_OBJECT;
        return read_children(reader, value, depth);
    }
    if (accept_char(reader, '[')) {
        value->type = JSON_ARRAY;
        return read_children(reader, value, depth);
    }
    if (accept_char(reader, '"')) {
        value->type = JSON_STRING;
        return read_string(reader, &value->text);
    }
    if (accept_word(reader, "null"))
        value->type = JSON_NULL;
    else if (accept_word(reader, "true"))
        value->type = JSON_TRUE;
    else if (accept_word(reader, "false"))
        value->type = JSON_FALSE;
    else
        return read_number(reader, value);
    return 0;
}

struct json *json_parse(struct json_pool *pool, const char *text, size_t len,
                        const char **reason)
{
    if (len == 0) {
        *reason = "it is empty";
        return NULL;
    }
    if (!utf8_valid(text, len)) {
        *reason = "it is not valid UTF-8";
        return NULL;
    }
    struct reader reader = {.pool = pool, .at = text, .end = text + len};
    struct json *value = json_new(pool, JSON_NULL, NULL);
    if (read_value(&reader, value, 0) != 0) {
        *reason = reader.reason;
        return NULL;
    }
    skip_space(&reader);
    if (reader.at != reader.end) {
        *reason = "text follows the value";
        return NULL;
    }
    return value;
}
