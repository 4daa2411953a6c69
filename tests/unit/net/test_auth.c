#include "unit.h"

#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/secret_file.h"
#include "files.h"
#include "net/auth.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)

/* The file of the refresh token, in a directory of the test's own. */
#define NAME "refresh"
#define LOCK "refresh.lock"

#define SCOPE "https://service.example/.default offline_access"

/* An auth that uses the file, its last request and the result. */
struct fixture {
    void *directory;
    struct auth_setup setup;
    struct auth *auth;
    struct http_request request;
    struct oauth_error reason;
    struct error error;
};

static void assert_file(const char *path, const char *text)
{
    char content[256] = "";
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    assert_true(fread(content, 1, sizeof(content) - 1, file) > 0);
    fclose(file);
    assert_string_equal(content, text);
}

static void start(struct fixture *fixture)
{
    auth_free(fixture->auth);
    fixture->auth = auth_new(&fixture->setup, &fixture->error);
    assert_non_null(fixture->auth);
}

/* The same delays in every run. */
static void fill(const struct random *random, void *bytes, size_t len)
{
    static uint64_t seed = 20260102;
    unsigned char *byte = bytes;

    (void)random;
    for (size_t i = 0; i < len; i++)
        byte[i] = (unsigned char)below(&seed, 256);
}

static const struct random random_test = {.fill = fill};

static int setup(void **state)
{
    static struct fixture fixture;

    fixture = (struct fixture){
        .setup = {.files = &file_system_posix,
                  .random = &random_test,
                  .client_id = "client-1",
                  .scope = SCOPE,
                  .refresh_file = NAME,
                  .labels = {.client_id = "client-id (config:3)",
                             .client_secret = "CLIENT_SECRET_FILE",
                             .refresh_token = "REFRESH_TOKEN_FILE",
                             .token_url = "token-url (config:5)"}},
    };
    if (enter_directory(&fixture.directory))
        return -1;
    make_file(NAME, "s3cret-refresh-1\n", 0600);
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
    return leave_directory(&fixture->directory);
}

static enum auth_step step(struct fixture *fixture, struct auth *auth,
                           int64_t now)
{
    buffer_clear(&fixture->request.path);
    buffer_clear(&fixture->request.body);
    return auth_step(auth, now, &fixture->request, &fixture->error);
}

/* A token call must be due now, and its body contain the refresh token. */
static void ask(struct fixture *fixture, int64_t now, const char *refresh)
{
    assert_int_equal(auth_wait(fixture->auth, now), 0);
    if (step(fixture, fixture->auth, now) != AUTH_SEND)
        fail_msg("no call: %s", fixture->error.text);
    assert_int_equal(auth_wait(fixture->auth, now), -1);
    if (!strstr(fixture->request.body.data, refresh))
        fail_msg("no %s in: %s", refresh, fixture->request.body.data);
}

static enum auth_result respond(struct fixture *fixture, int64_t now,
                                long status, const char *body)
{
    struct http_response response = make_response(status, body);

    response.retry_after = -1;
    return auth_take_response(fixture->auth, now, &response, &fixture->reason,
                              &fixture->error);
}

static void grant(struct fixture *fixture, int64_t now, const char *body)
{
    if (respond(fixture, now, 200, body) != AUTH_GRANTED)
        fail_msg("refused: %s %s", fixture->reason.name, fixture->reason.text);
}

#define GRANT                                                                  \
    "{\"token_type\":\"Bearer\",\"expires_in\":3600,"                          \
    "\"access_token\":\"s3cret-access\"}"

static void get_token(struct fixture *fixture, int64_t now)
{
    ask(fixture, now, "refresh_token=");
    grant(fixture, now, GRANT);
}

/* No process has the lock. */
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

/* An access token that is given must be used as it is; it cannot be renewed. */
static void test_fixed_token(void **state)
{
    struct fixture *fixture = *state;
    char token[] = "given";

    fixture->setup = (struct auth_setup){.files = &file_system_posix,
                                         .random = &random_test,
                                         .access_token = token};
    start(fixture);
    memset(token, 'x', strlen(token)); /* it was copied */
    assert_true(auth_is_ready(fixture->auth, INT64_MAX - 1));
    assert_string_equal(auth_token(fixture->auth), "given");
    assert_int_equal(auth_number(fixture->auth), 1);
    assert_int_equal(auth_wait(fixture->auth, 0), -1);
    assert_int_equal(step(fixture, fixture->auth, 0), AUTH_IDLE);
    auth_token_accepted(fixture->auth, 1);
    for (int i = 1; i < 16; i++)
        assert_true(
            auth_token_refused(fixture->auth, 1, AUTH_REFUSED_ONCE, true, 0));
    assert_false(
        auth_token_refused(fixture->auth, 1, AUTH_REFUSED_ONCE, true, 0));
    assert_true(auth_is_ready(fixture->auth, 0));
}

/* With a refresh token an access token must be requested at once, by exactly
 * this request; the response makes it ready. */
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
                        "client_id=client-1&scope=https%3A%2F%2Fservice."
                        "example%2F.default%20offline_access&grant_type="
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

/* The headers of token calls must be those of a form. */
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

/* The secret of a confidential client must be sent; the body must be
 * percent-encoded. */
static void test_form_encoding(void **state)
{
    struct fixture *fixture = *state;

    fixture->setup.client_secret = "a&b=c+d%e~";
    start(fixture);
    make_file(NAME, "M.C5/x*!'()-._~$\"\\", 0600);
    ask(fixture, 0,
        "&refresh_token=M.C5%2Fx%2A%21%27%28%29-._~%24%22%5C"
        "&client_secret=a%26b%3Dc%2Bd%25e~");
}

/* A token must be renewed five minutes before it expires, or a fifth of its
 * life if that is less; its life can be given in several ways. */
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

/* A new refresh token must replace the file, for its owner alone, and be the
 * one that is used next. */
static void test_rotation(void **state)
{
    struct fixture *fixture = *state;
    struct stat info;

    assert_int_equal(chmod(NAME, 0400), 0);
    ask(fixture, 0, "refresh_token=s3cret-refresh-1");
    grant(fixture, 0,
          "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":"
          "\"a\",\"refresh_token\":\"s3cret-refresh-2\"}");
    assert_file(NAME, "s3cret-refresh-2\n");
    assert_int_equal(stat(NAME, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    ask(fixture, 3300 * SECOND, "refresh_token=s3cret-refresh-2");
}

/* ---- failures ------------------------------------------------------------ */

#define TYPE "\"token_type\":\"Bearer\""

/* After a response that neither grants nor refuses, the call must be made
 * again; there is no token, and the lock is free meanwhile. */
static void test_responses_to_try_again(void **state)
{
    static const struct {
        long status;
        const char *body;
        const char *name;
    } responses[] = {
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
        {200, "{\"access_token\":\"a\",\"token_type\":\"mac\"}",
         "UnexpectedResponse"},
        {200, "{" TYPE ",\"access_token\":\"a\",\"refresh_token\":\"b c\"}",
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

    for (size_t i = 0; i < COUNT(responses); i++) {
        start(fixture);
        ask(fixture, 0, "s3cret-refresh-1");
        if (respond(fixture, 5, responses[i].status, responses[i].body) !=
                AUTH_RETRY ||
            fixture->reason.kind != OAUTH_RETRY)
            fail_msg("%ld %s is taken for final", responses[i].status,
                     responses[i].body);
        assert_string_equal(fixture->reason.name, responses[i].name);
        assert_false(auth_is_ready(fixture->auth, 5));
        assert_in_range(auth_wait(fixture->auth, 5), 0, 250);
        assert_unlocked();
        assert_file(NAME, "s3cret-refresh-1\n");
        get_token(fixture, 5 + 250);
        assert_true(auth_is_ready(fixture->auth, 5 + 250));
    }
}

/* A new refresh token must be on the disk, and be the one that is used next,
 * whatever else is wrong with the response. */
static void test_rotation_in_any_response(void **state)
{
    static const struct {
        long status;
        const char *body;
        enum http_failure failure;
        enum auth_result result;
    } responses[] = {
        {200,
         "{\"access_token\":\"a\",\"refresh_token\":\"s3cret-refresh-2\","
         "\"expires_in\":0}",
         HTTP_OK, AUTH_GRANTED},
        {200, "{\"access_token\":\"a\",\"refresh_token\":\"s3cret-refresh-2\"}",
         HTTP_OK, AUTH_GRANTED},
        {200, "{\"refresh_token\":\"s3cret-refresh-2\"}", HTTP_OK, AUTH_RETRY},
        {200,
         "{\"token_type\":\"mac\",\"access_token\":\"a\","
         "\"refresh_token\":\"s3cret-refresh-2\"}",
         HTTP_OK, AUTH_RETRY},
        {201, "{\"access_token\":\"a\",\"refresh_token\":\"s3cret-refresh-2\"}",
         HTTP_OK, AUTH_RETRY},
        {503,
         "{\"error\":\"temporarily_unavailable\",\"error_description\":"
         "\"not s3cret-refresh-2\",\"refresh_token\":\"s3cret-refresh-2\"}",
         HTTP_OK, AUTH_RETRY},
        {200, "{\"refresh_token\":\"s3cret-refresh-2\",\"access_tok",
         HTTP_BROKEN, AUTH_RETRY},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(responses); i++) {
        struct http_response response =
            make_response(responses[i].status, responses[i].body);

        make_file(NAME, "s3cret-refresh-1\n", 0600);
        start(fixture);
        ask(fixture, 0, "refresh_token=s3cret-refresh-1");
        response.failure = responses[i].failure;
        response.retry_after = -1;
        assert_int_equal(auth_take_response(fixture->auth, 0, &response,
                                            &fixture->reason, &fixture->error),
                         responses[i].result);
        assert_file(NAME, "s3cret-refresh-2\n");
        if (responses[i].result == AUTH_GRANTED)
            continue;
        assert_no_secret(fixture->reason.text);
        ask(fixture, 250, "refresh_token=s3cret-refresh-2");
    }
}

/* A token longer than any that can be saved must not be accepted. */
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
    assert_int_equal(respond(fixture, 0, 200, body.data), AUTH_RETRY);
    assert_string_equal(fixture->reason.name, "UnexpectedResponse");
    assert_false(auth_is_ready(fixture->auth, 0));
    buffer_free(&body);
    free(token);
}

/* A call without a response must be made again; without memory the run must
 * end. */
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
        assert_int_equal(auth_take_response(fixture->auth, 0, &response,
                                            &fixture->reason, &fixture->error),
                         AUTH_RETRY);
        assert_int_equal(fixture->reason.kind, OAUTH_RETRY);
        assert_in_range(auth_wait(fixture->auth, 0), 0, 250);
        assert_unlocked();
    }
    start(fixture);
    ask(fixture, 0, "");
    response.failure = HTTP_NO_MEMORY;
    assert_int_equal(auth_take_response(fixture->auth, 0, &response,
                                        &fixture->reason, &fixture->error),
                     AUTH_STOP);
    assert_int_equal(fixture->error.kind, ERROR_LOCAL);
}

/* While the renewal fails, the old token must be used until it expires. */
static void test_old_token_meanwhile(void **state)
{
    struct fixture *fixture = *state;
    int64_t now = 3300 * SECOND;

    get_token(fixture, 0);
    while (now < 3600 * SECOND) {
        ask(fixture, now, "");
        assert_true(auth_is_ready(fixture->auth, now));
        assert_int_equal(respond(fixture, now, 503, ""), AUTH_RETRY);
        assert_true(auth_is_ready(fixture->auth, now));
        assert_int_equal(auth_number(fixture->auth), 1);
        now += auth_wait(fixture->auth, now) + 1;
    }
    assert_false(auth_is_ready(fixture->auth, 3600 * SECOND));
    get_token(fixture, now);
    assert_true(auth_is_ready(fixture->auth, now));
    assert_int_equal(auth_number(fixture->auth), 2);
}

/* Delays must be random, up to a bound that doubles with each failure up to a
 * minute, and start again after a token. */
static void test_growing_pauses(void **state)
{
    struct fixture *fixture = *state;
    int64_t most = 250, longest = 0, shortest = MINUTE, wait, now = 0;

    for (unsigned i = 0; i < 200; i++) {
        ask(fixture, now, "");
        assert_int_equal(respond(fixture, now, 500, ""), AUTH_RETRY);
        wait = auth_wait(fixture->auth, now);
        assert_in_range(wait, 0, most);
        if (most == MINUTE) {
            longest = wait > longest ? wait : longest;
            shortest = wait < shortest ? wait : shortest;
        }
        most = 2 * most < MINUTE ? 2 * most : MINUTE;
        now += wait;
    }
    assert_true(longest > 45 * SECOND);
    assert_true(shortest < 15 * SECOND);
    get_token(fixture, now);
    now += 3300 * SECOND;
    ask(fixture, now, "");
    assert_int_equal(respond(fixture, now, 500, ""), AUTH_RETRY);
    assert_in_range(auth_wait(fixture->auth, now), 0, 250);
}

/* The delay that the response asks for must be kept, up to ten minutes; status
 * 429 must be reported as throttling. */
static void test_retry_after(void **state)
{
    struct fixture *fixture = *state;
    struct http_response response = make_response(429, "");

    ask(fixture, 0, "");
    response.retry_after = 7 * SECOND;
    assert_int_equal(auth_take_response(fixture->auth, 100, &response,
                                        &fixture->reason, &fixture->error),
                     AUTH_RETRY);
    assert_int_equal(fixture->reason.kind, OAUTH_THROTTLED);
    assert_in_range(auth_wait(fixture->auth, 100), 7 * SECOND,
                    7 * SECOND + 250);
    ask(fixture, 10 * SECOND, "");
    response.body = "{\"error\":\"slow_down\"}";
    response.len = strlen(response.body);
    response.retry_after = 24 * 60 * MINUTE;
    assert_int_equal(auth_take_response(fixture->auth, 0, &response,
                                        &fixture->reason, &fixture->error),
                     AUTH_RETRY);
    assert_int_equal(fixture->reason.kind, OAUTH_THROTTLED);
    assert_in_range(auth_wait(fixture->auth, 0), 10 * MINUTE,
                    10 * MINUTE + 500);
}

/* An error of the token endpoint must end the run with a message that names it
 * and says what to do. */
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
        {401, "invalid_client", "check client-id (config:3) and CLIENT_SECRET"},
        {400, "invalid_client", "CLIENT_SECRET_FILE"},
        {400, "unauthorized_client",
         "check client-id (config:3), and --tenant or token-url (config:5)"},
        {400, "invalid_scope", "scope that --api and --environment require"},
        {400, "invalid_request",
         "check client-id (config:3), CLIENT_SECRET_FILE, and --tenant or "
         "token-url (config:5)"},
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
        assert_int_equal(respond(fixture, 0, refusals[i].status, body),
                         AUTH_STOP);
        assert_int_equal(fixture->error.kind, ERROR_SIGN_IN);
        assert_int_equal(fixture->reason.kind, OAUTH_REFUSED);
        assert_non_null(strstr(fixture->error.text, refusals[i].name));
        assert_non_null(strstr(fixture->error.text, refusals[i].advice));
        assert_non_null(
            strstr(fixture->error.text, "AADSTS1: over U+001B[31m"));
        assert_non_null(strstr(fixture->error.text, SCOPE));
        assert_unlocked();
    }
    start(fixture);
    ask(fixture, 0, "");
    assert_int_equal(respond(fixture, 0, 400, "{\"error\":\"invalid_grant\"}"),
                     AUTH_STOP);
    assert_non_null(strstr(fixture->error.text, NAME));
    assert_null(strstr(fixture->error.text, "message"));
}

/* If a response repeats what was sent, no secret must get into reason or error,
 * neither plain nor encoded nor truncated at the end of the message. */
static void test_secrets_redacted(void **state)
{
    struct fixture *fixture = *state;
    struct buffer body;

    fixture->setup.client_secret = "k/s3cret/x";
    start(fixture);
    buffer_init(&body, 10000);
    get_token(fixture, 0);
    auth_token_accepted(fixture->auth, 1);
    for (int fill = 380; fill < 520; fill++) {
        assert_int_equal(
            auth_token_refused(fixture->auth, 1, AUTH_REFUSED_ONCE, true, 0),
            true);
        ask(fixture, 0, "");
        buffer_clear(&body);
        assert_int_equal(
            buffer_printf(&body,
                          "{\"error\":\"invalid_grant\",\"error_description\":"
                          "\"s3cret-refresh-1 k/s3cret/x k%%2Fs3cret%%2Fx "
                          "s3cret-access %*s s3cret-refresh-1\"}",
                          fill, "."),
            0);
        assert_int_equal(respond(fixture, 0, 400, body.data), AUTH_STOP);
        assert_non_null(strstr(fixture->reason.text, "*** *** *** *** "));
        assert_no_secret(fixture->reason.text);
        assert_no_secret(fixture->error.text);
    }
    buffer_free(&body);
}

/* ---- refused by the service --------------------------------------------- */

/* A token that was accepted before it is refused must be renewed once, while
 * all other calls that are refused with it wait for the same new token. */
static void test_refused(void **state)
{
    struct fixture *fixture = *state;

    get_token(fixture, 0);
    auth_token_accepted(fixture->auth, 1);
    assert_true(auth_wait(fixture->auth, 10) > 0);
    assert_true(
        auth_token_refused(fixture->auth, 1, AUTH_REFUSED_ONCE, true, 10));
    assert_false(auth_is_ready(fixture->auth, 10));
    ask(fixture, 10, "");
    assert_true(
        auth_token_refused(fixture->auth, 1, AUTH_REFUSED_ONCE, true, 11));
    assert_int_equal(auth_wait(fixture->auth, 11), -1);
    assert_null(auth_earlier_token(fixture->auth));
    grant(fixture, 20, GRANT);
    assert_true(auth_is_ready(fixture->auth, 20));
    assert_int_equal(auth_number(fixture->auth), 2);
    assert_string_equal(auth_earlier_token(fixture->auth), "s3cret-access");

    /* A late response: there is a newer token already. */
    assert_true(
        auth_token_refused(fixture->auth, 1, AUTH_REFUSED_ONCE, true, 21));
    auth_token_accepted(fixture->auth, 1);
    assert_true(auth_is_ready(fixture->auth, 21));
    assert_true(auth_wait(fixture->auth, 21) > 0);

    /* A late response cannot condemn the new one. */
    for (int i = 0; i < 100; i++)
        assert_true(
            auth_token_refused(fixture->auth, 1, AUTH_REFUSED_ONCE, true, 21));
    assert_false(auth_is_in_doubt(fixture->auth));
}

/* A refusal during a token call must not start another one, and not shorten the
 * delay after one that failed. */
static void test_refused_while_renewing(void **state)
{
    struct fixture *fixture = *state;
    struct http_response response = make_response(503, "");
    const int64_t now = 3300 * SECOND;

    response.retry_after = 10 * SECOND;
    for (int during = 0; during < 2; during++) {
        start(fixture);
        get_token(fixture, 0);
        auth_token_accepted(fixture->auth, 1);
        ask(fixture, now, "");
        assert_true(auth_is_ready(fixture->auth, now));
        if (during)
            assert_true(auth_token_refused(fixture->auth, 1, AUTH_REFUSED_ONCE,
                                           true, now));
        assert_int_equal(auth_wait(fixture->auth, now), -1);
        assert_int_equal(auth_take_response(fixture->auth, now, &response,
                                            &fixture->reason, &fixture->error),
                         AUTH_RETRY);
        assert_true(
            auth_token_refused(fixture->auth, 1, AUTH_REFUSED_ONCE, true, now));
        assert_false(auth_is_ready(fixture->auth, now));
        assert_true(auth_wait(fixture->auth, now) >= 10 * SECOND);
    }
}

/* Nor must it shorten the delay between two attempts to take the lock. */
static void test_refused_while_locked(void **state)
{
    struct fixture *fixture = *state;
    struct secret_file file = {
        .files = &file_system_posix, .variable = "X", .path = NAME};
    int lock;

    get_token(fixture, 0);
    auth_token_accepted(fixture->auth, 1);
    assert_int_equal(secret_file_lock(&file, &lock, &fixture->error), 0);
    assert_true(
        auth_token_refused(fixture->auth, 1, AUTH_REFUSED_ONCE, true, 0));
    assert_int_equal(step(fixture, fixture->auth, 0), AUTH_IDLE);
    assert_true(
        auth_token_refused(fixture->auth, 1, AUTH_REFUSED_ONCE, true, 0));
    assert_true(auth_wait(fixture->auth, 0) >= 75);
    secret_file_unlock(&file, lock);
    get_token(fixture, 200);
}

/* ---- the file ----------------------------------------------------------- */

/* Of two that share a file, one at a time must request a token, and the second
 * must use what the first has saved. */
static void test_taking_turns(void **state)
{
    struct fixture *fixture = *state;
    struct auth *other = auth_new(&fixture->setup, &fixture->error);
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

/* A token that somebody stored while ours was refused must be tried once. */
static void test_replaced_while_refused(void **state)
{
    struct fixture *fixture = *state;
    const char *refusal = "{\"error\":\"invalid_grant\"}";

    ask(fixture, 0, "refresh_token=s3cret-refresh-1");
    make_file(NAME, "s3cret-by-hand", 0600);
    assert_int_equal(respond(fixture, 0, 400, refusal), AUTH_RETRY);
    assert_string_equal(fixture->reason.name, "invalid_grant");
    ask(fixture, 0, "refresh_token=s3cret-by-hand");
    assert_int_equal(respond(fixture, 0, 400, refusal), AUTH_STOP);
    assert_int_equal(fixture->error.kind, ERROR_SIGN_IN);

    /* Other errors do not depend on the token. */
    start(fixture);
    ask(fixture, 0, "refresh_token=s3cret-by-hand");
    make_file(NAME, "s3cret-refresh-3", 0600);
    assert_int_equal(respond(fixture, 0, 400, "{\"error\":\"invalid_client\"}"),
                     AUTH_STOP);
}

static char *read_secret(void *context, struct error *error)
{
    const char *const *secret = context;

    if (*secret)
        return strdup(*secret);
    error_set(error, ERROR_SIGN_IN, "cannot open FILE");
    return NULL;
}

/* A client secret that was replaced must be sent in the next token call, and
 * when the old one is refused. If it cannot be read, the old one is sent. No
 * message must contain either of them. */
static void test_client_secret_replaced(void **state)
{
    static const char refusal[] =
        "{\"error\":\"invalid_client\","
        "\"error_description\":\"k/s3cret/1 k/s3cret/2 k/s3cret/3\"}";
    struct fixture *fixture = *state;
    const char *secret = NULL;

    fixture->setup.client_secret = "k/s3cret/1";
    fixture->setup.secret_source =
        (struct token_source){.read = read_secret, .context = &secret};
    start(fixture);
    ask(fixture, 0, "client_secret=k%2Fs3cret%2F1");
    secret = "k/s3cret/2";
    assert_int_equal(respond(fixture, 0, 401, refusal), AUTH_RETRY);
    assert_null(strstr(fixture->reason.text, "s3cret/1"));
    ask(fixture, 0, "client_secret=k%2Fs3cret%2F2");
    assert_int_equal(respond(fixture, 0, 401, refusal), AUTH_STOP);
    assert_int_equal(fixture->error.kind, ERROR_SIGN_IN);
    assert_null(strstr(fixture->error.text, "s3cret/2"));

    fixture->setup.client_secret = "k/s3cret/2";
    start(fixture);
    secret = "k/s3cret/3";
    ask(fixture, 0, "client_secret=k%2Fs3cret%2F3");
}

/* A token that somebody stored during the call must not be overwritten by the
 * one that the call brought; a file that was removed must be created again. */
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
    assert_int_equal(respond(fixture, 3300 * SECOND, 200,
                             "{" TYPE
                             ",\"access_token\":\"b\",\"refresh_token\":"
                             "\"s3cret-refresh-2\"}"),
                     AUTH_STOP);
    assert_int_equal(fixture->error.kind, ERROR_LOCAL);
    assert_non_null(strstr(fixture->error.text, NAME));
    assert_non_null(strstr(fixture->error.text,
                           "resume the run. If the old refresh token"));
    assert_no_secret(fixture->error.text);
    assert_int_equal(auth_number(fixture->auth), 1);
    assert_string_equal(auth_token(fixture->auth), "s3cret-access");
    assert_file(NAME, "s3cret-refresh-1\n");
}

static int refuse_rename(const struct file_system *files, const char *from,
                         const char *to)
{
    (void)files;
    (void)from;
    (void)to;
    errno = EIO;
    return -1;
}

static bool is_any_left(void)
{
    glob_t names;
    int result = glob(NAME ".new*", 0, NULL, &names);

    globfree(&names);
    assert_true(result == 0 || result == GLOB_NOMATCH);
    return result == 0;
}

/* A new refresh token that cannot be saved must end the run: its access token
 * is not used, the old refresh token stays, and nothing of the new one is left.
 */
static void test_save_fails(void **state)
{
    struct fixture *fixture = *state;
    struct file_system files = file_system_posix;

    files.rename = refuse_rename;
    fixture->setup.files = &files;
    start(fixture);
    get_token(fixture, 0);
    assert_save_fails(fixture);
    assert_false(is_any_left());
}

/* So must a full disk; nothing of the new token must be left. */
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
    assert_false(is_any_left());
}

/* A lock that cannot be created and a file that can no longer be read must end
 * the run with a message that names them. */
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
    assert_non_null(strstr(fixture->error.text, "REFRESH_TOKEN_FILE"));
}

/* A body that does not fit must end the run instead of being sent in part. */
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
        TEST(test_margin),
        TEST(test_rotation),
        TEST(test_rotation_in_any_response),
        TEST(test_responses_to_try_again),
        TEST(test_token_too_long),
        TEST(test_transport_failures),
        TEST(test_old_token_meanwhile),
        TEST(test_growing_pauses),
        TEST(test_retry_after),
        TEST(test_sign_in_refused),
        TEST(test_secrets_redacted),
        TEST(test_refused),
        TEST(test_refused_while_renewing),
        TEST(test_refused_while_locked),
        TEST(test_taking_turns),
        TEST(test_replaced_while_refused),
        TEST(test_client_secret_replaced),
        TEST(test_replaced_while_granted),
        TEST(test_save_fails),
        TEST(test_disk_full),
        TEST(test_lock_and_file_fail),
        TEST(test_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
