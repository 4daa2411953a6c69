#include "unit.h"

#include <errno.h>
#include <stdint.h>

#include "base/arena.h"

/* Pieces of all sizes must be aligned, keep what is written to them, and not
 * overlap, also when the first block is full. */
static void test_pieces(void **state)
{
    struct arena arena;
    unsigned char *pieces[3000];

    (void)state;
    assert_int_equal(arena_init(&arena, 1, SIZE_MAX), 0);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        pieces[i] = arena_take(&arena, i);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % sizeof(void *), 0);
        memset(pieces[i], (int)(i % 251), i);
    }
    for (size_t i = 0; i < COUNT(pieces); i++)
        for (size_t at = 0; at < i; at++)
            assert_int_equal(pieces[i][at], i % 251);
    arena_free(&arena);
}

/* No piece may be given beyond the bound, and smaller ones must still be. */
static void test_bound(void **state)
{
    struct arena arena;

    (void)state;
    assert_int_equal(arena_init(&arena, 5000, 4999), -1);
    assert_int_equal(errno, EFBIG);
    assert_int_equal(arena_init(&arena, 5000, 5000), 0);
    assert_non_null(arena_take(&arena, 4000));
    errno = 0;
    assert_null(arena_take(&arena, 1001));
    assert_int_equal(errno, EFBIG);
    assert_null(arena_take(&arena, SIZE_MAX));
    assert_non_null(arena_take(&arena, 1000));
    arena_free(&arena);
}

/* Nothing of any piece may be left after wiping. */
static void test_wipes(void **state)
{
    struct arena arena;
    char *pieces[100];

    (void)state;
    assert_int_equal(arena_init(&arena, 1, SIZE_MAX), 0);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        pieces[i] = arena_take(&arena, 1000);
        assert_non_null(pieces[i]);
        memset(pieces[i], 'x', 1000);
    }
    arena_wipe(&arena);
    for (size_t i = 0; i < COUNT(pieces); i++)
        assert_null(memchr(pieces[i], 'x', 1000));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_wipes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
