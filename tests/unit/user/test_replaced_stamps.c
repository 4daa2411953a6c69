#include "unit.h"

#include "user/replaced_stamps.h"

static const struct user_version first = {"AAAA BBBB", "2026-01-02T03:04:05"};
static const struct user_version second = {"CCCC BBBB", "2026-01-02T03:04:06"};
static const struct user_version third = {"DDDD BBBB", "2026-01-02T03:04:06"};

/* Each version of a user that an update has replaced must be found, no other
 * one, and no other user's. */
static void test_finds(void **state)
{
    struct replaced_stamps *replaced = replaced_stamps_new();

    (void)state;
    assert_non_null(replaced);
    assert_false(replaced_stamps_has(replaced, "7", first));
    replaced_stamps_add(replaced, "7", first, &second, 5);
    assert_true(replaced_stamps_has(replaced, "7", first));
    assert_false(replaced_stamps_has(replaced, "7", second));
    assert_false(replaced_stamps_has(replaced, "8", first));
    replaced_stamps_add(replaced, "7", second, &third, 6);
    assert_true(replaced_stamps_has(replaced, "7", first));
    assert_true(replaced_stamps_has(replaced, "7", second));
    assert_false(replaced_stamps_has(replaced, "7", third));
    assert_true(replaced_stamps_forgot(replaced, "7") == INT64_MIN);
    replaced_stamps_free(replaced);
}

/* A version with the stamps of another one must be told apart by its time. */
static void test_coarse_stamps(void **state)
{
    const struct user_version after = {first.stamps, second.time};
    struct replaced_stamps *replaced = replaced_stamps_new();

    (void)state;
    assert_non_null(replaced);
    replaced_stamps_add(replaced, "7", first, &after, 5);
    assert_true(replaced_stamps_has(replaced, "7", first));
    assert_false(replaced_stamps_has(replaced, "7", after));
    replaced_stamps_free(replaced);
}

/* A version that is older than a replaced one must be found, although this run
 * did not replace it itself; a version without a time must not. */
static void test_older_versions(void **state)
{
    const struct user_version oldest = {"0000 BBBB", "2026-01-02T03:04:04.9"};
    const struct user_version timeless = {"0000 BBBB", ""};
    struct replaced_stamps *replaced = replaced_stamps_new();

    (void)state;
    assert_non_null(replaced);
    replaced_stamps_add(replaced, "7", timeless, &first, 4);
    assert_false(replaced_stamps_has(replaced, "7", oldest));
    replaced_stamps_add(replaced, "7", first, &second, 5);
    assert_true(replaced_stamps_has(replaced, "7", oldest));
    assert_false(replaced_stamps_has(replaced, "8", oldest));
    assert_false(replaced_stamps_has(
        replaced, "7", (struct user_version){"EEEE BBBB", first.time}));
    assert_false(replaced_stamps_has(replaced, "7",
                                     (struct user_version){"EEEE BBBB", ""}));
    replaced_stamps_free(replaced);
}

/* If an update left the version as it was, or may not have been applied, the
 * version must not count as replaced; the time must be known. */
static void test_unknown_version(void **state)
{
    static const struct user_version bare = {"", ""};
    const struct user_version *const afters[] = {&first, NULL};
    struct replaced_stamps *replaced = replaced_stamps_new();

    (void)state;
    assert_non_null(replaced);
    for (size_t i = 0; i < COUNT(afters); i++) {
        replaced_stamps_add(replaced, "7", first, afters[i],
                            -5 + (int64_t)i * 10);
        assert_false(replaced_stamps_has(replaced, "7", first));
        assert_true(replaced_stamps_forgot(replaced, "7") ==
                    -5 + (int64_t)i * 10);
    }
    replaced_stamps_add(replaced, "7", first, NULL, 4);
    assert_int_equal(replaced_stamps_forgot(replaced, "7"), 5);
    replaced_stamps_add(replaced, "8", bare, &bare, 9);
    assert_false(replaced_stamps_has(replaced, "8", bare));
    assert_int_equal(replaced_stamps_forgot(replaced, "8"), 9);
    replaced_stamps_free(replaced);
}

/* Updates at the highest rate that the table is made for, in milliseconds, for
 * as long as the default of --timeout. */
#define RATE    300
#define TIMEOUT 60000
#define UPDATES (RATE * (TIMEOUT / 1000))

/* An update must delay no other user, whether its versions can be told apart or
 * not, and be known itself as long as a replica may lag. */
static void test_delays_no_others(void **state)
{
    static const struct user_version bare = {"", ""};
    static const struct {
        const struct user_version *before, *after;
    } cases[] = {{&first, &second}, {&bare, &bare}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct replaced_stamps *replaced = replaced_stamps_new();
        char key[40];

        assert_non_null(replaced);
        for (int n = 0; n < UPDATES; n++) {
            (void)snprintf(key, sizeof(key), "%d", n);
            replaced_stamps_add(replaced, key, *cases[i].before, cases[i].after,
                                n * 1000 / RATE);
        }
        for (int n = 0; n < UPDATES; n++) {
            (void)snprintf(key, sizeof(key), "%d", n);
            if (i == 0)
                assert_true(replaced_stamps_has(replaced, key, first));
            else
                assert_int_equal(replaced_stamps_forgot(replaced, key),
                                 n * 1000 / RATE);
            (void)snprintf(key, sizeof(key), "other %d", n);
            assert_true(replaced_stamps_forgot(replaced, key) == INT64_MIN);
        }
        replaced_stamps_free(replaced);
    }
}

/* However often a user is updated whose versions can't be told apart, the last
 * time must be known, and no other user's versions be forgotten. */
static void test_same_user(void **state)
{
    static const struct user_version bare = {"", ""};
    struct replaced_stamps *replaced = replaced_stamps_new();

    (void)state;
    assert_non_null(replaced);
    replaced_stamps_add(replaced, "7", first, &second, 5);
    for (int i = 0; i < 1000; i++)
        replaced_stamps_add(replaced, "7", bare, &bare, i);
    assert_int_equal(replaced_stamps_forgot(replaced, "7"), 999);
    assert_true(replaced_stamps_has(replaced, "7", first));
    replaced_stamps_free(replaced);
}

/* However many users are updated, each one must either be found or be known as
 * forgotten since then, and the latest ones must be found. */
static void test_many_users(void **state)
{
    struct replaced_stamps *replaced = replaced_stamps_new();
    unsigned forgotten = 0;

    (void)state;
    assert_non_null(replaced);
    for (int i = 0; i < 300000; i++) {
        char key[16];

        (void)snprintf(key, sizeof(key), "%d", i);
        replaced_stamps_add(replaced, key, first, &second, i);
    }
    for (int i = 0; i < 300000; i++) {
        char key[16];

        (void)snprintf(key, sizeof(key), "%d", i);
        if (replaced_stamps_has(replaced, key, first))
            continue;
        forgotten++;
        assert_true(i < 285000);
        assert_true(replaced_stamps_forgot(replaced, key) >= i);
    }
    assert_in_range(forgotten, 267000, 270000);
    replaced_stamps_free(replaced);
}

/* Nothing must be freed without error. */
static void test_frees_nothing(void **state)
{
    (void)state;
    replaced_stamps_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds),
        cmocka_unit_test(test_coarse_stamps),
        cmocka_unit_test(test_older_versions),
        cmocka_unit_test(test_unknown_version),
        cmocka_unit_test(test_delays_no_others),
        cmocka_unit_test(test_same_user),
        cmocka_unit_test(test_many_users),
        cmocka_unit_test(test_frees_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
