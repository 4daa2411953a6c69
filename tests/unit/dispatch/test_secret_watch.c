#include "unit.h"

#include "dispatch/secret_watch.h"
#include "files.h"
#include "setup/service_context.h"

/* A run whose developer token and password are in files. */
struct fixture {
    void *directory;
    struct options options;
    struct credentials credentials;
    struct call_context context;
    struct secret_watch watch;
};

static int setup(void **state)
{
    static struct fixture fixture;
    static struct service service;
    const struct credentials_setup setup = {
        &fixture.options, &file_system_posix, &clock_system, NULL};
    struct error error;

    service = service_rest;
    service.legacy_sign_in = true;
    fixture = (struct fixture){.options = {.service = &service}};
    if (enter_directory(&fixture.directory))
        return -1;
    make_file("developer", "developer-1", 0600);
    make_file("password", "password-1", 0600);
    setenv("BAUSER_ACCESS_TOKEN", "access", 1);
    setenv("BAUSER_DEVELOPER_TOKEN_FILE", "developer", 1);
    setenv("BAUSER_USERNAME", "jo", 1);
    setenv("BAUSER_PASSWORD_FILE", "password", 1);
    assert_int_equal(credentials_read(&fixture.credentials, &setup, &error), 0);
    fixture.context =
        service_context(&fixture.options, &fixture.credentials, NULL);
    secret_watch_init(&fixture.watch, &fixture.credentials, &fixture.context);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    secret_watch_clear(&fixture->watch);
    credentials_clear(&fixture->credentials);
    return leave_directory(&fixture->directory);
}

/* A file that has changed must be read when it rests, and only every two
 * seconds. Calls in flight may carry the secret before it. */
static void test_changed(void **state)
{
    struct fixture *fixture = *state;
    struct secret_watch *watch = &fixture->watch;

    assert_null(secret_watch_look(watch, false, 0));
    make_file("password", "password-two", 0600);
    assert_null(secret_watch_look(watch, false, 1999));
    assert_null(secret_watch_look(watch, false, 2000));
    assert_string_equal(fixture->context.password, "password-1");
    assert_string_equal(secret_watch_look(watch, false, 4000),
                        "BAUSER_PASSWORD_FILE");
    assert_string_equal(fixture->context.password, "password-two");
    assert_string_equal(fixture->context.earlier_secrets[0], "password-1");
    assert_string_equal(fixture->context.developer_token, "developer-1");
    assert_null(secret_watch_look(watch, false, 6000));
}

/* After a refusal all files must be read at once. What cannot be read, or has
 * the same secret, must change nothing. */
static void test_refused(void **state)
{
    struct fixture *fixture = *state;
    struct secret_watch *watch = &fixture->watch;

    assert_null(secret_watch_look(watch, true, 0));
    make_file("developer", "developer-2", 0600);
    assert_non_null(secret_watch_look(watch, true, 1));
    assert_string_equal(fixture->context.developer_token, "developer-2");
    assert_int_equal(chmod("developer", 0644), 0);
    make_file("developer", "developer-3", 0600);
    assert_null(secret_watch_look(watch, true, 2));
    assert_int_equal(chmod("developer", 0600), 0);
    assert_non_null(secret_watch_look(watch, true, 3));
    assert_string_equal(fixture->context.earlier_secrets[0], "developer-1");
    assert_string_equal(fixture->context.earlier_secrets[1], "developer-2");
    assert_int_equal(unlink("developer"), 0);
    assert_null(secret_watch_look(watch, true, 4));
    assert_string_equal(fixture->context.developer_token, "developer-3");
}

/* Of more secrets than a context has room for, the last ones must be kept. */
static void test_many(void **state)
{
    struct fixture *fixture = *state;
    const char *const *earlier = fixture->context.earlier_secrets;
    char name[24], expected[24];

    for (unsigned i = 1; i <= SERVICE_EARLIER + 2; i++) {
        (void)snprintf(name, sizeof(name), "secret-%u", i);
        make_file(i % 2 ? "developer" : "password", name, 0600);
        assert_non_null(secret_watch_look(&fixture->watch, true, i));
    }
    for (unsigned i = 0; i < SERVICE_EARLIER; i++) {
        (void)snprintf(expected, sizeof(expected), "secret-%u",
                       i < 2 ? SERVICE_EARLIER + i - 1 : i - 1);
        assert_string_equal(earlier[i], expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_changed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
