#include "journal/field.h"

#include <string.h>

#define HEX_SIZE ((size_t)2 * HASH_SIZE)

int parts_put_number(struct buffer *text, uint64_t number)
{
    return buffer_append(text, " ", 1) || buffer_put_number(text, number) ? -1
                                                                          : 0;
}

int parts_put_bytes(struct buffer *text, const char *bytes, size_t len)
{
    return parts_put_number(text, len) || buffer_append(text, ":", 1) ||
                   buffer_append(text, bytes, len)
               ? -1
               : 0;
}

int parts_put_string(struct buffer *text, const char *string)
{
    return parts_put_bytes(text, string, strlen(string));
}

void parts_skip(struct parts *parts, size_t len)
{
    parts->at += len;
    parts->left -= len;
}

int parts_take_char(struct parts *parts, char c)
{
    if (parts->left == 0 || *parts->at != c)
        return -1;
    parts_skip(parts, 1);
    return 0;
}

int parts_take_first(struct parts *parts, uint64_t *number)
{
    size_t len = 0;

    *number = 0;
    for (; parts->at[len] >= '0' && parts->at[len] <= '9'; len++) {
        unsigned digit = (unsigned)(parts->at[len] - '0');

        if (*number > (UINT64_MAX - digit) / 10)
            return -1;
        *number = *number * 10 + digit;
    }
    parts_skip(parts, len);
    return len == 0 ? -1 : 0;
}

int parts_take_number(struct parts *parts, uint64_t *number)
{
    return parts_take_char(parts, ' ') || parts_take_first(parts, number) ? -1
                                                                          : 0;
}

int parts_take_bytes(struct parts *parts, const char **bytes, size_t *len)
{
    uint64_t number;

    if (parts_take_number(parts, &number) || parts_take_char(parts, ':') ||
        number > parts->left)
        return -1;
    *bytes = parts->at;
    *len = (size_t)number;
    parts_skip(parts, *len);
    return 0;
}

int parts_take_string(struct parts *parts, char *string, size_t size)
{
    const char *bytes;
    size_t len;

    if (parts_take_bytes(parts, &bytes, &len) || len >= size ||
        memchr(bytes, '\0', len))
        return -1;
    memcpy(string, bytes, len);
    string[len] = '\0';
    return 0;
}

int parts_put_hash(struct buffer *text, const unsigned char hash[HASH_SIZE])
{
    char hex[HEX_SIZE];

    for (size_t i = 0; i < sizeof(hex); i++)
        hex[i] = "0123456789abcdef"[hash[i / 2] >> (i % 2 ? 0 : 4) & 0xF];
    return buffer_append(text, " ", 1) || buffer_append(text, hex, sizeof(hex))
               ? -1
               : 0;
}

/* Of a digit in base 16, small letters only; -1: it is none. */
static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

int parts_take_hash(struct parts *parts, unsigned char hash[HASH_SIZE])
{
    if (parts_take_char(parts, ' ') || parts->left < HEX_SIZE)
        return -1;
    for (size_t i = 0; i < HASH_SIZE; i++) {
        int high = hex_value(parts->at[2 * i]);
        int low = hex_value(parts->at[2 * i + 1]);

        if (high < 0 || low < 0)
            return -1;
        hash[i] = (unsigned char)(high * 16 + low);
    }
    parts_skip(parts, HEX_SIZE);
    return 0;
}
