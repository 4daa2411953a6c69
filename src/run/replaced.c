#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "ending/summary_file.h"
#include "run/run.h"

#define HEADER_SIZE 4096 /* of the first line, in bytes */

/* A file of --summary may describe another OUTPUT. */
static bool is_of_output(const struct file_system *files,
                         const struct run_summary *summary,
                         const struct stat *output)
{
    struct stat status;

    return summary->output &&
           files->stat(files, summary->output, &status) == 0 &&
           file_is_same(&status, output);
}

enum edited { EDITED_UNKNOWN, EDITED, UNEDITED };

/* Compares the digest of the file with that in its summary. */
static enum edited compare(const struct file_system *files,
                           const struct options *options,
                           enum summary_place place, const struct stat *output,
                           const char *digest)
{
    struct run_summary summary = {.texts = NULL};
    enum edited edited = EDITED_UNKNOWN;

    if (summary_file_read_at(files, options, place, true, &summary) == NULL &&
        (place == SUMMARY_BESIDE || is_of_output(files, &summary, output)) &&
        *summary.output_sha256 != '\0')
        edited = strcmp(summary.output_sha256, digest) == 0 ? UNEDITED : EDITED;
    run_summary_clear(&summary);
    return edited;
}

/* The file may have been written before --summary was given, or without it
 * since, or by another name: a link. If a summary has its digest, what others
 * say is out of date. */
static bool is_edited(const struct run *run, const struct stat *output,
                      const unsigned char digest[HASH_SIZE])
{
    const struct file_system *files = run->platform->files;
    const struct options *options = run->options;
    struct options target = *options;
    char present[RUN_SUMMARY_DIGEST];
    enum edited named, beside, linked;

    run_summary_put_digest(present, digest);
    target.output = result_writer_name(run->results);
    named = compare(files, options, SUMMARY_NAMED, output, present);
    beside = compare(files, options, SUMMARY_BESIDE, output, present);
    linked = compare(files, &target, SUMMARY_BESIDE, output, present);
    return named != UNEDITED && beside != UNEDITED && linked != UNEDITED &&
           (named == EDITED || beside == EDITED || linked == EDITED);
}

/* Has the first line a column Expect.COLUMN? */
static bool expects_values(const struct file_system *files, const char *path)
{
    int fd = files->open(files, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
    char line[HEADER_SIZE + 1];
    ssize_t len;

    if (fd < 0)
        return false;
    len = files->read(files, fd, line, HEADER_SIZE);
    (void)files->close(files, fd);
    line[len < 0 ? 0 : len] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    return strstr(line, "Expect.") != NULL;
}

int run_check_output(const struct run *run, struct error *error)
{
    const char *output = result_writer_name(run->results);

    if (output && !run->options->force &&
        expects_values(run->platform->files, output))
        return error_set(error, ERROR_USAGE,
                         "%s has a column Expect.COLUMN, as the files of "
                         "--undo and --plan have, and would be replaced by "
                         "results: choose another OUTPUT, or move it away",
                         run->options->output);
    return run_check_edited(run, error);
}

int run_check_edited(const struct run *run, struct error *error)
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
