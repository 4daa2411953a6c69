#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "ending/summary_file.h"
#include "run/run.h"

/* A file of --summary may describe another OUTPUT. */
static bool is_of_output(const struct file_system *files,
                         const struct options *options,
                         const struct run_summary *summary,
                         const struct stat *output)
{
    struct stat status;

    return !options->summary ||
           (summary->output &&
            files->stat(files, summary->output, &status) == 0 &&
            file_is_same(&status, output));
}

enum edited { EDITED_UNKNOWN, EDITED, UNEDITED };

/* Compares the digest of the file with that in its summary. */
static enum edited compare(const struct file_system *files,
                           const struct options *options,
                           const struct stat *output, const char *digest)
{
    struct run_summary summary = {.texts = NULL};
    enum edited edited = EDITED_UNKNOWN;

    if (summary_file_read(files, options, true, &summary) == NULL &&
        is_of_output(files, options, &summary, output) &&
        *summary.output_sha256 != '\0')
        edited = strcmp(summary.output_sha256, digest) == 0 ? UNEDITED : EDITED;
    run_summary_clear(&summary);
    return edited;
}

/* The file may have been written before --summary was given, or without it
 * since. */
static bool is_edited(const struct run *run, const struct stat *output,
                      const unsigned char digest[HASH_SIZE])
{
    const struct file_system *files = run->platform->files;
    struct options without = *run->options;
    char present[RUN_SUMMARY_DIGEST];
    enum edited by_option, beside;

    without.summary = NULL;
    run_summary_put_digest(present, digest);
    by_option = compare(files, run->options, output, present);
    beside = compare(files, &without, output, present);
    return by_option == EDITED_UNKNOWN
               ? beside == EDITED
               : by_option == EDITED && beside != UNEDITED;
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
