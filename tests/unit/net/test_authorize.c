#include "net/authorize.h"

#include "unit.h"

/* The challenge must be that of RFC 7636, appendix B. */
static void test_challenge(void **state)
{
    char challenge[AUTHORIZE_TEXT_SIZE];

    (void)state;
    assert_int_equal(
        authorize_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                            challenge),
        0);
    assert_string_equal(challenge,
                        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

/* Each sign-in must have its own verifier and state of 43 allowed characters
 * (RFC 7636, section 4.1), and the challenge of its verifier. */
static void test_secrets(void **state)
{
    struct authorize_secrets one, other;
    char challenge[AUTHORIZE_TEXT_SIZE];

    (void)state;
    assert_int_equal(authorize_make_secrets(&one, &random_system), 0);
    assert_int_equal(authorize_make_secrets(&other, &random_system), 0);
    assert_int_equal(strlen(one.verifier), 43);
    assert_int_equal(strlen(one.state), 43);
    assert_int_equal(strspn(one.verifier, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "abcdefghijklmnopqrstuvwxyz"
                                          "0123456789-_"),
                     43);
    assert_string_not_equal(one.verifier, one.state);
    assert_string_not_equal(one.verifier, other.verifier);
    assert_string_not_equal(one.state, other.state);
    assert_int_equal(authorize_challenge(one.verifier, challenge), 0);
    assert_string_equal(one.challenge, challenge);
}

static void check_url(bool google, const char *expected)
{
    const struct authorize_secrets secrets = {
        .verifier = "secret", .challenge = "challenge", .state = "state"};
    const struct authorize_request request = {
        .url = "https://login.example/authorize",
        .client_id = "id",
        .scope = "a/b offline_access",
        .redirect_uri = "http://localhost:1234",
        .secrets = &secrets,
        .google = google,
    };
    struct buffer url;

    buffer_init(&url, 1000);
    assert_int_equal(authorize_build_url(&url, &request), 0);
    assert_string_equal(url.data, expected);
    buffer_free(&url);
}

/* The address must contain the fields of RFC 6749 and RFC 7636, encoded, and
 * never the verifier; Google's needs access_type to return a refresh token. */
static void test_url(void **state)
{
    (void)state;
    check_url(false,
              "https://login.example/authorize?client_id=id&response_type=code"
              "&redirect_uri=http%3A%2F%2Flocalhost%3A1234"
              "&scope=a%2Fb%20offline_access&state=state"
              "&code_challenge=challenge&code_challenge_method=S256"
              "&response_mode=query&prompt=select_account");
    check_url(true,
              "https://login.example/authorize?client_id=id&response_type=code"
              "&redirect_uri=http%3A%2F%2Flocalhost%3A1234"
              "&scope=a%2Fb%20offline_access&state=state"
              "&code_challenge=challenge&code_challenge_method=S256"
              "&prompt=consent&access_type=offline");
}

/* An address that does not fit must be refused. */
static void test_url_too_long(void **state)
{
    const struct authorize_secrets secrets = {.state = "state"};
    const struct authorize_request request = {.url = "https://login.example",
                                              .client_id = "id",
                                              .scope = "scope",
                                              .redirect_uri = "uri",
                                              .secrets = &secrets};
    struct buffer url;

    (void)state;
    buffer_init(&url, 50);
    assert_int_equal(authorize_build_url(&url, &request), -1);
    buffer_free(&url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_challenge),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_url),
        cmocka_unit_test(test_url_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
