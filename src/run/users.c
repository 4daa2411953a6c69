#include "run/run.h"

/* May a further user start now? */
static bool may_start(const struct run *run)
{
    return !run->stopping && !*run->stop && dispatch_has_room(run->dispatch) &&
           fail_fast_may_start(&run->fail_fast) &&
           !result_writer_is_full(run->results) &&
           !bounds_stop(&run->bounds, false);
}

int run_start_users(struct run *run, struct error *error)
{
    run->chunks = 0;
    while (may_start(run)) {
        struct group *group = NULL;

        if (run_next_group(run, &group, error))
            return -1;
        if (!group)
            return 0;
        if (!bounds_start(&run->bounds, group_was_sent(group))) {
            grouper_done(run->grouper, group);
            continue;
        }
        fail_fast_note_start(&run->fail_fast);
        if (dispatch_begin(run->dispatch, group, error))
            return -1;
    }
    return 0;
}

static void free_task(struct run *run, struct user_task *task)
{
    struct group *group = task->result.group;

    user_task_free(task);
    grouper_done(run->grouper, group);
}

/* A resumed run must know the own writes of this run. If the shared values
 * differ from those that were sent, others wrote them after the update. */
static int put_own_write(struct run *run, const struct user_task *task)
{
    struct shared_state before = {task->sent.last_modified, task->sent.shared};
    struct shared_state after = {task->result.outcome.last_modified,
                                 task->shared};

    if (!run->own_writes || task->result.outcome.status != STATUS_UPDATED ||
        task->shared != task->sent.shared_after)
        return 0;
    return recovery_put_own_write(run->recovery, before, after);
}

static uint64_t count_columns(column_mask columns)
{
    uint64_t count = 0;

    for (; columns; columns &= columns - 1)
        count++;
    return count;
}

/* Counts the cells that --reconcile has compared. A resumed run must know them.
 */
static int count_cells(struct run *run, const struct task_result *task)
{
    uint64_t cells =
        count_columns(merge_compared(&task->merge, run->options->service));
    uint64_t drifting = count_columns(task->outcome.changed);

    if (task->outcome.status != STATUS_MATCH &&
        task->outcome.status != STATUS_DRIFT)
        return 0;
    run->tally->cells += cells;
    run->tally->drifting += drifting;
    return recovery_put_cells(run->recovery, cells, drifting);
}

/* The dispatch ignores the error of a task that it abandons. */
static int put_result(struct run *run, struct user_task *task,
                      struct error *error)
{
    int result = plan_put(run->plan, task, error);

    if (result == 0)
        result = result_writer_put_task(run->results, &task->result, error);
    if (result == 0 && count_cells(run, &task->result))
        result = error_memory(error);
    if (result == 0)
        return 0;
    run->lost = true;
    run->reason = *error;
    return -1;
}

static int put_outcome(struct run *run, struct user_task *task,
                       struct error *error)
{
    int result = put_own_write(run, task) || undo_put_outcome(run->undo, task)
                     ? error_memory(error)
                     : put_result(run, task, error);

    free_task(run, task);
    return result ? result : run_check_errors(run, error);
}

int run_release_held(struct run *run, struct error *error)
{
    struct error *first = error, ignored;
    struct user_task *task;
    int result = 0;

    while ((task = fail_fast_release(&run->fail_fast))) {
        if (run->fail_fast.stopped) {
            free_task(run, task);
        } else if (put_outcome(run, task, first)) {
            first = &ignored;
            result = -1;
        }
    }
    return result;
}

static int put_refused(void *context, struct user_task *task,
                       struct error *error)
{
    struct run *run = context;

    if (result_writer_put_refused(run->results, &task->result, error))
        return -1;
    grouper_drop_refused(run->grouper, task->result.group);
    return 0;
}

static int take_outcome(void *context, struct user_task *task,
                        struct error *error)
{
    struct run *run = context;
    struct error reason, ignored;

    if (run->listing)
        return run_list_take(run, task, error);
    switch (fail_fast_take(&run->fail_fast, task)) {
    case FAIL_FAST_HOLD:
        return 0;
    case FAIL_FAST_STOP:
        (void)fail_fast_explain(&run->fail_fast, &reason);
        return run_stop_for(run, &reason, error);
    case FAIL_FAST_PASS:
        break;
    }
    if (run_release_held(run, error)) {
        (void)put_outcome(run, task, &ignored);
        return -1;
    }
    return put_outcome(run, task, error);
}

/* A pipe was rejected halfway: OUTPUT will contain the result of each row. */
static bool is_completing(const struct run *run)
{
    return run->stopping && !run->draining && run->reason.kind == ERROR_INPUT;
}

/* A bound does not allow the update of the task. */
static void leave_out(struct user_task *task)
{
    struct outcome *outcome = &task->result.outcome;

    if (user_task_abandon(task))
        return;
    (void)user_task_stop(task);
    outcome->status = STATUS_NOT_ATTEMPTED;
    api_error_set_local(&outcome->last, "InputRefused",
                        "the input was rejected after this row, and before its "
                        "user was sent an update");
}

/* Must the rows of a task that was released get their result now? They must if
 * OUTPUT is completed. They also must if an update was sent and there is no
 * journal, since no later run knows of it. */
static bool is_final(const struct run *run, struct user_task *task,
                     const struct error *why)
{
    return (why && is_completing(run)) ||
           (!run->recovery && user_task_abandon(task));
}

static int take_released(void *context, struct user_task *task,
                         const struct error *why, struct error *error)
{
    struct run *run = context;
    bool left_out = !why && run->bounds.refused && is_completing(run);
    int result = 0;

    if (run->listing)
        return run_list_release(run, task, why, error);
    if (left_out)
        leave_out(task);
    if (left_out || is_final(run, task, why))
        result = put_result(run, task, error);
    if (result == 0 && why && !is_completing(run))
        result = run_stop_for(run, why, error);
    free_task(run, task);
    return result;
}

const struct dispatch_handler run_users = {.put_refused = put_refused,
                                           .done = take_outcome,
                                           .released = take_released};
