/*
 * How close a run comes to limits of all kinds (limit_models.h), in virtual
 * time, through the real dispatch: the share of what is possible, the share of
 * refused calls and the longest pause, after the first minute.
 *
 *   test_limits          some combinations of latency and concurrency
 *   test_limits SEEDS    all of them with so many seeds, as a table
 *   test_limits MODEL LATENCY CONCURRENCY SEED    one of them; MODEL: a number
 *
 * Seeds 1 and 3 refuse a call at once, the others after the latency. With seeds
 * 2 and 3, refused calls do not count in sliding windows.
 *
 * valgrind: no, it computes for a minute what test_dispatch does for a moment
 */
#define FAKE_SLOTS 256
#include <inttypes.h>

#include "fake_network.h"

#include "cli/option_table.h"
#include "dispatch/dispatch.h"
#include "limit_models.h"
#include "service/partner/columns.h"

#define WARM_UP 60 /* seconds */

/* More calls a second take too long. */
#define MAX_RATE 3500

/* A refusal that is sent at once takes so many microseconds. */
#define QUICK (2 * MS)

struct limits_setting {
    const struct limit_model *model;
    unsigned latency; /* milliseconds */
    unsigned concurrency;
    unsigned seed;
};

/* What was measured after the first minute. */
struct result {
    uint64_t accepted, refused;
    uint64_t users; /* that are Updated */
    uint64_t failed;
    uint64_t counted; /* accepted calls of those who have no limit themselves */
    double possible;
    int64_t longest; /* without a call sent, in microseconds */
};

struct world {
    struct fake_network network;
    struct platform platform;
    struct options options;
    struct credentials credentials;
    struct tally tally;
    struct dispatch *dispatch;
    struct error error;

    struct limits_setting setting;
    struct limit_service service;
    bool quick; /* refusals are sent at once */
    bool tenants;
    uint64_t next;      /* user */
    uint64_t limited;   /* users of the limited tenant so far */
    uint64_t block;     /* such users in a row, after 100 users of others */
    int64_t begin, end; /* of what is measured */
    int64_t last;       /* call that was sent */
    struct result result;
};

/* ---- the service --------------------------------------------------------- */

#define TENANT "00000000-0000-0000-0000-%012u"
#define USER   "10000000-0000-0000-0000-%012" PRIu64

static int64_t vary(struct world *world, int64_t latency)
{
    return latency * (800 + below(&world->service.seed, 401)) / 1000;
}

static uint64_t number_at(const char *text)
{
    return strtoull(text, NULL, 10);
}

static void read_call(const struct world *world, const struct fake_call *call,
                      struct limit_call *limit_call)
{
    limit_call->update = call->method != HTTP_GET && call->method != HTTP_POST;
    if (world->tenants) {
        const char *tenant = strchr(strchr(call->path + 1, '/') + 1, '/') + 1;

        limit_call->tenant = (unsigned)number_at(strrchr(tenant, '/') - 18);
        limit_call->user = number_at(strrchr(tenant, '-') + 1);
        return;
    }
    limit_call->tenant = 0;
    limit_call->user = number_at(
        strstr(call->body, limit_call->update ? "\"Id\":\"" : "\"UserId\":\"") +
        (limit_call->update ? 6 : 10));
}

static void make_body(const struct world *world, const struct limit_call *call,
                      struct fake_response *response)
{
    size_t size = sizeof(response->body);

    if (world->tenants)
        (void)snprintf(response->body, size,
                       "{\"id\":\"" USER "\",\"displayName\":\"%s\","
                       "\"attributes\":{\"etag\":\"%s\","
                       "\"objectType\":\"CustomerUser\"}}",
                       call->user, call->update ? "Ulm" : "Bonn",
                       call->update ? "2" : "1");
    else if (call->update)
        (void)snprintf(response->body, size,
                       "{\"LastModifiedTime\":\"2026-01-02T03:04:06\"}");
    else
        (void)snprintf(response->body, size,
                       "{\"User\":{\"Id\":\"%" PRIu64 "\",\"TimeStamp\":\"T\","
                       "\"CustomerId\":\"5\","
                       "\"LastModifiedTime\":\"2026-01-02T03:04:05\","
                       "\"ContactInfo\":{\"Address\":{\"TimeStamp\":\"A\","
                       "\"City\":\"Bonn\"}}}}",
                       call->user);
}

static bool is_measured(const struct world *world)
{
    return world->network.now >= world->begin &&
           world->network.now < world->end;
}

static bool is_limited(const struct world *world, const struct limit_call *call)
{
    for (unsigned i = 0; i < MODEL_RULES; i++) {
        enum rule_scope scope = world->setting.model->rules[i].scope;

        if ((scope == SCOPE_USER || scope == SCOPE_TENANT) &&
            scope_contains(scope, call))
            return true;
    }
    return false;
}

static void respond(void *context, const struct fake_call *call,
                    struct fake_response *response)
{
    struct world *world = context;
    struct limit_call limit_call;
    bool accepted;
    int64_t now = world->network.now;

    read_call(world, call, &limit_call);
    limit_call.latency = vary(world, world->setting.latency * MS);
    accepted = limit_service_accepts(&world->service, &limit_call, now,
                                     &response->status, &response->retry_after);
    response->latency = 0;
    response->latency_us = limit_call.latency;
    if (is_measured(world) && now - world->last > world->result.longest)
        world->result.longest = now - world->last;
    world->last = now;
    if (accepted)
        make_body(world, &limit_call, response);
    else if (world->quick && response->latency_us > QUICK)
        response->latency_us = QUICK;
    if (!is_measured(world))
        return;
    if (!accepted)
        world->result.refused++;
    else
        world->result.accepted++;
    if (accepted && !is_limited(world, &limit_call))
        world->result.counted++;
}

/* ---- a run --------------------------------------------------------------- */

static void free_task(struct user_task *task)
{
    struct group *group = task->result.group;

    user_task_free(task);
    row_free_all(group->rows);
    free(group);
}

static int take_done(void *context, struct user_task *task, struct error *error)
{
    struct world *world = context;

    (void)error;
    if (task->result.outcome.status != STATUS_UPDATED)
        world->result.failed++;
    else if (is_measured(world))
        world->result.users++;
    free_task(task);
    return 0;
}

static int take_released(void *context, struct user_task *task,
                         const struct error *why, struct error *error)
{
    (void)context;
    (void)error;
    assert_null(why);
    free_task(task);
    return 0;
}

/* INPUT has 600 users of the tenant with a limit; they would fill the memory
 * for users who wait if there were no end of them. */
#define LIMITED_USERS 600

static unsigned choose_tenant(struct world *world, uint64_t user)
{
    unsigned tenant = 1 + below(&world->service.seed, MODEL_TENANTS);

    if (world->block)
        return user > 100 && user <= 100 + world->block ? MODEL_TENANT : 1;
    while (tenant == MODEL_TENANT && world->limited >= LIMITED_USERS)
        tenant = 1 + below(&world->service.seed, MODEL_TENANTS);
    world->limited += tenant == MODEL_TENANT;
    return tenant;
}

static void begin_user(struct world *world)
{
    struct group *group = calloc(1, sizeof(*group));
    uint64_t id = world->next++;
    char key[96];

    assert_non_null(group);
    if (world->tenants) {
        (void)snprintf(key, sizeof(key), TENANT "/" USER,
                       choose_tenant(world, id), id);
        group->rows = make_row_of(partner_columns, PARTNER_COLUMN_COUNT, id,
                                  key, "displayName=Ulm");
    } else {
        (void)snprintf(key, sizeof(key), "%" PRIu64, id);
        group->rows = make_row(id, key, "City=Ulm");
    }
    group->key = group->rows->key;
    if (dispatch_begin(world->dispatch, group, &world->error))
        fail_msg("%s", world->error.text);
}

static void turn(struct world *world)
{
    if (dispatch_turn(world->dispatch, &world->error))
        fail_msg("%s", world->error.text);
    while (dispatch_has_room(world->dispatch))
        begin_user(world);
    if (dispatch_wait(world->dispatch, NULL, 0, 1000, &world->error))
        fail_msg("%s", world->error.text);
}

static void open_world(struct world *world,
                       const struct limits_setting *setting)
{
    static const struct dispatch_handler handler = {.done = take_done,
                                                    .released = take_released};
    struct dispatch_setup setup;

    memset(world, 0, sizeof(*world));
    world->setting = *setting;
    world->platform = fake_init(&world->network);
    world->network.respond = respond;
    world->network.context = world;
    world->network.endless = true;
    world->network.seed = setting->seed + 1;
    world->next = 1;
    world->quick = setting->seed & 1;
    for (unsigned i = 0; i < MODEL_RULES; i++)
        if (setting->model->rules[i].scope == SCOPE_TENANT)
            world->tenants = true;
    fake_options(&world->options, &world->credentials);
    if (world->tenants)
        world->options.service = &service_partner;
    world->options.concurrency = setting->concurrency;
    setup = (struct dispatch_setup){
        .platform = &world->platform,
        .options = &world->options,
        .credentials = &world->credentials,
        .tally = &world->tally,
        .handler = &handler,
        .context = world,
    };
    world->dispatch = dispatch_new(&setup, &world->error);
    if (!world->dispatch)
        fail_msg("%s", world->error.text);
    limit_service_init(&world->service, setting->model, world->network.now,
                       setting->seed);
}

static void close_world(struct world *world)
{
    dispatch_abandon(world->dispatch);
    dispatch_free(world->dispatch);
    limit_service_clear(&world->service);
}

static unsigned longest_window(const struct limit_model *model)
{
    unsigned window = 0;

    for (unsigned i = 0; i < MODEL_RULES; i++)
        if (model->rules[i].window > window)
            window = model->rules[i].window;
    return window;
}

static double possible_rate(const struct limits_setting *setting)
{
    int64_t latency = setting->latency * MS;
    int64_t refusal = setting->seed & 1 && latency > QUICK ? QUICK : latency;

    return limit_model_possible(setting->model, setting->model->change > 0,
                                setting->concurrency, latency, refusal);
}

/* Calls of ten windows are measured, but at most some ten thousand. */
static double seconds_of(const struct limits_setting *setting)
{
    double seconds = 10.0 * longest_window(setting->model);
    double rate = possible_rate(setting);

    if (seconds < 120)
        seconds = 120;
    if (rate * seconds > 40000)
        seconds = 40000 / rate < 10 ? 10 : 40000 / rate;
    return seconds;
}

static void measure(const struct limits_setting *setting, struct result *result)
{
    static struct world world;
    const struct limit_model *model = setting->model;
    unsigned from = model->change
                        ? model->change + model->found * longest_window(model)
                        : WARM_UP;
    double seconds = seconds_of(setting);

    open_world(&world, setting);
    world.begin = world.network.now + from * SECOND;
    world.end = world.begin + (int64_t)(seconds * 1e6);
    while (world.network.now < world.end)
        turn(&world);
    if (world.end - world.last > world.result.longest)
        world.result.longest = world.end - world.last;
    *result = world.result;
    result->possible = possible_rate(setting) * seconds;
    close_world(&world);
}

/* ---- goals --------------------------------------------------------------- */

static double used(const struct result *result)
{
    return (double)result->counted / result->possible;
}

static double refused(const struct result *result)
{
    return (double)result->refused /
           (double)(result->accepted + result->refused + 1);
}

/* The longest pause: Retry-After or a window, and a call to find out whether it
 * is over; without either, a second. */
static double longest_pause(const struct limits_setting *setting)
{
    double longest = 1;

    for (unsigned i = 0; i < MODEL_RULES; i++) {
        const struct limit_rule *rule = &setting->model->rules[i];

        if (rule->window > longest)
            longest = rule->window;
        if (rule->retry_after > longest)
            longest = rule->retry_after;
    }
    return longest + 1.5 * setting->latency / 1e3;
}

static bool is_reached(const struct limits_setting *setting,
                       const struct result *result)
{
    return used(result) >= setting->model->least_used &&
           refused(result) <= setting->model->most_refused &&
           (double)result->longest / 1e6 <= longest_pause(setting);
}

static void print(const struct limits_setting *setting,
                  const struct result *result)
{
    printf("%-24s %6u %6u %4u %8.1f %% %7.2f %% %8.2f s %8" PRIu64 " %s\n",
           setting->model->name, setting->latency, setting->concurrency,
           setting->seed, 100 * used(result), 100 * refused(result),
           (double)result->longest / 1e6, result->users,
           is_reached(setting, result) ? "" : "missed");
}

/* No more users wait for Retry-After, or for the delay of a retry, than may
 * wait at all. */
static bool is_possible(const struct limits_setting *setting)
{
    for (unsigned i = 0; i < MODEL_RULES; i++) {
        const struct limit_rule *rule = &setting->model->rules[i];
        double after = rule->retry_after > 0 ? rule->retry_after : 0.25;

        if (setting->concurrency * rule->chance * after /
                (setting->latency / 1e3) >
            800)
            return false;
    }
    return true;
}

/* ---- the unit test ------------------------------------------------------- */

/* A window that is full looks like an outage if the service responds with 503.
 * Then the circuit breaker decides which calls are sent, and it knows no rate.
 */
static const char *const unreachable[] = {"300 in 10 s, 503"};

static bool is_unreachable(const struct limit_model *model)
{
    for (size_t i = 0; i < COUNT(unreachable); i++)
        if (strcmp(unreachable[i], model->name) == 0)
            return true;
    return false;
}

/* For each kind of limit the goals of its model must be reached. */
static void test_models(void **state)
{
    static const struct limits_setting settings[] = {
        {.latency = 20, .concurrency = 16, .seed = 0},
        {.latency = 100, .concurrency = 64, .seed = 1},
    };
    size_t step = is_slow() ? 10 : 1;
    unsigned missed = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(settings) * LIMIT_MODELS; i += step) {
        struct limits_setting setting = settings[i / LIMIT_MODELS];
        struct result result;

        setting.model = &limit_models[i % LIMIT_MODELS];
        measure(&setting, &result);
        if (!is_reached(&setting, &result) && !is_unreachable(setting.model)) {
            missed++;
            print(&setting, &result);
        }
    }
    assert_int_equal(missed, 0);
}

static const struct limit_model *find_model(const char *name)
{
    for (size_t i = 0; i < LIMIT_MODELS; i++)
        if (strcmp(limit_models[i].name, name) == 0)
            return &limit_models[i];
    fail_msg("there is no model %s", name);
    return NULL;
}

/* A limit of GetUser, which is found long after that of UpdateUser, must not
 * be taken for chance. */
static void test_operations(void **state)
{
    static const struct limits_setting settings[] = {
        {.latency = 20, .concurrency = 64, .seed = 0},
        {.latency = 500, .concurrency = 16, .seed = 1},
    };

    (void)state;
    for (size_t i = is_slow(); i < COUNT(settings); i++) {
        struct limits_setting setting = settings[i];
        struct result result;

        setting.model = find_model("by operation");
        measure(&setting, &result);
        print(&setting, &result);
        assert_true(is_reached(&setting, &result));
    }
}

/* The calls a second of other tenants, in the second minute, if INPUT has so
 * many users in a row of a tenant with 10 calls in 10 seconds. */
static double play_block(uint64_t users)
{
    static const struct limits_setting setting = {.latency = 20,
                                                  .concurrency = 16};
    static struct world world;
    struct limits_setting with_model = setting;

    with_model.model = find_model("one tenant of 60");
    open_world(&world, &with_model);
    world.block = users;
    world.begin = world.network.now + WARM_UP * SECOND;
    world.end = world.begin + WARM_UP * SECOND;
    while (world.network.now < world.end)
        turn(&world);
    close_world(&world);
    return (double)world.result.counted / WARM_UP;
}

/* Users of other tenants must not wait for a tenant with a limit, unless more
 * than 1,024 of its users come first: then a new user is started only when one
 * of these is done, and others are sent a probe at most. */
static void test_block(void **state)
{
    (void)state;
    assert_true(is_slow() || play_block(1000) > 0.95 * play_block(1));
    assert_true(play_block(3000) < 0.1);
}

/* ---- the table ----------------------------------------------------------- */

static void print_table(unsigned seeds)
{
    static const unsigned latencies[] = {5, 20, 100, 500};
    static const unsigned concurrencies[] = {16, 64, 256};
    unsigned count = 0, missed = 0;

    printf("%-24s %6s %6s %4s %10s %9s %10s %8s\n", "model", "ms", "calls",
           "seed", "used", "refused", "pause", "users");
    for (size_t i = 0; i < LIMIT_MODELS * 12 * seeds; i++) {
        struct limits_setting setting = {
            .model = &limit_models[i / seeds / 12],
            .latency = latencies[i / seeds / 3 % 4],
            .concurrency = concurrencies[i / seeds % 3],
            .seed = (unsigned)(i % seeds),
        };
        struct result result;

        if (!is_possible(&setting) || possible_rate(&setting) > MAX_RATE)
            continue;
        measure(&setting, &result);
        print(&setting, &result);
        count++;
        missed += !is_reached(&setting, &result);
    }
    printf("%u of %u runs reach all goals\n", count - missed, count);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_models),
                                       cmocka_unit_test(test_operations),
                                       cmocka_unit_test(test_block)};

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 1)
        return cmocka_run_group_tests(tests, NULL, NULL);
    if (argc == 5) {
        struct limits_setting setting = {
            .model = &limit_models[strtoul(argv[1], NULL, 10) % LIMIT_MODELS],
            .latency = (unsigned)strtoul(argv[2], NULL, 10),
            .concurrency = (unsigned)strtoul(argv[3], NULL, 10),
            .seed = (unsigned)strtoul(argv[4], NULL, 10),
        };
        struct result result;

        measure(&setting, &result);
        print(&setting, &result);
        return 0;
    }
    print_table((unsigned)strtoul(argv[1], NULL, 10));
    return 0;
}
