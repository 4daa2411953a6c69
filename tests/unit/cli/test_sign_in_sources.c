#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/sign_in_sources.h"
#include "service/service.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const variables[] = {
    "BAUSER_ACCESS_TOKEN",  "BAUSER_ACCESS_TOKEN_FILE",
    "BAUSER_CLIENT_ID",     "BAUSER_CLIENT_SECRET",
    "BAUSER_REFRESH_TOKEN", "BAUSER_REFRESH_TOKEN_FILE",
    "BAUSER_TOKEN_URL",     "HOME",
    "XDG_CONFIG_HOME",
};

static struct options options;

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(variables); i++)
        unsetenv(variables[i]);
    options = (struct options){.service = &service_rest};
    return 0;
}

/* A client id and a file, which need not exist: nothing is read. */
static void set_refresh_way(void)
{
    setenv("BAUSER_CLIENT_ID", "client", 1);
    setenv("BAUSER_REFRESH_TOKEN_FILE", "/nowhere/token", 1);
}

/* The message must contain both parts, and no value. */
static void assert_refused(const char *variable, const char *reason)
{
    struct sign_in_sources sources;
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(
        sign_in_sources_find(&sources, &options, &file_system_posix, &error),
        -1);
    sign_in_sources_clear(&sources);
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, variable) || !strstr(error.text, reason))
        fail_msg("'%s' or '%s' is not in: %s", variable, reason, error.text);
    assert_null(strstr(error.text, "s3cret"));
}

/* The refresh token must be in this file; NULL: the way is an access token. */
static void assert_way(const char *refresh_file)
{
    struct sign_in_sources sources;
    struct error error;

    if (sign_in_sources_find(&sources, &options, &file_system_posix, &error))
        fail_msg("%s", error.text);
    assert_int_equal(secret_source_is_given(&sources.access), !refresh_file);
    assert_int_equal(secret_source_is_given(&sources.id), !!refresh_file);
    if (refresh_file)
        assert_string_equal(sources.refresh_file, refresh_file);
    else
        assert_null(sources.refresh_file);
    sign_in_sources_clear(&sources);
}

/* Each way must be accepted alone, and its sources have their labels. */
static void test_each_way(void **state)
{
    struct sign_in_sources sources;
    struct error error;

    (void)state;
    setenv("BAUSER_ACCESS_TOKEN", "s3cret", 1);
    assert_way(NULL);
    unsetenv("BAUSER_ACCESS_TOKEN");
    set_refresh_way();
    assert_way("/nowhere/token");
    assert_int_equal(
        sign_in_sources_find(&sources, &options, &file_system_posix, &error),
        0);
    assert_string_equal(sources.id.label, "BAUSER_CLIENT_ID");
    assert_string_equal(sign_in_sources_refresh_label(&sources),
                        "BAUSER_REFRESH_TOKEN_FILE");
    sign_in_sources_clear(&sources);
    assert_null(sources.refresh_file);
}

/* Both ways at once must be refused, and a part of one; the message names what
 * is set and what is missing. */
static void test_ways(void **state)
{
    (void)state;
    assert_refused("set BAUSER_CLIENT_ID", "--sign-in");
    setenv("BAUSER_CLIENT_SECRET", "s3cret", 1);
    assert_refused("BAUSER_CLIENT_SECRET is set", "BAUSER_CLIENT_ID is not");
    setenv("BAUSER_CLIENT_ID", "client", 1);
    assert_refused("BAUSER_CLIENT_ID is set", "no refresh token is stored");
    unsetenv("BAUSER_CLIENT_SECRET");
    assert_refused("BAUSER_CLIENT_ID is set", "no refresh token is stored");
    set_refresh_way();
    unsetenv("BAUSER_CLIENT_ID");
    assert_refused("BAUSER_REFRESH_TOKEN_FILE is set",
                   "BAUSER_CLIENT_ID is not");
    setenv("BAUSER_ACCESS_TOKEN", "s3cret", 1);
    assert_refused("BAUSER_ACCESS_TOKEN and", "BAUSER_REFRESH_TOKEN_FILE are");
    unsetenv("BAUSER_ACCESS_TOKEN");
    setenv("BAUSER_ACCESS_TOKEN_FILE", "/nowhere/access", 1);
    setenv("BAUSER_CLIENT_ID", "client", 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE and", "BAUSER_CLIENT_ID are");
    unsetenv("BAUSER_CLIENT_ID");
    unsetenv("BAUSER_REFRESH_TOKEN_FILE");
    setenv("BAUSER_CLIENT_SECRET", "s3cret", 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE and", "BAUSER_CLIENT_SECRET are");
}

/* A refresh token in the environment must be refused, because it is replaced.
 */
static void test_refresh_token_in_environment(void **state)
{
    (void)state;
    set_refresh_way();
    setenv("BAUSER_REFRESH_TOKEN", "s3cret", 1);
    assert_refused("BAUSER_REFRESH_TOKEN is set", "the service replaces it");
    unsetenv("BAUSER_CLIENT_ID");
    unsetenv("BAUSER_REFRESH_TOKEN_FILE");
    setenv("BAUSER_ACCESS_TOKEN", "s3cret", 1);
    assert_refused("BAUSER_REFRESH_TOKEN is set", "BAUSER_REFRESH_TOKEN_FILE");
}

/* The first sign-in must have an application and a file, and no access token.
 */
static void test_first_sign_in(void **state)
{
    (void)state;
    options.mode = MODE_SIGN_IN;
    assert_refused("BAUSER_CLIENT_ID is not set", "FIRST SIGN-IN");
    set_refresh_way();
    assert_way("/nowhere/token");
    unsetenv("BAUSER_REFRESH_TOKEN_FILE");
    setenv("BAUSER_TOKEN_URL", "https://login.example/token", 1);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE is not set",
                   "with BAUSER_TOKEN_URL there is no default");
}

/* With an endpoint on this machine, the refresh token must not be sent to the
 * real token endpoint; an access token needs none. */
static void test_rehearsal(void **state)
{
    static char endpoints[][32] = {"http://127.0.0.1:8080", "http://localhost",
                                   "https://[::1]:1/x", "http://127.8.9.1"};
    static char elsewhere[] = "https://gateway.example";

    (void)state;
    set_refresh_way();
    for (size_t i = 0; i < COUNT(endpoints); i++) {
        options.endpoint = endpoints[i];
        unsetenv("BAUSER_TOKEN_URL");
        assert_refused("BAUSER_TOKEN_URL is not set", endpoints[i]);
        setenv("BAUSER_TOKEN_URL", "http://127.0.0.1:8080/t", 1);
        assert_way("/nowhere/token");
    }
    unsetenv("BAUSER_TOKEN_URL");
    options.endpoint = elsewhere;
    assert_way("/nowhere/token");
    options.endpoint = endpoints[0];
    unsetenv("BAUSER_CLIENT_ID");
    unsetenv("BAUSER_REFRESH_TOKEN_FILE");
    setenv("BAUSER_ACCESS_TOKEN", "access", 1);
    assert_way(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_each_way, set_up),
        cmocka_unit_test_setup(test_ways, set_up),
        cmocka_unit_test_setup(test_refresh_token_in_environment, set_up),
        cmocka_unit_test_setup(test_first_sign_in, set_up),
        cmocka_unit_test_setup(test_rehearsal, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
