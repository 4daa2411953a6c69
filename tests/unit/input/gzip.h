/*
 * Makes gzip data for the tests of what reads it.
 */
#ifndef TESTS_UNIT_INPUT_GZIP_H
#define TESTS_UNIT_INPUT_GZIP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ZLIB_CONST /* zlib does not write to its input */
#include <zlib.h>

#include "base/buffer.h"

#define MIB ((size_t)1 << 20)

/* Appends one gzip member, if wanted with everything that its header can
 * contain. */
static inline void put_member(struct buffer *gzip, const char *text, size_t len,
                              bool large_header)
{
    Bytef extra[] = "extra", name[] = "users.csv", comment[] = "comment";
    gz_header header = {.text = 1,
                        .time = 1767323045,
                        .os = 3,
                        .extra = extra,
                        .extra_len = sizeof(extra),
                        .name = name,
                        .comment = comment,
                        .hcrc = 1};
    z_stream stream = {.zalloc = NULL};
    size_t room;

    assert_int_equal(
        deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
        Z_OK);
    if (large_header)
        assert_int_equal(deflateSetHeader(&stream, &header), Z_OK);
    room = deflateBound(&stream, len);
    assert_int_equal(buffer_reserve(gzip, room), 0);
    stream.next_in = (const Bytef *)text;
    stream.avail_in = (uInt)len;
    stream.next_out = (Bytef *)gzip->data + gzip->len;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    gzip->len += room - stream.avail_out;
    assert_int_equal(deflateEnd(&stream), Z_OK);
}

#endif
