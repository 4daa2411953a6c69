#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/suggest.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *suggestion_for(const char *wanted)
{
    static const char *const names[] = {
        "City",      "Email",  "EmailFormat",
        "FirstName", "Id",     "Fax",
        "Phone1",    "Phone2", "ContactInfo.Address.City",
    };
    struct suggestion suggestion;

    suggest_init(&suggestion, wanted);
    for (size_t i = 0; i < COUNT(names); i++)
        suggest_offer(&suggestion, names[i]);
    return suggestion.name;
}

/* A mistyped name must find the one that was meant. */
static void test_mistakes(void **state)
{
    static const char *const cases[][2] = {
        {"Citty", "City"},
        {"icty", "City"},
        {"CITI", "City"},
        {"Mail", "Email"},
        {"E-Mail", "Email"},
        {"first_name", "FirstName"},
        {"First Name", "FirstName"},
        {"Phone", "Phone1"},
        {"Phone3", "Phone1"},
        {"ContactInfo.Adress.City", "ContactInfo.Address.City"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *name = suggestion_for(cases[i][0]);

        if (!name)
            fail_msg("nothing is similar to %s", cases[i][0]);
        assert_string_equal(name, cases[i][1]);
    }
}

/* A prefix must find its name, however much is missing. */
static void test_prefixes(void **state)
{
    (void)state;
    assert_string_equal(suggestion_for("contactinfo"),
                        "ContactInfo.Address.City");
    assert_string_equal(suggestion_for("emailfo"), "EmailFormat");
}

/* A name that is similar to none must get no suggestion. */
static void test_dissimilar(void **state)
{
    static const char *const strangers[] = {
        "", "x", "q1", "i", "Em", "Vorname", "Town", "Postcode", "Salutation"};

    (void)state;
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
        const char *name = suggestion_for(strangers[i]);

        if (name)
            fail_msg("%s is said to be near to %s", name, strangers[i]);
    }
}

/* Of two equally similar names the first one must be kept. */
static void test_first_wins(void **state)
{
    (void)state;
    assert_string_equal(suggestion_for("Phone9"), "Phone1");
}

/* One letter inserted, deleted, replaced or swapped must each count 1, letter
 * case nothing, and both directions the same. */
static void test_distance(void **state)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } cases[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"City", "cITY", 0},
        {"City", "Citys", 1},
        {"City", "Cty", 1},
        {"City", "Cizy", 1},
        {"City", "Ciyt", 1},
        {"City", "iCty", 1},
        {"ca", "abc", 3}, /* optimal string alignment, not Damerau's 2 */
        {"kitten", "sitting", 3},
        {"Email", "Mail", 1},
        {"PostalCode", "PostCode", 2},
        {"abcdef", "ghijkl", 6},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(suggest_distance(cases[i].a, cases[i].b),
                         cases[i].distance);
        assert_int_equal(suggest_distance(cases[i].b, cases[i].a),
                         cases[i].distance);
    }
}

/* A name of 64 bytes must be compared, one of 65 is never similar. */
static void test_distance_of_long_names(void **state)
{
    char name[66];

    (void)state;
    memset(name, 'x', 65);
    name[65] = '\0';
    assert_true(suggest_distance(name, "x") == SIZE_MAX);
    assert_true(suggest_distance("x", name) == SIZE_MAX);
    name[64] = '\0';
    assert_int_equal(suggest_distance(name, "x"), 63);
    assert_int_equal(suggest_distance("", name), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_distance_of_long_names),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_dissimilar),
        cmocka_unit_test(test_first_wins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
