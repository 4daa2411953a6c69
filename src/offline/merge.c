#include "offline/merge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ending/ending.h"
#include "ending/next_steps.h"
#include "ending/summary_file.h"
#include "offline/merge_file.h"
#include "offline/merge_missing.h"
#include "offline/merge_shards.h"
#include "offline/merge_undo.h"
#include "offline/review.h"
#include "output/merged_rows.h"
#include "service/service.h"

struct merging {
    const struct platform *platform;
    const struct options *options; /* INPUT is that of the shards */
    const volatile sig_atomic_t *stop;
    struct run_summary *summary;
    struct merge_shards shards;
    struct merge_undo undo;
};

/* ---- what must be true before anything is written ------------------------ */

/* INPUT, and the results of the shards, are not replaced. */
static int check_name(const struct merging *merge, const char *label,
                      const char *path, struct error *error)
{
    const struct file_system *files = merge->platform->files;
    const char *input = merge->options->input;

    if (!path)
        return 0;
    if (input && atomic_file_is_same_place(files, input, path))
        return error_set(error, ERROR_USAGE,
                         "%s %s is the INPUT of the shards, which would be "
                         "replaced; rename INPUT, or choose another name",
                         label, path);
    for (unsigned i = 0; i < merge->shards.count; i++)
        if (atomic_file_is_same_place(files, merge->shards.list[i].path, path))
            return error_set(error, ERROR_USAGE,
                             "%s %s is the result of shard %u/%u; choose "
                             "another name",
                             label, path, i, merge->shards.count);
    return 0;
}

static int check_names(const struct merging *merge, struct error *error)
{
    const struct options *options = merge->options;

    return check_name(merge, "OUTPUT", options->output, error) ||
                   check_name(merge, "--failed", options->failed, error) ||
                   check_name(merge, "--metrics", options->metrics, error) ||
                   check_name(merge, "--report", options->report, error) ||
                   check_name(merge, "--summary", options->summary, error) ||
                   check_name(merge, "--undo", options->undo, error)
               ? -1
               : 0;
}

/* Standard input of this process is another one than that of the shards. */
static bool is_file(const struct file_system *files, const char *input)
{
    struct stat status;

    return input && strcmp(input, "-") != 0 &&
           strcmp(input, "/dev/stdin") != 0 &&
           strncmp(input, "/dev/fd/", 8) != 0 &&
           files->stat(files, input, &status) == 0 && S_ISREG(status.st_mode);
}

/* --failed needs INPUT. Else it may be gone, but not replaced: a job that skips
 * finished shards would report the result of yesterday as that of today. */
static int check_input(const struct merging *merge, struct error *error)
{
    const struct options *options = merge->options;
    const struct file_system *files = merge->platform->files;
    const char *input = options->input;
    bool needed = options->failed != NULL;
    unsigned char digest[HASH_SIZE];
    char present[RUN_SUMMARY_DIGEST];

    if (!needed && !is_file(files, input))
        return 0;
    if (!input || file_digest(files, input, digest))
        return !needed ? 0
                       : error_set(error, ERROR_USAGE,
                                   "--failed needs the INPUT of the shards, "
                                   "and %s cannot be read: %s; merge in the "
                                   "directory of the runs, or leave out "
                                   "--failed and use --review later",
                                   input ? input : "it",
                                   input ? strerror(errno) : "it has no name");
    run_summary_put_digest(present, digest);
    return summary_file_check_input(
        options, merge->summary->input_sha256, present,
        needed ? "; merge with the INPUT of the shards"
               : "; run its shards, or move it away to merge the results of "
                 "the earlier INPUT",
        error);
}

static bool is_retried(const struct merging *merge, enum summary_place place)
{
    struct run_summary present = {.texts = NULL};
    bool retried =
        summary_file_read_at(merge->platform->files, merge->options, place,
                             true, &present) == NULL &&
        present.merged_count == 0 &&
        run_summary_option(&present, "retry-failed") &&
        strcmp(present.input_sha256, merge->summary->input_sha256) == 0;

    run_summary_clear(&present);
    return retried;
}

/* The rows that were retried in OUTPUT itself are not in the shards. */
static int check_retried(const struct merging *merge, struct error *error)
{
    if (!is_retried(merge, SUMMARY_BESIDE) && !is_retried(merge, SUMMARY_NAMED))
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s has the results of --retry-failed, which its shards "
                     "lack; move it and its summary away to merge the shards "
                     "again",
                     merge->options->output);
}

/* ---- OUTPUT -------------------------------------------------------------- */

/* Before OUTPUT is replaced: the rows may not be those of INPUT. */
static int write_failed(const struct merging *merge,
                        const struct writer *writer, struct error *error)
{
    struct options of_rows = *merge->options;

    of_rows.output = writer_partial_name(writer);
    of_rows.metrics = of_rows.report = NULL;
    return review_write(merge->platform, &of_rows, merge->summary, merge->stop,
                        error);
}

/* They may have been replaced since their summaries were compared with them. */
static int check_files(const struct merge_shards *shards,
                       unsigned char (*digests)[HASH_SIZE], struct error *error)
{
    char read[RUN_SUMMARY_DIGEST];

    for (unsigned i = 0; i < shards->count; i++) {
        run_summary_put_digest(read, digests[i]);
        if (strcmp(read, shards->list[i].sha256) != 0)
            return error_set(error, ERROR_STOPPED,
                             "%s was changed during the merge, so nothing was "
                             "written; merge again",
                             shards->list[i].path);
    }
    return 0;
}

static int check_rows(const struct merging *merge, struct error *error)
{
    uint64_t found = merge->summary->tally.rows, all = merge->shards.rows;

    if (found == all)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "the shards have %" PRIu64 " result rows, but %" PRIu64
                     " rows were selected in INPUT; run the shards again",
                     found, all);
}

static int write_output(void *context, struct writer *writer,
                        struct error *error)
{
    struct merging *merge = context;
    const struct merge_shards *shards = &merge->shards;
    const struct file_system *files = merge->platform->files;
    const char *paths[MERGE_SHARDS_MAX];
    unsigned char digests[MERGE_SHARDS_MAX][HASH_SIZE];
    const struct merged_rows_setup setup = {.files = files,
                                            .paths = paths,
                                            .count = shards->count,
                                            .stop = merge->stop,
                                            .tally = &merge->summary->tally,
                                            .digests = digests};
    unsigned char digest[HASH_SIZE];

    for (unsigned i = 0; i < shards->count; i++)
        paths[i] = shards->list[i].path;
    if (merged_rows_write(&setup, writer, error) ||
        check_files(shards, digests, error) || check_rows(merge, error) ||
        writer_stop(writer, error) ||
        merge_undo_write(&merge->undo, files, merge->options,
                         service_find(merge->summary->service), error) ||
        write_failed(merge, writer, error))
        return -1;
    if (writer_digest(writer, digest) == 0)
        run_summary_put_digest(merge->summary->output_sha256, digest);
    return 0;
}

/* ---- the summary --------------------------------------------------------- */

/* Its times and calls are those of all shards together. */
static int fill_summary(struct merging *merge, struct error *error)
{
    struct run_summary *summary = merge->summary;
    const struct options *options = merge->options;
    struct options of_shards = *options;
    struct tally *tally = &summary->tally;
    enum exit_status status;
    unsigned count = merge->shards.count;

    summary->merged = calloc(count, sizeof(*summary->merged));
    if (!summary->merged)
        return error_memory(error);
    of_shards.mode = summary->mode;
    status = ending_detail(&of_shards, tally, ending_status(tally, NULL));
    summary->merged_count = count;
    for (unsigned i = 0; i < count; i++) {
        const struct merge_shard *shard = &merge->shards.list[i];

        summary->merged[i] =
            (struct run_merged){i, shard->rows, shard->failed, shard->elapsed};
    }
    summary->shard = (struct run_shard){.count = 0};
    summary->part = summary->all;
    summary->parts = 1;
    tally->rows_total = merge->shards.rows;
    tally->calls_by = summary->all.calls;
    tally->calls =
        tally->calls_by.get + tally->calls_by.update + tally->calls_by.probe;
    tally->retries = summary->all.retries;
    tally->milliseconds = summary->all.elapsed;
    summary->output = summary->result = options->output;
    summary->complete = true;
    summary->host = merge->platform->host;
    summary->user = merge->platform->user;
    summary->exit_status = (int)status;
    summary->meaning = ending_meaning(status);
    summary->message = summary->option = NULL;
    next_steps_add(summary, options, NULL);
    return 0;
}

int merge_run(const struct platform *platform, const struct options *options,
              const volatile sig_atomic_t *stop, struct run_summary *summary,
              struct error *error)
{
    struct options of_run = *options;
    struct merging merge = {
        .platform = platform,
        .options = &of_run,
        .stop = stop,
        .summary = summary,
    };
    int result = merge_shards_find(&merge.shards, options, error);

    if (result == 0)
        result = merge_missing_check(&merge.shards, platform->files, options,
                                     summary, error);
    if (result == 0)
        result = merge_shards_read(&merge.shards, platform->files, options,
                                   summary, error);
    of_run.input = summary->input;
    if (result == 0 &&
        (check_names(&merge, error) || check_input(&merge, error) ||
         check_retried(&merge, error) ||
         merge_undo_find(&merge.undo, &merge.shards, platform->files, options,
                         error) ||
         merge_file_write(platform->files, options, "OUTPUT", options->output,
                          write_output, &merge, error) ||
         fill_summary(&merge, error) ||
         summary_file_write(platform->files, options, summary, error)))
        result = -1;
    of_run.failed = NULL; /* it is complete, as OUTPUT is */
    if (result == 0 && review_write(platform, &of_run, summary, stop, error))
        result = -1;
    merge_undo_clear(&merge.undo);
    merge_shards_clear(&merge.shards);
    return result;
}
