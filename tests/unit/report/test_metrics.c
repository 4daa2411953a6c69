#include "report/metrics.h"
#include "unit.h"

static void format(struct buffer *text, const struct run_summary *summary,
                   const char *run, const struct metrics_times *earlier)
{
    buffer_init(text, 1 << 16);
    assert_int_equal(metrics_format(text, summary, run, earlier), 0);
}

static void assert_has(const struct buffer *text, const char *line)
{
    if (!strstr(text->data, line))
        fail_msg("no %s in %s", line, text->data);
}

/* The times of the last success and completion are those of this run, or are
 * kept from the earlier metrics. */
static void test_times(void **state)
{
    struct run_summary summary = {.part.end = 1795996801623};
    struct metrics_times times = {.success = 7};
    struct buffer text;

    (void)state;
    format(&text, &summary, "nightly", &(struct metrics_times){1000, 2000});
    assert_true(metrics_parse(&times, text.data));
    assert_int_equal(times.success, 1795996801623);
    assert_int_equal(times.completion, 1795996801623);
    buffer_free(&text);

    summary.exit_status = 5;
    format(&text, &summary, "nightly", &(struct metrics_times){1000, 2345});
    assert_true(metrics_parse(&times, text.data));
    assert_int_equal(times.success, 1000);
    assert_int_equal(times.completion, 2345);
    buffer_free(&text);

    summary.exit_status = 1;
    summary.complete = true;
    format(&text, &summary, "nightly", &(struct metrics_times){0, 0});
    assert_null(strstr(text.data, "last_success"));
    assert_true(metrics_parse(&times, text.data));
    assert_int_equal(times.success, 0);
    assert_int_equal(times.completion, 1795996801623);
    buffer_free(&text);
}

/* A label is escaped, and truncated if it is too long. */
static void test_label(void **state)
{
    const struct run_summary summary = {.exit_status = 3};
    const struct metrics_times never = {0, 0};
    char name[5000];
    struct buffer text;

    (void)state;
    format(&text, &summary, "a\"b\\c\nd\xff", &never);
    assert_has(&text, "\nbauser_batch_exit_status{run=\"a\\\"b\\\\c d?\"} 3\n");
    buffer_free(&text);
    memset(name, '"', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    format(&text, &summary, name, &never);
    assert_has(&text, "\\\"\"} 3\n");
    buffer_free(&text);
}

/* Other texts are not taken for metrics, and a damaged time is unknown. */
static void test_rubbish(void **state)
{
    struct metrics_times times;

    (void)state;
    assert_false(metrics_parse(&times, ""));
    assert_false(metrics_parse(&times, "Id,City\n"));
    assert_true(metrics_parse(
        &times, "# HELP bauser_batch_x y\n"
                "bauser_batch_last_success_timestamp_seconds{run=\"a\"} x\n"
                "bauser_batch_last_completion_timestamp_seconds{"));
    assert_int_equal(times.success, 0);
    assert_int_equal(times.completion, 0);
    assert_true(metrics_parse(
        &times,
        "# HELP bauser_batch_x y\n"
        "bauser_batch_last_success_timestamp_seconds{run=\"a\"} -5\n"
        "bauser_batch_last_completion_timestamp_seconds{r=\"a\"} 1e99"));
    assert_int_equal(times.success, 0);
    assert_int_equal(times.completion, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_label),
        cmocka_unit_test(test_rubbish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
