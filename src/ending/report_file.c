#include "ending/report_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/rate_share.h"
#include "ending/text_file.h"
#include "report/report.h"
#include "report/waiting.h"
#include "service/service.h"

#define PAIR_SIZE 256 /* bytes of a text that is made here */
#define FLOW      6   /* options that decide how the run calls */
#define CALLS     3   /* kinds of calls */
#define FACTS     4
#define SHARDS    32 /* that the report shows */
#define UNKNOWN   "not recorded"

/* What a report consists of besides its summary. */
struct content {
    const struct run_summary *summary;
    const struct run_record *record;
    const struct options *options;
    struct report report;
    char host[PAIR_SIZE];
    char target[PAIR_SIZE];
    char service[PAIR_SIZE];
    char version[PAIR_SIZE];
    char steps[RUN_SUMMARY_STEPS][PAIR_SIZE];
    char flow[FLOW][PAIR_SIZE];
    struct report_pair commands[RUN_SUMMARY_STEPS];
    struct report_pair settings[RUN_SUMMARY_OPTIONS + FLOW];
    struct report_pair hashes[2];
    struct report_status statuses[STATUS_COUNT];
    struct error_count errors[ERROR_COUNTS_KINDS];
    struct report_failure failures[ERROR_COUNTS_KINDS];
    struct report_change changes[COLUMN_MAX];
    struct report_calls calls[CALLS];
    struct report_fact facts[FACTS];
    struct report_shard shards[SHARDS];
    char shard_names[SHARDS][32];
};

/* ---- rows --------------------------------------------------------------- */

static void add_statuses(struct content *content)
{
    static const enum report_kind kinds[STATUS_COUNT] = {
        [STATUS_UPDATED] = REPORT_DONE,
        [STATUS_WOULD_UPDATE] = REPORT_DONE,
        [STATUS_UNCHANGED] = REPORT_KEPT,
        [STATUS_MATCH] = REPORT_DONE,
        [STATUS_DRIFT] = REPORT_DRIFT,
        [STATUS_VALID] = REPORT_DONE,
        [STATUS_EXPORTED] = REPORT_DONE,
        [STATUS_FAILED] = REPORT_FAILED,
        [STATUS_CONFLICT] = REPORT_CONFLICT,
        [STATUS_UNKNOWN] = REPORT_UNKNOWN,
        [STATUS_NOT_ATTEMPTED] = REPORT_OPEN,
    };

    for (unsigned i = 0; i < STATUS_COUNT; i++)
        content->statuses[i] =
            (struct report_status){status_name((enum status)i), kinds[i],
                                   content->summary->tally.by_status[i]};
    content->report.statuses = content->statuses;
    content->report.status_count = STATUS_COUNT;
}

static void add_examples(struct report_failure *failure,
                         const struct finding_kind *kind)
{
    if (!kind)
        return;
    failure->retryable = kind->rows[0].retryable;
    for (unsigned i = 0; i < kind->count && i < REPORT_EXAMPLES; i++) {
        const struct finding_row *row = &kind->rows[i];

        failure->examples[i] = (struct report_row){
            .number = row->number,
            .id = row->id,
            .message = row->message,
            .http_status = row->http_status,
            .tracking_id = row->tracking_id,
        };
        failure->example_count++;
    }
}

static void add_failures(struct content *content)
{
    const struct error_counts *errors = &content->summary->tally.errors;
    const char *missing = content->options->service->missing_error;
    unsigned count =
        error_counts_top(errors, content->errors, ERROR_COUNTS_KINDS);

    for (unsigned i = 0; i < count; i++) {
        const struct error_count *error = &content->errors[i];

        content->failures[i] = (struct report_failure){
            .name = error->name, .column = error->field, .rows = error->rows};
        add_examples(&content->failures[i],
                     findings_find(&content->record->findings, error->name,
                                   error->field));
        if (missing && strcmp(error->name, missing) == 0)
            content->report.not_found += error->rows;
    }
    content->report.failures = content->failures;
    content->report.failure_count = count;
    content->report.other_failures = errors->others;
}

static const char *value_of(const struct change_value *value)
{
    return value->exists ? value->text : NULL;
}

static void add_values(struct report_change *change,
                       const struct change_examples *examples, unsigned column)
{
    change->example_count = examples->counts[column];
    for (unsigned i = 0; i < examples->counts[column]; i++) {
        const struct change_example *row = &examples->rows[column][i];

        change->examples[i] =
            (struct report_value){row->number, row->id, value_of(&row->before),
                                  value_of(&row->after)};
    }
}

static void add_changes(struct content *content)
{
    const struct service *service = content->options->service;
    bool reviewed = content->report.reviewed;
    unsigned count = 0;

    for (unsigned i = 0; i < service->column_count; i++) {
        const struct finding_change *change =
            &content->record->findings.changes[i];

        if (change->set + change->cleared + change->earlier > 0) {
            content->changes[count] = (struct report_change){
                .column = service->columns[i].name,
                .set = change->set + (reviewed ? change->earlier : 0),
                .cleared = change->cleared,
                .earlier = reviewed ? 0 : change->earlier,
            };
            add_values(&content->changes[count++], &content->record->examples,
                       i);
        }
    }
    content->report.values = content->options->report_values;
    content->report.changes = content->changes;
    content->report.change_count = count;
}

/* ---- calls -------------------------------------------------------------- */

static void add_calls(struct content *content)
{
    static const char *const names[CALLS] = {
        [CIRCUIT_GET] = "GetUser",
        [CIRCUIT_UPDATE] = "UpdateUser",
        [CIRCUIT_TOKEN] = "Token",
    };
    const struct call_counts *counts = &content->summary->tally.calls_by;
    const uint64_t numbers[CALLS] = {
        [CIRCUIT_GET] = counts->get + counts->probe,
        [CIRCUIT_UPDATE] = counts->update,
        [CIRCUIT_TOKEN] = counts->token,
    };
    unsigned count = 0;

    for (unsigned i = 0; i < CALLS; i++) {
        const struct histogram *latencies = &content->record->latencies[i];

        if (numbers[i] > 0)
            content->calls[count++] = (struct report_calls){
                .name = names[i],
                .calls = numbers[i],
                .p50 = histogram_percentile(latencies, 50),
                .p95 = histogram_percentile(latencies, 95),
                .p99 = histogram_percentile(latencies, 99),
                .max = latencies->max,
            };
    }
    content->report.calls = content->calls;
    content->report.call_count = count;
}

static void add_facts(struct content *content)
{
    const struct tally *tally = &content->summary->tally;
    unsigned count = 0;

    if (content->report.call_count == 0)
        return;
    content->facts[count++] =
        (struct report_fact){"retry", "retries", tally->retries};
    content->facts[count++] = (struct report_fact){
        "throttled call", "throttled calls", tally->calls_by.throttled};
    content->facts[count++] = (struct report_fact){
        "token renewal", "token renewals", tally->calls_by.renewals};
    if (content->summary->mode == MODE_APPLY)
        content->facts[count++] =
            (struct report_fact){"row needed no update: nothing had changed",
                                 "rows needed no update: nothing had changed",
                                 tally->by_status[STATUS_UNCHANGED]};
    content->report.facts = content->facts;
    content->report.fact_count = count;
}

static void add_shards(struct content *content)
{
    const struct run_summary *summary = content->summary;
    unsigned count = summary->merged_count;

    for (unsigned i = 0; i < count && i < SHARDS; i++) {
        const struct run_merged *shard = &summary->merged[i];

        (void)snprintf(content->shard_names[i], sizeof(content->shard_names[i]),
                       "%u/%u", shard->index, count);
        content->shards[i] =
            (struct report_shard){content->shard_names[i], shard->rows,
                                  shard->failed, shard->elapsed};
    }
    content->report.shards = content->shards;
    content->report.shard_count = count < SHARDS ? count : SHARDS;
}

static void add_course(struct content *content)
{
    const struct timeline *timeline = &content->record->timeline;

    content->report.samples = timeline->samples;
    content->report.sample_count = timeline->count;
    content->report.span = timeline->span;
    content->report.course = timeline->length;
    for (unsigned i = 0; i < WAITING_REASONS; i++)
        content->report.waits[i] = waiting_title((enum waiting_reason)i);
}

/* ---- texts -------------------------------------------------------------- */

static void add_commands(struct content *content)
{
    const struct run_summary *summary = content->summary;

    for (unsigned i = 0; i < summary->step_count; i++) {
        (void)snprintf(content->steps[i], PAIR_SIZE,
                       "%s:", summary->steps[i].text);
        content->commands[i] =
            (struct report_pair){content->steps[i], summary->steps[i].command};
    }
    content->report.commands = content->commands;
    content->report.command_count = summary->step_count;
}

static void add_setting(struct content *content, const char *name,
                        const char *value)
{
    content->settings[content->report.option_count++] =
        (struct report_pair){name, value};
}

/* How the run calls is not part of what it does, so the summary lacks it. */
static void add_flow(struct content *content)
{
    const struct options *options = content->options;
    const struct {
        const char *name;
        uint64_t value;
        const char *unit;
    } flow[FLOW] = {
        {"concurrency", options->concurrency, ""},
        {"rate", rate_share(options), options->rate_window == 1 ? "/s" : "/m"},
        {"retries", options->retries, ""},
        {"timeout", options->timeout, " s"},
        {"connect-timeout", options->connect_timeout, " s"},
        {"give-up", (uint64_t)options->give_up / 1000, " s"},
    };

    if (content->summary->mode == MODE_CHECK || options->mode >= MODE_REVIEW)
        return;
    for (unsigned i = 0; i < FLOW; i++) {
        (void)snprintf(content->flow[i], PAIR_SIZE, "%" PRIu64 "%s",
                       flow[i].value, flow[i].unit);
        add_setting(content, flow[i].name, content->flow[i]);
    }
    if (options->rate == 0)
        (void)snprintf(content->flow[1], PAIR_SIZE, "adaptive");
}

static void add_settings(struct content *content)
{
    const struct run_summary *summary = content->summary;

    content->report.options = content->settings;
    add_flow(content);
    for (unsigned i = 0; i < summary->option_count; i++)
        add_setting(content, summary->options[i].name,
                    summary->options[i].value);
}

static void add_hash(struct content *content, const char *name,
                     const char *hash)
{
    if (*hash)
        content->hashes[content->report.hash_count++] =
            (struct report_pair){name, hash};
}

static const char *text_of(const char *text)
{
    return text ? text : "-";
}

static void set_texts(struct content *content)
{
    const struct run_summary *summary = content->summary;

    if (!summary->service) { /* there is no summary */
        (void)snprintf(content->host, PAIR_SIZE, UNKNOWN);
        (void)snprintf(content->service, PAIR_SIZE, UNKNOWN);
        (void)snprintf(content->target, PAIR_SIZE, UNKNOWN);
        (void)snprintf(content->version, PAIR_SIZE, "bauser-batch");
        return;
    }
    (void)snprintf(content->host, PAIR_SIZE, "%s@%s", text_of(summary->user),
                   text_of(summary->host));
    (void)snprintf(content->service, PAIR_SIZE, "%s (%s)",
                   content->options->service->title, text_of(summary->service));
    (void)snprintf(content->target, PAIR_SIZE, "%s",
                   summary->environment ? summary->environment
                                        : text_of(summary->endpoint));
    (void)snprintf(content->version, PAIR_SIZE, "bauser-batch %s",
                   text_of(summary->version));
}

static void fill(struct content *content, uint64_t before)
{
    const struct run_summary *summary = content->summary;

    set_texts(content);
    content->report = (struct report){
        .version = content->version,
        .reviewed = content->options->mode >= MODE_REVIEW,
        .mode = summary->mode,
        .finished = !summary->message,
        .stopped = summary->message,
        .exit_status = summary->exit_status,
        .exit_meaning = summary->meaning,
        .service = content->service,
        .target = summary->mode == MODE_CHECK ? NULL : content->target,
        .customer = summary->customer_id,
        .host = content->host,
        .started = summary->part.start / 1000,
        .ended = summary->part.end / 1000,
        .milliseconds = summary->part.elapsed,
        .input = summary->input,
        .input_hash = *summary->input_sha256 ? summary->input_sha256 : NULL,
        .input_rows = summary->tally.rows_total,
        .output = summary->result,
        .rows = summary->tally.rows,
        .earlier = before,
        .cells = summary->tally.cells,
        .differing = summary->tally.drifting,
    };
    add_statuses(content);
    add_failures(content);
    add_changes(content);
    add_course(content);
    add_calls(content);
    add_facts(content);
    add_shards(content);
    add_commands(content);
    add_settings(content);
    content->report.hashes = content->hashes;
    add_hash(content, summary->input, summary->input_sha256);
    add_hash(content, summary->output, summary->output_sha256);
}

int report_file_write(const struct file_system *files,
                      const struct options *options,
                      const struct run_summary *summary,
                      const struct run_record *record, uint64_t before,
                      struct error *error)
{
    struct content *content = calloc(1, sizeof(*content));
    struct buffer page;
    int result;

    if (!content)
        return error_memory(error);
    content->summary = summary;
    content->record = record;
    content->options = options;
    fill(content, before);
    buffer_init(&page, REPORT_MAX_BYTES);
    result = report_write(&page, &content->report)
                 ? error_memory(error)
                 : text_file_write(files, "report", options->report,
                                   S_IRUSR | S_IWUSR, &page, error);
    buffer_free(&page);
    free(content);
    return result;
}
