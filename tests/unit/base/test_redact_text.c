#include "base/redact_text.h"

#include "unit.h"

static void assert_redacted(const char *text, bool truncated, const char *value,
                            const char *expected)
{
    char copy[REDACT_TEXT_SIZE];

    (void)snprintf(copy, sizeof(copy), "%s", text);
    redact_text(copy, truncated, value);
    assert_string_equal(copy, expected);
}

/* Each occurrence of a value must be replaced, whether it is shorter or longer
 * than what replaces it. */
static void test_occurrences(void **state)
{
    (void)state;
    assert_redacted("abc and abc", false, "abc", "*** and ***");
    assert_redacted("secretsecret", false, "secret", "******");
    assert_redacted("a secret value.", false, "secret value", "a ***.");
    assert_redacted("nothing", false, "secret", "nothing");
    assert_redacted("", false, "secret", "");
}

/* A value of less than three bytes must stay: it would hide the message. */
static void test_short_values(void **state)
{
    (void)state;
    assert_redacted("a b ab", false, "ab", "a b ab");
    assert_redacted("a b ab", false, "", "a b ab");
}

/* A value with control characters must be found as the text shows it. */
static void test_cleaned_values(void **state)
{
    (void)state;
    assert_redacted("at House 7U+001B now", false, "House\t7\x1B",
                    "at *** now");
}

/* The beginning of a value at the end of a truncated text must be replaced, if
 * it has three bytes or more; in a complete text it must stay. */
static void test_truncated_values(void **state)
{
    (void)state;
    assert_redacted("the sec", true, "secret", "the ***");
    assert_redacted("the se", true, "secret", "the se");
    assert_redacted("the sec", false, "secret", "the sec");
    assert_redacted("secre", true, "secret", "***");
    assert_redacted("secret", true, "secret", "***");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_occurrences),
        cmocka_unit_test(test_short_values),
        cmocka_unit_test(test_cleaned_values),
        cmocka_unit_test(test_truncated_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
