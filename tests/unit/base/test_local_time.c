#include "unit.h"

#include <stdlib.h>
#include <time.h>

#include "base/local_time.h"

static void set_zone(const char *zone)
{
    assert_int_equal(setenv("TZ", zone, 1), 0);
    tzset();
}

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"

/* The next time must be found across midnight, a month, and a change of the
 * clock: a skipped time is the moment after it, a repeated one the first. */
static void test_next(void **state)
{
    static const struct {
        const char *now, *time, *next; /* now in UTC */
    } cases[] = {
        {"2026-11-29 21:00", "06:00", "2026-11-30 06:00 +0100"},
        {"2026-11-29 04:00", "06:00", "2026-11-29 06:00 +0100"},
        {"2026-11-29 05:00", "06:00", "2026-11-30 06:00 +0100"},
        {"2026-11-30 22:59", "00:00", "2026-12-01 00:00 +0100"},
        {"2026-03-28 23:00", "02:30", "2026-03-29 03:00 +0200"},
        {"2026-03-28 23:00", "06:00", "2026-03-29 06:00 +0200"},
        {"2026-10-24 22:30", "02:30", "2026-10-25 02:30 +0200"},
        {"2026-10-25 00:30", "02:30", "2026-10-25 02:30 +0100"},
        {"2026-10-24 22:30", "06:00", "2026-10-25 06:00 +0100"},
        {"2026-11-29 21:00", "2026-12-24T18:30", "2026-12-24 18:30 +0100"},
        {"2026-01-01 00:00", "2026-03-29 02:30", "2026-03-29 03:00 +0200"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct local_time time;
        char text[LOCAL_TIME_SIZE];
        int64_t now;

        set_zone("UTC0");
        assert_int_equal(local_time_parse("2000-01-01T00:00", &time), 0);
        assert_int_equal(local_time_parse(cases[i].now, &time), 0);
        now = local_time_next(&time, 0);
        set_zone(BERLIN);
        assert_int_equal(local_time_parse(cases[i].time, &time), 0);
        local_time_format(text, local_time_next(&time, now));
        assert_string_equal(text, cases[i].next);
    }
}

/* A date in the past, or one that no calendar has, must have no moment. */
static void test_past(void **state)
{
    static const char *const texts[] = {"2026-11-29T21:00", "2026-02-30T06:00"};
    struct local_time time;

    (void)state;
    set_zone("UTC0");
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_int_equal(local_time_parse(texts[i], &time), 0);
        assert_int_equal(local_time_next(&time, INT64_C(1795986000)), -1);
    }
}

/* Other texts must be rejected. */
static void test_rejected(void **state)
{
    static const char *const texts[] = {
        "",           "6",       "24:00",
        "06:60",      "6pm",     "06:00:00",
        "2026-11-30", "06:00 ",  "2026-13-01T00:00",
        "-1:00",      "\t06:00",
    };
    struct local_time time;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (local_time_parse(texts[i], &time) == 0)
            fail_msg("%s is accepted", texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next),
        cmocka_unit_test(test_past),
        cmocka_unit_test(test_rejected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
