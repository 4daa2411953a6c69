#include "ending/summary.h"

#include <inttypes.h>

#include "base/number.h"

#define TOP_ERRORS 5

/* "1 row", "2 rows". */
static void print_count(FILE *stream, uint64_t count, const char *one,
                        const char *many)
{
    fprintf(stream, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

static void print_counts(FILE *stream, const struct run_summary *summary)
{
    const struct tally *tally = &summary->tally;
    double seconds = (double)tally->milliseconds / 1000;
    const char *separator = ":";

    fputs("bauser-batch: ", stream);
    print_count(stream, tally->rows, "row", "rows");
    for (unsigned i = 0; i < STATUS_COUNT; i++) {
        if (tally->by_status[i] == 0)
            continue;
        fprintf(stream, "%s %" PRIu64 " %s", separator, tally->by_status[i],
                status_name((enum status)i));
        separator = ",";
    }
    if (summary->part.end == 0) {
        fputs("; calls and times are not recorded\n", stream);
        return;
    }
    if (summary->mode != MODE_CHECK) {
        fputs("; ", stream);
        print_count(stream, tally->calls, "call", "calls");
        fputs(", ", stream);
        print_count(stream, tally->retries, "retry", "retries");
    }
    fprintf(stream, "; %.1f s, %.1f rows/s\n", seconds,
            (double)tally->rows / (seconds > 0.001 ? seconds : 0.001));
}

/* Of so many, these are the same: "99.9 % of cells (999 of 1,000)". It is not
 * rounded up to 100 %. */
static void print_share(FILE *stream, const char *what, uint64_t same,
                        uint64_t all)
{
    char left[NUMBER_GROUPED_SIZE], right[NUMBER_GROUPED_SIZE];
    uint64_t tenths =
        all > 0 ? (uint64_t)((double)same / (double)all * 1000) : 1000;

    if (same < all && tenths == 1000)
        tenths = 999;
    fprintf(stream, "%" PRIu64 ".%" PRIu64 " %% of %s (%s of %s)", tenths / 10,
            tenths % 10, what, number_group_digits(left, same),
            number_group_digits(right, all));
}

/* A review does not know the cells if the run has left no summary. */
static void print_match(FILE *stream, const struct tally *tally)
{
    fputs("bauser-batch: match: ", stream);
    print_share(stream, "rows", tally->by_status[STATUS_MATCH], tally->rows);
    if (tally->cells > 0) {
        fputs(", ", stream);
        print_share(stream, "compared cells", tally->cells - tally->drifting,
                    tally->cells);
    }
    fputc('\n', stream);
}

/* What to review, and how much it would change. */
static void print_plan(FILE *stream, const struct run_plan *plan)
{
    char number[NUMBER_GROUPED_SIZE];

    if (!plan->name || !*plan->sha256)
        return;
    fprintf(stream, "bauser-batch: plan: %s user%s in %s, SHA-256 %s\n",
            number_group_digits(number, plan->users),
            plan->users == 1 ? "" : "s", plan->name, plan->sha256);
    if (plan->left_out > 0)
        fprintf(stream,
                "bauser-batch: plan: %s row%s would fail, and %s not in it\n",
                number_group_digits(number, plan->left_out),
                plan->left_out == 1 ? "" : "s",
                plan->left_out == 1 ? "is" : "are");
    if (plan->estimate)
        fprintf(stream, "bauser-batch: estimate of applying it: %s\n",
                plan->estimate);
}

void summary_print_errors(FILE *stream, const struct error_counts *errors)
{
    struct error_count top[TOP_ERRORS];
    unsigned count = error_counts_top(errors, top, TOP_ERRORS);
    char rows[NUMBER_GROUPED_SIZE], first[NUMBER_GROUPED_SIZE];

    for (unsigned i = 0; i < count; i++)
        fprintf(stream, "bauser-batch: %s × %s%s%s%s, first in row %s\n",
                number_group_digits(rows, top[i].rows), top[i].name,
                *top[i].field ? " (" : "", top[i].field,
                *top[i].field ? ")" : "",
                number_group_digits(first, top[i].first));
}

void summary_print(FILE *stream, const struct run_summary *summary)
{
    print_counts(stream, summary);
    if (summary->mode == MODE_RECONCILE)
        print_match(stream, &summary->tally);
    summary_print_errors(stream, &summary->tally.errors);
    print_plan(stream, &summary->plan);
}

void summary_print_steps(FILE *stream, const struct run_summary *summary)
{
    for (unsigned i = 0; i < summary->step_count; i++)
        fprintf(stream, "bauser-batch: %s: %s\n", summary->steps[i].text,
                summary->steps[i].command);
}
