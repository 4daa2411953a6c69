#include "unit.h"

#include "base/guid.h"

/* A new GUID is one, is of version 4 and variant 1, and is no other's. */
static void test_make(void **state)
{
    char guid[GUID_SIZE], other[GUID_SIZE];

    (void)state;
    guid_make(&random_system, other);
    for (unsigned i = 0; i < 1000; i++) {
        guid_make(&random_system, guid);
        assert_true(guid_is_one(guid));
        assert_int_equal(guid[14], '4');
        assert_non_null(strchr("89ab", guid[19]));
        assert_string_not_equal(guid, other);
        memcpy(other, guid, sizeof(other));
    }
}

/* All of 36 characters must be at their place: digits of either case, hyphens.
 */
static void test_is_one(void **state)
{
    static const char *const others[] = {
        "",
        "4b10bf41",
        "4b10bf41-ab11-40e3-8c53-cd67849b50d",
        "4b10bf41-ab11-40e3-8c53-cd67849b50de0",
        "4b10bf41-ab11-40e3-8c53-cd67849b50dg",
        "4b10bf41xab11-40e3-8c53-cd67849b50de",
        "{4b10bf41-ab11-40e3-8c53-cd67849b50de}",
        "4b10bf41-ab11-40e3-8c53cd67849b50de00",
    };

    (void)state;
    assert_true(guid_is_one("4b10bf41-ab11-40e3-8c53-cd67849b50de"));
    assert_true(guid_is_one("4B10BF41-AB11-40E3-8C53-CD67849B50DE"));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(guid_is_one(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_make),
        cmocka_unit_test(test_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
