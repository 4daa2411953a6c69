#include "ending/conclusion.h"

#include "base/version.h"
#include "ending/ending.h"
#include "ending/next_steps.h"
#include "service/service.h"

static int64_t wall_ms(const struct platform *platform)
{
    return platform->clock->wall_us(platform->clock) / 1000;
}

/* NULL: the endpoint is none of the service's own. */
static const char *environment_of(const struct options *options)
{
    const struct service *service = options->service;

    if (!options->endpoint)
        return NULL;
    if (strcmp(options->endpoint, service->production) == 0)
        return "production";
    return service->sandbox && strcmp(options->endpoint, service->sandbox) == 0
               ? "sandbox"
               : NULL;
}

void conclusion_begin(struct run_summary *summary,
                      const struct platform *platform,
                      const struct options *options)
{
    *summary = (struct run_summary){
        .version = BAUSER_VERSION,
        .host = platform->host,
        .user = platform->user,
        .mode = options->mode,
        .service = options->service->name,
        .environment = environment_of(options),
        .endpoint = options->endpoint,
        .customer_id = options->customer_id,
        .account_id = options->account_id,
        .input = options->input,
        .output = options->output,
        .plan.name = options->plan,
        .started = clock_ms(platform->clock),
        .part.start = wall_ms(platform),
    };
}

void conclusion_end(struct run_summary *summary,
                    const struct platform *platform,
                    const struct options *options, const struct error *error)
{
    struct tally *tally = &summary->tally;
    enum exit_status status =
        ending_detail(options, tally, ending_status(tally, error));

    tally->milliseconds = clock_ms(platform->clock) - summary->started;
    summary->part.end = wall_ms(platform);
    summary->part.elapsed = tally->milliseconds;
    summary->part.calls = tally->calls_by;
    summary->part.retries = tally->retries;
    run_summary_add_parts(summary);
    summary->exit_status = (int)status;
    summary->meaning = ending_meaning(status);
    summary->message = error ? run_summary_keep(summary, error->text) : NULL;
    summary->option = error ? error->option : NULL;
    summary->step_count = 0;
    next_steps_add(summary, options, error);
}
