/*
 * Whole dispatches with a shared budget, on a store of the test.
 */
#include "fake_dispatch.h"

#include "cli/budget_url.h"
#include "files.h"

/* It replies in the next turn. */
struct store {
    struct budget_store base; /* first: its address is that of the whole */
    struct budget_request request;
    bool asked;
    enum budget_event event; /* of each request */
    unsigned calls;          /* of a lease, at most */
    uint64_t stops;
    int64_t pause;
    bool heard_stop;
};

struct fixture {
    struct fake_dispatch fake;
    void *directory;
    struct budget_url url;
};

static struct store store;

static void ask(struct budget_store *base, const struct budget_request *request)
{
    (void)base;
    store.request = *request;
    store.heard_stop = store.heard_stop || request->stopped;
    store.asked = true;
}

static enum budget_event take(struct budget_store *base,
                              struct budget_reply *reply, struct error *error)
{
    unsigned wanted = store.request.wanted;

    (void)base;
    if (!store.asked)
        return BUDGET_NOTHING;
    store.asked = false;
    if (store.event != BUDGET_REPLY)
        (void)error_set(error, ERROR_USAGE, "the store's reason");
    *reply = (struct budget_reply){
        .calls = wanted < store.calls ? wanted : store.calls,
        .first = store.request.spacing,
        .stops = store.stops,
        .pause = store.pause,
    };
    return store.event;
}

static void close_store(struct budget_store *base)
{
    (void)base;
    store.asked = false;
}

static void poll_store(const struct budget_store *base, struct pollfd *fd)
{
    (void)base;
    *fd = (struct pollfd){.fd = -1};
}

static void free_store(struct budget_store *base)
{
    (void)base;
}

static const struct budget_store_functions functions = {
    .ask = ask,
    .take = take,
    .close = close_store,
    .poll = poll_store,
    .free = free_store,
};

static struct budget_store *open_store(const struct budget_place *place,
                                       struct error *error)
{
    (void)error;
    assert_string_equal(place->host, "redis.example");
    assert_string_equal(place->where, "redis.example:6379");
    assert_string_equal(place->key, "contoso");
    assert_null(place->user);
    assert_int_equal(strlen(place->process), 16);
    store.base.functions = &functions;
    return &store.base;
}

/* ---- a dispatch ---------------------------------------------------------- */

static int take_done(void *context, struct user_task *task, struct error *error)
{
    (void)context;
    (void)error;
    fake_end_task(task);
    return 0;
}

static int take_released(void *context, struct user_task *task,
                         const struct error *why, struct error *error)
{
    (void)why;
    return take_done(context, task, error);
}

static int set_up(void **state)
{
    static struct fixture fixture;
    void *directory;

    if (enter_directory(&directory))
        return -1;
    memset(&fixture, 0, sizeof(fixture));
    fixture.directory = directory;
    store = (struct store){.event = BUDGET_REPLY, .calls = 1};
    fake_dispatch_init(&fixture.fake);
    fixture.fake.platform.open_budget = open_store;
    fixture.url = (struct budget_url){
        .host = "redis.example", .port = 6379, .key = "contoso"};
    fixture.fake.options.budget = &fixture.url;
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    dispatch_abandon(fixture->fake.dispatch);
    dispatch_free(fixture->fake.dispatch);
    return leave_directory(&fixture->directory);
}

static void open_dispatch(struct fixture *fixture, unsigned rate)
{
    static const struct dispatch_handler handler = {.done = take_done,
                                                    .released = take_released};

    fixture->fake.options.rate = rate;
    fixture->fake.options.rate_window = 60;
    fake_dispatch_open(&fixture->fake, &handler, NULL);
}

/* Processes users for so many milliseconds. */
static int pass(struct fixture *fixture, int64_t milliseconds)
{
    static unsigned user;
    int64_t end = fake_ms(&fixture->fake.service.network) + milliseconds;
    char key[16];

    while (fake_ms(&fixture->fake.service.network) < end) {
        if (dispatch_turn(fixture->fake.dispatch, &fixture->fake.error))
            return -1;
        while (dispatch_has_room(fixture->fake.dispatch)) {
            (void)snprintf(key, sizeof(key), "%u", ++user % FAKE_USERS + 1);
            fake_begin(fixture->fake.dispatch, 1, key, "City=Ulm");
        }
        if (dispatch_wait(fixture->fake.dispatch, NULL, 0, 100,
                          &fixture->fake.error))
            return -1;
    }
    return 0;
}

static struct waiting_fact waits_for(const struct fixture *fixture,
                                     enum waiting_reason reason)
{
    struct waiting_fact facts[WAITING_REASONS];

    dispatch_find_waits(fixture->fake.dispatch, facts);
    return facts[reason];
}

/* By a second: the budget is 60 calls a minute. */
static void assert_calls_are_apart(const struct fake_network *network)
{
    for (unsigned i = 1; i < network->count; i++)
        assert_true(network->calls[i].sent - network->calls[i - 1].sent > 1000);
}

/* ---- tests --------------------------------------------------------------- */

/* Each call must wait for its time, whatever its kind. */
static void test_lease(void **state)
{
    struct fixture *fixture = *state;
    const struct fake_network *network = &fixture->fake.service.network;

    open_dispatch(fixture, 60);
    assert_int_equal(pass(fixture, 30000), 0);
    assert_true(fixture->fake.service.updates > 5);
    assert_in_range(network->count, 25, 30);
    assert_calls_are_apart(network);
    assert_false(waits_for(fixture, WAITING_BUDGET).holds);
}

/* If the calls of a run are far apart because others use the budget, this must
 * be a reason to wait, with the time of the next call. */
static void test_wait(void **state)
{
    struct fixture *fixture = *state;
    struct waiting_fact fact;

    open_dispatch(fixture, 6);
    assert_int_equal(pass(fixture, 15000), 0);
    fact = waits_for(fixture, WAITING_BUDGET);
    assert_true(fact.holds);
    assert_string_equal(fact.where, "contoso");
    assert_in_range(fact.until - fake_ms(&fixture->fake.service.network), 1,
                    11000);
    assert_true(fact.per_minute > 5.99 && fact.per_minute < 6.01);
}

/* A store that rejects the first request must stop the run before any call. */
static void test_rejected(void **state)
{
    struct fixture *fixture = *state;

    store.event = BUDGET_REJECTED;
    open_dispatch(fixture, 6);
    assert_int_equal(pass(fixture, 15000), -1);
    assert_int_equal(fixture->fake.error.kind, ERROR_USAGE);
    assert_int_equal(fixture->fake.service.network.count, 0);
}

/* Without the store, the run must wait for a window and then continue. */
static void test_away(void **state)
{
    struct fixture *fixture = *state;
    struct waiting_fact fact;

    store.event = BUDGET_LOST;
    fixture->fake.options.shards = 4;
    open_dispatch(fixture, 240);
    assert_int_equal(pass(fixture, 59000), 0);
    assert_int_equal(fixture->fake.service.network.count, 0);
    fact = waits_for(fixture, WAITING_STORE);
    assert_true(fact.holds && fact.at_once);
    assert_string_equal(fact.where, "redis.example:6379");
    assert_string_equal(fact.failure, "the store's reason");
    assert_true(fact.per_minute > 59.99 && fact.per_minute < 60.01);
    assert_int_equal(pass(fixture, 60000), 0);
    assert_in_range(fixture->fake.service.network.count, 50, 60);
    store.event = BUDGET_REPLY;
    assert_int_equal(pass(fixture, 6000), 0);
    assert_false(waits_for(fixture, WAITING_STORE).holds);
}

static bool fail_at_first(struct fake_service *service,
                          const struct fake_call *call, unsigned id,
                          struct fake_response *response)
{
    static const char token[] = "{\"token_type\":\"Bearer\",\"expires_in\":20,"
                                "\"access_token\":\"GRANTED\"}";
    unsigned *tokens = service->context;

    (void)id;
    if (call->target == HTTP_TOKEN) {
        ++*tokens;
        memcpy(response->body, token, sizeof(token));
        return true;
    }
    fake_fail(response, 500, 0, "InternalError");
    return service->network.count % 2 == 0;
}

/* A retry and a token call must wait for their time, too. */
static void test_retries_and_tokens(void **state)
{
    static char token_url[] = "https://token.example", file[] = "refresh";
    static char client_id[] = "client";
    struct fixture *fixture = *state;
    struct credentials *credentials = &fixture->fake.credentials;
    unsigned tokens = 0;

    make_file(file, "old", 0600);
    credentials->access_token = NULL;
    credentials->token_url = token_url;
    credentials->refresh_file = file;
    credentials->client_id = client_id;
    fixture->fake.service.intercept = fail_at_first;
    fixture->fake.service.context = &tokens;
    open_dispatch(fixture, 60);
    assert_int_equal(pass(fixture, 60000), 0);
    assert_true(tokens > 2);
    assert_true(fixture->fake.tally.retries > 2);
    assert_calls_are_apart(&fixture->fake.service.network);
}

static bool refuse(struct fake_service *service, const struct fake_call *call,
                   unsigned id, struct fake_response *response)
{
    (void)service;
    (void)call;
    (void)id;
    fake_fail(response, 429, 117, "CallRateExceeded");
    response->retry_after = 20000;
    return true;
}

/* If refused calls stop all calls, the store must learn of it. */
static void test_stop(void **state)
{
    struct fixture *fixture = *state;

    fixture->fake.service.intercept = refuse;
    open_dispatch(fixture, 0);
    assert_int_equal(pass(fixture, 1000), 0);
    assert_true(store.heard_stop);
    assert_true(waits_for(fixture, WAITING_PAUSE).holds);
}

/* A stop of others must stop all calls, and be a pause like any other. */
static void test_stop_by_others(void **state)
{
    struct fixture *fixture = *state;
    unsigned count;

    fixture->fake.service.network.endless = true;
    open_dispatch(fixture, 0);
    assert_int_equal(pass(fixture, 2000), 0);
    assert_true(fixture->fake.service.network.count > 0);
    store.stops = 1;
    store.pause = 20000000;
    assert_int_equal(pass(fixture, 1000), 0);
    store.pause = 0;
    count = fixture->fake.service.network.count;
    assert_int_equal(pass(fixture, 18000), 0);
    assert_int_equal(fixture->fake.service.network.count, count);
    assert_true(waits_for(fixture, WAITING_PAUSE).holds);
    assert_int_equal(pass(fixture, 5000), 0);
    assert_true(fixture->fake.service.network.count > count);
    assert_true(dispatch_per_minute(fixture->fake.dispatch) > 0);
    assert_false(store.heard_stop);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_lease),          TEST(test_retries_and_tokens),
        TEST(test_wait),           TEST(test_rejected),
        TEST(test_away),           TEST(test_stop),
        TEST(test_stop_by_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
