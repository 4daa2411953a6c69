/*
 * Whole dispatches against a service that hides what became of an update: it
 * loses requests and responses, applies late, returns old versions, changes the
 * form of values, or has stamps that do not change.
 */
#include "fake_dispatch.h"

#define SECOND INT64_C(1000)
#define LATE   (5 * SECOND)  /* an update is applied so long after its 504 */
#define SETTLE (60 * SECOND) /* --timeout */

/* How the service of a test behaves. */
struct behaviour {
    unsigned lost_requests;  /* the first updates return 504 and get lost */
    unsigned late;           /* the first updates return 504, and are applied
                                later */
    unsigned lost_responses; /* the first updates are applied and return 504 */
    unsigned refusals;       /* a 504; the next updates are refused for their
                                value */
    int64_t lag;             /* for so long GetUser returns the old version */
    bool uppercase;          /* the service changes the case of values */
    bool coarse;             /* stamps and times do not change */
    const char *other;       /* after the first update, others set this City */
};

struct outcome_seen {
    enum status status;
    bool retryable;
    int64_t at; /* milliseconds */
    struct api_error error;
};

struct fixture {
    struct fake_dispatch fake;
    struct behaviour behaviour;
    struct fake_user old;  /* the version of user 1 before the last update */
    int64_t replaced;      /* when */
    struct fake_call late; /* applied when it is due */
    int64_t due;           /* 0: none */
    unsigned sent;         /* updates of user 1 that arrived */
    int64_t last_sent;
    struct outcome_seen seen;
    bool done;
};

/* ---- the service --------------------------------------------------------- */

static void apply(struct fixture *fixture, const struct fake_call *call,
                  struct fake_response *response)
{
    struct fake_user *user = &fixture->fake.service.users[1];
    struct fake_user old = *user;

    fake_update_user(&fixture->fake.service, 1, call, response);
    if (response->status != 200)
        return;
    fixture->old = old;
    fixture->replaced = fake_ms(&fixture->fake.service.network);
    if (fixture->behaviour.uppercase)
        for (char *letter = user->city; *letter; letter++)
            *letter = (char)(*letter >= 'a' ? *letter - 32 : *letter);
}

/* The number of the version, which is below 10, is hidden in stamp and time. */
static void hide_version(struct fake_response *response)
{
    static const char *const places[] = {"\"TimeStamp\":\"T", "03:04:0"};

    for (size_t i = 0; i < COUNT(places); i++) {
        char *found = strstr(response->body, places[i]);

        if (found)
            found[strlen(places[i])] = '0';
    }
}

static void get(struct fixture *fixture, struct fake_response *response)
{
    struct fake_user *user = &fixture->fake.service.users[1];
    struct fake_user present = *user;
    int64_t now = fake_ms(&fixture->fake.service.network);

    if (fixture->replaced && now - fixture->replaced < fixture->behaviour.lag)
        *user = fixture->old;
    fake_get_user(&fixture->fake.service, 1, response);
    if (fixture->behaviour.coarse)
        hide_version(response);
    *user = present;
}

/* With coarse stamps, the service accepts those of any version. */
static void accept_stamps(struct fixture *fixture, struct fake_call *call)
{
    char *stamp = strstr(call->body, "\"T0\"");

    if (fixture->behaviour.coarse && stamp)
        stamp[2] = (char)('0' + fixture->fake.service.users[1].updates);
}

static void update(struct fixture *fixture, const struct fake_call *sent,
                   struct fake_response *response)
{
    struct behaviour *behaviour = &fixture->behaviour;
    struct fake_call call = *sent;
    struct fake_user *user = &fixture->fake.service.users[1];
    unsigned number = fixture->sent++;

    fixture->last_sent = sent->sent;
    accept_stamps(fixture, &call);
    if (number < behaviour->late) {
        fixture->late = call;
        fixture->due = fake_ms(&fixture->fake.service.network) + LATE;
    } else if (number < behaviour->lost_responses) {
        apply(fixture, &call, response);
    } else if (behaviour->refusals && number > 0) {
        fake_fail(response, 400, 201, "ApiInputValidationError");
        return;
    } else if (number >= behaviour->lost_requests && !behaviour->refusals) {
        apply(fixture, &call, response);
        if (response->status == 200 && behaviour->coarse)
            hide_version(response);
        return;
    }
    if (behaviour->other) {
        (void)snprintf(user->city, sizeof(user->city), "%s", behaviour->other);
        user->updates++;
    }
    response->status = 504;
    *response->body = '\0';
}

static void apply_late(struct fixture *fixture)
{
    struct fake_response response = {.status = 200};

    if (fixture->due == 0 ||
        fake_ms(&fixture->fake.service.network) < fixture->due)
        return;
    fixture->due = 0;
    apply(fixture, &fixture->late, &response);
}

static bool intercept(struct fake_service *service,
                      const struct fake_call *call, unsigned id,
                      struct fake_response *response)
{
    struct fixture *fixture = service->context;

    if (id != 1)
        return false;
    apply_late(fixture);
    if (fake_is_update(call))
        update(fixture, call, response);
    else
        get(fixture, response);
    return true;
}

/* ---- a dispatch ---------------------------------------------------------- */

static int take_done(void *context, struct user_task *task, struct error *error)
{
    struct fixture *fixture = context;

    (void)error;
    if (strcmp(task->result.group->key, "1") != 0) {
        fake_end_task(task);
        return 0;
    }
    fixture->seen = (struct outcome_seen){
        .status = task->result.outcome.status,
        .retryable = task->result.outcome.retryable,
        .at = fake_ms(&fixture->fake.service.network),
        .error = task->result.outcome.last,
    };
    fixture->done = true;
    fake_end_task(task);
    return 0;
}

static int take_released(void *context, struct user_task *task,
                         const struct error *why, struct error *error)
{
    (void)context;
    (void)error;
    fake_end_task(task);
    fail_msg("the run stops: %s", why ? why->text : "");
    return -1;
}

static int set_up(void **state)
{
    static struct fixture fixture;

    memset(&fixture, 0, sizeof(fixture));
    fake_dispatch_init(&fixture.fake);
    fixture.fake.service.intercept = intercept;
    fixture.fake.service.context = &fixture;
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    dispatch_free(fixture->fake.dispatch);
    return 0;
}

static void open_dispatch(struct fixture *fixture,
                          const struct behaviour *behaviour, unsigned retries)
{
    static const struct dispatch_handler handler = {.done = take_done,
                                                    .released = take_released};

    fixture->behaviour = *behaviour;
    fixture->fake.options.retries = retries;
    fake_dispatch_open(&fixture->fake, &handler, fixture);
}

/* Processes a row of user 1. After each of its updates another user is updated,
 * which shows that the service works. */
static enum status process(struct fixture *fixture, const char *cells)
{
    unsigned others = fixture->sent;

    fake_begin(fixture->fake.dispatch, 1, "1", cells);
    fixture->done = false;
    while (!fixture->done || !dispatch_is_idle(fixture->fake.dispatch)) {
        if (others < fixture->sent)
            fake_begin(fixture->fake.dispatch, 1, "2",
                       ++others % 2 ? "City=Ulm" : "City=Bonn");
        if (dispatch_turn(fixture->fake.dispatch, &fixture->fake.error) ||
            dispatch_wait(fixture->fake.dispatch, NULL, 0, 1000,
                          &fixture->fake.error))
            fail_msg("%s", fixture->fake.error.text);
    }
    return fixture->seen.status;
}

static void assert_status(enum status status, enum status expected)
{
    assert_string_equal(status_name(status), status_name(expected));
}

/* ---- updates without a response ------------------------------------------ */

/* An update that was applied must be Updated, and be applied once, however the
 * service hides it. */
static void test_applied(void **state)
{
    static const struct behaviour behaviours[] = {
        {.lost_responses = 1},
        {.lost_responses = 1, .uppercase = true},
        {.lost_responses = 1, .coarse = true},
        {.lost_responses = 1, .lag = 3 * SECOND},
        {.lost_responses = 1, .lag = 50 * SECOND},
        {.lost_responses = 1, .lag = 50 * SECOND, .uppercase = true},
        {.late = 1},
        {.late = 1, .uppercase = true},
        {.late = 1, .lag = 20 * SECOND},
        {.late = 1, .coarse = true},
        {.late = 2},
        {.late = 2, .lag = 20 * SECOND},
        {.lost_responses = 2, .lag = 50 * SECOND},
    };
    static const unsigned retries[] = {0, 1, 8};

    for (size_t i = 0; i < COUNT(behaviours) * COUNT(retries); i++) {
        struct fixture *fixture;
        const struct behaviour *behaviour = &behaviours[i / COUNT(retries)];

        (void)set_up(state);
        fixture = *state;
        open_dispatch(fixture, behaviour, retries[i % COUNT(retries)]);
        assert_status(process(fixture, "City=Ulm"), STATUS_UPDATED);
        assert_string_equal(fixture->fake.service.users[1].city,
                            behaviour->uppercase ? "ULM" : "Ulm");
        if (!behaviour->coarse)
            assert_int_equal(fixture->fake.service.users[1].updates, 1);
        /* A failure is final if others have passed since the first one. */
        if (retries[i % COUNT(retries)] < 2)
            assert_in_range(fixture->sent, 1, 2);
        (void)tear_down(state);
        fixture->fake.dispatch = NULL;
    }
}

/* An update whose request was lost must be sent again, and be applied once. */
static void test_lost_request(void **state)
{
    struct fixture *fixture = *state;

    open_dispatch(fixture, &(struct behaviour){.lost_requests = 2}, 8);
    assert_status(process(fixture, "City=Ulm"), STATUS_UPDATED);
    assert_int_equal(fixture->sent, 3);
    assert_int_equal(fixture->fake.service.users[1].updates, 1);
}

/* If the retries are used up, the rows must be Unknown, after a read that came
 * --timeout after the last update. */
static void test_retries_used_up(void **state)
{
    struct fixture *fixture = *state;

    open_dispatch(fixture, &(struct behaviour){.lost_requests = 100}, 2);
    assert_status(process(fixture, "City=Ulm"), STATUS_UNKNOWN);
    assert_true(fixture->seen.retryable);
    assert_int_equal(fixture->seen.error.http_status, 504);
    assert_int_equal(fixture->sent, 3);
    assert_in_range(fixture->seen.at - fixture->last_sent, SETTLE, 2 * SETTLE);
}

/* If others have written after the update, the rows must be Unknown, and the
 * others' value must stay. */
static void test_overwritten(void **state)
{
    static const struct behaviour behaviours[] = {
        {.lost_responses = 1, .other = "Graz"},
        {.lost_requests = 1, .other = "Graz"},
    };

    for (size_t i = 0; i < COUNT(behaviours); i++) {
        struct fixture *fixture;

        (void)set_up(state);
        fixture = *state;
        open_dispatch(fixture, &behaviours[i], 8);
        assert_status(process(fixture, "City=Ulm"), STATUS_UNKNOWN);
        assert_int_equal(fixture->sent, 1);
        assert_string_equal(fixture->fake.service.users[1].city, "Graz");
        assert_in_range(fixture->seen.at - fixture->last_sent, SETTLE,
                        2 * SETTLE);
        (void)tear_down(state);
        fixture->fake.dispatch = NULL;
    }
}

/* Values that others have normalized must not count as the update's if it
 * changed nothing but the case. */
static void test_only_the_case(void **state)
{
    struct fixture *fixture = *state;

    open_dispatch(fixture,
                  &(struct behaviour){.lost_requests = 1, .other = "bonn"}, 8);
    assert_status(process(fixture, "City=BONN"), STATUS_UNKNOWN);
    assert_int_equal(fixture->sent, 1);
}

/* If a copy of the update is refused for its value, the rows must be Failed;
 * but not before the first copy can no longer be applied. */
static void test_refused_copy(void **state)
{
    struct fixture *fixture = *state;

    open_dispatch(fixture, &(struct behaviour){.refusals = 1}, 8);
    assert_status(process(fixture, "City=Ulm"), STATUS_FAILED);
    assert_int_equal(fixture->seen.error.code, 201);
    assert_false(fixture->seen.retryable);
    assert_int_equal(fixture->sent, 2);
    assert_in_range(fixture->seen.at - fixture->last_sent, SETTLE, 2 * SETTLE);
}

/* ---- stale reads --------------------------------------------------------- */

/* A later row of a user must not be compared with a version that this run has
 * replaced: it would be called Unchanged. */
static void test_stale_read(void **state)
{
    static const int64_t lags[] = {100, 3 * SECOND, 50 * SECOND};

    for (size_t i = 0; i < COUNT(lags); i++) {
        struct fixture *fixture;

        (void)set_up(state);
        fixture = *state;
        open_dispatch(fixture, &(struct behaviour){.lag = lags[i]}, 8);
        assert_status(process(fixture, "City=Ulm"), STATUS_UPDATED);
        assert_status(process(fixture, "City=Bonn"), STATUS_UPDATED);
        assert_string_equal(fixture->fake.service.users[1].city, "Bonn");
        assert_int_equal(fixture->fake.service.users[1].updates, 2);
        assert_status(process(fixture, "City=Bonn"), STATUS_UNCHANGED);
        assert_status(process(fixture, "City=Ulm"), STATUS_UPDATED);
        assert_int_equal(fixture->fake.service.users[1].updates, 3);
        (void)tear_down(state);
        fixture->fake.dispatch = NULL;
    }
}

/* A replica that never catches up must fail the row, which can be retried. */
static void test_stale_for_ever(void **state)
{
    struct fixture *fixture = *state;

    open_dispatch(fixture, &(struct behaviour){.lag = INT64_MAX}, 8);
    assert_status(process(fixture, "City=Ulm"), STATUS_UPDATED);
    assert_status(process(fixture, "City=Bonn"), STATUS_FAILED);
    assert_string_equal(fixture->seen.error.name, "StaleRead");
    assert_true(fixture->seen.retryable);
    assert_int_equal(fixture->sent, 1);
    assert_in_range(fixture->seen.at - fixture->last_sent, SETTLE, 2 * SETTLE);
}

/* A resumed run must not compare a row with a version that an earlier part of
 * the run has replaced. */
static void test_stale_read_after_resume(void **state)
{
    const struct sent sent = {.stamps = "T0 A",
                              .last_modified = "2026-01-02T03:04:00"};
    struct fixture *fixture = *state;
    struct fake_user *user = &fixture->fake.service.users[1];

    fixture->old = *user;
    fixture->replaced = fake_ms(&fixture->fake.service.network);
    *user = (struct fake_user){.city = "Ulm", .updates = 1};
    open_dispatch(fixture, &(struct behaviour){.lag = 3 * SECOND}, 8);
    dispatch_add_update(fixture->fake.dispatch, "1", &sent);
    assert_status(process(fixture, "City=Bonn"), STATUS_UPDATED);
    assert_string_equal(user->city, "Bonn");
}

/* After an update with unknown outcome, or one that did not change the stamps,
 * a user with the values of a later row must be read again before it is
 * Unchanged. */
static void test_stale_read_after_unknown(void **state)
{
    static const struct behaviour behaviours[] = {
        {.lost_responses = 1, .lag = 70 * SECOND},
        {.coarse = true, .lag = 50 * SECOND},
    };

    for (size_t i = 0; i < COUNT(behaviours); i++) {
        struct fixture *fixture;

        (void)set_up(state);
        fixture = *state;
        open_dispatch(fixture, &behaviours[i], 0);
        assert_status(process(fixture, "City=Ulm"),
                      i == 0 ? STATUS_UNKNOWN : STATUS_UPDATED);
        assert_status(process(fixture, "City=Bonn"), STATUS_UPDATED);
        assert_string_equal(fixture->fake.service.users[1].city, "Bonn");
        (void)tear_down(state);
        fixture->fake.dispatch = NULL;
    }
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_applied),
        TEST(test_lost_request),
        TEST(test_retries_used_up),
        TEST(test_overwritten),
        TEST(test_only_the_case),
        TEST(test_refused_copy),
        TEST(test_stale_read),
        TEST(test_stale_for_ever),
        TEST(test_stale_read_after_resume),
        TEST(test_stale_read_after_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
