#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/limits.h"
#include "sim/world.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MS           UINT64_C(1000)
#define SECOND       UINT64_C(1000000)
#define CALLS        3000

static struct limits limits;
static uint64_t wait_us; /* of the last refused call */
static struct limits_held held;

/* Replaces the limits by one or two. */
static void use(const char *text, const char *second)
{
    struct limits new;

    limits_init(&new);
    assert_null(limits_add(&new, text));
    if (second)
        assert_null(limits_add(&new, second));
    limits_replace(&limits, &new);
}

static int tear_down(void **state)
{
    (void)state;
    limits_free(&limits);
    return 0;
}

/* A call of user 1 of tenant t; true: it is accepted. */
static bool call(enum call_kind kind, uint64_t now)
{
    return !limits_call(&limits, kind, "1", "t", now, &wait_us, &held);
}

static bool get(uint64_t now)
{
    return call(CALL_GET_USER, now);
}

/* The number of calls that are accepted if one is made each step. */
static unsigned accepted(uint64_t from, uint64_t to, uint64_t step)
{
    unsigned count = 0;

    for (uint64_t now = from; now < to; now += step)
        count += get(now);
    return count;
}

/* ---- the models ---------------------------------------------------------- */

/* Compares a sliding window with the rule: a call is accepted if fewer than 20
 * calls that count arrived in the second before it. */
static void check_sliding(const char *text, bool refused_count)
{
    uint64_t times[CALLS] = {0};
    unsigned before, counted = 0, accepts = 0;
    uint64_t now = 0;

    use(text, NULL);
    for (unsigned i = 0; i < CALLS; i++) {
        now += world_mix(i + 1) % (60 * MS);
        before = 0;
        for (unsigned j = 0; j < counted; j++)
            before += now - times[j] < SECOND;
        assert_int_equal(get(now), before < 20);
        if (before < 20 || refused_count)
            times[counted++] = now;
        accepts += before < 20;
    }
    assert_in_range(accepts, 1, CALLS - 1);
}

/* A sliding window accepts a call if fewer calls arrived in the time before it
 * than the limit; refused calls count if the limit says so. */
static void test_sliding(void **state)
{
    (void)state;
    check_sliding("20/s", false);
    check_sliding("20/1s,refused-count", true);
}

/* A fixed window accepts the same number of calls in each window, even if they
 * come at the end of one and the beginning of the next. */
static void test_fixed(void **state)
{
    (void)state;
    use("fixed:10/2s", NULL);
    assert_int_equal(accepted(SECOND, 2 * SECOND, 10 * MS), 10);
    assert_int_equal(accepted(2 * SECOND, 3 * SECOND, 10 * MS), 10);
    assert_int_equal(accepted(3 * SECOND, 4 * SECOND, 10 * MS), 0);
    assert_int_equal(accepted(9 * SECOND, 11 * SECOND, 10 * MS), 20);
}

/* A bucket accepts its burst at once, and then as many calls as its rate adds,
 * without rounding; after a rest, it has no more than its burst. */
static void test_bucket(void **state)
{
    (void)state;
    use("bucket:7/s,burst=20", NULL);
    assert_int_equal(accepted(0, MS, 10), 20);
    assert_int_equal(accepted(MS, 100 * SECOND, MS), 7 * 100 - 1);
    assert_int_equal(accepted(200 * SECOND, 200 * SECOND + MS, 10), 20);
    use("bucket:7/s", NULL);
    assert_int_equal(accepted(0, MS, 10), 7);
}

/* If refused calls do not count, the time that a refused call has to wait is
 * exact: a call is refused just before, and accepted then. */
static void test_wait(void **state)
{
    static const char *const texts[] = {"7/s", "fixed:7/s",
                                        "bucket:7/s,burst=3", "bucket:1/h"};

    (void)state;
    for (unsigned i = 0; i < COUNT(texts); i++) {
        uint64_t now = 0, due;

        use(texts[i], NULL);
        for (unsigned refused = 0; refused < 20; refused++) {
            while (get(now))
                now += 13 * MS;
            due = now + wait_us;
            assert_false(get(due - 1));
            assert_int_equal(wait_us, 1);
            assert_true(get(due));
            now = due;
        }
    }
}

/* If refused calls count, a refused call has to wait longer, because it counts
 * too. */
static void test_wait_counts(void **state)
{
    (void)state;
    use("2/s,refused-count", NULL);
    assert_true(get(0));
    assert_true(get(100 * MS));
    assert_false(get(200 * MS));
    assert_int_equal(wait_us, 900 * MS);
}

/* No more calls than the limit are in flight at once, whatever order they end
 * in. Calls of replaced limits do not count. */
static void test_at_once(void **state)
{
    struct limits_held first, second;

    (void)state;
    use("at-once:2", NULL);
    assert_true(get(1));
    first = held;
    assert_true(get(2));
    second = held;
    assert_false(get(3));
    limits_end(&limits, &held);
    assert_false(get(4));
    limits_end(&limits, &first);
    assert_true(get(5));
    assert_false(get(6));
    use("at-once:1", NULL);
    assert_true(get(7));
    limits_end(&limits, &second);
    assert_false(get(8));
}

/* If refused calls count, they are in flight too. */
static void test_at_once_refused(void **state)
{
    struct limits_held first;

    (void)state;
    use("at-once:1,refused-count", NULL);
    assert_true(get(1));
    first = held;
    assert_false(get(2));
    limits_end(&limits, &first);
    assert_false(get(3));
    limits_end(&limits, &held);
    assert_false(get(4));
}

/* Calls are refused at random with the given probability, and again with the
 * same choices. */
static void test_random(void **state)
{
    bool choices[10000];
    unsigned refused = 0;

    (void)state;
    use("random:2.5%", NULL);
    for (unsigned i = 0; i < COUNT(choices); i++) {
        choices[i] = get(i);
        refused += !choices[i];
    }
    assert_in_range(refused, 200, 300);
    use("random:2.5%", NULL);
    for (unsigned i = 0; i < COUNT(choices); i++)
        assert_int_equal(get(i), choices[i]);
    use("random:100%", NULL);
    assert_int_equal(accepted(0, 1000, 1), 0);
    use("random:0%", NULL);
    assert_int_equal(accepted(0, 1000, 1), 1000);
}

/* ---- which calls, and when ----------------------------------------------- */

/* A limit counts only the calls that meet all its conditions. Calls to the
 * token endpoint are never limited. */
static void test_conditions(void **state)
{
    static const struct {
        const char *text, *user, *tenant;
        enum call_kind kind;
        bool limited;
    } cases[] = {
        {"random:100%", "5", "", CALL_GET_USER, true},
        {"random:100%", "", "", CALL_OTHER, true},
        {"random:100%", "", "", CALL_TOKEN, false},
        {"GetUser:random:100%", "5", "", CALL_GET_USER, true},
        {"GetUser:random:100%", "5", "", CALL_UPDATE_USER, false},
        {"user=a5:random:100%", "A5", "", CALL_UPDATE_USER, true},
        {"user=a5:random:100%", "a", "", CALL_UPDATE_USER, false},
        {"tenant=T:random:100%", "5", "t", CALL_GET_USER, true},
        {"tenant=T:random:100%", "5", "", CALL_GET_USER, false},
        {"tenant=T:UpdateUser:user=5:random:100%", "5", "T", CALL_UPDATE_USER,
         true},
        {"tenant=T:UpdateUser:user=5:random:100%", "6", "T", CALL_UPDATE_USER,
         false},
        {"tenant=T:UpdateUser:user=5:random:100%", "5", "T", CALL_GET_USER,
         false},
    };

    (void)state;
    for (unsigned i = 0; i < COUNT(cases); i++) {
        use(cases[i].text, NULL);
        for (unsigned n = 0; n < 2; n++)
            assert_int_equal(limits_call(&limits, cases[i].kind, cases[i].user,
                                         cases[i].tenant, n, &wait_us,
                                         &held) != NULL,
                             cases[i].limited);
    }
}

/* A call must be accepted by each limit that counts it. The first one that
 * refuses it is named, and it does not count for the others. */
static void test_several(void **state)
{
    (void)state;
    use("3/10s", "UpdateUser:1/10s");
    assert_true(call(CALL_UPDATE_USER, 1));
    assert_false(call(CALL_UPDATE_USER, 2));
    assert_false(call(CALL_UPDATE_USER, 3));
    assert_true(get(4));
    assert_true(get(5));
    assert_false(get(6));
    use("GetUser:random:100%", "random:100%");
    assert_ptr_equal(
        limits_call(&limits, CALL_GET_USER, "1", "", 7, &wait_us, &held),
        &limits.all[0]);
}

/* A neighbour that uses half of the limit leaves the other half to a client
 * that needs no more, and some of its own half to one that takes all it can
 * get. */
static void test_neighbour(void **state)
{
    static const char *const texts[] = {"60/s,neighbour=50%",
                                        "fixed:60/s,neighbour=50%",
                                        "bucket:60/s,burst=5,neighbour=50%"};

    (void)state;
    for (unsigned i = 0; i < COUNT(texts); i++) {
        use(texts[i], NULL);
        assert_int_equal(accepted(0, 100 * SECOND, 40 * MS), 2500);
        assert_in_range(accepted(100 * SECOND, 200 * SECOND, 10 * MS), 3000,
                        5000);
    }
}

/* A limit that begins or ends after a number of calls counts the calls before
 * that, so that it can change in mid-run. */
static void test_change(void **state)
{
    (void)state;
    use("100/s,until=1000", "10/s,after=1000");
    assert_int_equal(accepted(0, 10 * SECOND, 10 * MS), 1000);
    assert_int_equal(accepted(10 * SECOND, 10 * SECOND + 900 * MS, MS), 0);
    assert_int_equal(accepted(12 * SECOND, 17 * SECOND, MS), 50);
    use("bucket:10/s,after=20", NULL);
    assert_int_equal(accepted(0, 20, 1), 20);
    assert_int_equal(accepted(20, SECOND, MS), 9);
    use("random:100%,until=3", NULL);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(get(i), i >= 3);
}

/* ---- the language -------------------------------------------------------- */

/* Each invalid limit is rejected with a reason. */
static void test_invalid(void **state)
{
    static const char *const texts[] = {
        "",
        "x",
        "300",
        "300/",
        "/10s",
        "0/10s",
        "-1/10s",
        "1000001/s",
        "300/0s",
        "300/10",
        "300/10d",
        "300/25h",
        "300/10s,",
        "300/10s,burst=5",
        "300/10s,neighbour=half",
        "300/10s,neighbour=101%",
        "300/10s,status=200",
        "300/10s,status=",
        "300/10s,retry-after=soon",
        "300/10s,retry-after",
        "300/10s,refused-count=1",
        "300/10s,until=0",
        "300/10s,after=x",
        "300/10s,nonsense=1",
        "bucket:60/s,burst=0",
        "at-once:0",
        "at-once:8/s",
        "at-once:8,neighbour=50%",
        "random:1",
        "random:101%",
        "random:1.123%",
        "random:1%,neighbour=50%",
        "user=:300/10s",
        "Token:300/10s",
        "Nonsense:300/10s",
        "GetUser",
        "GetUser:",
    };
    struct limits none;

    (void)state;
    limits_init(&none);
    for (unsigned i = 0; i < COUNT(texts); i++)
        if (!limits_add(&none, texts[i]))
            fail_msg("accepted: %s", texts[i]);
    assert_int_equal(none.count, 0);
}

/* Times and options are as given, and the text is kept for the record. */
static void test_valid(void **state)
{
    static const struct {
        const char *text;
        uint64_t window;
    } times[] = {
        {"1/250ms", 250 * MS},
        {"1/s", SECOND},
        {"1/2m", 120 * SECOND},
        {"1/24h", 86400 * SECOND},
    };

    (void)state;
    for (unsigned i = 0; i < COUNT(times); i++) {
        use(times[i].text, NULL);
        assert_int_equal(limits.all[0].window, times[i].window);
    }
    use("at-once:8,status=503,retry-after=date", NULL);
    assert_string_equal(limits.all[0].text,
                        "at-once:8,status=503,retry-after=date");
    assert_int_equal(limits.all[0].status, 503);
    assert_string_equal(limits.all[0].retry_after, "date");
}

/* A 17th limit is rejected. */
static void test_too_many(void **state)
{
    struct limits many;

    (void)state;
    limits_init(&many);
    for (unsigned i = 0; i < LIMITS_MAX; i++)
        assert_null(limits_add(&many, "1/s"));
    assert_non_null(limits_add(&many, "1/s"));
    limits_free(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sliding),         cmocka_unit_test(test_fixed),
        cmocka_unit_test(test_bucket),          cmocka_unit_test(test_wait),
        cmocka_unit_test(test_wait_counts),     cmocka_unit_test(test_at_once),
        cmocka_unit_test(test_at_once_refused), cmocka_unit_test(test_random),
        cmocka_unit_test(test_conditions),      cmocka_unit_test(test_several),
        cmocka_unit_test(test_neighbour),       cmocka_unit_test(test_change),
        cmocka_unit_test(test_invalid),         cmocka_unit_test(test_valid),
        cmocka_unit_test(test_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, tear_down);
}
