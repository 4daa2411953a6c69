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

void target_format(char text[TARGET_SIZE], const struct target *target)
{
    char digits[NUMBER_GROUPED_SIZE];
    const char *rows = "rows of a pipe", *count = "the";
    const char *verb = verbs[target->mode][0], *to = verbs[target->mode][1];

    if (target->counted) {
        count = number_group_digits(digits, target->rows);
        rows = target->rows == 1 ? "row" : "rows";
    } else if (target->mode == MODE_LIST) {
        rows = "users";
    }
    (void)snprintf(text, TARGET_SIZE, "%s%s %s %s %s %s",
                   target->resumes ? "resume: " : "", verb, count, rows, to,
                   target->service);
    add(text, ", ", target->environment);
    add(text, ", endpoint ", target->environment ? NULL : target->endpoint);
    add(text, ", customer ", target->customer_id);
    add(text, ", account ", target->account_id);
    add(text, ", profile ", target->profile);
}
