#include <inttypes.h>
#include <stdio.h>

#include "run/run.h"

/* A --max-errors in percent applies only after so many rows. */
#define SHARE_ROWS 100

void run_log(struct run *run, enum log_level level, const char *event,
             const char *text)
{
    log_event(run->log, level, event, run->tally->rows, text);
}

void run_log_wait(struct run *run, const char *event,
                  enum waiting_reason reason, const char *text)
{
    const struct log_entry entry = {.level = LOG_LEVEL_WARN,
                                    .event = event,
                                    .reason = waiting_name(reason),
                                    .wait_ms = -1,
                                    .rows = run->tally->rows,
                                    .text = text};

    log_put(run->log, &entry);
}

/* Stores what the run waits for when it stops. */
static void note_wait(struct run *run)
{
    struct waiting_fact facts[WAITING_REASONS];
    unsigned reason = 0;

    if (!run->dispatch || run->reason.kind != ERROR_STOPPED)
        return;
    dispatch_find_waits(run->dispatch, facts);
    while (reason < WAITING_REASONS && !facts[reason].holds)
        reason++;
    if (reason < WAITING_REASONS)
        waiting_format(run->waited, (enum waiting_reason)reason,
                       &facts[reason]);
}

static void log_stop(struct run *run)
{
    char text[sizeof(run->reason.text) + WAITING_TEXT_SIZE + 2];

    (void)snprintf(text, sizeof(text), "%s%s%s", run->reason.text,
                   *run->waited ? "; " : "", run->waited);
    run_log(run, LOG_LEVEL_WARN, "stop", text);
}

void run_stop_when_done(struct run *run, const struct error *reason)
{
    run->stopping = true;
    run->reason = *reason;
    note_wait(run);
    log_stop(run);
}

int run_stop_for(struct run *run, const struct error *reason,
                 struct error *error)
{
    if (run->draining || (run->stopping && reason->kind == ERROR_INPUT))
        return 0;
    run_stop_when_done(run, reason);
    /* Else the run finishes, and its journal is removed. A resumed run must
     * stay resumable: its journal may contain updates whose outcome is unknown.
     */
    if (reason->kind == ERROR_INPUT && !recovery_resumed(run->recovery))
        return 0;
    run->draining = true;
    run->deadline =
        clock_ms(run->platform->clock) + (int64_t)run->options->drain * 1000;
    return run->dispatch ? dispatch_drain(run->dispatch, error) : 0;
}

int run_stop_or_fail(struct run *run, struct error *error)
{
    const struct error reason = *error;

    return reason.kind == ERROR_LOCAL ? -1 : run_stop_for(run, &reason, error);
}

uint64_t run_errors(const struct tally *tally)
{
    return tally->by_status[STATUS_FAILED] + tally->by_status[STATUS_CONFLICT] +
           tally->by_status[STATUS_UNKNOWN];
}

int run_check_errors(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    uint64_t errors = run_errors(run->tally) - run->errors_before;
    uint64_t rows = run->tally->rows - run->rows_before;
    struct error reason;

    if (options->max_errors == UINT64_MAX || run->stopping)
        return 0;
    if (options->max_errors_percent
            ? rows < SHARE_ROWS || errors * 100 <= options->max_errors * rows
            : errors <= options->max_errors)
        return 0;
    error_set(&reason, ERROR_STOPPED,
              "%" PRIu64 " of %" PRIu64 " %s failed, more than --max-errors "
              "%" PRIu64 "%s allows",
              errors, rows, rows == 1 ? "row" : "rows", options->max_errors,
              options->max_errors_percent ? "%" : "");
    reason.option = "--max-errors";
    return run_stop_for(run, &reason, error);
}
