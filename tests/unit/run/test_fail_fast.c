/*
 * Whole runs whose first users all fail.
 */
#include "fake_run.h"

/* The users from first to last fail with that error. */
struct trouble {
    unsigned first, last;
    long status;
    unsigned code;
    const char *name;
    bool update; /* UpdateUser fails, else GetUser */
};

static bool refuse(struct fake_service *service, const struct fake_call *call,
                   unsigned id, struct fake_response *response)
{
    const struct trouble *trouble = service->context;

    if (id < trouble->first || id > trouble->last ||
        fake_is_update(call) != trouble->update)
        return false;
    fake_fail(response, trouble->status, trouble->code, trouble->name);
    return true;
}

static bool refuse_after_delay(struct fake_service *service,
                               const struct fake_call *call, unsigned id,
                               struct fake_response *response)
{
    (void)delay_first(service, call, id, response);
    return refuse(service, call, id, response);
}

#define HELD_INPUT 1800000 /* bytes; fewer may wait for a user who is held */

static const struct trouble no_right = {
    1, FAKE_USERS, 403, 106, "UserIsNotAuthorized", false};
static const struct trouble not_there = {1,   FAKE_USERS,          400,
                                         210, "EntityNotExistent", false};

static void set_trouble(struct fixture *fixture, struct trouble *trouble)
{
    fixture->platform = fake_service_init(&fixture->service);
    fixture->service.intercept = refuse;
    fixture->service.context = trouble;
}

/* The run must stop without a result, after few calls. */
static void assert_stops(struct fixture *fixture, unsigned limit)
{
    char expected[100];

    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_SIGN_IN);
    (void)snprintf(expected, sizeof(expected),
                   "the first %u users all failed with the same error "
                   "(--fail-fast): ",
                   limit);
    assert_memory_equal(fixture->error.text, expected, strlen(expected));
    assert_int_equal(fixture->summary.tally.rows, 0);
    assert_false(is_there(OUTPUT));
    assert_int_equal(fixture->service.network.count, limit);
}

/* The run must be complete, and that many rows Failed. */
static void assert_fails(struct fixture *fixture, unsigned rows,
                         unsigned failed)
{
    run_completely(fixture);
    assert_int_equal(fixture->summary.tally.rows, rows);
    assert_int_equal(fixture->summary.tally.by_status[STATUS_FAILED], failed);
    assert_int_equal(unlink(OUTPUT), 0);
}

/* If the first 100 users are all refused because of a right, the run must stop.
 * Their rows have no result: when the right is given, the run is resumed. */
static void test_no_right(void **state)
{
    struct trouble trouble = no_right;
    struct fixture *fixture = *state;

    make_input(150);
    set_trouble(fixture, &trouble);
    assert_stops(fixture, 100);
    assert_non_null(strstr(fixture->error.text,
                           "UserIsNotAuthorized: It fails.; their rows "));
    trouble.last = 0;
    fixture->options.resume = true;
    run_completely(fixture);
    assert_all_updated(fixture, 150);
}

/* A refused update is the same; a resumed run must verify it. */
static void test_no_right_to_update(void **state)
{
    struct trouble trouble = no_right;
    struct fixture *fixture = *state;

    trouble.update = true;
    fixture->options.fail_fast = 10;
    make_input(50);
    set_trouble(fixture, &trouble);
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_SIGN_IN);
    assert_int_equal(fixture->summary.tally.rows, 0);
    trouble.last = 0;
    fixture->options.resume = true;
    run_completely(fixture);
    assert_all_updated(fixture, 50);
}

/* If one of the first users has another outcome, or if there are fewer users,
 * the others must have their results. */
static void test_not_all(void **state)
{
    struct trouble trouble = no_right;
    struct fixture *fixture = *state;

    make_input(150);
    trouble.first = 2;
    set_trouble(fixture, &trouble);
    assert_fails(fixture, 150, 149);

    /* The one that takes the longest. */
    trouble.first = 2;
    fixture->options.fail_fast = 4;
    set_trouble(fixture, &trouble);
    fixture->service.intercept = refuse_after_delay;
    assert_fails(fixture, 150, 149);
    fixture->options.fail_fast = 100;

    /* The last of them. */
    trouble.first = 1;
    trouble.last = 99;
    set_trouble(fixture, &trouble);
    fixture->options.concurrency = 1;
    assert_fails(fixture, 150, 99);

    trouble.last = FAKE_USERS;
    make_input(99);
    set_trouble(fixture, &trouble);
    assert_fails(fixture, 99, 99);
}

/* Another error must count only with "all", and none with 0. */
static void test_other_errors(void **state)
{
    struct trouble trouble = not_there;
    struct fixture *fixture = *state;

    fixture->options.fail_fast = 10;
    make_input(150);
    set_trouble(fixture, &trouble);
    assert_fails(fixture, 150, 150);

    set_trouble(fixture, &trouble);
    fixture->options.fail_fast_any = true;
    assert_stops(fixture, 10);

    /* Different errors are not the same. */
    trouble.last = 9;
    set_trouble(fixture, &trouble);
    make_file(INPUT,
              "Id,City\n1,Ulm\n2,Ulm\n3,Ulm\n4,Ulm\n5,Ulm\n6,Ulm\n7,Ulm\n"
              "8,Ulm\n9,Ulm\n1,x\ninvalid,Ulm\n",
              0600);
    assert_fails(fixture, 11, 11);

    trouble.last = FAKE_USERS;
    make_input(150);
    set_trouble(fixture, &trouble);
    fixture->options.fail_fast = 0;
    assert_fails(fixture, 150, 150);
}

/* Users whose rows are refused for their values have no API error: they must
 * not count, and they show that not all users fail in the same way. */
static void test_refused_values(void **state)
{
    struct trouble trouble = no_right;
    struct fixture *fixture = *state;

    fixture->options.fail_fast = 3;
    fixture->options.fail_fast_any = true;
    trouble.last = 0;
    set_trouble(fixture, &trouble);
    make_file(INPUT, "Id,City\n1,#N/A\n2,#N/A\n3,#N/A\n4,#N/A\n5,Ulm\n", 0600);
    assert_fails(fixture, 5, 4);

    trouble.last = 2;
    set_trouble(fixture, &trouble);
    make_file(INPUT, "Id,City\n1,Ulm\n2,Ulm\n3,#N/A\n4,Ulm\n", 0600);
    assert_fails(fixture, 4, 3);
}

/* Further rows of a user whose first rows are held must not block the run,
 * which reads one row at a time. */
static void test_many_groups(void **state)
{
    struct trouble trouble = no_right;
    struct fixture *fixture = *state;

    trouble.last = 2;
    make_file(INPUT, "Id,City\n1,A\n1,B\n2,C\n1,D\n2,E\n", 0600);
    set_trouble(fixture, &trouble);
    fixture->options.window = 1;
    assert_fails(fixture, 5, 5);
}

/* --max-errors must stop the run at once if it allows fewer rows. */
static void test_max_errors(void **state)
{
    struct trouble trouble = no_right;
    struct fixture *fixture = *state;

    fixture->options.max_errors = 3;
    fixture->options.concurrency = 1;
    make_input(150);
    set_trouble(fixture, &trouble);
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_STOPPED);
    assert_int_equal(fixture->summary.tally.by_status[STATUS_FAILED], 4);
}

/* If a signal stops the run, the users that are held must have their results.
 */
static bool refuse_and_stop(struct fake_service *service,
                            const struct fake_call *call, unsigned id,
                            struct fake_response *response)
{
    struct fixture *fixture = service->context;

    (void)call;
    if (id == 3)
        fixture->stop = 1;
    fake_fail(response, 403, 106, "UserIsNotAuthorized");
    return true;
}

/* If a signal stops the run, the users that are held must have their results.
 */
static void test_signal(void **state)
{
    static const char *const rows[] = {"1,1,Failed", "2,2,Failed",
                                       "3,3,Failed"};
    struct fixture *fixture = *state;

    make_input(150);
    fixture->service.intercept = refuse_and_stop;
    fixture->service.context = fixture;
    fixture->options.concurrency = 1;
    assert_int_equal(run(fixture), -1);
    assert_int_equal(fixture->error.kind, ERROR_STOPPED);
    assert_rows(fixture, PART, rows, 3);
}

static bool refuse_while_reading(struct fake_service *service,
                                 const struct fake_call *call, unsigned id,
                                 struct fake_response *response)
{
    if (service->users[id].gets++ == 1)
        assert_in_range(input_place, 1, HELD_INPUT - 1);
    return refuse(service, call, id, response);
}

/* While a user is held, only as much of INPUT must be read as may wait. */
static void test_memory(void **state)
{
    struct trouble trouble = no_right;
    struct fixture *fixture = *state;

    set_trouble(fixture, &trouble);
    make_long_input(fixture, "", "1,Ulm\n", HELD_INPUT / 6);
    fixture->service.intercept = refuse_while_reading;
    fixture->options.window = 100000;
    assert_fails(fixture, HELD_INPUT / 6, HELD_INPUT / 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUN(test_no_right),       WITH_RUN(test_no_right_to_update),
        WITH_RUN(test_not_all),        WITH_RUN(test_other_errors),
        WITH_RUN(test_refused_values), WITH_RUN(test_many_groups),
        WITH_RUN(test_max_errors),     WITH_RUN(test_signal),
        WITH_RUN(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
