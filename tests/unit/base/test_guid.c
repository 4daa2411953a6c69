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

/* The number of a GUID of either case must be that of its digits, and give the
 * text again in lowercase. */
static void test_pack(void **state)
{
    static const unsigned char wanted[GUID_BYTES] = {
        0x4b, 0x10, 0xbf, 0x41, 0xab, 0x11, 0x40, 0xe3,
        0x8c, 0x53, 0xcd, 0x67, 0x84, 0x9b, 0x50, 0xde};
    unsigned char bytes[GUID_BYTES];
    char guid[GUID_SIZE];

    (void)state;
    guid_pack(bytes, "4B10BF41-AB11-40E3-8C53-CD67849B50DE");
    assert_memory_equal(bytes, wanted, sizeof(wanted));
    guid_pack(bytes, "4b10bf41-ab11-40e3-8c53-cd67849b50de");
    assert_memory_equal(bytes, wanted, sizeof(wanted));
    guid_unpack(guid, bytes);
    assert_string_equal(guid, "4b10bf41-ab11-40e3-8c53-cd67849b50de");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_make),
        cmocka_unit_test(test_is_one),
        cmocka_unit_test(test_pack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
