#include "unit.h"

#include "user/retry.h"

static struct api_error of(enum api_error_action action)
{
    return (struct api_error){.action = action};
}

/* Each action must have one verdict; --retries must limit only failures that
 * may be temporary. */
static void test_verdicts(void **state)
{
    static const struct {
        enum api_error_action action;
        enum retry_verdict first, last;
    } cases[] = {
        {API_ERROR_FAIL, RETRY_NOT, RETRY_NOT},
        {API_ERROR_STALE, RETRY_NOT, RETRY_NOT},
        {API_ERROR_RETRY, RETRY_LATER, RETRY_NOT},
        {API_ERROR_THROTTLE, RETRY_THROTTLED, RETRY_THROTTLED},
        {API_ERROR_SIGN_IN, RETRY_SIGN_IN, RETRY_SIGN_IN},
        {API_ERROR_ACCOUNT, RETRY_STOP, RETRY_STOP},
        {API_ERROR_STOP, RETRY_STOP, RETRY_STOP},
        {API_ERROR_MEMORY, RETRY_STOP, RETRY_STOP},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct api_error api_error = of(cases[i].action);

        assert_int_equal(retry_decide(&api_error, 8, 8, true), cases[i].first);
        assert_int_equal(retry_decide(&api_error, 9, 8, true), cases[i].last);
    }
}

/* No row must fail while the service fails as a whole. */
static void test_no_row_fails_in_an_outage(void **state)
{
    struct api_error api_error = of(API_ERROR_RETRY);

    (void)state;
    assert_int_equal(retry_decide(&api_error, 1000, 8, false), RETRY_LATER);
    assert_int_equal(retry_decide(&api_error, 1, 0, false), RETRY_LATER);
    assert_int_equal(retry_decide(&api_error, 1, 0, true), RETRY_NOT);
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
        cmocka_unit_test(test_delays),
        cmocka_unit_test(test_retry_after),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
