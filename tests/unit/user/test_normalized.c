#include "unit.h"

#include "user/normalized.h"

/* Texts that differ in case, spaces and punctuation only must be the same. */
static void test_same(void **state)
{
    static const char *const pairs[][2] = {
        {"Ulm", "ULM"},
        {"Ulm", " ulm "},
        {"+49 (30) 12-34", "+4930 1234"},
        {"Müller", "MÜLLER"},
        {"Łódź", "ŁÓDŹ"},
        {"Žižkov", "žižkov"},
        {"Иваново", "ИВАНОВО"},
        {"Ѐ", "ѐ"},
        {"Ἀθήνα α", "ἈΘήΝΑ Α"},
        {"東京", "東京 "},
        {"A\xC2\xA0"
         "B",
         "a b"},
        {"O’Brien", "O'BRIEN"},
        {"😀a", "😀A"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        if (!normalized_is_same(pairs[i][0], pairs[i][1]) ||
            !normalized_is_same(pairs[i][1], pairs[i][0]))
            fail_msg("%s and %s differ", pairs[i][0], pairs[i][1]);
    }
}

/* Another letter or digit must be a difference, and so must be texts without
 * any. */
static void test_different(void **state)
{
    static const char *const pairs[][2] = {
        {"Ulm", "Ulme"},  {"Ulm", "Elm"}, {"Müller", "Muller"}, {"12", "1 3"},
        {"東京", "京都"}, {"", ""},       {"-", "-"},           {"Ulm", ""},
        {"ā", "ă"},       {"×", "÷"},     {"Ж", "З"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        if (normalized_is_same(pairs[i][0], pairs[i][1]) ||
            normalized_is_same(pairs[i][1], pairs[i][0]))
            fail_msg("%s and %s are the same", pairs[i][0], pairs[i][1]);
    }
}

/* Texts must be alike if they differ in letter case and in what nobody sees;
 * not if they differ in punctuation. */
static void test_alike(void **state)
{
    static const struct {
        const char *a, *b;
        bool alike;
    } cases[] = {
        {"Ulm", " ULM\xC2\xA0", true},
        {"Jo Doe", "jo\xE2\x80\x8B doe", true},
        {"Bad Ems", "BadEms", true},
        {"Müller", "MÜLLER", true},
        {" ", NULL, true},
        {NULL, "", true},
        {"+49 30 12", "+493012", true},
        {"+49-30", "+49 30", false},
        {"Ulm", "Ulm.", false},
        {"Ulm", NULL, false},
        {"Ulm", "Elm", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (normalized_is_alike(cases[i].a, cases[i].b) != cases[i].alike ||
            normalized_is_alike(cases[i].b, cases[i].a) != cases[i].alike)
            fail_msg("case %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_different),
        cmocka_unit_test(test_alike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
