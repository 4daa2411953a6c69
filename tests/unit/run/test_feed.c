#include "fake_run.h"

#define LONG_INPUT 7000000 /* bytes; a turn reads less */

/* ---- rows and their results ---------------------------------------------- */

/* Each row must have one result, in the input's order, whatever becomes of it:
 * Updated, Unchanged, a value that is refused, a user that does not exist. */
static void test_results_in_order(void **state)
{
    static const char *const rows[] = {
        "1,3,Updated", "2,900,Failed", "3,1,Unchanged",
        "4,x,Failed",  "5,2,Updated",
    };
    struct fixture *fixture = *state;

    make_file(INPUT, "Id,City\n3,Ulm\n900,Ulm\n1,Bonn\nx,Ulm\n2,Jena\n", 0600);
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_non_null(strstr(fixture->result, "EntityNotExistent"));
    assert_int_equal(fixture->service.network.count, 6);
    assert_int_equal(fixture->service.updates, 2);
    assert_string_equal(fixture->service.users[3].city, "Ulm");
    assert_string_equal(fixture->service.users[2].city, "Jena");
    assert_int_equal(fixture->service.users[1].updates, 0);
    assert_int_equal(fixture->summary.tally.rows, 5);
    assert_int_equal(fixture->summary.tally.calls, 6);
    assert_int_equal(fixture->summary.tally.by_status[STATUS_UPDATED], 2);
    assert_int_equal(fixture->summary.tally.by_status[STATUS_UNCHANGED], 1);
    assert_int_equal(fixture->summary.tally.by_status[STATUS_FAILED], 2);
}

/* A user whose calls take long must not delay the calls of others, but their
 * result rows must follow its row. */
static void test_slow_user(void **state)
{
    struct fixture *fixture = *state;
    const struct fake_network *network = &fixture->service.network;

    make_input(30);
    fixture->service.intercept = delay_first;
    fixture->options.concurrency = 2;
    run_completely(fixture);
    assert_all_updated(fixture, 30);
    assert_int_equal(network->count, 60);
    assert_int_equal(fake_id(&network->calls[59]), 1);
    assert_true(network->calls[58].sent - network->calls[0].sent < 5000);
}

/* Rows of one user must become one update, with the last value, and each have
 * its own result row. */
static void test_rows_of_one_user(void **state)
{
    static const char *const rows[] = {"1,7,Updated", "2,8,Updated",
                                       "3,7,Updated", "4,007,Updated"};
    struct fixture *fixture = *state;

    make_file(INPUT, "Id,City\n7,Ulm\n8,Ulm\n7,Jena\n007,Kiel\n", 0600);
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_int_equal(fixture->service.users[7].gets, 1);
    assert_int_equal(fixture->service.users[7].updates, 1);
    assert_string_equal(fixture->service.users[7].city, "Kiel");
    assert_int_equal(fixture->service.network.count, 4);
}

/* Rows of one user with --window rows between them must become two
 * updates, one after the other. */
static void test_window(void **state)
{
    static const char *const rows[] = {"1,7,Updated", "2,8,Updated",
                                       "3,7,Updated"};
    struct fixture *fixture = *state;
    const struct fake_network *network = &fixture->service.network;
    unsigned at = 0;

    make_file(INPUT, "Id,City\n7,Ulm\n8,Ulm\n7,Jena\n", 0600);
    fixture->options.window = 1;
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_int_equal(fixture->service.users[7].updates, 2);
    assert_string_equal(fixture->service.users[7].city, "Jena");
    for (unsigned i = 0; i < network->count; i++)
        if (fake_id(&network->calls[i]) == 7)
            assert_int_equal(fake_is_update(&network->calls[i]), at++ % 2);
    assert_int_equal(at, 4);
}

/* Rows that are refused must count in the window. */
static void test_window_of_refused_rows(void **state)
{
    static const char *const rows[] = {"1,7,Updated", "2,x,Failed",
                                       "3,7,Updated"};
    struct fixture *fixture = *state;

    make_file(INPUT, "Id,City\n7,Ulm\nx,Ulm\n7,Jena\n", 0600);
    fixture->options.window = 1;
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_int_equal(fixture->service.users[7].updates, 2);
}

/* The first update comes before the second half of INPUT is read. */
static bool stop_while_reading(struct fake_service *service,
                               const struct fake_call *call, unsigned id,
                               struct fake_response *response)
{
    struct fixture *fixture = service->context;

    (void)id;
    (void)response;
    if (!fake_is_update(call))
        return false;
    assert_in_range(input_place, 1, LONG_INPUT / 2);
    fixture->stop = 1;
    return false;
}

/* While a long INPUT is read that contains nothing to send, calls must go on,
 * and a signal must stop the run. */
static void test_long_input(void **state)
{
    static char column[] = "City";
    struct name_pair where = {column, "Ulm"};
    struct fixture *fixture = *state;

    make_long_input(fixture, "1,Ulm\n", "2,Bonn\n", LONG_INPUT / 7);
    fixture->options.window = 1;
    fixture->options.wheres = &where;
    fixture->options.where_count = 1;
    fixture->service.intercept = stop_while_reading;
    fixture->service.context = fixture;
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_STOPPED);
    assert_int_equal(fixture->service.updates, 1);
    assert_in_range(input_place, 1, LONG_INPUT / 2);
}

/* --max-errors must count rows that never were sent, because a value is
 * refused. */
static void test_max_errors_in_values(void **state)
{
    struct fixture *fixture = *state;

    make_file(INPUT, "Id,City\nx,Ulm\ny,Ulm\n1,Ulm\n", 0600);
    fixture->options.max_errors = 1;
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_STOPPED);
    assert_non_null(strstr(fixture->error.text, "2 of 2 rows failed"));
    assert_int_equal(fixture->service.network.count, 0);
}

/* ---- prior results ------------------------------------------------------- */

static bool fail_second_user(struct fake_service *service,
                             const struct fake_call *call, unsigned id,
                             struct fake_response *response)
{
    (void)service;
    (void)call;
    if (id != 2)
        return false;
    fake_fail(response, 503, 0, "InternalError");
    return true;
}

/* --retry-failed must send only the rows that failed and may succeed now, and
 * keep the other result rows. */
static void test_retry_failed(void **state)
{
    static const char *const first[] = {"1,1,Updated", "2,2,Failed",
                                        "3,900,Failed", "4,3,Updated"};
    static const char *const second[] = {"1,1,Updated", "2,2,Updated",
                                         "3,900,Failed", "4,3,Updated"};
    struct fixture *fixture = *state;
    const struct fake_network *network = &fixture->service.network;
    unsigned count;

    make_file(INPUT, "Id,City\n1,Ulm\n2,Ulm\n900,Ulm\n3,Ulm\n", 0600);
    fixture->service.intercept = fail_second_user;
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, first, COUNT(first));
    assert_int_equal(fixture->summary.tally.retries, fixture->options.retries);
    count = network->count;

    fixture->service.intercept = NULL;
    fixture->options.retry_failed = true;
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, second, COUNT(second));
    assert_int_equal(network->count, count + 2);
    assert_int_equal(fake_id(&network->calls[count]), 2);
    assert_int_equal(fixture->summary.tally.rows, 4);
    assert_int_equal(fixture->service.updates, 3);
}

/* ---- pipes --------------------------------------------------------------- */

/* Rows of a pipe that pauses must be sent after a second, without waiting for
 * its end, and the rows that follow must be sent, too. */
static void test_pipe_that_pauses(void **state)
{
    struct late_line line = {.text = "3,Ulm\n"};
    struct fixture *fixture = *state;
    const struct fake_network *network = &fixture->service.network;
    int64_t start = fake_ms(network);

    open_pipe(fixture, "Id,City\n1,Ulm\n2,Ulm\n", &line);
    run_completely(fixture);
    assert_all_updated(fixture, 3);
    assert_in_range(network->calls[0].sent - start, 1000, 1100);
    assert_int_equal(network->count, 6);
}

/* A user of a pipe must be sent as soon as their window is full, also if it is
 * full of refused rows. */
static void test_pipe_with_full_window(void **state)
{
    static const char *const rows[] = {"1,1,Updated", "2,x,Failed",
                                       "3,y,Failed", "4,2,Updated"};
    struct late_line line = {.text = "2,Ulm\n"};
    struct fixture *fixture = *state;
    const struct fake_network *network = &fixture->service.network;
    int64_t start = fake_ms(network);

    fixture->options.window = 1;
    open_pipe(fixture, "Id,City\n1,Ulm\nx,Ulm\ny,Ulm\n", &line);
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_int_equal(network->calls[0].sent, start);
    assert_int_equal(network->count, 4);
}

/* If a pipe is refused after calls were made, OUTPUT must be complete with the
 * outcome of each row before. */
static void test_pipe_refused_halfway(void **state)
{
    static const char *const rows[] = {"1,1,Updated", "2,2,Updated"};
    struct late_line line = {.text = "3,Ulm,4\n"};
    struct fixture *fixture = *state;

    open_pipe(fixture, "Id,City\n1,Ulm\n2,Ulm\n", &line);
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_INPUT);
    assert_non_null(
        strstr(fixture->error.text, "their outcomes are in " OUTPUT));
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_int_equal(fixture->service.updates, 2);
    assert_false(is_there(JOURNAL));
    assert_false(is_there(PART));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUN(test_results_in_order),
        WITH_RUN(test_slow_user),
        WITH_RUN(test_rows_of_one_user),
        WITH_RUN(test_window),
        WITH_RUN(test_window_of_refused_rows),
        WITH_RUN(test_long_input),
        WITH_RUN(test_max_errors_in_values),
        WITH_RUN(test_retry_failed),
        WITH_RUN(test_pipe_that_pauses),
        WITH_RUN(test_pipe_with_full_window),
        WITH_RUN(test_pipe_refused_halfway),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
