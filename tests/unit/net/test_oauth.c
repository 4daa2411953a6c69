#include "net/oauth.h"

#include "base/secret_file.h"
#include "failing_memory.h"
#include "unit.h"

#define HOUR INT64_C(3600000) /* milliseconds */
#define TYPE "\"token_type\":\"Bearer\""

/* ---- the form ----------------------------------------------------------- */

static int build(struct buffer *body, const char *id, const char *secret,
                 const char *scope, const char *token)
{
    const struct oauth_form form = {.client_id = id,
                                    .scope = scope,
                                    .grant_type = OAUTH_BY_REFRESH_TOKEN,
                                    .refresh_token = token,
                                    .client_secret = secret};

    return oauth_build_form(body, &form);
}

/* The form must contain the fields of RFC 6749, percent-encoded; a client
 * without a secret must send none. */
static void test_form(void **state)
{
    struct buffer body;

    (void)state;
    buffer_init(&body, 1000);
    assert_int_equal(build(&body, "id", NULL, "a b", "r/1"), 0);
    assert_string_equal(body.data, "client_id=id&scope=a%20b&grant_type="
                                   "refresh_token&refresh_token=r%2F1");
    buffer_clear(&body);
    assert_int_equal(build(&body, "i&d", "s=1", "a", "r"), 0);
    assert_string_equal(body.data,
                        "client_id=i%26d&scope=a&grant_type=refresh_token&"
                        "refresh_token=r&client_secret=s%3D1");
    buffer_free(&body);
}

/* The buffer must not grow while secrets are appended, even if every byte needs
 * three. */
static void test_form_does_not_move(void **state)
{
    struct buffer body;
    char *data;

    (void)state;
    buffer_init(&body, 10000);
    assert_int_equal(buffer_reserve(&body, 1), 0);
    assert_int_equal(build(&body, "////", "////", "////", "////"), 0);
    data = body.data;
    assert_true(body.len < body.size);
    buffer_clear(&body);
    assert_int_equal(build(&body, "////", "////", "////", "////"), 0);
    assert_ptr_equal(body.data, data);
    buffer_free(&body);
}

/* A form that does not fit must be refused. */
static void test_form_too_large(void **state)
{
    struct buffer body;

    (void)state;
    buffer_init(&body, 100);
    assert_int_equal(build(&body, "id", NULL, "scope", "token"), -1);
    buffer_free(&body);
}

/* ---- grants ------------------------------------------------------------- */

static struct cJSON *parse(const char *body, struct oauth_grant *grant)
{
    struct http_response response = make_response(200, body);
    struct oauth_error error = {.name = ""};
    struct cJSON *document = oauth_parse_response(&response, grant, &error);

    if (!document)
        fail_msg("refused: %s: %s %s", body, error.name, error.text);
    return document;
}

/* A grant must have an access token; token_type may be absent or
 * empty. */
static void test_grant(void **state)
{
    struct oauth_grant grant;
    struct cJSON *document;

    (void)state;
    document = parse("{" TYPE ",\"expires_in\":1500,\"access_token\":\"a.b\","
                     "\"refresh_token\":\"r.2\",\"scope\":\"x y\"}",
                     &grant);
    assert_string_equal(grant.access_token, "a.b");
    assert_int_equal(grant.life, 1500000);
    json_wipe(document);
    document = parse("{\"token_type\":\"bEARER\",\"access_token\":\"a\","
                     "\"refresh_token\":null}",
                     &grant);
    json_wipe(document);
    json_wipe(parse("{\"access_token\":\"a\"}", &grant));
    json_wipe(parse("{\"access_token\":\"a\",\"token_type\":null}", &grant));
    json_wipe(parse("{\"access_token\":\"a\",\"token_type\":\"\"}", &grant));
    json_wipe(parse("\xEF\xBB\xBF{\"access_token\":\"a\"}", &grant));
    json_wipe(parse("{\"access_token\":\"a\",\"refresh_token\":\"\"}", &grant));
}

/* The life must be any number or a string, an hour if it is absent or makes no
 * sense, a second at least and a day at most. */
static void test_lives(void **state)
{
    static const struct {
        const char *member;
        int64_t life;
    } lives[] = {
        {"", HOUR},
        {",\"expires_in\":null", HOUR},
        {",\"expires_in\":1", 1000},
        {",\"expires_in\":\"3599\"", 3599000},
        {",\"expires_in\":86399", 24 * HOUR - 1000},
        {",\"expires_in\":86400", 24 * HOUR},
        {",\"expires_in\":999999999999999", 24 * HOUR},
        {",\"expires_in\":99999999999999999999", 24 * HOUR},
        {",\"expires_in\":1e400", 24 * HOUR},
        {",\"expires_in\":3599.0", 3599000},
        {",\"expires_in\":3.6e3", HOUR},
        {",\"expires_in\":1.5", 1500},
        {",\"expires_in\":0.001", 1000},
        {",\"expires_in\":\" 3599.5 \"", 3599500},
        {",\"expires_in\":0", HOUR},
        {",\"expires_in\":\"0\"", HOUR},
        {",\"expires_in\":-5", HOUR},
        {",\"expires_in\":\"\"", HOUR},
        {",\"expires_in\":\"soon\"", HOUR},
        {",\"expires_in\":\"0x10\"", HOUR},
        {",\"expires_in\":\"nan\"", HOUR},
        {",\"expires_in\":\"3599 s\"", HOUR},
        {",\"expires_in\":true", HOUR},
        {",\"expires_in\":[]", HOUR},
    };
    char body[128];

    (void)state;
    for (size_t i = 0; i < COUNT(lives); i++) {
        struct oauth_grant grant;

        (void)snprintf(body, sizeof(body),
                       "{" TYPE ",\"access_token\":\"a\"%s}", lives[i].member);
        json_wipe(parse(body, &grant));
        assert_int_equal(grant.life, lives[i].life);
    }
}

/* ---- errors ------------------------------------------------------------- */

static struct oauth_error refuse(const struct http_response *response)
{
    struct oauth_grant grant;
    struct oauth_error error;

    memset(&error, 0x55, sizeof(error));
    if (oauth_parse_response(response, &grant, &error))
        fail_msg("accepted: %s", response->body);
    return error;
}

static struct oauth_error refuse_body(long status, const char *body)
{
    const struct http_response response = make_response(status, body);

    return refuse(&response);
}

/* Why a response is not a grant must be said, and it must be worth another
 * try: it does not come from the token endpoint. */
static void test_no_grants(void **state)
{
    static const struct {
        const char *body;
        const char *why;
    } cases[] = {
        {"", "empty"},
        {"<html>wait</html>", "HTTP status 200"},
        {"[]", "access_token"},
        {"{" TYPE "}", "access_token"},
        {"{" TYPE ",\"access_token\":7}", "access_token"},
        {"{" TYPE ",\"access_token\":\"\"}", "access_token"},
        {"{" TYPE ",\"access_token\":\"a b\"}", "access_token"},
        {"{\"access_token\":\"a\",\"token_type\":\"mac\"}", "token_type"},
        {"{\"access_token\":\"a\",\"token_type\":{}}", "token_type"},
        {"{" TYPE ",\"access_token\":\"a\",\"refresh_token\":\"b c\"}",
         "refresh_token"},
        {"{" TYPE ",\"access_token\":\"a\",\"refresh_token\":9}",
         "refresh_token"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct oauth_error error = refuse_body(200, cases[i].body);

        assert_int_equal(error.kind, OAUTH_RETRY);
        assert_string_equal(error.name, "UnexpectedResponse");
        assert_false(error.truncated);
        if (!strstr(error.text, cases[i].why))
            fail_msg("%s: %s", cases[i].body, error.text);
    }
}

/* A token longer than any that can be kept must be refused, the longest one
 * accepted. */
static void test_longest_token(void **state)
{
    struct buffer body;
    struct oauth_grant grant;
    char *token = calloc(1, SECRET_FILE_MAX + 2);

    (void)state;
    assert_non_null(token);
    buffer_init(&body, 2 * SECRET_FILE_MAX);
    for (size_t len = SECRET_FILE_MAX; len <= SECRET_FILE_MAX + 1; len++) {
        memset(token, 'x', len);
        buffer_clear(&body);
        assert_int_equal(
            buffer_printf(&body, "{" TYPE ",\"access_token\":\"%s\"}", token),
            0);
        if (len == SECRET_FILE_MAX)
            json_wipe(parse(body.data, &grant));
        else
            assert_string_equal(refuse_body(200, body.data).name,
                                "UnexpectedResponse");
    }
    buffer_free(&body);
    free(token);
}

/* An error of RFC 6749 must keep its name and description, and its kind must
 * follow from its name and the status. */
static void test_proper_errors(void **state)
{
    static const struct {
        long status;
        const char *name;
        enum oauth_error_kind kind;
    } cases[] = {
        {400, "invalid_grant", OAUTH_REFUSED},
        {401, "invalid_client", OAUTH_REFUSED},
        {403, "access_denied", OAUTH_REFUSED},
        {200, "invalid_grant", OAUTH_REFUSED},
        {302, "invalid_request", OAUTH_REFUSED},
        {408, "invalid_request", OAUTH_RETRY},
        {500, "invalid_grant", OAUTH_RETRY},
        {503, "invalid_grant", OAUTH_RETRY},
        {400, "temporarily_unavailable", OAUTH_RETRY},
        {429, "temporarily_unavailable", OAUTH_RETRY},
        {400, "server_error", OAUTH_RETRY},
        {429, "slow_down", OAUTH_THROTTLED},
        {429, "invalid_grant", OAUTH_THROTTLED},
    };
    char body[128];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct oauth_error error;

        (void)snprintf(body, sizeof(body),
                       "{\"error\":\"%s\",\"error_description\":\"a\\u001bb\"}",
                       cases[i].name);
        error = refuse_body(cases[i].status, body);
        if (error.kind != cases[i].kind)
            fail_msg("%ld %s: %d", cases[i].status, cases[i].name, error.kind);
        assert_string_equal(error.name, cases[i].name);
        assert_string_equal(error.text, "aU+001Bb");
        assert_false(error.truncated);
    }
}

/* A description may be absent; a long one must be marked as truncated. */
static void test_descriptions(void **state)
{
    struct oauth_error error;
    char body[1000];
    const int max = OAUTH_TEXT_SIZE - 1;

    (void)state;
    error = refuse_body(400, "{\"error\":\"invalid_grant\"}");
    assert_int_equal(error.kind, OAUTH_REFUSED);
    assert_string_equal(error.text, "");
    assert_false(error.truncated);
    for (int len = max - 1; len < max + 3; len++) {
        (void)snprintf(body, sizeof(body),
                       "{\"error\":\"a\",\"error_description\":\"%*d\"}", len,
                       1);
        error = refuse_body(400, body);
        assert_int_equal(error.truncated, len > max);
        assert_int_equal(strlen(error.text), len > max ? max : len);
    }
}

#define IDS                                                                    \
    "Trace ID: 00000000-0000-0000-0000-000000000001%sCorrelation ID: "         \
    "00000000-0000-0000-0000-000000000002%sTimestamp: 2026-01-02 03:04:05Z"

/* Microsoft's description must keep its code, ids and time, however long it is;
 * its line ends must become spaces, and it must lose whole words only. */
static void test_long_descriptions(void **state)
{
    char body[2000], ids[200], words[1200];

    (void)state;
    (void)snprintf(ids, sizeof(ids), IDS, " ", " ");
    for (size_t len = 100; len < 1000; len += 7) {
        struct oauth_error error;
        size_t shown;

        for (size_t i = 0; i < len; i++)
            words[i] = i % 10 == 9 ? ' ' : 'w';
        words[len] = '\0';
        (void)snprintf(body, sizeof(body),
                       "{\"error\":\"a\",\"error_description\":\"AADSTS90033: "
                       "%s\\r\\n" IDS "\"}",
                       words, "\\r\\n", "\\n");
        error = refuse_body(503, body);
        assert_false(error.truncated);
        assert_int_equal(strncmp(error.text, "AADSTS90033: www", 16), 0);
        shown = strlen(error.text);
        assert_string_equal(error.text + shown - strlen(ids), ids);
        if (len > 400) {
            assert_true(shown > OAUTH_TEXT_SIZE - 12);
            assert_non_null(strstr(error.text, "wwwwwwwww ... Trace"));
        }
    }
}

/* ---- new refresh tokens -------------------------------------------------- */

static void assert_found(const char *body, const char *token)
{
    struct http_response response = make_response(200, body);
    char *found;

    assert_int_equal(oauth_find_refresh_token(&response, &found), 0);
    if (!found != !token || (token && strcmp(found, token) != 0))
        fail_msg("%s in %s", found ? found : "none", body);
    secret_file_free(found);
}

/* A new refresh token must be found in whatever is around it. */
static void test_refresh_token_found(void **state)
{
    static const char *const bodies[] = {
        "{\"refresh_token\":\"R2\"}",
        "{\"access_token\":\"a\",\"refresh_token\" : \"R2\" }",
        "{\"refresh_token\":\"R1\",\"refresh_token\":\"R2\"}",
        "{\"refresh_token\":\"\\u0052\\u0032\"}",
        "{\"error\":\"invalid_grant\",\"refresh_token\":\"R2\"}",
        "{\"expires_in\":{},\"access_token\":7,\"refresh_token\":\"R2\"}",
        "{\"n\":[{\"refresh_token\":\"no\"}],\"refresh_token\":\"R2\"}",
        "{\"a\":\"\\\"{\",\"refresh_token\":\"R2\",\"b\":\"refresh_token\"}",
        "{\"a\":\"refresh_token\",\"refresh_token\":\"R2\"}",
        "\xEF\xBB\xBF \n{\"refresh_token\":\"R2\"}",
        /* Not JSON: incomplete, twice the same, not UTF-8, half a character. */
        "{\"refresh_token\":\"R2\",\"access_token\":\"cut",
        "{\"refresh_token\":\"R2\"",
        "{\"a\":1,\"a\":2,\"refresh_token\":\"R2\"} junk",
        "{\"a\":\"\xFF\",\"refresh_token\":\"R2\"}",
        ("{\"a\":\"\\ud83d\",\"b\":99999999999999999999,"
         "\"refresh_token\":\"R2\"}"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++)
        assert_found(bodies[i], "R2");
}

/* What is not a whole refresh token must not be taken for one. */
static void test_refresh_token_not_found(void **state)
{
    static const char *const bodies[] = {
        "",
        "{}",
        "{\"refresh_token\":\"\"}",
        "{\"refresh_token\":null}",
        "{\"refresh_token\":[\"R2\"]}",
        "{\"refresh_token\":1,\"a\":\"R2\"}",
        "{\"refresh_token\":\"R2",
        "{\"refresh_token\":\"R 2\"}",
        "{\"refresh_token\":\"R\\n2\"}",
        "{\"refresh_token\":\"R\\u00002\"}",
        "{\"refresh_token\":\"R\xFF\"}",
        "{\"refresh_token\",\"R2\"}",
        "{\"Refresh_Token\":\"R2\"}",
        "{\"a\":{\"refresh_token\":\"R2\"}}",
        "[\"refresh_token\",\"R2\"]",
        "<script>{\"refresh_token\":\"R2\"}</script>",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++)
        assert_found(bodies[i], NULL);
}

/* What is not an error of RFC 6749 must be named by the status and must not
 * refuse the sign-in. */
static void test_unexpected(void **state)
{
    static const struct {
        long status;
        const char *body;
        const char *name;
        enum oauth_error_kind kind;
    } cases[] = {
        {204, "", "UnexpectedResponse", OAUTH_RETRY},
        {201, "{" TYPE ",\"access_token\":\"a\"}", "UnexpectedResponse",
         OAUTH_RETRY},
        {302, "", "HttpError", OAUTH_RETRY},
        {400, "<html>", "HttpError", OAUTH_RETRY},
        {400, "{\"error\":{\"code\":1}}", "HttpError", OAUTH_RETRY},
        {400, "{\"error\":\"\"}", "HttpError", OAUTH_RETRY},
        {400, "{\"error\":\"Has Spaces\"}", "HttpError", OAUTH_RETRY},
        {400,
         "{\"error\":\"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
         "abcdefghijkl\"}",
         "HttpError", OAUTH_RETRY},
        {401, "", "HttpError", OAUTH_RETRY},
        {401, "{}", "HttpError", OAUTH_RETRY},
        {503, "{}", "HttpError", OAUTH_RETRY},
        {429, "", "HttpError", OAUTH_THROTTLED},
        {429, "{}", "HttpError", OAUTH_THROTTLED},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct oauth_error error = refuse_body(cases[i].status, cases[i].body);

        if (error.kind != cases[i].kind ||
            strcmp(error.name, cases[i].name) != 0)
            fail_msg("%ld %s: %d %s", cases[i].status, cases[i].body,
                     error.kind, error.name);
        assert_non_null(strstr(error.text, "HTTP status "));
    }
}

/* A call without a response must be worth another try, unless this machine has
 * no memory; the explanation must be fit to be shown. */
static void test_failures(void **state)
{
    static const struct {
        enum http_failure failure;
        const char *name;
        enum oauth_error_kind kind;
    } cases[] = {
        {HTTP_CONNECT_FAILED, "ConnectionFailed", OAUTH_RETRY},
        {HTTP_TLS_FAILED, "TlsFailed", OAUTH_RETRY},
        {HTTP_TIMED_OUT, "Timeout", OAUTH_RETRY},
        {HTTP_BROKEN, "ConnectionLost", OAUTH_RETRY},
        {HTTP_TOO_LARGE, "ResponseTooLarge", OAUTH_RETRY},
        {HTTP_NO_MEMORY, "OutOfMemory", OAUTH_NO_MEMORY},
    };
    struct http_response response =
        make_response(200, "{" TYPE ",\"access_token\":\"must not be read\"}");

    (void)state;
    response.text = "why\n";
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct oauth_error error;

        response.failure = cases[i].failure;
        error = refuse(&response);
        assert_int_equal(error.kind, cases[i].kind);
        assert_string_equal(error.name, cases[i].name);
        assert_string_equal(error.text, "why ");
        assert_false(error.truncated);
    }
}

/* Whichever allocation fails while a grant is read: the lack of memory must be
 * named, and not be taken for an unexpected response. */
static void test_no_memory(void **state)
{
    const struct http_response response = make_response(
        200, "{\"access_token\":\"A\"," TYPE ",\"expires_in\":3599}");
    struct cJSON *document = NULL;
    unsigned long failing = 1;

    (void)state;
    need_failing_memory();
    for (; !document && failing < 1000; failing++) {
        struct oauth_grant grant;
        struct oauth_error error;

        fail_memory_at(failing);
        document = oauth_parse_response(&response, &grant, &error);
        assert_int_equal(end_failing_memory(), !document);
        if (document)
            break;
        assert_int_equal(error.kind, OAUTH_NO_MEMORY);
        assert_string_equal(error.name, "OutOfMemory");
    }
    assert_in_range(failing, 3, 999);
    json_wipe(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_form_does_not_move),
        cmocka_unit_test(test_form_too_large),
        cmocka_unit_test(test_grant),
        cmocka_unit_test(test_lives),
        cmocka_unit_test(test_no_grants),
        cmocka_unit_test(test_longest_token),
        cmocka_unit_test(test_proper_errors),
        cmocka_unit_test(test_descriptions),
        cmocka_unit_test(test_long_descriptions),
        cmocka_unit_test(test_refresh_token_found),
        cmocka_unit_test(test_refresh_token_not_found),
        cmocka_unit_test(test_unexpected),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
