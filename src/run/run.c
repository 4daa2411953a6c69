#include "run/run.h"

#include <sys/prctl.h>

#include "base/file.h"
#include "setup/file_flags.h"
#include "setup/row_rules.h"

/* The grouper's bound of bytes: a constant, or more for a large window. */
#define WINDOW_BYTES         ((size_t)64 << 20)
#define WINDOW_BYTES_PER_ROW 640

static int make_grouper(struct run *run, struct error *error)
{
    size_t window = run->options->window;
    size_t bytes = window * WINDOW_BYTES_PER_ROW;

    if (bytes < WINDOW_BYTES)
        bytes = WINDOW_BYTES;
    run->window_bytes = bytes;
    run->grouper = grouper_new(window, bytes);
    return run->grouper ? 0 : error_memory(error);
}

static int make_dispatch(struct run *run, const struct credentials *credentials,
                         struct error *error)
{
    struct dispatch_setup setup = {
        .platform = run->platform,
        .options = run->options,
        .credentials = credentials,
        .log = run->log,
        .tally = run->tally,
        .latencies = run->record ? run->record->latencies : NULL,
        .examples = run_examples(run),
        .bounds = &run->bounds,
        .handler = &run_users,
        .context = run,
    };

    run->dispatch = dispatch_new(&setup, error);
    return run->dispatch ? 0 : -1;
}

static int open_results(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    bool kept = recovery_is_kept(options->mode, options->output, options->diff);
    const struct result_writer_setup setup = {
        .files = run->platform->files,
        .format = {options->mode, options->service,
                   options->empty_as_clear ? options->clear_token : NULL},
        .output = options->output,
        .diff = options->diff,
        .log_file = options->log_file,
        .input = run->source ? row_source_stat(run->source) : NULL,
        .flags =
            file_flags_make(options) | (kept ? 0U : ATOMIC_FILE_NO_JOURNAL),
        .tally = run->tally,
        .findings = run->record ? &run->record->findings : NULL,
        .examples = run_examples(run),
        .listener = &run_row_recorder,
        .context = run,
    };

    run->results = result_writer_open(&setup, error);
    return run->results ? 0 : -1;
}

static int open_undo(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    struct undo_setup setup;

    if (!options->undo)
        return 0;
    setup = (struct undo_setup){
        .files = run->platform->files,
        .path = options->undo,
        .output = file_base_name(result_writer_name(run->results)),
        .input = row_source_stat(run->source),
        .rows = {options->service, options->clear_token, options->customer_id},
        .resume = options->resume,
        .earlier = recovery_is_needed(run->recovery),
        .finished = recovery_is_finished(run->recovery),
    };
    run->undo = undo_open(&setup, error);
    return run->undo ? 0 : -1;
}

static int open_files(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    const struct log_setup log = {.clock = run->platform->clock,
                                  .files = run->platform->files,
                                  .path = options->log_file,
                                  .json = options->log_json,
                                  .level = options->log_level};

    run->rules = row_rules_make(options, options->mode);
    if (options->mode == MODE_LIST) {
        if (run_list_open(run, error))
            return -1;
    } else {
        run->source = row_source_open(run->platform->files, options->input,
                                      &run->rules, &run_rows, run, error);
        if (!run->source)
            return -1;
    }
    if (run_open_report(run, error) || open_results(run, error) ||
        run_check_output(run, error) || run_open_failed(run, error) ||
        run_check_report(run, error))
        return -1;
    run->log = log_open(&log, error);
    if (!run->log)
        return -1;
    if (options->retry_failed && run_open_prior(run, error))
        return -1;
    return run_open_recovery(run, error) || open_undo(run, error) ||
                   run_open_plan(run, error)
               ? -1
               : 0;
}

/* If users of an earlier part of the run did not fail, it is not wrong from the
 * start. A lower --max-errors stops it earlier. */
static void start_fail_fast(struct run *run)
{
    const struct options *options = run->options;
    bool succeeded = run->tally->rows > run->tally->by_status[STATUS_FAILED];
    bool stricter = !options->max_errors_percent &&
                    options->max_errors < options->fail_fast;

    fail_fast_init(&run->fail_fast,
                   succeeded || stricter || run->listing ? 0
                                                         : options->fail_fast,
                   options->fail_fast_any);
}

int run_open(struct run *run, const struct credentials *credentials,
             struct error *error)
{
    if (open_files(run, error))
        return -1;
    /* Keeps tokens and users out of core dumps. It comes after the files are
     * opened, since it makes /dev/stdin and the like inaccessible except for
     * root. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (run->options->mode == MODE_CHECK)
        return result_writer_begin(run->results, error);
    if (make_dispatch(run, credentials, error) ||
        (run->source &&
         (make_grouper(run, error) || run_validate(run, error))) ||
        run_announce(run, error) || result_writer_begin(run->results, error) ||
        run_begin_recovery(run, error))
        return -1;
    dispatch_set_recovery(run->dispatch, run->recovery);
    dispatch_set_undo(run->dispatch, run->undo);
    dispatch_set_plan(run->dispatch, run->plan);
    start_fail_fast(run);
    run_log(run, LOG_LEVEL_INFO, "start", mode_name(run->options->mode));
    return 0;
}
