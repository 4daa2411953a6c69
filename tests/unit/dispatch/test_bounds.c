#include "dispatch/bounds.h"
#include "fake_run.h"

/* ---- the numbers --------------------------------------------------------- */

/* No more users than the lower bound may be admitted, and the reason must name
 * the bound that was reached. */
static void test_bounds(void **state)
{
    static const struct {
        uint64_t limit, max_changes;
        unsigned admitted;
        const char *option, *text;
    } cases[] = {
        {2, BOUNDS_NONE, 2, "--limit",
         "stopped by --limit 2: 2 users were sent an update"},
        {1, 5, 1, "--limit", "stopped by --limit 1: 1 user was sent an update"},
        {5, 1, 1, "--max-changes",
         "stopped by --max-changes 1: 1 user was sent an update, and another "
         "one needs an update"},
        {BOUNDS_NONE, 0, 0, "--max-changes",
         "stopped by --max-changes 0: 0 users were sent an update, and "
         "another one needs an update"},
        {2, 2, 2, "--limit",
         "stopped by --limit 2: 2 users were sent an update"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bounds bounds;
        struct error error;
        unsigned admitted = 0;

        bounds_init(&bounds, cases[i].limit, cases[i].max_changes);
        while (bounds_admit(&bounds)) {
            bounds_note_update(&bounds);
            admitted++;
        }
        assert_int_equal(admitted, cases[i].admitted);
        assert_true(bounds_stop(&bounds, false));
        bounds_explain(&bounds, &error);
        assert_int_equal(error.kind, ERROR_PLANNED);
        assert_string_equal(error.option, cases[i].option);
        assert_string_equal(error.text, cases[i].text);
    }
}

/* A plan may update at most that share of its source's rows, also of the
 * largest number. Without that number, a share must be refused. */
static void test_share(void **state)
{
    static const struct {
        uint64_t percent, users, source_rows;
        const char *text; /* NULL: accepted */
    } cases[] = {
        {10, 100, 1000, NULL},
        {10, 101, 1000,
         "p.csv updates 101 users, more than --max-changes 10% of the 1000 "
         "rows that it was made from; nothing was sent"},
        {50, 1, 1, "updates 1 user, more than --max-changes 50% of the 1 row "},
        {50, 1, 2, NULL},
        {33, 33, 100, NULL},
        {33, 33, 99, "33% of the 99 rows"},
        {0, 0, 5, NULL},
        {0, 1, 5, "0% of the 5 rows"},
        {100, UINT64_MAX, UINT64_MAX, NULL},
        {99, UINT64_MAX, UINT64_MAX, "99%"},
        {100, 1, 0, "--max-changes 100%: p.csv has no column _SourceRows=N"},
        {0, 0, 0, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error = {.kind = ERROR_NONE};
        int result = bounds_check_share(cases[i].percent, cases[i].users,
                                        cases[i].source_rows, "p.csv", &error);

        assert_int_equal(result, cases[i].text ? -1 : 0);
        if (!cases[i].text)
            continue;
        assert_int_equal(error.kind, ERROR_INPUT);
        if (!strstr(error.text, cases[i].text))
            fail_msg("%s", error.text);
    }
}

/* A user who was left must not stop the run before the users of open updates
 * have started, unless they never come. */
static void test_open_updates(void **state)
{
    struct bounds bounds;

    (void)state;
    bounds_init(&bounds, 3, BOUNDS_NONE);
    bounds.users = 3;
    bounds.open = 2;
    assert_true(bounds_start(&bounds, true));
    assert_false(bounds_stop(&bounds, true));
    assert_false(bounds_start(&bounds, false));
    assert_false(bounds_stop(&bounds, false));
    assert_true(bounds_stop(&bounds, true));
    assert_true(bounds_start(&bounds, true));
    assert_true(bounds_stop(&bounds, false));
}

/* ---- whole runs ---------------------------------------------------------- */

static unsigned count_updated(const struct fixture *fixture)
{
    unsigned count = 0;

    for (unsigned i = 1; i <= FAKE_USERS; i++) {
        assert_true(fixture->service.users[i].updates <= 1);
        count += fixture->service.users[i].updates;
    }
    return count;
}

static void assert_planned(struct fixture *fixture, const char *option)
{
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_PLANNED);
    assert_string_equal(fixture->error.option, option);
    assert_int_equal(fixture->summary.exit_status, 10);
    assert_string_equal(fixture->summary.option, option);
    assert_false(is_there(OUTPUT));
}

static void resume_without_bounds(struct fixture *fixture)
{
    fixture->options.limit = fixture->options.max_changes = UINT64_MAX;
    fixture->options.resume = true;
    run_completely(fixture);
}

/* --limit must stop the run after so many users, however many are in flight,
 * and they must have their results. --resume must apply the rest. */
static void test_limit(void **state)
{
    struct fixture *fixture = *state;

    make_input(50);
    fixture->options.limit = 10;
    fixture->options.concurrency = 16;
    assert_planned(fixture, "--limit");
    assert_int_equal(count_updated(fixture), 10);
    assert_int_equal(fixture->summary.tally.by_status[STATUS_UPDATED], 10);
    assert_int_equal(fixture->summary.tally.rows, 10);

    /* Those of the earlier part count. */
    fixture->options.resume = true;
    fixture->options.limit = 12;
    assert_planned(fixture, "--limit");
    assert_int_equal(count_updated(fixture), 12);
    assert_planned(fixture, "--limit");
    assert_int_equal(count_updated(fixture), 12);
    resume_without_bounds(fixture);
    assert_all_updated(fixture, 50);
}

/* If no user is left, the run must be complete. */
static void test_limit_at_the_end(void **state)
{
    struct fixture *fixture = *state;

    make_input(10);
    fixture->options.limit = 10;
    run_completely(fixture);
    assert_all_updated(fixture, 10);
}

/* --max-changes must stop the run only if one user more needs an update. */
static void test_max_changes(void **state)
{
    struct fixture *fixture = *state;

    make_file(INPUT, "Id,City\n1,Ulm\n2,Bonn\n3,Ulm\n4,Bonn\n", 0600);
    fixture->options.max_changes = 2;
    run_completely(fixture);
    assert_int_equal(count_updated(fixture), 2);
    assert_int_equal(unlink(OUTPUT), 0);

    make_input(50);
    fixture->options.max_changes = 5;
    assert_planned(fixture, "--max-changes");
    assert_int_equal(count_updated(fixture), 2 + 5);
    resume_without_bounds(fixture);
    assert_int_equal(count_updated(fixture), 50);
}

/* With 0, nothing must be updated, and nothing be left. */
static void test_no_changes(void **state)
{
    struct fixture *fixture = *state;

    make_input(50);
    fixture->options.max_changes = 0;
    assert_planned(fixture, "--max-changes");
    assert_int_equal(fixture->service.updates, 0);
    assert_false(is_there(JOURNAL));
}

/* The first two responses to an update are lost after it is applied. */
static bool lose_responses(struct fake_service *service,
                           const struct fake_call *call, unsigned id,
                           struct fake_response *response)
{
    if (!fake_is_update(call) || id > 2 || service->users[id].updates > 0)
        return false;
    fake_update_user(service, id, call, response);
    response->failure = HTTP_BROKEN;
    return true;
}

/* A user whose update must be verified must count once, and get the result
 * before the run stops. */
static void test_unknown_outcomes(void **state)
{
    struct fixture *fixture = *state;

    make_input(20);
    fixture->service.intercept = lose_responses;
    fixture->options.limit = 3;
    fixture->options.concurrency = 4;
    assert_planned(fixture, "--limit");
    assert_int_equal(count_updated(fixture), 3);
    assert_int_equal(fixture->summary.tally.by_status[STATUS_UPDATED], 3);
    resume_without_bounds(fixture);
    assert_int_equal(count_updated(fixture), 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds),       cmocka_unit_test(test_share),
        cmocka_unit_test(test_open_updates), WITH_RUN(test_limit),
        WITH_RUN(test_limit_at_the_end),     WITH_RUN(test_max_changes),
        WITH_RUN(test_no_changes),           WITH_RUN(test_unknown_outcomes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
