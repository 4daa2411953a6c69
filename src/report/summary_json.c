#include "report/summary_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
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

static void put_plan(struct writer *writer, const struct run_plan *plan)
{
    if (!plan->name) {
        put_text(writer, "plan", NULL);
        return;
    }
    open_value(writer, "plan", "{");
    put_text(writer, "name", plan->name);
    put_text(writer, "sha256", plan->sha256);
    put_number(writer, "users", plan->users);
    put_number(writer, "source_rows", plan->source_rows);
    put_number(writer, "left_out_rows", plan->left_out);
    close_value(writer, "}");
}

static void put_shard(struct writer *writer, const struct run_shard *shard)
{
    if (shard->count == 0) {
        put_text(writer, "shard", NULL);
        return;
    }
    open_value(writer, "shard", "{");
    put_number(writer, "index", shard->index);
    put_number(writer, "count", shard->count);
    put_text(writer, "by", shard->by);
    put_text(writer, "variable", shard->variable);
    put_number(writer, "rows_of_all_shards", shard->rows);
    put_text(writer, "command", shard->command);
    close_value(writer, "}");
}

static void put_merged(struct writer *writer, const struct run_summary *summary)
{
    open_value(writer, "merged_shards", "[");
    for (unsigned i = 0; i < summary->merged_count; i++) {
        const struct run_merged *shard = &summary->merged[i];

        open_value(writer, NULL, "{");
        put_number(writer, "index", shard->index);
        put_number(writer, "rows", shard->rows);
        put_number(writer, "rows_without_success", shard->failed);
        put_number(writer, "elapsed_ms", (uint64_t)shard->elapsed);
        close_value(writer, "}");
    }
    close_value(writer, "]");
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
    put_shard(&writer, &summary->shard);
    put_merged(&writer, summary);
    put_plan(&writer, &summary->plan);
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
