/*
 * Processes that share a budget, in virtual time, on a store that does what
 * net/redis_script.h does.
 *
 * valgrind: no, it computes for long and has no memory of its own
 */
#include "net/shared_budget.h"
#include "unit.h"

#define MS     INT64_C(1000)
#define SECOND (1000 * MS)
#define MINUTE (60 * SECOND)

#define START         (1000 * SECOND)
#define MAX_PROCESSES 32
#define MAX_CALLS     400000

/* ---- the store ---------------------------------------------------------- */

struct world;

struct fake_store {
    struct budget_store store; /* first: its address is that of the whole */
    struct world *world;
    struct budget_request request;
    bool asked;
    bool connected;
    bool lost;       /* the connection has ended */
    int64_t arrives; /* when the request does */
    int64_t found;   /* before, it refuses connections of this process */
    int64_t member;  /* when it leased calls last; 0: never */
    unsigned requests;
    unsigned leased; /* calls */
};

struct process {
    struct fake_store *store; /* owned by the budget */
    struct shared_budget *budget;
    int64_t interval; /* of its own calls; 0: it sends what is permitted */
    int64_t last;     /* call */
    bool ended;
    unsigned calls;
};

struct world {
    unsigned rate;
    int64_t window;
    int64_t now;
    int64_t latency; /* of the store, in each direction */
    int64_t delay;   /* a call arrives up to so much later */
    uint64_t seed;

    bool down;    /* the store refuses connections */
    bool silent;  /* it does not reply */
    bool rejects; /* it rejects the password */
    bool has_key;
    int64_t next;
    uint64_t stops;
    int64_t stopped, resume;

    struct process processes[MAX_PROCESSES];
    unsigned count;
    int64_t *arrivals;
    unsigned calls;
};

static void fake_ask(struct budget_store *base,
                     const struct budget_request *request)
{
    struct fake_store *store = (struct fake_store *)base;
    const struct world *world = store->world;

    assert_false(store->asked);
    store->request = *request;
    store->asked = true;
    store->requests++;
    if (!store->connected)
        store->lost = world->down || world->now < store->found;
    /* Connecting takes a message in each direction. */
    store->arrives =
        world->now + (store->connected ? 1 : 3) * store->world->latency;
    store->connected = true;
}

static int64_t most(int64_t number, int64_t other)
{
    return number > other ? number : other;
}

/* The processes that lease calls, besides this one. */
static unsigned count_others(const struct fake_store *store)
{
    const struct world *world = store->world;
    unsigned members = 0;

    for (unsigned i = 0; i < world->count; i++) {
        const struct process *process = &world->processes[i];

        if (!process->ended && process->store != store &&
            process->store->member > 0 &&
            process->store->member > world->now - 2 * SECOND)
            members++;
    }
    return members;
}

static void note_stop(struct world *world, int64_t now, int64_t pause)
{
    int64_t known = most(world->resume, world->stopped + SECOND);

    if (now > known || (pause > 0 && now + pause > known + SECOND)) {
        world->stops++;
        world->stopped = now;
    }
    world->resume = most(world->resume, now + pause);
}

/* What the script does. */
static struct budget_reply run_script(struct fake_store *store)
{
    struct world *world = store->world;
    const struct budget_request *request = &store->request;
    const int64_t now = store->arrives;
    struct budget_reply reply = {.calls = 0};

    if (!world->has_key) {
        world->next = now + request->spacing;
        world->stops = 0;
        world->stopped = world->resume = 0;
    }
    world->has_key = true;
    world->next = most(world->next, now);
    if (request->stopped)
        note_stop(world, now, request->pause);
    reply.stops = world->stops;
    reply.pause = most(world->resume - now, 0);
    reply.first = world->next - now;
    if (request->wanted > 0 && reply.pause == 0) {
        int64_t share, free;

        store->member = now;
        share = 250 * MS / request->spacing / (count_others(store) + 1) + 1;
        free = (now + 250 * MS - world->next) / request->spacing / 2;
        share = most(share, free);
        reply.calls =
            share < request->wanted ? (unsigned)share : request->wanted;
    }
    store->leased += reply.calls;
    world->next += reply.calls * request->spacing;
    return reply;
}

static enum budget_event fake_take(struct budget_store *base,
                                   struct budget_reply *reply,
                                   struct error *error)
{
    struct fake_store *store = (struct fake_store *)base;
    struct world *world = store->world;

    if (store->lost) {
        (void)error_set(error, ERROR_STOPPED, "Connection refused");
        return BUDGET_LOST;
    }
    if (!store->asked || world->silent || world->now < store->arrives)
        return BUDGET_NOTHING;
    store->asked = false;
    if (world->rejects) {
        (void)error_set(error, ERROR_USAGE, "WRONGPASS; correct it");
        return BUDGET_REJECTED;
    }
    *reply = run_script(store);
    return BUDGET_REPLY;
}

static void fake_close(struct budget_store *base)
{
    struct fake_store *store = (struct fake_store *)base;

    store->connected = store->lost = store->asked = false;
}

static void fake_poll(const struct budget_store *base, struct pollfd *fd)
{
    (void)base;
    *fd = (struct pollfd){.fd = -1};
}

static void fake_free(struct budget_store *base)
{
    free(base);
}

static const struct budget_store_functions fake_functions = {
    .ask = fake_ask,
    .take = fake_take,
    .close = fake_close,
    .poll = fake_poll,
    .free = fake_free,
};

/* ---- the world ---------------------------------------------------------- */

static struct world *make_world(unsigned count, unsigned rate, int64_t window)
{
    struct world *world = calloc(1, sizeof(*world));

    assert_non_null(world);
    *world = (struct world){.rate = rate,
                            .window = window,
                            .now = START,
                            .latency = 2 * MS,
                            .seed = 7,
                            .count = count};
    world->arrivals = calloc(MAX_CALLS, sizeof(*world->arrivals));
    assert_non_null(world->arrivals);
    for (unsigned i = 0; i < count; i++) {
        struct fake_store *store = calloc(1, sizeof(*store));

        assert_non_null(store);
        store->store.functions = &fake_functions;
        store->world = world;
        world->processes[i].store = store;
        world->processes[i].budget =
            shared_budget_new(&store->store, rate, window, count, i);
        assert_non_null(world->processes[i].budget);
    }
    return world;
}

static void free_world(struct world *world)
{
    for (unsigned i = 0; i < world->count; i++)
        shared_budget_free(world->processes[i].budget);
    free(world->arrivals);
    free(world);
}

static void step_process(struct world *world, struct process *process)
{
    bool wanted = world->now - process->last >= process->interval;
    struct error error;

    if (shared_budget_turn(process->budget, world->now, wanted, &error))
        fail_msg("%s", error.text);
    while (wanted && shared_budget_wait(process->budget, world->now) == 0) {
        assert_true(world->calls < MAX_CALLS);
        shared_budget_sent(process->budget, world->now);
        world->arrivals[world->calls++] =
            world->now +
            (world->delay ? below(&world->seed, (unsigned)world->delay) : 0);
        process->calls++;
        process->last = world->now;
        wanted = process->interval == 0;
        if (world->rate == 0)
            return;
    }
}

/* Lets time pass, in turns of a millisecond. */
static void pass(struct world *world, int64_t duration)
{
    int64_t end = world->now + duration;

    for (; world->now < end; world->now += MS)
        for (unsigned i = 0; i < world->count; i++)
            if (!world->processes[i].ended)
                step_process(world, &world->processes[i]);
}

static void lose_store(struct process *process)
{
    process->store->lost = process->store->connected;
}

/* All connections end; with its data, or not. */
static void restart_store(struct world *world, bool keeps_key)
{
    world->has_key = world->has_key && keeps_key;
    for (unsigned i = 0; i < world->count; i++)
        lose_store(&world->processes[i]);
}

static int compare_times(const void *a, const void *b)
{
    int64_t time = *(const int64_t *)a;
    int64_t other = *(const int64_t *)b;

    return (time > other) - (time < other);
}

/* In any window there are at most the calls of the rate. */
static void assert_below(const struct world *world)
{
    qsort(world->arrivals, world->calls, sizeof(int64_t), compare_times);
    for (unsigned i = 0; i + world->rate < world->calls; i++)
        if (world->arrivals[i + world->rate] - world->arrivals[i] <
            world->window)
            fail_msg("more than %u calls in a window from %.3f s on",
                     world->rate,
                     (double)(world->arrivals[i] - START) / (double)SECOND);
}

static unsigned calls_between(const struct world *world, int64_t from,
                              int64_t to)
{
    unsigned calls = 0;

    for (unsigned i = 0; i < world->calls; i++)
        calls += world->arrivals[i] >= from && world->arrivals[i] < to;
    return calls;
}

/* At least so many percent of the rate were used from then on. */
static void assert_used(const struct world *world, int64_t from,
                        unsigned percent)
{
    double possible = (double)world->rate * (double)(world->now - from) /
                      (double)world->window;
    unsigned calls = calls_between(world, from, world->now);

    if (calls * 100 < possible * percent)
        fail_msg("%u calls of %.0f", calls, possible);
}

/* ---- the rate ----------------------------------------------------------- */

/* All processes together must stay at or below the rate in any window, and use
 * at least 90 percent of it, each its part, with few requests to the store. */
static void test_rates(void **state)
{
    static const struct {
        unsigned rate;
        int64_t window;
        unsigned count;
    } cases[] = {
        {20, MINUTE, 8},  {20, MINUTE, 1}, {1200, MINUTE, 8}, {500, SECOND, 8},
        {500, SECOND, 1}, {20, SECOND, 3}, {300, MINUTE, 32}, {2000, SECOND, 4},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i += is_slow() ? 5 : 1) {
        struct world *world =
            make_world(cases[i].count, cases[i].rate, cases[i].window);

        world->delay = cases[i].window / 100;
        pass(world, 2 * MINUTE);
        assert_below(world);
        assert_used(world, START + SECOND, 90);
        for (unsigned j = 0; j < world->count; j++) {
            assert_true(world->processes[j].store->requests < 120 * 12);
            assert_true(world->processes[j].calls * world->count * 10 >
                        world->calls * 7);
        }
        free_world(world);
    }
}

/* The first call of a new key must not be sent at once: others may just have
 * been sent, before the store lost its data. */
static void test_new_key(void **state)
{
    struct world *world = make_world(2, 20, MINUTE);

    (void)state;
    pass(world, 3 * SECOND);
    assert_int_equal(world->calls, 0);
    pass(world, 2 * SECOND);
    assert_int_equal(world->calls, 1);
    free_world(world);
}

/* What some processes do not use, the others must use; also after one of them
 * was killed with its lease. */
static void test_unequal(void **state)
{
    struct world *world = make_world(8, 1200, MINUTE);

    (void)state;
    for (unsigned i = 2; i < 8; i++)
        world->processes[i].interval = SECOND;
    pass(world, MINUTE);
    assert_used(world, START + SECOND, 90);
    world->processes[0].ended = true;
    pass(world, MINUTE);
    assert_below(world);
    assert_used(world, START + MINUTE, 90);
    assert_true(world->processes[2].calls > 60);
    free_world(world);
}

/* A call whose time is over must never be sent: a process that pauses has no
 * more calls later. */
static void test_expiry(void **state)
{
    struct world *world = make_world(1, 500, SECOND);
    struct process *process = &world->processes[0];

    (void)state;
    pass(world, 3 * SECOND);
    world->now += 100 * MS; /* it was stopped */
    world->calls = 0;
    pass(world, MS);
    assert_true(world->calls < 32);
    process->interval = MINUTE;
    pass(world, 2 * SECOND);
    process->interval = 0;
    world->calls = 0;
    pass(world, 100 * MS);
    assert_true(world->calls < 55);
    free_world(world);
}

/* A process must not lease more calls than it sends. */
static void test_few_calls(void **state)
{
    struct world *world = make_world(1, 500, SECOND);

    (void)state;
    world->processes[0].interval = 500 * MS;
    pass(world, MINUTE);
    assert_true(world->calls > 100);
    assert_true(world->processes[0].store->leased < world->calls + 10);
    free_world(world);
}

/* A process that is late again and again must use the calls for which it is in
 * time, and must not lease fewer because of those that it missed. */
static void test_late_turns(void **state)
{
    struct world *world = make_world(1, 500, SECOND);

    (void)state;
    for (int i = 0; i < 100; i++, world->now += 100 * MS)
        step_process(world, &world->processes[0]);
    assert_below(world);
    assert_used(world, START, 45);
    free_world(world);
}

/* ---- the store is away -------------------------------------------------- */

/* If the store is restarted, with or without its data, the rate must not be
 * exceeded, and must soon be used again. */
static void test_restart(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct world *world =
            make_world(8, i < 2 ? 20 : 300, i < 2 ? MINUTE : SECOND);

        pass(world, MINUTE);
        restart_store(world, i % 2 == 0);
        world->down = true;
        pass(world, i < 2 ? 2 * SECOND : 500 * MS);
        world->down = false;
        pass(world, 2 * MINUTE);
        assert_below(world);
        assert_used(world, START + MINUTE + 10 * SECOND, 80);
        free_world(world);
    }
}

/* A store that disappears must stop all calls for a window. Then each process
 * must send its share. The rate must not be exceeded, although the processes
 * lose the store, and find it again, at different times. */
static void test_away(void **state)
{
    static const unsigned rates[] = {20, 300, 6}; /* a minute */

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(rates); i += is_slow() ? 5 : 1) {
        struct world *world = make_world(8, rates[i / 2], MINUTE);
        int64_t lost;

        if (i % 2 == 0)
            pass(world, 90 * SECOND);
        lost = world->now;
        world->down = true;
        for (unsigned j = 0; j < world->count; j++) {
            lose_store(&world->processes[j]);
            pass(world, 150 * MS);
            world->processes[j].store->found = lost + 5 * MINUTE + j * 700 * MS;
        }
        pass(world, 5 * MINUTE);
        assert_int_equal(calls_between(world, lost + 5 * SECOND, lost + MINUTE),
                         0);
        assert_used(world, lost + 2 * MINUTE, 75);
        world->down = false;
        pass(world, 4 * MINUTE);
        assert_below(world);
        assert_used(world, world->now - 2 * MINUTE, 90);
        free_world(world);
    }
}

/* A store that does not reply within a second must count as away, and must be
 * tried again after pauses that grow to five seconds. */
static void test_silent(void **state)
{
    struct world *world = make_world(1, 20, SECOND);
    struct process *process = &world->processes[0];
    struct shared_budget_state found;
    unsigned requests;

    (void)state;
    pass(world, SECOND);
    world->silent = true;
    pass(world, 1600 * MS);
    found = shared_budget_state(process->budget);
    assert_true(found.away);
    assert_string_equal(found.failure, "no reply within a second");
    pass(world, 30 * SECOND);
    requests = process->store->requests;
    pass(world, 60 * SECOND);
    assert_in_range(process->store->requests - requests, 9, 11);
    world->silent = false;
    pass(world, 6 * SECOND);
    assert_false(shared_budget_state(process->budget).away);
    free_world(world);
}

/* If the store rejects the first request, no call may be sent. Later it is away
 * for the same reason. */
static void test_rejected(void **state)
{
    struct world *world = make_world(2, 20, SECOND);
    struct process *process = &world->processes[0];
    struct error error;
    int result;

    (void)state;
    world->rejects = true;
    do {
        assert_int_equal(shared_budget_wait(process->budget, world->now), -1);
        result = shared_budget_turn(process->budget, world->now, true, &error);
        world->now += MS;
    } while (result == 0);
    assert_int_equal(error.kind, ERROR_USAGE);
    process->ended = true;
    world->rejects = false;
    pass(world, SECOND);
    world->rejects = true;
    pass(world, SECOND);
    assert_true(shared_budget_state(world->processes[1].budget).away);
    assert_string_equal(shared_budget_state(world->processes[1].budget).failure,
                        "WRONGPASS");
    free_world(world);
}

/* A store that was away at first must stop the process, too, if it then rejects
 * the first request that it receives. */
static void test_rejected_late(void **state)
{
    struct world *world = make_world(1, 20, SECOND);
    struct shared_budget *budget = world->processes[0].budget;
    int64_t end = world->now + MINUTE;
    struct error error;
    int result;

    (void)state;
    world->down = true;
    pass(world, 3 * SECOND);
    assert_true(shared_budget_state(budget).away);
    assert_string_equal(shared_budget_state(budget).failure,
                        "Connection refused");
    world->down = false;
    world->rejects = true;
    do {
        result = shared_budget_turn(budget, world->now, true, &error);
        world->now += MS;
    } while (result == 0 && world->now < end);
    assert_int_equal(result, -1);
    assert_int_equal(error.kind, ERROR_USAGE);
    free_world(world);
}

/* Without a rate, calls must be sent as soon as it is known whether there is a
 * pause, and also without the store. */
static void test_no_rate(void **state)
{
    struct world *world = make_world(2, 0, SECOND);

    (void)state;
    assert_int_equal(shared_budget_wait(world->processes[0].budget, world->now),
                     -1);
    pass(world, 10 * MS);
    assert_true(world->calls > 0);
    world->down = true;
    restart_store(world, false);
    pass(world, 10 * MS);
    assert_true(shared_budget_state(world->processes[0].budget).away);
    assert_int_equal(shared_budget_wait(world->processes[0].budget, world->now),
                     0);
    free_world(world);
}

/* ---- stops -------------------------------------------------------------- */

/* If several processes are refused at once, each of the others must learn of
 * it once, within a second, with the pause that is left; so must one that
 * starts during the pause. */
static void test_stops(void **state)
{
    struct world *world = make_world(8, 0, SECOND);
    int64_t pause;

    (void)state;
    for (unsigned i = 0; i < 8; i++)
        world->processes[i].interval = SECOND;
    world->processes[7].ended = true;
    pass(world, 2 * SECOND);
    for (unsigned i = 0; i < 3; i++)
        shared_budget_stop(world->processes[i].budget,
                           world->now + 20 * SECOND);
    pass(world, SECOND);
    for (unsigned i = 0; i < 7; i++) {
        assert_int_equal(shared_budget_take_stop(world->processes[i].budget,
                                                 world->now, &pause),
                         i >= 3);
        if (i >= 3)
            assert_in_range(pause, 18500 * MS, 19100 * MS);
    }
    world->processes[7].ended = false;
    pass(world, SECOND);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(shared_budget_take_stop(world->processes[i].budget,
                                                 world->now, &pause),
                         i == 7);
    assert_in_range(pause, 17500 * MS, 18100 * MS);

    /* A longer pause counts anew, as does a stop after the pause. */
    shared_budget_stop(world->processes[1].budget, world->now + MINUTE);
    pass(world, SECOND);
    assert_true(shared_budget_take_stop(world->processes[0].budget, world->now,
                                        &pause));
    assert_in_range(pause, 58500 * MS, 59100 * MS);
    pass(world, MINUTE);
    shared_budget_stop(world->processes[1].budget, 0);
    pass(world, SECOND);
    assert_true(shared_budget_take_stop(world->processes[0].budget, world->now,
                                        &pause));
    assert_int_equal(pause, 0);
    assert_false(shared_budget_take_stop(world->processes[1].budget, world->now,
                                         &pause));
    free_world(world);
}

/* A stop must not be lost with the connection that reports it. */
static void test_stop_while_away(void **state)
{
    struct world *world = make_world(2, 0, SECOND);
    int64_t pause;

    (void)state;
    pass(world, SECOND);
    shared_budget_stop(world->processes[0].budget, world->now + 20 * SECOND);
    pass(world, MS);
    restart_store(world, true);
    pass(world, 2 * SECOND);
    assert_true(shared_budget_take_stop(world->processes[1].budget, world->now,
                                        &pause));
    assert_in_range(pause, 17500 * MS, 18100 * MS);
    free_world(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_new_key),
        cmocka_unit_test(test_unequal),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_few_calls),
        cmocka_unit_test(test_late_turns),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_away),
        cmocka_unit_test(test_silent),
        cmocka_unit_test(test_rejected),
        cmocka_unit_test(test_rejected_late),
        cmocka_unit_test(test_no_rate),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_stop_while_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
