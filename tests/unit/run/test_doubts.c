/* Values that are refused unless the user already has them. */
#define _GNU_SOURCE /* memmem() */
#include "fake_run.h"

#include <errno.h>

static void live_in(struct fake_user *user, const char *city)
{
    (void)snprintf(user->city, sizeof(user->city), "%s", city);
}

static void assert_error(struct fixture *fixture, const char *text)
{
    if (!strstr(fixture->result, text))
        fail_msg("no %s in %s", text, fixture->result);
}

/* A value that the user has must never fail its row, and change nothing. For
 * another user it must fail its row, after GetUser and without an update. */
static void test_known_value(void **state)
{
    static const char *const rows[] = {"1,1,Unchanged", "2,2,Failed",
                                       "3,3,Updated", "4,4,Failed"};
    struct fixture *fixture = *state;

    live_in(&fixture->service.users[1], "#N/A");
    make_file(INPUT,
              "Id,City,CustomerId\n1,#N/A,5\n2,#N/A,5\n3,Ulm,5\n4,,#N/A\n",
              0600);
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_error(fixture, "2,2,Failed,,,SuspiciousValue,\"City is an error");
    assert_error(fixture, ",City,no,200,,1,,\n");
    assert_error(fixture, "4,4,Failed,,,SuspiciousValue,\"CustomerId is an");
    assert_int_equal(fixture->service.gets, 4);
    assert_int_equal(fixture->service.updates, 1);
    assert_string_equal(fixture->service.users[2].city, "Bonn");
    assert_int_equal(fixture->summary.tally.by_status[STATUS_FAILED], 2);
}

/* The user's other rows must be applied, and the guards of a refused row must
 * not be compared. */
static void test_other_rows_of_the_user(void **state)
{
    static const char *const rows[] = {
        "1,1,Failed", "2,1,Updated", "3,1,Failed", "4,2,Failed", "5,2,Failed"};
    struct fixture *fixture = *state;

    make_file(INPUT,
              "Id,City,CustomerId\n1,Jena,#N/A\n1,Ulm,5\n1,(null),6\n"
              "2,#REF!,\n2,#NV,\n",
              0600);
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_string_equal(fixture->service.users[1].city, "Ulm");
    assert_int_equal(fixture->service.users[1].gets, 1);
    assert_int_equal(fixture->service.users[2].gets, 1);
    assert_int_equal(fixture->service.updates, 1);
}

/* With --loose, a value that differs only in letter case and blanks must match,
 * even if it is doubtful. */
static void test_loose(void **state)
{
    static const char *const rows[] = {"1,1,Match", "2,2,Match", "3,3,Drift",
                                       "4,4,Failed"};
    struct fixture *fixture = *state;

    for (unsigned i = 1; i <= 4; i++)
        live_in(&fixture->service.users[i], "#n/a Ulm");
    live_in(&fixture->service.users[2], "#n/a");
    fixture->options.mode = MODE_RECONCILE;
    fixture->options.loose = true;
    make_file(INPUT, "Id,City\n1, #N/A ULM\n2,#N/A \n3,Ulm\n4,#N/A\n", 0600);
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
}

/* --reconcile must report Match for a value that the user has, and the error
 * for another; --dry-run must, too. --check must call no service. */
static void test_modes(void **state)
{
    static const struct {
        enum mode mode;
        const char *rows[3];
        unsigned gets;
    } cases[] = {
        {MODE_RECONCILE, {"1,1,Match", "2,2,Failed", "3,3,Drift"}, 3},
        {MODE_DRY_RUN, {"1,1,Unchanged", "2,2,Failed", "3,3,WouldUpdate"}, 6},
        {MODE_CHECK, {"1,1,Failed", "2,2,Failed", "3,3,Valid"}, 6},
    };
    struct fixture *fixture = *state;

    live_in(&fixture->service.users[1], "#N/A");
    make_file(INPUT, "Id,City\n1,#N/A\n2,#N/A\n3,Ulm\n", 0600);
    for (size_t i = 0; i < COUNT(cases); i++) {
        fixture->options.mode = cases[i].mode;
        run_completely(fixture);
        assert_rows(fixture, OUTPUT, cases[i].rows, 3);
        assert_error(fixture,
                     "2,2,Failed,,,SuspiciousValue,\"City is an error");
        assert_int_equal(fixture->service.gets, cases[i].gets);
    }
    assert_error(fixture, "(invalid unless the user already has it)");
    assert_int_equal(fixture->service.updates, 0);
}

/* A response to an update is lost, and the run stops. */
static bool lose_update(struct fake_service *service,
                        const struct fake_call *call, unsigned id,
                        struct fake_response *response)
{
    struct fixture *fixture = service->context;

    if (!fake_is_update(call) || fixture->stop_after == 0)
        return false;
    fixture->stop_after = 0;
    fixture->stop = 1;
    fake_update_user(service, id, call, response);
    response->failure = HTTP_BROKEN;
    return true;
}

/* The run stops at its first update, which meets intercept(), and is resumed.
 */
static void stop_and_resume(struct fixture *fixture,
                            bool (*intercept)(struct fake_service *service,
                                              const struct fake_call *call,
                                              unsigned id,
                                              struct fake_response *response))
{
    fixture->service.intercept = intercept;
    fixture->service.context = fixture;
    fixture->options.resume = false;
    fixture->stop_after = 1;
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_STOPPED);
    fixture->stop = 0;
    fixture->options.resume = true;
    run_completely(fixture);
}

/* A resumed run must verify an update whose rows have a value that the user had
 * before it: no row may fail. */
static void test_resume(void **state)
{
    static const char *const rows[] = {"1,1,Updated", "2,1,Updated",
                                       "3,1,Failed"};
    struct fixture *fixture = *state;

    live_in(&fixture->service.users[1], "#N/A");
    make_file(INPUT, "Id,City\n1,#N/A\n1,Ulm\n1,#NV\n", 0600);
    stop_and_resume(fixture, lose_update);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_string_equal(fixture->service.users[1].city, "Ulm");
    assert_int_equal(fixture->service.updates, 1);
}

/* A run that was stopped after it had sent an update must make the groups of an
 * undisturbed run, also if a row was refused in the middle of a group or at its
 * beginning. Each row must be counted once. */
static void test_same_groups(void **state)
{
    static const struct {
        const char *input;
        const char *rows[5];
    } cases[] = {
        {"Id,City\n1,Ulm\n1,#NV\n9,#NV\n1,Kiel\n1,Jena\n",
         {"1,1,Updated", "2,1,Failed", "3,9,Failed", "4,1,Updated",
          "5,1,Updated"}},
        {"Id,City\n1,#NV\n1,Ulm\n9,#NV\n1,Kiel\n1,Jena\n",
         {"1,1,Failed", "2,1,Updated", "3,9,Failed", "4,1,Updated",
          "5,1,Updated"}},
    };
    struct fixture *fixture = *state;

    fixture->options.window = 2;
    for (size_t i = 0; i < COUNT(cases); i++) {
        make_file(INPUT, cases[i].input, 0600);
        fixture->platform = fake_service_init(&fixture->service);
        stop_and_resume(fixture, lose_update);
        assert_rows(fixture, OUTPUT, cases[i].rows, 5);
        assert_int_equal(fixture->service.users[1].updates, 2);
        assert_int_equal(fixture->summary.tally.rows, 5);
        assert_int_equal(fixture->summary.tally.by_status[STATUS_FAILED], 2);
    }
}

/* The first update is lost before it arrives, and the run stops. The second one
 * is refused. */
static bool refuse_update(struct fake_service *service,
                          const struct fake_call *call, unsigned id,
                          struct fake_response *response)
{
    struct fixture *fixture = service->context;

    (void)id;
    if (!fake_is_update(call))
        return false;
    if (fixture->stop_after == 0) {
        fake_fail(response, 400, 106, "UserIsNotAuthorized");
        return true;
    }
    fixture->stop_after = 0;
    fixture->stop = 1;
    response->failure = HTTP_BROKEN;
    return true;
}

/* What a resumed run finds out about an update must count in --undo, also if
 * the first row of its group was refused: nothing was applied. */
static void test_undo(void **state)
{
    static const char *const rows[] = {"1,1,Failed", "2,1,Failed"};
    struct fixture *fixture = *state;

    make_file(INPUT, "Id,City\n1,#NV\n1,Ulm\n", 0600);
    fixture->options.undo = "undo.csv";
    stop_and_resume(fixture, refuse_update);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_string_equal(fixture->service.users[1].city, "Bonn");
    assert_null(strstr(read_result(fixture, "undo.csv"), "Bonn"));
}

/* Fails the journal's first write that contains an intent. */
static ssize_t fail_intent(const struct file_system *files, int fd,
                           const void *data, size_t len)
{
    (void)files;
    if (memmem(data, len, " I ", 3)) {
        errno = ENOSPC;
        return -1;
    }
    return write(fd, data, len);
}

/* If the run stops between the records of --undo and the journal, others write
 * the user, and another row of the group is refused when the run is resumed,
 * then only the update that was sent must count in --undo. */
static void test_undo_of_other_rows(void **state)
{
    static const struct {
        const char *first, *then; /* values that the user has */
    } cases[] = {{"#NV", "Jena"}, {"Jena", "#NV"}};
    struct fixture *fixture = *state;
    struct file_system files = file_system_posix;

    files.write = fail_intent;
    make_file(INPUT, "Id,City\n1,#NV\n1,Ulm\n", 0600);
    fixture->options.undo = "undo.csv";
    for (size_t i = 0; i < COUNT(cases); i++) {
        fixture->platform = fake_service_init(&fixture->service);
        live_in(&fixture->service.users[1], cases[i].first);
        fixture->platform.files = &files;
        fixture->options.resume = false;
        assert_int_equal(run(fixture), -1);
        assert_int_equal(fixture->error.kind, ERROR_LOCAL);
        live_in(&fixture->service.users[1], cases[i].then);
        fixture->platform.files = &file_system_posix;
        fixture->options.resume = true;
        run_completely(fixture);
        assert_string_equal(fixture->service.users[1].city, "Ulm");
        (void)read_result(fixture, "undo.csv");
        assert_non_null(strstr(fixture->result, cases[i].then));
        assert_null(strstr(fixture->result, cases[i].first));
        assert_int_equal(unlink("undo.csv"), 0);
    }
}

/* Others modify the user after the fetch. */
static bool interfere(struct fake_service *service,
                      const struct fake_call *call, unsigned id,
                      struct fake_response *response)
{
    struct fake_user *user = &service->users[id];

    (void)response;
    if (fake_is_update(call) && user->updates == 0) {
        user->updates++;
        live_in(user, "Jena");
    }
    return false;
}

/* If others replace such a value before the update, it must not be written
 * again: the rows are a Conflict that can be retried. */
static void test_value_changes(void **state)
{
    static const char *const rows[] = {"1,1,Conflict", "2,1,Conflict"};
    struct fixture *fixture = *state;

    live_in(&fixture->service.users[1], "#N/A");
    make_file(INPUT, "Id,JobTitle,City\n1,,#N/A\n1,Clerk,\n", 0600);
    fixture->service.intercept = interfere;
    run_completely(fixture);
    assert_rows(fixture, OUTPUT, rows, COUNT(rows));
    assert_error(fixture, ",TimestampNotMatch,");
    assert_error(fixture, ",yes,");
    assert_string_equal(fixture->service.users[1].city, "Jena");
    assert_int_equal(fixture->service.updates, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUN(test_known_value),   WITH_RUN(test_other_rows_of_the_user),
        WITH_RUN(test_loose),         WITH_RUN(test_modes),
        WITH_RUN(test_resume),        WITH_RUN(test_same_groups),
        WITH_RUN(test_undo),          WITH_RUN(test_undo_of_other_rows),
        WITH_RUN(test_value_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
