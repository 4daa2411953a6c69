#include "unit.h"

#include "ending/ending.h"

/* A complete run must end with the status of its worst rows: Unknown before
 * Failed, Conflict, Drift and NotAttempted, and these before success. */
static void test_complete(void **state)
{
    (void)state;
    for (unsigned one = 0; one < STATUS_COUNT; one++)
        for (unsigned other = 0; other < STATUS_COUNT; other++) {
            struct tally tally = {.rows = 2};
            bool unknown = one == STATUS_UNKNOWN || other == STATUS_UNKNOWN;
            bool success = status_is_success((enum status)one) &&
                           status_is_success((enum status)other);

            tally.by_status[one]++;
            tally.by_status[other]++;
            assert_int_equal(ending_status(&tally, NULL), unknown   ? 7
                                                          : success ? 0
                                                                    : 1);
        }
}

/* A run that failed must end with the documented status of the error, whatever
 * its rows are, and advise to resume after 4, 5, 6 and 10 only. */
static void test_failed(void **state)
{
    static const struct {
        enum error_kind kind;
        int status;
        enum ending_advice advice;
    } cases[] = {
        {ERROR_USAGE, 2, ENDING_NOTHING},  {ERROR_INPUT, 3, ENDING_NOTHING},
        {ERROR_SIGN_IN, 4, ENDING_RESUME}, {ERROR_STOPPED, 5, ENDING_RESUME},
        {ERROR_LOCAL, 6, ENDING_RESUME},   {ERROR_PLANNED, 10, ENDING_RESUME},
        {ERROR_BUSY, 5, ENDING_RESUME},
    };
    const struct tally tally = {.rows = 1, .by_status[STATUS_UNKNOWN] = 1};
    struct options options = {.mode = MODE_APPLY, .output = "out.csv"};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct error error = {.kind = cases[i].kind};
        enum exit_status status = ending_status(&tally, &error);

        assert_int_equal(status, cases[i].status);
        assert_int_equal(ending_advise(&options, status), cases[i].advice);
    }
}

/* With --detailed-exit-code, a dry run with changes must have the status 8, and
 * drift 9, but only if no row failed and the run is complete. */
static void test_detail(void **state)
{
    static const struct {
        enum mode mode;
        enum status other; /* of the second row */
        int status;
    } cases[] = {
        {MODE_DRY_RUN, STATUS_WOULD_UPDATE, 8},
        {MODE_DRY_RUN, STATUS_UNCHANGED, 8},
        {MODE_DRY_RUN, STATUS_FAILED, 1},
        {MODE_DRY_RUN, STATUS_CONFLICT, 1},
        {MODE_RECONCILE, STATUS_MATCH, 9},
        {MODE_RECONCILE, STATUS_DRIFT, 9},
        {MODE_RECONCILE, STATUS_FAILED, 1},
    };
    struct options options = {.detailed_exit_code = true};
    struct tally tally = {.rows = 1, .by_status[STATUS_UNCHANGED] = 1};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tally two = {.rows = 2};

        options.mode = cases[i].mode;
        two.by_status[options.mode == MODE_DRY_RUN ? STATUS_WOULD_UPDATE
                                                   : STATUS_DRIFT]++;
        two.by_status[cases[i].other]++;
        assert_int_equal(
            ending_detail(&options, &two, ending_status(&two, NULL)),
            cases[i].status);
        assert_int_equal(ending_detail(&options, &two, EXIT_STOPPED), 5);
    }
    options.mode = MODE_DRY_RUN;
    assert_int_equal(ending_detail(&options, &tally, EXIT_ALL_SUCCEEDED), 0);
    options.detailed_exit_code = false;
    tally.by_status[STATUS_WOULD_UPDATE]++;
    assert_int_equal(ending_detail(&options, &tally, EXIT_ALL_SUCCEEDED), 0);
}

/* A run that keeps no journal must be advised to run again, and one that makes
 * no call, or is complete, nothing. */
static void test_advice(void **state)
{
    struct options options = {.mode = MODE_APPLY, .output = "-"};

    (void)state;
    assert_int_equal(ending_advise(&options, EXIT_STOPPED), ENDING_RUN_AGAIN);
    options.output = "out.csv";
    options.diff = "diff.csv";
    assert_int_equal(ending_advise(&options, EXIT_STOPPED), ENDING_RUN_AGAIN);
    options.diff = NULL;
    assert_int_equal(ending_advise(&options, EXIT_SOME_UNKNOWN),
                     ENDING_NOTHING);
    options.mode = MODE_CHECK;
    assert_int_equal(ending_advise(&options, EXIT_LOCAL), ENDING_NOTHING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_complete),
        cmocka_unit_test(test_failed),
        cmocka_unit_test(test_detail),
        cmocka_unit_test(test_advice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
