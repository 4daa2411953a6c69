#include "fake_run.h"

/* ---- runs that change nothing -------------------------------------------- */

/* --dry-run must fetch each user, say what would change, and send no update. */
static void test_dry_run(void **state)
{
    static const char *const rows[] = {"1,1,WouldUpdate", "2,2,Unchanged"};
    struct fixture *fixture = *state;

    make_file(INPUT, "Id,City\n1,Ulm\n2,Bonn\n", 0600);
    fixture->options.mode = MODE_DRY_RUN;
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_int_equal(fixture->service.gets, 2);
    assert_int_equal(fixture->service.network.count, 2);
    assert_string_equal(fixture->service.users[1].city, "Bonn");
}

/* --check must validate each row without a connection. */
static void test_check(void **state)
{
    static const char *const rows[] = {"1,1,Valid", "2,x,Failed", "3,2,Valid"};
    struct fixture *fixture = *state;

    make_file(INPUT, "Id,City\n1,Ulm\nx,Ulm\n2,Bonn\n", 0600);
    fixture->options.mode = MODE_CHECK;
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_int_equal(fixture->service.network.opened, 0);
    assert_int_equal(fixture->summary.tally.calls, 0);
    assert_int_equal(fixture->summary.tally.by_status[STATUS_VALID], 2);
}

/* ---- refused and stopped runs -------------------------------------------- */

/* A file that is refused, even in its last row, must send nothing and leave no
 * file. */
static void test_refused_input(void **state)
{
    static const struct {
        const char *text;
        enum error_kind kind;
    } cases[] = {
        {"Id,City\n1,Ulm\n2,\"Ulm\n", ERROR_INPUT},
        {"Id,City\n1,Ulm\n2,Ulm,3\n", ERROR_INPUT},
        {"Id,Town\n1,Ulm\n", ERROR_INPUT},
        {"City\nUlm\n", ERROR_INPUT},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        make_file(INPUT, cases[i].text, 0600);
        assert_int_equal(run(fixture), -1);
        assert_int_equal(fixture->error.kind, cases[i].kind);
        assert_int_equal(fixture->service.network.count, 0);
        assert_int_equal(fixture->summary.tally.rows, 0);
        assert_false(is_there(OUTPUT));
        assert_false(is_there(PART));
        assert_false(is_there(JOURNAL));
    }
}

/* A run that was asked to stop before its first call must make none, and leave
 * nothing to resume. */
static void test_stopped_before_start(void **state)
{
    struct fixture *fixture = *state;

    make_input(3);
    fixture->stop = 1;
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_STOPPED);
    assert_int_equal(fixture->service.network.count, 0);
    assert_int_equal(fixture->summary.tally.rows, 0);
    assert_false(is_there(OUTPUT));
    assert_false(is_there(PART));
    assert_false(is_there(JOURNAL));
}

/* As soon as more rows have failed than --max-errors allows, no new user must
 * be started; the rows that are finished must be in OUTPUT.part. */
static void test_max_errors(void **state)
{
    static const char *const rows[] = {"1,1,Updated", "2,901,Failed",
                                       "3,902,Failed", "4,903,Failed"};
    struct fixture *fixture = *state;

    make_file(INPUT,
              "Id,City\n1,Ulm\n901,Ulm\n902,Ulm\n903,Ulm\n904,Ulm\n2,Ulm\n",
              0600);
    fixture->options.concurrency = 1;
    fixture->options.max_errors = 2;
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_STOPPED);
    assert_non_null(
        strstr(fixture->error.text,
               "3 of 4 rows failed, more than --max-errors 2 allows"));
    assert_non_null(strstr(fixture->error.text, PART));
    assert_int_equal(fixture->service.network.count, 5);
    assert_int_equal(fixture->service.users[2].gets, 0);
    assert_rows(fixture, PART, rows, COUNT(rows));
    assert_false(is_there(OUTPUT));
    assert_true(is_there(JOURNAL));
}

/* An access token that is refused must stop the run before any row gets a
 * result. */
static void test_sign_in_refused(void **state)
{
    struct fixture *fixture = *state;

    make_input(5);
    fixture->service.intercept = fake_refuse_token;
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_SIGN_IN);
    assert_int_equal(fixture->summary.tally.rows, 0);
    assert_in_range(fixture->service.network.count, 5, 8);
    assert_false(is_there(OUTPUT));
    assert_false(is_there(JOURNAL));
}

/* ---- a result on standard output ------------------------------------------
 */

/* A run whose OUTPUT is standard output, which is the file OUTPUT meanwhile. */
static int run_to_standard_output(struct fixture *fixture)
{
    static char output[] = "-";
    int saved = dup(STDOUT_FILENO);
    int fd = open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int result;

    assert_true(saved >= 0 && fd >= 0);
    fixture->options.output = output;
    (void)dup2(fd, STDOUT_FILENO);
    result = run(fixture);
    (void)dup2(saved, STDOUT_FILENO);
    close(saved);
    close(fd);
    return result;
}

/* The response to the first update is lost; then the account is blocked. */
static bool block_after_update(struct fake_service *service,
                               const struct fake_call *call, unsigned id,
                               struct fake_response *response)
{
    if (service->updates > 0) {
        fake_fail(response, 400, 108, "UserCompromised");
        return true;
    }
    if (!fake_is_update(call))
        return false;
    fake_update_user(service, id, call, response);
    response->failure = HTTP_BROKEN;
    return true;
}

/* There is no memory for the response to the first update. */
static bool lack_memory(struct fake_service *service,
                        const struct fake_call *call, unsigned id,
                        struct fake_response *response)
{
    if (!fake_is_update(call))
        return false;
    fake_update_user(service, id, call, response);
    response->failure = HTTP_NO_MEMORY;
    return true;
}

/* If a run without a journal must stop, each row that may have been applied
 * must be Unknown: no later run verifies it. The other rows have no result, and
 * the message must say that they were not changed. */
static void test_stop_without_journal(void **state)
{
    static const struct {
        bool (*intercept)(struct fake_service *service,
                          const struct fake_call *call, unsigned id,
                          struct fake_response *response);
        enum error_kind kind;
    } cases[] = {
        {block_after_update, ERROR_SIGN_IN},
        {lack_memory, ERROR_LOCAL},
    };
    static const char *const rows[] = {"1,1,Unknown"};
    struct fixture *fixture = *state;

    make_input(3);
    fixture->options.concurrency = 1;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fake_service *service = &fixture->service;

        fixture->platform = fake_service_init(service);
        service->intercept = cases[i].intercept;
        assert_int_equal(run_to_standard_output(fixture), -1);
        assert_int_equal(fixture->error.kind, cases[i].kind);
        assert_int_equal(service->updates, 1);
        assert_string_equal(service->users[1].city, "Ulm");
        assert_rows(fixture, OUTPUT, rows, COUNT(rows));
        assert_non_null(strstr(fixture->result, ",RunStopped,"));
        assert_int_equal(fixture->summary.tally.by_status[STATUS_UNKNOWN], 1);
        assert_non_null(strstr(fixture->error.text,
                               "rows without a result were not changed"));
    }
}

/* ---- runs that are resumed ----------------------------------------------- */

static unsigned count_lines(const char *text)
{
    unsigned count = 0;

    for (; (text = strchr(text, '\n')); text++)
        count++;
    return count;
}

/* Requests a stop with the last update that stop_after allows, whose response
 * may be lost. */
static bool stop_run(struct fake_service *service, const struct fake_call *call,
                     unsigned id, struct fake_response *response)
{
    struct fixture *fixture = service->context;

    if (!fake_is_update(call) || fixture->stop_after == 0 ||
        --fixture->stop_after > 0)
        return false;
    fixture->stop = 1;
    if (!fixture->lose_response)
        return false;
    fake_update_user(service, id, call, response);
    response->failure = HTTP_BROKEN;
    return true;
}

static void stop_after(struct fixture *fixture, unsigned updates)
{
    fixture->service.intercept = stop_run;
    fixture->service.context = fixture;
    fixture->stop_after = updates;
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_STOPPED);
    assert_non_null(strstr(fixture->error.text, "stopped by a signal"));
    assert_true(is_there(JOURNAL));
    assert_false(is_there(OUTPUT));
    fixture->stop = 0;
}

/* A run that was stopped must leave OUTPUT.part and its journal; resumed, it
 * must complete OUTPUT with each row once and apply no update twice. */
static void test_resume(void **state)
{
    struct fixture *fixture = *state;
    unsigned applied;

    make_input(20);
    fixture->options.concurrency = 4;
    stop_after(fixture, 6);
    applied = fixture->service.updates;
    assert_in_range(applied, 6, 12);
    assert_int_equal(fixture->summary.tally.rows, applied);
    assert_int_equal(count_lines(read_result(fixture, PART)), 1 + applied);

    fixture->options.resume = true;
    run_completely(fixture);
    assert_all_updated(fixture, 20);
    assert_int_equal(fixture->service.updates, 20);
    for (unsigned id = 1; id <= 20; id++)
        assert_int_equal(fixture->service.users[id].gets, 1);
    assert_int_equal(fixture->summary.tally.rows, 20);
    assert_int_equal(fixture->summary.tally.by_status[STATUS_UPDATED], 20);
}

/* If the response to an update was lost with the end of a run, the resumed run
 * must read the user back and report Updated, without a second update. */
static void test_resume_after_lost_response(void **state)
{
    struct fixture *fixture = *state;

    make_input(5);
    fixture->options.concurrency = 1;
    fixture->lose_response = true;
    stop_after(fixture, 3);
    assert_int_equal(fixture->service.updates, 3);
    assert_int_equal(fixture->summary.tally.rows, 2);

    fixture->options.resume = true;
    run_completely(fixture);
    assert_all_updated(fixture, 5);
    assert_int_equal(fixture->service.users[3].gets, 2);
    assert_int_equal(fixture->service.updates, 5);
}

/* A run that is stopped again and again, after each update, must end with the
 * same result. */
static void test_resume_repeatedly(void **state)
{
    struct fixture *fixture = *state;

    make_input(6);
    fixture->options.concurrency = 1;
    fixture->lose_response = true;
    for (unsigned i = 1; i <= 5; i++) {
        stop_after(fixture, 1);
        assert_int_equal(fixture->service.updates, i);
        fixture->options.resume = true;
    }
    run_completely(fixture);
    assert_all_updated(fixture, 6);
}

/* The journal must contain the own write of an update that is verified by
 * reading back, unless the user has other shared values than were sent: then
 * the version that was read is not the one that the update made. */
static void test_own_write_after_lost_response(void **state)
{
    static const char *const cities[] = {"Ulm", "ULM"};
    struct fixture *fixture = *state;

    make_input(3);
    fixture->options.concurrency = 1;
    fixture->lose_response = true;
    for (size_t i = 0; i < COUNT(cities); i++) {
        struct fake_user *user = &fixture->service.users[1];

        fixture->platform = fake_service_init(&fixture->service);
        fixture->options.resume = false;
        stop_after(fixture, 1);
        assert_string_equal(user->city, "Ulm");
        (void)snprintf(user->city, sizeof(user->city), "%s", cities[i]);
        fixture->options.resume = true;
        stop_after(fixture, 1);
        assert_non_null(strstr(read_result(fixture, PART), "1,1,Updated,"));
        assert_int_equal(strstr(read_result(fixture, JOURNAL), " W ") != NULL,
                         i == 0);
        assert_int_equal(unlink(JOURNAL), 0);
        assert_int_equal(unlink(PART), 0);
    }
}

/* Calls that do not end within --drain after the reason to stop must be
 * abandoned, and their users have no result. */
static void test_drain_limit(void **state)
{
    static const char *const rows[] = {"2,2,Updated", "3,900,Failed"};
    struct fixture *fixture = *state;
    const struct fake_network *network = &fixture->service.network;
    int64_t start = fake_ms(network);

    make_file(INPUT, "Id,City\n1,Ulm\n2,Ulm\n900,Ulm\n", 0600);
    fixture->service.intercept = delay_first;
    fixture->options.max_errors = 0;
    fixture->options.drain = 2;
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_STOPPED);
    assert_in_range(fake_ms(network) - start, 2000, 2100);
    assert_int_equal(network->abandoned, 1);
    assert_rows(fixture, PART, rows, COUNT(rows));
    assert_int_equal(fixture->service.users[1].updates, 0);
}

/* A second run with the same OUTPUT must be refused as long as there is a
 * journal, naming the options, and must send nothing. */
static void test_journal_is_left(void **state)
{
    struct fixture *fixture = *state;
    unsigned count;

    make_input(5);
    fixture->options.concurrency = 1;
    stop_after(fixture, 2);
    count = fixture->service.network.count;
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_USAGE);
    assert_non_null(strstr(fixture->error.text, "--resume"));
    assert_int_equal(fixture->service.network.count, count);
    assert_true(is_there(JOURNAL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUN(test_dry_run),
        WITH_RUN(test_check),
        WITH_RUN(test_refused_input),
        WITH_RUN(test_stopped_before_start),
        WITH_RUN(test_max_errors),
        WITH_RUN(test_sign_in_refused),
        WITH_RUN(test_stop_without_journal),
        WITH_RUN(test_resume),
        WITH_RUN(test_resume_after_lost_response),
        WITH_RUN(test_resume_repeatedly),
        WITH_RUN(test_own_write_after_lost_response),
        WITH_RUN(test_drain_limit),
        WITH_RUN(test_journal_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
