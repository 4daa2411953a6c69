#include "unit.h"

#include "input/problems.h"

static void add(struct problems *problems, const char *brief)
{
    struct error only;

    (void)error_set(&only, ERROR_INPUT, "only %s", brief);
    problems_add(problems, &only, "%s", brief);
}

/* A single problem must have its own message; several must be listed, with
 * advice if a column is unknown, and those without room must be counted. */
static void test_messages(void **state)
{
    struct problems problems = {.count = 0};
    struct error error;

    (void)state;
    add(&problems, "this");
    assert_int_equal(problems_refuse(&problems, "in.csv", &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_string_equal(error.text, "only this");
    add(&problems, "that");
    (void)problems_refuse(&problems, "in.csv", &error);
    assert_string_equal(error.text, "in.csv: header: 2 problems: this; that");
    problems.unknown = true;
    (void)problems_refuse(&problems, "in.csv", &error);
    assert_non_null(
        strstr(error.text, "2 problems: this; that. Rename columns"));
    assert_non_null(strstr(error.text, "--ignore-unknown"));
    for (unsigned i = 0; i < 1000; i++)
        add(&problems, "another problem");
    (void)problems_refuse(&problems, "in.csv", &error);
    assert_non_null(
        strstr(error.text, "in.csv: header: 1002 problems: this; "));
    assert_non_null(strstr(error.text, " more. Rename columns"));
    assert_non_null(
        strstr(error.text, "or all unknown ones with --ignore-unknown"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
