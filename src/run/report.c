#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ending/report_file.h"
#include "run/run.h"

/* ---- the start ---------------------------------------------------------- */

int run_open_report(struct run *run, struct error *error)
{
    if (!run->options->report)
        return 0;
    run->record = calloc(1, sizeof(*run->record));
    return run->record ? 0 : error_memory(error);
}

struct change_examples *run_examples(struct run *run)
{
    return run->options->report_values ? &run->record->examples : NULL;
}

int run_check_report(struct run *run, struct error *error)
{
    const char *path = run->options->report;

    if (path && file_try_replace(run->platform->files, path))
        return error_set(error, ERROR_USAGE, "cannot write the report %s: %s",
                         path, strerror(errno));
    return 0;
}

/* ---- the course --------------------------------------------------------- */

static unsigned reported_waits(const struct waiting *waiting)
{
    unsigned waits = 0;

    for (unsigned i = 0; i < WAITING_REASONS; i++)
        if (waiting->states[i].holds && waiting->states[i].reported)
            waits |= 1U << i;
    return waits;
}

void run_note_course(struct run *run)
{
    const struct tally *tally = run->tally;
    int64_t now = clock_ms(run->platform->clock);
    struct timeline_state state = {
        .rows = tally->rows,
        .calls = tally->calls,
        .throttled = tally->calls_by.throttled,
        .waits = reported_waits(&run->waiting),
    };

    if (!run->record)
        return;
    if (run->dispatch) {
        state.in_flight = dispatch_in_flight(run->dispatch);
        state.limit = dispatch_per_minute(run->dispatch);
    }
    if (run->record->timeline.count == 0)
        timeline_begin(&run->record->timeline, &state, now);
    timeline_note(&run->record->timeline, &state, now);
}

void run_note_wait(struct run *run, enum waiting_reason reason, int64_t since)
{
    if (run->record)
        timeline_mark(&run->record->timeline, (unsigned)reason, since);
}

/* ---- the end ------------------------------------------------------------ */

void run_write_report(struct run *run)
{
    struct error error;

    if (run->record &&
        report_file_write(run->platform->files, run->options, run->summary,
                          run->record, run->rows_before, &error))
        progress_message(&run->progress, "warning: %s", error.text);
}
