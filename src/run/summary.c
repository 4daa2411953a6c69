#include "run/summary.h"

#include <inttypes.h>

#include "base/number.h"

#define TOP_ERRORS 5

/* "1 row", "2 rows". */
static void print_count(FILE *stream, uint64_t count, const char *one,
                        const char *many)
{
    fprintf(stream, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

static void print_counts(FILE *stream, enum mode mode,
                         const struct tally *tally)
{
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
    if (mode != MODE_CHECK) {
        fputs("; ", stream);
        print_count(stream, tally->calls, "call", "calls");
        fputs(", ", stream);
        print_count(stream, tally->retries, "retry", "retries");
    }
    fprintf(stream, "; %.1f s, %.1f rows/s\n", seconds,
            (double)tally->rows / (seconds > 0.001 ? seconds : 0.001));
}

static void print_errors(FILE *stream, const struct error_counts *errors)
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
    print_counts(stream, summary->mode, &summary->tally);
    print_errors(stream, &summary->tally.errors);
}

void summary_print_steps(FILE *stream, const struct run_summary *summary)
{
    for (unsigned i = 0; i < summary->step_count; i++)
        fprintf(stream, "bauser-batch: %s: %s\n", summary->steps[i].text,
                summary->steps[i].command);
}
