#include "unit.h"

#include <signal.h>
#include <sys/resource.h>

#include "base/secret_file.h"
#include "files.h"
#include "net/auth.h"
#include "service/api_error.h"
#include "service/service.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)

/* The refresh token's file, in a folder of the test's own. */
#define NAME "refresh"
#define NEW  "refresh.new"
#define LOCK "refresh.lock"

/* An auth that uses the file, and its last request and what came of it. */
struct fixture {
    void *folder;
    char file[sizeof(NAME)];
    char client_id[16];
    char client_secret[16];
    struct credentials credentials;
    struct options options;
    struct auth *auth;
    struct http_request request;
    struct api_error api_error;
    struct error error;
};

static void assert_file(const char *path, const char *text)
{
    char held[256] = "";
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    assert_true(fread(held, 1, sizeof(held) - 1, file) > 0);
    fclose(file);
    assert_string_equal(held, text);
}

static void start(struct fixture *fixture)
{
    auth_free(fixture->auth);
    fixture->auth =
        auth_new(&fixture->options, &fixture->credentials, &fixture->error);
    assert_non_null(fixture->auth);
}

static int setup(void **state)
{
    static struct fixture fixture;

    fixture = (struct fixture){.file = NAME,
                               .client_id = "client-1",
                               .options = {.service = &service_rest}};
    if (enter_folder(&fixture.folder))
        return -1;
    make_file(NAME, "s3cret-refresh-1\n", 0600);
    fixture.credentials.client_id = fixture.client_id;
    fixture.credentials.refresh_file = fixture.file;
    buffer_init(&fixture.request.path, HTTP_MAX_REQUEST);
    buffer_init(&fixture.request.body, HTTP_MAX_REQUEST);
    start(&fixture);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    auth_free(fixture->auth);
    buffer_wipe(&fixture->request.path);
    buffer_wipe(&fixture->request.body);
    return leave_folder(&fixture->folder);
}

static enum auth_step step(struct fixture *fixture, struct auth *auth,
                           int64_t now)
{
    buffer_clear(&fixture->request.path);
    buffer_clear(&fixture->request.body);
    return auth_step(auth, now, &fixture->request, &fixture->error);
}

/* A token call must be due now; its body holds the refresh token. */
static void ask(struct fixture *fixture, int64_t now, const char *refresh)
{
    assert_int_equal(auth_wait(fixture->auth, now), 0);
    if (step(fixture, fixture->auth, now) != AUTH_SEND)
        fail_msg("no call: %s", fixture->error.text);
    assert_int_equal(auth_wait(fixture->auth, now), -1);
    if (!strstr(fixture->request.body.data, refresh))
        fail_msg("no %s in: %s", refresh, fixture->request.body.data);
}

static enum auth_step answer(struct fixture *fixture, int64_t now, long status,
                             const char *body)
{
    struct http_response response = make_response(status, body);

    response.retry_after = -1;
    return auth_answer(fixture->auth, now, &response, &fixture->api_error,
                       &fixture->error);
}

static void grant(struct fixture *fixture, int64_t now, const char *body)
{
    if (answer(fixture, now, 200, body) != AUTH_IDLE ||
        *fixture->api_error.name)
        fail_msg("refused: %s %s", fixture->api_error.name,
                 fixture->api_error.text);
}

#define GRANT                                                                  \
    "{\"token_type\":\"Bearer\",\"expires_in\":3600,"                          \
    "\"access_token\":\"s3cret-access\"}"

static void get_token(struct fixture *fixture, int64_t now)
{
    ask(fixture, now, "refresh_token=");
    grant(fixture, now, GRANT);
}

/* Nobody holds the lock. */
static void assert_unlocked(void)
{
    struct secret_file file = {
        .files = &file_system_posix, .variable = "X", .path = NAME};
    struct error error;
    int lock;

    assert_int_equal(secret_file_lock(&file, &lock, &error), 0);
    assert_true(lock >= 0);
    secret_file_unlock(&file, lock);
}

static void assert_no_secret(const char *text)
{
    if (strstr(text, "s3cret"))
        fail_msg("a secret is in: %s", text);
}

/* ---- tokens ------------------------------------------------------------- */

/* An access token from the environment is used as it is, and there is no way to
 * another one. */
static void test_fixed_token(void **state)
{
    struct fixture *fixture = *state;
    char token[] = "given";

    fixture->credentials = (struct credentials){.access_token = token};
    start(fixture);
    assert_null(auth_url(fixture->auth));
    assert_true(auth_is_ready(fixture->auth, INT64_MAX - 1));
    assert_string_equal(auth_token(fixture->auth), "given");
    assert_int_equal(auth_number(fixture->auth), 1);
    assert_int_equal(auth_wait(fixture->auth, 0), -1);
    assert_int_equal(step(fixture, fixture->auth, 0), AUTH_IDLE);
    auth_worked(fixture->auth, 1);
    assert_false(auth_refused(fixture->auth, 1, 0));
}

/* A refresh token is asked for an access token at once, in one way exactly; the
 * answer makes it ready. */
static void test_first_token(void **state)
{
    struct fixture *fixture = *state;

    assert_false(auth_is_ready(fixture->auth, 0));
    assert_null(auth_token(fixture->auth));
    assert_int_equal(auth_number(fixture->auth), 0);
    ask(fixture, 0, "");
    assert_int_equal(fixture->request.target, HTTP_TOKEN);
    assert_int_equal(fixture->request.method, HTTP_POST);
    assert_false(fixture->request.once);
    assert_int_equal(fixture->request.path.len, 0);
    assert_string_equal(fixture->request.body.data,
                        "client_id=client-1&scope=https%3A%2F%2Fads.microsoft."
                        "com%2Fmsads.manage%20offline_access&grant_type="
                        "refresh_token&refresh_token=s3cret-refresh-1");
    assert_int_equal(step(fixture, fixture->auth, 0), AUTH_IDLE);
    assert_false(auth_is_ready(fixture->auth, 0));
    grant(fixture, 0, GRANT);
    assert_true(auth_is_ready(fixture->auth, 0));
    assert_string_equal(auth_token(fixture->auth), "s3cret-access");
    assert_int_equal(auth_number(fixture->auth), 1);
    assert_file(NAME, "s3cret-refresh-1\n");
    assert_unlocked();
}

/* The headers of token calls are those of a form. */
static void test_headers(void **state)
{
    struct buffer headers;

    (void)state;
    buffer_init(&headers, 1000);
    assert_int_equal(auth_build_headers(&headers), 0);
    assert_non_null(strstr(headers.data, "Content-Type: "
                                         "application/x-www-form-urlencoded\n"
                                         "Accept: application/json\n"
                                         "User-Agent: bauser-batch/"));
    buffer_free(&headers);
    buffer_init(&headers, 10);
    assert_int_equal(auth_build_headers(&headers), -1);
    buffer_free(&headers);
}

/* Everything in the body but the unreserved characters is percent-encoded, a
 * confidential client's secret included. */
static void test_form_encoding(void **state)
{
    struct fixture *fixture = *state;

    snprintf(fixture->client_secret, sizeof(fixture->client_secret),
             "a&b=c+d%%e~");
    fixture->credentials.client_secret = fixture->client_secret;
    make_file(NAME, "M.C5/x*!'()-._~$\"\\", 0600);
    ask(fixture, 0,
        "&refresh_token=M.C5%2Fx%2A%21%27%28%29-._~%24%22%5C"
        "&client_secret=a%26b%3Dc%2Bd%25e~");
}

/* Token endpoint and scope go by the environment; --tenant takes its place in
 * the path, BAUSER_TOKEN_URL the place of all. */
static void test_url_and_scope(void **state)
{
    struct fixture *fixture = *state;
    char url[] = "http://127.0.0.1:1/token";

    assert_string_equal(
        auth_url(fixture->auth),
        "https://login.microsoftonline.com/common/oauth2/v2.0/token");
    fixture->options.tenant = "contoso.example";
    start(fixture);
    assert_string_equal(auth_url(fixture->auth),
                        "https://login.microsoftonline.com/contoso.example/"
                        "oauth2/v2.0/token");
    fixture->options.sandbox = true;
    fixture->options.tenant = NULL;
    start(fixture);
    assert_string_equal(
        auth_url(fixture->auth),
        "https://login.windows-ppe.net/consumers/oauth2/v2.0/token");
    ask(fixture, 0,
        "scope=https%3A%2F%2Fapi.ads.microsoft.com%2Fmsads.manage%20"
        "offline_access&");
    fixture->options.tenant = "a/../b";
    start(fixture);
    assert_string_equal(
        auth_url(fixture->auth),
        "https://login.windows-ppe.net/a%2F..%2Fb/oauth2/v2.0/token");
    fixture->credentials.token_url = url;
    start(fixture);
    assert_string_equal(auth_url(fixture->auth), url);
}

/* A token is renewed five minutes before its end, or a fifth of its life where
 * that is less; its life is told in several ways. */
static void test_margin(void **state)
{
    static const struct {
        const char *expires_in;
        int64_t due, end;
    } lives[] = {
        {"\"expires_in\":3600,", 3300 * SECOND, 3600 * SECOND},
        {"\"expires_in\":\"3600\",", 3300 * SECOND, 3600 * SECOND},
        {"\"expires_in\":1500,", 1200 * SECOND, 1500 * SECOND},
        {"\"expires_in\":1000,", 800 * SECOND, 1000 * SECOND},
        {"\"expires_in\":1,", 800, 1000},
        {"", 3300 * SECOND, 3600 * SECOND},
        {"\"expires_in\":null,", 3300 * SECOND, 3600 * SECOND},
        {"\"expires_in\":999999999999999,", 24 * 60 * MINUTE - 5 * MINUTE,
         24 * 60 * MINUTE},
    };
    struct fixture *fixture = *state;
    const int64_t now = 77 * SECOND;
    char body[256];

    for (size_t i = 0; i < COUNT(lives); i++) {
        start(fixture);
        ask(fixture, 0, "");
        snprintf(body, sizeof(body),
                 "{%s\"token_type\":\"bEARER\",\"access_token\":\"a\"}",
                 lives[i].expires_in);
        grant(fixture, now, body);
        assert_int_equal(auth_wait(fixture->auth, now), lives[i].due);
        assert_int_equal(auth_wait(fixture->auth, now + lives[i].due - 1), 1);
        assert_int_equal(auth_wait(fixture->auth, now + lives[i].due), 0);
        assert_true(auth_is_ready(fixture->auth, now + lives[i].end - 1));
        assert_false(auth_is_ready(fixture->auth, now + lives[i].end));
    }
}

/* A new refresh token replaces the file, for its owner alone, and is the one
 * that is used next; what a killed process left behind is no hindrance. */
static void test_rotation(void **state)
{
    struct fixture *fixture = *state;
    struct stat info;

    make_file(NEW, "half", 0600);
    assert_int_equal(chmod(NAME, 0400), 0);
    ask(fixture, 0, "refresh_token=s3cret-refresh-1");
    grant(fixture, 0,
          "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":"
          "\"a\",\"refresh_token\":\"s3cret-refresh-2\"}");
    assert_file(NAME, "s3cret-refresh-2\n");
    assert_int_equal(stat(NAME, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_false(is_there(NEW));
    ask(fixture, 3300 * SECOND, "refresh_token=s3cret-refresh-2");
}

/* ---- trouble ------------------------------------------------------------ */

#define TYPE "\"token_type\":\"Bearer\""

/* An answer that grants nothing and refuses nothing is asked for again; no
 * token comes of it, and the lock is free meanwhile. */
static void test_answers_to_try_again(void **state)
{
    static const struct {
        long status;
        const char *body;
        const char *name;
    } answers[] = {
        {200, "", "UnexpectedResponse"},
        {200, "<html>wait</html>", "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"cut", "UnexpectedResponse"},
        {200, "[]", "UnexpectedResponse"},
        {200, "\"a\"", "UnexpectedResponse"},
        {200, "{" TYPE "}", "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":7}", "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":true}", "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":null}", "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"\"}", "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"a b\"}", "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"a\\r\\nX: y\"}",
         "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"a\\u0000\"}", "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"a\",\"access_token\":\"b\"}",
         "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"\xC3\xA9\"}", "UnexpectedResponse"},
        {200, "{\"access_token\":\"a\"}", "UnexpectedResponse"},
        {200, "{\"access_token\":\"a\",\"token_type\":\"mac\"}",
         "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"a\",\"expires_in\":0}",
         "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"a\",\"expires_in\":-5}",
         "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"a\",\"expires_in\":\"soon\"}",
         "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"a\",\"expires_in\":{}}",
         "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"a\",\"refresh_token\":\"b c\"}",
         "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"a\",\"refresh_token\":\"\"}",
         "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"a\",\"refresh_token\":9}",
         "UnexpectedResponse"},
        {204, "", "UnexpectedResponse"},
        {302, "", "HttpError"},
        {307, "<html>", "HttpError"},
        {400, "<html>", "HttpError"},
        {401, "", "HttpError"},
        {403, "{\"error\":{\"code\":1}}", "HttpError"},
        {404, "{\"error\":\"Has Spaces\"}", "HttpError"},
        {408, "", "HttpError"},
        {500, "", "HttpError"},
        {502, "<html>", "HttpError"},
        {503, "{}", "HttpError"},
        {400, "{\"error\":\"temporarily_unavailable\"}",
         "temporarily_unavailable"},
        {400, "{\"error\":\"server_error\"}", "server_error"},
        {503, "{\"error\":\"invalid_grant\"}", "invalid_grant"},
        {408, "{\"error\":\"invalid_request\"}", "invalid_request"},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(answers); i++) {
        start(fixture);
        ask(fixture, 0, "s3cret-refresh-1");
        if (answer(fixture, 5, answers[i].status, answers[i].body) !=
                AUTH_IDLE ||
            fixture->api_error.action != API_ERROR_RETRY)
            fail_msg("%ld %s is taken for final", answers[i].status,
                     answers[i].body);
        assert_string_equal(fixture->api_error.name, answers[i].name);
        assert_false(auth_is_ready(fixture->auth, 5));
        assert_in_range(auth_wait(fixture->auth, 5), 0, 250);
        assert_unlocked();
        assert_file(NAME, "s3cret-refresh-1\n");
        get_token(fixture, 5 + 250);
        assert_true(auth_is_ready(fixture->auth, 5 + 250));
    }
}

/* A token longer than any that we can keep is no token. */
static void test_token_too_long(void **state)
{
    struct fixture *fixture = *state;
    struct buffer body;
    char *token = calloc(1, SECRET_FILE_MAX + 2);

    assert_non_null(token);
    memset(token, 'x', SECRET_FILE_MAX + 1);
    buffer_init(&body, 4 * SECRET_FILE_MAX);
    assert_int_equal(buffer_printf(&body,
                                   "{" TYPE
                                   ",\"access_token\":\"a\",\"refresh_token\":"
                                   "\"%s\"}",
                                   token),
                     0);
    ask(fixture, 0, "");
    assert_int_equal(answer(fixture, 0, 200, body.data), AUTH_IDLE);
    assert_string_equal(fixture->api_error.name, "UnexpectedResponse");
    assert_false(auth_is_ready(fixture->auth, 0));
    buffer_free(&body);
    free(token);
}

/* A call that got no answer is made again; without memory the run ends. */
static void test_transport_failures(void **state)
{
    static const enum http_failure failures[] = {
        HTTP_CONNECT_FAILED, HTTP_TLS_FAILED, HTTP_TIMED_OUT, HTTP_BROKEN,
        HTTP_TOO_LARGE};
    struct fixture *fixture = *state;
    struct http_response response = make_response(0, "");

    response.retry_after = -1;
    for (size_t i = 0; i < COUNT(failures); i++) {
        start(fixture);
        ask(fixture, 0, "");
        response.failure = failures[i];
        assert_int_equal(auth_answer(fixture->auth, 0, &response,
                                     &fixture->api_error, &fixture->error),
                         AUTH_IDLE);
        assert_int_equal(fixture->api_error.action, API_ERROR_RETRY);
        assert_in_range(auth_wait(fixture->auth, 0), 0, 250);
        assert_unlocked();
    }
    start(fixture);
    ask(fixture, 0, "");
    response.failure = HTTP_NO_MEMORY;
    assert_int_equal(auth_answer(fixture->auth, 0, &response,
                                 &fixture->api_error, &fixture->error),
                     AUTH_FAIL);
    assert_int_equal(fixture->error.kind, ERROR_LOCAL);
}

/* While renewing fails, the old token is used to its end and no longer. */
static void test_old_token_meanwhile(void **state)
{
    struct fixture *fixture = *state;
    int64_t now = 3300 * SECOND;

    get_token(fixture, 0);
    while (now < 3600 * SECOND) {
        ask(fixture, now, "");
        assert_true(auth_is_ready(fixture->auth, now));
        assert_int_equal(answer(fixture, now, 503, ""), AUTH_IDLE);
        assert_true(auth_is_ready(fixture->auth, now));
        assert_int_equal(auth_number(fixture->auth), 1);
        now += auth_wait(fixture->auth, now) + 1;
    }
    assert_false(auth_is_ready(fixture->auth, 3600 * SECOND));
    get_token(fixture, now);
    assert_true(auth_is_ready(fixture->auth, now));
    assert_int_equal(auth_number(fixture->auth), 2);
}

/* Pauses are drawn from a range that doubles with each failure up to a minute,
 * and begins anew with a token. */
static void test_growing_pauses(void **state)
{
    struct fixture *fixture = *state;
    int64_t most = 250, longest = 0, shortest = MINUTE, wait, now = 0;

    for (unsigned i = 0; i < 200; i++) {
        ask(fixture, now, "");
        assert_int_equal(answer(fixture, now, 500, ""), AUTH_IDLE);
        wait = auth_wait(fixture->auth, now);
        assert_in_range(wait, 0, most);
        if (most == MINUTE) {
            longest = wait > longest ? wait : longest;
            shortest = wait < shortest ? wait : shortest;
        }
        most = 2 * most < MINUTE ? 2 * most : MINUTE;
        now += wait;
    }
    assert_true(longest > 45 * SECOND); /* fails once in 10^24 runs */
    assert_true(shortest < 15 * SECOND);
    get_token(fixture, now);
    now += 3300 * SECOND;
    ask(fixture, now, "");
    assert_int_equal(answer(fixture, now, 500, ""), AUTH_IDLE);
    assert_in_range(auth_wait(fixture->auth, now), 0, 250);
}

/* The pause that the answer asks for is kept, up to ten minutes; 429 is said to
 * be a throttle. */
static void test_retry_after(void **state)
{
    struct fixture *fixture = *state;
    struct http_response response = make_response(429, "");

    ask(fixture, 0, "");
    response.retry_after = 7 * SECOND;
    assert_int_equal(auth_answer(fixture->auth, 100, &response,
                                 &fixture->api_error, &fixture->error),
                     AUTH_IDLE);
    assert_int_equal(fixture->api_error.action, API_ERROR_THROTTLE);
    assert_in_range(auth_wait(fixture->auth, 100), 7 * SECOND,
                    7 * SECOND + 250);
    ask(fixture, 10 * SECOND, "");
    response.body = "{\"error\":\"slow_down\"}";
    response.len = strlen(response.body);
    response.retry_after = 24 * 60 * MINUTE;
    assert_int_equal(auth_answer(fixture->auth, 0, &response,
                                 &fixture->api_error, &fixture->error),
                     AUTH_IDLE);
    assert_int_equal(fixture->api_error.action, API_ERROR_THROTTLE);
    assert_in_range(auth_wait(fixture->auth, 0), 10 * MINUTE,
                    10 * MINUTE + 500);
}

/* An error of the token endpoint's ends the run, and the message says which one
 * and what to do. */
static void test_sign_in_refused(void **state)
{
    static const struct {
        long status;
        const char *name;
        const char *advice;
    } refusals[] = {
        {400, "invalid_grant", "sign in again and store the new refresh token"},
        {400, "interaction_required", "sign in again"},
        {400, "consent_required", "give consent to"},
        {401, "invalid_client", "BAUSER_CLIENT_SECRET"},
        {400, "invalid_client", "BAUSER_CLIENT_SECRET"},
        {400, "unauthorized_client", "BAUSER_CLIENT_ID"},
        {400, "invalid_scope", "this --api and --environment"},
        {400, "invalid_request", "BAUSER_TOKEN_URL"},
        {200, "invalid_grant", "sign in again"},
    };
    struct fixture *fixture = *state;
    char body[256];

    for (size_t i = 0; i < COUNT(refusals); i++) {
        start(fixture);
        ask(fixture, 0, "");
        snprintf(body, sizeof(body),
                 "{\"error\":\"%s\",\"error_description\":\"AADSTS1: over "
                 "\\u001b[31m\"}",
                 refusals[i].name);
        assert_int_equal(answer(fixture, 0, refusals[i].status, body),
                         AUTH_FAIL);
        assert_int_equal(fixture->error.kind, ERROR_SIGN_IN);
        assert_int_equal(fixture->api_error.action, API_ERROR_SIGN_IN);
        assert_non_null(strstr(fixture->error.text, refusals[i].name));
        assert_non_null(strstr(fixture->error.text, refusals[i].advice));
        assert_non_null(strstr(fixture->error.text, "AADSTS1: over ?[31m"));
        assert_non_null(strstr(fixture->error.text, BING_SCOPE));
        assert_unlocked();
    }
    fixture->options.service = &service_partner;
    start(fixture);
    ask(fixture, 0, "");
    assert_int_equal(answer(fixture, 0, 400, "{\"error\":\"invalid_grant\"}"),
                     AUTH_FAIL);
    assert_non_null(strstr(fixture->error.text, NAME));
    assert_non_null(strstr(fixture->error.text, "/user_impersonation "));
    assert_null(strstr(fixture->error.text, "it says"));
}

/* An answer that repeats what was sent brings no secret into fault or message,
 * neither as it is nor encoded, nor cut at the message's end. */
static void test_secrets_masked(void **state)
{
    struct fixture *fixture = *state;
    struct buffer body;

    snprintf(fixture->client_secret, sizeof(fixture->client_secret),
             "k/s3cret/x");
    fixture->credentials.client_secret = fixture->client_secret;
    buffer_init(&body, 10000);
    get_token(fixture, 0);
    auth_worked(fixture->auth, 1);
    for (int fill = 380; fill < 520; fill++) {
        assert_int_equal(auth_refused(fixture->auth, 1, 0), true);
        ask(fixture, 0, "");
        buffer_clear(&body);
        assert_int_equal(
            buffer_printf(&body,
                          "{\"error\":\"invalid_grant\",\"error_description\":"
                          "\"s3cret-refresh-1 k/s3cret/x k%%2Fs3cret%%2Fx "
                          "s3cret-access %*s s3cret-refresh-1\"}",
                          fill, "."),
            0);
        assert_int_equal(answer(fixture, 0, 400, body.data), AUTH_FAIL);
        assert_non_null(strstr(fixture->api_error.text, "*** *** *** *** "));
        assert_no_secret(fixture->api_error.text);
        assert_no_secret(fixture->error.text);
    }
    buffer_free(&body);
}

/* ---- refused by the service --------------------------------------------- */

/* A token that had worked and is refused is renewed once, while all other calls
 * that are refused with it wait for the same one. */
static void test_refused(void **state)
{
    struct fixture *fixture = *state;

    get_token(fixture, 0);
    auth_worked(fixture->auth, 1);
    assert_true(auth_wait(fixture->auth, 10) > 0);
    assert_true(auth_refused(fixture->auth, 1, 10));
    assert_false(auth_is_ready(fixture->auth, 10));
    ask(fixture, 10, "");
    assert_true(auth_refused(fixture->auth, 1, 11));
    assert_int_equal(auth_wait(fixture->auth, 11), -1);
    grant(fixture, 20, GRANT);
    assert_true(auth_is_ready(fixture->auth, 20));
    assert_int_equal(auth_number(fixture->auth), 2);

    /* One that is answered late: there is a newer token already. */
    assert_true(auth_refused(fixture->auth, 1, 21));
    auth_worked(fixture->auth, 1);
    assert_true(auth_is_ready(fixture->auth, 21));
    assert_true(auth_wait(fixture->auth, 21) > 0);

    /* The new one has not worked yet. */
    assert_false(auth_refused(fixture->auth, 2, 22));
    auth_worked(fixture->auth, 2);
    assert_true(auth_refused(fixture->auth, 2, 23));
}

/* A token that had run out when it was refused was no fresh one. */
static void test_refused_at_its_end(void **state)
{
    struct fixture *fixture = *state;

    get_token(fixture, 0);
    assert_false(auth_refused(fixture->auth, 1, 3600 * SECOND - 1));
    assert_true(auth_refused(fixture->auth, 1, 3600 * SECOND));
}

/* A refusal during a token call starts no other, and does not cut short the
 * pause after one that failed. */
static void test_refused_while_renewing(void **state)
{
    struct fixture *fixture = *state;
    struct http_response response = make_response(503, "");
    const int64_t now = 3300 * SECOND;

    response.retry_after = 10 * SECOND;
    for (int during = 0; during < 2; during++) {
        start(fixture);
        get_token(fixture, 0);
        auth_worked(fixture->auth, 1);
        ask(fixture, now, "");
        assert_true(auth_is_ready(fixture->auth, now));
        if (during)
            assert_true(auth_refused(fixture->auth, 1, now));
        assert_int_equal(auth_wait(fixture->auth, now), -1);
        assert_int_equal(auth_answer(fixture->auth, now, &response,
                                     &fixture->api_error, &fixture->error),
                         AUTH_IDLE);
        assert_true(auth_refused(fixture->auth, 1, now));
        assert_false(auth_is_ready(fixture->auth, now));
        assert_true(auth_wait(fixture->auth, now) >= 10 * SECOND);
    }
}

/* Nor does it cut short the pause between two looks at another's lock. */
static void test_refused_while_locked(void **state)
{
    struct fixture *fixture = *state;
    struct secret_file file = {
        .files = &file_system_posix, .variable = "X", .path = NAME};
    int lock;

    get_token(fixture, 0);
    auth_worked(fixture->auth, 1);
    assert_int_equal(secret_file_lock(&file, &lock, &fixture->error), 0);
    assert_true(auth_refused(fixture->auth, 1, 0));
    assert_int_equal(step(fixture, fixture->auth, 0), AUTH_IDLE);
    assert_true(auth_refused(fixture->auth, 1, 0));
    assert_true(auth_wait(fixture->auth, 0) >= 75);
    secret_file_unlock(&file, lock);
    get_token(fixture, 200);
}

/* ---- the file ----------------------------------------------------------- */

/* Of two that share a file one asks at a time, and the second one uses what the
 * first one saved. */
static void test_taking_turns(void **state)
{
    struct fixture *fixture = *state;
    struct auth *other =
        auth_new(&fixture->options, &fixture->credentials, &fixture->error);
    int64_t wait;

    assert_non_null(other);
    ask(fixture, 0, "refresh_token=s3cret-refresh-1");
    for (int64_t now = 0; now < 10 * SECOND; now += wait) {
        assert_int_equal(step(fixture, other, now), AUTH_IDLE);
        assert_string_equal(auth_waits_for(other), NAME);
        wait = auth_wait(other, now);
        assert_in_range(wait, 75, 125);
    }
    grant(fixture, 10 * SECOND,
          "{" TYPE
          ",\"access_token\":\"a\",\"refresh_token\":\"s3cret-refresh-2\"}");
    assert_int_equal(step(fixture, other, 11 * SECOND), AUTH_SEND);
    assert_null(auth_waits_for(other));
    assert_non_null(
        strstr(fixture->request.body.data, "refresh_token=s3cret-refresh-2"));
    assert_null(auth_waits_for(fixture->auth));
    auth_free(other); /* frees the lock as well */
    assert_unlocked();
}

/* A token that somebody stored while ours was refused gets one try. */
static void test_replaced_while_refused(void **state)
{
    struct fixture *fixture = *state;
    const char *refusal = "{\"error\":\"invalid_grant\"}";

    ask(fixture, 0, "refresh_token=s3cret-refresh-1");
    make_file(NAME, "s3cret-by-hand", 0600);
    assert_int_equal(answer(fixture, 0, 400, refusal), AUTH_IDLE);
    assert_int_equal(fixture->api_error.action, API_ERROR_RETRY);
    ask(fixture, 0, "refresh_token=s3cret-by-hand");
    assert_int_equal(answer(fixture, 0, 400, refusal), AUTH_FAIL);
    assert_int_equal(fixture->error.kind, ERROR_SIGN_IN);

    /* What else is refused is not the token's fault. */
    start(fixture);
    ask(fixture, 0, "refresh_token=s3cret-by-hand");
    make_file(NAME, "s3cret-refresh-3", 0600);
    assert_int_equal(answer(fixture, 0, 400, "{\"error\":\"invalid_client\"}"),
                     AUTH_FAIL);
}

/* A token that somebody stored during the call is not overwritten by the one
 * that came of the old one; a file that is gone is made again. */
static void test_replaced_while_granted(void **state)
{
    static const char rotated[] =
        "{" TYPE
        ",\"access_token\":\"a\",\"refresh_token\":\"s3cret-refresh-2\"}";
    struct fixture *fixture = *state;

    ask(fixture, 0, "refresh_token=s3cret-refresh-1");
    make_file(NAME, "s3cret-by-hand", 0600);
    grant(fixture, 0, rotated);
    assert_true(auth_is_ready(fixture->auth, 0));
    assert_file(NAME, "s3cret-by-hand");

    ask(fixture, 3300 * SECOND, "refresh_token=s3cret-by-hand");
    assert_int_equal(unlink(NAME), 0);
    grant(fixture, 3300 * SECOND, rotated);
    assert_file(NAME, "s3cret-refresh-2\n");
}

static void assert_save_fails(struct fixture *fixture)
{
    ask(fixture, 3300 * SECOND, "refresh_token=s3cret-refresh-1");
    assert_int_equal(answer(fixture, 3300 * SECOND, 200,
                            "{" TYPE
                            ",\"access_token\":\"b\",\"refresh_token\":"
                            "\"s3cret-refresh-2\"}"),
                     AUTH_FAIL);
    assert_int_equal(fixture->error.kind, ERROR_LOCAL);
    assert_non_null(strstr(fixture->error.text, NAME));
    assert_non_null(strstr(fixture->error.text, "the old one may still work"));
    assert_no_secret(fixture->error.text);
    assert_int_equal(auth_number(fixture->auth), 1);
    assert_string_equal(auth_token(fixture->auth), "s3cret-access");
    assert_file(NAME, "s3cret-refresh-1\n");
}

/* A new refresh token that can't be saved ends the run: its access token is not
 * used, and the old refresh token stays. */
static void test_save_fails(void **state)
{
    struct fixture *fixture = *state;

    get_token(fixture, 0);
    assert_int_equal(mkdir(NEW, 0700), 0);
    assert_save_fails(fixture);
}

/* So does a disk that takes no byte; nothing of the new token is left. */
static void test_disk_full(void **state)
{
    struct fixture *fixture = *state;
    struct rlimit limit, none;

    get_token(fixture, 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = limit.rlim_max};
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    assert_save_fails(fixture);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_false(is_there(NEW));
}

/* A lock that can't be made, and a file that can't be read any more, end the
 * run with a message that names them. */
static void test_lock_and_file_fail(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(mkdir(LOCK, 0700), 0);
    assert_int_equal(step(fixture, fixture->auth, 0), AUTH_FAIL);
    assert_int_equal(fixture->error.kind, ERROR_LOCAL);
    assert_non_null(strstr(fixture->error.text, LOCK));
    assert_int_equal(rmdir(LOCK), 0);

    assert_int_equal(chmod(NAME, 0640), 0);
    assert_int_equal(step(fixture, fixture->auth, 0), AUTH_FAIL);
    assert_int_equal(fixture->error.kind, ERROR_LOCAL);
    assert_non_null(strstr(fixture->error.text, "chmod 600"));
    assert_unlocked();

    assert_int_equal(unlink(NAME), 0);
    assert_int_equal(step(fixture, fixture->auth, 0), AUTH_FAIL);
    assert_non_null(strstr(fixture->error.text, "BAUSER_REFRESH_TOKEN_FILE"));
}

/* A body that has no room ends the run instead of being sent in part. */
static void test_no_room(void **state)
{
    struct fixture *fixture = *state;

    fixture->request.body.max = 100;
    assert_int_equal(step(fixture, fixture->auth, 0), AUTH_FAIL);
    assert_int_equal(fixture->error.kind, ERROR_LOCAL);
    assert_unlocked();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_fixed_token),
        TEST(test_first_token),
        TEST(test_headers),
        TEST(test_form_encoding),
        TEST(test_url_and_scope),
        TEST(test_margin),
        TEST(test_rotation),
        TEST(test_answers_to_try_again),
        TEST(test_token_too_long),
        TEST(test_transport_failures),
        TEST(test_old_token_meanwhile),
        TEST(test_growing_pauses),
        TEST(test_retry_after),
        TEST(test_sign_in_refused),
        TEST(test_secrets_masked),
        TEST(test_refused),
        TEST(test_refused_at_its_end),
        TEST(test_refused_while_renewing),
        TEST(test_refused_while_locked),
        TEST(test_taking_turns),
        TEST(test_replaced_while_refused),
        TEST(test_replaced_while_granted),
        TEST(test_save_fails),
        TEST(test_disk_full),
        TEST(test_lock_and_file_fail),
        TEST(test_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
