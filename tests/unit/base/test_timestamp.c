#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/timestamp.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Times must be parsed to the nanosecond and converted to UTC. */
static void test_parses(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
        int32_t nanoseconds;
    } cases[] = {
        {"1970-01-01T00:00:00", 0, 0},
        {"1970-01-01T00:00:00Z", 0, 0},
        {"1969-12-31T23:59:59Z", -1, 0},
        {"1969-12-31T23:59:59.25Z", -1, 250000000},
        {"2026-01-02T03:04:05", 1767323045, 0},
        {"2026-01-02T04:04:05+01:00", 1767323045, 0},
        {"2026-01-01T21:34:05-05:30", 1767323045, 0},
        {"2026-01-02T17:04:05+14:00", 1767323045, 0},
        {"2026-01-02T03:04:05.0", 1767323045, 0},
        {"2026-01-02T03:04:05.1230Z", 1767323045, 123000000},
        {"2026-01-02T03:04:05.1234567", 1767323045, 123456700},
        {"2026-01-02T03:04:05.1234567899999Z", 1767323045, 123456789},
        {"2000-02-29T00:00:00Z", 951782400, 0},
        {"2000-03-01T00:00:00Z", 951868800, 0},
        {"2024-02-29T24:00:00Z", 1709251200, 0},
        {"0001-01-01T00:00:00Z", -62135596800, 0},
        {"9999-12-31T23:59:59Z", 253402300799, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct timestamp timestamp;

        if (timestamp_parse(cases[i].text, &timestamp))
            fail_msg("%s", cases[i].text);
        assert_true(timestamp.seconds == cases[i].seconds);
        assert_int_equal(timestamp.nanoseconds, cases[i].nanoseconds);
    }
}

/* What is no dateTime, or no day of the calendar, must be refused. */
static void test_refuses(void **state)
{
    static const char *const cases[] = {
        "",
        "2026",
        "2026-01-02",
        "2026-01-02 03:04:05",
        "2026-01-02t03:04:05z",
        "2026-1-2T03:04:05",
        "26-01-02T03:04:05",
        "12026-01-02T03:04:05",
        "-2026-01-02T03:04:05",
        "0000-01-01T00:00:00",
        "2026-00-02T03:04:05",
        "2026-13-02T03:04:05",
        "2026-01-00T03:04:05",
        "2026-01-32T03:04:05",
        "2026-04-31T03:04:05",
        "2026-02-29T03:04:05",
        "1900-02-29T03:04:05",
        "2026-01-02T25:00:00",
        "2026-01-02T24:00:01",
        "2026-01-02T24:01:00",
        "2026-01-02T24:00:00.001",
        "2026-01-02T03:60:05",
        "2026-01-02T03:04:60",
        "2026-01-02T03:04",
        "2026-01-02T03:04:05.",
        "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05ZZ",
        "2026-01-02T03:04:05 Z",
        "2026-01-02T03:04:05+01",
        "2026-01-02T03:04:05+0100",
        "2026-01-02T03:04:05+01:60",
        "2026-01-02T03:04:05+14:01",
        "2026-01-02T03:04:05-15:00",
        "2026-01-02T03:04:05+01:00x",
        " 2026-01-02T03:04:05",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct timestamp timestamp = {42, 42};

        if (timestamp_parse(cases[i], &timestamp) != -1)
            fail_msg("%s", cases[i]);
        assert_int_equal(timestamp.seconds, 42);
    }
}

/* Times must be ordered by their seconds, then by their nanoseconds. */
static void test_compares(void **state)
{
    static const struct timestamp times[] = {
        {-1, 999999999}, {0, 0}, {0, 1}, {1, 0}, {INT64_C(1) << 40, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT(times); i++)
        for (size_t k = 0; k < COUNT(times); k++) {
            int order = timestamp_compare(&times[i], &times[k]);

            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
}

/* Texts must be compared by their times; what is no time is before nothing, and
 * nothing is before it. */
static void test_before(void **state)
{
    static const struct timestamp second = {1, 0};

    (void)state;
    assert_true(timestamp_is_before("1970-01-01T00:00:00.9Z", &second));
    assert_false(timestamp_is_before("1970-01-01T00:00:01Z", &second));
    assert_false(timestamp_is_before("", &second));
    assert_true(timestamp_text_is_before("2026-01-02T03:04:05.5",
                                         "2026-01-02T03:04:05.51Z"));
    assert_true(timestamp_text_is_before("2026-01-02T03:04:05+01:00",
                                         "2026-01-02T03:04:05"));
    assert_false(timestamp_text_is_before("2026-01-02T03:04:05",
                                          "2026-01-02T03:04:05.0Z"));
    assert_false(timestamp_text_is_before("2026-01-02T03:04:05", ""));
    assert_false(timestamp_text_is_before("", "2026-01-02T03:04:05"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parses),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_compares),
        cmocka_unit_test(test_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
