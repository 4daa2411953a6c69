#include "base/duration.h"

#include "unit.h"

/* A duration must be written in the unit that suits it, rounded. */
static void test_duration(void **state)
{
    static const struct {
        int64_t milliseconds;
        const char *text;
    } cases[] = {
        {INT64_MIN, "0 s"},
        {-1, "0 s"},
        {0, "0 s"},
        {499, "0 s"},
        {500, "1 s"},
        {59499, "59 s"},
        {59500, "1 min"},
        {89499, "1 min"},
        {89500, "2 min"},
        {3569000, "59 min"},
        {3570000, "1 h 0 min"},
        {100000000, "27 h 47 min"},
        {INT64_MAX, "2562047788015 h 13 min"},
    };
    char text[DURATION_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        duration_format(text, cases[i].milliseconds);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_duration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
