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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_different),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
