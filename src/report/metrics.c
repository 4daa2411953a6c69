#include "report/metrics.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/utf8.h"

#define PREFIX     "bauser_batch_"
#define SUCCESS    "last_success_timestamp_seconds"
#define COMPLETION "last_completion_timestamp_seconds"

#define LABEL_SIZE                                                             \
    1024 /* bytes of a label's value; a longer one is truncated */

/* ---- reading ------------------------------------------------------------ */

/* The value of "12345.678" in thousandths; 0: it is no such number. */
static int64_t parse_time(const char *text)
{
    char *end;
    double seconds = strtod(text, &end);

    return (*end == '\n' || *end == '\0') && seconds > 0 && seconds < 1e12
               ? (int64_t)(seconds * 1000 + 0.5)
               : 0;
}

/* The value of the first sample of the metric, whose labels contain no line
 * end. */
static int64_t find_time(const char *text, const char *metric)
{
    size_t len = strlen(metric);

    for (const char *line = text; line; line = strchr(line, '\n')) {
        const char *end;

        line += *line == '\n';
        if (strncmp(line, metric, len) != 0 || line[len] != '{')
            continue;
        end = line + strcspn(line, "\n");
        while (end > line && end[-1] != ' ')
            end--;
        return parse_time(end);
    }
    return 0;
}

bool metrics_parse(struct metrics_times *times, const char *text)
{
    static const char start[] = "# HELP " PREFIX;

    times->success = find_time(text, PREFIX SUCCESS);
    times->completion = find_time(text, PREFIX COMPLETION);
    return strncmp(text, start, sizeof(start) - 1) == 0;
}

/* ---- writing ------------------------------------------------------------ */

struct writer {
    struct buffer *text;
    char run[2 * LABEL_SIZE]; /* escaped */
    bool failed;
};

static void escape_label(char *to, const char *from)
{
    char clean[LABEL_SIZE];

    (void)utf8_clean(clean, sizeof(clean), from);
    for (const char *at = clean; *at; at++) {
        if (*at == '\\' || *at == '"')
            *to++ = '\\';
        *to++ = *at;
    }
    *to = '\0';
}

static void begin_metric(struct writer *writer, const char *name,
                         const char *help)
{
    writer->failed =
        writer->failed || buffer_printf(writer->text,
                                        "# HELP " PREFIX "%s %s\n"
                                        "# TYPE " PREFIX "%s gauge\n",
                                        name, help, name);
}

/* label: a further label and its value; NULL: none. */
static void begin_sample(struct writer *writer, const char *name,
                         const char *label, const char *value)
{
    writer->failed =
        writer->failed ||
        buffer_printf(writer->text, PREFIX "%s{run=\"%s\"%s%s%s%s%s} ", name,
                      writer->run, label ? "," : "", label ? label : "",
                      label ? "=\"" : "", label ? value : "",
                      label ? "\"" : "");
}

static void put_sample(struct writer *writer, const char *name,
                       const char *label, const char *value, uint64_t number)
{
    begin_sample(writer, name, label, value);
    writer->failed =
        writer->failed || buffer_printf(writer->text, "%" PRIu64 "\n", number);
}

static void put_number(struct writer *writer, const char *name,
                       const char *help, uint64_t number)
{
    begin_metric(writer, name, help);
    put_sample(writer, name, NULL, NULL, number);
}

/* A time that is not known has no sample. */
static void put_seconds(struct writer *writer, const char *name,
                        const char *help, int64_t milliseconds, bool known)
{
    if (!known)
        return;
    begin_metric(writer, name, help);
    begin_sample(writer, name, NULL, NULL);
    writer->failed =
        writer->failed ||
        buffer_printf(writer->text, "%" PRId64 ".%03d\n", milliseconds / 1000,
                      (int)(milliseconds % 1000));
}

static void put_rows(struct writer *writer, const struct tally *tally)
{
    begin_metric(writer, "rows", "Result rows, by status.");
    for (unsigned i = 0; i < STATUS_COUNT; i++)
        put_sample(writer, "rows", "status", status_name((enum status)i),
                   tally->by_status[i]);
}

static void put_calls(struct writer *writer, const struct run_part *part)
{
    const struct call_counts *calls = &part->calls;

    begin_metric(writer, "calls", "Calls of this part of the run, by kind.");
    put_sample(writer, "calls", "call", "GetUser", calls->get);
    put_sample(writer, "calls", "call", "UpdateUser", calls->update);
    put_sample(writer, "calls", "call", "probe", calls->probe);
    put_sample(writer, "calls", "call", "token", calls->token);
    put_number(writer, "retries", "Calls that were repeated after a failure.",
               part->retries);
    put_number(writer, "throttled_calls",
               "Calls that the service rejected as too many.",
               calls->throttled);
    put_number(writer, "token_renewals", "New access tokens.", calls->renewals);
}

/* An earlier run may be reviewed after a later one has ended. */
static int64_t later(int64_t one, int64_t other)
{
    return one > other ? one : other;
}

int metrics_format(struct buffer *text, const struct run_summary *summary,
                   const char *run, const struct metrics_times *earlier)
{
    struct writer writer = {.text = text};
    const struct run_part *part = &summary->part;
    bool succeeded = summary->exit_status == 0;
    int64_t success = later(earlier->success, succeeded ? part->end : 0);
    int64_t completion = later(earlier->completion,
                               succeeded || summary->complete ? part->end : 0);

    escape_label(writer.run, run);
    put_number(&writer, "exit_status", "Exit status of the last run.",
               (uint64_t)summary->exit_status);
    put_seconds(&writer, "last_run_timestamp_seconds", "End of the last run.",
                part->end, part->end > 0);
    put_seconds(&writer, SUCCESS, "End of the last run with exit status 0.",
                success, success > 0);
    put_seconds(&writer, COMPLETION,
                "End of the last run that completed its result.", completion,
                completion > 0);
    put_seconds(&writer, "duration_seconds",
                "Duration of this part of the last run.", part->elapsed,
                part->end > 0);
    put_rows(&writer, &summary->tally);
    if (part->end > 0) /* else they are not recorded */
        put_calls(&writer, part);
    return writer.failed ? -1 : 0;
}
