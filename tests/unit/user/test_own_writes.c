#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "user/own_writes.h"

#define BEFORE "2026-01-02T03:04:05.678"
#define AFTER  "2026-01-02T03:04:06.001"
#define LATER  "2026-01-02T03:04:07.5"

static void add(struct own_writes *own_writes, const char *before,
                uint64_t shared, const char *after, uint64_t shared_after)
{
    own_writes_add(own_writes, (struct shared_state){before, shared},
                   (struct shared_state){after, shared_after});
}

static bool explains(const struct own_writes *own_writes, const char *time,
                     const char *present, uint64_t shared)
{
    return own_writes_explains(own_writes, time,
                               (struct shared_state){present, shared});
}

/* A guard on the time before an own write must be explained, in any notation of
 * the time; other guards and other states must not. */
static void test_one_write(void **state)
{
    struct own_writes *own_writes = own_writes_new();

    (void)state;
    assert_non_null(own_writes);
    assert_false(explains(own_writes, BEFORE, AFTER, 8));
    add(own_writes, BEFORE, 7, AFTER, 8);
    assert_true(explains(own_writes, BEFORE, AFTER, 8));
    assert_true(explains(own_writes, BEFORE "0Z", AFTER, 8));
    assert_true(
        explains(own_writes, "2026-01-02T05:04:05.678+02:00", AFTER "00", 8));
    /* others wrote in the same millisecond */
    assert_false(explains(own_writes, BEFORE, AFTER, 9));
    /* the guard is older than the state before the write */
    assert_false(explains(own_writes, "2026-01-01T00:00:00", AFTER, 8));
    assert_false(explains(own_writes, BEFORE, LATER, 8));
    assert_false(explains(own_writes, "", AFTER, 8));
    assert_false(explains(own_writes, BEFORE, "", 8));
    own_writes_free(own_writes);
}

/* Writes of many persons at one time must all be kept. */
static void test_one_time(void **state)
{
    struct own_writes *own_writes = own_writes_new();

    (void)state;
    assert_non_null(own_writes);
    for (uint64_t i = 0; i < 100; i++)
        add(own_writes, BEFORE, i, AFTER, 1000 * (i + 1));
    for (uint64_t i = 0; i < 100; i++)
        assert_true(explains(own_writes, BEFORE, AFTER, 1000 * (i + 1)));
    own_writes_free(own_writes);
}

/* A chain of own writes must explain a guard on each time in it, but not on a
 * time before a write by others. */
static void test_chain_of_writes(void **state)
{
    struct own_writes *own_writes = own_writes_new();

    (void)state;
    assert_non_null(own_writes);
    add(own_writes, BEFORE, 7, AFTER, 8);
    add(own_writes, AFTER, 8, LATER, 9);
    assert_true(explains(own_writes, AFTER, LATER, 9));
    assert_true(explains(own_writes, BEFORE, LATER, 9));
    own_writes_free(own_writes);

    own_writes = own_writes_new();
    assert_non_null(own_writes);
    add(own_writes, BEFORE, 7, AFTER, 8);
    add(own_writes, AFTER, 80, LATER, 9);
    assert_true(explains(own_writes, AFTER, LATER, 9));
    assert_false(explains(own_writes, BEFORE, LATER, 9));
    own_writes_free(own_writes);
}

/* An update that was sent must explain any state with its values, until its
 * time is known; one that keeps the shared values must explain nothing. */
static void test_sent(void **state)
{
    struct own_writes *own_writes = own_writes_new();

    (void)state;
    assert_non_null(own_writes);
    add(own_writes, BEFORE, 7, "", 8);
    assert_true(explains(own_writes, BEFORE, AFTER, 8));
    assert_true(explains(own_writes, BEFORE, LATER, 8));
    assert_false(explains(own_writes, BEFORE, AFTER, 7));
    assert_false(explains(own_writes, LATER, AFTER, 8));
    add(own_writes, AFTER, 8, LATER, 9);
    assert_true(explains(own_writes, BEFORE, LATER, 9));
    add(own_writes, BEFORE, 7, AFTER, 8);
    assert_true(explains(own_writes, BEFORE, AFTER, 8));
    assert_true(explains(own_writes, BEFORE, LATER, 9));
    assert_false(explains(own_writes, BEFORE, LATER, 8));
    add(own_writes, BEFORE, 5, "", 5);
    assert_false(explains(own_writes, BEFORE, AFTER, 5));
    add(own_writes, "", 5, "", 6);
    assert_false(explains(own_writes, BEFORE, AFTER, 6));
    own_writes_free(own_writes);
}

/* The latest thousand writes must all be kept, after any number of others; a
 * chain that leads back to itself must end. */
static void test_bounds(void **state)
{
    struct own_writes *own_writes = own_writes_new();
    char time[32];
    unsigned known = 0;

    (void)state;
    assert_non_null(own_writes);
    for (unsigned i = 0; i < 100000; i++) {
        (void)snprintf(time, sizeof(time), "2026-01-02T%02u:%02u:%02u.%03u",
                       i / 36000, i / 600 % 60, i / 10 % 60, i % 10 * 7);
        add(own_writes, BEFORE, 7, time, i);
        if (i >= 99000)
            known += explains(own_writes, BEFORE, time, i);
    }
    assert_int_equal(known, 1000);
    add(own_writes, LATER, 1, LATER, 1);
    assert_false(explains(own_writes, BEFORE, LATER, 1));
    own_writes_free(own_writes);
}

static enum own_writes_path trace(const struct own_writes *own_writes,
                                  const char *before, uint64_t shared,
                                  uint64_t after, const char *present,
                                  uint64_t shared_now)
{
    return own_writes_trace(own_writes, (struct shared_state){before, shared},
                            after, (struct shared_state){present, shared_now});
}

/* Own writes must prove that an update was not applied if they alone lead from
 * the state that it carried to the present one; and that it was applied if they
 * lead through the values that it set. */
static void test_trace(void **state)
{
    static const struct {
        const char *before;
        uint64_t shared, after;
        const char *present;
        uint64_t shared_now;
        enum own_writes_path path;
    } cases[] = {
        {BEFORE, 1, 9, AFTER, 2, OWN_WRITES_WITHOUT},
        {BEFORE, 1, 9, LATER, 3, OWN_WRITES_WITHOUT},
        {BEFORE, 1, 2, LATER, 3, OWN_WRITES_THROUGH},
        {BEFORE, 1, 3, LATER, 3, OWN_WRITES_THROUGH},
        {BEFORE, 1, 9, LATER, 4, OWN_WRITES_THROUGH},
        /* the values are those of an earlier state */
        {AFTER "5", 7, 1, LATER, 3, OWN_WRITES_NONE},
        /* others wrote before, or after */
        {BEFORE, 8, 9, LATER, 3, OWN_WRITES_NONE},
        {"2026-01-01T00:00:00", 1, 9, LATER, 3, OWN_WRITES_NONE},
        {BEFORE, 1, 9, LATER, 5, OWN_WRITES_NONE},
        /* it changed no shared value, so it can't be seen in between */
        {BEFORE, 1, 1, LATER, 3, OWN_WRITES_NONE},
        {"", 1, 9, LATER, 3, OWN_WRITES_NONE},
    };
    struct own_writes *own_writes = own_writes_new();

    (void)state;
    assert_non_null(own_writes);
    add(own_writes, BEFORE, 1, "", 9); /* the update itself */
    assert_int_equal(trace(own_writes, BEFORE, 1, 9, AFTER, 2),
                     OWN_WRITES_NONE);
    add(own_writes, BEFORE, 1, AFTER, 2);
    add(own_writes, AFTER, 2, LATER, 3);
    add(own_writes, "2026-01-02T03:04:06.9", 9, LATER, 4);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        if (trace(own_writes, cases[i].before, cases[i].shared, cases[i].after,
                  cases[i].present, cases[i].shared_now) != cases[i].path)
            fail_msg("case %zu", i);
    own_writes_free(own_writes);
}

/* If all times are of one second, the state that an update carried must not
 * count as applied because the same values were set before; a later write from
 * that state proves that it was not applied. */
static void test_same_second(void **state)
{
    struct own_writes *own_writes = own_writes_new();

    (void)state;
    assert_non_null(own_writes);
    add(own_writes, AFTER, 1, AFTER, 2);
    add(own_writes, AFTER, 2, AFTER, 1);
    assert_int_equal(trace(own_writes, AFTER, 1, 2, AFTER, 1), OWN_WRITES_NONE);
    add(own_writes, AFTER, 1, AFTER, 3);
    assert_int_equal(trace(own_writes, AFTER, 1, 2, AFTER, 3),
                     OWN_WRITES_WITHOUT);
    own_writes_free(own_writes);
}

/* If another user's values were sent twice, because others had written before
 * the first time, an update in between must be found, in any order of the
 * records. */
static void test_sent_twice(void **state)
{
    (void)state;
    for (int last = 0; last < 2; last++) {
        struct own_writes *own_writes = own_writes_new();

        assert_non_null(own_writes);
        add(own_writes, last ? AFTER : BEFORE, last ? 2 : 1, "", 9);
        add(own_writes, last ? BEFORE : AFTER, last ? 1 : 2, "", 9);
        assert_int_equal(trace(own_writes, BEFORE, 1, 2, LATER, 9),
                         OWN_WRITES_THROUGH);
        own_writes_free(own_writes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_write),
        cmocka_unit_test(test_one_time),
        cmocka_unit_test(test_chain_of_writes),
        cmocka_unit_test(test_sent),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_trace),
        cmocka_unit_test(test_same_second),
        cmocka_unit_test(test_sent_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
