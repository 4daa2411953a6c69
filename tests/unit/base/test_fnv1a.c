#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/fnv1a.h"

/* The hash must be FNV-1a of 64 bits, by the draft's own test vectors. */
static void test_fnv1a64(void **state)
{
    (void)state;
    assert_true(fnv1a_hash("") == 0xCBF29CE484222325u);
    assert_true(fnv1a_hash("a") == 0xAF63DC4C8601EC8Cu);
    assert_true(fnv1a_hash("foobar") == 0x85944171F73967E8u);
    assert_true(fnv1a_hash("\xFF") != fnv1a_hash("\x7F"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fnv1a64),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
