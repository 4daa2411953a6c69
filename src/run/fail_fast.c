#include "run/fail_fast.h"

#include <stdio.h>
#include <string.h>

void fail_fast_init(struct fail_fast *fail_fast, unsigned limit, bool any)
{
    *fail_fast = (struct fail_fast){.limit = limit, .any = any};
}

bool fail_fast_may_start(const struct fail_fast *fail_fast)
{
    return fail_fast->limit == 0 || fail_fast->started < fail_fast->limit;
}

void fail_fast_note_start(struct fail_fast *fail_fast)
{
    fail_fast->started++;
}

/* Is it the error of the users before? */
static bool is_same(const struct fail_fast *fail_fast,
                    const struct outcome *outcome)
{
    const struct api_error *first = &fail_fast->first;
    const struct api_error *last = &outcome->last;

    if (outcome->status != STATUS_FAILED || !last->reported ||
        !(last->rights || fail_fast->any))
        return false;
    return fail_fast->failed == 0 ||
           (strcmp(first->name, last->name) == 0 &&
            first->numbered == last->numbered && first->code == last->code);
}

enum fail_fast_step fail_fast_take(struct fail_fast *fail_fast,
                                   struct user_task *task)
{
    const struct outcome *outcome = &task->result.outcome;

    if (fail_fast->limit == 0 || !is_same(fail_fast, outcome))
        return FAIL_FAST_PASS;
    if (fail_fast->failed++ == 0)
        fail_fast->first = outcome->last;
    task->schedule.next = fail_fast->held;
    fail_fast->held = task;
    if (fail_fast->failed < fail_fast->limit)
        return FAIL_FAST_HOLD;
    fail_fast->stopped = true;
    return FAIL_FAST_STOP;
}

struct user_task *fail_fast_release(struct fail_fast *fail_fast)
{
    struct user_task *task = fail_fast->held;

    if (!fail_fast->stopped)
        fail_fast->limit = 0;
    if (task)
        fail_fast->held = task->schedule.next;
    return task;
}

int fail_fast_explain(const struct fail_fast *fail_fast, struct error *error)
{
    const struct api_error *first = &fail_fast->first;
    char name[sizeof(first->name)];

    (void)snprintf(name, sizeof(name), "error %ld", first->code);
    (void)error_set(error, ERROR_SIGN_IN,
                    "the first %u users all failed with the same error "
                    "(--fail-fast): %s%s%.120s; their rows have no result, "
                    "except those that were rejected before an update. "
                    "Check the rights of the signed-in user, --customer-id "
                    "and --environment first",
                    fail_fast->limit, *first->name ? first->name : name,
                    *first->text ? ": " : "", first->text);
    error->option = "--fail-fast";
    return -1;
}
