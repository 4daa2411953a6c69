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
#include "cli/budget_url.h"
#include "cli/credentials.h"
#include "service/service.h"

#define PATH_SIZE 256

/* A directory of the test, and names of files in it. */
struct fixture {
    char directory[PATH_SIZE];
    char file[PATH_SIZE];
    char link[PATH_SIZE];
    char lock[PATH_SIZE];
};

/* By default --follow-links is off, and the service needs a developer token and
 * accepts no legacy sign-in. */
static struct options options;

/* A service that needs no developer token, and one with a legacy sign-in. */
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
    "BAUSER_BUDGET_PASSWORD",   "BAUSER_BUDGET_PASSWORD_FILE",
};

static int setup(void **state)
{
    static struct fixture fixture;

    snprintf(fixture.directory, sizeof(fixture.directory),
             "/tmp/credentials.XXXXXX");
    if (!mkdtemp(fixture.directory))
        return -1;
    snprintf(fixture.file, sizeof(fixture.file), "%.200s/token",
             fixture.directory);
    snprintf(fixture.link, sizeof(fixture.link), "%.200s/link",
             fixture.directory);
    snprintf(fixture.lock, sizeof(fixture.lock), "%.200s/token.lock",
             fixture.directory);
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
    return rmdir(fixture->directory);
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

/* Prints the text of "echo TEXT", and fails with anything else. */
static int run_command(const char *command, struct buffer *output,
                       int milliseconds, struct error *error)
{
    assert_true(milliseconds > 0);
    if (strncmp(command, "echo ", 5) == 0)
        return buffer_printf(output, "%s\n", command + 5);
    return error_set(error, ERROR_LOCAL, "the command failed");
}

static int read_now(struct credentials *credentials, struct error *error)
{
    const struct credentials_setup setup = {&options, &file_system_posix,
                                            &clock_system, run_command};

    return credentials_read(credentials, &setup, error);
}

/* Reading must fail, with a message that contains both parts. */
static void assert_refused(const char *variable, const char *reason)
{
    struct credentials credentials;
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(read_now(&credentials, &error), -1);
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

    if (read_now(&credentials, &error))
        fail_msg("%s", error.text);
    assert_string_equal(credentials.access_token, token);
    assert_string_equal(credentials.developer_token, "dev");
    assert_null(credentials.token_url);
    credentials_clear(&credentials);
    assert_null(credentials.access_token);
    assert_null(credentials.developer_token);
}

/* Reading must give this refresh token file, and what belongs to it. */
static void assert_refresh(const char *file)
{
    struct credentials credentials;
    struct error error;

    if (read_now(&credentials, &error))
        fail_msg("%s", error.text);
    assert_null(credentials.access_token);
    assert_string_equal(credentials.developer_token, "dev");
    assert_string_equal(credentials.client_id, "client");
    assert_string_equal(credentials.refresh_file, file);
    credentials_clear(&credentials);
    assert_null(credentials.client_id);
    assert_null(credentials.refresh_file);
}

/* Reading must give this address of the token endpoint. */
static void assert_token_url(const char *url)
{
    struct credentials credentials;
    struct error error;

    if (read_now(&credentials, &error))
        fail_msg("%s", error.text);
    assert_string_equal(credentials.token_url, url);
    credentials_clear(&credentials);
    assert_null(credentials.token_url);
}

/* Both tokens come from the environment. */
static void test_from_environment(void **state)
{
    (void)state;
    setenv("BAUSER_ACCESS_TOKEN", "eyJ0.abc-_~+/=", 1);
    assert_token("eyJ0.abc-_~+/=");
}

/* A missing or empty variable is named, and the variable for its file, too. */
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

/* A secret that is given both ways is refused. */
static void test_both_ways(void **state)
{
    struct fixture *fixture = *state;

    setenv("BAUSER_ACCESS_TOKEN", "s3cret", 1);
    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "both set");
}

/* Bytes that would break a header, or that no token contains, are refused. */
static void test_bytes_that_no_token_has(void **state)
{
    static const char *const tokens[] = {
        "s3cret\n", "s3cret\r",   "s3cret ",        " s3cret",
        "s3\tcret", "s3cret\x7F", "s3cret\xC3\xA9", "\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        setenv("BAUSER_ACCESS_TOKEN", tokens[i], 1);
        assert_refused("BAUSER_ACCESS_TOKEN", "is invalid in a token");
    }
    setenv("BAUSER_ACCESS_TOKEN", "s3cret\r\nX-Evil: 1", 1);
    assert_refused("BAUSER_ACCESS_TOKEN", "more than one line");
}

/* One line end at the end of a secret file is dropped, and nothing else. */
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
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "is invalid in a token");
    write_file(fixture->file, "s3\0cret", 7, 0600);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "a NUL byte");
}

/* An empty secret file is refused. */
static void test_empty_file(void **state)
{
    struct fixture *fixture = *state;

    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    write_file(fixture->file, "", 0, 0600);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "empty");
    write_file(fixture->file, "\n", 1, 0600);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "empty");
}

/* A file of the maximum size is read; one byte more is refused. */
static void test_large_file(void **state)
{
    struct fixture *fixture = *state;
    char *token = calloc(1, SECRET_FILE_MAX + 2);

    assert_non_null(token);
    memset(token, 'x', SECRET_FILE_MAX + 1);
    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    write_file(fixture->file, token, SECRET_FILE_MAX + 1, 0600);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "larger than 65536 bytes");
    write_file(fixture->file, token, SECRET_FILE_MAX, 0600);
    token[SECRET_FILE_MAX] = '\0';
    assert_token(token);
    free(token);
}

/* A file that others can access is refused, with the command that repairs it.
 */
static void test_permissions(void **state)
{
    static const mode_t open_modes[] = {0640, 0604, 0620, 0602, 0610, 0666};
    struct fixture *fixture = *state;

    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    for (size_t i = 0; i < sizeof(open_modes) / sizeof(open_modes[0]); i++) {
        write_file(fixture->file, "s3cret", 6, open_modes[i]);
        assert_refused("BAUSER_ACCESS_TOKEN_FILE", "chmod 600 /");
        assert_refused("BAUSER_ACCESS_TOKEN_FILE", fixture->file);
    }
    write_file(fixture->file, "s3cret", 6, 0400);
    assert_token("s3cret");
}

/* Anything but a regular file is refused; opening a named pipe does not block.
 */
static void test_no_regular_file(void **state)
{
    struct fixture *fixture = *state;

    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "No such file or directory");
    assert_int_equal(mkfifo(fixture->file, 0600), 0);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "not a regular file");
    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->directory, 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "not a regular file");
}

/* A link is refused, but followed in the directory of systemd's credentials. */
static void test_links(void **state)
{
    struct fixture *fixture = *state;
    char outside[PATH_SIZE];

    write_file(fixture->file, "s3cret", 6, 0600);
    assert_int_equal(symlink(fixture->file, fixture->link), 0);
    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->link, 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "is a symbolic link");
    setenv("CREDENTIALS_DIRECTORY", fixture->directory, 1);
    assert_token("s3cret");
    setenv("CREDENTIALS_DIRECTORY", "/tmp/credential", 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "is a symbolic link");

    unsetenv("CREDENTIALS_DIRECTORY");
    options.follow_links = true;
    assert_token("s3cret");
    options.follow_links = false;

    /* Not by a path that leaves the directory again. */
    setenv("CREDENTIALS_DIRECTORY", fixture->directory, 1);
    snprintf(outside, sizeof(outside), "%.100s/../%.100s.link",
             fixture->directory, strrchr(fixture->directory, '/') + 1);
    assert_int_equal(symlink(fixture->file, outside), 0);
    setenv("BAUSER_ACCESS_TOKEN_FILE", outside, 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "is a symbolic link");
    unlink(outside);
}

/* In that directory others may read the file, but not write to it. */
static void test_credentials_directory_permissions(void **state)
{
    struct fixture *fixture = *state;

    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    setenv("CREDENTIALS_DIRECTORY", fixture->directory, 1);
    write_file(fixture->file, "s3cret", 6, 0440);
    assert_token("s3cret");
    write_file(fixture->file, "s3cret", 6, 0444);
    assert_token("s3cret");
    write_file(fixture->file, "s3cret", 6, 0660);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE",
                   "others than the owner can access");
}

/* In the directory of --trust-secret-modes, or below it, all modes and links
 * are accepted, and elsewhere none. */
static void test_trusted_directory(void **state)
{
    struct fixture *fixture = *state;
    char longer[PATH_SIZE];

    write_file(fixture->file, "s3cret", 6, 0666);
    assert_int_equal(symlink("token", fixture->link), 0);
    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->link, 1);
    options.trusted = fixture->directory;
    assert_token("s3cret");
    options.trusted = "/tmp/";
    assert_token("s3cret");
    options.trusted = "/";
    assert_token("s3cret");
    snprintf(longer, sizeof(longer), "%.200sx", fixture->directory);
    assert_int_equal(mkdir(longer, 0700), 0);
    options.trusted = longer;
    assert_refused("BAUSER_ACCESS_TOKEN_FILE",
                   "others than the owner can access");
    assert_int_equal(rmdir(longer), 0);
    options.trusted = fixture->file;
    assert_refused("BAUSER_ACCESS_TOKEN_FILE",
                   "others than the owner can access");
}

/* A link to a file that others can read is what Kubernetes makes. The message
 * must name what works there, and not chmod. */
static void test_link_in_a_container(void **state)
{
    struct fixture *fixture = *state;
    char advice[2 * PATH_SIZE];

    write_file(fixture->file, "s3cret", 6, 0440);
    assert_int_equal(symlink("token", fixture->link), 0);
    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->link, 1);
    snprintf(advice, sizeof(advice),
             "(mode 0440); in a container with a single user, use "
             "--trust-secret-modes %.200s, or instead set BAUSER_ACCESS_TOKEN",
             fixture->directory);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE: others", advice);
    options.follow_links = true;
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "run: chmod 600 ");
}

/* What a message advises must work when it is followed: for a link, for each
 * mode of its file. Another owner's file cannot be tested by every user. */
static void test_advice(void **state)
{
    static const mode_t modes[] = {0400, 0600, 0440, 0444, 0640, 0644, 0666};
    struct fixture *fixture = *state;
    bool refused[] = {false, false}; /* a file, a link */

    assert_int_equal(symlink("token", fixture->link), 0);
    for (size_t i = 0; i < 2 * sizeof(modes) / sizeof(modes[0]); i++) {
        const char *path = i % 2 ? fixture->link : fixture->file;
        mode_t mode = modes[i / 2];
        struct credentials credentials;
        struct error error;

        options.trusted = NULL;
        options.follow_links = false;
        write_file(fixture->file, "s3cret", 6, mode);
        setenv("BAUSER_ACCESS_TOKEN_FILE", path, 1);
        if (read_now(&credentials, &error)) {
            refused[i % 2] = true;
            if (strstr(error.text, "use --follow-links"))
                options.follow_links = true;
            else if (strstr(error.text, "use --trust-secret-modes"))
                options.trusted = fixture->directory;
            else if (strstr(error.text, "run: chmod 600 "))
                assert_int_equal(chmod(path, 0600), 0);
            else
                fail_msg("%s", error.text);
        } else {
            credentials_clear(&credentials);
        }
        assert_token("s3cret");
    }
    assert_true(refused[0] && refused[1]);
}

/* A link to nothing, to a directory or to an empty file must be reported as
 * that: following it would not help. */
static void test_useless_link(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(symlink("token", fixture->link), 0);
    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->link, 1);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "No such file or directory");
    write_file(fixture->file, "", 0, 0600);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "is empty");
    assert_int_equal(unlink(fixture->file), 0);
    assert_int_equal(mkdir(fixture->file, 0700), 0);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "not a regular file");
    assert_int_equal(rmdir(fixture->file), 0);
}

/* The file of --proxy-user-file must contain a user name and a password. */
static void test_proxy_user(void **state)
{
    static const char *const wrong[] = {"user", ":password", "a\tb:c"};
    struct fixture *fixture = *state;
    struct credentials credentials;
    struct error error;

    setenv("BAUSER_ACCESS_TOKEN", "token", 1);
    options.proxy_user_file = fixture->file;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        write_file(fixture->file, wrong[i], strlen(wrong[i]), 0600);
        assert_refused("--proxy-user-file", fixture->file);
    }
    write_file(fixture->file, "a b:c:\xC3\xA9\n", 9, 0600);
    assert_int_equal(read_now(&credentials, &error), 0);
    assert_string_equal(credentials.proxy_user, "a b:c:\xC3\xA9");
    credentials_clear(&credentials);
    assert_null(credentials.proxy_user);
}

/* The password of the budget must be read with --budget only. A user name in
 * its URL requires it. */
static void test_budget_password(void **state)
{
    struct fixture *fixture = *state;
    struct budget_url budget = {.user = "bauser"};
    struct credentials credentials;
    struct error error;

    setenv("BAUSER_ACCESS_TOKEN", "token", 1);
    options.budget = &budget;
    assert_refused("--budget names a user", "BAUSER_BUDGET_PASSWORD_FILE");
    write_file(fixture->file, "pass word\n", 10, 0600);
    setenv("BAUSER_BUDGET_PASSWORD_FILE", fixture->file, 1);
    assert_int_equal(read_now(&credentials, &error), 0);
    assert_string_equal(credentials.budget_password, "pass word");
    credentials_clear(&credentials);
    assert_null(credentials.budget_password);
    options.budget = NULL;
    setenv("BAUSER_BUDGET_PASSWORD", "another", 1);
    assert_int_equal(read_now(&credentials, &error), 0);
    assert_null(credentials.budget_password);
    credentials_clear(&credentials);
}

/* ---- what the service accepts -------------------------------------------- */

static struct credentials read_all(void)
{
    struct credentials credentials;
    struct error error;

    if (read_now(&credentials, &error))
        fail_msg("%s", error.text);
    return credentials;
}

/* If the service needs no developer token, its variables are ignored, even if
 * they are invalid. */
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

/* A legacy sign-in is read if the service accepts it, each part from the
 * environment or from a file; without it all members are NULL. */
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

/* Any other service refuses each part, given either way, and names the
 * variable.
 */
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

/* Values that no call can carry are refused, and a name without a password, or
 * a password without a name. */
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
    assert_refused("BAUSER_PASSWORD", "invalid UTF-8");
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
    assert_refused("BAUSER_APPLICATION_TOKEN", "is invalid in a token");
}

/* ---- the refresh token --------------------------------------------------- */

static void set_refresh_way(const struct fixture *fixture)
{
    write_file(fixture->file, "s3cret-refresh\n", 15, 0600);
    setenv("BAUSER_CLIENT_ID", "client", 1);
    setenv("BAUSER_REFRESH_TOKEN_FILE", fixture->file, 1);
}

/* A client id and a refresh token are enough to sign in; a client secret and a
 * token endpoint are optional. Reading does not change the file. */
static void test_refresh_way(void **state)
{
    struct fixture *fixture = *state;
    struct credentials credentials;
    struct error error;

    set_refresh_way(fixture);
    assert_refresh(fixture->file);
    setenv("BAUSER_CLIENT_SECRET", "s3cret-client", 1);
    setenv("BAUSER_TOKEN_URL", "HTTP://localhost:8080/token/", 1);
    assert_int_equal(read_now(&credentials, &error), 0);
    assert_string_equal(credentials.client_secret, "s3cret-client");
    assert_string_equal(credentials.token_url, "http://localhost:8080/token");
    credentials_clear(&credentials);
    unsetenv("BAUSER_CLIENT_SECRET");
    setenv("BAUSER_CLIENT_SECRET_FILE", fixture->file, 1);
    assert_int_equal(read_now(&credentials, &error), 0);
    assert_string_equal(credentials.client_secret, "s3cret-refresh");
    credentials_clear(&credentials);
    assert_int_equal(chmod(fixture->file, 0400), 0);
    assert_refresh(fixture->file);
}

/* Without BAUSER_TOKEN_URL, --identity-provider and --tenant decide the address
 * of the token endpoint, and the environment does not; a tenant cannot leave
 * its part of the path. */
static void test_default_token_url(void **state)
{
    static const struct {
        bool sandbox, google;
        const char *tenant;
        const char *url;
    } cases[] = {
        {false, false, NULL,
         "https://login.microsoftonline.com/common/oauth2/v2.0/token"},
        {false, false, "contoso.example",
         "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token"},
        {true, false, NULL,
         "https://login.microsoftonline.com/common/oauth2/v2.0/token"},
        {true, false, "a/../b",
         "https://login.microsoftonline.com/a%2F..%2Fb/oauth2/v2.0/token"},
        {false, true, NULL, "https://oauth2.googleapis.com/token"},
        {true, true, NULL, "https://oauth2.googleapis.com/token"},
    };

    set_refresh_way(*state);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        options.sandbox = cases[i].sandbox;
        options.google = cases[i].google;
        options.tenant = cases[i].tenant;
        assert_token_url(cases[i].url);
    }
    setenv("BAUSER_TOKEN_URL", "https://login.example/token", 1);
    assert_token_url("https://login.example/token");
}

/* The address of the token endpoint follows the rules of --endpoint. */
static void test_token_url(void **state)
{
    set_refresh_way(*state);
    setenv("BAUSER_TOKEN_URL", "http://login.example/token", 1);
    assert_refused("BAUSER_TOKEN_URL", "use https");
    setenv("BAUSER_TOKEN_URL", "https://s3cret@login.example/token", 1);
    assert_refused("BAUSER_TOKEN_URL", "'@'");
}

/* The refresh token file is checked like any secret file, although it is used
 * later. */
static void test_refresh_file_checked(void **state)
{
    struct fixture *fixture = *state;

    set_refresh_way(fixture);
    assert_int_equal(chmod(fixture->file, 0640), 0);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "chmod 600 /");
    write_file(fixture->file, "s3cret s3cret", 13, 0600);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "is invalid in a token");
    write_file(fixture->file, "", 0, 0600);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "empty");
    setenv("BAUSER_REFRESH_TOKEN_FILE", fixture->directory, 1);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "not a regular file");
    setenv("BAUSER_REFRESH_TOKEN_FILE", "/nowhere/token", 1);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE",
                   "/nowhere/token does not exist");
    options.follow_links = true;
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "--sign-in, which makes it");
}

/* With --follow-links, the file that the link points to is replaced. */
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

/* A file that cannot be replaced is refused before the first call: one of
 * systemd's credentials, also through a link, and one that cannot be locked. */
static void test_refresh_file_not_replaceable(void **state)
{
    struct fixture *fixture = *state;
    char outside[PATH_SIZE];

    set_refresh_way(fixture);
    setenv("CREDENTIALS_DIRECTORY", fixture->directory, 1);
    assert_refused("BAUSER_REFRESH_TOKEN_FILE", "StateDirectory");
    snprintf(outside, sizeof(outside), "%.200s.link", fixture->directory);
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

#define test_with_files(function)                                              \
    cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_files(test_from_environment),
        test_with_files(test_missing_is_named),
        test_with_files(test_both_ways),
        test_with_files(test_bytes_that_no_token_has),
        test_with_files(test_from_file),
        test_with_files(test_empty_file),
        test_with_files(test_large_file),
        test_with_files(test_permissions),
        test_with_files(test_no_regular_file),
        test_with_files(test_links),
        test_with_files(test_credentials_directory_permissions),
        test_with_files(test_trusted_directory),
        test_with_files(test_advice),
        test_with_files(test_useless_link),
        test_with_files(test_link_in_a_container),
        test_with_files(test_proxy_user),
        test_with_files(test_budget_password),
        test_with_files(test_no_developer_token),
        test_with_files(test_legacy),
        test_with_files(test_legacy_refused),
        test_with_files(test_legacy_flaws),
        test_with_files(test_refresh_way),
        test_with_files(test_default_token_url),
        test_with_files(test_token_url),
        test_with_files(test_refresh_file_checked),
        test_with_files(test_refresh_file_link),
        test_with_files(test_refresh_file_not_replaceable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
