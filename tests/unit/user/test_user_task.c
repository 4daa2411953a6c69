#include "unit.h"

#include "user/circuit_breaker.h"
#include "user/own_writes.h"
#include "user/user_task.h"

#define TIME_BEFORE "2026-01-02T03:04:05.678"
#define TIME_AFTER  "2026-03-04T05:06:07.8"

static const char good_user[] =
    "{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"AAAA\",\"CustomerId\":\"5\","
    "\"UserName\":\"ann.lee@example.com\",\"LastModifiedTime\":\"" TIME_BEFORE
    "\",\"JobTitle\":\"Chief Archivist\",\"x\":1.50,\"ContactInfo\":{"
    "\"Address\":{\"TimeStamp\":\"BBBB\",\"City\":\"Bonn\"}}}}";

static const char good_update[] = "{\"LastModifiedTime\":\"" TIME_AFTER "\"}";

/* One task, with everything that it borrows. */
struct trial {
    struct circuit_breaker breaker;
    struct call_context context;
    struct task_environment environment;
    struct group group;
    struct http_request request;
    struct user_task *task;
};

/* cells: those of each row, NULL at the end. */
static void start_trial(struct trial *trial, enum mode mode,
                        const char *const *cells)
{
    struct row **end = &trial->group.rows;

    *trial = (struct trial){
        .environment = {.mode = mode, .clear_token = "delete_value"},
        .context = {.service = &service_rest,
                    .random = &random_system,
                    .access_token = "a",
                    .developer_token = "d"},
    };
    trial->environment.context = &trial->context;
    trial->environment.breaker = &trial->breaker;
    circuit_breaker_init(&trial->breaker, 1, 1000, &random_system);
    for (uint64_t number = 1; *cells; cells++) {
        *end = make_row(number++, "7", *cells);
        end = &(*end)->next;
    }
    trial->group.key = trial->group.rows->key;
    buffer_init(&trial->request.path, 1000);
    buffer_init(&trial->request.body, HTTP_MAX_REQUEST);
    trial->task = user_task_new(&trial->environment, &trial->group);
    assert_non_null(trial->task);
    assert_int_equal(trial->task->state, TASK_QUEUED);
}

static void end_trial(struct trial *trial)
{
    user_task_free(trial->task);
    row_free_all(trial->group.rows);
    row_free_all(trial->group.refused);
    buffer_free(&trial->request.path);
    buffer_free(&trial->request.body);
}

/* Starts the task and lets it fetch. */
static void start_fetching(struct trial *trial, enum mode mode,
                           const char *const *cells)
{
    start_trial(trial, mode, cells);
    assert_int_equal(user_task_start(trial->task, &trial->request), TASK_SEND);
    assert_int_equal(trial->task->state, TASK_FETCHING);
    assert_string_equal(trial->request.body.data, "{\"UserId\":\"7\"}");
}

static enum task_step respond_with(struct trial *trial,
                                   const struct http_response *response)
{
    buffer_clear(&trial->request.path);
    buffer_clear(&trial->request.body);
    return user_task_take_response(trial->task, response, &trial->request,
                                   1000);
}

static enum task_step respond(struct trial *trial, long status,
                              const char *body)
{
    struct http_response response = make_response(status, body);

    return respond_with(trial, &response);
}

/* Lets the task continue until it sends UpdateUser. */
static void start_updating(struct trial *trial, const char *const *cells)
{
    start_fetching(trial, MODE_APPLY, cells);
    assert_int_equal(respond(trial, 200, good_user), TASK_SEND);
    assert_int_equal(trial->task->state, TASK_UPDATING);
}

static void assert_status(const struct trial *trial, enum status status)
{
    const struct outcome *outcome = &trial->task->result.outcome;

    assert_int_equal(trial->task->state, TASK_DONE);
    assert_string_equal(status_name(outcome->status), status_name(status));
}

static column_mask mask_of(const char *const *names)
{
    column_mask mask = 0;

    for (; *names; names++)
        mask |= column_bit(column_named(*names, strlen(*names)));
    return mask;
}

/* ---- without failures ------------------------------------------------------
 */

/* A user that differs from their rows must be fetched and updated with the
 * merged cells, and be Updated with the time in UpdateUser's response. */
static void test_updates(void **state)
{
    static const char *const cells[] = {"City=Ulm|Fax=1",
                                        "City=Jena|JobTitle=", NULL};
    static const char *const changed[] = {"City", "Fax", "JobTitle", NULL};
    struct trial trial;

    (void)state;
    start_updating(&trial, cells);
    assert_int_equal(trial.request.method, HTTP_PUT);
    assert_true(trial.request.once);
    assert_string_equal(
        trial.request.body.data,
        "{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"AAAA\",\"CustomerId\":\"5\","
        "\"UserName\":\"ann.lee@example.com\",\"LastModifiedTime\":"
        "\"" TIME_BEFORE "\",\"JobTitle\":null,\"x\":1.50,\"ContactInfo\":{"
        "\"Address\":{\"TimeStamp\":\"BBBB\",\"City\":\"Jena\"},\"Fax\":\"1\""
        "}}}");
    assert_int_equal(respond(&trial, 200, good_update), TASK_FINISH);
    assert_status(&trial, STATUS_UPDATED);
    assert_int_equal(trial.task->result.outcome.attempts, 2);
    assert_true(trial.task->result.outcome.changed == mask_of(changed));
    assert_string_equal(trial.task->result.outcome.last_modified, TIME_AFTER);
    assert_int_equal(trial.task->result.outcome.last.http_status, 200);
    assert_string_equal(trial.task->result.outcome.last.tracking_id,
                        FROM_HEADER);
    assert_string_equal(trial.task->result.outcome.last.name, "");
    assert_null(trial.task->result.outcome.field);
    end_trial(&trial);
}

/* If the user has every value already, nothing must be sent, in each mode that
 * compares. */
static void test_unchanged(void **state)
{
    static const char *const rows[][3] = {
        {"City=Bonn|JobTitle=Chief Archivist", NULL},
        {"City=Ulm", "City=Bonn", NULL},
        {"Fax=|SecretQuestion=|Mobile=", NULL},
        {"TimeStamp=AAAA|CustomerId=005", NULL},
        {"", NULL},
    };
    static const struct {
        enum mode mode;
        enum status status;
    } modes[] = {
        {MODE_APPLY, STATUS_UNCHANGED},
        {MODE_DRY_RUN, STATUS_UNCHANGED},
        {MODE_RECONCILE, STATUS_MATCH},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t j = 0; j < COUNT(modes); j++) {
            struct trial trial;

            start_fetching(&trial, modes[j].mode, rows[i]);
            assert_int_equal(respond(&trial, 200, good_user), TASK_FINISH);
            assert_status(&trial, modes[j].status);
            assert_int_equal(trial.task->result.outcome.attempts, 1);
            assert_true(trial.task->result.outcome.changed == 0);
            assert_string_equal(trial.task->result.outcome.last_modified,
                                TIME_BEFORE);
            assert_int_equal(trial.request.body.len, 0);
            end_trial(&trial);
        }
    }
}

/* --dry-run must report what would change, send nothing, and leave the user
 * unchanged for --diff. */
static void test_dry_run(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    static const char *const changed[] = {"City", NULL};
    struct trial trial;

    (void)state;
    start_fetching(&trial, MODE_DRY_RUN, cells);
    assert_int_equal(respond(&trial, 200, good_user), TASK_FINISH);
    assert_status(&trial, STATUS_WOULD_UPDATE);
    assert_true(trial.task->result.outcome.changed == mask_of(changed));
    assert_int_equal(trial.request.body.len, 0);
    assert_string_equal(service_rest.user_value(trial.task->result.user,
                                                column_named("City", 4)),
                        "Bonn");
    end_trial(&trial);
}

/* --reconcile must find the columns that differ, including guards, which must
 * not cause a conflict. */
static void test_reconcile(void **state)
{
    static const char *const cells[] = {"City=Ulm|CustomerId=6|TimeStamp=AAAA",
                                        NULL};
    static const char *const changed[] = {"City", "CustomerId", NULL};
    struct trial trial;

    (void)state;
    start_fetching(&trial, MODE_RECONCILE, cells);
    assert_int_equal(respond(&trial, 200, good_user), TASK_FINISH);
    assert_status(&trial, STATUS_DRIFT);
    assert_true(trial.task->result.outcome.changed == mask_of(changed));
    assert_int_equal(trial.task->result.outcome.attempts, 1);
    end_trial(&trial);
}

/* --export must fetch the user, keep them for the output, and send nothing. */
static void test_export(void **state)
{
    static const char *const cells[] = {"", NULL};
    struct trial trial;

    (void)state;
    start_fetching(&trial, MODE_EXPORT, cells);
    assert_int_equal(respond(&trial, 200, good_user), TASK_FINISH);
    assert_status(&trial, STATUS_EXPORTED);
    assert_non_null(trial.task->result.user);
    assert_int_equal(trial.request.body.len, 0);
    end_trial(&trial);
}

/* A value that is equal to the clear token must not be exported; one in a
 * member that is not exported does not matter. */
static void test_export_of_clear_token(void **state)
{
    static const char *const cells[] = {"", NULL};
    struct trial trial;

    (void)state;
    start_fetching(&trial, MODE_EXPORT, cells);
    trial.environment.clear_token = "Bonn";
    assert_int_equal(respond(&trial, 200, good_user), TASK_FINISH);
    assert_status(&trial, STATUS_FAILED);
    assert_string_equal(trial.task->result.outcome.field, "City");
    assert_string_equal(trial.task->result.outcome.last.name,
                        "ClearTokenInValue");
    assert_false(trial.task->result.outcome.retryable);
    end_trial(&trial);

    start_fetching(&trial, MODE_EXPORT, cells);
    assert_int_equal(respond(&trial, 200,
                             "{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"A\","
                             "\"Password\":\"delete_value\",\"ContactInfo\":{"
                             "\"Address\":{\"TimeStamp\":\"B\","
                             "\"BusinessName\":\"delete_value\"}}}}"),
                     TASK_FINISH);
    assert_status(&trial, STATUS_EXPORTED);
    end_trial(&trial);
}

/* A guard of any row that does not match must cause a conflict with its column,
 * and nothing must be sent. */
static void test_conflict(void **state)
{
    static const char *const rows[][3] = {
        {"City=Ulm|TimeStamp=AAAB", NULL},
        {"City=Ulm|TimeStamp=AAAB", "TimeStamp=AAAA", NULL},
        {"City=Bonn", "TimeStamp=", NULL},
    };
    static const enum mode modes[] = {MODE_APPLY, MODE_DRY_RUN};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t j = 0; j < COUNT(modes); j++) {
            struct trial trial;

            start_fetching(&trial, modes[j], rows[i]);
            assert_int_equal(respond(&trial, 200, good_user), TASK_FINISH);
            assert_status(&trial, STATUS_CONFLICT);
            assert_string_equal(trial.task->result.outcome.field, "TimeStamp");
            assert_string_equal(trial.task->result.outcome.last.name,
                                "GuardMismatch");
            assert_int_equal(trial.task->result.outcome.last.http_status, 200);
            assert_true(trial.task->result.outcome.changed == 0);
            assert_false(trial.task->result.outcome.retryable);
            assert_int_equal(trial.request.body.len, 0);
            end_trial(&trial);
        }
    }
}

/* The hash of the values that all users of one person share. */
static uint64_t shared_of(const char *text)
{
    struct http_response response = make_response(200, text);
    struct user *user;
    struct api_error api_error;
    uint64_t hash;

    assert_int_equal(
        service_rest.parse_get(NULL, &response, "7", &user, &api_error), 0);
    hash = merge_hash_shared(&service_rest, user);
    service_rest.user_free(user);
    return hash;
}

/* A LastModifiedTime that this run has written must be noted and not be a
 * conflict; another guard that does not match, or another time, must be one. */
static void test_own_write_is_no_conflict(void **state)
{
    static const char old[] = "LastModifiedTime=2025-12-31T00:00:00";
    static const char older[] = "LastModifiedTime=2025-12-30T00:00:00";
    static const char present[] = "LastModifiedTime=" TIME_BEFORE;
    static const struct {
        const char *cells[3];
        const char *own_writes; /* NULL: nothing */
        enum status status;
        const char *field;
        bool noted;
    } cases[] = {
        {{old}, TIME_BEFORE, STATUS_UNCHANGED, NULL, true},
        {{present, old}, TIME_BEFORE "0Z", STATUS_UNCHANGED, NULL, true},
        {{present}, TIME_BEFORE, STATUS_UNCHANGED, NULL, false},
        {{older}, TIME_BEFORE, STATUS_CONFLICT, "LastModifiedTime", false},
        {{old, older}, TIME_BEFORE, STATUS_CONFLICT, "LastModifiedTime", false},
        {{old}, NULL, STATUS_CONFLICT, "LastModifiedTime", false},
        {{old}, TIME_AFTER, STATUS_CONFLICT, "LastModifiedTime", false},
        {{old, "UserName=x"}, TIME_BEFORE, STATUS_CONFLICT, "UserName", true},
        {{"UserName=x"}, TIME_BEFORE, STATUS_CONFLICT, "UserName", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct own_writes *own_writes = own_writes_new();
        struct trial trial;

        assert_non_null(own_writes);
        if (cases[i].own_writes)
            own_writes_add(own_writes,
                           (struct shared_state){"2025-12-31T00:00:00", 1},
                           (struct shared_state){cases[i].own_writes,
                                                 shared_of(good_user)});
        start_fetching(&trial, MODE_APPLY, cases[i].cells);
        trial.environment.own_writes = own_writes;
        assert_int_equal(respond(&trial, 200, good_user), TASK_FINISH);
        assert_status(&trial, cases[i].status);
        assert_int_equal(trial.task->result.outcome.own_write, cases[i].noted);
        if (cases[i].field)
            assert_string_equal(trial.task->result.outcome.field,
                                cases[i].field);
        else
            assert_null(trial.task->result.outcome.field);
        end_trial(&trial);
        own_writes_free(own_writes);
    }
}

/* ---- failures -------------------------------------------------------------
 */

#define ERROR(code) "{\"Errors\":[{\"Code\":" #code ",\"Message\":\"m\"}]}"

/* How calls can fail, and what follows for the rows. */
static const struct {
    enum http_failure failure;
    bool sent;
    long status;
    const char *body;
    enum task_step get; /* what follows if GetUser fails so */
    bool retryable;     /* if that is TASK_FINISH */
    enum task_step update;
    enum task_state resume; /* if the update waits: what follows */
} failures[] = {
    /* the service's own errors */
    {HTTP_OK, true, 400, ERROR(100), TASK_FINISH, false, TASK_FINISH, 0},
    {HTTP_OK, true, 400, ERROR(210), TASK_FINISH, false, TASK_FINISH, 0},
    {HTTP_OK, true, 200, ERROR(210), TASK_FINISH, false, TASK_FINISH, 0},
    {HTTP_OK, true, 400, ERROR(117), TASK_WAIT, 0, TASK_WAIT, TASK_UPDATING},
    {HTTP_OK, true, 400, ERROR(207), TASK_WAIT, 0, TASK_WAIT, TASK_FETCHING},
    {HTTP_OK, true, 400, ERROR(209), TASK_FINISH, 1, TASK_WAIT, TASK_FETCHING},
    {HTTP_OK, true, 500, ERROR(0), TASK_WAIT, 0, TASK_WAIT, TASK_FETCHING},
    {HTTP_OK, true, 500, ERROR(4711), TASK_WAIT, 0, TASK_WAIT, TASK_FETCHING},
    {HTTP_OK, true, 400, ERROR(4711), TASK_FINISH, false, TASK_FINISH, 0},
    {HTTP_OK, true, 401, ERROR(105), TASK_WAIT, 0, TASK_WAIT, TASK_UPDATING},
    {HTTP_OK, true, 400, ERROR(109), TASK_WAIT, 0, TASK_WAIT, TASK_UPDATING},
    {HTTP_OK, true, 400, ERROR(108), TASK_STOP, false, TASK_STOP, 0},
    {HTTP_OK, true, 400, ERROR(204), TASK_STOP, false, TASK_STOP, 0},
    {HTTP_OK, true, 400, ERROR(205), TASK_STOP, false, TASK_WAIT,
     TASK_FETCHING},
    {HTTP_OK, true, 400, ERROR(303), TASK_STOP, false, TASK_STOP, 0},
    /* unexpected responses */
    {HTTP_OK, true, 200, "<html>", TASK_WAIT, 0, TASK_WAIT, TASK_FETCHING},
    {HTTP_OK, true, 200, "{}", TASK_WAIT, 0, TASK_WAIT, TASK_FETCHING},
    {HTTP_OK, true, 200, "{\"a\":1,\"a\":1}", TASK_WAIT, false, TASK_WAIT,
     TASK_FETCHING},
    {HTTP_OK, true, 200, "{\"User\":1,\"User\":1}", TASK_FINISH, false,
     TASK_WAIT, TASK_FETCHING},
    {HTTP_OK, true, 302, "", TASK_WAIT, 0, TASK_WAIT, TASK_FETCHING},
    {HTTP_OK, true, 401, "", TASK_WAIT, 0, TASK_WAIT, TASK_UPDATING},
    {HTTP_OK, true, 404, "", TASK_WAIT, 0, TASK_WAIT, TASK_FETCHING},
    {HTTP_OK, true, 408, "", TASK_WAIT, 0, TASK_WAIT, TASK_FETCHING},
    {HTTP_OK, true, 429, "", TASK_WAIT, 0, TASK_WAIT, TASK_UPDATING},
    {HTTP_OK, true, 500, "", TASK_WAIT, 0, TASK_WAIT, TASK_FETCHING},
    {HTTP_OK, true, 503, "<p>", TASK_WAIT, 0, TASK_WAIT, TASK_FETCHING},
    /* no response */
    {HTTP_CONNECT_FAILED, 0, 0, "", TASK_WAIT, 0, TASK_WAIT, TASK_UPDATING},
    {HTTP_TLS_FAILED, false, 0, "", TASK_WAIT, 0, TASK_WAIT, TASK_UPDATING},
    {HTTP_TIMED_OUT, false, 0, "", TASK_WAIT, 0, TASK_WAIT, TASK_UPDATING},
    {HTTP_TIMED_OUT, true, 0, "", TASK_WAIT, 0, TASK_WAIT, TASK_FETCHING},
    {HTTP_TIMED_OUT, true, 200, "{", TASK_WAIT, 0, TASK_WAIT, TASK_FETCHING},
    {HTTP_BROKEN, true, 0, "", TASK_WAIT, 0, TASK_WAIT, TASK_FETCHING},
    {HTTP_TOO_LARGE, 1, 200, "{\"User\":", TASK_FINISH, 0, TASK_WAIT,
     TASK_FETCHING},
    {HTTP_NO_MEMORY, true, 200, "{", TASK_STOP, false, TASK_STOP, 0},
};

static struct http_response make_failure(size_t i)
{
    struct http_response response =
        make_response(failures[i].status, failures[i].body);

    response.failure = failures[i].failure;
    response.sent = failures[i].sent;
    response.sends = failures[i].sent;
    response.text = "a message of libcurl";
    return response;
}

/* A GetUser that fails must be made again if the failure may be temporary, else
 * its rows must be Failed; a failure that concerns all users must stop the run.
 */
static void test_get_fails(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    static const enum mode modes[] = {MODE_APPLY, MODE_DRY_RUN, MODE_RECONCILE,
                                      MODE_EXPORT};

    (void)state;
    for (size_t i = 0; i < COUNT(failures) * COUNT(modes); i++) {
        size_t at = i / COUNT(modes);
        struct http_response response = make_failure(at);
        struct trial trial;

        start_fetching(&trial, modes[i % COUNT(modes)], cells);
        assert_int_equal(respond_with(&trial, &response), failures[at].get);
        assert_int_equal(trial.task->result.outcome.attempts, 1);
        assert_int_equal(trial.task->result.outcome.last.http_status,
                         failures[at].status);
        if (failures[at].get == TASK_FINISH) {
            assert_status(&trial, STATUS_FAILED);
            assert_int_equal(trial.task->result.outcome.retryable,
                             failures[at].retryable);
        } else if (failures[at].get == TASK_WAIT) {
            assert_int_equal(trial.task->state, TASK_WAITING);
            assert_int_equal(trial.request.body.len, 0);
            assert_int_equal(user_task_resume(trial.task, &trial.request, 0),
                             TASK_SEND);
            assert_int_equal(trial.task->state, TASK_FETCHING);
            assert_string_equal(trial.request.body.data, "{\"UserId\":\"7\"}");
        }
        assert_true(trial.task->result.outcome.changed == 0);
        end_trial(&trial);
    }
}

/* An UpdateUser that was not applied must be made again, or its rows must be
 * Failed; one whose outcome is unknown must lead to a GetUser, never to another
 * update or to an outcome. */
static void test_update_fails(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};

    (void)state;
    for (size_t i = 0; i < COUNT(failures); i++) {
        struct http_response response = make_failure(i);
        struct trial trial;

        start_updating(&trial, cells);
        assert_int_equal(respond_with(&trial, &response), failures[i].update);
        assert_int_equal(trial.task->result.outcome.attempts, 2);
        if (failures[i].update == TASK_FINISH) {
            assert_status(&trial, STATUS_FAILED);
            assert_false(trial.task->result.outcome.retryable);
            assert_true(trial.task->result.outcome.changed == 0);
        } else if (failures[i].update == TASK_WAIT) {
            assert_int_equal(trial.task->state, TASK_WAITING);
            assert_int_equal(trial.request.body.len, 0);
            assert_int_equal(user_task_resume(trial.task, &trial.request, 0),
                             TASK_SEND);
            assert_int_equal(trial.task->state, failures[i].resume);
        }
        end_trial(&trial);
    }
}

/* ---- an update with unknown outcome
 * ---------------------------------------------------
 */

#define STAMPED(own, its, city)                                                \
    "{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"" own                             \
    "\",\"LastModifiedTime\":\"" TIME_AFTER                                    \
    "\",\"ContactInfo\":{\"Address\":{\"TimeStamp\":\"" its                    \
    "\",\"City\":\"" city "\"}}}}"

#define STALE                                                                  \
    "{\"Errors\":[{\"Code\":209,\"ErrorCode\":\"TimestampNotMatch\"}]}"

/* Lets a call fail with that response: the task must wait. */
static void fail_call(struct trial *trial, long status, const char *body)
{
    assert_int_equal(respond(trial, status, body), TASK_WAIT);
    assert_true(trial->task->delay >= 0);
}

static void end_wait(struct trial *trial)
{
    assert_int_equal(user_task_resume(trial->task, &trial->request, 0),
                     TASK_SEND);
}

static void wait_after(struct trial *trial, long status, const char *body)
{
    fail_call(trial, status, body);
    end_wait(trial);
}

/* The same, and another user's GetUser succeeds during the wait. */
static void wait_while_others_pass(struct trial *trial, long status,
                                   const char *body)
{
    fail_call(trial, status, body);
    circuit_breaker_success(&trial->breaker, CIRCUIT_GET,
                            trial->breaker.failures);
    end_wait(trial);
}

/* If the TimeStamps are those that were sent, the update was not applied, and
 * the same one must be sent again. */
static void test_unknown_not_applied(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;
    char *sent;

    (void)state;
    start_updating(&trial, cells);
    sent = strdup(trial.request.body.data);
    trial.environment.limits.failures = 1;
    wait_after(&trial, 503, "");
    assert_string_equal(trial.request.body.data, "{\"UserId\":\"7\"}");
    assert_int_equal(respond(&trial, 200, good_user), TASK_SEND);
    assert_int_equal(trial.task->state, TASK_UPDATING);
    assert_string_equal(trial.request.body.data, sent);
    assert_int_equal(respond(&trial, 200, good_update), TASK_FINISH);
    assert_status(&trial, STATUS_UPDATED);
    assert_false(trial.task->result.outcome.read_back);
    free(sent);
    end_trial(&trial);
}

/* Failures to read the user back during an outage must not count against the
 * update's retries: it is sent again after the outage. */
static void test_unknown_in_outage(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;

    (void)state;
    start_updating(&trial, cells);
    trial.environment.limits.failures = 1;
    wait_after(&trial, 503, "");
    for (int i = 0; i < 5; i++) {
        wait_after(&trial, 503, "");
        assert_int_equal(trial.task->state, TASK_FETCHING);
    }
    assert_int_equal(respond(&trial, 200, good_user), TASK_SEND);
    assert_int_equal(trial.task->state, TASK_UPDATING);
    circuit_breaker_success(&trial.breaker, CIRCUIT_UPDATE,
                            trial.breaker.failures);
    wait_after(&trial, 503, "");
    assert_int_equal(respond(&trial, 200, good_user), TASK_FINISH);
    assert_status(&trial, STATUS_UNKNOWN);
    end_trial(&trial);
}

/* If an update was refused, and its repetition has a stale TimeStamp, the first
 * one may have been applied: this must be verified. */
static void test_stale_after_refusal(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;

    (void)state;
    start_updating(&trial, cells);
    wait_after(&trial, 429, "");
    assert_int_equal(trial.task->state, TASK_UPDATING);
    wait_after(&trial, 400, STALE);
    assert_int_equal(respond(&trial, 200, STAMPED("CCCC", "DDDD", "Ulm")),
                     TASK_FINISH);
    assert_status(&trial, STATUS_UPDATED);
    assert_true(trial.task->result.outcome.read_back);
    end_trial(&trial);
}

/* If one of the TimeStamps has changed and the user has the values, the update
 * was applied. */
static void test_unknown_applied(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    static const char *const city[] = {"City", NULL};
    static const char *const now[] = {STAMPED("CCCC", "DDDD", "Ulm"),
                                      STAMPED("AAAA", "DDDD", "Ulm")};

    (void)state;
    for (size_t i = 0; i < COUNT(now); i++) {
        struct trial trial;

        start_updating(&trial, cells);
        wait_after(&trial, 503, "");
        assert_int_equal(respond(&trial, 200, now[i]), TASK_FINISH);
        assert_status(&trial, STATUS_UPDATED);
        assert_true(trial.task->result.outcome.read_back);
        assert_true(trial.task->result.outcome.changed == mask_of(city));
        assert_string_equal(trial.task->result.outcome.last_modified,
                            TIME_AFTER);
        end_trial(&trial);
    }
}

/* A response with an earlier time than the user had before must not count as an
 * update: it may be an old one. Times are compared as instants, and one that is
 * equal is the update's, since a service may round it. */
static void test_response_of_the_past(void **state)
{
    static const struct {
        const char *time;
        enum task_step step;
    } cases[] = {
        {"2026-01-02T03:04:05.677", TASK_WAIT},
        {"2026-01-02T04:04:05.677+01:00", TASK_WAIT},
        {"2025-01-02T03:04:05.678Z", TASK_WAIT},
        {"2026-01-02T03:04:05.6780", TASK_FINISH},
        {"2026-01-02T02:04:05.679-01:00", TASK_FINISH},
    };
    static const char *const cells[] = {"City=Ulm", NULL};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial trial;
        char body[100];

        (void)snprintf(body, sizeof(body), "{\"LastModifiedTime\":\"%s\"}",
                       cases[i].time);
        start_updating(&trial, cells);
        if (cases[i].step == TASK_WAIT) {
            wait_after(&trial, 200, body);
            assert_int_equal(
                respond(&trial, 200, STAMPED("CCCC", "DDDD", "Ulm")),
                TASK_FINISH);
        } else {
            assert_int_equal(respond(&trial, 200, body), TASK_FINISH);
        }
        assert_status(&trial, STATUS_UPDATED);
        assert_int_equal(trial.task->result.outcome.read_back,
                         cases[i].step == TASK_WAIT);
        end_trial(&trial);
    }
}

/* If others have written meanwhile, the update may have been overwritten: the
 * rows must be Unknown, and no other update must be sent. */
static void test_unknown_written(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    static const char *const guarded[] = {"City=Ulm", "TimeStamp=AAAA", NULL};
    static const char *const *const rows[] = {cells, guarded};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct trial trial;

        start_updating(&trial, rows[i]);
        wait_after(&trial, 503, "");
        assert_int_equal(respond(&trial, 200, STAMPED("CCCC", "DDDD", "Graz")),
                         TASK_FINISH);
        assert_status(&trial, STATUS_UNKNOWN);
        assert_int_equal(trial.task->result.outcome.last.http_status, 503);
        assert_true(trial.task->result.outcome.retryable);
        assert_true(trial.task->result.outcome.changed == 0);
        end_trial(&trial);
    }
}

/* If an update of another user of the person, and no other one, has replaced
 * the TimeStamps, the update was not applied, and the rows must be merged
 * again. */
static void test_unknown_overtaken(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    static const char graz[] = STAMPED("CCCC", "DDDD", "Graz");
    static const struct {
        const char *before; /* the time before the other user's update */
        enum task_step step;
    } cases[] = {
        {TIME_BEFORE, TASK_SEND},
        {"2026-02-03T04:05:06", TASK_FINISH},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct own_writes *own_writes = own_writes_new();
        struct trial trial;

        assert_non_null(own_writes);
        start_fetching(&trial, MODE_APPLY, cells);
        trial.environment.own_writes = own_writes;
        assert_int_equal(respond(&trial, 200, good_user), TASK_SEND);
        own_writes_add(
            own_writes,
            (struct shared_state){cases[i].before, shared_of(good_user)},
            (struct shared_state){TIME_AFTER, shared_of(graz)});
        wait_after(&trial, 503, "");
        assert_int_equal(respond(&trial, 200, graz), cases[i].step);
        if (cases[i].step == TASK_SEND) {
            assert_int_equal(trial.task->state, TASK_UPDATING);
            assert_string_equal(trial.task->sent.stamps, "CCCC DDDD");
        } else {
            assert_status(&trial, STATUS_UNKNOWN);
        }
        end_trial(&trial);
        own_writes_free(own_writes);
    }
}

/* If the user can't be read back, although the service responds to other calls,
 * or if the update fails again, although others pass, and the user does not
 * have the values, the rows must be Unknown. */
static void test_unknown_without_retries(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;

    (void)state;
    start_updating(&trial, cells);
    wait_after(&trial, 503, "");
    wait_while_others_pass(&trial, 500, "");
    assert_int_equal(respond(&trial, 500, ""), TASK_FINISH);
    assert_status(&trial, STATUS_UNKNOWN);
    assert_true(trial.task->result.outcome.retryable);
    end_trial(&trial);

    start_updating(&trial, cells);
    wait_after(&trial, 503, "");
    circuit_breaker_success(&trial.breaker, CIRCUIT_UPDATE,
                            trial.breaker.failures);
    assert_int_equal(respond(&trial, 200, good_user), TASK_SEND);
    wait_after(&trial, 503, "");
    assert_int_equal(respond(&trial, 200, good_user), TASK_FINISH);
    assert_status(&trial, STATUS_UNKNOWN);
    assert_int_equal(trial.task->result.outcome.last.http_status, 503);
    assert_true(trial.task->result.outcome.retryable);
    assert_true(trial.task->result.outcome.changed == 0);
    end_trial(&trial);
}

/* An update that an earlier run has sent, and that was applied, must be
 * reported as Updated, with the columns that it changed. */
static void test_resumed(void **state)
{
    static const char *const cells[] = {"City=Ulm", "TimeStamp=AAAA", NULL};
    static const char *const city[] = {"City", NULL};
    struct sent sent = {.stamps = "AAAA BBBB", .changed = mask_of(city)};
    struct trial trial;

    (void)state;
    start_trial(&trial, MODE_APPLY, cells);
    user_task_free(trial.task);
    trial.group.rows->sent = &sent;
    trial.task = user_task_new(&trial.environment, &trial.group);
    assert_int_equal(user_task_start(trial.task, &trial.request), TASK_SEND);
    assert_int_equal(respond(&trial, 200, STAMPED("CCCC", "DDDD", "Ulm")),
                     TASK_FINISH);
    assert_status(&trial, STATUS_UPDATED);
    assert_true(trial.task->result.outcome.changed == mask_of(city));
    end_trial(&trial);
}

/* Values that the service has normalized must prove such an update if it
 * changed more than the form of values. */
static void test_resumed_and_normalized(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    static const char *const city[] = {"City", NULL};

    (void)state;
    for (int telling = 0; telling < 2; telling++) {
        struct sent sent = {.stamps = "AAAA BBBB", .changed = mask_of(city)};
        struct trial trial;

        sent.telling = telling ? sent.changed : 0;
        start_trial(&trial, MODE_APPLY, cells);
        user_task_free(trial.task);
        trial.group.rows->sent = &sent;
        trial.task = user_task_new(&trial.environment, &trial.group);
        assert_int_equal(user_task_start(trial.task, &trial.request),
                         TASK_SEND);
        assert_int_equal(respond(&trial, 200, STAMPED("CCCC", "DDDD", "ULM")),
                         TASK_FINISH);
        assert_status(&trial, telling ? STATUS_UPDATED : STATUS_UNKNOWN);
        end_trial(&trial);
    }
}

/* If others have written since an update that an earlier run has sent, its rows
 * must be Unknown, and the message must say so. */
static void test_resumed_and_written(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    static const char *const city[] = {"City", NULL};
    struct sent sent = {.stamps = "AAAA BBBB", .changed = mask_of(city)};
    struct trial trial;

    (void)state;
    start_trial(&trial, MODE_APPLY, cells);
    user_task_free(trial.task);
    trial.group.rows->sent = &sent;
    trial.environment.settle = 5000;
    trial.task = user_task_new(&trial.environment, &trial.group);
    assert_int_equal(user_task_start(trial.task, &trial.request), TASK_SEND);
    wait_after(&trial, 200, STAMPED("CCCC", "DDDD", "Graz"));
    trial.environment.settle = 0;
    assert_int_equal(respond(&trial, 200, STAMPED("CCCC", "DDDD", "Graz")),
                     TASK_FINISH);
    assert_status(&trial, STATUS_UNKNOWN);
    assert_string_equal(trial.task->result.outcome.last.name, "OutcomeUnknown");
    assert_true(trial.task->result.outcome.retryable);
    end_trial(&trial);
}

/* A version that is older than the one that an update carried must prove
 * nothing, even if it has the values: the update takes back what was written
 * since. The update must be sent again when the present version is read. */
static void test_resumed_and_read_old(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    static const char *const city[] = {"City", NULL};
    struct sent sent = {.stamps = "EEEE FFFF",
                        .last_modified = "2026-03-04T05:06:07.9",
                        .changed = mask_of(city)};
    struct trial trial;

    (void)state;
    start_trial(&trial, MODE_APPLY, cells);
    user_task_free(trial.task);
    trial.group.rows->sent = &sent;
    trial.environment.settle = 5000;
    trial.task = user_task_new(&trial.environment, &trial.group);
    assert_int_equal(user_task_start(trial.task, &trial.request), TASK_SEND);
    wait_after(&trial, 200, STAMPED("CCCC", "DDDD", "Ulm"));
    assert_int_equal(trial.task->state, TASK_FETCHING);
    assert_int_equal(respond(&trial, 200, STAMPED("EEEE", "FFFF", "Bonn")),
                     TASK_SEND);
    assert_int_equal(trial.task->state, TASK_UPDATING);
    end_trial(&trial);
}

/* ---- stale TimeStamps -----------------------------------------------------
 */

/* An error that means either a stale TimeStamp or a value means the value if
 * the TimeStamps are still those that were sent. */
static void test_who_wrote(void **state)
{
    static const char *const cells[] = {"PostalCode=99999", NULL};
    struct trial trial;

    (void)state;
    start_updating(&trial, cells);
    wait_after(&trial, 400, ERROR(209));
    assert_int_equal(respond(&trial, 200, good_user), TASK_FINISH);
    assert_status(&trial, STATUS_FAILED);
    assert_int_equal(trial.task->result.outcome.last.code, 209);
    assert_string_equal(trial.task->result.outcome.field, "PostalCode");
    assert_false(trial.task->result.outcome.retryable);
    end_trial(&trial);

    start_updating(&trial, cells);
    wait_after(&trial, 400, ERROR(209));
    assert_int_equal(respond(&trial, 200, STAMPED("CCCC", "DDDD", "Graz")),
                     TASK_SEND);
    assert_int_equal(trial.task->state, TASK_UPDATING);
    end_trial(&trial);
}

/* Error 205 must mean a value, as the version was good for GetUser; 207 must
 * mean too many calls at first, and a value if it is repeated. Field must be
 * set only if the rows have the column: else the value was the user's before.
 */
static void test_number_of_a_value(void **state)
{
    static const char *const line3[] = {"Line3=x", NULL};
    static const char *const city[] = {"City=Ulm", NULL};
    struct trial trial;

    (void)state;
    start_updating(&trial, line3);
    for (int i = 0; i < 3; i++) {
        wait_after(&trial, 400, ERROR(207));
        assert_int_equal(respond(&trial, 200, good_user), TASK_SEND);
        assert_int_equal(trial.task->state, TASK_UPDATING);
    }
    wait_after(&trial, 400, ERROR(207));
    assert_int_equal(respond(&trial, 200, good_user), TASK_FINISH);
    assert_status(&trial, STATUS_FAILED);
    assert_string_equal(trial.task->result.outcome.field, "Line3");
    assert_false(trial.task->result.outcome.retryable);
    end_trial(&trial);

    start_updating(&trial, city);
    wait_after(&trial, 400, ERROR(205));
    assert_int_equal(respond(&trial, 200, good_user), TASK_FINISH);
    assert_status(&trial, STATUS_FAILED);
    assert_null(trial.task->result.outcome.field);
    end_trial(&trial);
}

/* A user that others modify between each fetch and update must be a Conflict
 * after eight further merges. */
static void test_stale_again_and_again(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;
    char user[] = STAMPED("CCCC", "DDDD", "Graz");
    char *stamp = strstr(user, "CCCC");

    (void)state;
    start_updating(&trial, cells);
    for (int i = 0; i < 8; i++) {
        wait_after(&trial, 400, STALE);
        (*stamp)++;
        assert_int_equal(respond(&trial, 200, user), TASK_SEND);
    }
    wait_after(&trial, 400, STALE);
    assert_int_equal(respond(&trial, 200, user), TASK_FINISH);
    assert_status(&trial, STATUS_CONFLICT);
    assert_string_equal(trial.task->result.outcome.last.name,
                        "TimestampNotMatch");
    assert_true(trial.task->result.outcome.changed == 0);
    assert_true(trial.task->result.outcome.retryable);
    assert_true(trial.task->result.outcome.changed == 0);
    end_trial(&trial);
}

/* A guard or an expected value that does not match when the user is fetched
 * again must be a conflict, without changed columns. */
static void test_conflict_of_stale(void **state)
{
    static const struct {
        const char *cells[2];
        const char *field;
    } cases[] = {
        {{"City=Ulm|TimeStamp=AAAA"}, "TimeStamp"},
        {{"City=Ulm|Expect.City=Bonn"}, "City"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial trial;

        start_updating(&trial, cases[i].cells);
        wait_after(&trial, 400, STALE);
        assert_int_equal(respond(&trial, 200, STAMPED("CCCC", "DDDD", "Graz")),
                         TASK_FINISH);
        assert_status(&trial, STATUS_CONFLICT);
        assert_string_equal(trial.task->result.outcome.field, cases[i].field);
        assert_true(trial.task->result.outcome.changed == 0);
        end_trial(&trial);
    }
}

/* ---- waiting ------------------------------------------------------------- */

/* A request that can't be sent now must be built again, and be the same. */
static void test_defer(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;
    char *body;

    (void)state;
    start_updating(&trial, cells);
    body = strdup(trial.request.body.data);
    user_task_defer(trial.task);
    buffer_clear(&trial.request.path);
    buffer_clear(&trial.request.body);
    assert_int_equal(user_task_resume(trial.task, &trial.request, 0),
                     TASK_SEND);
    assert_int_equal(trial.task->state, TASK_UPDATING);
    assert_string_equal(trial.request.body.data, body);
    free(body);
    end_trial(&trial);
}

/* A row must fail after --retries only if the service has responded properly to
 * other calls meanwhile. */
static void test_retries_used_up(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;

    (void)state;
    start_fetching(&trial, MODE_APPLY, cells);
    trial.environment.limits.failures = 2;
    for (int i = 0; i < 4; i++)
        wait_after(&trial, 503, "");
    wait_while_others_pass(&trial, 503, "");
    assert_int_equal(respond(&trial, 503, ""), TASK_FINISH);
    assert_status(&trial, STATUS_FAILED);
    assert_true(trial.task->result.outcome.retryable);
    assert_int_equal(trial.task->result.outcome.attempts, 6);
    end_trial(&trial);
}

/* A call that succeeds while the row's own one fails may be the last one before
 * an outage, or the first one after it: it must not make a failure final. */
static void test_early_success_is_no_proof(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;

    (void)state;
    start_fetching(&trial, MODE_APPLY, cells);
    trial.environment.limits.failures = 2;
    wait_after(&trial, 503, "");
    circuit_breaker_success(&trial.breaker, CIRCUIT_GET,
                            trial.breaker.failures);
    for (int i = 0; i < 5; i++)
        wait_after(&trial, 503, "");
    wait_while_others_pass(&trial, 503, "");
    assert_int_equal(respond(&trial, 503, ""), TASK_FINISH);
    assert_status(&trial, STATUS_FAILED);
    end_trial(&trial);
}

/* The task's own success between two failures must not prove that the service
 * works for others. */
static void test_own_success_is_no_proof(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;

    (void)state;
    start_fetching(&trial, MODE_APPLY, cells);
    trial.environment.limits.failures = 1;
    wait_after(&trial, 503, "");
    assert_int_equal(respond(&trial, 200, good_user), TASK_SEND);
    wait_after(&trial, 503, "");
    wait_while_others_pass(&trial, 503, "");
    assert_int_equal(respond(&trial, 503, ""), TASK_FINISH);
    assert_status(&trial, STATUS_UNKNOWN);
    end_trial(&trial);
}

/* While the circuit breaker is open, no row must fail: not even one that failed
 * before the last success. */
static void test_no_row_fails_in_an_outage(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;

    (void)state;
    start_fetching(&trial, MODE_APPLY, cells);
    trial.environment.limits.failures = 2;
    wait_while_others_pass(&trial, 503, "");
    while (circuit_breaker_is_closed(&trial.breaker, CIRCUIT_GET))
        circuit_breaker_take_retry(&trial.breaker, CIRCUIT_GET);
    for (int i = 0; i < 5; i++)
        wait_after(&trial, 503, "");
    wait_while_others_pass(&trial, 503, "");
    assert_int_equal(respond(&trial, 503, ""), TASK_FINISH);
    end_trial(&trial);
}

/* If the run must stop, the API error must be kept, with its message. */
static void test_stop_keeps_reason(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;

    (void)state;
    start_updating(&trial, cells);
    assert_int_equal(respond(&trial, 401,
                             "{\"TrackingId\":\"" FROM_BODY
                             "\",\"Errors\":[{\"Code\":109,"
                             "\"Message\":\"The token for Ulm expired.\"}]}"),
                     TASK_WAIT);
    assert_int_equal(user_task_stop(trial.task), TASK_STOP);
    assert_int_equal(trial.task->result.outcome.last.action, API_ERROR_SIGN_IN);
    assert_string_equal(trial.task->result.outcome.last.name,
                        "AuthenticationTokenExpired");
    assert_string_equal(trial.task->result.outcome.last.text,
                        "The token for *** expired.");
    assert_string_equal(trial.task->result.outcome.last.tracking_id, FROM_BODY);
    end_trial(&trial);
}

/* A user that must not be sent back must fail the rows, with the name of the
 * reason and no retry. */
static void test_untrusted_users(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    static const struct {
        const char *body, *name;
    } cases[] = {
        {"{\"User\":{\"Id\":\"8\",\"TimeStamp\":\"A\"}}", "WrongUser"},
        {"{\"User\":{\"Id\":\"7\"}}", "MaskedUser"},
        {"{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"A\",\"UserName\":\"***\"}}",
         "MaskedUser"},
        {"{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"A\",\"Name\":[]}}",
         "UnexpectedType"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial trial;

        start_fetching(&trial, MODE_APPLY, cells);
        assert_int_equal(respond(&trial, 200, cases[i].body), TASK_FINISH);
        assert_status(&trial, STATUS_FAILED);
        assert_string_equal(trial.task->result.outcome.last.name,
                            cases[i].name);
        assert_false(trial.task->result.outcome.retryable);
        assert_null(trial.task->result.user);
        end_trial(&trial);
    }
}

/* A request that is too large must fail the rows, without changed columns. */
static void test_requests_too_large(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;

    (void)state;
    start_trial(&trial, MODE_APPLY, cells);
    buffer_free(&trial.request.body);
    buffer_init(&trial.request.body, 5);
    assert_int_equal(user_task_start(trial.task, &trial.request), TASK_FINISH);
    assert_status(&trial, STATUS_FAILED);
    assert_string_equal(trial.task->result.outcome.last.name,
                        "RequestTooLarge");
    assert_int_equal(trial.task->result.outcome.attempts, 0);
    end_trial(&trial);

    start_fetching(&trial, MODE_APPLY, cells);
    buffer_free(&trial.request.body);
    buffer_init(&trial.request.body, 20);
    assert_int_equal(respond(&trial, 200, good_user), TASK_FINISH);
    assert_status(&trial, STATUS_FAILED);
    assert_string_equal(trial.task->result.outcome.last.name,
                        "RequestTooLarge");
    assert_true(trial.task->result.outcome.changed == 0);
    assert_false(trial.task->result.outcome.retryable);
    assert_int_equal(trial.task->result.outcome.attempts, 1);
    end_trial(&trial);
}

/* Attempts must count the requests that were sent, and a call without any as
 * one attempt. */
static void test_attempts(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct http_response response = make_response(200, good_user);
    struct trial trial;

    (void)state;
    start_fetching(&trial, MODE_APPLY, cells);
    response.sends = 3; /* libcurl may repeat a GetUser by itself */
    assert_int_equal(respond_with(&trial, &response), TASK_SEND);
    assert_int_equal(trial.task->result.outcome.attempts, 3);
    response = make_response(0, "");
    response.failure = HTTP_CONNECT_FAILED;
    response.sent = false;
    response.sends = 0;
    assert_int_equal(respond_with(&trial, &response), TASK_WAIT);
    assert_int_equal(trial.task->result.outcome.attempts, 4);
    end_trial(&trial);
}

/* A task that is not finished must be freed with everything it owns. */
static void test_frees_in_every_state(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;

    (void)state;
    user_task_free(NULL);
    start_trial(&trial, MODE_APPLY, cells);
    end_trial(&trial);
    start_fetching(&trial, MODE_APPLY, cells);
    end_trial(&trial);
    start_updating(&trial, cells);
    assert_non_null(trial.task->result.user);
    end_trial(&trial);
}

/* ---- redacted messages ---------------------------------------------
 */

/* Values of the rows and of the user must be redacted in the service's
 * messages, longer ones first. */
static void test_redacts_values(void **state)
{
    static const struct {
        const char *cells[3];
        const char *message, *redacted;
    } cases[] = {
        {{"City=Ulm"}, "'Ulm' is no city", "'***' is no city"},
        {{"City=Ulm", "City=Jena"}, "Ulm, Jena", "***, ***"},
        {{"City=Ann|FirstName=Annabel"}, "Annabel or Ann", "*** or ***"},
        {{"City=Annabel|FirstName=Ann"}, "Annabel or Ann", "*** or ***"},
        {{"City=Ulm"}, "the Chief Archivist", "the ***"},
        {{"City=Ulm"}, "ann.lee@example.com may not", "*** may not"},
        {{"City=|Fax=+49 1"}, "no fax +49 1", "no fax ***"},
        {{"City=Ulm"}, "CustomerId 5 is wrong", "CustomerId 5 is wrong"},
        {{"City=Ulm"}, "nothing of it", "nothing of it"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct trial trial;
        char body[512];

        (void)snprintf(body, sizeof(body),
                       "{\"Errors\":[{\"Code\":201,\"Message\":\"%s\"}]}",
                       cases[i].message);
        start_updating(&trial, cases[i].cells);
        assert_int_equal(respond(&trial, 400, body), TASK_FINISH);
        assert_string_equal(trial.task->result.outcome.last.text,
                            cases[i].redacted);
        assert_string_equal(trial.task->result.outcome.last.name,
                            "ApiInputValidationError");
        end_trial(&trial);
    }
}

/* Values of a row must be redacted in GetUser's messages, too. */
static void test_redacts_values_of_get(void **state)
{
    static const char *const cells[] = {"City=Bad Homburg", NULL};
    struct trial trial;

    (void)state;
    start_fetching(&trial, MODE_APPLY, cells);
    assert_int_equal(
        respond(&trial, 400,
                "{\"OperationErrors\":[{\"Code\":1001,\"Message\":\"a Bad "
                "Homburg b\"}]}"),
        TASK_FINISH);
    assert_string_equal(trial.task->result.outcome.last.text, "a *** b");
    end_trial(&trial);
}

/* The values that an update replaces must be redacted in its error, too. */
static void test_redacts_replaced_values(void **state)
{
    static const char *const cells[] = {"City=Ulm|JobTitle=Clerk", NULL};
    struct trial trial;

    (void)state;
    start_updating(&trial, cells);
    assert_int_equal(respond(&trial, 400,
                             "{\"Errors\":[{\"Code\":201,\"Message\":\"from "
                             "Bonn to Ulm, no Archivist\"}]}"),
                     TASK_FINISH);
    assert_string_equal(trial.task->result.outcome.last.text,
                        "from *** to ***, no ***");
    end_trial(&trial);
}

/* The values of the user as last fetched must be redacted if a later GetUser
 * fails. */
static void test_redacts_values_fetched_before(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;

    (void)state;
    start_updating(&trial, cells);
    assert_int_equal(respond(&trial, 503, "no"), TASK_WAIT);
    assert_int_equal(user_task_resume(trial.task, &trial.request, 0),
                     TASK_SEND);
    (void)respond(&trial, 400,
                  "{\"Errors\":[{\"Code\":106,\"Message\":\"not the Chief "
                  "Archivist in Bonn\"}]}");
    assert_string_equal(trial.task->result.outcome.last.text,
                        "not the *** in ***");
    end_trial(&trial);
}

/* With raw messages, values of users must stay. */
static void test_raw_messages(void **state)
{
    static const char *const cells[] = {"City=Ulm", NULL};
    struct trial trial;

    (void)state;
    start_updating(&trial, cells);
    trial.environment.raw_messages = true;
    assert_int_equal(
        respond(&trial, 400,
                "{\"Errors\":[{\"Code\":201,\"Message\":\"not Ulm\"}]}"),
        TASK_FINISH);
    assert_string_equal(trial.task->result.outcome.last.text, "not Ulm");
    end_trial(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_updates),
        cmocka_unit_test(test_unchanged),
        cmocka_unit_test(test_dry_run),
        cmocka_unit_test(test_reconcile),
        cmocka_unit_test(test_export),
        cmocka_unit_test(test_export_of_clear_token),
        cmocka_unit_test(test_conflict),
        cmocka_unit_test(test_own_write_is_no_conflict),
        cmocka_unit_test(test_get_fails),
        cmocka_unit_test(test_update_fails),
        cmocka_unit_test(test_unknown_not_applied),
        cmocka_unit_test(test_unknown_in_outage),
        cmocka_unit_test(test_stale_after_refusal),
        cmocka_unit_test(test_unknown_applied),
        cmocka_unit_test(test_response_of_the_past),
        cmocka_unit_test(test_unknown_written),
        cmocka_unit_test(test_unknown_overtaken),
        cmocka_unit_test(test_unknown_without_retries),
        cmocka_unit_test(test_resumed),
        cmocka_unit_test(test_resumed_and_normalized),
        cmocka_unit_test(test_resumed_and_written),
        cmocka_unit_test(test_resumed_and_read_old),
        cmocka_unit_test(test_who_wrote),
        cmocka_unit_test(test_number_of_a_value),
        cmocka_unit_test(test_stale_again_and_again),
        cmocka_unit_test(test_conflict_of_stale),
        cmocka_unit_test(test_defer),
        cmocka_unit_test(test_retries_used_up),
        cmocka_unit_test(test_early_success_is_no_proof),
        cmocka_unit_test(test_own_success_is_no_proof),
        cmocka_unit_test(test_no_row_fails_in_an_outage),
        cmocka_unit_test(test_stop_keeps_reason),
        cmocka_unit_test(test_untrusted_users),
        cmocka_unit_test(test_requests_too_large),
        cmocka_unit_test(test_attempts),
        cmocka_unit_test(test_frees_in_every_state),
        cmocka_unit_test(test_redacts_values),
        cmocka_unit_test(test_redacts_values_of_get),
        cmocka_unit_test(test_redacts_replaced_values),
        cmocka_unit_test(test_redacts_values_fetched_before),
        cmocka_unit_test(test_raw_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
