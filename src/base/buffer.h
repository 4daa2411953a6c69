/*
 * A growing run of bytes that knows how large it may become.
 *
 * There is always a NUL behind the last byte, so that data can be read as a
 * string; it does not count in len. data is NULL until the first byte is put.
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
    size_t max;  /* len never grows beyond */
};

/* An empty buffer that may grow to max bytes; allocates nothing. */
void buffer_init(struct buffer *buffer, size_t max);

/* Gives the memory back; the buffer can be used again. */
void buffer_free(struct buffer *buffer);

/* The same for one that holds a secret: overwrites it first. */
void buffer_wipe(struct buffer *buffer);

/* Overwrites memory that held a secret, in a way that no compiler leaves out.
 */
void memory_wipe(void *data, size_t len);

/* Empties the buffer and keeps its memory. */
void buffer_clear(struct buffer *buffer);

/* Makes room for extra more bytes. -1 with errno EFBIG where they would go
 * beyond max, ENOMEM where there is no memory; nothing is changed then. */
int buffer_reserve(struct buffer *buffer, size_t extra);

/* Appends; -1 as buffer_reserve(). Here, since most of what is sent and written
 * is put together from pieces of few bytes. */
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
int buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
