#include "unit.h"

#include "base/file_system.h"
#include "base/random.h"
#include "base/secret_file.h"
#include "net/auth.h"
#include "net/token_watch.h"

#define SECOND INT64_C(1000)

/* What the source contains. */
struct source {
    const char *token; /* NULL: it cannot be read */
    bool changed;
    unsigned reads;
};

static struct source content;

static char *read_token(void *context, struct error *error)
{
    struct source *source = context;

    source->reads++;
    source->changed = false;
    if (source->token)
        return strdup(source->token);
    error_set(error, ERROR_SIGN_IN, "cannot open FILE");
    return NULL;
}

static bool has_changed(void *context)
{
    const struct source *source = context;

    return source->changed;
}

static struct auth *start(bool is_file)
{
    const struct token_source source = {
        read_token, is_file ? has_changed : NULL, &content, "TOKEN_FILE"};
    const struct auth_setup setup = {.files = &file_system_posix,
                                     .random = &random_system,
                                     .access_token = "first",
                                     .source = &source};
    struct error error;
    struct auth *auth = auth_new(&setup, &error);

    assert_non_null(auth);
    content = (struct source){.token = "first"};
    return auth;
}

static enum token_watch_result look(struct auth *auth, int64_t now)
{
    struct error error;

    return auth_read_source(auth, now, &error);
}

static bool refuse(struct auth *auth, int64_t now)
{
    return auth_token_refused(auth, auth_number(auth), AUTH_REFUSED_ONCE, true,
                              now);
}

/* Do calls wait for another token? */
static bool waits(const struct auth *auth)
{
    return auth_watch(auth)->deadline > 0;
}

/* Refuses the token for all users until calls wait for another one. */
static void refuse_until_waiting(struct auth *auth, int64_t now)
{
    for (unsigned i = 0; i < 100 && !waits(auth); i++) {
        assert_true(refuse(auth, now));
        if (!auth_is_ready(auth, now))
            (void)look(auth, now);
    }
    assert_true(waits(auth));
    assert_false(auth_is_ready(auth, now));
}

/* A file that changes is read, without any refusal. */
static void test_changed_file(void **state)
{
    struct auth *auth = start(true);

    (void)state;
    assert_int_equal(auth_wait(auth, 0), 0);
    assert_int_equal(look(auth, 0), TOKEN_WATCH_SAME);
    assert_in_range(auth_wait(auth, 0), 1, 5 * SECOND);
    content = (struct source){"second", true, 0};
    assert_int_equal(look(auth, 1), TOKEN_WATCH_SAME);
    assert_int_equal(look(auth, 5 * SECOND), TOKEN_WATCH_NEW);
    assert_string_equal(auth_token(auth), "second");
    assert_string_equal(auth_earlier_token(auth), "first");
    assert_int_equal(auth_number(auth), 2);
    assert_int_equal(look(auth, 10 * SECOND), TOKEN_WATCH_SAME);
    assert_int_equal(content.reads, 1);
    auth_free(auth);
}

/* A file that cannot be read, or has the same token again, changes nothing. */
static void test_nothing_new(void **state)
{
    struct auth *auth = start(true);

    (void)state;
    content = (struct source){NULL, true, 0};
    assert_int_equal(look(auth, 0), TOKEN_WATCH_SAME);
    content = (struct source){"first", true, 0};
    assert_int_equal(look(auth, 5 * SECOND), TOKEN_WATCH_SAME);
    assert_true(auth_is_ready(auth, 5 * SECOND));
    assert_int_equal(auth_number(auth), 1);
    assert_false(waits(auth));
    auth_free(auth);
}

/* A command is not run until the service refuses a token that was good. Then
 * its new token is used at once, and the old one no more. */
static void test_command(void **state)
{
    struct auth *auth = start(false);

    (void)state;
    assert_int_equal(auth_wait(auth, 0), -1);
    auth_token_accepted(auth, 1);
    content.token = "second";
    assert_true(refuse(auth, 100));
    assert_false(auth_is_ready(auth, 100));
    assert_int_equal(auth_wait(auth, 100), 0);
    assert_int_equal(look(auth, 100), TOKEN_WATCH_NEW);
    assert_true(auth_is_ready(auth, 100));
    assert_int_equal(auth_wait(auth, 100), -1);
    /* A late refusal of the first token proves nothing. */
    assert_true(auth_token_refused(auth, 1, AUTH_REFUSED_ONCE, true, 100));
    assert_true(auth_is_ready(auth, 100));
    auth_free(auth);
}

/* The refusal of one user does not stop the others, if there is no other token.
 */
static void test_one_refusal(void **state)
{
    struct auth *auth = start(true);

    (void)state;
    auth_token_accepted(auth, 1);
    assert_true(refuse(auth, 100));
    assert_int_equal(look(auth, 100), TOKEN_WATCH_SAME);
    assert_int_equal(content.reads, 1);
    assert_true(auth_is_ready(auth, 100));
    assert_false(waits(auth));
    auth_free(auth);
}

/* If all users are refused with a token that was good, calls wait for another
 * one, and continue with it. */
static void test_rotation(void **state)
{
    struct auth *auth = start(true);

    (void)state;
    auth_token_accepted(auth, 1);
    refuse_until_waiting(auth, 100);
    assert_in_range(auth_watch(auth)->deadline, 101, 100 + 60 * SECOND);
    content.token = NULL;
    assert_int_equal(look(auth, 5 * SECOND), TOKEN_WATCH_SAME);
    assert_false(auth_is_ready(auth, 5 * SECOND));
    content.token = "second";
    assert_int_equal(look(auth, 10 * SECOND), TOKEN_WATCH_NEW);
    assert_true(auth_is_ready(auth, 10 * SECOND));
    assert_false(waits(auth));
    auth_free(auth);
}

/* If the file cannot be read just after a refusal, somebody replaces it, and
 * calls wait. */
static void test_removed_file(void **state)
{
    struct auth *auth = start(true);

    (void)state;
    auth_token_accepted(auth, 1);
    content.token = NULL;
    assert_true(refuse(auth, 100));
    assert_int_equal(look(auth, 100), TOKEN_WATCH_SAME);
    assert_true(waits(auth));
    assert_false(auth_is_ready(auth, 100));
    content.token = "first";
    assert_int_equal(look(auth, 2 * SECOND), TOKEN_WATCH_SAME);
    content.token = "second";
    assert_int_equal(look(auth, 4 * SECOND), TOKEN_WATCH_NEW);
    auth_free(auth);
}

/* If other secrets are replaced while calls wait for another token, the token
 * is tried with them at once, and refusals before that do not count. */
static void test_other_secrets(void **state)
{
    for (int is_file = 0; is_file < 2; is_file++) {
        struct auth *auth = start(is_file);

        (void)state;
        auth_token_accepted(auth, 1);
        refuse_until_waiting(auth, 100);
        auth_secrets_replaced(auth, 200);
        assert_true(auth_is_ready(auth, 200));
        assert_false(waits(auth));
        assert_int_equal(auth_number(auth), 2);
        assert_int_equal(auth_wait(auth, 200), is_file ? 2 * SECOND : -1);
        assert_true(auth_token_refused(auth, 1, AUTH_REFUSED_ONCE, true, 200));
        assert_false(auth_is_in_doubt(auth));
        assert_string_equal(auth_token(auth), "first");
        auth_free(auth);
    }
}

/* After a minute without another token, the run stops; the message says where
 * it is expected, and contains no token. */
static void test_no_rotation(void **state)
{
    struct auth *auth = start(false);
    struct error error = {.kind = ERROR_NONE};
    int64_t now = 100;

    (void)state;
    auth_token_accepted(auth, 1);
    refuse_until_waiting(auth, now);
    while (auth_read_source(auth, now, &error) == TOKEN_WATCH_SAME) {
        assert_in_range(auth_wait(auth, now), 1, 8 * SECOND);
        now += auth_wait(auth, now);
        assert_in_range(now, 0, 80 * SECOND);
    }
    assert_in_range(now, 60 * SECOND, 70 * SECOND);
    assert_in_range(content.reads, 5, 20);
    assert_int_equal(error.kind, ERROR_SIGN_IN);
    assert_non_null(strstr(error.text, "TOKEN_FILE had no other one for 60 s"));
    assert_null(strstr(error.text, "first"));
    auth_free(auth);
}

/* A token that was never accepted is not waited for. */
static void test_wrong_from_the_start(void **state)
{
    struct auth *auth = start(true);
    unsigned refusals = 1;

    (void)state;
    while (refuse(auth, 100))
        assert_in_range(refusals++, 1, 20);
    assert_false(waits(auth));
    auth_free(auth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changed_file),
        cmocka_unit_test(test_nothing_new),
        cmocka_unit_test(test_command),
        cmocka_unit_test(test_one_refusal),
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_removed_file),
        cmocka_unit_test(test_other_secrets),
        cmocka_unit_test(test_no_rotation),
        cmocka_unit_test(test_wrong_from_the_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
