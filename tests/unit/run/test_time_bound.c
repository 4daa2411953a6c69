#include "base/local_time.h"
#include "fake_run.h"
#include "run/time_bound.h"

#define NOW  INT64_C(1795986000)
#define HOUR 3600

static struct time_bound make(int64_t end, bool reached, const char *text)
{
    struct time_bound bound = {.end = end, .reached = reached};

    (void)snprintf(bound.text, sizeof(bound.text), "%s", text);
    return bound;
}

/* The earlier of both ends must count. A date in the past must be refused, but
 * not by a run that is resumed, which may have stopped at it. */
static void test_init(void **state)
{
    struct options options = {.max_duration = HOUR, .max_duration_text = "1h"};
    struct time_bound bound;
    struct error error;

    (void)state;
    assert_int_equal(time_bound_init(&bound, &options, NOW, &error), 0);
    assert_int_equal(bound.end, NOW + HOUR);
    assert_string_equal(bound.text, "--max-duration 1h");
    options.until = "2100-01-01T00:00";
    assert_int_equal(time_bound_init(&bound, &options, NOW, &error), 0);
    assert_int_equal(bound.end, NOW + HOUR);
    options.until = "2000-01-01T00:00";
    assert_int_equal(time_bound_init(&bound, &options, NOW, &error), -1);
    assert_int_equal(error.kind, ERROR_USAGE);
    options.resume = true;
    assert_int_equal(time_bound_init(&bound, &options, NOW, &error), 0);
    assert_in_range(bound.end, 946598400, 946771200); /* in any time zone */
    options = (struct options){.until = NULL};
    assert_int_equal(time_bound_init(&bound, &options, NOW, &error), 0);
    assert_false(time_bound_is_reached(&bound, INT64_MAX));
}

/* A resumed run must keep its end, unless another one is given, or a part has
 * stopped at it, or it passed long ago. A date stays the end in any case. */
static void test_resume(void **state)
{
    static const struct {
        int64_t earlier; /* from now on; 0: there is none */
        bool reached;
        const char *text; /* of the earlier end */
        int64_t given;    /* 0: no option is given */
        int64_t end;      /* -1: refused */
    } cases[] = {
        {0, false, "", 8 * HOUR, 8 * HOUR},
        {0, false, "", 0, 0},
        {HOUR, false, "same", 8 * HOUR, HOUR},
        {HOUR, false, "other", 8 * HOUR, 8 * HOUR},
        {HOUR, false, "any", 0, HOUR},
        {-HOUR, false, "same", 8 * HOUR, -HOUR},
        {-HOUR, true, "same", 8 * HOUR, 8 * HOUR},
        {-13 * HOUR, false, "same", 8 * HOUR, 8 * HOUR},
        {-HOUR, false, "other", 8 * HOUR, 8 * HOUR},
        {-HOUR, false, "any", 0, -1},
        {-HOUR, true, "any", 0, 0},
        {-HOUR, false, "same", -HOUR, -HOUR},
        {-HOUR, true, "same", -HOUR, -HOUR},
        {-13 * HOUR, false, "same", -13 * HOUR, -13 * HOUR},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct time_bound earlier =
            make(cases[i].earlier ? NOW + cases[i].earlier : 0,
                 cases[i].reached, cases[i].text);
        struct time_bound bound =
            make(cases[i].given ? NOW + cases[i].given : 0, false,
                 cases[i].given ? "same" : "");
        struct error error;
        int result = time_bound_resume(&bound, &earlier, NOW, &error);

        assert_int_equal(result, cases[i].end == -1 ? -1 : 0);
        if (result == 0)
            assert_int_equal(bound.end, cases[i].end ? NOW + cases[i].end : 0);
        else
            assert_int_equal(error.kind, ERROR_USAGE);
    }
}

/* A run must stop at its end, and its journal must know the end for the parts
 * that resume it. */
static void test_run(void **state)
{
    struct fixture *fixture = *state;

    make_input(200);
    fixture->options.concurrency = 1;
    fixture->options.max_duration = 1;
    fixture->options.max_duration_text = "1s";
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_PLANNED);
    assert_string_equal(fixture->error.option, "--max-duration");
    assert_in_range(fixture->summary.tally.rows, 1, 199);

    fixture->options.resume = true;
    fixture->options.max_duration = 1000;
    fixture->options.max_duration_text = "1000s";
    run_completely(fixture);
    assert_int_equal(fixture->service.updates, 200);
}

/* The date in half a minute or less, as an argument of --until. */
static const char *next_minute(const struct fixture *fixture)
{
    static char text[LOCAL_TIME_SIZE];

    local_time_format(text, fixture->service.network.now / 1000000 + 30);
    text[strlen("2026-11-30 06:00")] = '\0';
    return text;
}

static void assert_at_end(struct fixture *fixture)
{
    unsigned calls = fixture->service.network.count;

    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_PLANNED);
    assert_string_equal(fixture->error.option, "--until");
    assert_int_equal(fixture->service.network.count, calls);
}

/* A run that is interrupted before its end, a date, and started again after it
 * must stop at once. Without an option, its end must be missed; but when it has
 * stopped there, it must be resumed without one. */
static void test_date(void **state)
{
    struct fixture *fixture = *state;

    make_input(200);
    fixture->service.network.now = NOW * 1000000 + 31000000;
    fixture->options.until = next_minute(fixture);
    fixture->options.concurrency = 1;
    fixture->options.limit = 10;
    assert_int_equal(run(fixture), -1);
    assert_string_equal(fixture->error.option, "--limit");

    fixture->service.network.now += 60000000;
    fixture->options.limit = UINT64_MAX;
    fixture->options.resume = true;
    fixture->options.until = NULL;
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_USAGE);
    assert_non_null(strstr(fixture->error.text, "has passed; give a new"));

    fixture->service.network.now -= 60000000;
    fixture->options.until = next_minute(fixture);
    fixture->service.network.now += 60000000;
    assert_at_end(fixture);
    assert_at_end(fixture);
    fixture->options.until = NULL;
    run_completely(fixture);
    assert_int_equal(fixture->service.updates, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_init),
        cmocka_unit_test(test_resume),
        WITH_RUN(test_run),
        WITH_RUN(test_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
