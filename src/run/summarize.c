#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "ending/conclusion.h"
#include "ending/ending.h"
#include "ending/next_steps.h"
#include "ending/summary_file.h"
#include "report/summary_json.h"
#include "run/run.h"

/* ---- the beginning ------------------------------------------------------ */

/* A line of the fingerprint: a name, a blank, and "yes", "no", or a value in
 * quotes. An option that can be repeated has several values. */
static void note_option(struct run_summary *summary, char *line)
{
    char *value = strchr(line, ' ');
    struct run_option *option = &summary->options[summary->option_count];

    if (!value || summary->option_count == RUN_SUMMARY_OPTIONS)
        return;
    *value++ = '\0';
    if (strcmp(value, "no") == 0)
        return;
    if (*value == '\'' &&
        strchr(value + 1, '\'') == value + strlen(value) - 1) {
        value++;
        value[strlen(value) - 1] = '\0';
    }
    option->name = run_summary_keep(summary, line);
    option->value = run_summary_keep(summary, value);
    if (option->name && option->value)
        summary->option_count++;
}

/* The name and the release of the program, and the files, are recorded
 * elsewhere. */
static bool is_option(const char *line)
{
    static const char *const others[] = {"bauser-batch ", "release ", "input ",
                                         "output ", "prior "};

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strncmp(line, others[i], strlen(others[i])) == 0)
            return false;
    return true;
}

static void note_fingerprint(struct run_summary *summary, struct buffer *text)
{
    struct hash *hash = hash_new();
    unsigned char digest[HASH_SIZE];
    char *line, *rest = text->data;

    if (!hash)
        return;
    while ((line = strtok_r(rest, "\n", &rest))) {
        if (strncmp(line, "release ", 8) != 0)
            hash_update(hash, line, strlen(line) + 1);
        if (is_option(line))
            note_option(summary, line);
    }
    if (hash_digest(hash, digest) == 0)
        run_summary_put_digest(summary->fingerprint, digest);
    hash_free(hash);
}

/* The parts before this one are recorded if none of them was killed. A killed
 * one leaves the summary of the part before it. */
static void note_earlier(struct run *run)
{
    struct run_summary *summary = run->summary;
    struct run_summary earlier = {.texts = NULL};

    if (summary_file_read(run->platform->files, run->options, false,
                          &earlier) == NULL &&
        !earlier.complete &&
        strcmp(earlier.fingerprint, summary->fingerprint) == 0) {
        summary->earlier = earlier.all;
        summary->earlier_parts = earlier.parts;
    }
    run_summary_clear(&earlier);
}

void run_note_beginning(struct run *run,
                        const struct fingerprint_setup *fingerprint)
{
    struct buffer text;

    buffer_init(&text, SUMMARY_JSON_MAX);
    if (fingerprint_build(&text, fingerprint) == 0)
        note_fingerprint(run->summary, &text);
    buffer_free(&text);
    run->summary->resumed = recovery_resumed(run->recovery);
    if (run->summary->resumed)
        note_earlier(run);
}

/* ---- the end ------------------------------------------------------------ */

static void note_input(struct run *run)
{
    struct run_summary *summary = run->summary;
    const struct row_source *source = run->source;
    const unsigned char *digest = source ? row_source_digest(source) : NULL;
    unsigned char read[HASH_SIZE];
    uint64_t bytes;

    if (!digest && source && run->options->mode != MODE_CHECK &&
        row_source_ended(source) &&
        row_source_checkpoint(source, &bytes, read) == 0)
        digest = read;
    if (digest)
        run_summary_put_digest(summary->input_sha256, digest);
    summary->tally.rows_total = run_rows_total(run);
}

static void note_shard(struct run *run)
{
    const struct options *options = run->options;

    if (!options->has_shard)
        return;
    run->summary->shard = (struct run_shard){
        .index = options->shard,
        .count = options->shards,
        .by = options->shard_by,
        .variable = options->shard_variable,
        .rows = run->source ? row_source_of_all_shards(run->source) : 0,
    };
    next_steps_note_shard(run->summary, options);
}

/* If an earlier run has renamed OUTPUT already, its bytes were not written by
 * this one. */
static int digest_output(const struct run *run, unsigned char digest[HASH_SIZE])
{
    if (recovery_is_finished(run->recovery))
        return file_digest(run->platform->files, run->options->output, digest);
    return result_writer_digest(run->results, digest);
}

static void note_output(struct run *run)
{
    struct run_summary *summary = run->summary;
    const char *name = run->results ? result_writer_name(run->results) : NULL;
    const char *partial =
        name ? result_writer_partial_name(run->results) : NULL;
    unsigned char digest[HASH_SIZE];
    struct stat status;

    summary->complete = run->committed && name;
    if (summary->complete) {
        summary->result = run->options->output;
        if (digest_output(run, digest) == 0)
            run_summary_put_digest(summary->output_sha256, digest);
    } else if (partial &&
               run->platform->files->stat_link(run->platform->files, partial,
                                               &status) == 0 &&
               status.st_size > 0) {
        summary->result = run_summary_keep(summary, partial);
    }
}

/* Does this process have the lock on OUTPUT's files, or is there no such file;
 * and is nothing left of a run that this one does not resume? */
static bool may_write(const struct run *run)
{
    const struct options *options = run->options;

    if (!run->results)
        return false;
    if (!run->recovery)
        return !recovery_is_kept(options->mode, options->output, options->diff);
    if (recovery_is_foreign(run->recovery))
        return false;
    return recovery_has_begun(run->recovery) ||
           !recovery_is_needed(run->recovery);
}

void run_summarize(struct run *run, const struct error *why)
{
    const struct file_system *files = run->platform->files;
    struct run_summary *summary = run->summary;
    struct error error;

    note_input(run);
    note_shard(run);
    note_output(run);
    conclusion_end(summary, run->platform, run->options, why);
    run->summarized = true;
    /* Then there was no run. */
    if (why && (why->kind == ERROR_USAGE || why->kind == ERROR_BUSY))
        return;
    if (!may_write(run))
        return;
    if (summary_file_write(files, run->options, summary, &error))
        progress_message(&run->progress, "warning: %s", error.text);
    run_write_report(run);
}
