#include <stdio.h>
#include <string.h>

#include "cli/resume_command.h"
#include "cli/settings.h"
#include "cli/url.h"
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
        .counted = source && row_source_digest(source),
        .rows = total > 0 ? row_source_selected(source) : 0,
        .service = options->service->title,
        .environment = run->summary->environment,
        .endpoint = options->endpoint,
        .customer_id = options->customer_id,
        .account_id = options->account_id,
        .profile = settings_profile(options->settings),
    };
}

/* May the run change users that people work with? */
static bool is_production(const struct run *run)
{
    const struct options *options = run->options;

    return options->mode == MODE_APPLY && !options->sandbox &&
           !url_is_local(options->endpoint);
}

static int confirm(const struct run *run, const char *text, struct error *error)
{
    char question[TARGET_SIZE + 128];

    (void)snprintf(question, sizeof(question),
                   "bauser-batch: %s%sthis changes users in production; type "
                   "yes to continue: ",
                   run->options->quiet ? text : "",
                   run->options->quiet ? "\nbauser-batch: " : "");
    if (run->platform->ask(question) != 0)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "the run was not confirmed, so nothing was changed; "
                     "answer yes, or use --yes");
}

int run_announce(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    const struct target target = target_of(run);
    char text[TARGET_SIZE];

    target_format(text, &target);
    if (!options->quiet)
        progress_message(&run->progress, "%s", text);
    if (options->yes || !run->platform->ask || !is_production(run) ||
        resume_command_reads_standard_input(options))
        return 0;
    return confirm(run, text, error);
}
