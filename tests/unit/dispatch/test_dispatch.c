#include "fake_dispatch.h"

#include "base/secret_file.h"
#include "files.h"
#include "journal/recovery.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)

#define JOURNAL "out.csv.journal"
#define REFRESH "refresh"

/* ---- a dispatch, and what became of its users ---------------------------- */

/* By user's Id. */
struct seen {
    unsigned done;
    unsigned released;
    enum status status;
    bool stops; /* released with a reason */
    enum error_kind why;
    int64_t at; /* milliseconds */
};

struct fixture {
    struct fake_dispatch fake;
    void *directory;
    struct recovery *recovery;
    struct seen seen[FAKE_USERS + 1];
    unsigned done;
    unsigned released;
    unsigned next; /* the user to start next */
    unsigned last; /* to start at all */
    bool refuses;  /* to take a task that is released */
};

static struct seen *end_task(struct fixture *fixture, struct user_task *task)
{
    unsigned long id = strtoul(task->result.group->key, NULL, 10);
    struct seen *seen = &fixture->seen[id];

    seen->status = task->result.outcome.status;
    seen->at = fake_ms(&fixture->fake.service.network);
    fake_end_task(task);
    return seen;
}

static int take_done(void *context, struct user_task *task, struct error *error)
{
    struct fixture *fixture = context;

    (void)error;
    end_task(fixture, task)->done++;
    fixture->done++;
    return 0;
}

static int take_released(void *context, struct user_task *task,
                         const struct error *why, struct error *error)
{
    struct fixture *fixture = context;
    struct seen *seen = end_task(fixture, task);

    seen->released++;
    seen->stops = why != NULL;
    if (why)
        seen->why = why->kind;
    fixture->released++;
    return fixture->refuses
               ? error_set(error, ERROR_LOCAL, "disk %u", fixture->released)
               : 0;
}

static int set_up(void **state)
{
    static struct fixture fixture;
    void *directory;

    if (enter_directory(&directory))
        return -1;
    memset(&fixture, 0, sizeof(fixture));
    fixture.directory = directory;
    fake_dispatch_init(&fixture.fake);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    dispatch_free(fixture->fake.dispatch);
    recovery_free(fixture->recovery);
    return leave_directory(&fixture->directory);
}

/* Starts the dispatch, for users from 1 to last. */
static void open_dispatch(struct fixture *fixture, unsigned last)
{
    static const struct dispatch_handler handler = {.done = take_done,
                                                    .released = take_released};

    fake_dispatch_open(&fixture->fake, &handler, fixture);
    fixture->next = 1;
    fixture->last = last;
}

/* Starts the user with a row that moves them to Ulm. */
static void begin_user(struct fixture *fixture, unsigned id)
{
    char key[16];

    (void)snprintf(key, sizeof(key), "%u", id);
    fake_begin(fixture->fake.dispatch, id, key, "City=Ulm");
}

/* One turn of a run's loop. -1: the run stops. */
static int turn(struct fixture *fixture)
{
    if (dispatch_turn(fixture->fake.dispatch, &fixture->fake.error))
        return -1;
    while (fixture->next <= fixture->last &&
           dispatch_has_room(fixture->fake.dispatch))
        begin_user(fixture, fixture->next++);
    return dispatch_wait(fixture->fake.dispatch, NULL, 0, 1000,
                         &fixture->fake.error);
}

static void run_to_end(struct fixture *fixture)
{
    do {
        if (turn(fixture))
            fail_msg("%s", fixture->fake.error.text);
    } while (fixture->next <= fixture->last ||
             !dispatch_is_idle(fixture->fake.dispatch));
}

static void assert_all_updated(const struct fixture *fixture)
{
    assert_int_equal(fixture->done, fixture->last);
    assert_int_equal(fixture->released, 0);
    for (unsigned id = 1; id <= fixture->last; id++) {
        assert_int_equal(fixture->seen[id].done, 1);
        assert_int_equal(fixture->seen[id].status, STATUS_UPDATED);
        assert_int_equal(fixture->fake.service.users[id].updates, 1);
        assert_string_equal(fixture->fake.service.users[id].city, "Ulm");
    }
}

/* ---- without failures ---------------------------------------------------- */

/* A user must be fetched, then updated with the row's value, and be passed to
 * the handler once, as Updated. */
static void test_updates(void **state)
{
    struct fixture *fixture = *state;
    const struct fake_call *calls = fixture->fake.service.network.calls;

    open_dispatch(fixture, 1);
    assert_true(dispatch_is_idle(fixture->fake.dispatch));
    run_to_end(fixture);
    assert_all_updated(fixture);
    assert_int_equal(fixture->fake.service.network.count, 2);
    assert_int_equal(calls[0].method, HTTP_POST);
    assert_string_equal(calls[0].path, FAKE_GET);
    assert_string_equal(calls[0].body, "{\"UserId\":\"1\"}");
    assert_int_equal(calls[1].method, HTTP_PUT);
    assert_string_equal(calls[1].path, FAKE_UPDATE);
    assert_non_null(strstr(calls[1].body, "\"City\":\"Ulm\""));
    assert_non_null(strstr(calls[1].headers, "Authorization: Bearer ACCESS\n"));
    assert_int_equal(calls[1].sent - calls[0].sent, 10);
    assert_int_equal(fixture->fake.tally.calls, 2);
    assert_int_equal(fixture->fake.tally.retries, 0);
}

/* All slots must be used, and never more calls be in flight than --concurrency
 * allows. */
static void test_concurrency(void **state)
{
    struct fixture *fixture = *state;

    fixture->fake.options.concurrency = 3;
    open_dispatch(fixture, 20);
    run_to_end(fixture);
    assert_all_updated(fixture);
    assert_int_equal(fixture->fake.service.network.most_at_once, 3);
    assert_int_equal(fixture->fake.service.network.count, 40);
}

/* The calls must be --rate apart, however fast the service responds. */
static void test_rate(void **state)
{
    struct fixture *fixture = *state;
    const struct fake_network *network = &fixture->fake.service.network;
    int64_t time;

    fixture->fake.options.rate = 10;
    open_dispatch(fixture, 40);
    run_to_end(fixture);
    assert_all_updated(fixture);
    assert_int_equal(network->count, 80);
    for (unsigned i = 10; i < network->count; i++)
        assert_true(network->calls[i].sent - network->calls[i - 10].sent >=
                    SECOND);
    time = network->calls[79].sent - network->calls[0].sent;
    assert_true(time < 80 * SECOND / 10 * 11 / 10);
}

/* ---- calls that are repeated --------------------------------------------- */

static bool refuse_first_get(struct fake_service *service,
                             const struct fake_call *call, unsigned id,
                             struct fake_response *response)
{
    const int64_t *retry_after = service->context;

    (void)call;
    if (id != 1 || service->users[0].gets++ > 0)
        return false;
    fake_fail(response, 503, 0, "InternalError");
    response->retry_after = *retry_after;
    return true;
}

/* A call that failed must be repeated after the delay that the service asked
 * for, and other users' calls be sent meanwhile in its slot. */
static void test_retry(void **state)
{
    struct fixture *fixture = *state;
    const struct fake_network *network = &fixture->fake.service.network;
    int64_t retry_after = 5 * SECOND;
    int64_t delay;

    fixture->fake.service.intercept = refuse_first_get;
    fixture->fake.service.context = &retry_after;
    fixture->fake.options.concurrency = 1;
    open_dispatch(fixture, 3);
    run_to_end(fixture);
    assert_all_updated(fixture);
    assert_int_equal(network->count, 7);
    for (unsigned i = 1; i < 5; i++)
        assert_true(fake_id(&network->calls[i]) != 1);
    assert_int_equal(fake_id(&network->calls[5]), 1);
    assert_string_equal(network->calls[5].path, FAKE_GET);
    delay = network->calls[5].sent - (network->calls[0].sent + 10);
    assert_in_range(delay, retry_after, retry_after + 250);
    assert_true(fixture->seen[3].at < fixture->seen[1].at);
    assert_int_equal(fixture->fake.tally.calls, 7);
    assert_int_equal(fixture->fake.tally.retries, 1);
}

static bool refuse_at_once(struct fake_service *service,
                           const struct fake_call *call, unsigned id,
                           struct fake_response *response)
{
    unsigned on_wire = 0;

    (void)call;
    (void)id;
    for (unsigned i = 0; i < service->network.concurrency; i++)
        on_wire += service->network.slots[i].state == FAKE_ON_WIRE;
    if (on_wire <= 2)
        return false;
    fake_fail(response, 400, 207, "ConcurrentRequestOverLimit");
    service->users[0].gets++; /* counts the refusals */
    return true;
}

/* If the service refuses too many calls at once, the calls in flight must be
 * lowered to what it accepts, give or take one that tries for more; no user may
 * fail. */
static void test_too_many_at_once(void **state)
{
    struct fixture *fixture = *state;
    const struct fake_network *network = &fixture->fake.service.network;
    int64_t start;

    fixture->fake.service.intercept = refuse_at_once;
    fixture->fake.options.concurrency = 8;
    open_dispatch(fixture, 50);
    start = fake_ms(network);
    run_to_end(fixture);
    assert_all_updated(fixture);
    assert_int_equal(network->most_at_once, 8);
    for (unsigned i = 0; i < network->count; i++)
        if (network->calls[i].sent > start + 10)
            assert_true(network->calls[i].at_once <= 3);
    assert_in_range(fixture->fake.service.users[0].gets, 6, network->count / 4);
    assert_int_equal(fixture->fake.tally.retries,
                     fixture->fake.service.users[0].gets);
}

static bool fail_for_a_minute(struct fake_service *service,
                              const struct fake_call *call, unsigned id,
                              struct fake_response *response)
{
    const int64_t *end = service->context;

    (void)id;
    if (call->sent >= *end)
        return false;
    fake_fail(response, 503, 0, "InternalError");
    return true;
}

/* While the service as a whole fails, the calls must become probes, one at a
 * time; after that, no user may have failed for it. */
static void test_outage(void **state)
{
    struct fixture *fixture = *state;
    const struct fake_network *network = &fixture->fake.service.network;
    int64_t end = fake_ms(network) + MINUTE;
    unsigned probes = 0;

    fixture->fake.service.intercept = fail_for_a_minute;
    fixture->fake.service.context = &end;
    fixture->fake.options.concurrency = 10;
    open_dispatch(fixture, 150);
    run_to_end(fixture);
    assert_all_updated(fixture);
    for (unsigned i = 1; network->calls[i].sent < end; i++) {
        if (network->calls[i].sent < end - MINUTE + SECOND)
            continue; /* the retry budget is not used up yet */
        assert_int_equal(network->calls[i].at_once, 1);
        assert_true(network->calls[i].sent - network->calls[i - 1].sent >= 250);
        probes++;
    }
    assert_in_range(probes, 3, 30);
    assert_int_equal(network->most_at_once, 10);
}

static bool fail_always(struct fake_service *service,
                        const struct fake_call *call, unsigned id,
                        struct fake_response *response)
{
    (void)service;
    (void)call;
    (void)id;
    fake_fail(response, 503, 0, "InternalError");
    return true;
}

/* If no call succeeds for --give-up, the run must stop, naming the option and
 * the last failure. */
static void test_give_up(void **state)
{
    struct fixture *fixture = *state;
    const struct fake_network *network = &fixture->fake.service.network;
    int64_t start = fake_ms(network);

    fixture->fake.service.intercept = fail_always;
    fixture->fake.options.give_up = 2 * MINUTE;
    open_dispatch(fixture, 1);
    while (turn(fixture) == 0)
        assert_true(fake_ms(network) - start < 5 * MINUTE);
    assert_int_equal(fixture->fake.error.kind, ERROR_STOPPED);
    assert_non_null(strstr(fixture->fake.error.text, "for 2 min (--give-up)"));
    assert_non_null(strstr(fixture->fake.error.text, "InternalError"));
    assert_in_range(fake_ms(network) - start, 2 * MINUTE, 2 * MINUTE + SECOND);
    assert_true(network->count > 3);
    assert_int_equal(fixture->done, 0);
    dispatch_abandon(fixture->fake.dispatch);
    assert_int_equal(fixture->seen[1].released, 1);
}

/* ---- the sign-in --------------------------------------------------------- */

/* An access token that is refused several times and cannot be renewed must stop
 * the run. */
static void test_sign_in_refused(void **state)
{
    struct fixture *fixture = *state;

    fixture->fake.service.intercept = fake_refuse_token;
    open_dispatch(fixture, 1);
    run_to_end(fixture);
    assert_int_equal(fixture->fake.service.network.count, 4);
    assert_int_equal(fixture->done, 0);
    assert_int_equal(fixture->seen[1].released, 1);
    assert_true(fixture->seen[1].stops);
    assert_int_equal(fixture->seen[1].why, ERROR_SIGN_IN);
}

static bool grant_token(struct fake_service *service,
                        const struct fake_call *call, unsigned id,
                        struct fake_response *response)
{
    (void)service;
    (void)id;
    if (call->target != HTTP_TOKEN)
        return false;
    (void)snprintf(response->body, sizeof(response->body),
                   "{\"token_type\":\"Bearer\",\"expires_in\":3600,"
                   "\"access_token\":\"GRANTED\",\"refresh_token\":\"new\"}");
    response->latency = 300;
    return true;
}

static void use_refresh_token(struct fixture *fixture)
{
    static char token_url[] = "https://token.example", file[] = REFRESH;
    static char client_id[] = "client";

    make_file(REFRESH, "old", 0600);
    fixture->fake.service.intercept = grant_token;
    fixture->fake.credentials.access_token = NULL;
    fixture->fake.credentials.token_url = token_url;
    fixture->fake.credentials.refresh_file = file;
    fixture->fake.credentials.client_id = client_id;
}

/* With a refresh token, the token call must come first, and the users' calls
 * must be sent with the token that it brought. */
static void test_token_first(void **state)
{
    struct fixture *fixture = *state;
    const struct fake_call *calls = fixture->fake.service.network.calls;
    char saved[16] = "";
    int fd;

    use_refresh_token(fixture);
    open_dispatch(fixture, 5);
    assert_false(dispatch_has_room(fixture->fake.dispatch));
    run_to_end(fixture);
    assert_all_updated(fixture);
    assert_int_equal(fixture->fake.service.network.count, 11);
    assert_int_equal(calls[0].target, HTTP_TOKEN);
    assert_non_null(strstr(calls[0].body, "refresh_token=old"));
    for (unsigned i = 1; i < 11; i++) {
        assert_int_equal(calls[i].target, HTTP_SERVICE);
        assert_true(calls[i].sent >= calls[0].sent + 300);
        assert_non_null(
            strstr(calls[i].headers, "Authorization: Bearer GRANTED\n"));
    }
    fd = open(REFRESH, O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, saved, sizeof(saved) - 1), 4);
    assert_int_equal(close(fd), 0);
    assert_string_equal(saved, "new\n");
}

/* The first token is granted, for 1,000 s. Calls take 10 s. */
static bool grant_once(struct fake_service *service,
                       const struct fake_call *call, unsigned id,
                       struct fake_response *response)
{
    bool is_first = service->network.count == 1;

    (void)id;
    if (call->target != HTTP_TOKEN) {
        response->latency = 10 * SECOND;
        return false;
    }
    response->status = is_first ? 200 : 503;
    if (is_first)
        (void)snprintf(response->body, sizeof(response->body),
                       "{\"token_type\":\"Bearer\",\"expires_in\":1000,"
                       "\"access_token\":\"GRANTED\"}");
    return true;
}

/* While a token that cannot be renewed is still valid, its users must be
 * updated. The time of --give-up must begin when it expires. */
static void test_token_is_valid(void **state)
{
    struct fixture *fixture = *state;
    const struct fake_network *network = &fixture->fake.service.network;
    int64_t start = fake_ms(network), end;

    use_refresh_token(fixture);
    fixture->fake.service.intercept = grant_once;
    fixture->fake.options.give_up = MINUTE;
    fixture->fake.options.concurrency = 1;
    open_dispatch(fixture, 60);
    while (turn(fixture) == 0)
        assert_true(fake_ms(network) - start < 2000 * SECOND);
    end = fake_ms(network) - start;
    assert_int_equal(fixture->fake.error.kind, ERROR_STOPPED);
    assert_true(fixture->done >= 49);
    assert_true(end >= 1000 * SECOND + MINUTE);
    assert_true(end < 1000 * SECOND + 3 * MINUTE);
}

/* Another process takes the lock on the refresh token. */
static int lock_token(void)
{
    static const struct secret_file file = {.files = &file_system_posix,
                                            .variable = "REFRESH",
                                            .path = REFRESH,
                                            .kind = ERROR_LOCAL};
    struct error error;
    int lock;

    assert_int_equal(secret_file_lock(&file, &lock, &error), 0);
    assert_true(lock >= 0);
    return lock;
}

/* Starts a dispatch while another process has the lock. */
static int open_locked(struct fixture *fixture, unsigned last)
{
    int lock;

    use_refresh_token(fixture);
    lock = lock_token();
    open_dispatch(fixture, last);
    return lock;
}

static bool waits_for_lock(const struct fixture *fixture)
{
    struct waiting_fact facts[WAITING_REASONS];

    dispatch_find_waits(fixture->fake.dispatch, facts);
    return facts[WAITING_TOKEN_LOCK].holds;
}

/* A lock on the refresh token that another process keeps must stop the run
 * after --give-up, like a token endpoint that fails. */
static void test_lock_is_kept(void **state)
{
    struct fixture *fixture = *state;
    int64_t start = fake_ms(&fixture->fake.service.network);
    int lock;

    lock = open_locked(fixture, 1);
    while (turn(fixture) == 0)
        assert_true(fake_ms(&fixture->fake.service.network) - start <
                    16 * MINUTE);
    assert_int_equal(fixture->fake.error.kind, ERROR_STOPPED);
    assert_non_null(strstr(fixture->fake.error.text,
                           "15 min (--give-up); the last failure: another "
                           "process holds the lock on refresh"));
    assert_true(fake_ms(&fixture->fake.service.network) - start >= 15 * MINUTE);
    assert_int_equal(fixture->fake.service.network.count, 0);
    assert_true(waits_for_lock(fixture));
    assert_int_equal(close(lock), 0);
}

/* If the lock becomes free, the run must continue. */
static void test_lock_becomes_free(void **state)
{
    struct fixture *fixture = *state;
    int64_t start = fake_ms(&fixture->fake.service.network);
    int lock;

    lock = open_locked(fixture, 5);
    while (fake_ms(&fixture->fake.service.network) - start < 14 * MINUTE)
        assert_int_equal(turn(fixture), 0);
    assert_true(waits_for_lock(fixture));
    assert_int_equal(close(lock), 0);
    run_to_end(fixture);
    assert_all_updated(fixture);
    assert_false(waits_for_lock(fixture));
}

/* ---- the journal --------------------------------------------------------- */

static bool find_intent(struct fake_service *service,
                        const struct fake_call *call, unsigned id,
                        struct fake_response *response)
{
    unsigned *found = service->context;
    unsigned intents = 0;
    char line[1024];
    FILE *file;

    (void)id;
    (void)response;
    if (!fake_is_update(call))
        return false;
    file = fopen(JOURNAL, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        intents += strlen(line) > 10 && strncmp(line + 8, " I ", 3) == 0;
    assert_int_equal(fclose(file), 0);
    assert_true(intents > service->updates);
    ++*found;
    return false;
}

/* When an update leaves, its intent must be in the journal's file. */
static void test_intent_before_update(void **state)
{
    static const unsigned char input[HASH_SIZE] = {1};
    static const struct recovery_setup setup = {.files = &file_system_posix,
                                                .path = JOURNAL,
                                                .staging = "out.csv.part",
                                                .output = "out.csv",
                                                .process = "host 1 2"};
    static const struct fingerprint_setup fingerprint = {
        .input = input,
        .service = "rest-v13",
        .endpoint = "https://service.example",
        .delimiter = ',',
        .clear_token = "delete_value",
        .window = 10,
        .shards = 1,
    };
    static const struct replay_handler nothing = {.row = NULL};
    struct fixture *fixture = *state;
    unsigned found = 0;

    fixture->fake.service.intercept = find_intent;
    fixture->fake.service.context = &found;
    fixture->fake.options.concurrency = 1;
    open_dispatch(fixture, 4);
    fixture->recovery = recovery_open(&setup, &fixture->fake.error);
    assert_non_null(fixture->recovery);
    assert_int_equal(recovery_begin(fixture->recovery, &fingerprint, &nothing,
                                    NULL, &fixture->fake.error),
                     0);
    dispatch_set_recovery(fixture->fake.dispatch, fixture->recovery);
    run_to_end(fixture);
    assert_all_updated(fixture);
    assert_int_equal(found, 4);
}

/* ---- the end ------------------------------------------------------------- */

/* A run that stops must release the tasks that wait, and let the users in
 * flight finish with their updates, without new users. */
static void test_drain(void **state)
{
    struct fixture *fixture = *state;
    int64_t retry_after = MINUTE;

    fixture->fake.service.intercept = refuse_first_get;
    fixture->fake.service.context = &retry_after;
    fixture->fake.options.concurrency = 2;
    open_dispatch(fixture, 3);
    while (fixture->fake.service.users[3].gets == 0)
        assert_int_equal(turn(fixture), 0);
    assert_int_equal(fixture->released, 0);
    assert_true(dispatch_in_flight(fixture->fake.dispatch) > 0);
    assert_int_equal(
        dispatch_drain(fixture->fake.dispatch, &fixture->fake.error), 0);
    assert_int_equal(fixture->seen[1].released, 1);
    assert_false(fixture->seen[1].stops);
    assert_false(dispatch_has_room(fixture->fake.dispatch));
    run_to_end(fixture);
    assert_int_equal(fixture->released, 1);
    for (unsigned id = 2; id <= 3; id++) {
        assert_int_equal(fixture->seen[id].done, 1);
        assert_int_equal(fixture->seen[id].status, STATUS_UPDATED);
        assert_int_equal(fixture->fake.service.users[id].updates, 1);
    }
    assert_int_equal(fixture->fake.service.users[1].gets, 0);
}

/* A call that fails while the run stops must not be repeated: its task is
 * released. */
static void test_no_retry_in_drain(void **state)
{
    struct fixture *fixture = *state;
    int64_t retry_after = 0;

    fixture->fake.service.intercept = refuse_first_get;
    fixture->fake.service.context = &retry_after;
    open_dispatch(fixture, 1);
    assert_int_equal(
        dispatch_turn(fixture->fake.dispatch, &fixture->fake.error), 0);
    begin_user(fixture, fixture->next++);
    assert_int_equal(dispatch_in_flight(fixture->fake.dispatch), 1);
    assert_int_equal(
        dispatch_drain(fixture->fake.dispatch, &fixture->fake.error), 0);
    assert_int_equal(fixture->released, 0);
    run_to_end(fixture);
    assert_int_equal(fixture->seen[1].released, 1);
    assert_int_equal(fixture->done, 0);
    assert_int_equal(fixture->fake.service.network.count, 1);
}

/* Abandoning must end all calls in flight and release every task at once. */
static void test_abandon(void **state)
{
    struct fixture *fixture = *state;
    int64_t retry_after = MINUTE;
    int64_t now;

    fixture->fake.service.intercept = refuse_first_get;
    fixture->fake.service.context = &retry_after;
    fixture->fake.options.concurrency = 4;
    open_dispatch(fixture, 5);
    while (fixture->fake.service.users[5].gets == 0)
        assert_int_equal(turn(fixture), 0);
    assert_int_equal(fixture->done + dispatch_in_flight(fixture->fake.dispatch),
                     4);
    assert_true(dispatch_in_flight(fixture->fake.dispatch) > 0);
    now = fake_ms(&fixture->fake.service.network);
    dispatch_abandon(fixture->fake.dispatch);
    assert_true(dispatch_is_idle(fixture->fake.dispatch));
    assert_int_equal(dispatch_in_flight(fixture->fake.dispatch), 0);
    assert_int_equal(fake_ms(&fixture->fake.service.network), now);
    assert_int_equal(fake_in_flight(&fixture->fake.service.network), 0);
    assert_int_equal(fixture->fake.service.network.abandoned,
                     fixture->released - 1);
    assert_int_equal(fixture->done + fixture->released, 5);
    for (unsigned id = 1; id <= 5; id++)
        assert_int_equal(fixture->seen[id].done + fixture->seen[id].released,
                         1);
}

/* If a task that waits cannot be released properly, all others must be released
 * nevertheless, and the first error be kept. */
static void test_drain_fails(void **state)
{
    struct fixture *fixture = *state;

    fixture->fake.service.intercept = fail_always;
    fixture->refuses = true;
    open_dispatch(fixture, 5);
    while (fixture->fake.service.network.count < 5 ||
           dispatch_in_flight(fixture->fake.dispatch) > 0)
        assert_int_equal(turn(fixture), 0);
    assert_int_equal(
        dispatch_drain(fixture->fake.dispatch, &fixture->fake.error), -1);
    assert_string_equal(fixture->fake.error.text, "disk 1");
    assert_int_equal(fixture->released, 5);
    assert_true(dispatch_is_idle(fixture->fake.dispatch));
}

#define IN_DIRECTORY(name)                                                     \
    cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(test_updates),
        IN_DIRECTORY(test_concurrency),
        IN_DIRECTORY(test_rate),
        IN_DIRECTORY(test_retry),
        IN_DIRECTORY(test_too_many_at_once),
        IN_DIRECTORY(test_outage),
        IN_DIRECTORY(test_give_up),
        IN_DIRECTORY(test_sign_in_refused),
        IN_DIRECTORY(test_token_first),
        IN_DIRECTORY(test_token_is_valid),
        IN_DIRECTORY(test_lock_is_kept),
        IN_DIRECTORY(test_lock_becomes_free),
        IN_DIRECTORY(test_intent_before_update),
        IN_DIRECTORY(test_drain),
        IN_DIRECTORY(test_no_retry_in_drain),
        IN_DIRECTORY(test_abandon),
        IN_DIRECTORY(test_drain_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
