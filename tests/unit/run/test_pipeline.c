#include "fake_users.h"

#include <sys/prctl.h>

#include "cli/option_table.h"
#include "files.h"
#include "run/pipeline.h"

#define INPUT   "users.csv"
#define OUTPUT  "result.csv"
#define PART    OUTPUT ".part"
#define JOURNAL OUTPUT ".journal"

/* ---- runs ---------------------------------------------------------------- */

struct fixture {
    void *directory;
    struct fake_service service;
    struct platform platform;
    struct options options;
    struct credentials credentials;
    volatile sig_atomic_t stop;
    struct tally tally;
    struct error error;
    unsigned stop_after; /* updates; 0: the run is not stopped */
    bool lose_response;  /* of the update before the stop */
    char result[8192];   /* a file that was read */
};

static int set_up(void **state)
{
    static struct fixture fixture;
    static char access_token[] = "ACCESS", developer_token[] = "DEVELOPER";
    static char endpoint[] = "https://service.example";
    void *directory;

    if (enter_folder(&directory))
        return -1;
    memset(&fixture, 0, sizeof(fixture));
    fixture.directory = directory;
    fixture.platform = fake_service_init(&fixture.service);
    option_table_set_defaults(&fixture.options);
    fixture.options.service = &service_rest;
    fixture.options.endpoint = endpoint;
    fixture.options.input = INPUT;
    fixture.options.output = OUTPUT;
    fixture.options.quiet = true;
    fixture.credentials.access_token = access_token;
    fixture.credentials.developer_token = developer_token;
    *state = &fixture;
    return 0;
}

/* A run makes the process not dumpable, and a leak checker cannot look into
 * such a process. */
static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))
        return -1;
    return leave_folder(&fixture->directory);
}

static int run(struct fixture *fixture)
{
    fixture->error = (struct error){.kind = ERROR_NONE};
    return pipeline_run(&fixture->platform, &fixture->options,
                        &fixture->credentials, &fixture->stop, &fixture->tally,
                        &fixture->error);
}

static void run_completely(struct fixture *fixture)
{
    if (run(fixture))
        fail_msg("%s", fixture->error.text);
    assert_false(is_there(PART));
    assert_false(is_there(JOURNAL));
}

/* INPUT of users from 1 to count, who move to Ulm. */
static void make_input(unsigned count)
{
    char text[4096] = "Id,City\n";
    size_t len = strlen(text);

    for (unsigned id = 1; id <= count; id++) {
        (void)snprintf(text + len, sizeof(text) - len, "%u,Ulm\n", id);
        len += strlen(text + len);
    }
    make_file(INPUT, text, 0600);
}

static const char *read_result(struct fixture *fixture, const char *name)
{
    FILE *file = fopen(name, "r");
    size_t len;

    if (!file)
        fail_msg("there is no %s", name);
    len = fread(fixture->result, 1, sizeof(fixture->result) - 1, file);
    assert_int_equal(fclose(file), 0);
    fixture->result[len] = '\0';
    return fixture->result;
}

/* The rows of a result file must begin like this (Row, Id, Status), in this
 * order, and there must be no others. */
static void assert_rows(struct fixture *fixture, const char *name,
                        const char *const *rows, unsigned count)
{
    const char *line = read_result(fixture, name);

    assert_int_equal(strncmp(line, "Row,Id,Status,", 14), 0);
    for (unsigned i = 0; i < count; i++) {
        size_t len = strlen(rows[i]);

        line = strchr(line, '\n') + 1;
        if (strncmp(line, rows[i], len) != 0 || line[len] != ',')
            fail_msg("not %s: %s", rows[i], line);
    }
    assert_string_equal(strchr(line, '\n'), "\n");
}

/* The same if users from 1 to count are Updated, one row each. */
static void assert_all_updated(struct fixture *fixture, unsigned count)
{
    char texts[FAKE_USERS][32];
    const char *rows[FAKE_USERS];

    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(texts[i], sizeof(texts[i]), "%u,%u,Updated", i + 1,
                       i + 1);
        rows[i] = texts[i];
        assert_int_equal(fixture->service.users[i + 1].updates, 1);
        assert_string_equal(fixture->service.users[i + 1].city, "Ulm");
    }
    assert_rows(fixture, OUTPUT, rows, count);
}

static unsigned count_lines(const char *text)
{
    unsigned count = 0;

    for (; (text = strchr(text, '\n')); text++)
        count++;
    return count;
}

/* ---- complete runs ------------------------------------------------------- */

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
    assert_int_equal(fixture->tally.rows, 5);
    assert_int_equal(fixture->tally.calls, 6);
    assert_int_equal(fixture->tally.by_status[STATUS_UPDATED], 2);
    assert_int_equal(fixture->tally.by_status[STATUS_UNCHANGED], 1);
    assert_int_equal(fixture->tally.by_status[STATUS_FAILED], 2);
}

static bool delay_first(struct fake_service *service,
                        const struct fake_call *call, unsigned id,
                        struct fake_response *response)
{
    (void)service;
    (void)call;
    if (id == 1)
        response->latency = 5000;
    return false;
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
    assert_int_equal(fixture->tally.calls, 0);
    assert_int_equal(fixture->tally.by_status[STATUS_VALID], 2);
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
        assert_int_equal(fixture->tally.rows, 0);
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
    assert_int_equal(fixture->tally.rows, 0);
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

static bool refuse_token(struct fake_service *service,
                         const struct fake_call *call, unsigned id,
                         struct fake_response *response)
{
    (void)service;
    (void)call;
    (void)id;
    fake_fail(response, 400, 105, "InvalidCredentials");
    return true;
}

/* An access token that is refused must stop the run before any row gets a
 * result. */
static void test_sign_in_refused(void **state)
{
    struct fixture *fixture = *state;

    make_input(5);
    fixture->service.intercept = refuse_token;
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_SIGN_IN);
    assert_int_equal(fixture->tally.rows, 0);
    assert_int_equal(fixture->service.network.count, 5);
    assert_false(is_there(OUTPUT));
    assert_false(is_there(JOURNAL));
}

/* ---- runs that are resumed ----------------------------------------------- */

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
    assert_int_equal(fixture->tally.rows, applied);
    assert_int_equal(count_lines(read_result(fixture, PART)), 1 + applied);

    fixture->options.resume = true;
    run_completely(fixture);
    assert_all_updated(fixture, 20);
    assert_int_equal(fixture->service.updates, 20);
    for (unsigned id = 1; id <= 20; id++)
        assert_int_equal(fixture->service.users[id].gets, 1);
    assert_int_equal(fixture->tally.rows, 20);
    assert_int_equal(fixture->tally.by_status[STATUS_UPDATED], 20);
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
    assert_int_equal(fixture->tally.rows, 2);

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

#define IN_DIRECTORY(name)                                                     \
    cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(test_results_in_order),
        IN_DIRECTORY(test_slow_user),
        IN_DIRECTORY(test_rows_of_one_user),
        IN_DIRECTORY(test_window),
        IN_DIRECTORY(test_dry_run),
        IN_DIRECTORY(test_check),
        IN_DIRECTORY(test_refused_input),
        IN_DIRECTORY(test_stopped_before_start),
        IN_DIRECTORY(test_max_errors),
        IN_DIRECTORY(test_sign_in_refused),
        IN_DIRECTORY(test_resume),
        IN_DIRECTORY(test_resume_after_lost_response),
        IN_DIRECTORY(test_resume_repeatedly),
        IN_DIRECTORY(test_drain_limit),
        IN_DIRECTORY(test_journal_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
