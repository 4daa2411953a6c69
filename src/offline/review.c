#include "offline/review.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "ending/ending.h"
#include "ending/summary_file.h"
#include "output/recount.h"

static int digest_file(const struct file_system *files, const char *path,
                       char text[RUN_SUMMARY_DIGEST], struct error *error)
{
    unsigned char digest[HASH_SIZE];
    struct stat status;

    if (files->stat(files, path, &status) == 0 && !S_ISREG(status.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s is no regular file; --review needs the files of a "
                         "finished run",
                         path);
    if (file_digest(files, path, digest))
        return error_set(error, ERROR_USAGE, "cannot read %s: %s", path,
                         strerror(errno));
    run_summary_put_digest(text, digest);
    return 0;
}

/* Why the summary of the run cannot be used; NULL: it can. */
static const char *read_recorded(const struct file_system *files,
                                 const struct options *options,
                                 const char *output_sha256,
                                 struct run_summary *recorded)
{
    const char *why = summary_file_read(files, options, true, recorded);

    if (why)
        return why;
    if (!mode_has_results(recorded->mode))
        return "it is of a run whose OUTPUT has no results of rows";
    return strcmp(recorded->output_sha256, output_sha256) == 0
               ? NULL
               : "it belongs to another OUTPUT";
}

/* What is known without a summary. */
static void note_files(struct run_summary *summary,
                       const struct options *options, const char *input_sha256,
                       const char *output_sha256, enum mode mode)
{
    summary->mode = mode;
    summary->input = options->input;
    summary->output = summary->result = options->output;
    summary->complete = true;
    memcpy(summary->input_sha256, input_sha256, RUN_SUMMARY_DIGEST);
    memcpy(summary->output_sha256, output_sha256, RUN_SUMMARY_DIGEST);
    summary->exit_status = (int)ending_status(&summary->tally, NULL);
    summary->meaning = ending_meaning((enum exit_status)summary->exit_status);
}

/* The counts of OUTPUT replace the recorded ones. An exported file does not
 * show the rows of its errors. */
static void put_counts(struct run_summary *summary, const struct tally *counted,
                       enum mode mode)
{
    summary->tally.rows = counted->rows;
    if (mode != MODE_EXPORT) {
        summary->tally.again = counted->again;
        summary->tally.errors = counted->errors;
    }
    memcpy(summary->tally.by_status, counted->by_status,
           sizeof(counted->by_status));
}

int review_run(const struct file_system *files, const struct options *options,
               struct run_summary *summary, const char **missing,
               struct error *error)
{
    char input[RUN_SUMMARY_DIGEST], output[RUN_SUMMARY_DIGEST];
    struct tally counted = {0};
    enum mode mode;

    if (digest_file(files, options->input, input, error) ||
        digest_file(files, options->output, output, error) ||
        recount(files, options->output, &counted, &mode, error))
        return -1;
    *missing = read_recorded(files, options, output, summary);
    if (*missing)
        run_summary_clear(summary);
    else if (summary_file_check_input(options, summary->input_sha256, input, "",
                                      error))
        return -1;
    put_counts(summary, &counted, mode);
    if (*missing)
        note_files(summary, options, input, output, mode);
    return 0;
}
