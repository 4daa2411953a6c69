/*
 * What the fuzz targets share. libFuzzer calls LLVMFuzzerTestOneInput() with
 * bytes of its making; a target that aborts, leaks or trips a sanitizer has
 * found something, and the bytes are kept.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for any input. */
#define MUST(condition)                                                        \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__,         \
                    #condition);                                               \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* Bytes that are taken from the front. */
struct bytes {
    const char *data;
    size_t len;
};

/* The next byte, 0 at the end. */
static inline unsigned take_byte(struct bytes *bytes)
{
    if (bytes->len == 0)
        return 0;
    bytes->len--;
    return (unsigned char)*bytes->data++;
}

/* Copies the next line, without its end, or as much of it as goes in. */
static inline void take_line(struct bytes *bytes, char *line, size_t size)
{
    const char *end =
        bytes->len > 0 ? memchr(bytes->data, '\n', bytes->len) : NULL;
    size_t len = end ? (size_t)(end - bytes->data) : bytes->len;
    size_t kept = len < size ? len : size - 1;

    if (kept > 0)
        memcpy(line, bytes->data, kept);
    line[kept] = '\0';
    len += end != NULL;
    if (len > 0)
        bytes->data += len;
    bytes->len -= len;
}

/* Text that a person is shown: UTF-8 without control characters. */
static inline void must_be_printable(const char *text)
{
    MUST(utf8_is_valid(text, strlen(text)));
    for (; *text; text++)
        MUST((unsigned char)*text >= ' ' && *text != 0x7F);
}

static inline void must_be_error(const struct error *error,
                                 enum error_kind kind)
{
    MUST(error->kind == kind);
    MUST(*error->text);
    must_be_printable(error->text);
}

#endif
