#include "report/timeline.h"

#include "unit.h"

static struct timeline timeline;
static struct timeline_state now;

static void begin(void)
{
    now = (struct timeline_state){.rows = 1000};
    timeline_begin(&timeline, &now, 5000);
}

static void note(int64_t time)
{
    timeline_note(&timeline, &now, 5000 + time);
}

/* What was counted must be in the sample of its time. */
static void test_samples(void **state)
{
    (void)state;
    begin();
    now.rows += 3;
    now.calls += 5;
    note(TIMELINE_SPAN - 1);
    now.rows += 4;
    now.throttled++;
    now.limit = 600;
    note(2 * TIMELINE_SPAN);
    assert_int_equal(timeline.count, 3);
    assert_int_equal(timeline.samples[0].rows, 3);
    assert_int_equal(timeline.samples[0].calls, 5);
    assert_int_equal(timeline.samples[1].rows, 0);
    assert_int_equal(timeline.samples[2].rows, 4);
    assert_int_equal(timeline.samples[2].throttled, 1);
    assert_int_equal(timeline.samples[1].limit, 0);
    assert_int_equal(timeline.samples[2].limit, 600);
    assert_int_equal(timeline.length, 2 * TIMELINE_SPAN);
}

/* A state must last until the next note, and a wait begin when it began. */
static void test_states(void **state)
{
    (void)state;
    begin();
    now.in_flight = 7;
    note(TIMELINE_SPAN);
    now.in_flight = 2;
    now.waits = 1U << 3;
    note(4 * TIMELINE_SPAN);
    now.waits = 0;
    note(5 * TIMELINE_SPAN);
    assert_int_equal(timeline.samples[0].in_flight, 0);
    assert_int_equal(timeline.samples[1].in_flight, 7);
    assert_int_equal(timeline.samples[3].in_flight, 7);
    assert_int_equal(timeline.samples[5].in_flight, 2);
    timeline_mark(&timeline, 3, 5000 + 2 * TIMELINE_SPAN);
    assert_int_equal(timeline.samples[1].waits, 0);
    assert_int_equal(timeline.samples[2].waits, 1U << 3);
    assert_int_equal(timeline.samples[4].waits, 1U << 3);
    timeline_mark(&timeline, 0, 0);
    assert_int_equal(timeline.samples[0].waits, 1);
}

/* Memory is fixed: whatever the length, no count may get lost, and all samples
 * must be of one span. */
static void test_lengths(void **state)
{
    uint64_t seed = 3;

    (void)state;
    for (int64_t step = 1; step < INT64_C(40000000000); step *= 7) {
        uint64_t rows = 0, throttled = 0;
        int64_t time = 0;

        begin();
        for (unsigned i = 0; i < 3000; i++) {
            time += (int64_t)below(&seed, 1000) * step / 1000;
            now.rows += below(&seed, 10);
            now.throttled += below(&seed, 2);
            note(time);
        }
        assert_in_range(timeline.count, 1, REPORT_SAMPLES);
        assert_int_equal(timeline.count - 1, time / timeline.span);
        for (unsigned i = 0; i < timeline.count; i++) {
            rows += timeline.samples[i].rows;
            throttled += timeline.samples[i].throttled;
        }
        assert_int_equal(rows, now.rows - 1000);
        assert_int_equal(throttled, now.throttled);
    }
}

/* A clock that goes back must not matter. */
static void test_clock(void **state)
{
    (void)state;
    begin();
    now.rows++;
    note(-3000);
    assert_int_equal(timeline.count, 1);
    assert_int_equal(timeline.samples[0].rows, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
