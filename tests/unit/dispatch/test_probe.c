#include "unit.h"

#include "dispatch/probe.h"

static void assert_taken(struct probe *probe, const char *key)
{
    assert_true(probe_is_possible(probe));
    assert_string_equal(probe_take(probe, ""), key);
    assert_string_equal(probe->sent, key);
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
    probe_failed(&probe);
    assert_taken(&probe, "2");
    probe_failed(&probe);
    assert_taken(&probe, "9");
    probe_failed(&probe);
    assert_taken(&probe, "3");
}

/* Of the users that work, one of another tenant than the newest must be fetched
 * next, however many rows a tenant has. */
static void test_other_tenant(void **state)
{
    static const char *const expected[] = {"b/4", "a/2", "b/3", "c/9", "b/4"};
    static const char *const later[] = {"a/5", "b/4", "a/2", "c/9", "a/5"};
    struct probe probe = {0};

    (void)state;
    probe_add_worked(&probe, "a/1");
    probe_add_worked(&probe, "a/2");
    probe_add_worked(&probe, "b/3");
    probe_add_worked(&probe, "b/4");
    probe_add_worked(&probe, "b/4");
    probe_add_read(&probe, "c/9");
    for (unsigned i = 0; i < 5; i++) {
        assert_taken(&probe, expected[i]);
        probe_failed(&probe);
    }
    probe.next = 0;
    probe_add_worked(&probe, "a/5");
    for (unsigned i = 0; i < 5; i++) {
        assert_taken(&probe, later[i]);
        probe_failed(&probe);
    }
}

/* If users have no tenant, two of INPUT must be kept. */
static void test_no_tenants(void **state)
{
    struct probe probe = {0};

    (void)state;
    probe_add_read(&probe, "1");
    probe_add_read(&probe, "2");
    probe_add_read(&probe, "3");
    probe_add_read(&probe, "3");
    assert_taken(&probe, "3");
    probe_failed(&probe);
    assert_taken(&probe, "2");
    probe_failed(&probe);
    assert_taken(&probe, "3");
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
    struct probe probe = {0};

    (void)state;
    probe_add_read(&probe, "a/1");
    probe_add_read(&probe, "a/2");
    probe_add_read(&probe, "b/3");
    probe_add_read(&probe, "b/4");
    assert_taken(&probe, "b/4");
    probe_failed(&probe);
    assert_taken(&probe, "a/2");
    probe_failed(&probe);
    assert_taken(&probe, "b/4");
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
