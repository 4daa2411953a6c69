#include <inttypes.h>

#include "net/fixed_rate.h"
#include "unit.h"

#define MS     INT64_C(1000)
#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

#define MAX_CALLS (1 << 21) /* that a record remembers */
#define SLOTS     64        /* connections */

static uint64_t seed = 20260102;

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The most calls in any window. */
static unsigned most_in_window(int64_t *times, unsigned count, int64_t window)
{
    unsigned most = 0;
    unsigned first = 0;

    qsort(times, count, sizeof(*times), compare_times);
    for (unsigned last = 0; last < count; last++) {
        while (times[last] - times[first] >= window)
            first++;
        if (last - first + 1 > most)
            most = last - first + 1;
    }
    return most;
}

/* What happens to the program and to its calls, in microseconds. */
struct world {
    unsigned late;     /* at most so long after each wait */
    unsigned stop;     /* stopped at most so long, now and then; 0: never */
    unsigned jitter;   /* at most so long on the way */
    unsigned connects; /* at most so long for a new connection */
    unsigned busy;     /* a turn that sends calls takes at most so long */
};

/* A loop that sends whatever may be sent. */
struct loop {
    struct fixed_rate rate;
    const struct world *world;
    int64_t now;
    int64_t *arrivals;
    unsigned count;
    unsigned connected; /* calls on new connections */
    /* of calls whose responses have not arrived */
    int64_t handed_over[SLOTS], sent[SLOTS];
};

static void pass_time(struct loop *loop, unsigned most)
{
    const struct world *world = loop->world;

    loop->now += below(&seed, most + 1);
    if (world->stop && below(&seed, 200) == 0)
        loop->now += below(&seed, world->stop);
}

/* A call leaves the program. */
static void leave(struct loop *loop, int64_t handed_over)
{
    const struct world *world = loop->world;
    int64_t sent = loop->now;

    assert_true(loop->count < MAX_CALLS);
    if (world->connects && loop->connected < SLOTS) {
        sent += below(&seed, world->connects);
        loop->handed_over[loop->connected] = handed_over;
        loop->sent[loop->connected++] = sent;
    }
    loop->arrivals[loop->count++] = sent + below(&seed, world->jitter);
}

/* The responses arrive, which show when calls were sent. */
static void take_responses(struct loop *loop)
{
    for (unsigned i = 0; i < loop->connected; i++) {
        if (loop->sent[i] == 0 || loop->sent[i] + 50 * MS > loop->now)
            continue;
        fixed_rate_connected(&loop->rate, loop->handed_over[i], loop->sent[i]);
        loop->sent[i] = 0;
    }
}

static void turn(struct loop *loop)
{
    int64_t wait, now = loop->now;
    unsigned calls = 0;

    while ((wait = fixed_rate_wait(&loop->rate, now)) == 0) {
        fixed_rate_sent(&loop->rate, now);
        calls++;
    }
    if (calls > 0) {
        pass_time(loop, loop->world->busy);
        for (; calls > 0; calls--)
            leave(loop, now);
        fixed_rate_flushed(&loop->rate, loop->now);
        return;
    }
    loop->now += (wait + MS - 1) / MS * MS; /* as poll() does */
    pass_time(loop, loop->world->late);
    take_responses(loop);
}

/* No window may have more calls than the rate. Returns the share of the rate
 * that was used. */
static double play(unsigned calls, int64_t window, const struct world *world)
{
    static int64_t arrivals[MAX_CALLS];
    unsigned windows = calls > 2000 ? 5 : 60;
    int64_t start = 123456789;
    struct loop loop = {.world = world, .now = start, .arrivals = arrivals};
    unsigned most;

    assert_int_equal(fixed_rate_init(&loop.rate, calls, window), 0);
    while (loop.now < start + windows * window)
        turn(&loop);
    most = most_in_window(arrivals, loop.count, window);
    if (most > calls)
        fail_msg("%u in %" PRId64 " s: %u in a window", calls, window / SECOND,
                 most);
    fixed_rate_clear(&loop.rate);
    return (double)loop.count / calls / windows;
}

static const unsigned rates[] = {1,   2,   3,    5,    7,    10,   24,
                                 100, 500, 1000, 1999, 4097, 20000};

static void play_all(const struct world *world, double least_used)
{
    for (size_t i = 0; i < COUNT(rates) * 2; i++) {
        unsigned calls = rates[i / 2];
        int64_t window = i & 1 ? MINUTE : SECOND;
        double used = play(calls, window, world);

        if (used < least_used)
            fail_msg("%u in %" PRId64 " s: only %.2f %% used", calls,
                     window / SECOND, 100 * used);
    }
}

/* Of any rate, at least 98.5 % must be used by a loop that is a little late. */
static void test_used(void **state)
{
    static const struct world world = {
        .late = 1 * MS, .jitter = 8 * MS, .busy = 300};

    (void)state;
    play_all(&world, 0.985);
}

/* On a busy machine, at least 97 % must be used. */
static void test_busy(void **state)
{
    static const struct world world = {
        .late = 20 * MS, .jitter = 8 * MS, .busy = 10 * MS};

    (void)state;
    play_all(&world, 0.97);
}

/* A program that is stopped anywhere for up to three seconds, also before a
 * call has left it, must not send too many calls when it continues. */
static void test_stopped(void **state)
{
    static const struct world world = {
        .late = 5 * MS, .stop = 3 * SECOND, .jitter = 8 * MS, .busy = 2 * MS};

    (void)state;
    play_all(&world, 0);
}

/* Nor may there be too many calls because the first ones arrive late, on new
 * connections. */
static void test_connections(void **state)
{
    static const struct world world = {
        .late = 1 * MS, .jitter = 8 * MS, .connects = 400 * MS, .busy = 300};

    (void)state;
    play_all(&world, 0);
}

/* Without a limit, each call may be sent at once. */
static void test_no_limit(void **state)
{
    struct fixed_rate rate;

    (void)state;
    assert_int_equal(fixed_rate_init(&rate, 0, SECOND), 0);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(fixed_rate_wait(&rate, 1), 0);
        fixed_rate_sent(&rate, 1);
    }
    fixed_rate_flushed(&rate, 1);
    fixed_rate_connected(&rate, 1, 2);
    assert_true(fixed_rate_per_minute(&rate) == 0);
    fixed_rate_clear(&rate);
}

/* After a pause, calls must be spaced evenly again, except for those of a tenth
 * of a second. */
static void test_spacing(void **state)
{
    struct fixed_rate rate;
    int64_t now = 0;
    unsigned sent = 0;

    (void)state;
    assert_int_equal(fixed_rate_init(&rate, 100, SECOND), 0);
    for (; fixed_rate_wait(&rate, now) == 0; sent++)
        fixed_rate_sent(&rate, now);
    assert_in_range(sent, 2, 11);
    for (unsigned i = 0; i < 50; i++) {
        int64_t wait = fixed_rate_wait(&rate, now);

        assert_in_range(wait, 1, SECOND / 90);
        now += wait;
        fixed_rate_sent(&rate, now);
    }
    assert_in_range(fixed_rate_per_minute(&rate), 5900, 6000);
    fixed_rate_clear(&rate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_used),     cmocka_unit_test(test_busy),
        cmocka_unit_test(test_stopped),  cmocka_unit_test(test_connections),
        cmocka_unit_test(test_no_limit), cmocka_unit_test(test_spacing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
