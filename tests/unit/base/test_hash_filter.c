#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash_filter.h"

/* Each hash that was added must be found, and none of a hundred thousand
 * others. */
static void test_members(void **state)
{
    struct hash_filter *filter = hash_filter_new();

    (void)state;
    assert_non_null(filter);
    assert_false(hash_filter_has(filter, 0));
    for (uint64_t i = 0; i < 100000; i++)
        hash_filter_add(filter, i * 977);
    for (uint64_t i = 0; i < 100000; i++)
        assert_true(hash_filter_has(filter, i * 977));
    for (uint64_t i = 0; i < 100000; i++)
        assert_false(hash_filter_has(filter, i * 977 + 1));
    hash_filter_free(filter);
    hash_filter_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
