#include <inttypes.h>
#include <string.h>

#include "run/run.h"

/* A pipe was refused half-way: its rows that were not begun say so. */
static int put_not_attempted(struct run *run, struct error *error)
{
    struct group *group;
    struct error why;

    (void)error_value(&why, "InputRefused", NULL,
                      "the input was refused behind this row, before its user "
                      "was sent");
    grouper_close(run->grouper);
    while ((group = grouper_take(run->grouper))) {
        for (const struct row *row = group->rows; row; row = row->next) {
            const struct row_alone alone = {row->number, row->id,
                                            STATUS_NOT_ATTEMPTED, &why};

            if (result_writer_put_alone(run->results, row->sequence, &alone,
                                        error))
                return -1;
        }
        grouper_done(run->grouper, group);
    }
    return 0;
}

/* Nothing is left of this run, where nothing of it is worth keeping. */
static int discard(struct run *run, struct error *error)
{
    bool kept;

    result_writer_discard(run->results);
    return recovery_stop(run->recovery, &kept, error);
}

/* The input was refused. OUTPUT stays as it was, unless rows that came through
 * a pipe were begun before. */
static int finish_refused(struct run *run, struct error *error)
{
    uint64_t rows = row_source_sequence(run->source);
    const struct error why = run->reason;
    bool to_file = !run->options->output || strcmp(run->options->output, "-");

    if (!run->grouper || (run->tally->calls == 0 && to_file)) {
        *run->tally = (struct tally){0};
        return discard(run, error);
    }
    if (put_not_attempted(run, error) ||
        result_writer_finish(run->results, rows, error) ||
        recovery_finish(run->recovery, error))
        return -1;
    (void)error_set(&run->reason, why.kind,
                    "%.380s; rows before it were sent, and %s says what became "
                    "of them",
                    why.text, run->options->output);
    return 0;
}

/* The run is to be taken up where a journal is kept, and there is anything in
 * it; else it is simply started again. */
static int finish_stopped(struct run *run, struct error *error)
{
    const char *partial = result_writer_partial_name(run->results);
    const struct error why = run->reason;
    bool to_file = !run->options->output || strcmp(run->options->output, "-");
    bool kept = false;

    if (recovery_stop(run->recovery, &kept, error))
        return -1;
    if (!kept && to_file) {
        result_writer_discard(run->results);
        return 0;
    }
    if (result_writer_stop(run->results, error))
        return -1;
    if (partial && run->tally->rows > 0)
        error_set(&run->reason, why.kind,
                  "%.400s; the rows that are done are in %s", why.text,
                  partial);
    return 0;
}

static int finish_complete(struct run *run, struct error *error)
{
    bool kept;

    if (result_writer_finish(run->results, row_source_sequence(run->source),
                             error) == 0)
        return recovery_finish(run->recovery, error);
    run->reason = *error;
    (void)recovery_stop(run->recovery, &kept, error);
    *error = run->reason;
    return -1;
}

int run_finish(struct run *run, struct error *error)
{
    int result;

    progress_clear(&run->progress);
    run_log(run, LOG_LEVEL_INFO, "end", NULL);
    if (!run->stopping)
        return finish_complete(run, error);
    if (!run->draining)
        result = finish_refused(run, error);
    else
        result = finish_stopped(run, error);
    /* What failed first is told, unless the disk has failed since. */
    if (result == 0 || run->reason.kind == ERROR_LOCAL)
        *error = run->reason;
    return -1;
}
