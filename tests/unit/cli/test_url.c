#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/url.h"

/* An accepted address is returned as the base to which paths are appended. */
static void test_accepted(void **state)
{
    static const char *const cases[][2] = {
        {"https://api.example.com", "https://api.example.com"},
        {"https://api.example.com/", "https://api.example.com"},
        {"https://api.example.com//", "https://api.example.com"},
        {"HTTPS://Api.Example.com:8443/base/",
         "https://Api.Example.com:8443/base"},
        {"https://api.example.com/a@b", "https://api.example.com/a@b"},
        {"https://[2001:db8::1]:443/x", "https://[2001:db8::1]:443/x"},
        {"https://10.0.0.1", "https://10.0.0.1"},
        {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
        {"http://127.255.255.254", "http://127.255.255.254"},
        {"http://localhost:1", "http://localhost:1"},
        {"hTTp://LOCALHOST:65535/x/", "http://LOCALHOST:65535/x"},
        {"http://[::1]:80", "http://[::1]:80"},
        {"http://[0:0:0:0:0:0:0:1]", "http://[0:0:0:0:0:0:0:1]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = {.kind = ERROR_NONE};
        char *base = url_parse("--endpoint", cases[i][0], &error);

        if (!base)
            fail_msg("%s: %s", cases[i][0], error.text);
        assert_string_equal(base, cases[i][1]);
        assert_int_equal(error.kind, ERROR_NONE);
        free(base);
    }
}

struct refusal {
    const char *address;
    const char *reason; /* a part of the message */
};

static void assert_refused(const struct refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct error error = {.kind = ERROR_NONE};
        char *base = url_parse("--endpoint", refusals[i].address, &error);

        if (base)
            fail_msg("accepted: %s", refusals[i].address);
        assert_int_equal(error.kind, ERROR_USAGE);
        if (!strstr(error.text, refusals[i].reason))
            fail_msg("%s: %s", refusals[i].address, error.text);
        assert_memory_equal(error.text, "--endpoint: ", 12);
    }
}

/* Plain http is refused unless the host is certainly this machine. */
static void test_plain_http_is_for_loopback_only(void **state)
{
    static const struct refusal refusals[] = {
        {"http://api.example.com", "use https"},
        {"http://127.0.0.1.evil.com", "use https"},
        {"http://127.1", "use https"},
        {"http://0177.0.0.1", "use https"},
        {"http://0x7f.0.0.1", "use https"},
        {"http://2130706433", "use https"},
        {"http://128.0.0.1", "use https"},
        {"http://0.0.0.0", "use https"},
        {"http://localhost.evil.com", "use https"},
        {"http://localhost.", "use https"},
        {"http://[::ffff:127.0.0.1]", "use https"},
        {"http://[::]", "use https"},
    };

    (void)state;
    assert_refused(refusals, sizeof(refusals) / sizeof(refusals[0]));
}

/* An address that could mean another host to another parser, or that is no base
 * address, is refused. */
static void test_ambiguous_addresses_are_refused(void **state)
{
    static const struct refusal refusals[] = {
        {"", "must begin with https://"},
        {"api.example.com", "must begin with https://"},
        {"ftp://127.0.0.1", "must begin with https://"},
        {"https:/api.example.com", "must begin with https://"},
        {"https://", "HOST"},
        {"https:///path", "HOST"},
        {"https://:443", "HOST"},
        {"https://host:", "HOST"},
        {"https://host:0", "HOST"},
        {"https://host:65536", "HOST"},
        {"https://host:443x", "HOST"},
        {"https://host:000080", "HOST"},
        {"https://host:-1", "HOST"},
        {"https://ho%73t", "HOST"},
        {"https://[::1", "HOST"},
        {"https://[::1]x", "HOST"},
        {"https://[::1g:80", "HOST"},
        {"https://[1:2]", "HOST"},
        {"https://[fe80::1%25eth0]", "HOST"},
        {"https://::1", "HOST"},
        {"http://localhost@evil.com", "before the '@'"},
        {"https://user:secret@host/", "before the '@'"},
        {"https://host?x=1", "query"},
        {"https://host/#x", "query"},
        {"http://127.0.0.1\\@evil.com", "invalid in an address"},
        {"https://host/a b", "invalid in an address"},
        {" https://host", "invalid in an address"},
        {"https://host\n", "invalid in an address"},
        {"https://host\r\nX: y", "invalid in an address"},
        {"https://b\xC3\xBC"
         "cher.example",
         "invalid in an address"},
        {"https://host/\x7F", "invalid in an address"},
    };

    (void)state;
    assert_refused(refusals, sizeof(refusals) / sizeof(refusals[0]));
}

/* An address of the maximum length is accepted; one byte more is refused. */
static void test_length_is_limited(void **state)
{
    static const char start[] = "https://host/";
    char address[URL_MAX + 2];
    struct error error;
    char *base;

    (void)state;
    memset(address, 'x', sizeof(address) - 1);
    address[sizeof(address) - 1] = '\0';
    memcpy(address, start, strlen(start));
    assert_null(url_parse("--endpoint", address, &error));
    address[URL_MAX] = '\0';
    base = url_parse("--endpoint", address, &error);
    assert_non_null(base);
    assert_int_equal(strlen(base), URL_MAX);
    free(base);
}

/* The message repeats nothing of the address, which may contain a password. */
static void test_message_without_the_address(void **state)
{
    struct error error;

    (void)state;
    assert_null(url_parse("--endpoint", "https://me:hunter2@x", &error));
    assert_null(strstr(error.text, "hunter2"));
    assert_null(strstr(error.text, "me:"));
}

/* A proxy is HTTP, HTTPS or SOCKS on any host, without a path. */
static void test_proxies(void **state)
{
    static const char *const accepted[] = {
        "http://proxy",
        "http://proxy.example.com:3128",
        "HTTPS://proxy:1/",
        "socks5h://127.0.0.1:1080",
        "http://[2001:db8::1]:8080",
    };
    static const struct refusal refused[] = {
        {"", "a proxy must begin with http://"},
        {"proxy:3128", "a proxy must begin with"},
        {"//proxy", "a proxy must begin with"},
        {"socks5://proxy", "a proxy must begin with"},
        {"socks4a://proxy", "a proxy must begin with"},
        {"http:/proxy", "a proxy must begin with"},
        {"http://", "HOST"},
        {"http://:3128", "HOST"},
        {"http://proxy:0", "HOST"},
        {"http://me:secret@proxy", "before the '@'"},
        {"http://proxy/x", "a proxy has no path"},
        {"http://proxy//", "a proxy has no path"},
        {"http://proxy?x", "query"},
        {"http://pro xy", "invalid in an address"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        struct error error;

        if (url_check_proxy("--proxy", accepted[i], &error))
            fail_msg("%s: %s", accepted[i], error.text);
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct error error = {.kind = ERROR_NONE};

        if (url_check_proxy("--proxy", refused[i].address, &error) == 0)
            fail_msg("accepted: %s", refused[i].address);
        assert_int_equal(error.kind, ERROR_USAGE);
        if (!strstr(error.text, refused[i].reason))
            fail_msg("%s: %s", refused[i].address, error.text);
        assert_null(strstr(error.text, "secret"));
    }
}

/* The address shows whether it is this machine, and whether it is called
 * without TLS. */
static void test_plain_and_local(void **state)
{
    (void)state;
    assert_true(url_is_plain("HTTP://localhost"));
    assert_false(url_is_plain("https://localhost"));
    assert_false(url_is_plain("socks5h://localhost"));
    assert_true(url_is_local("socks5h://127.0.0.1:1080"));
    assert_true(url_is_local("http://[::1]:80/"));
    assert_true(url_is_local("https://localhost/x"));
    assert_false(url_is_local("http://127.0.0.1.example.com"));
    assert_false(url_is_local("http://10.0.0.1:80"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_plain_http_is_for_loopback_only),
        cmocka_unit_test(test_ambiguous_addresses_are_refused),
        cmocka_unit_test(test_length_is_limited),
        cmocka_unit_test(test_message_without_the_address),
        cmocka_unit_test(test_proxies),
        cmocka_unit_test(test_plain_and_local),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
