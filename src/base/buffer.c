#include "base/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 256

void buffer_init(struct buffer *buffer, size_t max)
{
    *buffer = (struct buffer){.max = max};
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    buffer_init(buffer, buffer->max);
}

/* The compiler cannot know what is called, and leave it out. */
static void *(*const volatile set)(void *, int, size_t) = memset;

void memory_wipe(void *data, size_t len)
{
    if (len > 0)
        set(data, 0, len);
}

void buffer_wipe(struct buffer *buffer)
{
    memory_wipe(buffer->data, buffer->size);
    buffer_free(buffer);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
    if (buffer->data)
        buffer->data[0] = '\0';
}

int buffer_reserve(struct buffer *buffer, size_t extra)
{
    size_t need, size;
    char *data;

    if (extra > buffer->max - buffer->len) {
        errno = EFBIG;
        return -1;
    }
    need = buffer->len + extra + 1;
    if (need <= buffer->size)
        return 0;
    size = buffer->size ? buffer->size : FIRST_SIZE;
    while (size < need)
        size *= 2;
    if (size > buffer->max + 1)
        size = buffer->max + 1;
    data = realloc(buffer->data, size);
    if (!data)
        return -1;
    buffer->data = data;
    buffer->size = size;
    buffer->data[buffer->len] = '\0';
    return 0;
}

int buffer_put_number(struct buffer *buffer, uint64_t number)
{
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return buffer_append(buffer, digits + at, sizeof(digits) - at);
}

int buffer_put_hex(struct buffer *buffer, const unsigned char *bytes,
                   size_t count)
{
    static const char digits[] = "0123456789abcdef";

    if (buffer_reserve(buffer, 2 * count))
        return -1;
    for (size_t i = 0; i < count; i++) {
        buffer->data[buffer->len++] = digits[bytes[i] >> 4];
        buffer->data[buffer->len++] = digits[bytes[i] & 0xF];
    }
    buffer->data[buffer->len] = '\0';
    return 0;
}

int buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list args, again;
    int len, result = -1;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    if (len >= 0 && buffer_reserve(buffer, (size_t)len) == 0) {
        (void)vsnprintf(buffer->data + buffer->len, (size_t)len + 1, format,
                        again);
        buffer->len += (size_t)len;
        result = 0;
    }
    va_end(again);
    va_end(args);
    return result;
}
