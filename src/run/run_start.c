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

    return sink_put_replayed(run->sink, sequence, status, text, len, error);
}

static void replay_written(void *context, struct state before,
                           struct state after)
{
    struct run *run = context;
    struct error ignored;

    /* Without memory the guard fails, which is the safe side. */
    if (run_keep_written(run, &ignored) == 0)
        written_add(run->written, before, after);
}

static void replay_checkpoint(void *context, uint64_t bytes,
                              const unsigned char digest[HASH_SIZE])
{
    struct run *run = context;

    intake_expect(run->intake, bytes, digest);
}

/* Takes up what an earlier run has left, or begins a journal. */
static int begin_recovery(struct run *run, struct error *error)
{
    static const struct recovery_handler handler = {
        .row = replay_row,
        .written = replay_written,
        .checkpoint = replay_checkpoint,
    };

    if (recovery_begin(run->recovery, intake_digest(run->intake), &handler, run,
                       error))
        return -1;
    run->errors_before = run_errors(run->tally);
    run->rows_before = run->tally->rows;
    if (recovery_resumed(run->recovery))
        run_log(run, LOG_LEVEL_INFO, "resume", NULL);
    return 0;
}

static int open_files(struct run *run, struct error *error)
{
    const struct options *options = run->options;

    run->intake = intake_open(options, &run_rows, run, error);
    if (!run->intake)
        return -1;
    run->sink = sink_open(options, intake_stat(run->intake), run->tally, error);
    if (!run->sink)
        return -1;
    run->log = log_open(options, error);
    if (!run->log)
        return -1;
    if (options->retry_failed) {
        run->previous = previous_open(options->output, error);
        if (!run->previous)
            return -1;
    }
    if (!recovery_is_kept(options))
        return 0;
    run->recovery = recovery_open(options, sink_journal_name(run->sink), error);
    return run->recovery ? 0 : -1;
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
        return sink_begin(run->sink, error);
    if (make_grouper(run, error) || make_dispatch(run, credentials, error) ||
        intake_scan(run->intake, run->previous, run->stop, error) ||
        sink_begin(run->sink, error) || begin_recovery(run, error))
        return -1;
    dispatch_set_recovery(run->dispatch, run->recovery);
    sink_set_recovery(run->sink, run->recovery);
    run_log(run, LOG_LEVEL_INFO, "start", mode_name(run->options->mode));
    return 0;
}
