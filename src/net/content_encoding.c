#include "net/content_encoding.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#define MAX_ENCODINGS 2 /* one of the service, and one of a proxy */

/* The sizes of the window for zlib. */
#define WITH_HEADER (MAX_WBITS + 32) /* of gzip or of zlib */
#define RAW         (-MAX_WBITS)

/* Some servers send deflate without the header of RFC 1950, section 2.2. */
static int window_of(const struct buffer *body)
{
    const unsigned char *byte = (const unsigned char *)body->data;
    bool gzip = byte[0] == 0x1F && byte[1] == 0x8B;
    bool zlib =
        (byte[0] & 0x0F) == Z_DEFLATED && (byte[0] * 256U + byte[1]) % 31 == 0;

    return gzip || zlib ? WITH_HEADER : RAW;
}

/* Decompresses up to the end of the last gzip member. */
static enum content_result inflate_all(z_stream *stream, struct buffer *to)
{
    unsigned char chunk[16384];
    enum content_result result = CONTENT_DECODED;
    int status = Z_OK;

    while (result == CONTENT_DECODED &&
           (status != Z_STREAM_END || stream->avail_in > 0)) {
        if (status == Z_STREAM_END)
            (void)inflateReset(stream);
        stream->next_out = chunk;
        stream->avail_out = sizeof(chunk);
        status = inflate(stream, Z_NO_FLUSH);
        if (status == Z_MEM_ERROR)
            result = CONTENT_NO_MEMORY;
        else if (status != Z_OK && status != Z_STREAM_END)
            result = CONTENT_REFUSED; /* damaged, or incomplete */
        else if (buffer_append(to, chunk, sizeof(chunk) - stream->avail_out))
            result = errno == EFBIG ? CONTENT_TOO_LARGE : CONTENT_NO_MEMORY;
    }
    memory_wipe(chunk, sizeof(chunk));
    return result;
}

static void discard(struct buffer *buffer, bool secret)
{
    if (secret)
        buffer_wipe(buffer);
    else
        buffer_free(buffer);
}

/* Removes one encoding. A buffer that grows leaves its secrets in the memory
 * that it frees, so the memory for secrets is reserved at once. */
static enum content_result decode(struct buffer *body, bool secret)
{
    z_stream stream = {.next_in = (unsigned char *)body->data,
                       .avail_in = (uInt)body->len};
    enum content_result result = CONTENT_NO_MEMORY;
    struct buffer decoded;

    buffer_init(&decoded, body->max);
    if ((secret && buffer_reserve(&decoded, body->max)) ||
        inflateInit2(&stream, window_of(body)) != Z_OK)
        goto end;
    result = inflate_all(&stream, &decoded);
    (void)inflateEnd(&stream);
end:
    if (result != CONTENT_DECODED && result != CONTENT_TOO_LARGE) {
        discard(&decoded, secret);
        return result;
    }
    discard(body, secret);
    *body = decoded;
    return result;
}

/* Takes the last name of a list of len bytes, and shortens the list. */
static const char *take_last(const char *list, size_t *len, size_t *name_len)
{
    size_t end = *len, start;

    while (end > 0 && strchr(" \t,", list[end - 1]))
        end--;
    start = end;
    while (start > 0 && !strchr(" \t,", list[start - 1]))
        start--;
    *len = start;
    *name_len = end - start;
    return list + start;
}

/* No text begins so. A proxy may have removed the header that says it. */
static bool has_gzip_header(const struct buffer *body)
{
    return body->len > 2 && memcmp(body->data, "\x1F\x8B\x08", 3) == 0;
}

static bool is_one_of(const char *name, size_t len, const char *const *names)
{
    for (; *names; names++)
        if (strlen(*names) == len && strncasecmp(name, *names, len) == 0)
            return true;
    return false;
}

enum content_result content_decode(struct buffer *body, const char *encodings,
                                   bool secret)
{
    static const char *const none[] = {"identity", NULL};
    static const char *const known[] = {"gzip", "x-gzip", "deflate", NULL};
    size_t len = strlen(encodings), name_len;
    unsigned count = 0;

    while (body->len > 0) {
        const char *name = take_last(encodings, &len, &name_len);
        enum content_result result;

        if (name_len == 0)
            break;
        if (is_one_of(name, name_len, none))
            continue;
        if (!is_one_of(name, name_len, known) || ++count > MAX_ENCODINGS)
            return CONTENT_REFUSED;
        result = decode(body, secret);
        if (result != CONTENT_DECODED)
            return result;
    }
    return count == 0 && has_gzip_header(body) ? decode(body, secret)
                                               : CONTENT_DECODED;
}
