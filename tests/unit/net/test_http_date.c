#include "net/http_date.h"

#include "unit.h"

#define NOW INT64_C(1767323045) /* Fri, 02 Jan 2026 03:04:05 GMT */

static void assert_date(const char *text, int64_t expected)
{
    int64_t seconds = 0;

    if (http_date_parse(text, NOW, &seconds))
        fail_msg("no date: %s", text);
    if (seconds != expected)
        fail_msg("%s: %lld", text, (long long)seconds);
}

/* All three formats of RFC 9110 must give the same moment. */
static void test_formats(void **state)
{
    (void)state;
    assert_date("Sun, 06 Nov 1994 08:49:37 GMT", 784111777);
    assert_date("Sunday, 06-Nov-94 08:49:37 GMT", 784111777);
    assert_date("Sun Nov  6 08:49:37 1994", 784111777);
    assert_date("Wed Nov 16 08:49:37 1994", 784975777);
}

/* Each month must be known, leap days and leap seconds must exist. */
static void test_calendar(void **state)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr",
                                         "May", "Jun", "Jul", "Aug",
                                         "Sep", "Oct", "Nov", "Dec"};
    static const int days[] = {0,   31,  59,  90,  120, 151,
                               181, 212, 243, 273, 304, 334};
    char text[64];

    (void)state;
    for (size_t i = 0; i < COUNT(months); i++) {
        (void)snprintf(text, sizeof(text), "Xxx, 01 %s 1970 00:00:00 GMT",
                       months[i]);
        assert_date(text, (int64_t)days[i] * 86400);
    }
    assert_date("Thu, 29 Feb 2024 00:00:00 GMT", 1709164800);
    assert_date("Sat, 31 Dec 2016 23:59:60 GMT", 1483228800);
    assert_date("Wed, 31 Dec 1969 23:59:59 GMT", -1);
}

/* Two digits of a year must mean the latest year that is at most 50 years
 * ahead. */
static void test_century(void **state)
{
    (void)state;
    assert_date("Friday, 02-Jan-26 03:04:05 GMT", NOW);
    assert_date("Saturday, 02-Jan-27 03:04:05 GMT", NOW + 365 * 86400);
    assert_date("Thursday, 02-Jan-70 00:00:00 GMT", INT64_C(3155846400));
    assert_date("Sunday, 02-Jan-77 00:00:00 GMT", 221011200);
    assert_date("Friday, 02-Jan-99 00:00:00 GMT", 915235200);
    assert_date("Thursday, 29-Feb-96 00:00:00 GMT", 825552000);
}

/* Whatever is not a date must be refused. */
static void test_no_dates(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        ",",
        "today",
        "Sun,",
        "Sun, ",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 ",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:49:37 GMT+1",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Wed, 29 Feb 2023 00:00:00 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 31-Feb-94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov  6 08:49:37 94",
        "Sun Nov  6 08:49:37 1994 GMT",
        "1994-11-06T08:49:37Z",
        "06 Nov 1994 08:49:37 GMT",
    };
    int64_t seconds = 7;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (http_date_parse(texts[i], NOW, &seconds) == 0)
            fail_msg("taken for a date: '%s'", texts[i]);
}

/* Retry-After must be milliseconds from now, between 0 and a year, for a number
 * and for a date; anything else must be ignored. */
static void test_retry_after(void **state)
{
    static const int64_t year = (int64_t)365 * 24 * 3600 * 1000;
    static const struct {
        const char *value;
        int64_t expected;
    } cases[] = {
        {"0", 0},
        {"7", 7000},
        {"0120", 120000},
        {"-5", 0},
        {"-0", 0},
        {"31536000", year},
        {"31536001", year},
        {"99999999999999999999999999", year},
        {"Fri, 02 Jan 2026 03:05:35 GMT", 90000},
        {"Friday, 02-Jan-26 03:05:35 GMT", 90000},
        {"Fri, 02 Jan 2026 03:04:05 GMT", 0},
        {"Fri, 02 Jan 2026 03:04:04 GMT", 0},
        {"Fri, 02 Jan 2099 03:04:05 GMT", year},
        {"", -1},
        {"-", -1},
        {"--5", -1},
        {"+5", -1},
        {"1.5", -1},
        {"5 s", -1},
        {"soon", -1},
        {"Fri, 02 Jan 2026", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t delay = http_date_parse_retry_after(cases[i].value, NOW);

        if (delay != cases[i].expected)
            fail_msg("'%s': %lld", cases[i].value, (long long)delay);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),     cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_century),     cmocka_unit_test(test_no_dates),
        cmocka_unit_test(test_retry_after),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
