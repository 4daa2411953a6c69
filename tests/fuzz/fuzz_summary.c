/*
 * What is read of an earlier run: its summary and its metrics. Whatever the
 * bytes are, they are rejected, or a summary that is written of them is read
 * again as the same, and its metrics can be read.
 */
#include "fuzz.h"

#include "report/metrics.h"
#include "report/summary_json.h"

static void print(struct buffer *text, const struct run_summary *summary)
{
    buffer_init(text, 64 * SUMMARY_JSON_MAX);
    MUST(summary_json_format(text, summary) == 0);
}

static void check_metrics(const struct run_summary *summary,
                          const struct metrics_times *earlier)
{
    const char *name = summary->input ? summary->input : "";
    struct metrics_times times;
    struct buffer text;

    buffer_init(&text, 1 << 20);
    MUST(metrics_format(&text, summary, name, earlier) == 0);
    MUST(utf8_is_valid(text.data, text.len));
    MUST(metrics_parse(&times, text.data));
    buffer_free(&text);
}

static void check_summary(const struct run_summary *summary)
{
    struct run_summary again = {.texts = NULL};
    struct buffer one, other;

    print(&one, summary);
    MUST(summary_json_parse(&again, one.data, one.len) == NULL);
    print(&other, &again);
    MUST(strcmp(one.data, other.data) == 0);
    run_summary_clear(&again);
    buffer_free(&one);
    buffer_free(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run_summary summary = {.texts = NULL};
    struct metrics_times times;
    char *text = malloc(size + 1);

    MUST(text);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    (void)metrics_parse(&times, text);
    if (summary_json_parse(&summary, text, size) == NULL) {
        check_summary(&summary);
        check_metrics(&summary, &times);
    }
    run_summary_clear(&summary);
    free(text);
    return 0;
}
