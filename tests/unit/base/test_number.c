#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/number.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Numbers up to both ends of 64 bits must be read exactly. */
static void test_parses(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {
        {"0", 0},
        {"-0", 0},
        {"7", 7},
        {"-1", -1},
        {"0009", 9},
        {"9007199254740993", 9007199254740993},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775807", -INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"-0000000000000000000009223372036854775808", INT64_MIN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t value = 42;

        assert_int_equal(number_parse_long(cases[i].text, &value), 0);
        assert_true(value == cases[i].value);
    }
}

/* What is no whole decimal number within 64 bits must be refused, and leave
 * the value alone. */
static void test_refuses(void **state)
{
    static const char *const cases[] = {
        "",
        "-",
        "+1",
        "--1",
        " 1",
        "1 ",
        "1.0",
        "9.1E+18",
        "0x10",
        "1,000",
        "12a",
        "\xD9\xA1",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "99999999999999999999999999",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t value = 42;

        assert_int_equal(number_parse_long(cases[i], &value), -1);
        assert_int_equal(value, 42);
    }
}

/* Every three digits must be separated, up to the largest number. */
static void test_group_digits(void **state)
{
    char text[NUMBER_GROUPED_SIZE];

    (void)state;
    assert_string_equal(number_group_digits(text, 0), "0");
    assert_string_equal(number_group_digits(text, 999), "999");
    assert_string_equal(number_group_digits(text, 1000), "1,000");
    assert_string_equal(number_group_digits(text, 1234567), "1,234,567");
    assert_string_equal(number_group_digits(text, UINT64_MAX),
                        "18,446,744,073,709,551,615");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parses),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_group_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
