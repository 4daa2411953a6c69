#include "report/run_summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text, and the one that was kept before it. */
struct run_text {
    struct run_text *earlier;
    char text[];
};

const char *run_summary_keep(struct run_summary *summary, const char *text)
{
    size_t size = text ? strlen(text) + 1 : 0;
    struct run_text *kept = text ? malloc(sizeof(*kept) + size) : NULL;

    if (!kept)
        return NULL;
    memcpy(kept->text, text, size);
    kept->earlier = summary->texts;
    summary->texts = kept;
    return kept->text;
}

const char *run_summary_option(const struct run_summary *summary,
                               const char *name)
{
    for (unsigned i = 0; i < summary->option_count; i++)
        if (strcmp(summary->options[i].name, name) == 0)
            return summary->options[i].value;
    return NULL;
}

void run_summary_clear(struct run_summary *summary)
{
    struct run_text *text, *earlier;

    for (text = summary->texts; text; text = earlier) {
        earlier = text->earlier;
        free(text);
    }
    free(summary->merged);
    *summary = (struct run_summary){.texts = NULL};
}

void run_summary_add_step(struct run_summary *summary, const char *name,
                          const char *text, const char *command)
{
    struct run_step *step = &summary->steps[summary->step_count];

    if (summary->step_count == RUN_SUMMARY_STEPS)
        return;
    step->name = run_summary_keep(summary, name);
    step->text = run_summary_keep(summary, text);
    step->command = run_summary_keep(summary, command);
    if (step->name && step->text && step->command)
        summary->step_count++;
}

void run_summary_add_parts(struct run_summary *summary)
{
    const struct run_part *one = &summary->earlier, *other = &summary->part;

    summary->parts = summary->earlier_parts + 1;
    summary->all = (struct run_part){
        .start = one->start > 0 ? one->start : other->start,
        .end = other->end,
        .elapsed = one->elapsed + other->elapsed,
        .calls = {.get = one->calls.get + other->calls.get,
                  .update = one->calls.update + other->calls.update,
                  .probe = one->calls.probe + other->calls.probe,
                  .token = one->calls.token + other->calls.token,
                  .throttled = one->calls.throttled + other->calls.throttled,
                  .renewals = one->calls.renewals + other->calls.renewals},
        .retries = one->retries + other->retries,
    };
}

void run_summary_put_digest(char text[RUN_SUMMARY_DIGEST],
                            const unsigned char digest[HASH_SIZE])
{
    for (size_t i = 0; i < HASH_SIZE; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
}
