/*
 * Whole runs that must wait: what is reported when that begins and ends, and
 * when the run stops meanwhile.
 */
#include "fake_run.h"

#include <limits.h>

#include "base/secret_file.h"

#define SECOND   INT64_C(1000)
#define MESSAGES "messages"
#define LOG      "log"

/* Calls from one number to another one, counted from 1, fail. */
struct trouble {
    unsigned from, to;
    struct fake_response response;
    unsigned calls;
    bool token;   /* token calls fail instead */
    int64_t stop; /* milliseconds after which a signal arrives; 0: none */
    int64_t start;
    struct fixture *fixture;
};

static void grant(struct fake_response *response)
{
    (void)snprintf(response->body, sizeof(response->body),
                   "{\"token_type\":\"Bearer\",\"expires_in\":3600,"
                   "\"access_token\":\"GRANTED\"}");
}

static bool fail_calls(struct fake_service *service,
                       const struct fake_call *call, unsigned id,
                       struct fake_response *response)
{
    struct trouble *trouble = service->context;
    bool token = call->target == HTTP_TOKEN;

    (void)id;
    if (trouble->token == token) {
        trouble->calls++;
        if (trouble->stop > 0 && call->sent - trouble->start > trouble->stop)
            trouble->fixture->stop = 1;
        if (trouble->calls >= trouble->from && trouble->calls <= trouble->to) {
            *response = trouble->response;
            return true;
        }
    }
    if (token)
        grant(response);
    return token;
}

static void set_trouble(struct fixture *fixture, struct trouble *trouble)
{
    trouble->fixture = fixture;
    trouble->start = fake_ms(&fixture->service.network);
    fixture->service.intercept = fail_calls;
    fixture->service.context = trouble;
    fixture->options.concurrency = 1;
    fixture->options.log_file = LOG;
    fixture->options.log_level = LOG_LEVEL_WARN;
    fixture->platform.messages =
        open(MESSAGES, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fixture->platform.messages > 0);
}

/* No connection. */
static const struct fake_response refused = {
    .failure = HTTP_CONNECT_FAILED, .retry_after = -1, .latency = 10};

static const struct fake_response unavailable = {
    .status = 503, .retry_after = -1, .sends = 1, .latency = 10};

static const struct fake_response throttled = {
    .status = 429, .retry_after = -1, .sends = 1, .latency = 10};

/* The messages must be these. */
static void assert_messages(struct fixture *fixture, const char *expected)
{
    assert_int_equal(close(fixture->platform.messages), 0);
    assert_string_equal(read_result(fixture, MESSAGES), expected);
}

/* One line of the log must contain the text. */
static void assert_logged(const char *text)
{
    FILE *file = fopen(LOG, "r");
    char line[2048];
    unsigned found = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        found += strstr(line, text) != NULL;
    assert_int_equal(fclose(file), 0);
    if (found != 1)
        fail_msg("the log has %u lines with %s", found, text);
}

/* If no call has succeeded, a refused connection must be reported at once, and
 * its end. */
static void test_no_connection_at_first(void **state)
{
    struct trouble trouble = {.from = 1, .to = 2, .response = refused};
    struct fixture *fixture = *state;

    make_input(3);
    set_trouble(fixture, &trouble);
    run_completely(fixture);
    assert_all_updated(fixture, 3);
    assert_messages(
        fixture,
        "bauser-batch: no connection to service.example: the fake network "
        "failed; retrying, gives up in 15 min\n"
        "bauser-batch: connected again to service.example, after 0 s\n");
    assert_logged(" warn wait-begin reason=no-connection: no "
                  "connection to service.example: the fake network "
                  "failed; retrying, gives up in 15 min\n");
    assert_logged(" warn wait-end reason=no-connection: connected again to "
                  "service.example, after 0 s");
}

/* If calls have succeeded, a connection that is lost for a moment must not be
 * reported, and one that is lost for longer must be. */
static void test_no_connection_later(void **state)
{
    struct trouble trouble = {.from = 3, .to = 4, .response = refused};
    struct fixture *fixture = *state;

    make_input(3);
    set_trouble(fixture, &trouble);
    run_completely(fixture);
    assert_messages(fixture, "");

    assert_int_equal(unlink(OUTPUT), 0);
    fixture->platform = fake_service_init(&fixture->service);
    trouble.calls = 0;
    trouble.to = 30;
    set_trouble(fixture, &trouble);
    run_completely(fixture);
    assert_all_updated(fixture, 3);
    assert_messages(
        fixture,
        "bauser-batch: no connection to service.example: the fake network "
        "failed; retrying, gives up in 15 min\n"
        "bauser-batch: connected again to service.example, after 2 min\n");
}

/* A signal while there is no connection must stop the run, which names that
 * again. */
static void test_signal_without_connection(void **state)
{
    struct trouble trouble = {
        .from = 3, .to = UINT_MAX, .response = refused, .stop = 10 * SECOND};
    struct fixture *fixture = *state;

    make_input(3);
    set_trouble(fixture, &trouble);
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_STOPPED);
    assert_messages(
        fixture,
        "bauser-batch: no connection to service.example: the fake network "
        "failed; retrying, gives up in 15 min\n"
        "bauser-batch: when the run stopped: no connection to "
        "service.example: the fake network failed\n");
    assert_logged(" warn stop rows=1: stopped by a signal; no "
                  "connection to service.example: the fake network "
                  "failed\n");
}

/* A pause that the service requests of two users must be reported with its end,
 * unless it is short. */
static void test_pause(void **state)
{
    struct trouble trouble = {.from = 3, .to = 4, .response = throttled};
    struct fixture *fixture = *state;

    trouble.response.retry_after = 4 * SECOND;
    make_input(3);
    set_trouble(fixture, &trouble);
    run_completely(fixture);
    assert_messages(fixture, "");

    assert_int_equal(unlink(OUTPUT), 0);
    fixture->platform = fake_service_init(&fixture->service);
    trouble.response.retry_after = 38 * SECOND;
    trouble.calls = 0;
    set_trouble(fixture, &trouble);
    run_completely(fixture);
    assert_all_updated(fixture, 3);
    /* The clock of the fake network begins at 03:04:05. */
    assert_messages(fixture,
                    "bauser-batch: paused by the service until 03:04:43 UTC; "
                    "next attempt in 38 s\n"
                    "bauser-batch: no longer paused by the service, after 38 "
                    "s\n"
                    /* The second of the throttled users waits for longer. */
                    "bauser-batch: throttled by the service: HttpError; "
                    "next attempt in 10 s\n"
                    "bauser-batch: no longer throttled by the service, after "
                    "10 s\n");
    assert_logged(" warn wait-begin reason=paused rows=1: paused by "
                  "the service until 03:04:43 UTC; next attempt in "
                  "38 s\n");
}

/* If every call is throttled, it must be reported once, and the end too; so
 * must a user who is throttled when nobody else is left. */
static void test_throttled(void **state)
{
    struct trouble trouble = {.from = 3, .to = 40, .response = throttled};
    struct fixture *fixture = *state;
    const char *messages;

    make_input(3);
    set_trouble(fixture, &trouble);
    run_completely(fixture);
    assert_all_updated(fixture, 3);
    assert_int_equal(close(fixture->platform.messages), 0);
    messages = read_result(fixture, MESSAGES);
    assert_memory_equal(messages,
                        "bauser-batch: throttled by the service: ", 40);
    assert_non_null(strstr(messages, "; next attempt in "));
    assert_non_null(strstr(messages, "\nbauser-batch: no longer throttled by "
                                     "the service, after "));
    assert_logged(" wait-begin reason=throttled rows=1: ");
    assert_logged(" wait-end reason=throttled rows=1: ");
    /* The last user still waits. */
    assert_logged(" wait-begin reason=throttled rows=2: ");
}

/* If the service fails for long, it must be reported, also if the calls are too
 * few to open the circuit breaker, and named again when the run gives up. */
static void test_no_success(void **state)
{
    static const unsigned rows[] = {150, 2};
    struct fixture *fixture = *state;

    for (unsigned i = 0; i < COUNT(rows); i++) {
        struct trouble trouble = {
            .from = 1, .to = UINT_MAX, .response = unavailable};

        fixture->platform = fake_service_init(&fixture->service);
        make_input(rows[i]);
        set_trouble(fixture, &trouble);
        fixture->options.concurrency = 16;
        assert_int_equal(run(fixture), -1);
        assert_int_equal(close(fixture->platform.messages), 0);
        assert_non_null(strstr(read_result(fixture, MESSAGES),
                               "bauser-batch: no GetUser succeeds: user "));
        assert_non_null(strstr(fixture->result,
                               "; retrying, gives up in 15 min\n"
                               "bauser-batch: when the run stopped: no "
                               "GetUser succeeds: "));
        assert_logged(" wait-begin reason=no-success: ");
        assert_int_equal(unlink(LOG), 0);
        fixture->options.restart = true;
    }
}

/* A token endpoint that fails for long must be reported; at once if it cannot
 * be reached and nothing has succeeded. */
static void test_token_endpoint(void **state)
{
    struct trouble trouble = {
        .from = 1, .to = 1, .response = refused, .token = true};
    struct fixture *fixture = *state;

    make_input(3);
    sign_in_with_refresh_token(fixture);
    set_trouble(fixture, &trouble);
    run_completely(fixture);
    assert_messages(
        fixture,
        "bauser-batch: waiting for the token endpoint token.example: "
        "ConnectionFailed: the fake network failed; retrying, gives up in 15 "
        "min\n"
        "bauser-batch: no longer waiting for the token endpoint "
        "token.example, after 0 s\n");
    assert_logged(" wait-begin reason=token-endpoint: ");

    /* A failure of another kind may be short. */
    assert_int_equal(unlink(OUTPUT), 0);
    fixture->platform = fake_service_init(&fixture->service);
    trouble.calls = 0;
    trouble.response = unavailable;
    set_trouble(fixture, &trouble);
    run_completely(fixture);
    assert_messages(fixture, "");

    assert_int_equal(unlink(OUTPUT), 0);
    fixture->platform = fake_service_init(&fixture->service);
    trouble.calls = 0;
    trouble.to = 10;
    set_trouble(fixture, &trouble);
    run_completely(fixture);
    assert_int_equal(close(fixture->platform.messages), 0);
    assert_non_null(strstr(read_result(fixture, MESSAGES),
                           "bauser-batch: waiting for the token endpoint "
                           "token.example: HttpError: unexpected response "));
}

/* Another process keeps the lock on the refresh token. */
static bool keep_lock(struct fixture *fixture)
{
    static const struct secret_file file = {.files = &file_system_posix,
                                            .variable = "REFRESH",
                                            .path = REFRESH,
                                            .kind = ERROR_LOCAL};
    int lock;

    return secret_file_lock(&file, &lock, &fixture->error) == 0 && lock >= 0;
}

/* A lock that another process keeps must be reported, and named again at the
 * stop. */
static void test_token_lock(void **state)
{
    struct trouble trouble = {.token = true};
    struct fixture *fixture = *state;

    make_input(3);
    sign_in_with_refresh_token(fixture);
    set_trouble(fixture, &trouble);
    assert_true(keep_lock(fixture));
    assert_int_equal(run(fixture), -1);
    assert_int_equal(trouble.calls, 0);
    assert_messages(
        fixture,
        "bauser-batch: waiting for the lock on refresh, which another process "
        "holds; retrying, gives up in 15 min\n"
        "bauser-batch: when the run stopped: waiting for the lock on refresh, "
        "which another process holds\n");
    assert_logged(" wait-begin reason=token-lock: ");
}

/* Before a call has succeeded, a certificate that is not trusted and a proxy
 * that requires a sign-in must stop the run as a mistake of the configuration.
 * Later the run must wait, and no row fail. */
static void test_wrong_configuration(void **state)
{
    static const struct fake_response responses[] = {
        {.failure = HTTP_TLS_FAILED, .retry_after = -1, .latency = 10},
        {.failure = HTTP_CONNECT_FAILED,
         .proxy_status = 407,
         .retry_after = -1,
         .latency = 10},
    };
    struct fixture *fixture = *state;

    for (unsigned i = 0; i < COUNT(responses); i++) {
        struct trouble trouble = {
            .from = 1, .to = UINT_MAX, .response = responses[i]};

        fixture->platform = fake_service_init(&fixture->service);
        make_input(3);
        set_trouble(fixture, &trouble);
        fixture->options.concurrency = 3;
        assert_int_equal(run(fixture), -1);
        assert_int_equal(fixture->error.kind, ERROR_USAGE);
        assert_int_equal(trouble.calls, 3);
        assert_false(is_there(OUTPUT) || is_there(PART) || is_there(JOURNAL));
        assert_messages(fixture, "");

        fixture->platform = fake_service_init(&fixture->service);
        trouble =
            (struct trouble){.from = 3, .to = 12, .response = responses[i]};
        set_trouble(fixture, &trouble);
        run_completely(fixture);
        assert_all_updated(fixture, 3);
        assert_int_equal(close(fixture->platform.messages), 0);
        assert_int_equal(unlink(OUTPUT), 0);
    }
}

/* A proxy that rejects its user must not stop the run if another one was read
 * meanwhile. */
static void test_proxy_user_renewed(void **state)
{
    struct trouble trouble = {.from = 1,
                              .to = 3,
                              .response = {.failure = HTTP_CONNECT_FAILED,
                                           .proxy_status = 407,
                                           .proxy_user_renewed = true,
                                           .retry_after = -1,
                                           .latency = 10}};
    struct fixture *fixture = *state;

    make_input(3);
    set_trouble(fixture, &trouble);
    run_completely(fixture);
    assert_all_updated(fixture, 3);
}

/* If a proxy requires a sign-in, the message must say what is missing: an
 * option that the proxy accepts, the right password, or a ticket. */
static void test_proxy_sign_in(void **state)
{
    static const struct {
        const char *schemes;
        const char *user_file;
        bool negotiate;
        const char *proxy;
        const char *message;
    } cases[] = {
        {"Basic, NTLM", NULL, false, "http://p",
         "requires a sign-in for https://service.example (HTTP status 407) by "
         "Basic, NTLM; use --proxy-user-file"},
        {"Negotiate", NULL, false, "http://p",
         "by Negotiate; use --proxy-negotiate (Kerberos)"},
        {"Basic, Negotiate", NULL, false, "http://p",
         "use --proxy-user-file, or --proxy-negotiate (Kerberos)"},
        {"", NULL, false, "http://p",
         "(HTTP status 407); use --proxy-user-file, or --proxy-negotiate"},
        {"NTLM", NULL, false, "http://p",
         "by NTLM, which is not supported; use a local proxy"},
        {"Basic", "login", false, "http://p",
         "rejects the user name or the password in login for "
         "https://service.example (HTTP status 407); correct the file"},
        {"Negotiate", "login", false, "http://p",
         "by Negotiate; use --proxy-negotiate"},
        {"Negotiate, NTLM", NULL, true, "http://p",
         "rejects the Kerberos sign-in for https://service.example (HTTP "
         "status "
         "407); check with klist"},
        {"Basic", NULL, true, "http://p", "by Basic; use --proxy-user-file"},
        {NULL, NULL, false, "socks5h://p",
         "requires a sign-in for https://service.example; use "
         "--proxy-user-file"},
        {NULL, "login", false, "socks5h://p",
         "in login for https://service.example; correct the file"},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trouble trouble = {
            .from = 1,
            .to = UINT_MAX,
            .response = {.failure = HTTP_CONNECT_FAILED,
                         .proxy_status = 407,
                         .proxy_schemes = cases[i].schemes,
                         .retry_after = -1,
                         .latency = 10}};

        fixture->platform = fake_service_init(&fixture->service);
        make_input(3);
        set_trouble(fixture, &trouble);
        fixture->options.proxy = cases[i].proxy;
        fixture->options.proxy_user_file = cases[i].user_file;
        fixture->options.proxy_negotiate = cases[i].negotiate;
        assert_int_equal(run(fixture), -1);
        assert_int_equal(fixture->error.kind, ERROR_USAGE);
        if (!strstr(fixture->error.text, cases[i].message))
            fail_msg("%zu: %s", i, fixture->error.text);
        assert_messages(fixture, "");
    }
}

/* If there is no connection at first, and the environment names a proxy, which
 * has no effect, the message must mention it; not later. */
static void test_unused_proxy(void **state)
{
    struct fixture *fixture = *state;
    struct trouble trouble = {.from = 1,
                              .to = UINT_MAX,
                              .response = {.failure = HTTP_CONNECT_FAILED,
                                           .retry_after = -1,
                                           .latency = 10}};

    make_input(3);
    fixture->options.unused_proxy = "HTTPS_PROXY";
    set_trouble(fixture, &trouble);
    assert_int_equal(run(fixture), -1);
    assert_messages(
        fixture,
        "bauser-batch: no connection to service.example: the fake network "
        "failed; HTTPS_PROXY has no effect, use --proxy; retrying, gives up in "
        "15 min\n"
        "bauser-batch: when the run stopped: no connection to service.example: "
        "the fake network failed; HTTPS_PROXY has no effect, use --proxy\n");
}

/* A token endpoint that does not exist must stop the run as a sign-in that is
 * wrong, unless it has granted a token before. */
static void test_no_token_endpoint(void **state)
{
    struct trouble trouble = {
        .from = 1,
        .to = 1,
        .response = {.status = 404, .retry_after = -1, .sends = 1},
        .token = true};
    struct fixture *fixture = *state;

    make_input(3);
    sign_in_with_refresh_token(fixture);
    set_trouble(fixture, &trouble);
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_SIGN_IN);
    assert_string_equal(fixture->error.text,
                        "there is no token endpoint at "
                        "https://token.example/path (HTTP status 404); check "
                        "--tenant or BAUSER_TOKEN_URL");
    assert_messages(fixture, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUN(test_no_connection_at_first),
        WITH_RUN(test_no_connection_later),
        WITH_RUN(test_signal_without_connection),
        WITH_RUN(test_pause),
        WITH_RUN(test_throttled),
        WITH_RUN(test_no_success),
        WITH_RUN(test_token_endpoint),
        WITH_RUN(test_token_lock),
        WITH_RUN(test_wrong_configuration),
        WITH_RUN(test_proxy_user_renewed),
        WITH_RUN(test_proxy_sign_in),
        WITH_RUN(test_unused_proxy),
        WITH_RUN(test_no_token_endpoint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
