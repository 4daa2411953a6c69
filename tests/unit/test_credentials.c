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

#include "credentials.h"

#define PATH_SIZE 256

/* A folder of the test's own, and files in it. */
struct fixture {
    char folder[PATH_SIZE];
    char file[PATH_SIZE];
    char link[PATH_SIZE];
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
    unsetenv("BAUSER_ACCESS_TOKEN");
    unsetenv("BAUSER_ACCESS_TOKEN_FILE");
    unsetenv("BAUSER_DEVELOPER_TOKEN_FILE");
    unsetenv("CREDENTIALS_DIRECTORY");
    setenv("BAUSER_DEVELOPER_TOKEN", "dev", 1);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    unlink(fixture->file);
    unlink(fixture->link);
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

    assert_int_equal(credentials_read(&credentials, &error), -1);
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

    if (credentials_read(&credentials, &error))
        fail_msg("%s", error.text);
    assert_string_equal(credentials.access_token, token);
    assert_string_equal(credentials.developer_token, "dev");
    credentials_clear(&credentials);
    assert_null(credentials.access_token);
    assert_null(credentials.developer_token);
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
    char *token = calloc(1, CREDENTIALS_MAX + 2);

    assert_non_null(token);
    memset(token, 'x', CREDENTIALS_MAX + 1);
    setenv("BAUSER_ACCESS_TOKEN_FILE", fixture->file, 1);
    write_file(fixture->file, token, CREDENTIALS_MAX + 1, 0600);
    assert_refused("BAUSER_ACCESS_TOKEN_FILE", "too large");
    write_file(fixture->file, token, CREDENTIALS_MAX, 0600);
    token[CREDENTIALS_MAX] = '\0';
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
