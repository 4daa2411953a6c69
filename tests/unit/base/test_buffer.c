#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"

/* All appended bytes must be there in order, followed by a NUL. */
static void test_append(void **unused)
{
    struct buffer buffer;

    (void)unused;
    buffer_init(&buffer, 1000);
    assert_null(buffer.data);
    assert_int_equal(buffer_append(&buffer, "ab\0c", 4), 0);
    assert_int_equal(buffer_puts(&buffer, "de"), 0);
    assert_int_equal(buffer_printf(&buffer, "%d%s", 42, "f"), 0);
    assert_int_equal(buffer.len, 9);
    assert_memory_equal(buffer.data, "ab\0cde42f", 10);
    buffer_free(&buffer);
}

/* Appending nothing must change nothing, also in an unused buffer. */
static void test_append_nothing(void **unused)
{
    struct buffer buffer;

    (void)unused;
    buffer_init(&buffer, 10);
    assert_int_equal(buffer_append(&buffer, NULL, 0), 0);
    assert_int_equal(buffer_puts(&buffer, ""), 0);
    assert_int_equal(buffer.len, 0);
    assert_string_equal(buffer.data, "");
    buffer_free(&buffer);
}

/* The bytes must stay unchanged whenever the memory grows. */
static void test_growth(void **unused)
{
    struct buffer buffer;

    (void)unused;
    buffer_init(&buffer, 100000);
    for (size_t i = 0; i < 100000; i++) {
        char byte = (char)(i * 7);

        assert_int_equal(buffer_append(&buffer, &byte, 1), 0);
        assert_true(buffer.size > buffer.len);
        assert_true(buffer.size <= buffer.max + 1);
    }
    for (size_t i = 0; i < 100000; i++) {
        if (buffer.data[i] != (char)(i * 7))
            fail_msg("byte %zu", i);
    }
    buffer_free(&buffer);
}

/* Numbers must be appended in decimal, to both ends of 64 bits. */
static void test_numbers(void **unused)
{
    struct buffer buffer;

    (void)unused;
    buffer_init(&buffer, 33);
    assert_int_equal(buffer_put_number(&buffer, 0), 0);
    assert_int_equal(buffer_puts(&buffer, " "), 0);
    assert_int_equal(buffer_put_number(&buffer, 9007199254), 0);
    assert_int_equal(buffer_puts(&buffer, " "), 0);
    assert_int_equal(buffer_put_number(&buffer, UINT64_MAX), 0);
    assert_string_equal(buffer.data, "0 9007199254 18446744073709551615");
    assert_int_equal(buffer_put_number(&buffer, 7), -1);
    buffer_free(&buffer);
}

/* The maximum must be reached exactly; one byte more is refused with EFBIG and
 * changes nothing. */
static void test_maximum(void **unused)
{
    struct buffer buffer;

    (void)unused;
    buffer_init(&buffer, 5);
    assert_int_equal(buffer_puts(&buffer, "abc"), 0);
    errno = 0;
    assert_int_equal(buffer_puts(&buffer, "def"), -1);
    assert_int_equal(errno, EFBIG);
    assert_int_equal(buffer_printf(&buffer, "%s", "def"), -1);
    assert_int_equal(buffer_reserve(&buffer, SIZE_MAX), -1);
    assert_string_equal(buffer.data, "abc");
    assert_int_equal(buffer.len, 3);
    assert_int_equal(buffer_printf(&buffer, "%s", "de"), 0);
    assert_string_equal(buffer.data, "abcde");
    assert_int_equal(buffer_append(&buffer, "f", 1), -1);
    assert_int_equal(buffer_append(&buffer, "", 0), 0);
    buffer_free(&buffer);
}

/* Reserved room must be writable, and reserving must change neither length nor
 * text. */
static void test_reserve(void **unused)
{
    struct buffer buffer;

    (void)unused;
    buffer_init(&buffer, 10000);
    assert_int_equal(buffer_puts(&buffer, "x"), 0);
    assert_int_equal(buffer_reserve(&buffer, 5000), 0);
    assert_int_equal(buffer.len, 1);
    assert_string_equal(buffer.data, "x");
    assert_true(buffer.size >= 5002);
    memset(buffer.data + 1, 'y', 5000);
    buffer_free(&buffer);
}

/* A cleared buffer must be empty and keep its memory, a freed one must be
 * usable again with the same maximum. */
static void test_clear_and_free(void **unused)
{
    struct buffer buffer;
    const char *memory;

    (void)unused;
    buffer_init(&buffer, 20);
    buffer_clear(&buffer);
    assert_int_equal(buffer_puts(&buffer, "something"), 0);
    memory = buffer.data;
    buffer_clear(&buffer);
    assert_string_equal(buffer.data, "");
    assert_int_equal(buffer_puts(&buffer, "else"), 0);
    assert_ptr_equal(buffer.data, memory);
    assert_string_equal(buffer.data, "else");
    buffer_free(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.len, 0);
    assert_int_equal(buffer_puts(&buffer, "12345678901234567890"), 0);
    assert_int_equal(buffer_puts(&buffer, "1"), -1);
    buffer_free(&buffer);
    buffer_free(&buffer);
}

/* Each byte must become two lowercase digits, and a buffer without room for all
 * of them stay unchanged. */
static void test_put_hex(void **state)
{
    static const unsigned char bytes[] = {0x00, 0x0F, 0xA5, 0xFF};
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 10);
    assert_int_equal(buffer_puts(&buffer, "x="), 0);
    assert_int_equal(buffer_put_hex(&buffer, bytes, sizeof(bytes)), 0);
    assert_string_equal(buffer.data, "x=000fa5ff");
    assert_int_equal(buffer.len, 10);
    assert_int_equal(buffer_put_hex(&buffer, bytes, 1), -1);
    assert_string_equal(buffer.data, "x=000fa5ff");
    assert_int_equal(buffer_put_hex(&buffer, bytes, 0), 0);
    buffer_free(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_append_nothing),
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_maximum),
        cmocka_unit_test(test_reserve),
        cmocka_unit_test(test_clear_and_free),
        cmocka_unit_test(test_put_hex),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
