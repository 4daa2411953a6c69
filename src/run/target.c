#include "run/target.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"

/* What the run does with rows or users, and the word before the service. */
static const char *const verbs[MODE_COUNT][2] = {
    [MODE_APPLY] = {"apply", "to"},
    [MODE_DRY_RUN] = {"dry run of", "on"},
    [MODE_RECONCILE] = {"reconcile", "with"},
    [MODE_EXPORT] = {"export", "from"},
    [MODE_LIST] = {"list", "of"},
};

static void add(char text[TARGET_SIZE], const char *before, const char *value)
{
    size_t len = strlen(text);

    if (value)
        (void)snprintf(text + len, TARGET_SIZE - len, "%s%s", before, value);
}

static void add_shard(char text[TARGET_SIZE], const struct target *target)
{
    char shard[64];

    if (target->shards <= 1 && !target->shard_variable)
        return;
    (void)snprintf(shard, sizeof(shard), "%u/%u", target->shard,
                   target->shards);
    add(text, ", shard ", shard);
    add(text, " of ", target->shard_variable);
    if (target->rate == 0)
        return;
    (void)snprintf(shard, sizeof(shard), "%u of %u calls/%s", target->rate,
                   target->rate_of_all, target->rate_window == 1 ? "s" : "min");
    add(text, ", ", shard);
}

void target_format(char text[TARGET_SIZE], const struct target *target)
{
    char digits[NUMBER_GROUPED_SIZE], retried[NUMBER_GROUPED_SIZE];
    char part[NUMBER_GROUPED_SIZE + 4] = "";
    const char *rows = "rows of a pipe", *count = "the";
    const char *begin = target->retries ? "retry: " : "";
    const char *verb = verbs[target->mode][0], *to = verbs[target->mode][1];

    if (target->counted) {
        count = number_group_digits(digits, target->rows);
        rows = target->rows == 1 ? "row" : "rows";
        if (target->retries)
            (void)snprintf(part, sizeof(part), "%s of ",
                           number_group_digits(retried, target->retried));
    } else if (target->mode == MODE_LIST) {
        rows = "users";
    } else if (target->retries) {
        rows = "failed rows of a pipe";
    }
    (void)snprintf(text, TARGET_SIZE, "%s%s %s%s %s %s %s",
                   target->resumes ? "resume: " : begin, verb, part, count,
                   rows, to, target->service);
    add(text, ", ", target->environment);
    add(text, ", endpoint ", target->environment ? NULL : target->endpoint);
    add(text, ", customer ", target->customer_id);
    add(text, ", account ", target->account_id);
    add(text, ", profile ", target->profile);
    add_shard(text, target);
}
