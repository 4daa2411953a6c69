#include <stdlib.h>

#include "ending/ending.h"
#include "ending/metrics_file.h"
#include "ending/report_file.h"
#include "input/row_source.h"
#include "offline/review.h"
#include "output/failed_rows.h"
#include "output/prior_result.h"
#include "service/service.h"
#include "setup/file_flags.h"
#include "setup/row_rules.h"

/* What the files are made from. The options have the service of the run. */
struct review {
    const struct platform *platform;
    const struct options *options;
    const struct run_summary *summary;
    const volatile sig_atomic_t *stop;
};

/* ---- --failed ----------------------------------------------------------- */

/* Each row of INPUT must have the result of its number and Id. */
static int take_row(void *context, struct row *row, struct error *error)
{
    struct prior_row result;
    int failed =
        prior_result_match(context, row->number, row->id, &result, error);

    row_free(row);
    return failed;
}

static int refuse_row(void *context, const struct refused_row *row,
                      struct error *error)
{
    struct prior_row result;

    return prior_result_match(context, row->record->number, row->id, &result,
                              error);
}

static int begin_rows(void *context, struct error *error)
{
    (void)context;
    (void)error;
    return 0;
}

static void skip_row(void *context, uint64_t number)
{
    (void)context;
    (void)number;
}

static int read_rows(const struct review *review, struct row_source *source,
                     struct prior_result *results, struct error *error)
{
    while (!row_source_ended(source)) {
        if (*review->stop)
            return error_set(error, ERROR_STOPPED, "stopped by a signal");
        if (row_source_read(source, error))
            return -1;
    }
    return prior_result_end(results, error);
}

static int join_rows(const struct review *review, struct row_source *source,
                     struct prior_result *results, struct error *error)
{
    const struct options *options = review->options;
    /* What a review that was killed has left has nothing that is lost. */
    const struct failed_rows_setup setup = {
        .files = review->platform->files,
        .random = review->platform->random,
        .path = options->failed,
        .input = row_source_stat(source),
        .flags = file_flags_make(options) | ATOMIC_FILE_RESTART,
        .source = source,
    };
    const struct failed_rows_result result = {
        .path = options->output,
        .applied = review->summary->mode == MODE_APPLY,
        .failed = ending_rows_failed(&review->summary->tally),
    };
    struct failed_rows *failed = failed_rows_open(&setup, error);
    int status = -1;

    if (!failed)
        return -1;
    if (read_rows(review, source, results, error) == 0 &&
        failed_rows_write(failed, &result, review->stop, error) == 0)
        status = failed_rows_commit(failed, error);
    if (status)
        failed_rows_discard(failed);
    failed_rows_free(failed);
    return status;
}

/* An approved run has read a plan. */
static struct input_rules rules_of_run(const struct review *review)
{
    const struct options *options = review->options;
    enum mode mode = review->summary->mode;

    return run_summary_option(review->summary, "approve")
               ? row_rules_make_plan(options, mode)
               : row_rules_make(options, mode);
}

static int write_failed(const struct review *review, struct error *error)
{
    static const struct row_handler handler = {begin_rows, take_row, refuse_row,
                                               skip_row};
    const struct options *options = review->options;
    const struct file_system *files = review->platform->files;
    struct input_rules rules = rules_of_run(review);
    struct prior_result *results;
    struct row_source *source = NULL;
    int result = -1;

    if (!options->failed)
        return 0;
    if (review->summary->mode == MODE_EXPORT)
        return error_set(error, ERROR_USAGE,
                         "--failed cannot be made from an exported file, which "
                         "says itself which users were not found; leave out "
                         "--failed");
    results = prior_result_open_any(files, options->output, error);
    if (results)
        source = row_source_open(files, options->input, &rules, &handler,
                                 results, error);
    if (source)
        result = join_rows(review, source, results, error);
    row_source_free(source);
    prior_result_free(results);
    return result;
}

/* ---- --report ----------------------------------------------------------- */

/* An exported file has no rows of errors. */
static int find_findings(const struct review *review, struct findings *findings,
                         struct error *error)
{
    const struct options *options = review->options;
    struct prior_result *results;
    struct prior_row row;
    int more;

    if (review->summary->mode == MODE_EXPORT)
        return 0;
    results =
        prior_result_open_any(review->platform->files, options->output, error);
    if (!results)
        return -1;
    while ((more = prior_result_next(results, &row, error)) > 0)
        findings_add_text(findings, options->service, row.status, row.text,
                          row.len);
    prior_result_free(results);
    return more;
}

/* The report covers all parts of the run that are recorded. */
static struct run_summary sum_parts(const struct run_summary *summary)
{
    struct run_summary sum = *summary;

    if (sum.parts == 0)
        return sum;
    sum.part = sum.all;
    sum.tally.calls_by = sum.all.calls;
    sum.tally.retries = sum.all.retries;
    return sum;
}

static int write_report(const struct review *review, struct error *error)
{
    const struct run_summary summary = sum_parts(review->summary);
    struct run_record *record;
    int result;

    if (!review->options->report)
        return 0;
    record = calloc(1, sizeof(*record));
    if (!record)
        return error_memory(error);
    result = find_findings(review, &record->findings, error);
    if (result == 0)
        result = report_file_write(review->platform->files, review->options,
                                   &summary, record, 0, error);
    free(record);
    return result;
}

/* ---- all ---------------------------------------------------------------- */

int review_write(const struct platform *platform, const struct options *options,
                 const struct run_summary *summary,
                 const volatile sig_atomic_t *stop, struct error *error)
{
    const struct service *service =
        summary->service ? service_find(summary->service) : NULL;
    struct options of_run = *options;
    const struct review review = {platform, &of_run, summary, stop};

    if (service)
        of_run.service = service;
    if (write_failed(&review, error) || write_report(&review, error))
        return -1;
    return options->metrics
               ? metrics_file_write(platform->files, options->metrics, summary,
                                    error)
               : 0;
}
