#include "journal/field.h"

#include <string.h>

#define HEX_SIZE ((size_t)2 * HASH_SIZE)

int field_put_number(struct buffer *text, uint64_t number)
{
    return buffer_append(text, " ", 1) || buffer_put_number(text, number) ? -1
                                                                          : 0;
}

int field_put_bytes(struct buffer *text, const char *bytes, size_t len)
{
    return field_put_number(text, len) || buffer_append(text, ":", 1) ||
                   buffer_append(text, bytes, len)
               ? -1
               : 0;
}

int field_put_string(struct buffer *text, const char *string)
{
    return field_put_bytes(text, string, strlen(string));
}

void field_skip(struct field_reader *fields, size_t len)
{
    fields->at += len;
    fields->left -= len;
}

int field_take_char(struct field_reader *fields, char c)
{
    if (fields->left == 0 || *fields->at != c)
        return -1;
    field_skip(fields, 1);
    return 0;
}

int field_take_first(struct field_reader *fields, uint64_t *number)
{
    size_t len = 0;

    *number = 0;
    for (; fields->at[len] >= '0' && fields->at[len] <= '9'; len++) {
        unsigned digit = (unsigned)(fields->at[len] - '0');

        if (*number > (UINT64_MAX - digit) / 10)
            return -1;
        *number = *number * 10 + digit;
    }
    field_skip(fields, len);
    return len == 0 ? -1 : 0;
}

int field_take_number(struct field_reader *fields, uint64_t *number)
{
    return field_take_char(fields, ' ') || field_take_first(fields, number) ? -1
                                                                            : 0;
}

int field_take_bytes(struct field_reader *fields, const char **bytes,
                     size_t *len)
{
    uint64_t number;

    if (field_take_number(fields, &number) || field_take_char(fields, ':') ||
        number > fields->left)
        return -1;
    *bytes = fields->at;
    *len = (size_t)number;
    field_skip(fields, *len);
    return 0;
}

int field_take_string(struct field_reader *fields, char *string, size_t size)
{
    const char *bytes;
    size_t len;

    if (field_take_bytes(fields, &bytes, &len) || len >= size ||
        memchr(bytes, '\0', len))
        return -1;
    memcpy(string, bytes, len);
    string[len] = '\0';
    return 0;
}

int field_put_hash(struct buffer *text, const unsigned char hash[HASH_SIZE])
{
    return buffer_append(text, " ", 1) || buffer_put_hex(text, hash, HASH_SIZE)
               ? -1
               : 0;
}

/* The value of a lowercase digit of base 16; -1: it is no such digit. */
static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

int field_take_hash(struct field_reader *fields, unsigned char hash[HASH_SIZE])
{
    if (field_take_char(fields, ' ') || fields->left < HEX_SIZE)
        return -1;
    for (size_t i = 0; i < HASH_SIZE; i++) {
        int high = hex_value(fields->at[2 * i]);
        int low = hex_value(fields->at[2 * i + 1]);

        if (high < 0 || low < 0)
            return -1;
        hash[i] = (unsigned char)(high * 16 + low);
    }
    field_skip(fields, HEX_SIZE);
    return 0;
}
