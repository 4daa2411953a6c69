#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "ending/summary_file.h"
#include "run/run.h"

/* A file of --summary may describe another OUTPUT. */
static bool is_of_output(const struct run *run,
                         const struct run_summary *summary,
                         const struct stat *output)
{
    const struct file_system *files = run->platform->files;
    struct stat status;

    return !run->options->summary ||
           (summary->output &&
            files->stat(files, summary->output, &status) == 0 &&
            file_is_same(&status, output));
}

/* Has the file another digest than its summary says? Without a summary, nothing
 * is known. */
static bool is_edited(const struct run *run, const struct stat *output,
                      const unsigned char digest[HASH_SIZE])
{
    struct run_summary summary = {.texts = NULL};
    char present[RUN_SUMMARY_DIGEST];
    bool edited;

    run_summary_put_digest(present, digest);
    edited = summary_file_read(run->platform->files, run->options, true,
                               &summary) == NULL &&
             is_of_output(run, &summary, output) &&
             *summary.output_sha256 != '\0' &&
             strcmp(summary.output_sha256, present) != 0;
    run_summary_clear(&summary);
    return edited;
}

int run_check_edited(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    const struct file_system *files = run->platform->files;
    const char *output = result_writer_name(run->results);
    unsigned char digest[HASH_SIZE];
    struct stat status;

    if (options->mode != MODE_EXPORT || options->force || !output ||
        files->stat(files, output, &status))
        return 0;
    if (file_digest(files, output, digest))
        return error_set(error, ERROR_USAGE, "cannot read %s: %s", output,
                         strerror(errno));
    if (!is_edited(run, &status, digest))
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s was changed after it was written, and --export would "
                     "replace it: choose another OUTPUT, or use --force",
                     options->output);
}
