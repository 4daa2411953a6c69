#include <sys/prctl.h>

#include "run/run.h"

/* Bytes of rows that wait in the window; a window larger than the usual one
 * gets its share. */
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

    return result_writer_put_replayed(run->results, sequence, status, text, len,
                                      error);
}

static void replay_own_write(void *context, struct state before,
                             struct state after)
{
    struct run *run = context;
    struct error ignored;

    /* Without memory the guard fails, which is the safe side. */
    if (run_keep_own_writes(run, &ignored) == 0)
        own_writes_add(run->own_writes, before, after);
}

static void replay_checkpoint(void *context, uint64_t bytes,
                              const unsigned char digest[HASH_SIZE])
{
    struct run *run = context;

    row_source_expect(run->source, bytes, digest);
}

static struct fingerprint_setup fingerprint_of(const struct run *run)
{
    const struct options *options = run->options;

    return (struct fingerprint_setup){
        .input = row_source_digest(run->source),
        .service = options->service->name,
        .endpoint = options->endpoint,
        .customer_id = options->customer_id,
        .account_id = options->account_id,
        .mode = options->mode,
        .retry_failed = options->retry_failed,
        .delimiter = options->delimiter,
        .clear_token = options->clear_token,
        .ignore_guards = options->ignore_guards,
        .maps = options->maps,
        .map_count = options->map_count,
        .ignores = options->ignores,
        .ignore_count = options->ignore_count,
        .window = options->window,
        .shard = options->shard,
        .shards = options->shards,
    };
}

/* Resumes an earlier run, or starts a journal. */
static int begin_recovery(struct run *run, struct error *error)
{
    static const struct replay_handler handler = {
        .row = replay_row,
        .own_write = replay_own_write,
        .checkpoint = replay_checkpoint,
    };
    const struct fingerprint_setup fingerprint = fingerprint_of(run);

    if (recovery_begin(run->recovery, &fingerprint, &handler, run, error))
        return -1;
    run->errors_before = run_errors(run->tally);
    run->rows_before = run->tally->rows;
    if (recovery_resumed(run->recovery))
        run_log(run, LOG_LEVEL_INFO, "resume", NULL);
    return 0;
}

static void set_rules(struct run *run)
{
    const struct options *options = run->options;

    run->rules = (struct input_rules){
        .service = options->service,
        .delimiter = options->delimiter,
        .clear_token = options->clear_token,
        .maps = options->maps,
        .map_count = options->map_count,
        .ignores = options->ignores,
        .ignore_count = options->ignore_count,
        .tenant = options->customer_id,
        .ignore_guards = options->ignore_guards,
        .ids_only = options->mode == MODE_EXPORT,
        .shard = options->shard,
        .shards = options->shards,
    };
}

/* Result rows go to the journal as well. */
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

static int open_results(struct run *run, struct error *error)
{
    static const struct result_listener listener = {record_begin, record_row,
                                                    record_end};
    const struct options *options = run->options;
    const struct result_writer_setup setup = {
        .files = run->platform->files,
        .format = {options->mode, options->service},
        .output = options->output,
        .diff = options->diff,
        .log_file = options->log_file,
        .input = row_source_stat(run->source),
        .flags = (options->no_clobber ? ATOMIC_FILE_NO_CLOBBER : 0U) |
                 (options->restart ? ATOMIC_FILE_RESTART : 0U) |
                 (options->resume ? ATOMIC_FILE_RESUME : 0U),
        .tally = run->tally,
        .listener = &listener,
        .context = run,
    };

    run->results = result_writer_open(&setup, error);
    return run->results ? 0 : -1;
}

static int open_recovery(struct run *run, struct error *error)
{
    const struct options *options = run->options;
    const struct recovery_setup setup = {
        .files = run->platform->files,
        .path = result_writer_journal_name(run->results),
        .resume = options->resume,
        .restart = options->restart,
    };

    if (!recovery_is_kept(options->mode, options->output, options->diff))
        return 0;
    run->recovery = recovery_open(&setup, error);
    return run->recovery ? 0 : -1;
}

static int open_files(struct run *run, struct error *error)
{
    const struct options *options = run->options;

    set_rules(run);
    run->source = row_source_open(run->platform->files, options->input,
                                  &run->rules, &run_rows, run, error);
    if (!run->source || open_results(run, error))
        return -1;
    run->log = log_open(options, error);
    if (!run->log)
        return -1;
    if (options->retry_failed) {
        run->prior =
            prior_result_open(run->platform->files, options->output, error);
        if (!run->prior)
            return -1;
    }
    return open_recovery(run, error);
}

static int check_prior(void *context, uint64_t number, const char *id,
                       struct error *error)
{
    struct run *run = context;
    struct prior_row row;

    return prior_result_match(run->prior, number, id, &row, error);
}

/* A prior result must be that of the file. */
static int validate(struct run *run, struct error *error)
{
    if (row_source_validate(run->source, run->prior ? check_prior : NULL, run,
                            run->stop, error))
        return -1;
    if (!run->prior || !row_source_digest(run->source))
        return 0;
    return prior_result_end(run->prior, error) ||
                   prior_result_rewind(run->prior, error)
               ? -1
               : 0;
}

int run_open(struct run *run, const struct credentials *credentials,
             struct error *error)
{
    if (open_files(run, error))
        return -1;
    /* No core dump shows what tokens and users are in memory. Not before the
     * files are open: it closes /dev/stdin and the like to all but root. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (run->options->mode == MODE_CHECK)
        return result_writer_begin(run->results, error);
    if (make_grouper(run, error) || make_dispatch(run, credentials, error) ||
        validate(run, error) || result_writer_begin(run->results, error) ||
        begin_recovery(run, error))
        return -1;
    dispatch_set_recovery(run->dispatch, run->recovery);
    run_log(run, LOG_LEVEL_INFO, "start", mode_name(run->options->mode));
    return 0;
}
