#include <poll.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "cli/rate_share.h"
#include "ending/ending.h"
#include "report/estimate.h"
#include "run/run.h"
#include "setup/file_flags.h"

/* So often a pipe that sends nothing looks for a signal, in milliseconds. */
#define STOP_MS 1000

/* A shorter run does not show how fast the service is. */
#define MEASURED_MS 5000

int run_open_plan(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    bool earlier = recovery_is_needed(run->recovery);
    struct plan_setup setup;

    if (!options->plan)
        return 0;
    setup = (struct plan_setup){
        .files = run->platform->files,
        .path = options->plan,
        .output = file_base_name(result_writer_name(run->results)),
        .input = row_source_stat(run->source),
        /* The run to be resumed may have made FILE. */
        .flags = options->resume && earlier ? 0 : file_flags_make(options),
        .rows = {options->service, options->clear_token, options->customer_id},
        .earlier = earlier,
        .finished = recovery_is_finished(run->recovery),
    };
    run->plan = plan_open(&setup, error);
    return run->plan ? 0 : -1;
}

int run_check_plan(const struct run *run, struct error *error)
{
    return plan_check_columns(run->plan, row_source_columns(run->source),
                              error);
}

int run_keep_approved(struct run *run, struct error *error)
{
    const char *output = run->results ? result_writer_name(run->results) : NULL;
    const struct random *random = run->platform->random;
    struct pollfd pipe = {.events = POLLIN};
    int more;

    if (!run->options->approve || row_source_is_file(run->source))
        return 0;
    if (!output)
        return error_set(error, ERROR_USAGE,
                         "--approve with an INPUT that is a pipe requires an "
                         "OUTPUT that is a file, beside which INPUT is kept "
                         "until its SHA-256 is known; choose a file");
    pipe.fd = row_source_poll_fd(run->source);
    do {
        if (*run->stop)
            more = error_set(error, ERROR_STOPPED,
                             "stopped by a signal while %s was read; nothing "
                             "was sent",
                             row_source_name(run->source));
        else if (poll(&pipe, 1, STOP_MS) <= 0)
            more = 1;
        else
            more = row_source_keep(run->source, random, output, error);
    } while (more > 0);
    return more;
}

/* --max-changes N%: a plan has one row for each user that it updates. */
static int check_share(const struct run *run, struct error *error)
{
    return run->options->max_changes_percent
               ? bounds_check_share(run->options->max_changes,
                                    row_source_selected(run->source),
                                    row_source_plan_rows(run->source),
                                    row_source_name(run->source), error)
               : 0;
}

int run_check_approved(const struct run *run, struct error *error)
{
    const char *approved = run->options->approve;
    char found[RUN_SUMMARY_DIGEST];

    if (!approved)
        return 0;
    run_summary_put_digest(found, row_source_digest(run->source));
    if (strcasecmp(found, approved) == 0)
        return check_share(run, error);
    return error_set(error, ERROR_INPUT,
                     "%s is not the approved file: its SHA-256 is %s, and "
                     "--approve names %s; nothing was sent. Use the file that "
                     "was approved, or review this one and approve its SHA-256",
                     row_source_name(run->source), found, approved);
}

int run_make_plan(struct run *run, struct error *error)
{
    if (!run->plan || run->stopping)
        return 0;
    return plan_make(run->plan, row_source_sequence(run->source), error);
}

/* The calls a second of this run; 0: too short to know. */
static double measure_rate(const struct run *run)
{
    int64_t elapsed = clock_ms(run->platform->clock) - run->summary->started;

    return elapsed < MEASURED_MS || run->tally->calls == 0
               ? 0
               : (double)run->tally->calls * 1000 / (double)elapsed;
}

/* The other shards of a budget use their parts of it, too. */
static unsigned expected_rate(const struct options *options)
{
    unsigned part = options->rate / options->shards;

    if (!options->budget || options->rate == 0)
        return rate_share(options);
    return part > 0 ? part : 1;
}

static void note_estimate(struct run *run)
{
    const struct options *options = run->options;
    struct run_plan *plan = &run->summary->plan;
    const struct estimate estimate = {.users = plan->users,
                                      .updates = true,
                                      .rate = expected_rate(options),
                                      .rate_of_all = options->rate,
                                      .rate_window = options->rate_window,
                                      .measured = measure_rate(run),
                                      .concurrency = options->concurrency};
    char text[ESTIMATE_SIZE];

    if (plan->users == 0)
        return;
    estimate_format(text, &estimate);
    plan->estimate = run_summary_keep(run->summary, text);
}

bool run_estimate(const struct run *run, char *text)
{
    const struct options *options = run->options;
    uint64_t rows = run_rows_total(run);
    struct estimate estimate = {.at_most = !options->approve,
                                .updates = options->mode == MODE_APPLY,
                                .rate = expected_rate(options),
                                .rate_of_all = options->rate,
                                .rate_window = options->rate_window,
                                .concurrency = options->concurrency};

    if (rows <= run->tally->rows)
        return false;
    estimate.users = rows - run->tally->rows;
    estimate_format(text, &estimate);
    return true;
}

static void note_plan(struct run *run)
{
    struct run_plan *plan = &run->summary->plan;
    unsigned char digest[HASH_SIZE];

    plan->source_rows = row_source_sequence(run->source);
    plan->left_out = ending_rows_failed(run->tally);
    if (plan_describe(run->plan, &plan->users, digest) == 0)
        run_summary_put_digest(plan->sha256, digest);
    note_estimate(run);
}

int run_commit_plan(struct run *run, struct error *error)
{
    if (!run->plan || run->stopping)
        return 0;
    if (plan_commit(run->plan, error))
        return -1;
    note_plan(run);
    return 0;
}
