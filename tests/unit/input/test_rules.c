#include "records.h"

static void assert_refused(const struct input_rules *rules, const char *part)
{
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(input_rules_check(rules, &error), -1);
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, part))
        fail_msg("%s", error.text);
}

/* A --map to an unknown column must be refused as wrong usage. */
static void test_maps(void **state)
{
    char from[] = "Mail";
    struct name_pair maps[] = {{from, "Emial"}};
    struct input_rules rules = make_rules();
    struct error error;

    (void)state;
    rules.maps = maps;
    rules.map_count = 1;
    assert_refused(&rules, "--map: there is no column Emial; did you mean "
                           "--map 'Mail=Email'?");
    maps[0].to = "Xyzzy";
    assert_refused(&rules, "there is no column Xyzzy; name one with --map "
                           "'Mail=COLUMN'");
    maps[0].to = " contactinfo.EMAIL ";
    assert_int_equal(input_rules_check(&rules, &error), 0);
}

/* --allow-suspicious must name a column, and not one that identifies the user.
 */
static void test_allows(void **state)
{
    char column[32] = "Phone";
    const struct name_pair allows[] = {{column, NULL}};
    struct input_rules rules = make_rules();
    struct error error;

    (void)state;
    rules.allows = allows;
    rules.allow_count = 1;
    assert_refused(&rules, "there is no column Phone; did you mean Phone1?");
    (void)snprintf(column, sizeof(column), "UserId");
    assert_refused(&rules, "Id identifies the user, and must be correct");
    (void)snprintf(column, sizeof(column), "phone1");
    assert_int_equal(input_rules_check(&rules, &error), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_maps),
        cmocka_unit_test(test_allows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
