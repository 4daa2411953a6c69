#include <inttypes.h>

#include "net/limit_stop.h"
#include "net/rate_limiter.h"
#include "unit.h"

#define MS     INT64_C(1000)
#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

/* ---- what a refusal changes ---------------------------------------------- */

/* Limits of all kinds, over time, are tested in
 * tests/unit/dispatch/test_limits.c.
 */

static const int64_t start = 1000 * SECOND;

static struct rate_limiter *open_limiter(void)
{
    struct rate_limiter *limiter = rate_limiter_new(0, SECOND, 64);

    assert_non_null(limiter);
    return limiter;
}

/* A call of that user of that tenant. */
static struct limited_call send(struct rate_limiter *limiter,
                                enum limit_operation operation, int64_t now,
                                uint64_t tenant, uint64_t user)
{
    struct limited_call call = {.owner = {tenant, user}};

    rate_limiter_sent(limiter, operation, now, &call);
    return call;
}

static void pass(struct rate_limiter *limiter, enum limit_operation operation,
                 int64_t now, const struct limited_call *call)
{
    rate_limiter_ended(limiter, operation, now, call, LIMIT_PASSED, -1);
}

static void refuse(struct rate_limiter *limiter, enum limit_operation operation,
                   int64_t now, const struct limited_call *call,
                   int64_t retry_after)
{
    rate_limiter_ended(limiter, operation, now, call, LIMIT_REFUSED,
                       retry_after);
}

/* Before the first refusal there must be no limit except for --concurrency. */
static void test_no_limit(void **state)
{
    struct rate_limiter *limiter = open_limiter();

    (void)state;
    for (int i = 0; i < 64; i++) {
        assert_int_equal(rate_limiter_wait(limiter, LIMIT_GET, start), 0);
        (void)send(limiter, LIMIT_GET, start, 0, 1);
    }
    assert_int_equal(rate_limiter_wait(limiter, LIMIT_GET, start), -1);
    assert_int_equal(rate_limiter_per_minute(limiter), 0);
    assert_int_equal(rate_limiter_pause_end(limiter), 0);
    rate_limiter_free(limiter);
}

/* One refusal must stop nothing. The second one before a later call passes must
 * stop all calls for Retry-After, an hour at most. */
static void test_second_refusal(void **state)
{
    struct rate_limiter *limiter = open_limiter();
    struct limited_call first = send(limiter, LIMIT_UPDATE, start, 0, 1);
    struct limited_call second = send(limiter, LIMIT_UPDATE, start, 0, 2);
    struct limited_call third = send(limiter, LIMIT_UPDATE, start, 0, 3);

    (void)state;
    refuse(limiter, LIMIT_UPDATE, start, &first, 10 * SECOND);
    assert_int_equal(rate_limiter_wait(limiter, LIMIT_UPDATE, start), 0);
    refuse(limiter, LIMIT_UPDATE, start, &second, 10 * SECOND);
    assert_int_equal(rate_limiter_wait(limiter, LIMIT_UPDATE, start),
                     10 * SECOND);
    assert_int_equal(rate_limiter_wait(limiter, LIMIT_GET, start), 10 * SECOND);
    assert_int_equal(rate_limiter_pause_end(limiter), start + 10 * SECOND);
    refuse(limiter, LIMIT_UPDATE, start, &third, INT64_MAX);
    assert_int_equal(rate_limiter_wait(limiter, LIMIT_UPDATE, start),
                     60 * MINUTE);
    rate_limiter_free(limiter);
}

/* If a later-sent call of the other operation passes meanwhile, only the
 * operation must stop. */
static void test_operation(void **state)
{
    struct rate_limiter *limiter = open_limiter();
    struct limited_call first = send(limiter, LIMIT_UPDATE, start, 0, 1);
    struct limited_call second = send(limiter, LIMIT_UPDATE, start, 0, 2);
    struct limited_call other = send(limiter, LIMIT_GET, start, 0, 3);

    (void)state;
    refuse(limiter, LIMIT_UPDATE, start, &first, 10 * SECOND);
    pass(limiter, LIMIT_GET, start, &other);
    refuse(limiter, LIMIT_UPDATE, start, &second, 10 * SECOND);
    assert_int_equal(rate_limiter_wait(limiter, LIMIT_UPDATE, start),
                     10 * SECOND);
    assert_int_equal(rate_limiter_wait(limiter, LIMIT_GET, start), 0);
    rate_limiter_free(limiter);
}

/* A later-sent call that passes must end the pause of all; an earlier one must
 * not. */
static void test_later_call_passes(void **state)
{
    struct rate_limiter *limiter = open_limiter();
    struct limited_call earlier = send(limiter, LIMIT_GET, start, 0, 1);
    struct limited_call first = send(limiter, LIMIT_GET, start, 0, 2);
    struct limited_call second = send(limiter, LIMIT_GET, start, 0, 3);
    struct limited_call later = send(limiter, LIMIT_GET, start, 0, 4);

    (void)state;
    refuse(limiter, LIMIT_GET, start, &first, 10 * SECOND);
    refuse(limiter, LIMIT_GET, start, &second, 10 * SECOND);
    pass(limiter, LIMIT_GET, start, &earlier);
    assert_true(rate_limiter_wait(limiter, LIMIT_GET, start) > 0);
    pass(limiter, LIMIT_GET, start, &later);
    assert_int_equal(rate_limiter_wait(limiter, LIMIT_GET, start), 0);
    assert_true(rate_limiter_pause_end(limiter) <= start);
    rate_limiter_free(limiter);
}

/* Without Retry-After, single calls must be sent after pauses that grow, five
 * seconds at most, until one passes. */
static void test_probes(void **state)
{
    struct rate_limiter *limiter = open_limiter();
    struct limited_call calls[2] = {send(limiter, LIMIT_GET, start, 0, 1),
                                    send(limiter, LIMIT_GET, start, 0, 2)};
    int64_t now = start, last = 0;

    (void)state;
    refuse(limiter, LIMIT_GET, now, &calls[0], -1);
    refuse(limiter, LIMIT_GET, now, &calls[1], -1);
    for (int i = 0; i < 40; i++) {
        int64_t wait = rate_limiter_wait(limiter, LIMIT_GET, now);

        assert_in_range(wait, last, 5 * SECOND);
        assert_true(wait > 0);
        last = wait;
        now += wait;
        calls[0] = send(limiter, LIMIT_GET, now, 0, 3);
        assert_int_equal(rate_limiter_wait(limiter, LIMIT_GET, now), -1);
        refuse(limiter, LIMIT_GET, now, &calls[0], -1);
    }
    now += rate_limiter_wait(limiter, LIMIT_GET, now);
    calls[0] = send(limiter, LIMIT_GET, now, 0, 3);
    pass(limiter, LIMIT_GET, now, &calls[0]);
    assert_true(rate_limiter_wait(limiter, LIMIT_GET, now) >= 0);
    rate_limiter_free(limiter);
}

/* After a long Retry-After, calls must be sent without delay again. */
static void test_long_pause(void **state)
{
    struct rate_limiter *limiter = open_limiter();
    struct limited_call calls[2] = {send(limiter, LIMIT_GET, start, 0, 1),
                                    send(limiter, LIMIT_GET, start, 0, 2)};
    int64_t end = start + 10 * MINUTE;

    (void)state;
    refuse(limiter, LIMIT_GET, start, &calls[0], 10 * MINUTE);
    refuse(limiter, LIMIT_GET, start, &calls[1], 10 * MINUTE);
    assert_int_equal(rate_limiter_wait(limiter, LIMIT_GET, start), 10 * MINUTE);
    calls[0] = send(limiter, LIMIT_GET, end, 0, 1);
    pass(limiter, LIMIT_GET, end, &calls[0]);
    assert_int_equal(rate_limiter_wait(limiter, LIMIT_GET, end), 0);
    rate_limiter_free(limiter);
}

/* A probe that fails otherwise must be repeated. */
static void test_lost_probe(void **state)
{
    struct rate_limiter *limiter = open_limiter();
    struct limited_call calls[2] = {send(limiter, LIMIT_GET, start, 0, 1),
                                    send(limiter, LIMIT_GET, start, 0, 2)};
    int64_t now = start;

    (void)state;
    refuse(limiter, LIMIT_GET, now, &calls[0], -1);
    refuse(limiter, LIMIT_GET, now, &calls[1], -1);
    now += rate_limiter_wait(limiter, LIMIT_GET, now);
    calls[0] = send(limiter, LIMIT_GET, now, 0, 3);
    rate_limiter_ended(limiter, LIMIT_GET, now, &calls[0], LIMIT_UNKNOWN, -1);
    assert_in_range(rate_limiter_wait(limiter, LIMIT_GET, now), 1, SECOND);
    rate_limiter_free(limiter);
}

/* Too many calls at once must lower the calls in flight to one less than the
 * refused call saw. */
static void test_crowded(void **state)
{
    struct rate_limiter *limiter = open_limiter();
    struct limited_call call = {.number = 0};

    (void)state;
    for (uint64_t i = 0; i < 9; i++)
        call = send(limiter, LIMIT_GET, start, 0, i);
    rate_limiter_ended(limiter, LIMIT_GET, start, &call, LIMIT_CROWDED, -1);
    assert_int_equal(rate_limiter_wait(limiter, LIMIT_GET, start), -1);
    rate_limiter_free(limiter);
}

/* ---- tenants ------------------------------------------------------------- */

/* If two users of a tenant are refused while others pass, only this tenant must
 * pause for Retry-After; then one call must be sent at first. */
static void test_tenant(void **state)
{
    struct rate_limiter *limiter = open_limiter();
    int64_t now = start;
    struct limited_call call = send(limiter, LIMIT_GET, now, 7, 1);

    (void)state;
    refuse(limiter, LIMIT_GET, now, &call, 10 * SECOND);
    assert_int_equal(rate_limiter_tenant_wait(limiter, 7, now), 0);
    call = send(limiter, LIMIT_GET, now, 8, 2);
    pass(limiter, LIMIT_GET, now, &call);
    call = send(limiter, LIMIT_GET, now, 7, 3);
    refuse(limiter, LIMIT_GET, now, &call, 10 * SECOND);
    assert_int_equal(rate_limiter_tenant_wait(limiter, 7, now), 10 * SECOND);
    assert_int_equal(rate_limiter_tenant_wait(limiter, 8, now), 0);
    assert_int_equal(rate_limiter_wait(limiter, LIMIT_GET, now), 0);
    now += 10 * SECOND;
    assert_int_equal(rate_limiter_tenant_wait(limiter, 7, now), 0);
    call = send(limiter, LIMIT_GET, now, 7, 3);
    assert_true(rate_limiter_tenant_wait(limiter, 7, now) > 0);
    pass(limiter, LIMIT_GET, now, &call);
    assert_int_equal(rate_limiter_tenant_wait(limiter, 7, now), 0);
    rate_limiter_free(limiter);
}

/* A call of a limited tenant that ends in any way must make room for the next
 * one. */
static void test_tenant_with_lost_calls(void **state)
{
    static const enum limit_verdict verdicts[] = {
        LIMIT_UNKNOWN, LIMIT_OVERLOADED, LIMIT_CROWDED};
    struct rate_limiter *limiter = open_limiter();
    int64_t now = start;
    struct limited_call call = send(limiter, LIMIT_GET, now, 7, 1);

    (void)state;
    refuse(limiter, LIMIT_GET, now, &call, SECOND);
    call = send(limiter, LIMIT_GET, now, 8, 2);
    pass(limiter, LIMIT_GET, now, &call);
    call = send(limiter, LIMIT_GET, now, 7, 3);
    refuse(limiter, LIMIT_GET, now, &call, SECOND);
    now += SECOND;
    for (size_t i = 0; i < COUNT(verdicts); i++) {
        assert_int_equal(rate_limiter_tenant_wait(limiter, 7, now), 0);
        call = send(limiter, LIMIT_GET, now, 7, 3);
        assert_true(rate_limiter_tenant_wait(limiter, 7, now) > 0);
        rate_limiter_ended(limiter, LIMIT_GET, now, &call, verdicts[i], -1);
    }
    assert_int_equal(rate_limiter_tenant_wait(limiter, 7, now), 0);
    rate_limiter_free(limiter);
}

/* If all calls are refused, and all are of one tenant, this tenant must be
 * suspected. If a call of another tenant passes, only it must be limited, and
 * the rate of all calls must not. */
static void test_suspected_tenant(void **state)
{
    struct rate_limiter *limiter = open_limiter();
    struct limited_call calls[4];
    int64_t now = start;

    (void)state;
    for (unsigned i = 0; i < 4; i++)
        calls[i] = send(limiter, LIMIT_GET, now, 7, 1 + i);
    refuse(limiter, LIMIT_GET, now, &calls[0], -1);
    assert_int_equal(rate_limiter_suspect(limiter), 0);
    for (unsigned i = 1; i < 4; i++)
        refuse(limiter, LIMIT_GET, now, &calls[i], -1);
    assert_int_equal(rate_limiter_suspect(limiter), 7);
    now += rate_limiter_wait(limiter, LIMIT_GET, now);
    assert_true(now > start);
    calls[0] = send(limiter, LIMIT_GET, now, 8, 9);
    pass(limiter, LIMIT_GET, now, &calls[0]);
    assert_int_equal(rate_limiter_suspect(limiter), 0);
    calls[0] = send(limiter, LIMIT_GET, now, 7, 5);
    refuse(limiter, LIMIT_GET, now, &calls[0], 10 * SECOND);
    assert_int_equal(rate_limiter_tenant_wait(limiter, 7, now), 10 * SECOND);
    assert_int_equal(rate_limiter_per_minute(limiter), 0);
    assert_int_equal(rate_limiter_wait(limiter, LIMIT_GET, now), 0);
    rate_limiter_free(limiter);
}

/* If calls of several tenants are refused, none of them must be suspected. */
static void test_no_suspect(void **state)
{
    struct rate_limiter *limiter = open_limiter();

    (void)state;
    for (uint64_t i = 1; i < 10; i++) {
        struct limited_call call = send(limiter, LIMIT_GET, start, i, i);

        refuse(limiter, LIMIT_GET, start, &call, -1);
        assert_int_equal(rate_limiter_suspect(limiter), 0);
    }
    rate_limiter_free(limiter);
}

/* Two refusals of the same user, or of more tenants than the table has, must
 * pause no tenant, and take no more memory. */
static void test_many_tenants(void **state)
{
    struct rate_limiter *limiter = open_limiter();

    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        struct limited_call call =
            send(limiter, LIMIT_GET, start, 1 + i % 500, 1 + i % 500);
        struct limited_call other = send(limiter, LIMIT_GET, start, 1000, i);

        refuse(limiter, LIMIT_GET, start, &call, SECOND);
        pass(limiter, LIMIT_GET, start, &other);
        assert_int_equal(rate_limiter_tenant_wait(limiter, 1 + i % 500, start),
                         0);
    }
    rate_limiter_free(limiter);
}

/* ---- together ------------------------------------------------------------ */

/* Calls that were sent without permission must not delay others for longer than
 * they count in a window. */
static void test_unasked(void **state)
{
    struct rate_limiter *limiter = rate_limiter_new(1, SECOND, 1000);

    (void)state;
    assert_non_null(limiter);
    for (int i = 0; i < 1000; i++)
        rate_limiter_token_sent(limiter, start);
    assert_in_range(rate_limiter_token_wait(limiter, start), SECOND,
                    2 * SECOND);
    assert_in_range(rate_limiter_wait(limiter, LIMIT_GET, start), SECOND,
                    2 * SECOND);
    assert_in_range(rate_limiter_per_minute(limiter), 58, 60);
    rate_limiter_free(limiter);
}

/* Whatever is reported in whatever order, a wait must not be longer than an
 * hour, and after it a call must be admitted, or after another one has ended.
 */
static void fuzz(uint64_t *random)
{
    static const unsigned rates[] = {0, 0, 1, 7, 20000, 4294967295};
    struct rate_limiter *limiter =
        rate_limiter_new(rates[below(random, COUNT(rates))],
                         below(random, 2) ? SECOND : MINUTE, 16);
    struct limited_call calls[16];
    enum limit_operation operations[16];
    unsigned count = 0;
    int64_t now = 1 + (int64_t)below(random, 1000000);

    assert_non_null(limiter);
    for (unsigned i = below(random, 2000); i > 0; i--) {
        enum limit_operation operation = below(random, 2);
        int64_t wait = rate_limiter_wait(limiter, operation, now);

        assert_true(wait >= -1 && wait <= 60 * MINUTE);
        if (wait < 0)
            assert_true(count > 0);
        else
            assert_int_equal(rate_limiter_wait(limiter, operation, now + wait),
                             0);
        if (below(random, 2) && wait >= 0) {
            now += below(random, 2) ? wait : 0;
            if (count < 16 && rate_limiter_wait(limiter, operation, now) == 0) {
                operations[count] = operation;
                calls[count++] = send(limiter, operation, now, below(random, 3),
                                      below(random, 9));
            }
            if (below(random, 2))
                rate_limiter_flushed(limiter, now);
        } else if (count > 0) {
            unsigned at = below(random, count);
            int64_t after =
                below(random, 2) ? -1 : (int64_t)next_random(random);

            rate_limiter_connected(limiter, &calls[at],
                                   below(random, 2) ? now : calls[at].sent);
            rate_limiter_ended(limiter, operations[at], now, &calls[at],
                               below(random, LIMIT_UNKNOWN + 1),
                               after < 0 ? -1 : after);
            calls[at] = calls[--count];
            operations[at] = operations[count];
        }
        now += (int64_t)below(random, 1U << below(random, 31));
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

/* ---- stops of other processes -------------------------------------------- */

/* Sends a call each ten milliseconds that passes after five. */
static int64_t send_steadily(struct adaptive_limit *limit, int64_t now,
                             unsigned calls)
{
    while (calls-- > 0) {
        struct limited_call call = {.owner = {0, calls}};

        adaptive_limit_sent(limit, LIMIT_GET, now, &call);
        adaptive_limit_ended(limit, LIMIT_GET, now + 5 * MS, &call,
                             LIMIT_PASSED, -1);
        now += 10 * MS;
    }
    return now;
}

/* Refusals that stop all calls must be counted for other processes, once, and
 * again only if the pause grows. */
static void test_counts_stops(void **state)
{
    struct adaptive_limit limit;
    struct limited_call calls[4] = {{.owner = {0, 0}}};
    int64_t pause;

    (void)state;
    adaptive_limit_init(&limit, 64);
    for (unsigned i = 0; i < COUNT(calls); i++) {
        calls[i].owner.user = i;
        adaptive_limit_sent(&limit, LIMIT_GET, start, &calls[i]);
    }
    adaptive_limit_ended(&limit, LIMIT_GET, start, &calls[0], LIMIT_REFUSED,
                         10 * SECOND);
    assert_int_equal(adaptive_limit_stops(&limit, &pause), 0);
    for (unsigned i = 1; i < 3; i++) {
        adaptive_limit_ended(&limit, LIMIT_GET, start, &calls[i], LIMIT_REFUSED,
                             10 * SECOND);
        assert_int_equal(adaptive_limit_stops(&limit, &pause), 1);
        assert_int_equal(pause, start + 10 * SECOND);
    }
    adaptive_limit_ended(&limit, LIMIT_GET, start, &calls[3], LIMIT_REFUSED,
                         20 * SECOND);
    assert_int_equal(adaptive_limit_stops(&limit, &pause), 2);
    assert_int_equal(pause, start + 20 * SECOND);
}

/* The stop of another process must stop all calls for its pause. When a call
 * passes after it, the rate must be what was accepted before, as if these calls
 * had been refused. It is not passed on. */
static void test_stop_by_others(void **state)
{
    struct adaptive_limit limit;
    struct limited_call probe = {.owner = {0, 1}};
    int64_t now, pause;

    (void)state;
    adaptive_limit_init(&limit, 64);
    now = send_steadily(&limit, start, 1000);
    assert_int_equal((int)adaptive_limit_rate(&limit), 0);
    limit_stop_by_others(&limit, now, 10 * SECOND);
    assert_int_equal(adaptive_limit_wait(&limit, LIMIT_UPDATE, now),
                     10 * SECOND);
    limit_stop_by_others(&limit, now, 20 * SECOND);
    assert_int_equal(adaptive_limit_wait(&limit, LIMIT_GET, now), 20 * SECOND);
    assert_int_equal(adaptive_limit_pause_end(&limit), now + 20 * SECOND);
    now += 20 * SECOND;
    adaptive_limit_sent(&limit, LIMIT_GET, now, &probe);
    assert_int_equal(adaptive_limit_wait(&limit, LIMIT_GET, now), -1);
    adaptive_limit_ended(&limit, LIMIT_GET, now, &probe, LIMIT_PASSED, -1);
    assert_int_not_equal(adaptive_limit_wait(&limit, LIMIT_GET, now), -1);
    assert_in_range((int)adaptive_limit_rate(&limit), 25, 100);
    assert_int_equal(adaptive_limit_stops(&limit, &pause), 0);
}

/* A stop before the first call must end as well. */
static void test_stop_before_first_call(void **state)
{
    struct adaptive_limit limit;
    struct limited_call probe = {.owner = {0, 1}};

    (void)state;
    adaptive_limit_init(&limit, 64);
    limit_stop_by_others(&limit, start, 0);
    assert_in_range(adaptive_limit_wait(&limit, LIMIT_GET, start), 1, SECOND);
    adaptive_limit_sent(&limit, LIMIT_GET, start + SECOND, &probe);
    adaptive_limit_ended(&limit, LIMIT_GET, start + SECOND, &probe,
                         LIMIT_PASSED, -1);
    assert_in_range(adaptive_limit_wait(&limit, LIMIT_GET, start + SECOND), 0,
                    20 * SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_limit),
        cmocka_unit_test(test_second_refusal),
        cmocka_unit_test(test_operation),
        cmocka_unit_test(test_later_call_passes),
        cmocka_unit_test(test_probes),
        cmocka_unit_test(test_long_pause),
        cmocka_unit_test(test_lost_probe),
        cmocka_unit_test(test_crowded),
        cmocka_unit_test(test_tenant),
        cmocka_unit_test(test_tenant_with_lost_calls),
        cmocka_unit_test(test_suspected_tenant),
        cmocka_unit_test(test_no_suspect),
        cmocka_unit_test(test_many_tenants),
        cmocka_unit_test(test_unasked),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_counts_stops),
        cmocka_unit_test(test_stop_by_others),
        cmocka_unit_test(test_stop_before_first_call),
        cmocka_unit_test(test_free_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
