#include "net/content_encoding.h"

#define ZLIB_CONST /* zlib only reads its input */
#include <zlib.h>

#include "unit.h"

#define MAX 100000

enum form { GZIP = 15 + 16, ZLIB = 15, RAW = -15 };

/* Compresses bytes, and appends them to a buffer. */
static void compress_to(struct buffer *to, const void *bytes, size_t len,
                        enum form form)
{
    static unsigned char out[2 * MAX];
    z_stream stream = {.next_in = bytes,
                       .avail_in = (uInt)len,
                       .next_out = out,
                       .avail_out = sizeof(out)};

    assert_int_equal(
        deflateInit2(&stream, 9, Z_DEFLATED, form, 8, Z_DEFAULT_STRATEGY),
        Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(buffer_append(to, out, sizeof(out) - stream.avail_out), 0);
    (void)deflateEnd(&stream);
}

static void compressed(struct buffer *body, const char *text, enum form form)
{
    buffer_init(body, MAX);
    compress_to(body, text, strlen(text), form);
}

static void assert_result(struct buffer *body, const char *encodings,
                          enum content_result result)
{
    for (int secret = 0; secret < 2; secret++) {
        struct buffer copy;

        buffer_init(&copy, body->max);
        assert_int_equal(buffer_append(&copy, body->data, body->len), 0);
        assert_int_equal(content_decode(&copy, encodings, secret), result);
        buffer_free(&copy);
    }
    buffer_free(body);
}

static void assert_decodes(struct buffer *body, const char *encodings,
                           const char *text)
{
    assert_int_equal(content_decode(body, encodings, false), CONTENT_DECODED);
    assert_string_equal(body->data ? body->data : "", text);
    assert_int_equal(body->len, strlen(text));
    assert_int_equal(body->max, MAX);
    buffer_free(body);
}

#define TEXT "{\"User\":{\"Id\":\"1\"}}"

/* Each form of gzip and deflate must be decompressed, whatever the letter case
 * of its name; "identity" means nothing. */
static void test_forms(void **state)
{
    static const struct {
        enum form form;
        const char *encodings;
    } cases[] = {
        {GZIP, "gzip"},
        {GZIP, "GZip"},
        {GZIP, "x-gzip"},
        {ZLIB, "deflate"},
        {RAW, "deflate"},
        {GZIP, "identity, gzip"},
        {GZIP, " gzip ,"},
        {GZIP, "gzip,identity"},
        /* Another form than the name says. */
        {GZIP, "deflate"},
        {ZLIB, "gzip"},
    };
    struct buffer body;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        compressed(&body, TEXT, cases[i].form);
        assert_decodes(&body, cases[i].encodings, TEXT);
    }
    compressed(&body, "", GZIP);
    assert_decodes(&body, "gzip", "");
    /* A proxy has removed the header. */
    compressed(&body, TEXT, GZIP);
    assert_decodes(&body, "", TEXT);
    compressed(&body, TEXT, GZIP);
    assert_decodes(&body, "identity", TEXT);
}

/* A body without an encoding, and an empty one, must stay as they are. */
static void test_not_compressed(void **state)
{
    static const char *const encodings[] = {"", "identity", " , ",
                                            "identity, identity"};
    struct buffer body;

    (void)state;
    for (size_t i = 0; i < COUNT(encodings); i++) {
        buffer_init(&body, MAX);
        assert_int_equal(buffer_puts(&body, TEXT), 0);
        assert_decodes(&body, encodings[i], TEXT);
    }
    buffer_init(&body, MAX);
    assert_decodes(&body, "gzip", "");
    buffer_init(&body, MAX);
    assert_decodes(&body, "br", "");
}

/* Two encodings must be removed, the last one first; several members of gzip
 * are one body. More encodings, and unknown ones, must be refused. */
static void test_several(void **state)
{
    struct buffer once, twice;

    (void)state;
    compressed(&once, TEXT, ZLIB);
    buffer_init(&twice, MAX);
    compress_to(&twice, once.data, once.len, GZIP);
    buffer_free(&once);
    assert_decodes(&twice, "deflate, gzip", TEXT);

    compressed(&once, "{\"a\"", GZIP);
    compress_to(&once, ":1}", 3, GZIP);
    assert_decodes(&once, "gzip", "{\"a\":1}");

    compressed(&once, TEXT, GZIP);
    assert_result(&once, "gzip, gzip", CONTENT_REFUSED);
    compressed(&once, TEXT, GZIP);
    assert_result(&once, "br", CONTENT_REFUSED);
    compressed(&once, TEXT, GZIP);
    assert_result(&once, "zstd, gzip", CONTENT_REFUSED);
    compressed(&once, TEXT, GZIP);
    buffer_init(&twice, MAX);
    compress_to(&twice, once.data, once.len, GZIP);
    buffer_clear(&once);
    compress_to(&once, twice.data, twice.len, GZIP);
    buffer_free(&twice);
    assert_result(&once, "gzip,gzip,gzip", CONTENT_REFUSED);
}

/* A body that is truncated, at any byte, or damaged, or followed by other bytes
 * must be refused, not be taken for a shorter one. */
static void test_damaged(void **state)
{
    struct buffer body, part;

    (void)state;
    compressed(&body, TEXT, GZIP);
    for (size_t len = 1; len < body.len; len++) {
        buffer_init(&part, MAX);
        assert_int_equal(buffer_append(&part, body.data, len), 0);
        assert_result(&part, "gzip", CONTENT_REFUSED);
    }
    buffer_init(&part, MAX);
    assert_int_equal(buffer_append(&part, body.data, body.len), 0);
    part.data[part.len - 8] ^= 1; /* the checksum */
    assert_result(&part, "gzip", CONTENT_REFUSED);
    assert_int_equal(buffer_puts(&body, "junk"), 0);
    assert_result(&body, "gzip", CONTENT_REFUSED);
    buffer_init(&body, MAX);
    assert_int_equal(buffer_puts(&body, "<html>"), 0);
    assert_result(&body, "gzip", CONTENT_REFUSED);
}

/* What is decompressed must not exceed the maximum of the body, which a few
 * bytes can become a thousand times; its beginning must stay. */
static void test_bombs(void **state)
{
    static char large[MAX + 1];
    struct buffer body;

    (void)state;
    memset(large, '{', sizeof(large));
    buffer_init(&body, MAX);
    compress_to(&body, large, MAX, GZIP);
    assert_true(body.len < 1000);
    assert_int_equal(content_decode(&body, "gzip", true), CONTENT_DECODED);
    assert_int_equal(body.len, MAX);
    buffer_free(&body);

    buffer_init(&body, MAX);
    compress_to(&body, large, MAX + 1, GZIP);
    assert_int_equal(content_decode(&body, "gzip", true), CONTENT_TOO_LARGE);
    assert_int_equal(*body.data, '{');
    assert_true(body.len <= MAX && body.size <= MAX + 1);
    buffer_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),   cmocka_unit_test(test_not_compressed),
        cmocka_unit_test(test_several), cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_bombs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
