#include "run/run.h"

#include <inttypes.h>

#include "base/clock.h"

/* --max-errors in percent counts from here on. */
#define SHARE_ROWS 100

void run_log(struct run *run, enum log_level level, const char *event,
             const char *text)
{
    struct log_entry entry = {.level = level,
                              .event = event,
                              .wait_ms = -1,
                              .rows = run->tally->rows,
                              .text = text};

    log_put(run->log, &entry);
}

int run_stop_for(struct run *run, const struct error *reason,
                 struct error *error)
{
    if (run->draining || (run->stopping && reason->kind == ERROR_INPUT))
        return 0;
    run->stopping = true;
    run->reason = *reason;
    run_log(run, LOG_LEVEL_WARN, "stop", reason->text);
    /* A run that was taken up stays one that can be, as its journal may hold
     * updates whose outcome is open. */
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
              "%" PRIu64 " of %" PRIu64 " rows failed, more than --max-errors "
              "%" PRIu64 "%s allows",
              errors, rows, options->max_errors,
              options->max_errors_percent ? "%" : "");
    return run_stop_for(run, &reason, error);
}
