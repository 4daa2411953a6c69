#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"
#include "run/run.h"

/* ---- opening ------------------------------------------------------------ */

/* No two processes get the same text, not even on different hosts. */
static void name_process(const struct platform *platform,
                         char text[RECOVERY_PROCESS_SIZE])
{
    uint64_t number;

    platform->random->fill(platform->random, &number, sizeof(number));
    (void)snprintf(text, RECOVERY_PROCESS_SIZE, "%s %016" PRIx64,
                   platform->process ? platform->process : "-", number);
}

int run_open_recovery(struct run *run, struct error *error)
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

/* ---- what is replayed of an earlier run --------------------------------- */

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

/* ---- the beginning ------------------------------------------------------ */

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

/* What an earlier run left is known now. */
static int begin_rest(struct run *run, struct error *error)
{
    bool resumed = recovery_resumed(run->recovery);
    bool finished = recovery_is_finished(run->recovery);

    return undo_begin(run->undo, resumed, finished, error) ||
                   plan_begin(run->plan, resumed, finished, error) ||
                   (run->listing &&
                    listing_end_replay(run->listing, finished, error)) ||
                   begin_time_bound(run, error)
               ? -1
               : 0;
}

static void init_bounds(struct run *run)
{
    const struct options *options = run->options;

    bounds_init(&run->bounds, options->limit,
                options->max_changes_percent ? BOUNDS_NONE
                                             : options->max_changes);
}

int run_begin_recovery(struct run *run, struct error *error)
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
    struct error ignored;

    if (time_bound_init(&run->time_bound, run->options,
                        (run->summary->part.start + 999) / 1000, error))
        return -1;
    init_bounds(run);
    if (recovery_begin(run->recovery, &fingerprint, &handler, run, error))
        return -1;
    if (begin_rest(run, error)) {
        /* A journal that was just created does not stay. */
        (void)recovery_stop(run->recovery, &ignored);
        return -1;
    }
    run->bounds.open = recovery_open_count(run->recovery);
    run->bounds.users += run->bounds.open;
    run_note_beginning(run, &fingerprint);
    run->errors_before = run_errors(run->tally);
    run->rows_before = run->tally->rows;
    if (recovery_resumed(run->recovery))
        run_log(run, LOG_LEVEL_INFO, "resume", NULL);
    return 0;
}

/* ---- result rows -------------------------------------------------------- */

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

static int record_end(void *context, bool part)
{
    const struct run *run = context;

    return recovery_end_rows(run->recovery, part);
}

const struct result_listener run_row_recorder = {record_begin, record_row,
                                                 record_end};
