#include "unit.h"

#include "base/id_set.h"

static bool add(struct id_set *set, const char *id)
{
    bool added;

    assert_int_equal(id_set_add(set, id, &added), 0);
    return added;
}

/* An id is added once; numbers and GUIDs that differ in any digit are
 * different, and the letter case of a GUID does not matter. */
static void test_ids(void **state)
{
    struct id_set set = {.keys = NULL};

    (void)state;
    assert_true(add(&set, "1"));
    assert_false(add(&set, "1"));
    assert_true(add(&set, "10"));
    assert_true(add(&set, "9223372036854775807"));
    assert_true(add(&set, "4b10bf41-ab11-40e3-8c53-cd67849b50de"));
    assert_false(add(&set, "4B10BF41-AB11-40E3-8C53-CD67849B50DE"));
    assert_true(add(&set, "4b10bf41-ab11-40e3-8c53-cd67849b50df"));
    assert_true(add(&set, "5b10bf41-ab11-40e3-8c53-cd67849b50de"));
    assert_true(add(&set, "00000000-0000-0000-0000-000000000000"));
    assert_false(add(&set, "00000000-0000-0000-0000-000000000000"));
    assert_int_equal(set.count, 7);
    id_set_clear(&set);
    assert_true(add(&set, "1"));
    id_set_clear(&set);
}

/* A large set finds all its ids, and no others. */
static void test_many(void **state)
{
    struct id_set set = {.keys = NULL};
    char id[40];

    (void)state;
    for (int again = 0; again <= 1; again++)
        for (unsigned i = 0; i < 100000; i++) {
            (void)snprintf(id, sizeof(id),
                           i % 2 ? "%u" : "4b10bf41-ab11-40e3-8c53-%012u", i);
            assert_int_equal(add(&set, id), !again);
        }
    assert_int_equal(set.count, 100000);
    id_set_clear(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
