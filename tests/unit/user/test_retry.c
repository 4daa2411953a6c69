#include "unit.h"

#include "user/retry.h"

static struct api_error of(enum api_error_action action)
{
    return (struct api_error){.action = action};
}

/* The verdict on the last of so many such failures, with --retries 8. */
static enum retry_verdict decide(enum api_error_action action, unsigned count,
                                 enum retry_others others)
{
    static const struct retry_limits limits = {8, 60000};
    const struct api_error api_error = of(action);
    struct retry_counts counts = {0};

    for (unsigned i = 0; i < count; i++)
        retry_count(&counts, &api_error, 1000 + (int64_t)i * 10000);
    return retry_decide(&api_error, &counts, &limits, others);
}

/* Each action must have one verdict, and so many retries while others pass. */
static void test_verdicts(void **state)
{
    static const struct {
        enum api_error_action action;
        enum retry_verdict verdict;
        unsigned retries;
    } cases[] = {
        {API_ERROR_FAIL, RETRY_NOT, 0},
        {API_ERROR_STALE, RETRY_NOT, 0},
        {API_ERROR_RETRY, RETRY_LATER, 8},
        {API_ERROR_UNEXPECTED, RETRY_LATER, 2},
        /* seconds 0, 10, ... 60 */
        {API_ERROR_THROTTLE, RETRY_THROTTLED, 6},
        {API_ERROR_SIGN_IN, RETRY_SIGN_IN, 8},
        {API_ERROR_ACCOUNT, RETRY_STOP, 0},
        {API_ERROR_STOP, RETRY_STOP, 0},
        {API_ERROR_MEMORY, RETRY_STOP, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum api_error_action action = cases[i].action;
        unsigned retries = cases[i].retries;

        if (retries > 0)
            assert_int_equal(decide(action, retries, RETRY_OTHERS_PASS),
                             cases[i].verdict);
        assert_int_equal(decide(action, retries + 1, RETRY_OTHERS_PASS),
                         retries > 0 ? RETRY_NOT : cases[i].verdict);
    }
}

/* No row must fail while the service fails as a whole, until the run gives up.
 */
static void test_no_row_fails_in_an_outage(void **state)
{
    static const enum api_error_action actions[] = {
        API_ERROR_RETRY, API_ERROR_UNEXPECTED, API_ERROR_THROTTLE,
        API_ERROR_SIGN_IN};

    (void)state;
    for (size_t i = 0; i < COUNT(actions); i++) {
        assert_int_not_equal(decide(actions[i], 1000, RETRY_OTHERS_UNKNOWN),
                             RETRY_NOT);
        assert_int_equal(decide(actions[i], 1, RETRY_GIVEN_UP), RETRY_NOT);
    }
}

/* Without retries, the first failure must be final if others pass; but a token
 * may have expired, and calls be throttled. */
static void test_without_retries(void **state)
{
    static const struct retry_limits limits = {0, 60000};
    static const struct {
        enum api_error_action action;
        enum retry_verdict verdict;
    } cases[] = {
        {API_ERROR_RETRY, RETRY_NOT},
        {API_ERROR_UNEXPECTED, RETRY_NOT},
        {API_ERROR_THROTTLE, RETRY_THROTTLED},
        {API_ERROR_SIGN_IN, RETRY_SIGN_IN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct api_error api_error = of(cases[i].action);
        struct retry_counts counts = {0};

        retry_count(&counts, &api_error, 0);
        assert_int_equal(
            retry_decide(&api_error, &counts, &limits, RETRY_OTHERS_PASS),
            cases[i].verdict);
    }
}

/* A proof that others pass must be asked for with the last retry, so that it is
 * there when that one fails; unless others pass, for the token and a throttled
 * row at once. */
static void test_needs_proof(void **state)
{
    static const struct {
        enum api_error_action action;
        enum retry_others others;
        unsigned count; /* failures before */
    } cases[] = {
        {API_ERROR_RETRY, RETRY_OTHERS_UNKNOWN, 8},
        {API_ERROR_RETRY, RETRY_OTHERS_PASS, 8},
        {API_ERROR_UNEXPECTED, RETRY_OTHERS_UNKNOWN, 2},
        {API_ERROR_THROTTLE, RETRY_OTHERS_UNKNOWN, 1},
        {API_ERROR_THROTTLE, RETRY_OTHERS_PASS, 3},
        {API_ERROR_SIGN_IN, RETRY_OTHERS_UNKNOWN, 1},
        {API_ERROR_SIGN_IN, RETRY_OTHERS_PASS, 8},
    };
    static const struct retry_limits limits = {8, 60000};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct api_error api_error = of(cases[i].action);
        struct retry_counts counts = {0};

        for (unsigned n = 1; n < cases[i].count; n++) {
            retry_count(&counts, &api_error, 0);
            assert_false(retry_needs_proof(&api_error, &counts, &limits,
                                           cases[i].others));
        }
        retry_count(&counts, &api_error, 0);
        assert_true(
            retry_needs_proof(&api_error, &counts, &limits, cases[i].others));
    }
}

/* The bound of the delay must double from 250 ms to a minute, and the delay
 * must be anything below it. */
static void test_delays(void **state)
{
    (void)state;
    for (unsigned failures = 0; failures < 100; failures++) {
        int64_t bound = failures < 2   ? 250
                        : failures < 9 ? (int64_t)250 << (failures - 1)
                                       : 60000;

        assert_int_equal(retry_delay(failures, -1, 0), 0);
        assert_int_equal(retry_delay(failures, -1, UINT32_MAX), bound - 1);
        assert_in_range(retry_delay(failures, -1, UINT32_C(1) << 31), bound / 2,
                        bound / 2 + 1);
    }
}

/* The delay must be at least what the service asks for, up to an hour. */
static void test_retry_after(void **state)
{
    (void)state;
    assert_int_equal(retry_delay(1, 0, 0), 0);
    assert_int_equal(retry_delay(1, 5000, 0), 5000);
    assert_int_equal(retry_delay(1, 5000, UINT32_MAX), 5249);
    assert_int_equal(retry_delay(1, INT64_MAX, 0), 3600000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_no_row_fails_in_an_outage),
        cmocka_unit_test(test_without_retries),
        cmocka_unit_test(test_needs_proof),
        cmocka_unit_test(test_delays),
        cmocka_unit_test(test_retry_after),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
