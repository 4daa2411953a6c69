#include "cli/sign_in_addresses.h"

#include <sys/stat.h>
#include <unistd.h>

#include "service/service.h"
#include "unit.h"

#define MICROSOFT "https://login.microsoftonline.com/"

static const struct sign_in_given none = {NULL, "URL"};

static void check(char *found, const char *expected)
{
    assert_non_null(found);
    assert_string_equal(found, expected);
    free(found);
}

/* Without a given token endpoint, the provider, the tenant and --device must
 * determine the addresses. */
static void test_providers(void **state)
{
    struct options options = {.service = &service_rest};
    struct error error;

    (void)state;
    check(sign_in_token_url(&options, &none, &error),
          MICROSOFT "common/oauth2/v2.0/token");
    check(sign_in_first_url(&options, &none, &error),
          MICROSOFT "common/oauth2/v2.0/authorize");
    options.tenant = "contoso.example";
    options.device = true;
    check(sign_in_token_url(&options, &none, &error),
          MICROSOFT "contoso.example/oauth2/v2.0/token");
    check(sign_in_first_url(&options, &none, &error),
          MICROSOFT "contoso.example/oauth2/v2.0/devicecode");
    options = (struct options){.service = &service_rest, .google = true};
    check(sign_in_token_url(&options, &none, &error),
          "https://oauth2.googleapis.com/token");
    check(sign_in_first_url(&options, &none, &error),
          "https://accounts.google.com/o/oauth2/v2/auth");
}

/* With a given token endpoint, the other addresses must be beside it; one that
 * does not end in /token must be refused. */
static void test_given(void **state)
{
    static const char *const wrong[] = {
        "http://127.0.0.1:1", "http://127.0.0.1:1/tokens",
        "http://127.0.0.1:1/x-token", "http://example.com/token", "token"};
    const struct sign_in_given given = {"http://127.0.0.1:1/t/token", "URL"};
    struct options options = {.service = &service_rest, .tenant = "ignored"};
    struct error error;

    (void)state;
    check(sign_in_token_url(&options, &given, &error), given.value);
    check(sign_in_first_url(&options, &given, &error),
          "http://127.0.0.1:1/t/authorize");
    options.device = true;
    check(sign_in_first_url(&options, &given, &error),
          "http://127.0.0.1:1/t/devicecode");
    for (size_t i = 0; i < COUNT(wrong); i++) {
        const struct sign_in_given bad = {wrong[i], "URL"};

        assert_null(sign_in_first_url(&options, &bad, &error));
        assert_int_equal(error.kind, ERROR_USAGE);
        assert_memory_equal(error.text, "URL", 3);
    }
}

/* Each environment and provider must have a scope and a default file of its
 * own. */
static void test_scopes_and_files(void **state)
{
    struct options options = {.service = &service_rest};
    struct error error;

    (void)state;
    setenv("HOME", "/home/jo", 1);
    setenv("XDG_CONFIG_HOME", "/config", 1);
    assert_string_equal(sign_in_first_scope(&options),
                        "https://ads.microsoft.com/msads.manage "
                        "offline_access");
    check(sign_in_default_file(&options, &error),
          "/config/bauser-batch/refresh-token.ads.microsoft.com");
    options.sandbox = true;
    assert_string_equal(sign_in_token_scope(&options),
                        "https://si.ads.microsoft.com/msads.manage "
                        "offline_access");
    check(sign_in_default_file(&options, &error),
          "/config/bauser-batch/refresh-token.si.ads.microsoft.com");
    options = (struct options){.service = &service_rest, .google = true};
    assert_null(sign_in_token_scope(&options));
    assert_string_equal(sign_in_first_scope(&options), "openid email profile");
    check(sign_in_default_file(&options, &error),
          "/config/bauser-batch/refresh-token.google.ads.microsoft.com");
    options = (struct options){.service = &service_partner};
    setenv("XDG_CONFIG_HOME", "relative", 1);
    check(sign_in_default_file(&options, &error),
          "/home/jo/.config/bauser-batch/"
          "refresh-token.api.partnercenter.microsoft.com");
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("HOME");
    assert_null(sign_in_default_file(&options, &error));
    assert_int_equal(error.kind, ERROR_NONE);
}

/* Missing directories must be made for their owner only; existing ones stay. */
static void test_directories(void **state)
{
    char root[] = "/tmp/sign-in.XXXXXX";
    char path[128];
    struct stat status;
    struct error error;

    (void)state;
    assert_non_null(mkdtemp(root));
    snprintf(path, sizeof(path), "%s/a/b/file", root);
    assert_int_equal(sign_in_make_directories(path, &error), 0);
    assert_int_equal(sign_in_make_directories(path, &error), 0);
    assert_int_equal(stat(path, &status), -1);
    *strrchr(path, '/') = '\0';
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(rmdir(path), 0);
    *strrchr(path, '/') = '\0';
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(root), 0);
    assert_int_equal(sign_in_make_directories("/proc/none/file", &error), -1);
    assert_int_equal(error.kind, ERROR_USAGE);
}

/* Only localhost and 127.0.0.1 over http must be addresses that the program
 * listens on; their port and path must be found. */
static void test_redirects(void **state)
{
    static const struct {
        const char *uri;
        bool listens, numeric;
        unsigned port;
        const char *path;
    } cases[] = {
        {"http://localhost", true, false, 0, ""},
        {"http://localhost/", true, false, 0, "/"},
        {"http://localhost:8400", true, false, 8400, ""},
        {"http://localhost:8400/a/b", true, false, 8400, "/a/b"},
        {"http://127.0.0.1:1/x", true, true, 1, "/x"},
        {"http://127.0.0.2:1/x", false, false, 0, ""},
        {"http://[::1]:1/x", false, false, 0, ""},
        {"https://localhost/x", false, false, 0, ""},
        {MICROSOFT "common/oauth2/nativeclient", false, false, 0, ""},
    };
    static const char *const wrong[] = {"",
                                        "localhost",
                                        "http://example.com",
                                        "http://localhost.example.com",
                                        "http://localhost:99999",
                                        "http://localhost?x",
                                        "https://x/#y",
                                        "msal://auth"};
    struct sign_in_redirect redirect;
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (sign_in_parse_redirect("URI", cases[i].uri, &redirect, &error))
            fail_msg("%s", error.text);
        assert_int_equal(redirect.listens, cases[i].listens);
        assert_int_equal(redirect.numeric, cases[i].numeric);
        assert_int_equal(redirect.port, cases[i].port);
        assert_string_equal(redirect.path, cases[i].path);
    }
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_int_equal(
            sign_in_parse_redirect("URI", wrong[i], &redirect, &error), -1);
        assert_int_equal(error.kind, ERROR_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_providers),
        cmocka_unit_test(test_given),
        cmocka_unit_test(test_scopes_and_files),
        cmocka_unit_test(test_directories),
        cmocka_unit_test(test_redirects),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
