#include "net/device_code.h"

#include "unit.h"

#define NOW   INT64_C(1000000)
#define CODES "\"device_code\":\"secret\",\"user_code\":\"ABCD-EFGH\""
#define URI   "\"verification_uri\":\"https://login.example/device\""

static struct device_code parse(const char *body)
{
    struct http_response response = make_response(200, body);
    struct device_code device;
    struct oauth_error error;

    if (device_code_parse(&device, &response, NOW, &error))
        fail_msg("refused: %s: %s %s", body, error.name, error.text);
    return device;
}

/* A response must give the codes, the address, the interval and the end; a
 * missing or unusable number is replaced by that of RFC 8628. */
static void test_parse(void **state)
{
    static const struct {
        const char *numbers;
        int64_t interval, life;
    } cases[] = {
        {",\"expires_in\":900,\"interval\":5", 5000, 900000},
        {",\"expires_in\":\"120\",\"interval\":\"2\"", 2000, 120000},
        {"", 5000, 900000},
        {",\"expires_in\":0,\"interval\":-1", 5000, 900000},
        {",\"expires_in\":true,\"interval\":\"5 s\"", 5000, 900000},
        {",\"expires_in\":1e99,\"interval\":1e99", 60000, 3600000},
        {",\"expires_in\":0.1,\"interval\":0.1", 1000, 1000},
    };
    char body[512];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct device_code device;

        snprintf(body, sizeof(body), "{" CODES "," URI "%s}", cases[i].numbers);
        device = parse(body);
        assert_string_equal(device.code, "secret");
        assert_string_equal(device.user_code, "ABCD-EFGH");
        assert_string_equal(device.address, "https://login.example/device");
        assert_int_equal(device.interval, cases[i].interval);
        assert_int_equal(device.expires - NOW, cases[i].life);
        device_code_clear(&device);
        assert_null(device.code);
    }
}

/* A response that the user could not follow, or that is an error, must be
 * refused. */
static void test_refuse(void **state)
{
    static const char *const bodies[] = {
        "",
        "[]",
        "{}",
        "{" CODES "}",
        "{" URI "}",
        "{" URI ",\"user_code\":\"A\",\"device_code\":\"a b\"}",
        "{" URI ",\"user_code\":\"A\",\"device_code\":5}",
        "{" URI ",\"user_code\":\"\",\"device_code\":\"a\"}",
        "{" URI ",\"user_code\":\"\\u001b[2J\",\"device_code\":\"a\"}",
        "{" CODES ",\"verification_uri\":7}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct http_response response = make_response(200, bodies[i]);
        struct device_code device;
        struct oauth_error error = {.name = ""};

        assert_int_equal(device_code_parse(&device, &response, NOW, &error),
                         -1);
        assert_string_equal(error.name, "UnexpectedResponse");
        device_code_clear(&device);
    }
}

static enum device_poll judge(struct device_code *device, const char *name,
                              enum oauth_error_kind kind, int64_t now)
{
    struct oauth_error error = {.kind = kind};

    snprintf(error.name, sizeof(error.name), "%s", name);
    return device_code_judge(device, &error, now);
}

/* Polling must go on while the user has not decided, slow down by five seconds
 * each time when it is asked to or fails, and stop for any other reason. */
static void test_judge(void **state)
{
    struct device_code device = {.interval = 5000, .expires = NOW + 100000};

    (void)state;
    assert_int_equal(
        judge(&device, "authorization_pending", OAUTH_REFUSED, NOW),
        DEVICE_WAIT);
    assert_int_equal(device.interval, 5000);
    assert_int_equal(judge(&device, "slow_down", OAUTH_REFUSED, NOW),
                     DEVICE_WAIT);
    assert_int_equal(device.interval, 10000);
    assert_int_equal(judge(&device, "Timeout", OAUTH_RETRY, NOW), DEVICE_WAIT);
    assert_int_equal(device.interval, 15000);
    assert_int_equal(judge(&device, "HttpError", OAUTH_THROTTLED, NOW),
                     DEVICE_WAIT);
    assert_int_equal(device.interval, 20000);
    assert_int_equal(judge(&device, "expired_token", OAUTH_REFUSED, NOW),
                     DEVICE_EXPIRED);
    assert_int_equal(
        judge(&device, "authorization_declined", OAUTH_REFUSED, NOW),
        DEVICE_REFUSED);
    assert_int_equal(judge(&device, "access_denied", OAUTH_REFUSED, NOW),
                     DEVICE_REFUSED);
}

/* No poll must be sent after the code has expired, nor at intervals that grow
 * without end. */
static void test_end(void **state)
{
    struct device_code device = {.interval = 5000, .expires = NOW + 5000};

    (void)state;
    assert_int_equal(
        judge(&device, "authorization_pending", OAUTH_REFUSED, NOW - 1),
        DEVICE_WAIT);
    assert_int_equal(
        judge(&device, "authorization_pending", OAUTH_REFUSED, NOW),
        DEVICE_EXPIRED);
    device = (struct device_code){.interval = 5000, .expires = INT64_MAX / 2};
    for (int i = 0; i < 100; i++)
        assert_int_equal(judge(&device, "slow_down", OAUTH_REFUSED, NOW),
                         DEVICE_WAIT);
    assert_true(device.interval <= 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_refuse),
        cmocka_unit_test(test_judge),
        cmocka_unit_test(test_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
