#include "base/http.h"

#include "unit.h"

/* Each failure must have a name of its own, and success none. */
static void test_failure_names(void **state)
{
    (void)state;
    assert_string_equal(http_failure_name(HTTP_OK), "");
    assert_string_equal(http_failure_name(HTTP_CONNECT_FAILED),
                        "ConnectionFailed");
    assert_string_equal(http_failure_name(HTTP_TLS_FAILED), "TlsFailed");
    assert_string_equal(http_failure_name(HTTP_TIMED_OUT), "Timeout");
    assert_string_equal(http_failure_name(HTTP_BROKEN), "ConnectionLost");
    assert_string_equal(http_failure_name(HTTP_TOO_LARGE), "ResponseTooLarge");
    assert_string_equal(http_failure_name(HTTP_NO_MEMORY), "OutOfMemory");
}

/* The status must decide the name of an unexpected response. */
static void test_unexpected_names(void **state)
{
    static const long successes[] = {200, 204, 299},
                      others[] = {100, 302, 404, 503, 300};

    (void)state;
    for (size_t i = 0; i < COUNT(successes); i++)
        assert_string_equal(http_unexpected_name(successes[i]),
                            "UnexpectedResponse");
    for (size_t i = 0; i < COUNT(others); i++)
        assert_string_equal(http_unexpected_name(others[i]), "HttpError");
}

/* A proxy's user must have a name and a colon; the password may be anything. */
static void test_proxy_user(void **state)
{
    (void)state;
    assert_true(http_is_proxy_user("a:b"));
    assert_true(http_is_proxy_user("a b::"));
    assert_true(http_is_proxy_user("a:"));
    assert_false(http_is_proxy_user(""));
    assert_false(http_is_proxy_user(":b"));
    assert_false(http_is_proxy_user("a"));
}

/* The explanation must contain status, reason, size and type; a missing type
 * and text that is no type must be left out. */
static void test_explanation(void **state)
{
    struct http_response response = make_response(503, "<html>");
    char text[128];

    (void)state;
    response.content_type = "text/html";
    http_explain_unexpected(&response, "not JSON", text, sizeof(text));
    assert_string_equal(text, "unexpected response with HTTP status 503: "
                              "not JSON (6 bytes of text/html)");
    response.content_type = "";
    http_explain_unexpected(&response, "not JSON", text, sizeof(text));
    assert_string_equal(text, "unexpected response with HTTP status 503: "
                              "not JSON (6 bytes)");
    response.content_type = "a\033b";
    http_explain_unexpected(&response, "x", text, sizeof(text));
    assert_string_equal(text, "unexpected response with HTTP status 503: x "
                              "(6 bytes)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failure_names),
        cmocka_unit_test(test_unexpected_names),
        cmocka_unit_test(test_proxy_user),
        cmocka_unit_test(test_explanation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
