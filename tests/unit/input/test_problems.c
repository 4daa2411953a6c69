#include "unit.h"

#include "input/problems.h"

static struct column_name name_of(const char *text)
{
    return (struct column_name){text, strlen(text)};
}

static const char *message(const struct problems *problems)
{
    static struct error error;

    assert_int_equal(problems_refuse(problems, &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    return error.text;
}

/* A single problem must have its own message; several must be listed, with
 * advice if a column is unknown, and those without room must be counted. */
static void test_messages(void **state)
{
    struct problems problems;

    (void)state;
    problems_init(&problems, "in.csv", &service_rest, service_rest.key);
    problems_add_absent(&problems, "--map", "Mail", NULL);
    assert_string_equal(message(&problems),
                        "in.csv: header: there is no column \"Mail\"; correct "
                        "or remove the option --map that names it");
    problems_add_no_key(&problems);
    assert_string_equal(message(&problems),
                        "in.csv: header: 2 problems: there is no column "
                        "\"Mail\" as in --map; there is no column Id. Find the "
                        "Ids of users by their names with --resolve");
    problems_add_unknown(&problems, 2, name_of("Xyzzy"));
    assert_non_null(strstr(message(&problems),
                           "column 3: unknown column \"Xyzzy\". Rename "
                           "columns"));
    for (unsigned i = 0; i < 1000; i++)
        problems_add_unknown(&problems, i, name_of("Xyzzy"));
    assert_non_null(strstr(message(&problems), "in.csv: header: 1003 "));
    assert_non_null(strstr(message(&problems), " more. Rename columns"));
    assert_non_null(strstr(message(&problems),
                           "or all unknown ones with --ignore-unknown"));
}

/* A misspelled Id must be one problem, not two. */
static void test_misspelled_key(void **state)
{
    struct problems problems;

    (void)state;
    problems_init(&problems, "in.csv", &service_rest, service_rest.key);
    problems_add_unknown(&problems, 0, name_of("[Id]"));
    problems_add_no_key(&problems);
    assert_string_equal(message(&problems),
                        "in.csv: header, column 1: unknown column \"[Id]\"; "
                        "did you mean Id? --map '[Id]=Id' renames it, --ignore "
                        "'[Id]' ignores it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_misspelled_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
