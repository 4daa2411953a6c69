#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/secret_file.h"
#include "cli/credentials.h"
#include "service/service.h"

#define PATH_SIZE 256

/* A folder of the test's own, and files in it. */
struct fixture {
    char folder[PATH_SIZE];
    char file[PATH_SIZE];
    char link[PATH_SIZE];
    char lock[PATH_SIZE];
};

/* --follow-links is off unless a test turns it on; the service needs a
 * developer token, and takes no other sign-in. */
static struct options options;

/* One that needs no developer token, and one with a legacy sign-in. */
static struct service plain, legacy;

static const char *const variables[] = {
    "BAUSER_ACCESS_TOKEN",      "BAUSER_ACCESS_TOKEN_FILE",
    "BAUSER_CLIENT_ID",         "BAUSER_CLIENT_ID_FILE",
    "BAUSER_CLIENT_SECRET",     "BAUSER_CLIENT_SECRET_FILE",
    "BAUSER_DEVELOPER_TOKEN",   "BAUSER_DEVELOPER_TOKEN_FILE",
    "BAUSER_REFRESH_TOKEN",     "BAUSER_REFRESH_TOKEN_FILE",
    "BAUSER_TOKEN_URL",         "CREDENTIALS_DIRECTORY",
    "BAUSER_APPLICATION_TOKEN", "BAUSER_APPLICATION_TOKEN_FILE",
    "BAUSER_USERNAME",          "BAUSER_USERNAME_FILE",
    "BAUSER_PASSWORD",          "BAUSER_PASSWORD_FILE",
};

static int setup(void **state)
{
    static struct fixture fixture;

    snprintf(fixture.folder, sizeof(fixture.folder), "/tmp/credentials.XXXXXX");
    if (!mkdtemp(fixture.folder))
        return -1;
    snprintf(fixture.file, sizeof(fixture.file), "%.200s/token",
             fixture.folder);
    snprintf(fixture.link, sizeof(fixture.link), "%.200s/link", fixture.folder);
    snprintf(fixture.lock, sizeof(fixture.lock), "%.200s/token.lock",
             fixture.folder);
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        unsetenv(variables[i]);
    options = (struct options){.service = &service_rest};
    plain = legacy = service_rest;
    plain.developer_token = false;
    legacy.legacy_sign_in = true;
    setenv("BAUSER_DEVELOPER_TOKEN", "dev", 1);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    unlink(fixture->file);
    unlink(fixture->link);
    if (unlink(fixture->lock))
        rmdir(fixture->lock);
    return rmdir(fixture->folder);
}

static void write_file(const char *path, const char *data, size_t len,
                       mode_t mode)
{
    FILE *file;

    unlink(path); /* it may be read-only by now */
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

/* Reading must fail; the message has all of the parts. */
static void assert_refused(const char *variable, const char *reason)
{
    struct credentials credentials;
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(credentials_read(&credentials, &options, &error), -1);
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, variable) || !strstr(error.text, reason))
        fail_msg("'%s' or '%s' is not in: %s", variable, reason, error.text);
    assert_null(strstr(error.text, "s3cret"));
}

/* Reading must give this access token. */
static void assert_token(const char *token)
{
    struct credentials credentials;
    struct error error;

    if (credentials_read(&credentials, &options, &error))
        fail_msg("%s", error.text);
    assert_string_equal(credentials.access_token, token);
    assert_string_equal(credentials.developer_token, "dev");
    credentials_clear(&credentials);
    assert_null(credentials.access_token);
    assert_null(credentials.developer_token);
}

/* Reading must give what a refresh token needs, by this file. */
static void assert_refresh(const char *file)
{
    struct credentials credentials;
    struct error error;

    if (credentials_read(&credentials, &options, &error))
        fail_msg("%s", error.text);
    assert_null(credentials.access_token);
    assert_string_equal(credentials.developer_token, "dev");
    assert_string_equal(credentials.client_id, "client");
    assert_string_equal(credentials.refresh_file, file);
    credentials_clear(&credentials);
    assert_null(credentials.client_id);
    assert_null(credentials.refresh_file);
}

/* Both tokens come from the environment. */
static void test_from_environment(void **state)
{
    (void)state;
    setenv("BAUSER_ACCESS_TOKEN", "eyJ0.abc-_~+/=", 1);
    assert_token("eyJ0.abc-_~+/=");
}

/* A missing or empty variable is named, and the way by a file as well. */
static void test_missing_is_named(void **state)
{
    (void)state;
    assert_refused("BAUSER_ACCESS_TOKEN", "BAUSER_ACCESS_TOKEN_FILE");
    setenv("BAUSER_ACCESS_TOKEN", "", 1);
    assert_refused("BAUSER_ACCESS_TOKEN", "is not set");
    setenv("BAUSER_ACCESS_TOKEN", "s3cret", 1);
    unsetenv("BAUSER_DEVELOPER_TOKEN");
    assert_refused("BAUSER_DEVELOPER_TOKEN", "is not set");
}

/* A secret given both ways is refused: which one is meant? */
static void test_both_ways(void **state)
{
    struct fixture *fixture = *state;

    setenv("BAUSER_ACCESS_TOKEN", "s3cret", 1);
    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "both set");
}

/* Bytes that would break a header, or that no token has, are refused. */
static void test_bytes_that_no_token_has(void **state)
{
    static const char *const tokens[] = {
        "s3cret\n", "s3cret\r\nX-Evil: 1", "s3cret ",        " s3cret",
        "s3\tcret", "s3cret\x7F",          "s3cret\xC3\xA9", "\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        setenv("BAUSER_ACCESS_TOKEN", tokens[i], 1);
        assert_refused("BAUSER_ACCESS_TOKEN", "no token has");
    }
}

/* A file's token loses one line end at its end, and nothing else. */
static void test_from_file(void **state)
{
    static const char *const contents[] = {"s3cret", "s3cret\n", "s3cret\r\n"};
    struct fixture *fixture = *state;

    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
        write_file(fixture->file, contents[i], strlen(contents[i]), 0600);
        assert_token("s3cret");
    }
    write_file(fixture->file, "s3cret\n\n", 8, 0600);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "no token has");
    write_file(fixture->file, "s3\0cret", 7, 0600);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "no token has");
}

/* A file without a token is refused. */
static void test_empty_file(void **state)
{
    struct fixture *fixture = *state;

    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    write_file(fixture->file, "", 0, 0600);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "empty");
    write_file(fixture->file, "\n", 1, 0600);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "empty");
}

/* A file as large as allowed is read whole, one byte more is refused. */
static void test_large_file(void **state)
{
    struct fixture *fixture = *state;
    char *token = calloc(1, SECRET_FILE_MAX + 2);

    assert_non_null(token);
    memset(token, 'x', SECRET_FILE_MAX + 1);
    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    write_file(fixture->file, token, SECRET_FILE_MAX + 1, 0600);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "too large");
    write_file(fixture->file, token, SECRET_FILE_MAX, 0600);
    token[SECRET_FILE_MAX] = '\0';
    assert_token(token);
    free(token);
}

/* A file that others may touch is refused, with the command that mends it. */
static void test_permissions(void **state)
{
    static const mode_t open_modes[] = {0640, 0604, 0620, 0602, 0610, 0666};
    struct fixture *fixture = *state;

    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    for (size_t i = 0; i < sizeof(open_modes) / sizeof(open_modes[0]); i++) {
        write_file(fixture->file, "s3cret", 6, open_modes[i]);
        assert_refused("BAUSER_ACCESS_TOKEN_FILE", "chmod 600 '");
        assert_refused("BAUSER_ACCESS_TOKEN_FILE", fixture->file);
    }
    write_file(fixture->file, "s3cret", 6, 0400);
    assert_token("s3cret");
}

/* What is no regular file is refused, and a named pipe does not hold us. */
static void test_no_regular_file(void **state)
{
    struct fixture *fixture = *state;

    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "can't open");
    assert_int_equal(mkfifo(fixture->file, 0600), 0);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "no regular file");
    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->folder, 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "no regular file");
}

/* A link is refused, but followed in the folder of systemd's credentials. */
static void test_links(void **state)
{
    struct fixture *fixture = *state;
    char outside[PATH_SIZE];

    write_file(fixture->file, "s3cret", 6, 0600);
    assert_int_equal(symlink(fixture->file, fixture->link), 0);
    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->link, 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "is a link");
    setenv("CREDENTIALS_DIRECTORY", fixture->folder, 1);
    assert_token("s3cret");
    setenv("CREDENTIALS_DIRECTORY", "/tmp/credential", 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "is a link");

    unsetenv("CREDENTIALS_DIRECTORY");
    options.follow_links = true;
    assert_token("s3cret");
    options.follow_links = false;

    /* Not by a detour through the folder. */
    setenv("CREDENTIALS_DIRECTORY", fixture->folder, 1);
    snprintf(outside, sizeof(outside), "%.100s/../%.100s/link", fixture->folder,
             strrchr(fixture->folder, '/') + 1);
    setenv("BAUSER_ACCESS_TOKEN_FILE", outside, 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "is a link");
}

/* In that folder an access list may show as the group's read bit, not more. */
static void test_credentials_directory_permissions(void **state)
{
    struct fixture *fixture = *state;

    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    setenv("CREDENTIALS_DIRECTORY", fixture->folder, 1);
    write_file(fixture->file, "s3cret", 6, 0440);
    assert_token("s3cret");
    write_file(fixture->file, "s3cret", 6, 0660);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "open to others");
    write_file(fixture->file, "s3cret", 6, 0444);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "open to others");
}

/* ---- what the service takes ---------------------------------------------- */

static struct credentials read_all(void)
{
    struct credentials credentials;
    struct error error;

    if (credentials_read(&credentials, &options, &error))
        fail_msg("%s", error.text);
    return credentials;
}

/* Where the service needs no developer token, nothing that is set for one is
 * looked at, not even a file that is not there. */
static void test_no_developer_token(void **state)
{
    struct credentials credentials;

    (void)state;
    options.service = &plain;
    setenv("BAUSER_ACCESS_TOKEN", "s3cret", 1);
    setenv("BAUSER_DEVELOPER_TOKEN", "not a token", 1);
    setenv("BAUSER_DEVELOPER_TOKEN_FILE", "/nowhere/token", 1);
    credentials = read_all();
    assert_null(credentials.developer_token);
    credentials_clear(&credentials);
    options.service = &service_rest;
    assert_refused("BAUSER_DEVELOPER_TOKEN_FILE", "both set");
}

/* A legacy sign-in is read where the service takes it, each part from the
 * environment or from a file, and is wiped; without it all are NULL. */
static void test_legacy(void **state)
{
    struct fixture *fixture = *state;
    struct credentials credentials;

    options.service = &legacy;
    setenv("BAUSER_ACCESS_TOKEN", "s3cret", 1);
    credentials = read_all();
    assert_null(credentials.application_token);
    assert_null(credentials.user_name);
    assert_null(credentials.password);
    credentials_clear(&credentials);
    setenv("BAUSER_APPLICATION_TOKEN", "app", 1);
    setenv("BAUSER_USERNAME", "J\xC3\xB6rg M", 1);
    write_file(fixture->file, " p\xC3\xA4ss <&> \n", 12, 0600);
    setenv("BAUSER_PASSWORD_FILE", fixture->file, 1);
    credentials = read_all();
    assert_string_equal(credentials.application_token, "app");
    assert_string_equal(credentials.user_name, "J\xC3\xB6rg M");
    assert_string_equal(credentials.password, " p\xC3\xA4ss <&> ");
    credentials_clear(&credentials);
    assert_null(credentials.application_token);
    assert_null(credentials.user_name);
    assert_null(credentials.password);
}

/* Any other service refuses each of them, however it is given, and names the
 * variable. */
static void test_legacy_refused(void **state)
{
    static const char *const names[] = {
        "BAUSER_APPLICATION_TOKEN", "BAUSER_APPLICATION_TOKEN_FILE",
        "BAUSER_USERNAME",          "BAUSER_USERNAME_FILE",
        "BAUSER_PASSWORD",          "BAUSER_PASSWORD_FILE",
    };
    char part[64];

    (void)state;
    setenv("BAUSER_ACCESS_TOKEN", "s3cret", 1);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        setenv(names[i], "s3cret", 1);
        snprintf(part, sizeof(part), "%s is set, but rest", names[i]);
        assert_refused(part, "unset it");
        unsetenv(names[i]);
    }
    setenv("BAUSER_PASSWORD", "", 1);
    assert_token("s3cret");
}

/* What the call could not carry is refused, and a name without its password or
 * the other way round. */
static void test_legacy_flaws(void **state)
{
    struct fixture *fixture = *state;

    options.service = &legacy;
    setenv("BAUSER_ACCESS_TOKEN", "s3cret", 1);
    setenv("BAUSER_USERNAME", "s3cret", 1);
    assert_refused("BAUSER_USERNAME is set", "BAUSER_PASSWORD is not");
    setenv("BAUSER_PASSWORD", "s3cret\x01", 1);
    assert_refused("BAUSER_PASSWORD", "control character");
    setenv("BAUSER_PASSWORD", "s3cret\xFF", 1);
    assert_refused("BAUSER_PASSWORD", "not UTF-8");
    setenv("BAUSER_PASSWORD_FILE", fixture->file, 1);
    assert_refused("BAUSER_PASSWORD_FILE", "both set");
    unsetenv("BAUSER_PASSWORD");
    write_file(fixture->file, "s3cret\n\n", 8, 0600);
    assert_refused("BAUSER_PASSWORD_FILE", "a line end");
    write_file(fixture->file, "s3cret", 6, 0644);
    assert_refused("BAUSER_PASSWORD_FILE", "chmod 600");
    write_file(fixture->file, "s3cret", 6, 0600);
    unsetenv("BAUSER_USERNAME");
    assert_refused("BAUSER_PASSWORD_FILE is set", "BAUSER_USERNAME is not");
    unsetenv("BAUSER_PASSWORD_FILE");
    setenv("BAUSER_APPLICATION_TOKEN", "s3cret s3cret", 1);
    assert_refused("BAUSER_APPLICATION_TOKEN", "no token has");
}

/* ---- the refresh token --------------------------------------------------- */

static void set_refresh_way(const struct fixture *fixture)
{
    write_file(fixture->file, "s3cret-refresh\n", 15, 0600);
    setenv("BAUSER_CLIENT_ID", "client", 1);
    setenv("BAUSER_REFRESH_TOKEN_FILE", fixture->file, 1);
}

/* Client and refresh token make a way to sign in, a client's secret and a token
 * endpoint's address may be there; the file is left as it is. */
static void test_refresh_way(void **state)
{
    struct fixture *fixture = *state;
    struct credentials credentials;
    struct error error;

    set_refresh_way(fixture);
    assert_refresh(fixture->file);
    setenv("BAUSER_CLIENT_SECRET", "s3cret-client", 1);
    setenv("BAUSER_TOKEN_URL", "HTTP://localhost:8080/token/", 1);
    assert_int_equal(credentials_read(&credentials, &options, &error), 0);
    assert_string_equal(credentials.client_secret, "s3cret-client");
    assert_string_equal(credentials.token_url, "http://localhost:8080/token");
    credentials_clear(&credentials);
    unsetenv("BAUSER_CLIENT_SECRET");
    setenv("BAUSER_CLIENT_SECRET_FILE", fixture->file, 1);
    assert_int_equal(credentials_read(&credentials, &options, &error), 0);
    assert_string_equal(credentials.client_secret, "s3cret-refresh");
    credentials_clear(&credentials);
    assert_int_equal(chmod(fixture->file, 0400), 0);
    assert_refresh(fixture->file);
}

/* Both ways at once are refused, and a way by half; the message names what is
 * there and what lacks. */
static void test_ways(void **state)
{
    struct fixture *fixture = *state;

    assert_refused("BAUSER_CLIENT_ID", "BAUSER_REFRESH_TOKEN_FILE");
    setenv("BAUSER_CLIENT_SECRET", "s3cret", 1);
    assert_refused("BAUSER_CLIENT_SECRET is set", "BAUSER_CLIENT_ID is not");
    setenv("BAUSER_CLIENT_ID", "client", 1);
    assert_refused("BAUSER_CLIENT_ID is set",
                   "BAUSER_REFRESH_TOKEN_FILE is not");
    unsetenv("BAUSER_CLIENT_SECRET");
    assert_refused("BAUSER_CLIENT_ID is set",
                   "BAUSER_REFRESH_TOKEN_FILE is not");
    set_refresh_way(fixture);
    unsetenv("BAUSER_CLIENT_ID");
    assert_refused("BAUSER_REFRESH_TOKEN_FILE is set",
                   "BAUSER_CLIENT_ID is not");
    setenv("BAUSER_ACCESS_TOKEN", "s3cret", 1);
    assert_refused("BAUSER_ACCESS_TOKEN and", "BAUSER_REFRESH_TOKEN_FILE are");
    unsetenv("BAUSER_ACCESS_TOKEN");
    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    setenv("BAUSER_CLIENT_ID", "client", 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE and", "BAUSER_CLIENT_ID are");
    unsetenv("BAUSER_CLIENT_ID");
    unsetenv("BAUSER_REFRESH_TOKEN_FILE");
    setenv("BAUSER_CLIENT_SECRET", "s3cret", 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE and", "BAUSER_CLIENT_SECRET are");
}

/* A refresh token in the environment is refused, with the reason: it changes.
 */
static void test_refresh_token_in_environment(void **state)
{
    struct fixture *fixture = *state;

    set_refresh_way(fixture);
    setenv("BAUSER_REFRESH_TOKEN", "s3cret", 1);
    assert_refused("BAUSER_REFRESH_TOKEN is set", "the service replaces it");
    unsetenv("BAUSER_CLIENT_ID");
    unsetenv("BAUSER_REFRESH_TOKEN_FILE");
    setenv("BAUSER_ACCESS_TOKEN", "s3cret", 1);
    assert_refused("BAUSER_REFRESH_TOKEN is set", "BAUSER_REFRESH_TOKEN_FILE");
}

/* The token endpoint's address is held to the rule of --endpoint. */
static void test_token_url(void **state)
{
    set_refresh_way(*state);
    setenv("BAUSER_TOKEN_URL", "http://login.example/token", 1);
    assert_refused("BAUSER_TOKEN_URL", "use https");
    setenv("BAUSER_TOKEN_URL", "https://s3cret@login.example/token", 1);
    assert_refused("BAUSER_TOKEN_URL", "'@'");
}

/* The refresh token's file is checked like any secret's, though it is read only
 * later. */
static void test_refresh_file_checked(void **state)
{
    struct fixture *fixture = *state;

    set_refresh_way(fixture);
    assert_int_equal(chmod(fixture->file, 0640), 0);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "chmod 600 '");
    write_file(fixture->file, "s3cret s3cret", 13, 0600);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "no token has");
    write_file(fixture->file, "", 0, 0600);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "empty");
    setenv("BAUSER_REFRESH_TOKEN_FILE", fixture->folder, 1);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "no regular file");
    setenv("BAUSER_REFRESH_TOKEN_FILE", "/nowhere/token", 1);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "can't open");
    options.follow_links = true;
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "can't open");
}

/* The file that --follow-links leads to is the one that will be replaced. */
static void test_refresh_file_link(void **state)
{
    struct fixture *fixture = *state;

    set_refresh_way(fixture);
    assert_int_equal(symlink("token", fixture->link), 0);
    setenv("BAUSER_REFRESH_TOKEN_FILE", fixture->link, 1);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "--follow-links");
    options.follow_links = true;
    assert_refresh(fixture->file);
}

/* A file that can't be replaced is refused before it is too late: one of
 * systemd's credentials, also by a link, and one whose lock can't be made. */
static void test_refresh_file_not_replaceable(void **state)
{
    struct fixture *fixture = *state;
    char outside[PATH_SIZE];

    set_refresh_way(fixture);
    setenv("CREDENTIALS_DIRECTORY", fixture->folder, 1);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "StateDirectory");
    snprintf(outside, sizeof(outside), "%.200s.link", fixture->folder);
    assert_int_equal(symlink(fixture->file, outside), 0);
    setenv("BAUSER_REFRESH_TOKEN_FILE", outside, 1);
    options.follow_links = true;
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "StateDirectory");
    unlink(outside);

    unsetenv("CREDENTIALS_DIRECTORY");
    setenv("BAUSER_REFRESH_TOKEN_FILE", fixture->file, 1);
    assert_int_equal(mkdir(fixture->lock, 0700), 0);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", fixture->lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_from_environment, setup, teardown),
        cmocka_unit_test_setup_teardown(test_missing_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(test_both_ways, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bytes_that_no_token_has, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_from_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_empty_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_large_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_permissions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_regular_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_links, setup, teardown),
        cmocka_unit_test_setup_teardown(test_credentials_directory_permissions,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_developer_token, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_legacy, setup, teardown),
        cmocka_unit_test_setup_teardown(test_legacy_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_legacy_flaws, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refresh_way, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ways, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refresh_token_in_environment,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_token_url, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refresh_file_checked, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_refresh_file_link, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_refresh_file_not_replaceable,
                                        setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
