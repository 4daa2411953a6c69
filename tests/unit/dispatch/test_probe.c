#include "unit.h"

#include "dispatch/probe.h"

static void assert_taken(struct probe *probe, const char *key)
{
    assert_true(probe_is_possible(probe));
    assert_string_equal(probe_take(probe, ""), key);
    assert_string_equal(probe->sent, key);
}

/* Each user must be fetched after the one before it failed. keys: ended by
 * NULL. */
static void assert_in_turn(struct probe *probe, const char *const *keys)
{
    for (; *keys; keys++) {
        assert_taken(probe, *keys);
        probe_failed(probe);
    }
}

/* Without a user no probe must be possible. */
static void test_nobody(void **state)
{
    struct probe probe = {0};

    (void)state;
    assert_false(probe_is_possible(&probe));
}

/* The newest user that works must be fetched, again and again while this
 * succeeds, and others after a failure. */
static void test_worked(void **state)
{
    static const char *const expected[] = {"3", "2", "9", "3", NULL};
    struct probe probe = {0};

    (void)state;
    probe_add_read(&probe, "9");
    assert_taken(&probe, "9");
    probe = (struct probe){0};
    probe_add_worked(&probe, "1");
    probe_add_read(&probe, "9");
    probe_add_worked(&probe, "2");
    probe_add_worked(&probe, "3");
    probe_add_worked(&probe, "3");
    for (int i = 0; i < 3; i++)
        assert_taken(&probe, "3");
    assert_in_turn(&probe, expected);
}

/* Of the users that work, one of another tenant than the newest must be fetched
 * next, however many rows a tenant has. */
static void test_other_tenant(void **state)
{
    static const char *const expected[] = {"b/4", "a/2", "b/3",
                                           "c/9", "b/4", NULL};
    static const char *const later[] = {"a/5", "b/4", "a/2",
                                        "c/9", "a/5", NULL};
    struct probe probe = {0};

    (void)state;
    probe_add_worked(&probe, "a/1");
    probe_add_worked(&probe, "a/2");
    probe_add_worked(&probe, "b/3");
    probe_add_worked(&probe, "b/4");
    probe_add_worked(&probe, "b/4");
    probe_add_read(&probe, "c/9");
    assert_in_turn(&probe, expected);
    probe.next = 0;
    probe_add_worked(&probe, "a/5");
    assert_in_turn(&probe, later);
}

/* If users have no tenant, two of INPUT must be kept. */
static void test_no_tenants(void **state)
{
    static const char *const expected[] = {"3", "2", "3", NULL};
    struct probe probe = {0};

    (void)state;
    probe_add_read(&probe, "1");
    probe_add_read(&probe, "2");
    probe_add_read(&probe, "3");
    probe_add_read(&probe, "3");
    assert_in_turn(&probe, expected);
}

/* A user who is to be avoided must be fetched only if no other one is known. */
static void test_avoided(void **state)
{
    struct probe probe = {0};

    (void)state;
    probe_add_worked(&probe, "1");
    assert_string_equal(probe_take(&probe, "1"), "1");
    assert_false(probe_has_other(&probe, "1"));
    probe_add_read(&probe, "2");
    assert_true(probe_has_other(&probe, "1"));
    assert_string_equal(probe_take(&probe, "1"), "2");
    assert_string_equal(probe_take(&probe, "2"), "1");
    probe = (struct probe){0};
    probe_add_worked(&probe, "a/1");
    probe_add_worked(&probe, "b/2");
    probe_add_worked(&probe, "b/3");
    assert_string_equal(probe_take(&probe, "b/3"), "a/1");
    assert_string_equal(probe_take(&probe, "a/1"), "b/2");
}

/* Of the users in INPUT, the newest of two tenants must be kept, however many
 * rows a tenant has. */
static void test_tenants(void **state)
{
    static const char *const expected[] = {"b/4", "a/2", "b/4", NULL};
    struct probe probe = {0};

    (void)state;
    probe_add_read(&probe, "a/1");
    probe_add_read(&probe, "a/2");
    probe_add_read(&probe, "b/3");
    probe_add_read(&probe, "b/4");
    assert_in_turn(&probe, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody),       cmocka_unit_test(test_worked),
        cmocka_unit_test(test_other_tenant), cmocka_unit_test(test_no_tenants),
        cmocka_unit_test(test_avoided),      cmocka_unit_test(test_tenants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
