/*
 * Updates that are sent again to a service that recognizes them by a request
 * id: Partner Center.
 */
#include "unit.h"

#include "service/partner/columns.h"
#include "user/circuit_breaker.h"
#include "user/user_task.h"

#define ID      "4b10bf41-ab11-40e3-8c53-cd67849b50de"
#define TENANT  "eebd1b55-5360-4438-a11d-5c06918c3014"
#define EARLIER "8a53b025-d5be-4d98-ab20-229d1813de76"
#define SECRET  "Kq7#xZ_9Q"

#define USER(name, etag)                                                       \
    "{\"id\":\"" ID "\",\"displayName\":\"" name                               \
    "\",\"userDomainType\":\"none\",\"attributes\":{\"etag\":\"" etag "\"}}"

static const char before[] = USER("Ann", "e1");
static const char after[] = USER("Bea", "e2");
static const char by_others[] = USER("Cleo", "e3");
static const char stale[] = "{\"code\":2055,\"description\":\"Old.\"}";
static const char trouble[] = "{\"code\":1,\"description\":\"Broken.\"}";

static const char *const name_only[] = {"displayName=Bea", NULL};
static const char *const password_only[] = {"Password=" SECRET, NULL};

/* What must be the same if a PATCH is sent again. */
struct patch {
    char request_id[GUID_SIZE];
    char etag[64]; /* "": no If-Match */
    char body[256];
};

/* One task, with everything that it borrows. */
struct trial {
    struct circuit_breaker breaker;
    struct call_context context;
    struct task_environment environment;
    struct group group;
    struct http_request request;
    struct user_task *task;
    int64_t now;
};

/* resumed: the update of an earlier run, or NULL. */
static void start_trial(struct trial *trial, const char *const *cells,
                        const struct sent *resumed)
{
    struct row **end = &trial->group.rows;

    *trial = (struct trial){
        .now = 1000,
        .environment = {.clear_token = "delete_value", .limits = {8, 1000}},
        .context = {.service = &service_partner,
                    .random = &random_system,
                    .access_token = "a",
                    .customer_id = TENANT},
    };
    trial->environment.context = &trial->context;
    trial->environment.breaker = &trial->breaker;
    circuit_breaker_init(&trial->breaker, 1, 1000, &random_system);
    for (uint64_t number = 1; *cells; cells++) {
        *end = make_row_of(partner_columns, PARTNER_COLUMN_COUNT, number++, ID,
                           *cells);
        (*end)->sent = resumed;
        end = &(*end)->next;
    }
    trial->group.key = trial->group.rows->key;
    buffer_init(&trial->request.path, 1000);
    buffer_init(&trial->request.headers, 1000);
    buffer_init(&trial->request.body, HTTP_MAX_REQUEST);
    trial->task = user_task_new(&trial->environment, &trial->group);
    assert_non_null(trial->task);
    assert_int_equal(user_task_start(trial->task, &trial->request), TASK_SEND);
}

static void end_trial(struct trial *trial)
{
    user_task_free(trial->task);
    row_free_all(trial->group.rows);
    buffer_free(&trial->request.path);
    buffer_free(&trial->request.headers);
    buffer_free(&trial->request.body);
}

static void clear(struct http_request *request)
{
    buffer_clear(&request->path);
    buffer_clear(&request->headers);
    buffer_clear(&request->body);
}

static enum task_step respond(struct trial *trial, long status,
                              const char *body)
{
    struct http_response response = make_response(status, body);

    response.date = 1767323045;
    clear(&trial->request);
    return user_task_take_response(trial->task, &response, &trial->request,
                                   trial->now);
}

/* No response comes in time. */
static enum task_step time_out(struct trial *trial)
{
    struct http_response response = make_response(0, "");

    response.failure = HTTP_TIMED_OUT;
    response.text = "timed out";
    clear(&trial->request);
    return user_task_take_response(trial->task, &response, &trial->request,
                                   trial->now);
}

/* The wait is over. */
static void resume(struct trial *trial, enum task_state state)
{
    clear(&trial->request);
    assert_int_equal(user_task_resume(trial->task, &trial->request, trial->now),
                     TASK_SEND);
    assert_int_equal(trial->task->state, state);
}

static void take_header(const struct http_request *request, const char *name,
                        char *value, size_t size)
{
    const char *found = strstr(request->headers.data, name);
    size_t len = 0;

    if (found) {
        found += strlen(name);
        len = strcspn(found, "\n");
        assert_in_range(len, 0, size - 1);
        memcpy(value, found, len);
    }
    value[len] = '\0';
}

/* The PATCH that is to be sent now. */
static struct patch take_patch(const struct trial *trial)
{
    const struct http_request *request = &trial->request;
    struct patch patch;

    assert_int_equal(trial->task->state, TASK_UPDATING);
    assert_int_equal(request->method, HTTP_PATCH);
    take_header(request, "MS-RequestId: ", patch.request_id,
                sizeof(patch.request_id));
    take_header(request, "If-Match: ", patch.etag, sizeof(patch.etag));
    assert_in_range(request->body.len, 1, sizeof(patch.body) - 1);
    memcpy(patch.body, request->body.data, request->body.len + 1);
    assert_true(guid_is_one(patch.request_id));
    return patch;
}

static void assert_same_patch(const struct patch *a, const struct patch *b)
{
    assert_string_equal(a->request_id, b->request_id);
    assert_string_equal(a->etag, b->etag);
    assert_string_equal(a->body, b->body);
}

/* Fetches the user, and returns the PATCH that is to be sent. */
static struct patch start_patch(struct trial *trial, const char *const *cells)
{
    start_trial(trial, cells, NULL);
    assert_int_equal(respond(trial, 200, before), TASK_SEND);
    return take_patch(trial);
}

static void assert_status(const struct trial *trial, enum status status)
{
    const struct outcome *outcome = &trial->task->result.outcome;

    assert_int_equal(trial->task->state, TASK_DONE);
    assert_string_equal(status_name(outcome->status), status_name(status));
}

/* Calls of other users succeed meanwhile: the service does not fail as a whole.
 */
static void let_others_succeed(struct trial *trial)
{
    circuit_breaker_success(&trial->breaker, CIRCUIT_GET,
                            trial->breaker.failures);
    circuit_breaker_success(&trial->breaker, CIRCUIT_UPDATE,
                            trial->breaker.failures);
}

/* An update without a response must not be sent again if the user has its
 * values. */
static void test_applied(void **state)
{
    struct trial trial;

    (void)state;
    (void)start_patch(&trial, name_only);
    assert_int_equal(time_out(&trial), TASK_WAIT);
    resume(&trial, TASK_FETCHING);
    assert_int_equal(respond(&trial, 200, after), TASK_FINISH);
    assert_status(&trial, STATUS_UPDATED);
    assert_true(trial.task->result.outcome.read_back);
    assert_string_equal(trial.task->result.outcome.last_modified, "");
    assert_true(trial.task->result.outcome.changed ==
                column_bit(column_in(partner_columns, PARTNER_COLUMN_COUNT,
                                     "displayName", 11)));
    end_trial(&trial);
}

/* If the user does not have them, or they can't be seen, the same update must
 * be sent again with the same request id, even if the user has another etag. */
static void test_same_again(void **state)
{
    static const struct {
        const char *const *cells;
        const char *user; /* as it is read back */
    } cases[] = {
        {name_only, before},        {name_only, by_others},
        {password_only, before},    {password_only, after},
        {password_only, by_others},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial trial;
        struct patch first = start_patch(&trial, cases[i].cells), again;

        for (int times = 0; times < 2; times++) {
            assert_int_equal(times ? time_out(&trial)
                                   : respond(&trial, 503, trouble),
                             TASK_WAIT);
            resume(&trial, TASK_FETCHING);
            assert_int_equal(respond(&trial, 200, cases[i].user), TASK_SEND);
            again = take_patch(&trial);
            assert_same_patch(&again, &first);
        }
        assert_int_equal(respond(&trial, 200, after), TASK_FINISH);
        assert_status(&trial, STATUS_UPDATED);
        assert_string_equal(trial.task->result.outcome.last_modified,
                            "2026-01-02T03:04:05Z");
        assert_false(trial.task->result.outcome.read_back);
        end_trial(&trial);
    }
}

/* A successful response that shows other values than were sent must not count
 * as an update: the user must be read back, and the update sent again if it was
 * not applied. */
static void test_shows_old_values(void **state)
{
    static const char *const shown[] = {before, by_others,
                                        "{\"id\":\"" ID "\"}"};

    (void)state;
    for (size_t i = 0; i < COUNT(shown); i++) {
        struct trial trial;
        struct patch first = start_patch(&trial, name_only), again;

        assert_int_equal(respond(&trial, 200, shown[i]), TASK_WAIT);
        resume(&trial, TASK_FETCHING);
        assert_int_equal(respond(&trial, 200, before), TASK_SEND);
        again = take_patch(&trial);
        assert_same_patch(&again, &first);
        assert_int_equal(respond(&trial, 200, shown[i]), TASK_WAIT);
        resume(&trial, TASK_FETCHING);
        assert_int_equal(respond(&trial, 200, after), TASK_FINISH);
        assert_status(&trial, STATUS_UPDATED);
        assert_true(trial.task->result.outcome.read_back);
        end_trial(&trial);
    }
}

/* A response that shows the values in a form that the service has normalized
 * must count as an update, and be noted. */
static void test_shows_normalized_values(void **state)
{
    struct trial trial;

    (void)state;
    (void)start_patch(&trial, name_only);
    assert_int_equal(respond(&trial, 200, USER("BEA", "e2")), TASK_FINISH);
    assert_status(&trial, STATUS_UPDATED);
    assert_true(trial.task->result.outcome.respelled ==
                trial.task->result.outcome.changed);
    end_trial(&trial);
}

/* If the update changes the form of a value alone, and the service undoes it,
 * only a new etag shows that it was carried out. It must not be sent again. */
static void test_shows_same_value_with_new_etag(void **state)
{
    static const char *const spelling[] = {"displayName=ANN", NULL};
    struct trial trial;

    (void)state;
    (void)start_patch(&trial, spelling);
    assert_int_equal(respond(&trial, 200, USER("Ann", "e2")), TASK_FINISH);
    assert_status(&trial, STATUS_UPDATED);
    end_trial(&trial);

    (void)start_patch(&trial, spelling);
    assert_int_equal(respond(&trial, 200, before), TASK_WAIT);
    end_trial(&trial);
}

/* A response with old values is not an outage: the row must end after --retries
 * although no other call succeeds, and the circuit breaker must stay closed. */
static void test_shows_old_values_for_ever(void **state)
{
    struct trial trial;

    (void)state;
    (void)start_patch(&trial, name_only);
    for (unsigned i = 0; i < trial.environment.limits.failures; i++) {
        assert_int_equal(respond(&trial, 200, before), TASK_WAIT);
        resume(&trial, TASK_FETCHING);
        assert_int_equal(respond(&trial, 200, before), TASK_SEND);
    }
    assert_int_equal(respond(&trial, 200, before), TASK_WAIT);
    resume(&trial, TASK_FETCHING);
    assert_int_equal(respond(&trial, 200, before), TASK_FINISH);
    assert_status(&trial, STATUS_UNKNOWN);
    assert_true(trial.task->result.outcome.retryable);
    assert_true(circuit_breaker_is_closed(&trial.breaker, CIRCUIT_UPDATE));
    end_trial(&trial);
}

/* A password that the service accepted must be Updated and not sent again: at
 * once after a response without a body, or by the values that were sent with
 * it. */
static void test_password_once(void **state)
{
    static const char *const with_name[] = {"displayName=Bea|Password=" SECRET,
                                            NULL};
    static const struct {
        long status;
        const char *body;
    } successes[] = {{204, ""}, {200, ""}, {200, before}, {200, "<html/>"}};

    (void)state;
    for (size_t i = 0; i < COUNT(successes); i++) {
        struct trial trial;
        struct patch first, again;

        if (!*successes[i].body) {
            (void)start_patch(&trial, password_only);
            assert_int_equal(respond(&trial, successes[i].status, ""),
                             TASK_FINISH);
            assert_status(&trial, STATUS_UPDATED);
            end_trial(&trial);
        }
        first = start_patch(&trial, with_name);
        assert_int_equal(
            respond(&trial, successes[i].status, successes[i].body), TASK_WAIT);
        resume(&trial, TASK_FETCHING);
        assert_int_equal(respond(&trial, 200, before), TASK_SEND);
        again = take_patch(&trial);
        assert_same_patch(&again, &first);
        assert_int_equal(
            respond(&trial, successes[i].status, successes[i].body), TASK_WAIT);
        resume(&trial, TASK_FETCHING);
        assert_int_equal(respond(&trial, 200, after), TASK_FINISH);
        assert_status(&trial, STATUS_UPDATED);
        end_trial(&trial);
    }
}

/* An update that meets another change of the user must be sent again, and fail
 * after --retries although no other call succeeds. */
static void test_busy(void **state)
{
    struct trial trial;
    struct patch first = start_patch(&trial, name_only), again;

    (void)state;
    for (unsigned i = 0; i < trial.environment.limits.failures; i++) {
        assert_int_equal(respond(&trial, 409, trouble), TASK_WAIT);
        resume(&trial, TASK_UPDATING);
        again = take_patch(&trial);
        assert_same_patch(&again, &first);
    }
    assert_int_equal(respond(&trial, 409, trouble), TASK_FINISH);
    assert_status(&trial, STATUS_FAILED);
    assert_true(trial.task->result.outcome.retryable);
    assert_true(circuit_breaker_is_closed(&trial.breaker, CIRCUIT_UPDATE));
    end_trial(&trial);
}

/* An update that was turned away at the door must be sent again as it was,
 * without another look at the user. */
static void test_throttled(void **state)
{
    struct trial trial;
    struct patch first = start_patch(&trial, name_only), again;

    (void)state;
    assert_int_equal(respond(&trial, 429, ""), TASK_WAIT);
    resume(&trial, TASK_UPDATING);
    again = take_patch(&trial);
    assert_same_patch(&again, &first);
    assert_int_equal(respond(&trial, 200, after), TASK_FINISH);
    assert_status(&trial, STATUS_UPDATED);
    end_trial(&trial);
}

/* If others wrote the user meanwhile, the rows must be merged again, with a new
 * request id and the new etag. */
static void test_stale(void **state)
{
    struct trial trial;
    struct patch first = start_patch(&trial, name_only), again;

    (void)state;
    assert_string_equal(first.etag, "\"e1\"");
    assert_int_equal(respond(&trial, 400, stale), TASK_WAIT);
    resume(&trial, TASK_FETCHING);
    assert_int_equal(respond(&trial, 200, by_others), TASK_SEND);
    again = take_patch(&trial);
    assert_string_not_equal(again.request_id, first.request_id);
    assert_string_equal(again.etag, "\"e3\"");
    assert_string_equal(again.body, first.body);
    assert_int_equal(respond(&trial, 200, after), TASK_FINISH);
    assert_status(&trial, STATUS_UPDATED);
    end_trial(&trial);
}

/* So they must be after a failed If-Match, whoever reports it. */
static void test_stale_by_status(void **state)
{
    static const char *const bodies[] = {"", "<html/>", "{}"};

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct trial trial;
        struct patch first = start_patch(&trial, name_only), again;

        assert_int_equal(respond(&trial, 412, bodies[i]), TASK_WAIT);
        resume(&trial, TASK_FETCHING);
        assert_int_equal(respond(&trial, 200, by_others), TASK_SEND);
        again = take_patch(&trial);
        assert_string_not_equal(again.request_id, first.request_id);
        assert_string_equal(again.etag, "\"e3\"");
        end_trial(&trial);
    }
}

/* If others have written the same values, nothing must be sent. But a gateway
 * may have sent the update twice, so the outcome must say that it was sent. */
static void test_stale_and_equal(void **state)
{
    struct trial trial;

    (void)state;
    (void)start_patch(&trial, name_only);
    assert_int_equal(respond(&trial, 412, stale), TASK_WAIT);
    resume(&trial, TASK_FETCHING);
    assert_int_equal(respond(&trial, 200, after), TASK_FINISH);
    assert_status(&trial, STATUS_UNCHANGED);
    assert_true(trial.task->result.outcome.refused);
    end_trial(&trial);
}

/* If an update with unknown outcome is sent again and then has a stale version,
 * it was applied if the user has its values; else the rows must be merged
 * again.
 */
static void test_stale_after_unknown(void **state)
{
    struct trial trial;
    struct patch first, again;

    (void)state;
    for (int applied = 0; applied < 2; applied++) {
        first = start_patch(&trial, name_only);
        assert_int_equal(time_out(&trial), TASK_WAIT);
        resume(&trial, TASK_FETCHING);
        assert_int_equal(respond(&trial, 200, before), TASK_SEND);
        assert_int_equal(respond(&trial, 400, stale), TASK_WAIT);
        resume(&trial, TASK_FETCHING);
        assert_int_equal(respond(&trial, 200, applied ? after : by_others),
                         applied ? TASK_FINISH : TASK_SEND);
        if (applied) {
            assert_status(&trial, STATUS_UPDATED);
            assert_true(trial.task->result.outcome.read_back);
        } else {
            again = take_patch(&trial);
            assert_string_not_equal(again.request_id, first.request_id);
            assert_string_equal(again.etag, "\"e3\"");
        }
        end_trial(&trial);
    }
}

/* A user that others modify between each fetch and update must be a Conflict.
 */
static void test_stale_again_and_again(void **state)
{
    struct trial trial;
    unsigned sent = 1;

    (void)state;
    (void)start_patch(&trial, name_only);
    for (;; sent++) {
        assert_int_equal(respond(&trial, 400, stale), TASK_WAIT);
        resume(&trial, TASK_FETCHING);
        if (respond(&trial, 200, by_others) != TASK_SEND)
            break;
        assert_in_range(sent, 1, 20);
    }
    assert_status(&trial, STATUS_CONFLICT);
    assert_int_equal(sent, 9);
    assert_string_equal(trial.task->result.outcome.last.name, "EtagOutOfDate");
    end_trial(&trial);
}

/* When the retries are used up, the rows must be Updated if the user has their
 * values, else Unknown: the last update may still be applied. */
static void test_retries_used_up(void **state)
{
    static const struct {
        const char *const *cells;
        const char *user; /* as it is read back */
        enum status status;
    } cases[] = {
        {name_only, before, STATUS_UNKNOWN},
        {name_only, after, STATUS_UPDATED},
        {name_only, by_others, STATUS_UNKNOWN},
        {password_only, before, STATUS_UNKNOWN},
        {password_only, by_others, STATUS_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial trial;

        (void)start_patch(&trial, cases[i].cells);
        trial.environment.limits.failures = 1;
        assert_int_equal(time_out(&trial), TASK_WAIT);
        let_others_succeed(&trial);
        resume(&trial, TASK_FETCHING);
        assert_int_equal(respond(&trial, 200, before), TASK_SEND);
        assert_int_equal(respond(&trial, 503, trouble), TASK_WAIT);
        let_others_succeed(&trial);
        resume(&trial, TASK_FETCHING);
        assert_int_equal(respond(&trial, 200, cases[i].user), TASK_FINISH);
        assert_status(&trial, cases[i].status);
        if (cases[i].status != STATUS_UPDATED) {
            assert_true(trial.task->result.outcome.retryable);
            assert_int_equal(trial.task->result.outcome.last.http_status, 503);
            assert_true(trial.task->result.outcome.changed == 0);
        }
        end_trial(&trial);
    }
}

/* An update that the service refuses must be Failed at once; after an
 * unexpected response, which is no refusal, the user must be read back, the
 * update be sent twice more, and its rows be Unknown. */
static void test_refused(void **state)
{
    struct trial trial;

    (void)state;
    (void)start_patch(&trial, name_only);
    assert_int_equal(respond(&trial, 400, trouble), TASK_FINISH);
    assert_status(&trial, STATUS_FAILED);
    assert_false(trial.task->result.outcome.retryable);
    end_trial(&trial);

    for (int seen = 0; seen < 2; seen++) {
        (void)start_patch(&trial, seen ? name_only : password_only);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(respond(&trial, 400, "<html/>"), TASK_WAIT);
            resume(&trial, TASK_FETCHING);
            let_others_succeed(&trial);
            assert_int_equal(respond(&trial, 200, before),
                             i < 2 ? TASK_SEND : TASK_FINISH);
        }
        assert_status(&trial, STATUS_UNKNOWN);
        assert_true(trial.task->result.outcome.retryable);
        end_trial(&trial);
    }
}

#define BARE(type)                                                             \
    "{\"id\":\"" ID "\",\"displayName\":\"Ann\",\"userDomainType\":\"" type    \
    "\"}"

/* Without an etag, a guard that does not match after an update with unknown
 * outcome must make the rows Unknown. */
static void test_guard_after_unknown(void **state)
{
    static const char *const cells[] = {"displayName=Bea|userDomainType=none",
                                        NULL};
    struct trial trial;

    (void)state;
    start_trial(&trial, cells, NULL);
    assert_int_equal(respond(&trial, 200, BARE("none")), TASK_SEND);
    assert_int_equal(time_out(&trial), TASK_WAIT);
    resume(&trial, TASK_FETCHING);
    trial.environment.settle = 60000;
    assert_int_equal(respond(&trial, 200, BARE("managed")), TASK_WAIT);
    trial.environment.settle = 0;
    resume(&trial, TASK_FETCHING);
    assert_int_equal(respond(&trial, 200, BARE("managed")), TASK_FINISH);
    assert_status(&trial, STATUS_UNKNOWN);
    assert_string_equal(trial.task->result.outcome.field, "userDomainType");
    end_trial(&trial);
}

static const char *const guarded[] = {"displayName=Bea|userDomainType=none",
                                      NULL};
static const char *const expecting[] = {
    "displayName=Bea|Expect.displayName=Ann", NULL};

/* Without an etag, an update that was refused before it was processed must not
 * be sent again before the guards and expected values are compared again.
 * Without these, or with an etag, no call is needed for that. */
static void test_guard_after_refusal(void **state)
{
    static const struct {
        const char *const *cells;
        const char *user;
        enum task_state resume;
    } cases[] = {
        {guarded, BARE("none"), TASK_FETCHING},
        {expecting, BARE("none"), TASK_FETCHING},
        {name_only, BARE("none"), TASK_UPDATING},
        {guarded, before, TASK_UPDATING},
        {expecting, before, TASK_UPDATING},
    };
    static const long refusals[] = {429, 401, 409, 0};

    (void)state;
    for (size_t i = 0; i < COUNT(cases) * COUNT(refusals); i++) {
        long status = refusals[i % COUNT(refusals)];
        struct http_response response =
            make_response(status, status == 409 ? trouble : "");
        struct patch first, again;
        struct trial trial;

        if (status == 0)
            response.failure = HTTP_CONNECT_FAILED;
        response.sent = status != 0;
        start_trial(&trial, cases[i / COUNT(refusals)].cells, NULL);
        assert_int_equal(respond(&trial, 200, cases[i / COUNT(refusals)].user),
                         TASK_SEND);
        first = take_patch(&trial);
        clear(&trial.request);
        assert_int_equal(user_task_take_response(trial.task, &response,
                                                 &trial.request, 1000),
                         TASK_WAIT);
        resume(&trial, cases[i / COUNT(refusals)].resume);
        if (trial.task->state == TASK_FETCHING)
            assert_int_equal(respond(&trial, 200, BARE("none")), TASK_SEND);
        again = take_patch(&trial);
        assert_same_patch(&again, &first);
        end_trial(&trial);
    }
}

/* What others have made of the user, and the column that no longer matches. */
static const struct {
    const char *const *cells;
    const char *user;
    const char *field;
} mismatches[] = {
    {guarded, BARE("managed"), "userDomainType"},
    {expecting, "{\"id\":\"" ID "\",\"displayName\":\"Cleo\"}", "displayName"},
};

static void assert_mismatch(struct trial *trial, size_t number)
{
    assert_int_equal(respond(trial, 200, mismatches[number].user), TASK_FINISH);
    assert_status(trial, STATUS_CONFLICT);
    assert_string_equal(trial->task->result.outcome.field,
                        mismatches[number].field);
}

/* If one of them no longer matches then, the rows must be a Conflict, as
 * nothing was changed. */
static void test_guard_fails_after_refusal(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(mismatches); i++) {
        struct trial trial;

        start_trial(&trial, mismatches[i].cells, NULL);
        assert_int_equal(respond(&trial, 200, BARE("none")), TASK_SEND);
        assert_int_equal(respond(&trial, 429, ""), TASK_WAIT);
        resume(&trial, TASK_FETCHING);
        assert_mismatch(&trial, i);
        end_trial(&trial);
    }
}

/* The update was built and cannot be sent. */
static void defer(struct trial *trial, int64_t milliseconds,
                  enum task_state state)
{
    user_task_defer(trial->task);
    trial->now += milliseconds;
    resume(trial, state);
}

/* If an update without an etag could not be sent for more than a second, the
 * guards and expected values must be compared again first. It must be sent in
 * the end, although it waits each time. */
static void test_guard_after_deferral(void **state)
{
    static const struct {
        const char *const *cells;
        const char *user;
        int64_t wait;
        enum task_state resume;
    } cases[] = {
        {guarded, BARE("none"), 1000, TASK_UPDATING},
        {guarded, BARE("none"), 1001, TASK_FETCHING},
        {expecting, BARE("none"), 1001, TASK_FETCHING},
        {name_only, BARE("none"), 3600000, TASK_UPDATING},
        {expecting, before, 3600000, TASK_UPDATING},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial trial;

        start_trial(&trial, cases[i].cells, NULL);
        assert_int_equal(respond(&trial, 200, cases[i].user), TASK_SEND);
        defer(&trial, cases[i].wait, cases[i].resume);
        if (trial.task->state == TASK_FETCHING) {
            assert_int_equal(respond(&trial, 200, cases[i].user), TASK_SEND);
            defer(&trial, 60001, TASK_FETCHING);
            assert_int_equal(respond(&trial, 200, cases[i].user), TASK_SEND);
            defer(&trial, 120000, TASK_UPDATING);
        }
        assert_int_equal(respond(&trial, 200, after), TASK_FINISH);
        assert_status(&trial, STATUS_UPDATED);
        end_trial(&trial);
    }
}

/* If one of them no longer matches, the rows must be a Conflict. If others have
 * written the values, nothing was sent, and the rows must be Unchanged. */
static void test_guard_fails_after_deferral(void **state)
{
    struct trial trial;

    (void)state;
    for (size_t i = 0; i < COUNT(mismatches); i++) {
        start_trial(&trial, mismatches[i].cells, NULL);
        assert_int_equal(respond(&trial, 200, BARE("none")), TASK_SEND);
        defer(&trial, 2000, TASK_FETCHING);
        assert_mismatch(&trial, i);
        end_trial(&trial);
    }
    start_trial(&trial, expecting, NULL);
    assert_int_equal(respond(&trial, 200, BARE("none")), TASK_SEND);
    defer(&trial, 2000, TASK_FETCHING);
    assert_int_equal(
        respond(&trial, 200, "{\"id\":\"" ID "\",\"displayName\":\"Bea\"}"),
        TASK_FINISH);
    assert_status(&trial, STATUS_UNCHANGED);
    assert_false(trial.task->result.outcome.refused);
    end_trial(&trial);
}

/* An update that may have been applied must not count as unsent while the same
 * update waits: its values show that it was applied, and a guard that does not
 * match that the outcome is unknown. */
static void test_deferral_after_unknown(void **state)
{
    (void)state;
    for (int applied = 0; applied < 2; applied++) {
        struct trial trial;

        start_trial(&trial, guarded, NULL);
        assert_int_equal(respond(&trial, 200, BARE("none")), TASK_SEND);
        assert_int_equal(time_out(&trial), TASK_WAIT);
        resume(&trial, TASK_FETCHING);
        assert_int_equal(respond(&trial, 200, BARE("none")), TASK_SEND);
        defer(&trial, 2000, TASK_FETCHING);
        assert_int_equal(
            respond(&trial, 200, applied ? after : BARE("managed")),
            TASK_FINISH);
        assert_status(&trial, applied ? STATUS_UPDATED : STATUS_UNKNOWN);
        end_trial(&trial);
    }
}

/* Without an etag, nothing shows that no copy of an update was applied, and
 * then overwritten by others: if one got no response, and a later one is
 * refused, the rows must be Unknown. With the same etag they must be Failed. */
static void test_refused_after_unknown(void **state)
{
    static const char *const users[] = {BARE("none"), before};

    (void)state;
    for (size_t i = 0; i < COUNT(users); i++) {
        struct trial trial;

        start_trial(&trial, name_only, NULL);
        assert_int_equal(respond(&trial, 200, users[i]), TASK_SEND);
        assert_int_equal(time_out(&trial), TASK_WAIT);
        resume(&trial, TASK_FETCHING);
        assert_int_equal(respond(&trial, 200, users[i]), TASK_SEND);
        assert_int_equal(respond(&trial, 400, trouble), TASK_WAIT);
        resume(&trial, TASK_FETCHING);
        assert_int_equal(respond(&trial, 200, users[i]), TASK_FINISH);
        assert_status(&trial, i == 0 ? STATUS_UNKNOWN : STATUS_FAILED);
        end_trial(&trial);
    }
}

/* With an etag, the same update must be sent again, even if the etag is the
 * guard and the update itself may have changed it: the service compares it. */
static void test_etag_as_guard_after_unknown(void **state)
{
    static const char *const cells[] = {"Password=" SECRET "|etag=e1", NULL};
    struct patch first, again;
    struct trial trial;

    (void)state;
    first = start_patch(&trial, cells);
    assert_int_equal(time_out(&trial), TASK_WAIT);
    resume(&trial, TASK_FETCHING);
    assert_int_equal(respond(&trial, 200, after), TASK_SEND);
    again = take_patch(&trial);
    assert_same_patch(&first, &again);
    assert_string_equal(again.etag, "\"e1\"");
    end_trial(&trial);
}

/* The update of an earlier run must be sent with the same request id and etag,
 * and only if the user does not have its values. */
static void test_resumed(void **state)
{
    static const char *const cells[] = {"displayName=Bea|Password=" SECRET,
                                        NULL};
    struct sent sent = {.stamps = "e0", .request_id = EARLIER};
    struct trial trial;
    struct patch patch;

    (void)state;
    sent.changed = column_bit(
        column_in(partner_columns, PARTNER_COLUMN_COUNT, "displayName", 11));
    start_trial(&trial, name_only, &sent);
    assert_int_equal(respond(&trial, 200, after), TASK_FINISH);
    assert_status(&trial, STATUS_UPDATED);
    assert_true(trial.task->result.outcome.changed == sent.changed);
    end_trial(&trial);

    sent.changed |= column_bit(
        column_in(partner_columns, PARTNER_COLUMN_COUNT, "Password", 8));
    for (int applied = 0; applied < 2; applied++) {
        start_trial(&trial, cells, &sent);
        assert_int_equal(respond(&trial, 200, applied ? after : before),
                         TASK_SEND);
        patch = take_patch(&trial);
        assert_string_equal(patch.request_id, EARLIER);
        assert_string_equal(patch.etag, "\"e0\"");
        assert_same_json(patch.body,
                         "{\"attributes\":{\"objectType\":\"CustomerUser\"},"
                         "\"displayName\":\"Bea\",\"passwordProfile\":{"
                         "\"password\":\"" SECRET "\"}}");
        assert_int_equal(respond(&trial, 200, after), TASK_FINISH);
        assert_status(&trial, STATUS_UPDATED);
        end_trial(&trial);
    }
}

/* A password must be redacted in the service's message. */
static void test_password_is_redacted(void **state)
{
    struct trial trial;

    (void)state;
    (void)start_patch(&trial, password_only);
    assert_int_equal(respond(&trial, 400,
                             "{\"code\":1,\"description\":\"" SECRET
                             " is too weak.\"}"),
                     TASK_FINISH);
    assert_status(&trial, STATUS_FAILED);
    assert_string_equal(trial.task->result.outcome.last.text,
                        "*** is too weak.");
    end_trial(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_applied),
        cmocka_unit_test(test_same_again),
        cmocka_unit_test(test_shows_old_values),
        cmocka_unit_test(test_shows_normalized_values),
        cmocka_unit_test(test_shows_same_value_with_new_etag),
        cmocka_unit_test(test_shows_old_values_for_ever),
        cmocka_unit_test(test_password_once),
        cmocka_unit_test(test_busy),
        cmocka_unit_test(test_throttled),
        cmocka_unit_test(test_stale),
        cmocka_unit_test(test_stale_by_status),
        cmocka_unit_test(test_stale_and_equal),
        cmocka_unit_test(test_stale_after_unknown),
        cmocka_unit_test(test_stale_again_and_again),
        cmocka_unit_test(test_retries_used_up),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_guard_after_unknown),
        cmocka_unit_test(test_guard_after_refusal),
        cmocka_unit_test(test_guard_fails_after_refusal),
        cmocka_unit_test(test_refused_after_unknown),
        cmocka_unit_test(test_guard_after_deferral),
        cmocka_unit_test(test_guard_fails_after_deferral),
        cmocka_unit_test(test_deferral_after_unknown),
        cmocka_unit_test(test_etag_as_guard_after_unknown),
        cmocka_unit_test(test_resumed),
        cmocka_unit_test(test_password_is_redacted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
