#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/suggest.h"

static const char *nearest_of(const char *wanted)
{
    static const char *const names[] = {
        "City",      "Email",  "EmailFormat",
        "FirstName", "Id",     "Fax",
        "Phone1",    "Phone2", "ContactInfo.Address.City",
    };
    struct suggestion nearest;

    suggest_init(&nearest, wanted);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        suggest_offer(&nearest, names[i]);
    return nearest.name;
}

/* A slip of the finger finds the name that was meant. */
static void test_slips(void **state)
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
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *name = nearest_of(cases[i][0]);

        if (!name)
            fail_msg("nothing is near to %s", cases[i][0]);
        assert_string_equal(name, cases[i][1]);
    }
}

/* The beginning of a name finds it, however much is missing. */
static void test_beginnings(void **state)
{
    (void)state;
    assert_string_equal(nearest_of("contactinfo"), "ContactInfo.Address.City");
    assert_string_equal(nearest_of("emailfo"), "EmailFormat");
}

/* What resembles nothing gets no advice. */
static void test_strangers(void **state)
{
    static const char *const strangers[] = {
        "", "x", "q1", "i", "Em", "Vorname", "Town", "Postcode", "Salutation"};

    (void)state;
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
        const char *name = nearest_of(strangers[i]);

        if (name)
            fail_msg("%s is said to be near to %s", name, strangers[i]);
    }
}

/* Of two names equally near the first one offered is kept. */
static void test_first_wins(void **state)
{
    (void)state;
    assert_string_equal(nearest_of("Phone9"), "Phone1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slips),
        cmocka_unit_test(test_beginnings),
        cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_first_wins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
