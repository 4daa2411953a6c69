#include "unit.h"

#include "gzip.h"
#include "input/gunzip.h"

#define NAME "users.csv.gz"

static const char plain_text[] =
    "Id,City\n1,Portland\n2,M\xC3\xBCnchen\n3,Portland\n4,Portland\n";

/* Decompresses bytes that come in pieces of that size. 0, or -1 as
 * gunzip_read() and gunzip_end(). */
static int read_pieces(const char *bytes, size_t count, size_t size,
                       struct buffer *text, struct error *error)
{
    struct gunzip *gunzip = gunzip_new(NAME);
    const unsigned char *at = (const unsigned char *)bytes;
    size_t left = count;
    int result = 0;

    assert_non_null(gunzip);
    buffer_clear(text);
    while (left > 0 && result == 0) {
        const char *chunk;
        size_t len;
        ssize_t used = gunzip_read(gunzip, at, left < size ? left : size,
                                   &chunk, &len, error);

        result = used < 0 ? -1 : 0;
        if (result == 0) {
            assert_true(used > 0 || len > 0);
            assert_in_range(len, 0, 64 << 10);
            assert_int_equal(buffer_append(text, chunk, len), 0);
            at += used;
            left -= (size_t)used;
        }
    }
    if (result == 0)
        result = gunzip_end(gunzip, error);
    gunzip_free(gunzip);
    return result;
}

static const size_t sizes[] = {1, 7, 64 << 10, SIZE_MAX};

/* The data must become this text, whatever the size of its pieces is. */
static void check_good(const struct buffer *gzip, size_t count,
                       const char *expected, size_t expected_len)
{
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct buffer text;
        struct error error;

        buffer_init(&text, 100 * MIB);
        if (read_pieces(gzip->data, count, sizes[i], &text, &error))
            fail_msg("%s", error.text);
        assert_int_equal(text.len, expected_len);
        if (expected_len > 0)
            assert_memory_equal(text.data, expected, expected_len);
        buffer_free(&text);
    }
}

/* The data must be rejected, with a message that contains this. */
static void check_refused(const struct buffer *gzip, size_t count,
                          const char *message)
{
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct buffer text;
        struct error error;

        buffer_init(&text, MIB);
        assert_int_equal(
            read_pieces(gzip->data, count, sizes[i], &text, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        if (strncmp(error.text, NAME, strlen(NAME)) != 0 ||
            !strstr(error.text + strlen(NAME), message))
            fail_msg("of %zu bytes: %s\nnot: %s", count, error.text, message);
        buffer_free(&text);
    }
}

/* Two bytes must show whether data is gzip, and the first of them whether it
 * can be. */
static void test_recognizes(void **state)
{
    (void)state;
    assert_true(gunzip_recognizes((const unsigned char *)"\x1F", 1));
    assert_true(gunzip_recognizes((const unsigned char *)"\x1F\x8B", 2));
    assert_false(gunzip_recognizes((const unsigned char *)"\x1F\x8A", 2));
    assert_false(gunzip_recognizes((const unsigned char *)"I", 1));
    assert_false(gunzip_recognizes((const unsigned char *)"I\x8B", 2));
}

/* Members must be decompressed one after the other, also empty ones, and more
 * of them than fit into a piece. */
static void test_members(void **state)
{
    struct buffer gzip, text;

    (void)state;
    buffer_init(&gzip, 10 * MIB);
    buffer_init(&text, 10 * MIB);
    for (unsigned i = 0; i < 3000; i++) {
        size_t len = i % 6 * 10;

        put_member(&gzip, plain_text, len, i % 2);
        (void)buffer_append(&text, plain_text, len);
    }
    check_good(&gzip, gzip.len, text.data, text.len);
    buffer_free(&gzip);
    buffer_free(&text);
}

/* Data that is truncated anywhere must be rejected: in the header, the data,
 * the trailer, and in the second member. Only between members it is complete.
 */
static void test_truncated(void **state)
{
    struct buffer gzip;
    size_t first;

    (void)state;
    buffer_init(&gzip, MIB);
    put_member(&gzip, plain_text, strlen(plain_text), true);
    first = gzip.len;
    put_member(&gzip, plain_text, strlen(plain_text), false);
    for (size_t len = 1; len < gzip.len; len++) {
        char message[100];

        if (len == first)
            continue;
        (void)snprintf(message, sizeof(message),
                       ": the gzip data is truncated at byte %zu; create or "
                       "transfer the file again",
                       len);
        check_refused(&gzip, len, message);
    }
    check_good(&gzip, first, plain_text, strlen(plain_text));
    buffer_free(&gzip);
}

/* One flipped bit after the first two bytes must never change the text: the
 * data is rejected, or the bit means nothing. In the trailer it always means
 * something. */
static void test_flipped_bit(void **state)
{
    struct buffer gzip, text;

    (void)state;
    buffer_init(&gzip, MIB);
    buffer_init(&text, MIB);
    put_member(&gzip, plain_text, strlen(plain_text), true);
    for (size_t bit = 16; bit < gzip.len * 8; bit++) {
        struct error error = {.kind = ERROR_NONE};
        char flip = (char)(1 << bit % 8);
        int result;

        gzip.data[bit / 8] ^= flip;
        result = read_pieces(gzip.data, gzip.len, SIZE_MAX, &text, &error);
        gzip.data[bit / 8] ^= flip;
        if (result == 0) {
            assert_int_equal(text.len, strlen(plain_text));
            assert_memory_equal(text.data, plain_text, text.len);
        } else {
            assert_int_equal(error.kind, ERROR_INPUT);
        }
        if (bit / 8 >= gzip.len - 8)
            assert_int_equal(result, -1);
    }
    buffer_free(&gzip);
    buffer_free(&text);
}

/* Damage must be reported with its place and what is wrong. */
static void test_damage_messages(void **state)
{
    struct buffer gzip;

    (void)state;
    buffer_init(&gzip, MIB);
    put_member(&gzip, plain_text, strlen(plain_text), false);
    gzip.data[gzip.len - 8] ^= 1;
    check_refused(&gzip, gzip.len,
                  " (incorrect data check); create or transfer the file again");
    gzip.data[gzip.len - 8] ^= 1;
    gzip.data[gzip.len - 1] ^= 1;
    check_refused(&gzip, gzip.len, " (incorrect length check);");
    gzip.data[gzip.len - 1] ^= 1;
    gzip.data[2] = 7;
    check_refused(&gzip, gzip.len, " (unknown compression method)");
    gzip.data[2] = 8;
    gzip.data[10] = 7;
    check_refused(&gzip, gzip.len, ": the gzip data is damaged before byte ");
    buffer_free(&gzip);
}

/* What follows gzip data and is no gzip member must be rejected, from its first
 * byte on, also after zeros. */
static void test_junk(void **state)
{
    static const struct {
        const char *text;
        size_t len;
    } junk[] = {
        {"\n", 1},       {"\0x", 2},          {"junk", 4},
        {"\x1F\x8A", 2}, {"\x1F\x1F\x8B", 3}, {"\0\0\0\0\0\0\0\x1F\x8B", 9},
    };
    struct buffer gzip;
    char message[200];
    size_t good;

    (void)state;
    buffer_init(&gzip, MIB);
    put_member(&gzip, plain_text, strlen(plain_text), false);
    put_member(&gzip, plain_text, 20, false);
    good = gzip.len;
    (void)snprintf(message, sizeof(message),
                   ": the gzip data ends after %zu bytes, but other bytes "
                   "follow; create or transfer the file again",
                   good);
    for (size_t i = 0; i < COUNT(junk); i++) {
        (void)buffer_append(&gzip, junk[i].text, junk[i].len);
        check_refused(&gzip, gzip.len, message);
        gzip.len = good;
    }
    buffer_free(&gzip);
}

/* Zeros after the last member, as on a tape, must be accepted, however many. */
static void test_zero_padding(void **state)
{
    struct buffer gzip;

    (void)state;
    buffer_init(&gzip, MIB);
    put_member(&gzip, plain_text, strlen(plain_text), false);
    for (unsigned i = 0; i < 200000; i++) {
        (void)buffer_append(&gzip, "", 1);
        if (i == 0 || i == 511 || i == 199999)
            check_good(&gzip, gzip.len, plain_text, strlen(plain_text));
    }
    buffer_free(&gzip);
}

/* Little data with much text must come in chunks of bounded size. */
static void test_bomb(void **state)
{
    struct buffer zeros, gzip, text;
    struct error error;

    (void)state;
    buffer_init(&zeros, 20 * MIB);
    buffer_init(&gzip, 30 * MIB);
    buffer_init(&text, 100 * MIB);
    assert_int_equal(buffer_reserve(&zeros, 20 * MIB), 0);
    memset(zeros.data, 0, 20 * MIB);
    put_member(&gzip, zeros.data, 20 * MIB, false);
    assert_int_equal(read_pieces(gzip.data, gzip.len, SIZE_MAX, &text, &error),
                     0);
    assert_int_equal(text.len, 20 * MIB);
    buffer_free(&zeros);
    buffer_free(&gzip);
    buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recognizes),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_flipped_bit),
        cmocka_unit_test(test_damage_messages),
        cmocka_unit_test(test_junk),
        cmocka_unit_test(test_zero_padding),
        cmocka_unit_test(test_bomb),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
