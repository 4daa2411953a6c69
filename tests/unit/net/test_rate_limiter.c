#include <inttypes.h>

#include "net/rate_limiter.h"
#include "unit.h"

#define MS     INT64_C(1000)
#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

#define MAX_CALLS   (1 << 21) /* that a record or a service remembers */
#define DELAY_SLOTS 1024      /* milliseconds; more than any delay */

static uint64_t seed = 20260102;

/* Microseconds by which a loop that polls by the millisecond is late. */
static int64_t lateness(void)
{
    if (below(&seed, 200) == 0)
        return 10 * MS;
    return below(&seed, 2 * (unsigned)MS);
}

/* ---- --rate, as the receiver sees it ------------------------------------- */

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

/* Sends for this duration whatever may be sent, and records when each call
 * arrives. */
static unsigned send_all(struct rate_limiter *limiter, int64_t duration,
                         int64_t jitter, int64_t *arrivals)
{
    int64_t start = 123456789;
    int64_t now = start;
    unsigned count = 0;

    while (now < start + duration) {
        int64_t wait;

        while ((wait = rate_limiter_wait(limiter, now)) == 0) {
            assert_true(count < MAX_CALLS);
            arrivals[count++] = now + below(&seed, (unsigned)jitter);
            rate_limiter_sent(limiter, now);
        }
        now += (wait + MS - 1) / MS * MS + lateness();
    }
    return count;
}

static void check_rate(unsigned rate, int64_t window)
{
    struct rate_limiter *limiter = rate_limiter_new(rate, window);
    int64_t *arrivals = malloc(MAX_CALLS * sizeof(*arrivals));
    unsigned windows = rate > 2000 ? 5 : 60;
    unsigned count, most;

    assert_non_null(limiter);
    assert_non_null(arrivals);
    count = send_all(limiter, windows * window, 8 * MS, arrivals);
    most = most_in_window(arrivals, count, window);
    if (most > rate)
        fail_msg("%u/%" PRId64 " s: %u in a window", rate, window / SECOND,
                 most);
    if (count < 0.97 * rate * windows)
        fail_msg("%u/%" PRId64 " s: only %.2f %% used", rate, window / SECOND,
                 100.0 * count / rate / windows);
    free(arrivals);
    rate_limiter_free(limiter);
}

/* Of any rate, at least 97 % must be used, and no window may have more calls
 * than the rate, counted when they arrive, although the loop is late, catches
 * up, and calls are delayed on their way. */
static void test_rate(void **state)
{
    static const unsigned rates[] = {1,  2,   3,   5,    7,    10,
                                     24, 100, 300, 1000, 1999, 20000};

    (void)state;
    for (size_t i = 0; i < COUNT(rates); i++) {
        check_rate(rates[i], SECOND);
        check_rate(rates[i], MINUTE);
    }
}

/* ---- a service with a limit ---------------------------------------------- */

/* Which Retry-After it sends. */
enum order { ORDER_NONE, ORDER_EXACT, ORDER_TEN_SECONDS, ORDER_MINUTE };

/* A service that counts the calls of a sliding window, refused ones too, and a
 * client that always has a call to send. Time advances by the millisecond. */
struct world {
    struct rate_limiter *limiter;
    int64_t now;

    /* the service */
    unsigned limit;
    int64_t window;
    enum order order;
    unsigned others; /* calls of another program in a minute */
    int64_t others_due;
    int64_t *log; /* when calls arrived, in a ring of MAX_CALLS */
    uint64_t log_first, log_end;

    /* the way there and back */
    unsigned delay_least, delay_most; /* of one way, milliseconds */
    unsigned arriving[DELAY_SLOTS];
    unsigned accepting[DELAY_SLOTS];
    unsigned refusing[DELAY_SLOTS];
    int64_t retry_after[DELAY_SLOTS];

    /* the client */
    unsigned concurrency;
    unsigned in_flight;
    unsigned demand; /* calls a minute that it has to send; 0: no bound */
    double sent_of_demand;
    int64_t loop; /* when its loop continues */
    int64_t wake; /* when the rate limiter admits a call */
    int64_t ended_until;

    /* the results */
    uint64_t accepted, refused;
    unsigned changes;
};

static struct world *open_world(unsigned limit, unsigned concurrency,
                                unsigned least, unsigned most)
{
    struct world *world = calloc(1, sizeof(*world));

    assert_non_null(world);
    world->limiter = rate_limiter_new(0, MINUTE);
    assert_non_null(world->limiter);
    world->log = calloc(MAX_CALLS, sizeof(*world->log));
    assert_non_null(world->log);
    world->limit = limit;
    world->window = MINUTE;
    world->concurrency = concurrency;
    world->delay_least = (least + 1) / 2;
    world->delay_most = (most + 1) / 2;
    world->now = world->loop = world->ended_until = 1000 * SECOND;
    world->others_due = world->now;
    return world;
}

static void close_world(struct world *world)
{
    rate_limiter_free(world->limiter);
    free(world->log);
    free(world);
}

/* A call arrives at the service: is it accepted? */
static bool serve(struct world *world)
{
    while (world->log_first < world->log_end &&
           world->log[world->log_first % MAX_CALLS] <=
               world->now - world->window)
        world->log_first++;
    world->log[world->log_end++ % MAX_CALLS] = world->now;
    assert_true(world->log_end - world->log_first < MAX_CALLS);
    return world->log_end - world->log_first <= world->limit;
}

static int64_t order(const struct world *world)
{
    uint64_t leaves = world->log_end - world->limit;
    int64_t wait;

    switch (world->order) {
    case ORDER_EXACT:
        wait = world->log[leaves % MAX_CALLS] + world->window - world->now;
        return (wait + SECOND - 1) / SECOND * SECOND;
    case ORDER_TEN_SECONDS:
        return 10 * SECOND;
    case ORDER_MINUTE:
        return MINUTE;
    case ORDER_NONE:
        break;
    }
    return -1;
}

static size_t slot_after(const struct world *world, int64_t time)
{
    unsigned delay = world->delay_least;

    if (world->delay_most > world->delay_least)
        delay += below(&seed, world->delay_most - world->delay_least + 1);
    return (size_t)(time / MS + (delay > 0 ? delay : 1)) % DELAY_SLOTS;
}

static void turn_service(struct world *world)
{
    unsigned *arriving = &world->arriving[world->now / MS % DELAY_SLOTS];

    while (world->others && world->others_due <= world->now) {
        (void)serve(world);
        world->others_due += MINUTE / world->others;
    }
    for (; *arriving > 0; (*arriving)--) {
        bool taken = serve(world);
        size_t slot = slot_after(world, world->now);

        if (taken) {
            world->accepting[slot]++;
        } else {
            world->refusing[slot]++;
            world->retry_after[slot] = order(world);
        }
    }
}

/* In any order: a refusal may overtake what was accepted before it. */
static void end_calls(struct world *world, size_t slot)
{
    unsigned *accepting = &world->accepting[slot];
    unsigned *refusing = &world->refusing[slot];

    while (*accepting + *refusing > 0) {
        world->in_flight--;
        if (below(&seed, *accepting + *refusing) < *accepting) {
            (*accepting)--;
            world->accepted++;
            rate_limiter_accepted(world->limiter, world->now);
        } else {
            (*refusing)--;
            world->refused++;
            world->changes += rate_limiter_throttled(world->limiter, world->now,
                                                     world->retry_after[slot]);
        }
        world->wake = world->now;
    }
}

static bool has_call(const struct world *world)
{
    return world->in_flight < world->concurrency &&
           (world->demand == 0 || world->sent_of_demand >= 1);
}

static void turn_client(struct world *world)
{
    if (world->demand)
        world->sent_of_demand +=
            (double)(world->now - world->ended_until) * world->demand / MINUTE;
    for (; world->ended_until < world->now; world->ended_until += MS)
        end_calls(world, (size_t)(world->ended_until / MS + 1) % DELAY_SLOTS);
    while (has_call(world) && world->now >= world->wake) {
        int64_t wait = rate_limiter_wait(world->limiter, world->now);

        if (wait > 0) {
            world->wake = world->now + wait;
            return;
        }
        rate_limiter_sent(world->limiter, world->now);
        world->in_flight++;
        world->sent_of_demand -= world->demand ? 1 : 0;
        world->arriving[slot_after(world, world->now)]++;
    }
}

static void live(struct world *world, unsigned minutes)
{
    int64_t end = world->now + minutes * MINUTE;

    world->accepted = world->refused = 0;
    world->changes = 0;
    for (; world->now < end; world->now += MS) {
        turn_service(world);
        if (world->now < world->loop)
            continue;
        turn_client(world);
        world->loop = world->now + lateness();
    }
}

/* In the given minutes, at least this share of the limit must be used, and at
 * most one call in a hundred be refused. (The first Retry-After does not
 * measure the limit, so a second burst is refused: for a limit of 20 that is
 * more.) */
static void check_minutes(struct world *world, unsigned minutes, double share)
{
    const double allowed =
        world->order != ORDER_NONE && world->limit <= 20 ? 0.03 : 0.01;
    double most, refused;

    live(world, minutes);
    most = (double)(world->limit - world->others) * minutes;
    refused =
        (double)world->refused / (double)(world->accepted + world->refused + 1);
    if ((double)world->accepted < share * most || refused > allowed)
        fail_msg("limit %u, %u in flight, order %d: %.3f used, %.4f refused",
                 world->limit, world->concurrency, (int)world->order,
                 (double)world->accepted / most, refused);
}

static void check_limit(unsigned limit, unsigned concurrency, unsigned delay,
                        enum order order, double share)
{
    struct world *world = open_world(limit, concurrency, 5, delay);

    world->order = order;
    live(world, 1);
    assert_true(world->refused <=
                concurrency * (order == ORDER_NONE ? 1U : 2U));
    check_minutes(world, 30, share);
    close_world(world);
}

/* Of a limit that the service does not publish, at least 90 % must be used
 * after the first minute, and at most 1 % of the calls be refused, however many
 * are in flight when a refusal comes. */
static void test_hidden_limit(void **state)
{
    (void)state;
    check_limit(20, 16, 20, ORDER_NONE, 0.9);
    check_limit(20, 256, 500, ORDER_NONE, 0.9);
    check_limit(300, 1, 20, ORDER_NONE, 0.9);
    check_limit(300, 16, 20, ORDER_NONE, 0.9);
    check_limit(300, 16, 500, ORDER_NONE, 0.9);
    check_limit(300, 256, 500, ORDER_NONE, 0.9);
    check_limit(5000, 16, 20, ORDER_NONE, 0.9);
    check_limit(5000, 1000, 500, ORDER_NONE, 0.9);
    check_limit(100000, 1000, 500, ORDER_NONE, 0.9);
}

/* With Retry-After the same must be true, whether it is exact or always the
 * same; a whole minute for each refusal costs more. */
static void test_hidden_limit_retry_after(void **state)
{
    (void)state;
    check_limit(20, 16, 500, ORDER_EXACT, 0.9);
    check_limit(300, 16, 500, ORDER_EXACT, 0.9);
    check_limit(5000, 256, 500, ORDER_EXACT, 0.9);
    check_limit(300, 16, 500, ORDER_TEN_SECONDS, 0.9);
    check_limit(5000, 256, 500, ORDER_TEN_SECONDS, 0.9);
    check_limit(300, 16, 500, ORDER_MINUTE, 0.8);
}

/* The limiter must adapt to a lower limit within five minutes, and to a higher
 * one within 15 minutes. */
static void test_limit_changes(void **state)
{
    static const enum order orders[] = {ORDER_NONE, ORDER_EXACT};

    (void)state;
    for (size_t i = 0; i < COUNT(orders); i++) {
        struct world *world = open_world(300, 16, 5, 200);

        world->order = orders[i];
        live(world, 20);
        world->limit = 100;
        live(world, 5);
        assert_true(world->refused < 50);
        check_minutes(world, 15, 0.85);
        world->limit = 600;
        live(world, 15);
        check_minutes(world, 15, 0.9);
        close_world(world);
    }
}

/* While another program uses half of the limit, the other half must be used;
 * when it ends, the whole limit. */
static void test_others(void **state)
{
    struct world *world = open_world(300, 16, 5, 200);

    (void)state;
    live(world, 10);
    world->others = 150;
    world->others_due = world->now;
    live(world, 5);
    assert_true(world->refused < 40);
    check_minutes(world, 15, 0.85);
    world->others = 0;
    live(world, 15);
    check_minutes(world, 15, 0.9);
    close_world(world);
}

/* A run that starts when the calls of an earlier run fill the window must still
 * reach the limit. */
static void test_full_at_the_start(void **state)
{
    (void)state;
    for (unsigned full = 280; full <= 300; full += 20) {
        struct world *world = open_world(300, 16, 5, 200);

        while (world->log_end < full)
            (void)serve(world);
        live(world, 12);
        assert_true(world->refused < 30);
        check_minutes(world, 20, 0.9);
        close_world(world);
    }
}

/* A limit that is not used must not grow: nothing would prove it, and the next
 * hundred calls at once would be refused. */
static void test_unused_limit(void **state)
{
    struct world *world = open_world(300, 16, 5, 200);

    (void)state;
    live(world, 3);
    world->demand = 150;
    world->sent_of_demand = 0;
    live(world, 60);
    assert_true(world->accepted > 140 * 60);
    assert_true(rate_limiter_per_minute(world->limiter) < 400);
    close_world(world);
}

/* ---- call by call -------------------------------------------------------- */

static const int64_t start = 5000 * SECOND;

/* A limiter after 300 calls, accepted at once, and with ten in flight. */
static struct rate_limiter *burst(void)
{
    struct rate_limiter *limiter = rate_limiter_new(0, SECOND);

    assert_non_null(limiter);
    for (int i = 0; i < 310; i++) {
        assert_int_equal(rate_limiter_wait(limiter, start), 0);
        rate_limiter_sent(limiter, start);
    }
    for (int i = 0; i < 300; i++)
        rate_limiter_accepted(limiter, start + 100 * MS);
    return limiter;
}

/* Before the first refusal there must be no limit. */
static void test_no_bound(void **state)
{
    struct rate_limiter *limiter = burst();

    (void)state;
    assert_int_equal(rate_limiter_per_minute(limiter), 0);
    assert_int_equal(rate_limiter_pause_end(limiter), 0);
    assert_int_equal(rate_limiter_wait(limiter, start + 100 * MS), 0);
    rate_limiter_free(limiter);
}

/* The first refusal must set the limit to 95 % of what was accepted and stop
 * all calls until the window has room; refusals of calls that were in flight
 * must change nothing more. Then calls are sent evenly, without making up for
 * the pause. */
static void test_first_refusal(void **state)
{
    struct rate_limiter *limiter = burst();
    int64_t now = start + 200 * MS;
    int64_t wait;

    (void)state;
    assert_true(rate_limiter_throttled(limiter, now, -1));
    for (int i = 0; i < 9; i++)
        assert_false(rate_limiter_throttled(limiter, now, -1));
    assert_int_equal(rate_limiter_per_minute(limiter), 285);
    now += wait = rate_limiter_wait(limiter, now);
    assert_in_range(wait, MINUTE, MINUTE + 2 * SECOND);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(rate_limiter_wait(limiter, now), 0);
        rate_limiter_sent(limiter, now);
        wait = rate_limiter_wait(limiter, now);
        assert_in_range(wait, 200 * MS, 211 * MS);
        now += wait;
    }
    rate_limiter_free(limiter);
}

/* If the first refusal overtakes the responses to calls that were accepted,
 * these must still count. */
static void test_late_responses(void **state)
{
    struct rate_limiter *limiter = rate_limiter_new(0, SECOND);
    int64_t now = start + 200 * MS;

    (void)state;
    assert_non_null(limiter);
    for (int i = 0; i < 101; i++)
        rate_limiter_sent(limiter, start);
    assert_true(rate_limiter_throttled(limiter, now, -1));
    assert_true(rate_limiter_wait(limiter, now) >= 60 * SECOND);
    for (int i = 0; i < 100; i++)
        rate_limiter_accepted(limiter, now + i * MS);
    assert_int_equal(rate_limiter_per_minute(limiter), 95);
    rate_limiter_free(limiter);
}

/* Retry-After must be obeyed to the microsecond, an hour at most, also if it
 * comes with a call that was in flight; it must lower the limit by a tenth at
 * most. */
static void test_retry_after(void **state)
{
    struct rate_limiter *limiter = burst();
    int64_t now = start + 200 * MS;
    unsigned held;

    (void)state;
    assert_true(rate_limiter_throttled(limiter, now, 100 * SECOND));
    assert_int_equal(rate_limiter_wait(limiter, now), 100 * SECOND);
    assert_int_equal(rate_limiter_pause_end(limiter), now + 100 * SECOND);
    assert_false(rate_limiter_throttled(limiter, now, 200 * SECOND));
    assert_false(rate_limiter_throttled(limiter, now, 50 * SECOND));
    assert_int_equal(rate_limiter_wait(limiter, now), 200 * SECOND);
    assert_int_equal(rate_limiter_wait(limiter, now + 200 * SECOND), 0);

    held = rate_limiter_per_minute(limiter);
    now += 300 * SECOND;
    rate_limiter_sent(limiter, now);
    assert_true(rate_limiter_throttled(limiter, now, INT64_MAX));
    assert_int_equal(rate_limiter_wait(limiter, now), 60 * MINUTE);
    assert_in_range(rate_limiter_per_minute(limiter), held * 9 / 10, held);
    rate_limiter_free(limiter);
}

/* If nothing was accepted, calls of others fill the window: the next call must
 * wait for a minute. */
static void test_nothing_accepted(void **state)
{
    struct rate_limiter *limiter = rate_limiter_new(0, SECOND);

    (void)state;
    assert_non_null(limiter);
    rate_limiter_sent(limiter, start);
    assert_true(rate_limiter_throttled(limiter, start + MS, -1));
    assert_int_equal(rate_limiter_wait(limiter, start + MS), MINUTE);
    rate_limiter_free(limiter);
}

/* Calls that were sent without permission must not delay others for longer than
 * they count in a window. */
static void test_unasked(void **state)
{
    struct rate_limiter *limiter = rate_limiter_new(1, SECOND);

    (void)state;
    assert_non_null(limiter);
    for (int i = 0; i < 1000; i++)
        rate_limiter_sent(limiter, start);
    assert_in_range(rate_limiter_wait(limiter, start), SECOND, 2 * SECOND);
    rate_limiter_free(limiter);
}

/* With --rate and a limit of the service, the lower one must be kept. */
static void test_rate_and_limit(void **state)
{
    struct rate_limiter *limiter = rate_limiter_new(600, MINUTE);
    int64_t now = start;

    (void)state;
    assert_non_null(limiter);
    assert_in_range(rate_limiter_per_minute(limiter), 582, 600);
    for (int i = 0; i < 100; i++) {
        now += rate_limiter_wait(limiter, now);
        rate_limiter_sent(limiter, now);
        rate_limiter_accepted(limiter, now);
    }
    rate_limiter_sent(limiter, now);
    assert_true(rate_limiter_throttled(limiter, now, -1));
    assert_int_equal(rate_limiter_per_minute(limiter), 95);
    rate_limiter_free(limiter);
}

/* However often calls are refused, one must be admitted within the pause that
 * Retry-After asked for, or within two minutes. */
static void test_floor(void **state)
{
    struct rate_limiter *limiter = rate_limiter_new(0, SECOND);
    int64_t now = start;

    (void)state;
    assert_non_null(limiter);
    for (int i = 0; i < 1000; i++) {
        int64_t wait = rate_limiter_wait(limiter, now);

        assert_true(wait <= 2 * MINUTE);
        now += wait;
        rate_limiter_sent(limiter, now);
        (void)rate_limiter_throttled(limiter, now + 10 * MS, -1);
    }
    assert_true(rate_limiter_per_minute(limiter) >= 1);
    rate_limiter_free(limiter);
}

/* Whatever is reported in whatever order, a wait must be neither negative nor
 * longer than an hour, and after it a call must be admitted. */
static void fuzz(uint64_t *random)
{
    static const unsigned rates[] = {0, 0, 1, 7, 20000, 4294967295};
    struct rate_limiter *limiter = rate_limiter_new(
        rates[below(random, COUNT(rates))], below(random, 2) ? SECOND : MINUTE);
    int64_t now = (int64_t)below(random, 1000000);

    assert_non_null(limiter);
    for (unsigned i = below(random, 2000); i > 0; i--) {
        int64_t wait = rate_limiter_wait(limiter, now);

        assert_in_range(wait, 0, 60 * MINUTE);
        assert_int_equal(rate_limiter_wait(limiter, now + wait), 0);
        switch (below(random, 8)) {
        case 0:
            now += wait;
            break;
        case 1:
            now += (int64_t)below(random, 1U << below(random, 31));
            break;
        case 2:
            (void)rate_limiter_throttled(limiter, now, -1);
            break;
        case 3:
            (void)rate_limiter_throttled(limiter, now,
                                         (int64_t)next_random(random));
            break;
        case 4:
        case 5:
            rate_limiter_sent(limiter, now);
            break;
        default:
            rate_limiter_accepted(limiter, now);
        }
    }
    (void)rate_limiter_per_minute(limiter);
    rate_limiter_free(limiter);
}

/* See fuzz(). */
static void test_any_order(void **state)
{
    uint64_t random = 1;

    (void)state;
    for (int i = 0; i < 500; i++)
        fuzz(&random);
}

/* To free NULL must do nothing. */
static void test_free_nothing(void **state)
{
    (void)state;
    rate_limiter_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_hidden_limit),
        cmocka_unit_test(test_hidden_limit_retry_after),
        cmocka_unit_test(test_limit_changes),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_full_at_the_start),
        cmocka_unit_test(test_unused_limit),
        cmocka_unit_test(test_no_bound),
        cmocka_unit_test(test_first_refusal),
        cmocka_unit_test(test_late_responses),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_nothing_accepted),
        cmocka_unit_test(test_unasked),
        cmocka_unit_test(test_rate_and_limit),
        cmocka_unit_test(test_floor),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_free_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
