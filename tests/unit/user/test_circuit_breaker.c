#include "unit.h"

#include "user/circuit_breaker.h"

/* The same random numbers in every run. */
static void fill(const struct random *random, void *bytes, size_t len)
{
    static uint64_t seed = 20260102;
    unsigned char *byte = bytes;

    (void)random;
    for (size_t i = 0; i < len; i++)
        byte[i] = (unsigned char)below(&seed, 256);
}

static const struct random random_test = {.fill = fill};

/* Opens it, which must take exactly so many retries and one more. */
static void use_up_budget(struct circuit_breaker *breaker, int budget)
{
    for (int i = 0; i < budget; i++)
        circuit_breaker_take_retry(breaker, CIRCUIT_GET);
    assert_true(circuit_breaker_is_closed(breaker, CIRCUIT_GET));
    circuit_breaker_take_retry(breaker, CIRCUIT_GET);
    assert_false(circuit_breaker_is_closed(breaker, CIRCUIT_GET));
}

/* Single failures among successes must never open the circuit breaker, only an
 * empty budget; one success must close it. */
static void test_budget(void **state)
{
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 16, 900000, &random_test);
    for (int i = 0; i < 10000; i++) {
        circuit_breaker_failure(&breaker, CIRCUIT_GET, i);
        circuit_breaker_take_retry(&breaker, CIRCUIT_GET);
        circuit_breaker_success(&breaker, CIRCUIT_GET, breaker.failures);
        assert_int_equal(circuit_breaker_wait(&breaker, CIRCUIT_GET, 16, i), 0);
    }
    use_up_budget(&breaker, 160);
    circuit_breaker_success(&breaker, CIRCUIT_GET, breaker.failures);
    assert_true(circuit_breaker_is_closed(&breaker, CIRCUIT_GET));
    assert_int_equal(circuit_breaker_wait(&breaker, CIRCUIT_GET, 16, 0), 0);
}

/* A small concurrency must have a budget of 100 retries, too. */
static void test_least_budget(void **state)
{
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 1, 900000, &random_test);
    use_up_budget(&breaker, 100);
}

/* Probes must leave one at a time, the first one at once, the others after
 * pauses that are never zero and grow to 16 s. */
static void test_probes(void **state)
{
    struct circuit_breaker breaker;
    int64_t now = 0, longest = 0;

    (void)state;
    circuit_breaker_init(&breaker, 1, 900000, &random_test);
    use_up_budget(&breaker, 100);
    assert_int_equal(circuit_breaker_wait(&breaker, CIRCUIT_GET, 0, now), 0);
    for (int i = 0; i < 1000; i++) {
        int64_t wait;

        assert_int_equal(circuit_breaker_wait(&breaker, CIRCUIT_GET, 1, now),
                         -1);
        circuit_breaker_failure(&breaker, CIRCUIT_GET, now);
        wait = circuit_breaker_wait(&breaker, CIRCUIT_GET, 0, now);
        assert_in_range(wait, 250, 16250);
        if (i < 2)
            assert_true(wait < 1000);
        longest = wait > longest ? wait : longest;
        now += wait;
        assert_int_equal(circuit_breaker_wait(&breaker, CIRCUIT_GET, 0, now),
                         0);
    }
    assert_true(longest > 10000);
}

/* A token that is granted must not close it: another server grants it. */
static void test_token_is_no_probe(void **state)
{
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 1, 900000, &random_test);
    use_up_budget(&breaker, 100);
    circuit_breaker_failure(&breaker, CIRCUIT_TOKEN, 0);
    assert_int_equal(circuit_breaker_wait(&breaker, CIRCUIT_GET, 0, 0), 0);
    circuit_breaker_success(&breaker, CIRCUIT_TOKEN, breaker.failures);
    assert_false(circuit_breaker_is_closed(&breaker, CIRCUIT_GET));
}

/* The run must give up only if no call has succeeded for so long after the
 * first failure; time without calls and a requested pause do not count. */
static void test_giving_up(void **state)
{
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 1, 1000, &random_test);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 0, 1000000),
                     CIRCUIT_CALLS);
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 5000);
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 5499);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 0, 6000),
                     CIRCUIT_CALLS); /* no retry has failed so late */
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 5500);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 0, 5999),
                     CIRCUIT_CALLS);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 0, 6000),
                     CIRCUIT_GET);
    /* 500 ms before the pause, and 500 ms after it */
    circuit_breaker_success(&breaker, CIRCUIT_GET, breaker.failures);
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 6000);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 7500, 6500),
                     CIRCUIT_CALLS);
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 7999);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 7500, 7999),
                     CIRCUIT_CALLS);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 7500, 8000),
                     CIRCUIT_GET);
    circuit_breaker_success(&breaker, CIRCUIT_GET, breaker.failures);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 0, 100000),
                     CIRCUIT_CALLS);
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 200000);
    circuit_breaker_success(&breaker, CIRCUIT_GET, breaker.failures);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 0, 300000),
                     CIRCUIT_CALLS);
}

/* While a call is in flight, which may pass, the run must not give up, until
 * one has failed after the time is over. Calls of other kinds do not matter. */
static void test_giving_up_waits(void **state)
{
    enum { GET = 1U << CIRCUIT_GET, UPDATE = 1U << CIRCUIT_UPDATE };
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 1, 1000, &random_test);
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 5000);
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 5999);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, GET, 0, 6500),
                     CIRCUIT_CALLS);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, UPDATE, 0, 6500),
                     CIRCUIT_GET);
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 6500);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, GET, 0, 6500),
                     CIRCUIT_GET);
}

/* Updates that fail for so long are an outage, even if users can be read
 * meanwhile; two failures with an hour between them are not. */
static void test_updates_alone(void **state)
{
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 1, 600000, &random_test);
    for (int64_t now = 0; now < 600000; now += 60000) {
        assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 0, now),
                         CIRCUIT_CALLS);
        circuit_breaker_failure(&breaker, CIRCUIT_UPDATE, now);
        circuit_breaker_success(&breaker, CIRCUIT_GET, breaker.failures);
    }
    circuit_breaker_failure(&breaker, CIRCUIT_UPDATE, 600000);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 0, 600000),
                     CIRCUIT_UPDATE);
    circuit_breaker_failure(&breaker, CIRCUIT_UPDATE, 4200000);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 0, 4200000),
                     CIRCUIT_CALLS);
}

/* Retries of updates must not stop GetUser, nor its successes close the circuit
 * of the updates. */
static void test_circuits(void **state)
{
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 1, 900000, &random_test);
    for (int i = 0; i <= 100; i++) {
        circuit_breaker_failure(&breaker, CIRCUIT_UPDATE, i);
        circuit_breaker_take_retry(&breaker, CIRCUIT_UPDATE);
        circuit_breaker_success(&breaker, CIRCUIT_GET, breaker.failures);
    }
    assert_false(circuit_breaker_is_closed(&breaker, CIRCUIT_UPDATE));
    assert_int_equal(circuit_breaker_wait(&breaker, CIRCUIT_UPDATE, 1, 0), -1);
    assert_true(circuit_breaker_is_closed(&breaker, CIRCUIT_GET));
    assert_int_equal(circuit_breaker_wait(&breaker, CIRCUIT_GET, 9, 0), 0);
    assert_int_equal(circuit_breaker_successes(&breaker, CIRCUIT_GET), 101);
    assert_int_equal(circuit_breaker_successes(&breaker, CIRCUIT_UPDATE), 0);
    circuit_breaker_success(&breaker, CIRCUIT_UPDATE, breaker.failures);
    assert_true(circuit_breaker_is_closed(&breaker, CIRCUIT_UPDATE));
}

/* Only if users were read since the updates began to fail, and can be read now,
 * must the updates alone be what fails. */
static void test_only_updates_fail(void **state)
{
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 1, 900000, &random_test);
    circuit_breaker_success(&breaker, CIRCUIT_GET, breaker.failures);
    assert_false(circuit_breaker_only_updates_fail(&breaker));
    circuit_breaker_failure(&breaker, CIRCUIT_UPDATE, 1);
    assert_false(circuit_breaker_only_updates_fail(&breaker));
    circuit_breaker_success(&breaker, CIRCUIT_GET, breaker.failures);
    assert_true(circuit_breaker_only_updates_fail(&breaker));
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 2);
    assert_false(circuit_breaker_only_updates_fail(&breaker));
}

/* Updates that were given up must not wait, and their failures be final, until
 * one succeeds. */
static void test_updates_given_up(void **state)
{
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 1, 1000, &random_test);
    circuit_breaker_failure(&breaker, CIRCUIT_UPDATE, 0);
    for (int i = 0; i <= 100; i++)
        circuit_breaker_take_retry(&breaker, CIRCUIT_UPDATE);
    assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 0, 1000),
                     CIRCUIT_UPDATE);
    circuit_breaker_give_up_updates(&breaker);
    for (unsigned i = 0; i <= 100; i++) {
        circuit_breaker_failure(&breaker, CIRCUIT_UPDATE, 1000);
        circuit_breaker_take_retry(&breaker, CIRCUIT_UPDATE);
        assert_int_equal(circuit_breaker_wait(&breaker, CIRCUIT_UPDATE, i, 0),
                         0);
    }
    assert_true(circuit_breaker_has_given_up(&breaker, CIRCUIT_UPDATE));
    assert_false(circuit_breaker_has_given_up(&breaker, CIRCUIT_GET));
    assert_int_equal(circuit_breaker_should_give_up(&breaker, 0, 0, 9000),
                     CIRCUIT_CALLS);
    circuit_breaker_success(&breaker, CIRCUIT_UPDATE, breaker.failures);
    assert_false(circuit_breaker_has_given_up(&breaker, CIRCUIT_UPDATE));
}

/* A proof must be wanted once it was asked for, until it begins or somebody is
 * read; and always while users cannot be read. */
static void test_proof(void **state)
{
    struct circuit_breaker breaker;

    (void)state;
    circuit_breaker_init(&breaker, 1, 1000, &random_test);
    assert_false(circuit_breaker_wants_proof(&breaker));
    circuit_breaker_want_proof(&breaker);
    assert_true(circuit_breaker_wants_proof(&breaker));
    circuit_breaker_begin_proof(&breaker);
    assert_false(circuit_breaker_wants_proof(&breaker));
    circuit_breaker_want_proof(&breaker);
    circuit_breaker_success(&breaker, CIRCUIT_UPDATE, breaker.failures);
    assert_true(circuit_breaker_wants_proof(&breaker));
    circuit_breaker_success(&breaker, CIRCUIT_GET, breaker.failures);
    assert_false(circuit_breaker_wants_proof(&breaker));
    use_up_budget(&breaker, 100);
    circuit_breaker_begin_proof(&breaker);
    assert_true(circuit_breaker_wants_proof(&breaker));
}

/* A success must only show that the service works after a failure if its call
 * was sent later, whatever the order of the responses. */
static void test_passed(void **state)
{
    struct circuit_breaker breaker;
    uint64_t before;

    (void)state;
    circuit_breaker_init(&breaker, 1, 900000, &random_test);
    before = circuit_breaker_failures(&breaker);
    circuit_breaker_failure(&breaker, CIRCUIT_GET, 0);
    circuit_breaker_success(&breaker, CIRCUIT_GET, before);
    assert_false(circuit_breaker_passed(&breaker, CIRCUIT_GET, before + 1));
    circuit_breaker_success(&breaker, CIRCUIT_GET, before + 1);
    circuit_breaker_success(&breaker, CIRCUIT_GET, before);
    assert_true(circuit_breaker_passed(&breaker, CIRCUIT_GET, before + 1));
    assert_false(circuit_breaker_passed(&breaker, CIRCUIT_UPDATE, before + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_least_budget),
        cmocka_unit_test(test_probes),
        cmocka_unit_test(test_token_is_no_probe),
        cmocka_unit_test(test_giving_up),
        cmocka_unit_test(test_giving_up_waits),
        cmocka_unit_test(test_updates_alone),
        cmocka_unit_test(test_circuits),
        cmocka_unit_test(test_only_updates_fail),
        cmocka_unit_test(test_updates_given_up),
        cmocka_unit_test(test_proof),
        cmocka_unit_test(test_passed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
