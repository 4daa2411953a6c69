#include "unit.h"

#include "user/circuit_breaker.h"

/* Single failures among successes never lead to probing; that is for a bucket
 * that has run empty. */
static void test_bucket(void **state)
{
    struct outage outage;

    (void)state;
    outage_init(&outage, 16, 900000, 7);
    for (int i = 0; i < 10000; i++) {
        outage_failure(&outage, OUTAGE_GET, i);
        outage_take_retry(&outage);
        outage_success(&outage, OUTAGE_GET);
        assert_int_equal(outage_wait(&outage, 16, i), 0);
    }
    for (int i = 0; i < 160; i++)
        outage_take_retry(&outage);
    assert_false(outage.probing);
    outage_take_retry(&outage);
    assert_true(outage.probing);
    outage_success(&outage, OUTAGE_GET);
    assert_false(outage.probing);
    assert_int_equal(outage_wait(&outage, 16, 0), 0);
}

/* Small concurrencies get a bucket of 100 all the same. */
static void test_least_bucket(void **state)
{
    struct outage outage;

    (void)state;
    outage_init(&outage, 1, 900000, 7);
    for (int i = 0; i < 100; i++)
        outage_take_retry(&outage);
    assert_false(outage.probing);
    outage_take_retry(&outage);
    assert_true(outage.probing);
}

/* Probes go one at a time, with pauses that grow to a minute or so and are
 * never none. */
static void test_probes(void **state)
{
    struct outage outage;
    int64_t now = 0, longest = 0;

    (void)state;
    outage_init(&outage, 1, 900000, 7);
    for (int i = 0; i < 101; i++)
        outage_take_retry(&outage);
    for (int i = 0; i < 1000; i++) {
        int64_t wait;

        assert_int_equal(outage_wait(&outage, 1, now), -1);
        outage_failure(&outage, OUTAGE_GET, now);
        wait = outage_wait(&outage, 0, now);
        assert_in_range(wait, 250, 60250);
        if (i < 2)
            assert_true(wait < 1000);
        longest = wait > longest ? wait : longest;
        now += wait;
        assert_int_equal(outage_wait(&outage, 0, now), 0);
    }
    assert_true(longest > 10000);
}

/* The run gives up only where no call has succeeded since the first failure for
 * so long; silence is no failure, and an ordered pause does not count. */
static void test_giving_up(void **state)
{
    struct outage outage;

    (void)state;
    outage_init(&outage, 1, 1000, 7);
    assert_false(outage_is_lost(&outage, 0, 1000000));
    outage_failure(&outage, OUTAGE_GET, 5000);
    outage_failure(&outage, OUTAGE_GET, 5500);
    assert_false(outage_is_lost(&outage, 0, 5999));
    assert_true(outage_is_lost(&outage, 0, 6000));
    assert_false(outage_is_lost(&outage, 7000, 7999));
    assert_true(outage_is_lost(&outage, 7000, 8000));
    outage_success(&outage, OUTAGE_GET);
    assert_false(outage_is_lost(&outage, 0, 100000));
    outage_failure(&outage, OUTAGE_GET, 200000);
    outage_success(&outage, OUTAGE_GET);
    assert_false(outage_is_lost(&outage, 0, 300000));
}

/* Updates that fail for so long are an outage, whatever can be read meanwhile;
 * but not two failures with an hour in between. */
static void test_updates_alone(void **state)
{
    struct outage outage;

    (void)state;
    outage_init(&outage, 1, 600000, 7);
    for (int64_t now = 0; now < 600000; now += 60000) {
        assert_false(outage_is_lost(&outage, 0, now));
        outage_failure(&outage, OUTAGE_UPDATE, now);
        outage_success(&outage, OUTAGE_GET);
    }
    outage_failure(&outage, OUTAGE_UPDATE, 600000);
    assert_true(outage_is_lost(&outage, 0, 600000));
    outage_failure(&outage, OUTAGE_UPDATE, 4200000);
    assert_false(outage_is_lost(&outage, 0, 4200000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bucket),
        cmocka_unit_test(test_least_bucket),
        cmocka_unit_test(test_probes),
        cmocka_unit_test(test_giving_up),
        cmocka_unit_test(test_updates_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
