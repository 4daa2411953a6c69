/*
 * A byte string that grows, up to a maximum.
 *
 * A NUL always follows the last byte, so that data can be read as a string; len
 * does not count it. data is NULL until memory is needed for the first time.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buffer {
    char *data;
    size_t len;
    size_t size; /* allocated, the NUL included */
    size_t max;  /* of len */
};

/* An empty buffer that may grow to max bytes; allocates nothing. */
void buffer_init(struct buffer *buffer, size_t max);

/* Frees the memory; the buffer can be used again. */
void buffer_free(struct buffer *buffer);

/* The same for a buffer that contains a secret: overwrites it first. */
void buffer_wipe(struct buffer *buffer);

/* Overwrites memory that contained a secret; no compiler removes this. */
void memory_wipe(void *data, size_t len);

/* Empties the buffer and keeps its memory. */
void buffer_clear(struct buffer *buffer);

/* Makes room for extra more bytes. -1 with errno EFBIG if that would exceed
 * max, ENOMEM if out of memory; the buffer is unchanged then. */
int buffer_reserve(struct buffer *buffer, size_t extra);

/* All functions below append. They return 0, or -1 as buffer_reserve(). */

/* Inline, since requests and results consist of many small pieces. */
static inline int buffer_append(struct buffer *buffer, const void *data,
                                size_t len)
{
    if ((!buffer->data || len >= buffer->size - buffer->len) &&
        buffer_reserve(buffer, len))
        return -1;
    if (len)
        memcpy(buffer->data + buffer->len, data, len);
    buffer->len += len;
    buffer->data[buffer->len] = '\0';
    return 0;
}

static inline int buffer_puts(struct buffer *buffer, const char *text)
{
    return buffer_append(buffer, text, strlen(text));
}

int buffer_put_number(struct buffer *buffer, uint64_t number); /* decimal */

/* Two lowercase digits for each byte. */
int buffer_put_hex(struct buffer *buffer, const unsigned char *bytes,
                   size_t count);

int buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
