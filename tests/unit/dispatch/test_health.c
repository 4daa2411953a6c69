/*
 * Whole runs while the service, or a part of it, fails: what is an outage, and
 * what is the fault of single users.
 */
#include "fake_run.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define EVER   INT64_MAX

/* The response to a call that fails. */
struct failure {
    long status;
    unsigned code; /* with name NULL: an empty body */
    const char *name;
    const char *body; /* instead; NULL: none */
};

/* Calls that fail: those of users from first to last, of these kinds, until a
 * time, and each every-th of them. */
struct trouble {
    unsigned first, last;
    bool get, update;
    unsigned every;
    int64_t from, until; /* milliseconds after the start */
    int64_t get_from;    /* instead, of GetUser; 0: from */
    struct failure failure;
    bool unreachable; /* instead: there is no connection */
    int64_t start;
    unsigned failed;
    uint64_t seed;
    bool grants; /* token calls are granted */
    unsigned tokens;
};

static void grant(struct trouble *trouble, struct fake_response *response)
{
    (void)snprintf(response->body, sizeof(response->body),
                   "{\"token_type\":\"Bearer\",\"expires_in\":3600,"
                   "\"access_token\":\"GRANTED%u\"}",
                   ++trouble->tokens);
}

static bool fail_calls(struct fake_service *service,
                       const struct fake_call *call, unsigned id,
                       struct fake_response *response)
{
    struct trouble *trouble = service->context;
    const struct failure *failure = &trouble->failure;
    bool update = fake_is_update(call);

    if (call->target == HTTP_TOKEN) {
        grant(trouble, response);
        return true;
    }
    if (id < trouble->first || id > trouble->last ||
        !(update ? trouble->update : trouble->get) ||
        call->sent - trouble->start <
            (update ? trouble->from : trouble->get_from) ||
        call->sent - trouble->start >= trouble->until ||
        below(&trouble->seed, trouble->every) > 0)
        return false;
    trouble->failed++;
    if (trouble->unreachable) {
        response->failure = HTTP_CONNECT_FAILED;
        response->sends = 0;
        return true;
    }
    if (failure->name)
        fake_fail(response, failure->status, failure->code, failure->name);
    response->status = failure->status;
    if (failure->body)
        (void)snprintf(response->body, sizeof(response->body), "%s",
                       failure->body);
    return true;
}

/* A new service has this trouble with the users of INPUT. */
static void set_trouble(struct fixture *fixture, unsigned count,
                        struct trouble *trouble)
{
    fixture->platform = fake_service_init(&fixture->service);
    make_input(count);
    if (trouble->every == 0)
        trouble->every = 1;
    if (trouble->until == 0)
        trouble->until = EVER;
    if (trouble->get_from == 0)
        trouble->get_from = trouble->from;
    trouble->seed = 20260102;
    trouble->start = fake_ms(&fixture->service.network);
    fixture->service.intercept = fail_calls;
    fixture->service.context = trouble;
}

/* The bytes of a field. */
static size_t field_length(const char *field)
{
    size_t len = 0;
    bool quoted = false;

    for (; quoted || (field[len] != ',' && field[len] != '\n'); len++)
        quoted ^= field[len] == '"';
    return len;
}

/* Copies the field of that column from a line. */
static void copy_field(const char *header, const char *line, const char *name,
                       char *field, size_t size)
{
    while (field_length(header) != strlen(name) ||
           strncmp(header, name, strlen(name)) != 0) {
        header += field_length(header) + 1;
        line += field_length(line) + 1;
    }
    (void)snprintf(field, size, "%.*s", (int)field_length(line), line);
}

/* The users from first to last must have that result, and can be retried; all
 * others from 1 to count must be Updated. */
static void assert_result(struct fixture *fixture, unsigned count,
                          unsigned first, unsigned last, const char *status)
{
    const char *header = read_result(fixture, OUTPUT);
    const char *line = header;
    char field[64];

    for (unsigned id = 1; id <= count; id++) {
        bool bad = id >= first && id <= last;

        line = strchr(line, '\n') + 1;
        assert_int_equal(strtoul(line, NULL, 10), id);
        copy_field(header, line, "Status", field, sizeof(field));
        if (strcmp(field, bad ? status : "Updated") != 0)
            fail_msg("%.200s", line);
        copy_field(header, line, "Retryable", field, sizeof(field));
        assert_string_equal(field, bad ? "yes" : "");
        assert_int_equal(fixture->service.users[id].updates, bad ? 0 : 1);
    }
    assert_int_equal(strlen(strchr(line, '\n')), 1);
}

/* The run must stop for that kind of error, and no row have a result other
 * than Updated. */
static void assert_stops(struct fixture *fixture, enum error_kind kind)
{
    assert_int_equal(run(fixture), -1);
    if (fixture->error.kind != kind)
        fail_msg("%s", fixture->error.text);
    assert_false(is_there(OUTPUT));
    assert_int_equal(fixture->summary.tally.rows,
                     fixture->summary.tally.by_status[STATUS_UPDATED]);
}

/* ---- unexpected responses ------------------------------------------------ */

static const struct failure pages[] = {
    {.status = 302, .body = ""},
    {.status = 400, .body = "<html>"},
    {.status = 403, .body = "{}"},
    {.status = 404, .body = "<html>"},
    {.status = 407, .body = "<html>"},
    {.status = 410, .body = ""},
    {.status = 413, .body = "<html>"},
    {.status = 451, .body = "[]"},
    {.status = 200, .body = ""},
    {.status = 404, .body = ""},
    {.status = 400, .body = "{\"error\":\"Bad Request\"}"},
};

/* An unexpected response to the calls of one user, while others pass, must be
 * tried twice more and then be this user's failure, which can be retried. It
 * does not prove that an update was not applied. */
static void test_unexpected_for_one(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < 2 * COUNT(pages); i++) {
        struct trouble trouble = {
            .first = 3,
            .last = 3,
            .get = i % 2 == 0,
            .update = i % 2 == 1,
            .failure = pages[i / 2],
        };

        fixture->options.concurrency = 1;
        fixture->options.rate = 10;
        set_trouble(fixture, 60, &trouble);
        run_completely(fixture);
        assert_result(fixture, 60, 3, 3, trouble.update ? "Unknown" : "Failed");
        if (trouble.failure.status == 407 || trouble.failure.status == 200)
            assert_int_equal(trouble.failed, 9);
        else
            assert_int_equal(trouble.failed, 3);
        assert_int_equal(unlink(OUTPUT), 0);
    }
}

/* Unexpected responses to one call of twenty must fail no row, and cost at most
 * three more calls each. */
static void test_unexpected_at_times(void **state)
{
    struct trouble trouble = {
        .first = 1,
        .last = FAKE_USERS,
        .get = true,
        .update = true,
        .every = 20,
        .failure = {.status = 404, .body = "<html>"},
    };
    struct fixture *fixture = *state;

    set_trouble(fixture, FAKE_USERS, &trouble);
    run_completely(fixture);
    assert_result(fixture, FAKE_USERS, 0, 0, "");
    assert_in_range(trouble.failed, 15, 40);
    assert_in_range(fixture->service.network.count, 2 * FAKE_USERS,
                    2 * FAKE_USERS + 3 * trouble.failed);
}

/* If nothing but unexpected responses arrive, it is an outage: the run must
 * probe and wait, and no row fail. */
static void test_unexpected_outage(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(pages); i++) {
        struct trouble trouble = {
            .first = 1,
            .last = FAKE_USERS,
            .get = true,
            .update = true,
            .from = SECOND,
            .until = 5 * MINUTE,
            .failure = pages[i],
        };

        fixture->options.concurrency = 2;
        fixture->options.rate = 30;
        fixture->options.give_up = 10 * MINUTE;
        set_trouble(fixture, FAKE_USERS, &trouble);
        run_completely(fixture);
        assert_result(fixture, FAKE_USERS, 0, 0, "");
        assert_in_range(trouble.failed, 10, 250);
        assert_int_equal(unlink(OUTPUT), 0);
    }
}

/* If that lasts for --give-up, the run must stop without a failed row. */
static void test_unexpected_for_ever(void **state)
{
    struct trouble trouble = {
        .first = 1,
        .last = FAKE_USERS,
        .get = true,
        .update = true,
        .from = SECOND,
        .failure = {.status = 403, .body = "<html>"},
    };
    struct fixture *fixture = *state;

    fixture->options.rate = 30;
    set_trouble(fixture, FAKE_USERS, &trouble);
    assert_stops(fixture, ERROR_STOPPED);
    assert_true(fixture->summary.tally.rows > 0);
    assert_non_null(strstr(fixture->error.text, "--give-up"));
    assert_in_range(trouble.failed, 10, 350);
}

/* ---- one kind of call fails ---------------------------------------------- */

/* While updates fail and users can be read, the updates must pause: few calls,
 * and no row fails. */
static void test_read_only(void **state)
{
    struct trouble trouble = {
        .first = 1,
        .last = FAKE_USERS,
        .update = true,
        .until = 10 * MINUTE,
        .failure = {.status = 503},
    };
    struct fixture *fixture = *state;

    fixture->options.concurrency = 4;
    set_trouble(fixture, FAKE_USERS, &trouble);
    run_completely(fixture);
    assert_result(fixture, FAKE_USERS, 0, 0, "");
    /* A probe at least every ten seconds. */
    assert_in_range(trouble.failed, 60, 200);
    assert_in_range(fixture->service.network.count, 2 * FAKE_USERS,
                    2 * FAKE_USERS + 3 * trouble.failed);
}

/* If that lasts for --give-up while users are left to start, the run must
 * stop without a failed row. A token with which users are read is good. */
static void test_read_only_for_ever(void **state)
{
    static const long statuses[] = {503, 401};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(statuses); i++) {
        struct trouble trouble = {.first = 10,
                                  .last = FAKE_USERS,
                                  .update = true,
                                  .failure = {.status = statuses[i]}};

        fixture->options.concurrency = 4;
        fixture->options.give_up = 3 * MINUTE;
        fixture->options.restart = i > 0;
        set_trouble(fixture, FAKE_USERS, &trouble);
        assert_stops(fixture, ERROR_STOPPED);
        assert_int_equal(fixture->summary.tally.rows, 9);
        assert_non_null(strstr(fixture->error.text, "no successful update"));
        assert_in_range(fixture->service.network.count, 100, 700);
    }
}

/* Users whose calls always fail must not stop a run, also if they are the first
 * and more than the retry budget: others prove that the service works. */
static void test_first_users_fail(void **state)
{
    struct fixture *fixture = *state;

    for (int i = 0; i < 2; i++) {
        struct trouble trouble = {.first = 1,
                                  .last = 60,
                                  .get = i == 0,
                                  .update = i == 1,
                                  .failure = {.status = 500}};

        fixture->options.concurrency = 4;
        fixture->options.retries = 3;
        set_trouble(fixture, 100, &trouble);
        run_completely(fixture);
        assert_result(fixture, 100, 1, 60,
                      trouble.update ? "Unknown" : "Failed");
        assert_int_equal(unlink(OUTPUT), 0);
    }
}

/* ---- the last user ------------------------------------------------------- */

static const struct {
    struct failure failure;
    bool proof; /* that the call changed nothing */
} refusals[] = {
    {{500, 0, "InternalError", NULL}, false},
    {{503, 0, NULL, ""}, false},
    {{404, 0, NULL, "<html>"}, false},
    {{401, 0, NULL, ""}, true},
    {{429, 0, NULL, ""}, true},
    {{400, 117, "CallRateExceeded", NULL}, true},
    {{401, 105, "InvalidCredentials", NULL}, true},
    {{500, 126, "IdentityTypeMismatch", NULL}, true},
    {{400, 3101, "OAuthTokenInvalid", NULL}, true},
};

/* If the last user's GetUser always fails while another user can be read, the
 * user must fail and the run be complete. */
static void test_last_get_fails(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct trouble trouble = {
            .first = 5, .last = 5, .get = true, .failure = refusals[i].failure};

        fixture->options.concurrency = 1;
        set_trouble(fixture, 5, &trouble);
        run_completely(fixture);
        assert_result(fixture, 5, 5, 5, "Failed");
        assert_in_range(trouble.failed, 3, 60);
        assert_in_range(fixture->service.network.count, 9 + 3, 9 + 2 * 60);
        assert_true(fake_ms(&fixture->service.network) - trouble.start <
                    40 * MINUTE);
        assert_int_equal(unlink(OUTPUT), 0);
    }
}

/* The same must be so in a resumed run, in which no other user is left, even if
 * the one before cannot be read any more. */
static void test_last_get_fails_when_resumed(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct trouble trouble = {
            .first = 5, .last = 5, .get = true, .failure = {.status = 503}};

        fixture->options.concurrency = 1;
        fixture->options.give_up = 1;
        fixture->options.resume = false;
        set_trouble(fixture, 5, &trouble);
        assert_stops(fixture, ERROR_STOPPED);
        assert_int_equal(fixture->summary.tally.rows, 4);

        fixture->options.give_up = 15 * MINUTE;
        fixture->options.resume = true;
        trouble.first = 4;
        trouble.failure = refusals[i].failure;
        run_completely(fixture);
        assert_result(fixture, 5, 5, 5, "Failed");
        assert_int_equal(unlink(OUTPUT), 0);
    }
}

/* A user fails, and there is no memory for the responses to probes. */
static bool lack_memory(struct fake_service *service,
                        const struct fake_call *call, unsigned id,
                        struct fake_response *response)
{
    if (id < 5 && (fake_is_update(call) || service->users[id].gets == 0))
        return false;
    response->status = 500;
    if (id < 5)
        response->failure = HTTP_NO_MEMORY;
    return true;
}

/* If there is no memory for the response to a probe, the run must stop, since
 * this says nothing about the service. */
static void test_no_memory_for_probe(void **state)
{
    struct fixture *fixture = *state;

    make_input(5);
    fixture->options.concurrency = 1;
    fixture->service.intercept = lack_memory;
    assert_stops(fixture, ERROR_LOCAL);
    assert_string_equal(fixture->error.text,
                        "out of memory; the finished rows are in " PART);
    assert_int_equal(fixture->summary.tally.rows, 4);
}

/* If the updates of the last users fail for --give-up while users can be read,
 * the run must be complete. The users must be Failed if the failures prove that
 * nothing was applied, else Unknown. */
static void test_last_updates_fail(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct trouble trouble = {.first = 4,
                                  .last = 5,
                                  .update = true,
                                  .failure = refusals[i].failure};

        fixture->options.concurrency = 1;
        fixture->options.give_up = 15 * MINUTE;
        set_trouble(fixture, 5, &trouble);
        run_completely(fixture);
        assert_result(fixture, 5, 4, 5,
                      refusals[i].proof ? "Failed" : "Unknown");
        assert_in_range(fixture->service.network.count, 12, 500);
        assert_int_equal(unlink(OUTPUT), 0);
    }
}

/* If nobody can be read any longer either, it is an outage, also if the last
 * user's update is all that is left: few probes, and no failed row. */
static void test_outage_at_last_update(void **state)
{
    struct trouble trouble = {.first = 1,
                              .last = FAKE_USERS,
                              .get = true,
                              .update = true,
                              .from = 65,
                              .get_from = 5 * MINUTE,
                              .unreachable = true};
    struct fixture *fixture = *state;

    fixture->options.concurrency = 1;
    set_trouble(fixture, 4, &trouble);
    assert_stops(fixture, ERROR_STOPPED);
    assert_int_equal(fixture->summary.tally.rows, 3);
    assert_int_equal(fixture->service.users[4].updates, 0);
    assert_in_range(trouble.failed, 10, 300);
}

/* Calls fail until 40 s, and take 30 s afterwards. */
static bool recover_slowly(struct fake_service *service,
                           const struct fake_call *call, unsigned id,
                           struct fake_response *response)
{
    if (fail_calls(service, call, id, response))
        return true;
    response->latency = 30 * SECOND;
    return false;
}

/* A response that is on its way when --give-up is over must be waited for: if
 * the service works again, the run must be complete. */
static void test_recovery_at_the_end(void **state)
{
    struct trouble trouble = {.first = 1,
                              .last = FAKE_USERS,
                              .get = true,
                              .update = true,
                              .until = 40 * SECOND,
                              .failure = {.status = 503}};
    struct fixture *fixture = *state;

    fixture->options.concurrency = 2;
    fixture->options.give_up = MINUTE;
    set_trouble(fixture, 4, &trouble);
    fixture->service.intercept = recover_slowly;
    run_completely(fixture);
    assert_result(fixture, 4, 0, 0, "");
}

/* ---- the sign-in --------------------------------------------------------- */

/* A token that is refused for some users only must fail these, whether it can
 * be renewed or not; it is renewed once. */
static void test_sign_in_of_some(void **state)
{
    struct fixture *fixture = *state;

    for (int i = 0; i < 6; i++) {
        unsigned first = i % 3 == 0 ? 1 : i % 3 == 1 ? 30 : 91;
        struct trouble trouble = {.first = first,
                                  .last = first + 29,
                                  .get = true,
                                  .update = true,
                                  .failure = {.status = 401}};

        if (i >= 3)
            sign_in_with_refresh_token(fixture);
        set_trouble(fixture, 120, &trouble);
        run_completely(fixture);
        assert_result(fixture, 120, first, first + 29, "Failed");
        assert_in_range(trouble.failed, 60, 30 * 10);
        if (i >= 3)
            assert_in_range(trouble.tokens, 1, 2);
        assert_int_equal(unlink(OUTPUT), 0);
    }
}

/* A token that one of three nodes refuses must fail no row. */
static void test_sign_in_at_one_node(void **state)
{
    struct fixture *fixture = *state;

    for (int i = 0; i < 2; i++) {
        struct trouble trouble = {.first = 1,
                                  .last = FAKE_USERS,
                                  .get = true,
                                  .update = true,
                                  .every = 3,
                                  .failure = {.status = 401}};

        if (i > 0)
            sign_in_with_refresh_token(fixture);
        set_trouble(fixture, 100, &trouble);
        run_completely(fixture);
        assert_result(fixture, 100, 0, 0, "");
        if (i > 0)
            assert_in_range(trouble.tokens, 1, 2);
        assert_int_equal(unlink(OUTPUT), 0);
    }
}

/* If no call passes with the token any longer, the run must stop soon, and no
 * row fail; a token that can be renewed is renewed once before. */
static void test_sign_in_ends(void **state)
{
    static const struct failure failures[] = {
        {.status = 401},
        {.status = 500, .code = 126, .name = "IdentityTypeMismatch"},
    };
    struct fixture *fixture = *state;

    for (int i = 0; i < 6; i++) {
        struct trouble trouble = {.first = 1,
                                  .last = FAKE_USERS,
                                  .get = true,
                                  .update = true,
                                  .from = i % 3 == 0 ? 0 : SECOND,
                                  .failure = failures[i % 3 == 2]};

        fixture->options.rate = 30;
        fixture->options.concurrency = 4;
        if (i >= 3)
            sign_in_with_refresh_token(fixture);
        set_trouble(fixture, 120, &trouble);
        assert_stops(fixture, ERROR_SIGN_IN);
        assert_in_range(trouble.failed, 1, 30);
        assert_in_range(fake_ms(&fixture->service.network) - trouble.start, 0,
                        20 * SECOND);
        if (i >= 3)
            assert_int_equal(trouble.tokens, i == 3 ? 1 : 2);
        if (is_there(JOURNAL)) {
            assert_int_equal(unlink(JOURNAL), 0);
            assert_int_equal(unlink(PART), 0);
        }
    }
}

/* Some users are refused. The response to the third of them takes longer than
 * all probes, and the first call of user 1 takes 5 s. */
static bool refuse_at_different_times(struct fake_service *service,
                                      const struct fake_call *call, unsigned id,
                                      struct fake_response *response)
{
    const struct trouble *trouble = service->context;

    if (trouble->failed == 2)
        response->latency = SECOND;
    if (fail_calls(service, call, id, response))
        return true;
    if (service->users[id].gets == 0)
        response->latency = 5 * SECOND;
    return false;
}

/* If a token is refused for users while the call of another one is in flight,
 * it must be waited for: if it passes, only those users have failed. */
static void test_sign_in_waits(void **state)
{
    struct trouble trouble = {.first = 2,
                              .last = 4,
                              .get = true,
                              .update = true,
                              .failure = {.status = 401}};
    struct fixture *fixture = *state;

    for (int i = 0; i < 2; i++) {
        fixture->options.concurrency = 4;
        if (i > 0)
            sign_in_with_refresh_token(fixture);
        set_trouble(fixture, 4, &trouble);
        fixture->service.intercept = refuse_at_different_times;
        run_completely(fixture);
        assert_result(fixture, 4, 2, 4, "Failed");
        assert_int_equal(unlink(OUTPUT), 0);
    }
}

/* Of 120 users, the first four are updated, and the next four read, before all
 * calls are refused. */
struct end_of_token {
    struct trouble trouble;
    int64_t latency;  /* of the calls of user 8 that are accepted */
    unsigned outages; /* so many GetUsers of these users fail with 503 then */
};

static bool end_token(struct fake_service *service,
                      const struct fake_call *call, unsigned id,
                      struct fake_response *response)
{
    struct end_of_token *end = service->context;
    const struct trouble *trouble = &end->trouble;

    if (end->outages > 0 && id <= 8 && !fake_is_update(call) &&
        call->sent - trouble->start >= trouble->from) {
        end->outages--;
        response->status = 503;
        return true;
    }
    if (fail_calls(service, call, id, response))
        return true;
    if (id == 8)
        response->latency = end->latency;
    return false;
}

/* The run must stop because of the sign-in within so many milliseconds. */
static void assert_token_ends(struct fixture *fixture, int64_t latency,
                              unsigned outages, unsigned milliseconds)
{
    struct end_of_token end = {
        .trouble = {.first = 1,
                    .last = FAKE_USERS,
                    .get = true,
                    .update = true,
                    .from = 25,
                    .failure = {.status = 401}},
        .latency = latency,
        .outages = outages,
    };

    fixture->options.concurrency = 4;
    set_trouble(fixture, 120, &end.trouble);
    fixture->service.intercept = end_token;
    assert_stops(fixture, ERROR_SIGN_IN);
    assert_true(outages == 0 || end.outages < outages);
    assert_in_range(end.trouble.failed, 16, 40);
    assert_in_range(fake_ms(&fixture->service.network) - end.trouble.start, 0,
                    milliseconds);
    assert_int_equal(unlink(JOURNAL), 0);
    assert_int_equal(unlink(PART), 0);
}

/* If the response to a call that was accepted arrives after the first refusals,
 * perhaps while a probe is in flight, the run must stop as soon as without it.
 */
static void test_sign_in_ends_after_success(void **state)
{
    for (int64_t latency = 10; latency < 60; latency++)
        assert_token_ends(*state, latency, 0, 500);
}

/* It must also stop soon if all calls of the only user are refused, after it
 * was read. */
static void test_sign_in_ends_for_one(void **state)
{
    struct fixture *fixture = *state;
    struct trouble trouble = {.first = 1,
                              .last = 1,
                              .get = true,
                              .update = true,
                              .from = 5,
                              .failure = {.status = 401}};

    set_trouble(fixture, 1, &trouble);
    assert_stops(fixture, ERROR_SIGN_IN);
    assert_int_equal(fixture->service.gets, 1);
    assert_in_range(trouble.failed, 16, 60);
    assert_in_range(fake_ms(&fixture->service.network) - trouble.start, 0,
                    MINUTE);
}

/* A probe that fails for another reason must be repeated soon. */
static void test_sign_in_ends_in_outage(void **state)
{
    for (unsigned outages = 0; outages < 5; outages++)
        assert_token_ends(*state, 10, outages, 3 * SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUN(test_unexpected_for_one),
        WITH_RUN(test_unexpected_at_times),
        WITH_RUN(test_unexpected_outage),
        WITH_RUN(test_unexpected_for_ever),
        WITH_RUN(test_read_only),
        WITH_RUN(test_read_only_for_ever),
        WITH_RUN(test_first_users_fail),
        WITH_RUN(test_last_get_fails),
        WITH_RUN(test_last_get_fails_when_resumed),
        WITH_RUN(test_no_memory_for_probe),
        WITH_RUN(test_last_updates_fail),
        WITH_RUN(test_outage_at_last_update),
        WITH_RUN(test_recovery_at_the_end),
        WITH_RUN(test_sign_in_of_some),
        WITH_RUN(test_sign_in_at_one_node),
        WITH_RUN(test_sign_in_ends),
        WITH_RUN(test_sign_in_waits),
        WITH_RUN(test_sign_in_ends_after_success),
        WITH_RUN(test_sign_in_ends_for_one),
        WITH_RUN(test_sign_in_ends_in_outage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
