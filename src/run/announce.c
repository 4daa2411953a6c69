#include <stdio.h>
#include <string.h>

#include "cli/rate_share.h"
#include "cli/resume_command.h"
#include "cli/settings.h"
#include "cli/url.h"
#include "report/estimate.h"
#include "run/run.h"
#include "run/target.h"

static struct target target_of(const struct run *run)
{
    const struct options *options = run->options;
    const struct row_source *source = run->source;
    uint64_t total = source ? row_source_total(source) : 0;

    return (struct target){
        .mode = options->mode,
        .resumes = options->resume && recovery_is_needed(run->recovery),
        .retries = run->prior != NULL,
        .counted = source && row_source_digest(source),
        .rows = total > 0 ? row_source_selected(source) : 0,
        .retried = run->retried,
        .service = options->service->title,
        .environment = run->summary->environment,
        .endpoint = options->endpoint,
        .customer_id = options->customer_id,
        .account_id = options->account_id,
        .profile = settings_profile(options->settings),
        .shard = options->shard,
        .shards = options->shards,
        .shard_variable = options->shard_variable,
        .rate = rate_share(options),
        .rate_of_all = options->rate,
        .rate_window = options->rate_window,
    };
}

/* A user must know in time that the service will no longer respond. */
static void warn_of_end(struct run *run)
{
    const char *end = run->options->service->end;

    if (end && !run->options->quiet)
        progress_message(&run->progress, "warning: %s", end);
}

static void warn_of_readers(struct run *run)
{
    const char *name = run->failed && failed_rows_is_exposed(run->failed)
                           ? run->options->failed
                           : result_writer_exposed(run->results);

    if (name && !run->options->quiet)
        progress_message(
            &run->progress,
            "others may be able to read %s, because its file "
            "system does not set modes (chmod): mount it with "
            "umask=077 or file_mode=0600, or use another directory",
            name);
}

void run_warn(struct run *run)
{
    warn_of_end(run);
    warn_of_readers(run);
}

/* May the run change users that people work with? */
static bool is_production(const struct run *run)
{
    const struct options *options = run->options;

    return options->mode == MODE_APPLY && !options->sandbox &&
           !url_is_local(options->endpoint);
}

/* With --quiet, the question says what the run will do. */
static int confirm(const struct run *run, const struct target *target,
                   const char *text, struct error *error)
{
    char lines[TARGET_SIZE + ESTIMATE_SIZE + 64] = "", estimate[ESTIMATE_SIZE];
    char question[sizeof(lines) + 128];
    bool estimated = !target->resumes && run_estimate(run, estimate);

    if (run->options->quiet)
        (void)snprintf(lines, sizeof(lines), "bauser-batch: %s\n%s%s%s", text,
                       estimated ? "bauser-batch: estimate: " : "",
                       estimated ? estimate : "", estimated ? "\n" : "");
    (void)snprintf(question, sizeof(question),
                   "%sbauser-batch: this changes users in production; type yes "
                   "to continue: ",
                   lines);
    if (run->platform->ask(question) != 0)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "the run was not confirmed, so nothing was changed; "
                     "answer yes, or use --yes");
}

void run_print_estimate(struct run *run)
{
    char text[ESTIMATE_SIZE];

    if (run->estimated || run->options->quiet || !run_estimate(run, text))
        return;
    run->estimated = true;
    progress_message(&run->progress, "estimate: %s", text);
}

/* What is left of an earlier run is known when it is resumed, which is after
 * the answer. */
int run_announce(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    const struct target target = target_of(run);
    char text[TARGET_SIZE];

    target_format(text, &target);
    if (!options->quiet)
        progress_message(&run->progress, "%s", text);
    run_warn(run);
    if (!target.resumes)
        run_print_estimate(run);
    if (options->yes || !run->platform->ask || !is_production(run) ||
        resume_command_reads_standard_input(options))
        return 0;
    return confirm(run, &target, text, error);
}
