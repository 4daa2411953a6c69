#include "fake_run.h"
#include "result_rows.h"

static void assert_stopped(struct fixture *fixture, enum error_kind kind,
                           const char *why)
{
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, kind);
    if (!strstr(fixture->error.text, why))
        fail_msg("%s", fixture->error.text);
}

/* INPUT is standard input, a pipe with this text and no more. */
static void pipe_input(struct fixture *fixture, const char *text)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    write_text(ends[1], text);
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    assert_int_equal(close(ends[0]), 0);
    fixture->options.input = "-";
}

/* ---- another INPUT ------------------------------------------------------- */

/* --retry-failed must refuse another INPUT before any call, from a file and
 * from a pipe, whichever row differs and even if there is nothing to retry. */
static void test_other_input(void **state)
{
    static const char *const inputs[] = {
        "Id,City\n1,Ulm\n2,Ulm\n4,Ulm\n",
        "Id,City\n1,Ulm\n2,Ulm\n",
        "Id,City\n1,Ulm\n2,Ulm\n3,Ulm\n4,Ulm\n",
        "Id,City\n4,Ulm\n2,Ulm\n3,Ulm\n",
        "Id,City\nx,Ulm\n2,Ulm\n3,Ulm\n",
    };
    static const char prior[] = HEADER "1,1" UPDATED "2,2" FAILED "3,3" UPDATED;
    struct fixture *fixture = *state;

    fixture->options.retry_failed = true;
    make_file(OUTPUT, prior, 0600);
    for (size_t i = 0; i < COUNT(inputs); i++) {
        make_file(INPUT, inputs[i], 0600);
        fixture->options.input = INPUT;
        assert_stopped(fixture, ERROR_USAGE, "is not the result of this INPUT");
        pipe_input(fixture, inputs[i]);
        assert_stopped(fixture, ERROR_USAGE, "is not the result of this INPUT");
        assert_string_equal(read_result(fixture, OUTPUT), prior);
        assert_false(is_there(PART));
        assert_false(is_there(JOURNAL));
    }
    assert_int_equal(fixture->service.network.count, 0);
}

/* ---- rows with a newer one ----------------------------------------------- */

/* A row must not be retried if a later row of its user was applied. Failed and
 * NotAttempted rows must become Failed for ever, Unknown rows must stay
 * Unknown, the user must not be called, and no row may be offered for another
 * retry. */
static void test_newer_row(void **state)
{
    static const char *const rows[] = {
        "1,7,Failed",      "2,8,Unknown",  "3,9,Failed",  "4,5,Updated",
        "5,7,Failed",      "6,8,Updated",  "7,9,Updated", "8,5,Conflict",
        "9,007,Unchanged", "10,7,Updated",
    };
    struct fixture *fixture = *state;

    make_file(INPUT,
              "Id,City\n7,Bern\n8,Bern\n9,Bern\n5,Ulm\n7,Genf\n8,Rom\n"
              "9,Rom\n5,Rom\n007,Rom\n7,Ulm\n",
              0600);
    make_file(OUTPUT,
              HEADER "1,7" RETRYABLE "2,8" UNKNOWN "3,9" NOT_ATTEMPTED
                     "4,5" RETRYABLE "5,7" RETRYABLE "6,8" UPDATED "7,9" UPDATED
                     "8,5" CONFLICT "9,007" UNCHANGED "10,7" RETRYABLE,
              0600);
    fixture->options.retry_failed = true;
    fixture->options.window = 1;
    fixture->options.max_errors = 0;
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_non_null(strstr(
        fixture->result,
        "\n1,7,Failed,,,Superseded,\"row 9 of this user, which comes later in "
        "INPUT, was applied; this row would overwrite it\",,no,,,0,,\n"
        "2,8,Unknown,,,Superseded,\"row 6 of this user,"));
    assert_int_equal(fixture->service.network.count, 4);
    assert_string_equal(fixture->service.users[7].city, "Ulm");
    assert_string_equal(fixture->service.users[5].city, "Ulm");
    assert_int_equal(fixture->service.users[7].updates, 1);
    assert_int_equal(fixture->summary.tally.again, 0);

    run_completely(fixture);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_int_equal(fixture->service.network.count, 4);
    assert_int_equal(fixture->summary.tally.again, 0);
}

/* ---- what ends a run after its first call -------------------------------- */

/* With the first call, the next line of the pipe comes. GetUser takes long. */
static bool write_line_at_call(struct fake_service *service,
                               const struct fake_call *call, unsigned id,
                               struct fake_response *response)
{
    struct late_line *line = service->context;

    (void)id;
    if (!fake_is_update(call))
        response->latency = 5000;
    if (line->fd < 0)
        return false;
    write_text(line->fd, line->text);
    assert_int_equal(close(line->fd), 0);
    line->fd = -1;
    return false;
}

/* All of three rows are to be retried; the third one comes with a call. */
static void prepare_retry(struct fixture *fixture, struct late_line *line)
{
    make_file(OUTPUT, HEADER "1,1" RETRYABLE "2,2" RETRYABLE "3,3" RETRYABLE,
              0600);
    fixture->options.retry_failed = true;
    fixture->options.window = 1;
    open_pipe(fixture, "Id,City\n1,Ulm\n2,Ulm\n", line);
    fixture->service.intercept = write_line_at_call;
}

/* If a row of another INPUT arrives while the first call is in flight, the run
 * must stop as one that can be resumed: it has sent something. The users in
 * flight must keep their outcomes, and the right INPUT complete the run. */
static void test_other_row_after_call(void **state)
{
    static const char *const rows[] = {"1,1,Updated", "2,2,Updated"};
    struct late_line line = {.text = "9,Ulm\n"};
    struct fixture *fixture = *state;

    prepare_retry(fixture, &line);
    assert_stopped(fixture, ERROR_STOPPED,
                   "row 3 has another Id in the result");
    assert_rows(fixture, PART, rows, COUNT(rows));
    assert_true(is_there(JOURNAL));
    assert_int_equal(fixture->service.updates, 2);

    fixture->service.intercept = NULL;
    fixture->options.resume = true;
    pipe_input(fixture, "Id,City\n1,Ulm\n2,Ulm\n3,Ulm\n");
    run_completely(fixture);
    assert_all_updated(fixture, 3);
}

/* It must do so even if --drain ends before any call does. */
static void test_other_row_without_drain(void **state)
{
    struct late_line line = {.text = "9,Ulm\n"};
    struct fixture *fixture = *state;

    prepare_retry(fixture, &line);
    fixture->options.drain = 0;
    assert_stopped(fixture, ERROR_STOPPED,
                   "row 3 has another Id in the result");
    assert_int_equal(fixture->service.network.abandoned, 2);
    assert_int_equal(fixture->summary.tally.calls, 2);
}

/* If a pipe is refused while calls are in flight, and --limit does not allow
 * the updates that follow, these rows must be NotAttempted in a complete
 * OUTPUT. */
static void test_limited_pipe_refused(void **state)
{
    static const char *const rows[] = {"1,1,Updated", "2,2,NotAttempted"};
    struct late_line line = {.text = "3,Ulm,4\n"};
    struct fixture *fixture = *state;

    fixture->options.window = 1;
    fixture->options.limit = 1;
    open_pipe(fixture, "Id,City\n1,Ulm\n2,Ulm\n", &line);
    fixture->service.intercept = write_line_at_call;
    assert_stopped(fixture, ERROR_INPUT, "their outcomes are in " OUTPUT);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_non_null(strstr(fixture->result, ",InputRefused,"));
    assert_int_equal(fixture->service.updates, 1);
    assert_int_equal(fixture->summary.tally.again, 1);
    assert_false(is_there(JOURNAL));
    assert_false(is_there(PART));
}

static bool stop_at_update(struct fake_service *service,
                           const struct fake_call *call, unsigned id,
                           struct fake_response *response)
{
    struct fixture *fixture = service->context;

    (void)id;
    (void)response;
    if (fake_is_update(call))
        fixture->stop = 1;
    return false;
}

/* If the data of a pipe is refused in a resumed run after calls were made, its
 * OUTPUT is not complete. So the run must stop as one that can be resumed. */
static void test_resumed_pipe_refused(void **state)
{
    static const char *const rows[] = {"1,1,Updated", "2,2,Updated"};
    struct late_line line = {.text = "3,Ulm,4\n"};
    struct fixture *fixture = *state;

    fixture->options.window = 1;
    fixture->options.concurrency = 1;
    fixture->service.intercept = stop_at_update;
    fixture->service.context = fixture;
    pipe_input(fixture, "Id,City\n1,Ulm\n2,Ulm\n");
    assert_stopped(fixture, ERROR_STOPPED, "stopped by a signal");

    fixture->stop = 0;
    fixture->options.resume = true;
    fixture->options.input = INPUT;
    open_pipe(fixture, "Id,City\n1,Ulm\n2,Ulm\n", &line);
    fixture->service.intercept = write_line_at_call;
    assert_stopped(fixture, ERROR_STOPPED, "line 4");
    assert_rows(fixture, PART, rows, COUNT(rows));

    fixture->service.intercept = NULL;
    pipe_input(fixture, "Id,City\n1,Ulm\n2,Ulm\n3,Ulm\n");
    run_completely(fixture);
    assert_all_updated(fixture, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUN(test_other_input),
        WITH_RUN(test_newer_row),
        WITH_RUN(test_other_row_after_call),
        WITH_RUN(test_other_row_without_drain),
        WITH_RUN(test_limited_pipe_refused),
        WITH_RUN(test_resumed_pipe_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
