#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "written.h"

/* A time that was added must be known in every spelling, others not. */
static void test_knows_what_was_added(void **state)
{
    struct written *written = written_new();

    (void)state;
    assert_non_null(written);
    assert_false(written_has(written, "2026-01-02T03:04:05.678", 7));
    written_add(written, "2026-01-02T03:04:05.678", 7);
    assert_true(written_has(written, "2026-01-02T03:04:05.678", 7));
    assert_true(written_has(written, "2026-01-02T03:04:05.6780Z", 7));
    assert_true(written_has(written, "2026-01-02T05:04:05.678+02:00", 7));
    assert_false(written_has(written, "2026-01-02T03:04:05.679", 7));
    assert_false(written_has(written, "", 7));
    /* the same time with other values is somebody else's */
    assert_false(written_has(written, "2026-01-02T03:04:05.678", 8));
    written_free(written);
}

/* What is no time must change nothing, not even what the empty set has. */
static void test_passes_over_rubbish(void **state)
{
    struct written *written = written_new();

    (void)state;
    assert_non_null(written);
    written_add(written, "yesterday", 7);
    written_add(written, "", 7);
    assert_false(written_has(written, "yesterday", 7));
    assert_false(written_has(written, "1970-01-01T00:00:00", 7));
    written_free(written);
}

/* Of the latest thousand times nearly all must be known, whatever came before;
 * what was never added never. */
static void test_forgets_old_ones_only(void **state)
{
    struct written *written = written_new();
    unsigned known = 0;
    char time[40];

    (void)state;
    assert_non_null(written);
    for (unsigned i = 0; i < 100000; i++) {
        (void)snprintf(time, sizeof(time), "2026-01-02T%02u:%02u:%02u.%03u",
                       i / 36000, i / 600 % 60, i / 10 % 60, i % 10 * 7);
        written_add(written, time, 7);
    }
    for (unsigned i = 99000; i < 100000; i++) {
        (void)snprintf(time, sizeof(time), "2026-01-02T%02u:%02u:%02u.%03u",
                       i / 36000, i / 600 % 60, i / 10 % 60, i % 10 * 7);
        known += written_has(written, time, 7);
        (void)snprintf(time, sizeof(time), "2026-01-03T%02u:%02u:%02u.%03u",
                       i / 36000, i / 600 % 60, i / 10 % 60, i % 10 * 7);
        assert_false(written_has(written, time, 7));
    }
    assert_true(known > 980);
    written_free(written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_knows_what_was_added),
        cmocka_unit_test(test_passes_over_rubbish),
        cmocka_unit_test(test_forgets_old_ones_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
