#include "ending/ending.h"
#include "output/failed_rows.h"
#include "run/run.h"
#include "setup/file_flags.h"

int run_open_failed(struct run *run, struct error *error)
{
    struct failed_rows_setup setup;

    if (!run->options->failed)
        return 0;
    setup = (struct failed_rows_setup){
        .files = run->platform->files,
        .random = run->platform->random,
        .path = run->options->failed,
        .input = row_source_stat(run->source),
        .flags = file_flags_make(run->options),
        .source = run->source,
    };

    run->failed = failed_rows_open(&setup, error);
    return run->failed ? 0 : -1;
}

int run_write_failed(struct run *run, struct error *error)
{
    struct failed_rows_result result;

    if (!run->failed)
        return 0;
    result = (struct failed_rows_result){
        .path = result_writer_partial_name(run->results),
        .applied = run->options->mode == MODE_APPLY,
        .failed = ending_rows_failed(run->tally),
        .refused = run->stopping ? run->reason.text : NULL,
        .rows = row_source_rows(run->source),
    };

    return failed_rows_write(run->failed, &result, run->stop, error);
}

int run_commit_failed(struct run *run, struct error *error)
{
    return run->failed ? failed_rows_commit(run->failed, error) : 0;
}

void run_discard_failed(struct run *run)
{
    if (run->failed)
        failed_rows_discard(run->failed);
}
