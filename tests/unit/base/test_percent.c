#include "unit.h"

#include <errno.h>

#include "base/percent.h"

/* Unreserved characters stay, every other byte becomes %XX in uppercase. */
static void test_encoding(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"AZaz09-._~", "AZaz09-._~"},
        {"a b+c", "a%20b%2Bc"},
        {"a/../b", "a%2F..%2Fb"},
        {"%41&=?#", "%2541%26%3D%3F%23"},
        {"\xC3\xA9\x01\x7F\xFF", "%C3%A9%01%7F%FF"},
    };
    struct buffer buffer;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        buffer_init(&buffer, 100);
        assert_int_equal(buffer_puts(&buffer, "="), 0);
        assert_int_equal(percent_encode(&buffer, cases[i][0]), 0);
        assert_string_equal(buffer.data + 1, cases[i][1]);
        buffer_free(&buffer);
    }
}

/* A text that does not fit is an error, and the buffer's limit is kept. */
static void test_limit(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 5);
    assert_int_equal(percent_encode(&buffer, "a//"), -1);
    assert_int_equal(errno, EFBIG);
    assert_string_equal(buffer.data, "a%2F");
    buffer_free(&buffer);
}

/* A text must be decoded byte by byte, with '+' as a space, up to its length.
 */
static void test_decoding(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"a-._~Z", "a-._~Z"},
        {"a+b%2bc", "a b+c"},
        {"%C3%a9", "\xC3\xA9"},
        {"%25%34%31", "%41"},
        {"%7F%01", "\x7F\x01"},
    };
    struct buffer buffer;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        buffer_init(&buffer, 100);
        assert_int_equal(buffer_puts(&buffer, "="), 0);
        assert_int_equal(
            percent_decode(&buffer, cases[i][0], strlen(cases[i][0])), 0);
        assert_string_equal(buffer.data + 1, cases[i][1]);
        buffer_free(&buffer);
    }
    buffer_init(&buffer, 100);
    assert_int_equal(percent_decode(&buffer, "a%41b", 4), 0);
    assert_string_equal(buffer.data, "aA");
    buffer_free(&buffer);
}

/* A '%' without two digits and a NUL must be refused, and a text that does not
 * fit. */
static void test_malformed(void **state)
{
    static const char *const cases[] = {"%", "%4", "%4g", "%g4", "%00", "a%"};
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 100);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        errno = 0;
        assert_int_equal(percent_decode(&buffer, cases[i], strlen(cases[i])),
                         -1);
        assert_int_equal(errno, EINVAL);
    }
    assert_int_equal(percent_decode(&buffer, "%411", 2), -1);
    buffer_free(&buffer);
    buffer_init(&buffer, 2);
    assert_int_equal(percent_decode(&buffer, "abc", 3), -1);
    assert_int_equal(errno, EFBIG);
    buffer_free(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encoding),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_decoding),
        cmocka_unit_test(test_malformed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
