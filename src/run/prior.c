#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "ending/summary_file.h"
#include "run/run.h"

/* ---- opening ------------------------------------------------------------ */

/* A summary that is damaged, or that was written for another OUTPUT, is
 * ignored. */
static void read_summary(struct run *run, enum summary_place place)
{
    const struct file_system *files = run->platform->files;
    struct run_summary summary = {.texts = NULL};
    char output[RUN_SUMMARY_DIGEST];

    run_summary_put_digest(output, run->prior_digest);
    if (summary_file_read_at(files, run->options, place, true, &summary) ==
            NULL &&
        strcmp(summary.output_sha256, output) == 0)
        memcpy(run->prior_input, summary.input_sha256, RUN_SUMMARY_DIGEST);
    run_summary_clear(&summary);
}

int run_open_prior(struct run *run, struct error *error)
{
    const struct file_system *files = run->platform->files;
    const struct service *service = run->options->service;
    const char *output = run->options->output;

    run->prior = prior_result_open(files, output, error);
    if (!run->prior)
        return -1;
    if (file_digest(files, output, run->prior_digest))
        return error_set(error, ERROR_LOCAL, "cannot read %s: %s", output,
                         strerror(errno));
    for (unsigned place = 0; place < SUMMARY_PLACES; place++)
        read_summary(run, place);
    run->newer = newer_rows_new(files, output, &service->columns[service->key],
                                NEWER_ROWS_USERS, error);
    return run->newer ? 0 : -1;
}

/* ---- comparing ---------------------------------------------------------- */

static int check_prior(void *context, uint64_t number, const char *id,
                       struct error *error)
{
    struct run *run = context;
    struct prior_row row;

    if (prior_result_match(run->prior, number, id, &row, error))
        return -1;
    run->retried += row.again;
    return 0;
}

/* digest: of INPUT; NULL: unknown. */
static int compare_input(const struct run *run, const unsigned char *digest,
                         struct error *error)
{
    char input[RUN_SUMMARY_DIGEST];

    if (!digest)
        return 0;
    run_summary_put_digest(input, digest);
    return summary_file_check_input(
        run->options, run->prior_input, input,
        "; --retry-failed needs the same INPUT. Put corrected rows into a file "
        "of their own (see --failed), and apply that without --retry-failed, "
        "to another OUTPUT",
        error);
}

/* The validation ends at the first row that does not match, before the file's
 * digest is known. */
static int explain_mismatch(const struct run *run, struct error *error)
{
    const char *input = run->options->input;
    unsigned char digest[HASH_SIZE];

    if (error->kind == ERROR_USAGE && run->prior &&
        S_ISREG(row_source_stat(run->source)->st_mode) &&
        strcmp(input, "-") != 0 &&
        file_digest(run->platform->files, input, digest) == 0)
        (void)compare_input(run, digest, error);
    return -1;
}

int run_validate(struct run *run, struct error *error)
{
    const unsigned char *digest;

    if (run_keep_approved(run, error))
        return -1;
    if (row_source_validate(run->source, run->prior ? check_prior : NULL, run,
                            run->stop, error))
        return explain_mismatch(run, error);
    if (run_check_approved(run, error))
        return -1;
    digest = row_source_digest(run->source);
    if (!run->prior || !digest)
        return 0;
    return compare_input(run, digest, error) ||
                   prior_result_end(run->prior, error) ||
                   prior_result_rewind(run->prior, error)
               ? -1
               : 0;
}
