#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"
#include "base/utf8.h"
#include "report/summary_json.h"
#include "report/time_text.h"

/* The text of a member; NULL if it is none or empty; see put_text(). */
static const char *take_text(struct run_summary *summary,
                             const struct cJSON *object, const char *name)
{
    const struct cJSON *value = json_member(object, name);
    const char *text = json_is_string(value) ? json_text(value) : "";

    return *text ? run_summary_keep(summary, text) : NULL;
}

/* A digest that is damaged is unknown. */
static void take_digest(char digest[RUN_SUMMARY_DIGEST],
                        const struct cJSON *object, const char *name)
{
    const struct cJSON *value = json_member(object, name);
    const char *text = json_is_string(value) ? json_text(value) : "";

    if (strlen(text) == RUN_SUMMARY_DIGEST - 1 &&
        text[strspn(text, "0123456789abcdef")] == '\0')
        memcpy(digest, text, RUN_SUMMARY_DIGEST);
}

static uint64_t take_number(const struct cJSON *object, const char *name)
{
    const struct cJSON *value = json_member(object, name);
    const char *text = json_is_string(value) ? NULL : json_text(value);
    int64_t number;

    return text && number_parse_long(text, &number) == 0 && number > 0
               ? (uint64_t)number
               : 0;
}

static bool take_bool(const struct cJSON *object, const char *name)
{
    const char *text = json_text(json_member(object, name));

    return text && strcmp(text, "true") == 0;
}

static int64_t take_time(const struct cJSON *object, const char *name)
{
    return time_text_parse(json_text(json_member(object, name)));
}

static void take_files(struct run_summary *summary, const struct cJSON *root)
{
    const struct cJSON *input = json_member(root, "input");
    const struct cJSON *output = json_member(root, "output");
    const struct cJSON *options = json_member(root, "options");

    summary->input = take_text(summary, input, "name");
    take_digest(summary->input_sha256, input, "sha256");
    summary->tally.rows_total = take_number(input, "rows");
    summary->output = take_text(summary, output, "name");
    summary->result = take_text(summary, output, "file");
    summary->complete = take_bool(output, "complete");
    take_digest(summary->output_sha256, output, "sha256");
    take_digest(summary->fingerprint, root, "fingerprint");
    for (const struct cJSON *item = json_first(options);
         item && summary->option_count < RUN_SUMMARY_OPTIONS;
         item = json_next(item)) {
        const char *name = json_name(item);
        struct run_option *option = &summary->options[summary->option_count];

        option->name = run_summary_keep(summary, name);
        option->value = take_text(summary, options, name);
        summary->option_count += option->name && option->value;
    }
}

static void take_shard(struct run_summary *summary, const struct cJSON *root)
{
    const struct cJSON *object = json_member(root, "shard");
    struct run_shard *shard = &summary->shard;

    shard->index = (unsigned)take_number(object, "index");
    shard->count = (unsigned)take_number(object, "count");
    shard->by = take_text(summary, object, "by");
    shard->variable = take_text(summary, object, "variable");
    shard->rows = take_number(object, "rows_of_all_shards");
    shard->command = take_text(summary, object, "command");
}

/* Without memory, no shards are known. */
static void take_merged(struct run_summary *summary, const struct cJSON *root)
{
    const struct cJSON *item = json_first(json_member(root, "merged_shards"));

    for (; item; item = json_next(item)) {
        size_t count = summary->merged_count + 1U;
        struct run_merged *grown =
            realloc(summary->merged, count * sizeof(*grown));

        if (!grown)
            return;
        summary->merged = grown;
        grown[summary->merged_count++] = (struct run_merged){
            .index = (unsigned)take_number(item, "index"),
            .rows = take_number(item, "rows"),
            .failed = take_number(item, "rows_without_success"),
            .elapsed = (int64_t)take_number(item, "elapsed_ms"),
        };
    }
}

static void take_rows(struct tally *tally, const struct cJSON *rows)
{
    const struct cJSON *by_status = json_member(rows, "by_status");

    tally->rows = take_number(rows, "done");
    tally->again = take_number(rows, "retryable");
    tally->cells = take_number(rows, "compared_cells");
    tally->drifting = take_number(rows, "differing_cells");
    for (unsigned i = 0; i < STATUS_COUNT; i++)
        tally->by_status[i] =
            take_number(by_status, status_name((enum status)i));
}

static void copy_text(char *to, size_t size, const struct cJSON *object,
                      const char *name)
{
    (void)utf8_clean(to, size, json_text(json_member(object, name)));
}

static void take_errors(struct error_counts *errors, const struct cJSON *root)
{
    const struct cJSON *item = json_first(json_member(root, "errors"));

    for (; item && errors->count < ERROR_COUNTS_KINDS; item = json_next(item)) {
        struct error_count *kind = &errors->kinds[errors->count];

        copy_text(kind->name, sizeof(kind->name), item, "name");
        copy_text(kind->field, sizeof(kind->field), item, "column");
        kind->rows = take_number(item, "rows");
        kind->first = take_number(item, "first_row");
        errors->count += *kind->name != '\0';
    }
    errors->others = take_number(root, "other_errors");
}

static void take_plan(struct run_summary *summary, const struct cJSON *root)
{
    const struct cJSON *object = json_member(root, "plan");
    struct run_plan *plan = &summary->plan;

    plan->name = take_text(summary, object, "name");
    take_digest(plan->sha256, object, "sha256");
    plan->users = take_number(object, "users");
    plan->source_rows = take_number(object, "source_rows");
    plan->left_out = take_number(object, "left_out_rows");
}

static void take_part(struct run_part *part, const struct cJSON *object)
{
    const struct cJSON *calls = json_member(object, "calls");

    part->start = take_time(object, "start");
    part->end = take_time(object, "end");
    part->elapsed = (int64_t)take_number(object, "elapsed_ms");
    part->calls = (struct call_counts){
        .get = take_number(calls, "GetUser"),
        .update = take_number(calls, "UpdateUser"),
        .probe = take_number(calls, "probe"),
        .token = take_number(calls, "token"),
        .throttled = take_number(object, "throttled"),
        .renewals = take_number(object, "token_renewals"),
    };
    part->retries = take_number(object, "retries");
}

static void take_end(struct run_summary *summary, const struct cJSON *root)
{
    const struct cJSON *end = json_member(root, "exit");
    const struct cJSON *item = json_first(json_member(root, "next"));

    summary->exit_status = (int)(take_number(end, "status") & 255);
    summary->meaning = take_text(summary, end, "meaning");
    summary->message = take_text(summary, end, "message");
    summary->option = take_text(summary, end, "option");
    for (; item && summary->step_count < RUN_SUMMARY_STEPS;
         item = json_next(item)) {
        struct run_step *step = &summary->steps[summary->step_count];

        step->name = take_text(summary, item, "name");
        step->text = take_text(summary, item, "text");
        step->command = take_text(summary, item, "command");
        summary->step_count += step->name && step->text && step->command;
    }
}

static void take_root(struct run_summary *summary, const struct cJSON *root)
{
    struct tally *tally = &summary->tally;
    const struct call_counts *calls = &summary->part.calls;

    summary->version = take_text(summary, root, "version");
    summary->host = take_text(summary, root, "host");
    summary->user = take_text(summary, root, "user");
    summary->service = take_text(summary, root, "service");
    summary->environment = take_text(summary, root, "environment");
    summary->endpoint = take_text(summary, root, "endpoint");
    summary->customer_id = take_text(summary, root, "customer_id");
    summary->account_id = take_text(summary, root, "account_id");
    take_files(summary, root);
    take_shard(summary, root);
    take_merged(summary, root);
    take_plan(summary, root);
    take_rows(tally, json_member(root, "rows"));
    take_errors(&tally->errors, root);
    summary->resumed = take_bool(root, "resumed");
    take_part(&summary->part, json_member(root, "this_part"));
    take_part(&summary->all, json_member(root, "all_parts"));
    summary->parts = (unsigned)take_number(root, "parts");
    take_end(summary, root);
    tally->calls_by = *calls;
    tally->calls = calls->get + calls->update + calls->probe;
    tally->retries = summary->part.retries;
    tally->milliseconds = summary->part.elapsed;
}

const char *summary_json_parse(struct run_summary *summary, const char *text,
                               size_t len)
{
    struct json_refusal refusal;
    struct cJSON *root = json_parse(text, len, &refusal);
    const char *mode = json_text(json_member(root, "mode"));
    uint64_t schema = take_number(root, "schema");
    const char *why = NULL;

    if (!root)
        return refusal.why;
    if (schema == 0 || schema > RUN_SUMMARY_SCHEMA)
        why = "its schema is unknown";
    else if (!mode || !mode_find(mode, &summary->mode))
        why = "its mode is unknown";
    else
        take_root(summary, root);
    json_free(root);
    return why;
}
