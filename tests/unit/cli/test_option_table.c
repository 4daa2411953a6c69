#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/option_table.h"

/* The table is sorted by group, and by name within a group. */
static void test_table_is_sorted(void **state)
{
    const struct option_spec *spec;

    (void)state;
    for (spec = option_table + 1; spec->name; spec++) {
        assert_true(spec[-1].group <= spec->group);
        if (spec[-1].group == spec->group)
            assert_true(strcmp(spec[-1].name, spec->name) < 0);
    }
}

/* Short options are unique and take no value, as the parser and the command
 * that resumes a run assume. */
static void test_letters(void **state)
{
    const struct option_spec *spec;

    (void)state;
    for (spec = option_table; spec->name; spec++) {
        if (!spec->letter)
            continue;
        assert_null(spec->argument);
        assert_ptr_equal(option_table_find_letter(spec->letter), spec);
    }
    assert_null(option_table_find_letter('?'));
    assert_null(option_table_find_letter('\0'));
}

/* An option is found by its full name only, with or without a value. */
static void test_names(void **state)
{
    const struct option_spec *spec = option_table_find("--timeout");

    (void)state;
    assert_non_null(spec);
    assert_string_equal(spec->name, "timeout");
    assert_ptr_equal(option_table_find("--timeout=5"), spec);
    assert_null(option_table_find("--time"));
    assert_null(option_table_find("--timeouts"));
    assert_null(option_table_find("timeout"));
    assert_null(option_table_find("-timeout"));
    assert_null(option_table_find("--"));
}

/* What a command must show itself is never inherited: what it does, to which
 * rows, what becomes of an earlier run, and which protection is off. */
static void test_inheritance(void **state)
{
    static const char *const never[] = {"allow-suspicious",
                                        "approve",
                                        "check",
                                        "config",
                                        "dry-run",
                                        "export",
                                        "force",
                                        "help",
                                        "ignore-guards",
                                        "limit",
                                        "list",
                                        "merge",
                                        "plan",
                                        "profile",
                                        "raw-messages",
                                        "reconcile",
                                        "report-values",
                                        "resolve",
                                        "restart",
                                        "resume",
                                        "retry-failed",
                                        "review",
                                        "shard",
                                        "shard-by",
                                        "show-config",
                                        "sign-in",
                                        "skip",
                                        "template",
                                        "unset",
                                        "version",
                                        "where",
                                        "whoami",
                                        "yes",
                                        "zero"};
    const struct option_spec *spec;

    (void)state;
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
        for (spec = option_table; spec->name; spec++)
            if (strcmp(spec->name, never[i]) == 0 &&
                option_table_inherits(spec))
                fail_msg("--%s", spec->name);
    assert_true(option_table_inherits(option_table_find("--rate")));
    assert_true(option_table_inherits(option_table_find("--quiet")));
}

/* Setting an option to the default that is shown changes nothing. */
static void test_standard(void **state)
{
    const struct option_spec *spec;
    struct options standard, set;
    struct error error;

    (void)state;
    option_table_set_defaults(&standard);
    memcpy(&set, &standard, sizeof(set));
    for (spec = option_table; spec->name; spec++) {
        if (!spec->standard)
            continue;
        assert_int_equal(spec->set(&set, spec, spec->standard, &error), 0);
    }
    assert_string_equal(set.clear_token, standard.clear_token);
    set.clear_token = standard.clear_token;
    assert_memory_equal(&set, &standard, sizeof(set));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inheritance),     cmocka_unit_test(test_standard),
        cmocka_unit_test(test_table_is_sorted), cmocka_unit_test(test_letters),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
