#include "unit.h"

#include "dispatch/timer_heap.h"

/* Tasks must come out in the order of their times, whatever the order in which
 * they came. */
static void test_order(void **state)
{
    struct user_task tasks[200] = {{.state = TASK_WAITING}};
    struct timer_heap timers;
    uint32_t random = 1;

    (void)state;
    assert_int_equal(timer_heap_init(&timers, COUNT(tasks)), 0);
    for (int round = 0; round < 20; round++) {
        int64_t last = INT64_MIN;

        for (size_t i = 0; i < COUNT(tasks); i++) {
            random = random * 1664525 + 1013904223;
            tasks[i].schedule.wake = (int64_t)(random >> 24);
            timer_heap_put(&timers, &tasks[i]);
        }
        for (size_t i = 0; i < COUNT(tasks); i++) {
            struct user_task *first = timer_heap_first(&timers);

            assert_true(first->schedule.wake >= last);
            last = first->schedule.wake;
            assert_ptr_equal(timer_heap_take(&timers), first);
            first->schedule.wake = -1; /* none may come twice */
        }
        assert_null(timer_heap_first(&timers));
        assert_null(timer_heap_take(&timers));
    }
    timer_heap_clear(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
