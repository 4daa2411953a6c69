#include "cli/budget_url.h"
#include "unit.h"

/* The parts of an accepted URL must be found. */
static void test_accepted(void **state)
{
    static const struct {
        const char *address, *host;
        unsigned port;
        const char *user, *key;
    } cases[] = {
        {"redis://redis.example.com/contoso", "redis.example.com", 6379, "",
         "contoso"},
        {"REDIS://10.0.0.1:7000/a:b/c", "10.0.0.1", 7000, "", "a:b/c"},
        {"redis://bauser@[::1]:1/k@x", "::1", 1, "bauser", "k@x"},
        {"redis://[2001:db8::1]/7", "2001:db8::1", 6379, "", "7"},
    };
    struct budget_url url;
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (budget_url_parse(&url, cases[i].address, &error))
            fail_msg("%s: %s", cases[i].address, error.text);
        assert_string_equal(url.host, cases[i].host);
        assert_int_equal(url.port, cases[i].port);
        assert_string_equal(url.user, cases[i].user);
        assert_string_equal(url.key, cases[i].key);
    }
}

/* Any other URL must be refused, without a part of it in the message. */
static void test_refused(void **state)
{
    static const char *const cases[][2] = {
        {"", "must begin with redis://"},
        {"s3cret", "must begin with redis://"},
        {"http://host/s3cret", "must begin with redis://"},
        {"rediss://host/s3cret", "tunnel"},
        {"redis://host", "name of the budget"},
        {"redis://host/", "name of the budget"},
        {"redis://host/s3 cret", "name of the budget"},
        {"redis://host/s3cret\n", "name of the budget"},
        {"redis:///s3cret", "HOST"},
        {"redis://host:0/s3cret", "HOST"},
        {"redis://host:65536/s3cret", "HOST"},
        {"redis://host:/s3cret", "HOST"},
        {"redis://[s3cret]/key", "HOST"},
        {"redis://user:s3cret@host/key", "BAUSER_BUDGET_PASSWORD_FILE"},
        {"redis://:s3cret@host/key", "BAUSER_BUDGET_PASSWORD_FILE"},
        {"redis://@host/s3cret", "user name"},
        {"redis://a@s3cret@host/key", "HOST"},
    };
    struct budget_url url;
    struct error error;
    char address[300] = "redis://host/";

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (budget_url_parse(&url, cases[i][0], &error) == 0)
            fail_msg("accepted: %s", cases[i][0]);
        assert_int_equal(error.kind, ERROR_USAGE);
        if (!strstr(error.text, cases[i][1]) || strstr(error.text, "s3"))
            fail_msg("%s: %s", cases[i][0], error.text);
    }
    memset(address + strlen(address), 'k', BUDGET_URL_NAME);
    assert_int_equal(budget_url_parse(&url, address, &error), 0);
    memset(address + strlen(address), 'k', 1);
    assert_int_equal(budget_url_parse(&url, address, &error), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
