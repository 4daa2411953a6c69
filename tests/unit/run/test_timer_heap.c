#include "unit.h"

#include "run/timer_heap.h"

/* Tasks must come out in the order of their times, whatever the order in which
 * they came. */
static void test_order(void **state)
{
    struct user_task tasks[200] = {{.state = TASK_WAITING}};
    struct waiting waiting;
    uint32_t random = 1;

    (void)state;
    assert_int_equal(waiting_init(&waiting, COUNT(tasks)), 0);
    for (int round = 0; round < 20; round++) {
        int64_t last = INT64_MIN;

        for (size_t i = 0; i < COUNT(tasks); i++) {
            random = random * 1664525 + 1013904223;
            tasks[i].wake = (int64_t)(random >> 24);
            waiting_put(&waiting, &tasks[i]);
        }
        for (size_t i = 0; i < COUNT(tasks); i++) {
            struct user_task *first = waiting_first(&waiting);

            assert_true(first->wake >= last);
            last = first->wake;
            assert_ptr_equal(waiting_take(&waiting), first);
            first->wake = -1; /* none may come twice */
        }
        assert_null(waiting_first(&waiting));
        assert_null(waiting_take(&waiting));
    }
    waiting_clear(&waiting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
