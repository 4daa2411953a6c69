#include "input/gunzip.h"

#include <inttypes.h>
#include <stdlib.h>

#define ZLIB_CONST /* zlib does not write to its input */
#include <zlib.h>

#define TEXT_SIZE ((size_t)64 << 10)

/* windowBits of zlib: the largest window, and gzip only. */
#define GZIP_WINDOW (15 + 16)
#define GZIP_ID1    0x1F
#define GZIP_ID2    0x8B

struct gunzip {
    const char *name;
    z_stream stream;
    uint64_t used;        /* bytes so far */
    bool in_member;       /* between a member's first and last byte */
    uint64_t members_end; /* the offset after the last complete member */
    bool padded;          /* zeros follow the last member */
    unsigned char text[TEXT_SIZE];
};

bool gunzip_recognizes(const unsigned char *bytes, size_t len)
{
    return bytes[0] == GZIP_ID1 && (len == 1 || bytes[1] == GZIP_ID2);
}

struct gunzip *gunzip_new(const char *name)
{
    struct gunzip *gunzip = calloc(1, sizeof(*gunzip));

    if (!gunzip)
        return NULL;
    gunzip->name = name;
    if (inflateInit2(&gunzip->stream, GZIP_WINDOW) != Z_OK) {
        free(gunzip);
        return NULL;
    }
    return gunzip;
}

void gunzip_free(struct gunzip *gunzip)
{
    if (!gunzip)
        return;
    (void)inflateEnd(&gunzip->stream);
    free(gunzip);
}

/* A member is followed by bytes that are not another member. */
static int refuse_junk(const struct gunzip *gunzip, struct error *error)
{
    return error_set(error, ERROR_INPUT,
                     "%s: the gzip data ends after %" PRIu64 " bytes, but "
                     "other bytes follow; create or transfer the file again",
                     gunzip->name, gunzip->members_end);
}

static int refuse(const struct gunzip *gunzip, int status, struct error *error)
{
    const z_stream *stream = &gunzip->stream;

    if (status == Z_MEM_ERROR)
        return error_memory(error);
    if (stream->total_in <= 2) /* those of the first member were recognized */
        return refuse_junk(gunzip, error);
    return error_set(error, ERROR_INPUT,
                     "%s: the gzip data is damaged before byte %" PRIu64
                     " (%s); create or transfer the file again",
                     gunzip->name, gunzip->used,
                     stream->msg ? stream->msg : "preset dictionary");
}

static int begin_member(struct gunzip *gunzip, unsigned char first,
                        struct error *error)
{
    /* zlib would wait for a second byte that may never come. */
    if (gunzip->padded || first != GZIP_ID1)
        return refuse_junk(gunzip, error);
    (void)inflateReset(&gunzip->stream);
    gunzip->in_member = true;
    return 0;
}

static size_t count_zeros(const unsigned char *bytes, size_t count)
{
    size_t zeros = 0;

    while (zeros < count && !bytes[zeros])
        zeros++;
    return zeros;
}

/* Decompresses bytes of a member. */
static ssize_t read_member(struct gunzip *gunzip, const unsigned char *bytes,
                           size_t count, size_t *len, struct error *error)
{
    z_stream *stream = &gunzip->stream;
    size_t used;
    int status;

    stream->next_in = bytes;
    stream->avail_in = (uInt)count;
    stream->next_out = gunzip->text;
    stream->avail_out = (uInt)TEXT_SIZE;
    status = inflate(stream, Z_NO_FLUSH);
    used = count - stream->avail_in;
    gunzip->used += used;
    *len = TEXT_SIZE - stream->avail_out;
    if (status == Z_STREAM_END) {
        gunzip->in_member = false;
        gunzip->members_end = gunzip->used;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return refuse(gunzip, status, error);
    }
    return (ssize_t)used;
}

ssize_t gunzip_read(struct gunzip *gunzip, const unsigned char *bytes,
                    size_t count, const char **text, size_t *len,
                    struct error *error)
{
    size_t zeros = gunzip->in_member ? 0 : count_zeros(bytes, count);

    *text = (const char *)gunzip->text;
    *len = 0;
    if (zeros > 0) {
        gunzip->padded = true;
        gunzip->used += zeros;
        return (ssize_t)zeros;
    }
    if (!gunzip->in_member && begin_member(gunzip, *bytes, error))
        return -1;
    return read_member(gunzip, bytes, count, len, error);
}

int gunzip_end(const struct gunzip *gunzip, struct error *error)
{
    if (gunzip->in_member)
        return error_set(error, ERROR_INPUT,
                         "%s: the gzip data is truncated at byte %" PRIu64
                         "; create or transfer the file again",
                         gunzip->name, gunzip->used);
    return 0;
}
