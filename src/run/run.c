#include "run/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/file.h"
#include "run/row_rules.h"

/* The grouper's bound of bytes: a constant, or more for a large window. */
#define WINDOW_BYTES         ((size_t)64 << 20)
#define WINDOW_BYTES_PER_ROW 640

/* A --max-errors in percent applies only after so many rows. */
#define SHARE_ROWS 100

/* ---- why a run stops ---------------------------------------------------- */

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

/* ---- the start ---------------------------------------------------------- */

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

static int replay_row(void *context, uint64_t sequence, enum status status,
                      const char *text, size_t len, struct error *error)
{
    struct run *run = context;

    if (run->listing)
        return run_list_replay(run, sequence, text, len, error);
    /* A Failed row may have failed without any response. */
    if (run->dispatch && status != STATUS_FAILED)
        dispatch_note_success(run->dispatch);
    return result_writer_put_replayed(run->results, sequence, status, text, len,
                                      error);
}

static void replay_own_write(void *context, struct shared_state before,
                             struct shared_state after)
{
    struct run *run = context;
    struct error ignored;

    /* Without memory nothing is recorded: then the guard fails, which is safe.
     */
    if (run_keep_own_writes(run, &ignored) == 0)
        own_writes_add(run->own_writes, before, after);
}

static void replay_checkpoint(void *context, uint64_t bytes,
                              const unsigned char digest[HASH_SIZE])
{
    struct run *run = context;

    row_source_expect(run->source, bytes, digest);
}

static void replay_cells(void *context, uint64_t cells, uint64_t drifting)
{
    struct run *run = context;

    run->tally->cells += cells;
    run->tally->drifting += drifting;
}

static void replay_end(void *context, int64_t seconds, bool reached,
                       const char *text)
{
    struct time_bound *bound = &((struct run *)context)->earlier_bound;

    bound->end = seconds;
    bound->reached = reached;
    (void)snprintf(bound->text, sizeof(bound->text), "%s", text);
}

static void replay_update(void *context, const char *key,
                          const struct sent *sent, enum status status)
{
    struct run *run = context;

    bounds_note_update(&run->bounds);
    if (run->dispatch && status == STATUS_UPDATED)
        dispatch_add_update(run->dispatch, key, sent);
}

static struct fingerprint_setup fingerprint_of(const struct run *run)
{
    const struct options *options = run->options;
    const char *output = result_writer_name(run->results);

    return (struct fingerprint_setup){
        .input = run->source ? row_source_digest(run->source) : NULL,
        .output = file_base_name(output ? output : "-"),
        .undo = options->undo ? file_base_name(options->undo) : NULL,
        .plan = options->plan ? file_base_name(options->plan) : NULL,
        .approve = options->approve,
        .prior = run->prior ? run->prior_digest : NULL,
        .service = options->service->name,
        .endpoint = options->endpoint,
        .customer_id = options->customer_id,
        .account_id = options->account_id,
        .mode = options->mode,
        .loose = options->loose,
        .all_guards = options->all_guards,
        .deleted = options->deleted,
        .retry_failed = options->retry_failed,
        .encoding = options->encoding,
        .delimiter = options->delimiter,
        .skip_lines = options->skip_lines,
        .ignore_unknown = options->ignore_unknown,
        .clear_token = options->clear_token,
        .ignore_guards = options->ignore_guards,
        .allows = options->allows,
        .allow_count = options->allow_count,
        .maps = options->maps,
        .map_count = options->map_count,
        .ignores = options->ignores,
        .ignore_count = options->ignore_count,
        .skip = options->skip,
        .wheres = options->wheres,
        .where_count = options->where_count,
        .window = options->window,
        .shard = options->shard,
        .shards = options->shards,
        .shard_by = options->shard_by,
    };
}

/* A finished run only gets its name. */
static int begin_time_bound(struct run *run, struct error *error)
{
    struct time_bound *bound = &run->time_bound;

    if (recovery_is_finished(run->recovery))
        *bound = (struct time_bound){.end = 0};
    else if (time_bound_resume(bound, &run->earlier_bound,
                               run->summary->part.start / 1000, error))
        return -1;
    if (bound->end > 0 &&
        recovery_put_end(run->recovery, bound->end, false, bound->text))
        return error_memory(error);
    return 0;
}

/* Resumes an earlier run, or starts a journal. */
static int begin_recovery(struct run *run, struct error *error)
{
    static const struct replay_handler handler = {
        .row = replay_row,
        .own_write = replay_own_write,
        .checkpoint = replay_checkpoint,
        .cells = replay_cells,
        .end = replay_end,
        .update = replay_update,
    };
    const struct fingerprint_setup fingerprint = fingerprint_of(run);

    if (time_bound_init(&run->time_bound, run->options,
                        run->summary->part.start / 1000, error))
        return -1;
    bounds_init(&run->bounds, run->options->limit,
                run->options->max_changes_percent ? BOUNDS_NONE
                                                  : run->options->max_changes);
    if (recovery_begin(run->recovery, &fingerprint, &handler, run, error))
        return -1;
    if (run->listing &&
        listing_end_replay(run->listing, recovery_is_finished(run->recovery),
                           error))
        return -1;
    run->bounds.open = recovery_open_count(run->recovery);
    run->bounds.users += run->bounds.open;
    if (begin_time_bound(run, error))
        return -1;
    run_note_beginning(run, &fingerprint);
    run->errors_before = run_errors(run->tally);
    run->rows_before = run->tally->rows;
    if (recovery_resumed(run->recovery))
        run_log(run, LOG_LEVEL_INFO, "resume", NULL);
    return 0;
}

static int begin_undo(struct run *run, struct error *error)
{
    bool resumed = recovery_resumed(run->recovery);
    bool finished = recovery_is_finished(run->recovery);

    return undo_begin(run->undo, resumed, finished, error) ||
                   plan_begin(run->plan, resumed, finished, error)
               ? -1
               : 0;
}

/* Result rows are also written to the journal. */
static int record_begin(void *context, enum status status)
{
    const struct run *run = context;

    return recovery_begin_rows(run->recovery, status);
}

static int record_row(void *context, uint64_t sequence, const char *text,
                      size_t len)
{
    const struct run *run = context;

    return recovery_add_row(run->recovery, sequence, text, len);
}

static int record_end(void *context)
{
    const struct run *run = context;

    return recovery_end_rows(run->recovery);
}

const struct result_listener run_row_recorder = {record_begin, record_row,
                                                 record_end};

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
        .flags = run_file_flags(options) | (kept ? 0U : ATOMIC_FILE_NO_JOURNAL),
        .tally = run->tally,
        .findings = run->record ? &run->record->findings : NULL,
        .examples = run_examples(run),
        .listener = &run_row_recorder,
        .context = run,
    };

    run->results = result_writer_open(&setup, error);
    return run->results ? 0 : -1;
}

/* No two processes get the same text, not even on different hosts. */
static void name_process(const struct platform *platform,
                         char text[RECOVERY_PROCESS_SIZE])
{
    uint64_t number;

    platform->random->fill(platform->random, &number, sizeof(number));
    (void)snprintf(text, RECOVERY_PROCESS_SIZE, "%s %016" PRIx64,
                   platform->process ? platform->process : "-", number);
}

static int open_recovery(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    char process[RECOVERY_PROCESS_SIZE];
    const struct recovery_setup setup = {
        .files = run->platform->files,
        .path = result_writer_journal_name(run->results),
        .staging = result_writer_partial_name(run->results),
        .output = result_writer_name(run->results),
        .process = process,
        .resume = options->resume,
        .restart = options->restart,
        .sync_second = options->sync_second,
    };

    if (!recovery_is_kept(options->mode, options->output, options->diff))
        return 0;
    name_process(run->platform, process);
    run->recovery = recovery_open(&setup, error);
    return run->recovery ? 0 : -1;
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
        run_check_edited(run, error) || run_open_failed(run, error) ||
        run_check_report(run, error))
        return -1;
    run->log = log_open(&log, error);
    if (!run->log)
        return -1;
    if (options->retry_failed && run_open_prior(run, error))
        return -1;
    return open_recovery(run, error) || open_undo(run, error) ||
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
        begin_recovery(run, error) || begin_undo(run, error))
        return -1;
    dispatch_set_recovery(run->dispatch, run->recovery);
    dispatch_set_undo(run->dispatch, run->undo);
    dispatch_set_plan(run->dispatch, run->plan);
    start_fail_fast(run);
    run_log(run, LOG_LEVEL_INFO, "start", mode_name(run->options->mode));
    return 0;
}
