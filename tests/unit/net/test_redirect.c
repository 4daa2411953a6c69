#include "net/redirect.h"

#include "unit.h"

#define STATE "s-1_x"

static void check(enum redirect_verdict expected, const char *address)
{
    struct redirect redirect;
    enum redirect_verdict verdict = redirect_parse(address, STATE, &redirect);

    if (verdict != expected)
        fail_msg("%d instead of %d: %s", (int)verdict, (int)expected, address);
    assert_int_equal(verdict == REDIRECT_CODE, redirect.code != NULL);
    redirect_clear(&redirect);
    assert_null(redirect.code);
}

static void check_code(const char *address, const char *code)
{
    struct redirect redirect;

    assert_int_equal(redirect_parse(address, STATE, &redirect), REDIRECT_CODE);
    assert_string_equal(redirect.code, code);
    redirect_clear(&redirect);
}

/* A code must be found in a whole address, and in its part from the path on:
 * decoded, among unknown fields, before a fragment, with white space around. */
static void test_code(void **state)
{
    (void)state;
    check_code("http://localhost:1/?code=abc&state=" STATE, "abc");
    check_code("/?state=" STATE "&code=abc", "abc");
    check_code(
        "  https://login.example/nativeclient?code=M.C507%2a%21%24&state="
        "s%2D1_x&session_state=9\r\n",
        "M.C507*!$");
    check_code("/?x&&code=a%2Bb&iss=https%3a//x&state=" STATE "#fragment",
               "a+b");
}

/* An address with another state, or with none, must not count, whatever else is
 * in it. */
static void test_foreign(void **state)
{
    (void)state;
    check(REDIRECT_FOREIGN, "/?code=abc&state=other");
    check(REDIRECT_FOREIGN, "/?code=abc&state=s-1_");
    check(REDIRECT_FOREIGN, "/?code=abc&state=s-1_xx");
    check(REDIRECT_FOREIGN, "/?code=abc&state=S-1_X");
    check(REDIRECT_FOREIGN, "/?code=abc&state=");
    check(REDIRECT_FOREIGN, "/?code=abc");
    check(REDIRECT_FOREIGN, "/?error=access_denied");
    check(REDIRECT_FOREIGN, "/?error=access_denied&state=other");
    check(REDIRECT_FOREIGN, "/?client_id=id&state=other");
}

/* What is no redirect must be refused: no query, neither code nor error, fields
 * that are repeated or malformed, and codes that no form could carry. */
static void test_invalid(void **state)
{
    char *large = malloc(2 * REDIRECT_MAX);

    (void)state;
    check(REDIRECT_INVALID, "");
    check(REDIRECT_INVALID, "abc");
    check(REDIRECT_INVALID, "/");
    check(REDIRECT_INVALID, "/?");
    check(REDIRECT_INVALID, "/?x=1");
    check(REDIRECT_INVALID, "/#code=abc&state=" STATE);
    check(REDIRECT_INVALID, "/?state=" STATE);
    check(REDIRECT_INVALID, "/?code=&state=" STATE);
    check(REDIRECT_INVALID, "/?code&state=" STATE);
    check(REDIRECT_INVALID, "/?code=a&code=a&state=" STATE);
    check(REDIRECT_INVALID, "/?code=a&state=" STATE "&state=" STATE);
    check(REDIRECT_INVALID, "/?code=&code=a&state=" STATE);
    check(REDIRECT_INVALID, "/?code=a%2&state=" STATE);
    check(REDIRECT_INVALID, "/?code=a%zz&state=" STATE);
    check(REDIRECT_INVALID, "/?code=a%00b&state=" STATE);
    check(REDIRECT_INVALID, "/?code=a%0d%0ab&state=" STATE);
    check(REDIRECT_INVALID, "/?code=a+b&state=" STATE);
    check(REDIRECT_INVALID, "/?code=%e4&state=" STATE);
    (void)snprintf(large, 2 * REDIRECT_MAX, "/?state=" STATE "&code=%0*d",
                   REDIRECT_MAX, 1);
    check(REDIRECT_INVALID, large);
    free(large);
}

/* An error must have its name and its description, made safe to print; a code
 * beside it must not count. */
static void test_error(void **state)
{
    struct redirect redirect;

    (void)state;
    assert_int_equal(redirect_parse("/?error=access_denied&code=x"
                                    "&error_description=AADSTS65004%3a+User%0d"
                                    "%0adeclined%1b&state=" STATE,
                                    STATE, &redirect),
                     REDIRECT_ERROR);
    assert_null(redirect.code);
    assert_int_equal(redirect.error.kind, OAUTH_REFUSED);
    assert_string_equal(redirect.error.name, "access_denied");
    assert_string_equal(redirect.error.text,
                        "AADSTS65004: User declinedU+001B");
    assert_int_equal(
        redirect_parse("/?error=%1b[2J&state=" STATE, STATE, &redirect),
        REDIRECT_ERROR);
    assert_string_equal(redirect.error.name, "invalid_error");
    assert_string_equal(redirect.error.text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_code),
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_invalid),
        cmocka_unit_test(test_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
