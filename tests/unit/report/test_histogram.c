#include "report/histogram.h"

#include "unit.h"

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* A percentile must be within 3.2 % of the sorted values. */
static void test_percentiles(void **state)
{
    static int64_t values[20000];
    static const unsigned percents[] = {1, 50, 95, 99, 100};
    uint64_t seed = 7;

    (void)state;
    for (unsigned round = 1; round <= 40; round++) {
        struct histogram histogram = {.count = 0};
        unsigned count = 1 + below(&seed, COUNT(values));

        for (unsigned i = 0; i < count; i++) {
            values[i] =
                (int64_t)(next_random(&seed) >> (24 + below(&seed, 40)));
            histogram_add(&histogram, values[i]);
        }
        qsort(values, count, sizeof(values[0]), compare);
        for (size_t i = 0; i < COUNT(percents); i++) {
            size_t rank = ((size_t)count * percents[i] + 99) / 100;
            int64_t exact = values[rank > 0 ? rank - 1 : 0];
            int64_t found = histogram_percentile(&histogram, percents[i]);

            assert_true(found >= exact);
            assert_true((double)found <= (double)exact * 1.032 + 1);
        }
        assert_int_equal(histogram_percentile(&histogram, 100),
                         values[count - 1]);
    }
}

/* Values beyond the range must count as its ends, and no value as 0. */
static void test_range(void **state)
{
    struct histogram histogram = {.count = 0};

    (void)state;
    assert_int_equal(histogram_percentile(&histogram, 50), 0);
    histogram_add(&histogram, -5);
    assert_int_equal(histogram_percentile(&histogram, 50), 0);
    histogram_add(&histogram, INT64_MAX);
    assert_int_equal(histogram_percentile(&histogram, 50), 0);
    assert_int_equal(histogram_percentile(&histogram, 99),
                     (INT64_C(1) << 41) - 1);
    assert_int_equal(histogram.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_percentiles),
        cmocka_unit_test(test_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
