#include "report/summary_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"
#include "base/utf8.h"
#include "report/time_text.h"

/* A document that is being written. After a failure nothing more is. */
struct writer {
    struct buffer *text;
    unsigned depth;
    bool first; /* in the innermost object or array */
    bool failed;
};

static void put(struct writer *writer, const char *text)
{
    writer->failed = writer->failed || buffer_puts(writer->text, text);
}

/* Invalid bytes, as of a file's name, become '?'. utf8_clean() may make a text
 * longer, since an invisible character becomes U+XXXX. */
static void put_string(struct writer *writer, const char *string)
{
    bool valid = utf8_is_valid(string, strlen(string));
    size_t size = 8 * strlen(string) + 1;
    char *clean = valid ? NULL : malloc(size);

    if (clean)
        (void)utf8_clean(clean, size, string);
    writer->failed = writer->failed || (!valid && !clean) ||
                     json_put_string(writer->text, clean ? clean : string);
    free(clean);
}

/* Begins a member, or an item if name is NULL. */
static void begin_value(struct writer *writer, const char *name)
{
    put(writer, writer->first ? "\n" : ",\n");
    writer->first = false;
    for (unsigned i = 0; i < writer->depth; i++)
        put(writer, "  ");
    if (!name)
        return;
    put_string(writer, name);
    put(writer, ": ");
}

/* bracket: "{" or "[". */
static void open_value(struct writer *writer, const char *name,
                       const char *bracket)
{
    begin_value(writer, name);
    put(writer, bracket);
    writer->depth++;
    writer->first = true;
}

static void close_value(struct writer *writer, const char *bracket)
{
    bool empty = writer->first;

    writer->depth--;
    writer->first = false;
    if (!empty)
        put(writer, "\n");
    for (unsigned i = 0; !empty && i < writer->depth; i++)
        put(writer, "  ");
    put(writer, bracket);
}

/* NULL and "" become null. */
static void put_text(struct writer *writer, const char *name, const char *text)
{
    begin_value(writer, name);
    if (text && *text)
        put_string(writer, text);
    else
        put(writer, "null");
}

static void put_number(struct writer *writer, const char *name, uint64_t number)
{
    begin_value(writer, name);
    writer->failed = writer->failed || buffer_put_number(writer->text, number);
}

static void put_bool(struct writer *writer, const char *name, bool value)
{
    begin_value(writer, name);
    put(writer, value ? "true" : "false");
}

static void put_time(struct writer *writer, const char *name, int64_t time)
{
    char text[TIME_TEXT_SIZE];

    time_text_format(text, time);
    put_text(writer, name, time > 0 ? text : NULL);
}

/* ---- the members -------------------------------------------------------- */

static void put_service(struct writer *writer,
                        const struct run_summary *summary)
{
    put_text(writer, "service", summary->service);
    put_text(writer, "environment", summary->environment);
    put_text(writer, "endpoint", summary->endpoint);
    put_text(writer, "customer_id", summary->customer_id);
    put_text(writer, "account_id", summary->account_id);
}

static void put_files(struct writer *writer, const struct run_summary *summary)
{
    open_value(writer, "input", "{");
    put_text(writer, "name", summary->input);
    put_text(writer, "sha256", summary->input_sha256);
    if (summary->tally.rows_total > 0)
        put_number(writer, "rows", summary->tally.rows_total);
    else
        put_text(writer, "rows", NULL);
    close_value(writer, "}");

    open_value(writer, "output", "{");
    put_text(writer, "name", summary->output);
    put_text(writer, "file", summary->result);
    put_bool(writer, "complete", summary->complete);
    put_text(writer, "sha256", summary->output_sha256);
    close_value(writer, "}");

    put_text(writer, "fingerprint", summary->fingerprint);
    open_value(writer, "options", "{");
    for (unsigned i = 0; i < summary->option_count; i++)
        put_text(writer, summary->options[i].name, summary->options[i].value);
    close_value(writer, "}");
}

static void put_rows(struct writer *writer, const struct tally *tally)
{
    open_value(writer, "rows", "{");
    put_number(writer, "done", tally->rows);
    put_number(writer, "retryable", tally->again);
    put_number(writer, "compared_cells", tally->cells);
    put_number(writer, "differing_cells", tally->drifting);
    open_value(writer, "by_status", "{");
    for (unsigned i = 0; i < STATUS_COUNT; i++)
        put_number(writer, status_name((enum status)i), tally->by_status[i]);
    close_value(writer, "}");
    close_value(writer, "}");
}

static void put_errors(struct writer *writer, const struct error_counts *errors)
{
    struct error_count kinds[ERROR_COUNTS_KINDS];
    unsigned count = error_counts_top(errors, kinds, ERROR_COUNTS_KINDS);

    open_value(writer, "errors", "[");
    for (unsigned i = 0; i < count; i++) {
        open_value(writer, NULL, "{");
        put_text(writer, "name", kinds[i].name);
        put_text(writer, "column", kinds[i].field);
        put_number(writer, "rows", kinds[i].rows);
        put_number(writer, "first_row", kinds[i].first);
        close_value(writer, "}");
    }
    close_value(writer, "]");
    put_number(writer, "other_errors", errors->others);
}

static void put_part(struct writer *writer, const char *name,
                     const struct run_part *part)
{
    const struct call_counts *calls = &part->calls;

    open_value(writer, name, "{");
    put_time(writer, "start", part->start);
    put_time(writer, "end", part->end);
    put_number(writer, "elapsed_ms", (uint64_t)part->elapsed);
    open_value(writer, "calls", "{");
    put_number(writer, "GetUser", calls->get);
    put_number(writer, "UpdateUser", calls->update);
    put_number(writer, "probe", calls->probe);
    put_number(writer, "token", calls->token);
    close_value(writer, "}");
    put_number(writer, "retries", part->retries);
    put_number(writer, "throttled", calls->throttled);
    put_number(writer, "token_renewals", calls->renewals);
    close_value(writer, "}");
}

static void put_end(struct writer *writer, const struct run_summary *summary)
{
    open_value(writer, "exit", "{");
    put_number(writer, "status", (uint64_t)summary->exit_status);
    put_text(writer, "meaning", summary->meaning);
    put_text(writer, "message", summary->message);
    put_text(writer, "option", summary->option);
    close_value(writer, "}");
    open_value(writer, "next", "[");
    for (unsigned i = 0; i < summary->step_count; i++) {
        open_value(writer, NULL, "{");
        put_text(writer, "name", summary->steps[i].name);
        put_text(writer, "text", summary->steps[i].text);
        put_text(writer, "command", summary->steps[i].command);
        close_value(writer, "}");
    }
    close_value(writer, "]");
}

int summary_json_format(struct buffer *text, const struct run_summary *summary)
{
    struct writer writer = {.text = text, .depth = 1, .first = true};
    size_t len = text->len;

    put(&writer, "{");
    put_number(&writer, "schema", RUN_SUMMARY_SCHEMA);
    put_text(&writer, "program", "bauser-batch");
    put_text(&writer, "version", summary->version);
    put_text(&writer, "host", summary->host);
    put_text(&writer, "user", summary->user);
    put_text(&writer, "mode", mode_name(summary->mode));
    put_service(&writer, summary);
    put_files(&writer, summary);
    put_rows(&writer, &summary->tally);
    put_errors(&writer, &summary->tally.errors);
    put_bool(&writer, "resumed", summary->resumed);
    put_part(&writer, "this_part", &summary->part);
    put_part(&writer, "all_parts", &summary->all);
    put_number(&writer, "parts", summary->parts);
    put_end(&writer, summary);
    put(&writer, "\n}\n");
    if (!writer.failed)
        return 0;
    text->len = len;
    return -1;
}

/* ---- reading ------------------------------------------------------------ */

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
