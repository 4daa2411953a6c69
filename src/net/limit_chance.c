#include "net/limit_chance.h"

#include <stddef.h>

#include "net/limit_scope.h"

#define MAX_CHANCE 0.5

/* Calls of a test, and how many of them are refused if it was chance. */
#define MIN_TEST      45
#define MAX_TEST      1000
#define MAX_STOP_TEST 100 /* after a stop */
#define TEST_REFUSED  10
#define MIN_REFUSED   8 /* of them show which operation has a limit */

#define SEEN     300    /* calls, in which the share of refused calls is seen */
#define EXPECTED 3000.0 /* refusals by chance until chance is tested again */

void limit_begin_test(struct adaptive_limit *limit, struct limit_scope *scope,
                      double share)
{
    bool open = scope->state == LIMIT_OPEN;
    double size = limit_within(TEST_REFUSED / share, MIN_TEST,
                               open ? MAX_TEST : MAX_STOP_TEST);

    limit->test = (struct limit_test){.scope = scope,
                                      .first = limit->number + 1,
                                      .size = (unsigned)size,
                                      .share = share,
                                      .rate = scope->rate,
                                      .slots = limit->slots};
}

/* Is so large a share expected if the rate was lowered in vain? */
static bool was_in_vain(const struct limit_test *test, double share,
                        double chance)
{
    double left = 0.25 + (test->share + chance / test->share) / 2;

    return share <= MAX_CHANCE &&
           share > test->share * limit_within(left, 0, 0.8);
}

static void restore(struct adaptive_limit *limit)
{
    const struct limit_test *test = &limit->test;

    limit_control_restore(&limit->slots, &test->slots, limit->number);
    limit_control_restore(&test->scope->rate, &test->rate, limit->number);
    limit->test.scope = NULL;
}

/* Chance refuses all operations alike. Returns the operation of which too many
 * calls were refused for that, by two standard deviations, or LIMIT_ALL. */
static unsigned refused_operation(const struct limit_test *test)
{
    double refused =
        test->refused_of[LIMIT_GET] + test->refused_of[LIMIT_UPDATE];

    for (unsigned i = 0; i < LIMIT_OPERATIONS; i++) {
        double part = (double)test->calls_of[i] / (test->calls + 1);
        double excess = test->refused_of[i] - refused * part;

        if (refused >= MIN_REFUSED && excess > 0 &&
            excess * excess > 4 * refused * part * (1 - part))
            return i;
    }
    return LIMIT_ALL;
}

static void end_test(struct adaptive_limit *limit, int64_t now)
{
    struct limit_test *test = &limit->test;
    double refused =
        test->refused_of[LIMIT_GET] + test->refused_of[LIMIT_UPDATE];
    double share = refused / (test->calls ? test->calls : 1);
    unsigned operation = refused_operation(test);

    if (limit_is_crowded(limit)) {
        limit_lower_slots(limit, limit->least);
    } else if (operation < LIMIT_ALL) {
        struct limit_scope *own = &limit->scopes[operation];

        if (test->scope != own) {
            restore(limit);
            limit_end_growth(limit, own, now);
        }
    } else if (was_in_vain(test, share, limit->chance)) {
        limit->chance = limit->seen = share;
        limit->since = 0;
        restore(limit);
    }
    test->scope = NULL;
}

/* A refusal may arrive long before the other responses, so the test ends when
 * all of its calls have ended; or many later ones, since it does not see those
 * that say nothing about a limit. */
void limit_count_in_test(struct adaptive_limit *limit,
                         enum limit_operation which, int64_t now,
                         const struct limited_call *call, bool refused)
{
    struct limit_test *test = &limit->test;
    uint64_t number = call->number - test->first;

    if (call->number < test->first)
        return;
    if (number < test->size) {
        test->calls++;
        test->calls_of[which]++;
        test->refused_of[which] += refused;
    }
    if (test->calls == test->size ||
        number > 3 * (uint64_t)test->size + 2 * limit->concurrency)
        end_test(limit, now);
}

/* The expected share follows the share that is seen, if that falls. */
void limit_learn_chance(struct adaptive_limit *limit, bool refused)
{
    limit->seen += (refused - limit->seen) / SEEN;
    limit->chance = limit_within(limit->chance, 0, 1.3 * limit->seen + 0.002);
    if (++limit->since * limit->chance > EXPECTED) {
        limit->chance /= 2;
        limit->since = 0;
    }
}

void limit_excuse(struct adaptive_limit *limit)
{
    if (limit->test.scope)
        restore(limit);
}
