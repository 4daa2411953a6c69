#include <string.h>

#include "run/run.h"

/* A pipe was refused halfway: its remaining rows become NotAttempted. */
static int put_not_attempted(struct run *run, struct error *error)
{
    struct group *group;
    struct error why;

    (void)error_value(&why, "InputRefused", NULL,
                      "the input was rejected after this row, and before its "
                      "user was sent");
    grouper_close(run->grouper);
    while ((group = grouper_take(run->grouper))) {
        for (const struct row *row = group->rows; row; row = row->next) {
            const struct row_alone alone = {.number = row->number,
                                            .id = row->id,
                                            .status = STATUS_NOT_ATTEMPTED,
                                            .why = &why};

            if (result_writer_put_alone(run->results, row->sequence, &alone,
                                        error))
                return -1;
        }
        grouper_done(run->grouper, group);
    }
    return 0;
}

/* Removes the run's files, as there is nothing to resume. Without its journal,
 * the old values belong to no run. */
static int discard(struct run *run, struct error *error)
{
    result_writer_discard(run->results);
    run_discard_failed(run);
    return recovery_stop(run->recovery, error) ||
                   undo_remove(run->undo, error) ||
                   plan_remove(run->plan, error)
               ? -1
               : 0;
}

/* OUTPUT may have been edited during the run. */
static int commit_results(struct run *run, struct error *error)
{
    struct error edited;

    if (run_check_edited(run, &edited))
        return error_set(error, ERROR_STOPPED,
                         "%.1200s; all rows of this run are in %s", edited.text,
                         result_writer_partial_name(run->results));
    return result_writer_commit(run->results, error);
}

/* All rows have a result: the files get their names, and the journal goes. If
 * an earlier run has done the first already, its rows were only read again. */
static int complete(struct run *run, struct error *error)
{
    uint64_t rows =
        run->listing ? run->listed : row_source_sequence(run->source);

    if (recovery_sync_intents(run->recovery, error) ||
        result_writer_complete(run->results, rows, error) ||
        undo_make(run->undo, &run->summary->undone_users, error) ||
        run_make_plan(run, error) || run_write_failed(run, error) ||
        recovery_put_finished(run->recovery, error) ||
        run_commit_plan(run, error) || run_commit_failed(run, error))
        return -1;
    if (recovery_is_finished(run->recovery))
        result_writer_discard(run->results);
    else if (commit_results(run, error))
        return -1;
    run->committed = true;
    /* As long as the journal exists, no other run writes OUTPUT's files. */
    run_summarize(run, run->stopping ? &run->reason : NULL);
    if (undo_remove(run->undo, error) == 0 &&
        plan_remove(run->plan, error) == 0 &&
        recovery_finish(run->recovery, error) == 0)
        return 0;
    run->summarized = false;
    return -1;
}

/* The input was refused. OUTPUT stays as it was, unless rows of a pipe were
 * attempted before. */
static int finish_refused(struct run *run, struct error *error)
{
    const struct error why = run->reason;
    bool to_file = !run->options->output || strcmp(run->options->output, "-");

    if (!run->grouper || (run->tally->calls == 0 && to_file)) {
        *run->tally = (struct tally){0};
        return discard(run, error);
    }
    if (put_not_attempted(run, error))
        return -1;
    (void)error_set(
        &run->reason, why.kind,
        "%.1200s; earlier rows were sent, and their outcomes are in "
        "%s",
        why.text, run->options->output);
    return complete(run, error);
}

/* Keeps the journal. What other files are made of must be on disk before the
 * results are. */
static int stop_recovery(struct run *run, struct error *error)
{
    if (undo_has_failed(run->undo) || plan_has_failed(run->plan))
        return 0;
    return undo_flush(run->undo, error) || plan_flush(run->plan, error) ||
                   recovery_stop(run->recovery, error)
               ? -1
               : 0;
}

/* If there is nothing to resume, the run leaves no files, although rows that
 * --retry-failed keeps may be written already. */
static int finish_stopped(struct run *run, struct error *error)
{
    const char *partial = result_writer_partial_name(run->results);
    const struct error why = run->reason;
    bool to_file = !run->options->output || strcmp(run->options->output, "-");

    if (to_file && !recovery_is_needed(run->recovery))
        return discard(run, error);
    /* A run that is killed before this has not stopped at its end. */
    if (run->time_bound.reached &&
        recovery_put_end(run->recovery, run->time_bound.end, true,
                         run->time_bound.text))
        return error_memory(error);
    if (stop_recovery(run, error) || result_writer_stop(run->results, error) ||
        undo_make(run->undo, &run->summary->undone_users, error))
        return -1;
    if (partial && !run->options->temporary &&
        run->tally->rows > run->failed_customers) {
        error_set(&run->reason, why.kind,
                  "%.1200s; the finished rows are in %s%s", why.text, partial,
                  to_file || run->lost
                      ? ""
                      : "; the rows without a result were not changed");
        run->reason.option = why.option;
        run->reason.disk_full = why.disk_full;
    }
    return 0;
}

static int finish_complete(struct run *run, struct error *error)
{
    if (complete(run, error) == 0)
        return 0;
    run->reason = *error;
    (void)stop_recovery(run, error);
    *error = run->reason;
    return -1;
}

/* ERROR_USAGE promises that nothing reached the service, and ERROR_INPUT that
 * OUTPUT is as it was or complete. */
static void correct_kind(struct run *run)
{
    enum error_kind *kind = &run->reason.kind;

    if ((*kind == ERROR_USAGE && run->dispatch &&
         dispatch_has_reached(run->dispatch)) ||
        (*kind == ERROR_INPUT && run->draining))
        *kind = ERROR_STOPPED;
}

int run_finish(struct run *run, struct error *error)
{
    int result;

    progress_clear(&run->progress);
    run_log(run, LOG_LEVEL_INFO, "end", NULL);
    if (!run->stopping)
        return finish_complete(run, error);
    if (*run->waited)
        progress_message(&run->progress, "when the run stopped: %s",
                         run->waited);
    correct_kind(run);
    if (run->reason.kind == ERROR_INPUT)
        result = finish_refused(run, error);
    else
        result = finish_stopped(run, error);
    /* The reason is reported, unless ending the run failed; but a failure of
     * this machine that came first is reported in any case. */
    if (result == 0 || run->reason.kind == ERROR_LOCAL)
        *error = run->reason;
    return -1;
}
