#include "base/backoff.h"

#include "unit.h"

/* The bound must double from 250 ms to a minute, and every delay below it must
 * be possible. */
static void test_delays(void **state)
{
    (void)state;
    for (unsigned failures = 0; failures < 100; failures++) {
        int64_t bound = failures < 2   ? 250
                        : failures < 9 ? (int64_t)250 << (failures - 1)
                                       : 60000;

        assert_int_equal(backoff_delay(failures, 0), 0);
        assert_int_equal(backoff_delay(failures, UINT32_MAX), bound - 1);
        assert_in_range(backoff_delay(failures, UINT32_C(1) << 31), bound / 2,
                        bound / 2 + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
