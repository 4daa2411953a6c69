#include "unit.h"

#include "dispatch/probe.h"

static void assert_taken(struct probe *probe, const char *key)
{
    assert_true(probe_is_possible(probe));
    assert_string_equal(probe_take(probe), key);
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
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_worked),
        cmocka_unit_test(test_tenants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
