#include "unit.h"

#include "user/circuit_breaker.h"

/* Single failures among successes never lead to probing; that is for a bucket
 * that has run empty. */
static void test_bucket(void **state)
{
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 16, 900000, 7);
    for (int i = 0; i < 10000; i++) {
        circuit_breaker_failure(&breaker, CIRCUIT_GET, i);
        circuit_breaker_take_retry(&breaker);
        circuit_breaker_success(&breaker, CIRCUIT_GET);
        assert_int_equal(circuit_breaker_wait(&breaker, 16, i), 0);
    }
    for (int i = 0; i < 160; i++)
        circuit_breaker_take_retry(&breaker);
    assert_false(breaker.probing);
    circuit_breaker_take_retry(&breaker);
    assert_true(breaker.probing);
    circuit_breaker_success(&breaker, CIRCUIT_GET);
    assert_false(breaker.probing);
    assert_int_equal(circuit_breaker_wait(&breaker, 16, 0), 0);
}

/* Small concurrencies get a bucket of 100 all the same. */
static void test_least_bucket(void **state)
{
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 1, 900000, 7);
    for (int i = 0; i < 100; i++)
        circuit_breaker_take_retry(&breaker);
    assert_false(breaker.probing);
    circuit_breaker_take_retry(&breaker);
    assert_true(breaker.probing);
}

/* Probes go one at a time, with pauses that grow to a minute or so and are
 * never none. */
static void test_probes(void **state)
{
    struct circuit_breaker breaker;
    int64_t now = 0, longest = 0;

    (void)state;
    circuit_breaker_init(&breaker, 1, 900000, 7);
    for (int i = 0; i < 101; i++)
        circuit_breaker_take_retry(&breaker);
    for (int i = 0; i < 1000; i++) {
        int64_t wait;

        assert_int_equal(circuit_breaker_wait(&breaker, 1, now), -1);
        circuit_breaker_failure(&breaker, CIRCUIT_GET, now);
        wait = circuit_breaker_wait(&breaker, 0, now);
        assert_in_range(wait, 250, 60250);
        if (i < 2)
            assert_true(wait < 1000);
        longest = wait > longest ? wait : longest;
        now += wait;
        assert_int_equal(circuit_breaker_wait(&breaker, 0, now), 0);
    }
    assert_true(longest > 10000);
}

/* The run gives up only where no call has succeeded since the first failure for
 * so long; silence is no failure, and an ordered pause does not count. */
static void test_giving_up(void **state)
{
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 1, 1000, 7);
    assert_false(circuit_breaker_is_lost(&breaker, 0, 1000000));
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 5000);
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 5500);
    assert_false(circuit_breaker_is_lost(&breaker, 0, 5999));
    assert_true(circuit_breaker_is_lost(&breaker, 0, 6000));
    assert_false(circuit_breaker_is_lost(&breaker, 7000, 7999));
    assert_true(circuit_breaker_is_lost(&breaker, 7000, 8000));
    circuit_breaker_success(&breaker, CIRCUIT_GET);
    assert_false(circuit_breaker_is_lost(&breaker, 0, 100000));
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 200000);
    circuit_breaker_success(&breaker, CIRCUIT_GET);
    assert_false(circuit_breaker_is_lost(&breaker, 0, 300000));
}

/* Updates that fail for so long are an outage, whatever can be read meanwhile;
 * but not two failures with an hour in between. */
static void test_updates_alone(void **state)
{
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 1, 600000, 7);
    for (int64_t now = 0; now < 600000; now += 60000) {
        assert_false(circuit_breaker_is_lost(&breaker, 0, now));
        circuit_breaker_failure(&breaker, CIRCUIT_UPDATE, now);
        circuit_breaker_success(&breaker, CIRCUIT_GET);
    }
    circuit_breaker_failure(&breaker, CIRCUIT_UPDATE, 600000);
    assert_true(circuit_breaker_is_lost(&breaker, 0, 600000));
    circuit_breaker_failure(&breaker, CIRCUIT_UPDATE, 4200000);
    assert_false(circuit_breaker_is_lost(&breaker, 0, 4200000));
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
