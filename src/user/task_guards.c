#include "user/task_guards.h"

#include "user/own_writes.h"
#include "user/task_step.h"

/* Does a row's guard on LastModifiedTime differ only because this run has
 * updated another user of the same person? */
static bool is_own_write(const struct user_task *task, const struct row *row)
{
    const struct service *service = task->progress->service;
    struct shared_state present = {task->result.outcome.last_modified,
                                   task->shared};

    for (unsigned i = 0; i < row->count; i++) {
        const struct cell *cell = &row->cells[i];

        if (cell->column == service->last_modified &&
            !merge_is_same(&service->columns[cell->column],
                           service->user_value(task->result.user, cell->column),
                           cell->text))
            return cell->text &&
                   own_writes_explains(task->progress->environment->own_writes,
                                       cell->text, present);
    }
    return true;
}

static bool are_own_writes(const struct user_task *task)
{
    if (!task->progress->environment->own_writes)
        return false;
    for (const struct row *row = task->result.group->rows; row; row = row->next)
        if (!is_own_write(task, row))
            return false;
    return true;
}

bool task_guards_match(struct user_task *task)
{
    const struct service *service = task->progress->service;
    const struct task_result *result = &task->result;
    column_mask failed =
        merge_failed_guards(service, result->user, result->group->rows) |
        merge_failed_expectations(&result->merge, service, result->user,
                                  result->group->rows);

    if (service->last_modified < COLUMN_MAX &&
        (failed & column_bit(service->last_modified)) && are_own_writes(task)) {
        task->result.outcome.own_write = true;
        failed &= ~column_bit(service->last_modified);
    }
    task->result.outcome.field = NULL;
    for (unsigned i = service->column_count; i-- > 0;)
        if (failed & column_bit(i))
            task->result.outcome.field = service->columns[i].name;
    return !failed;
}

bool task_guards_alone(const struct user_task *task)
{
    return !*task->sent.stamps &&
           merge_is_guarded(task->progress->service, task->result.group->rows);
}

enum task_step task_guards_finish(struct user_task *task)
{
    struct outcome *outcome = &task->result.outcome;

    outcome->changed = 0;
    if (task->progress->outcome_unknown) {
        api_error_set_local(&outcome->last, "GuardMismatch",
                            "the response to an update was lost, and the user "
                            "was modified after it; it is unknown whether the "
                            "update was applied");
        outcome->retryable = true;
        return task_step_finish(task, STATUS_UNKNOWN);
    }
    api_error_set_local(&outcome->last, "GuardMismatch",
                        "the guard does not match: the user was modified "
                        "after the file was made, or the Id is wrong; nothing "
                        "was changed; check the guard and the Id");
    return task_step_finish(task, STATUS_CONFLICT);
}

bool task_guards_keep_rows(struct user_task *task, doubts_compare_fn *compare)
{
    const struct service *service = task->progress->service;
    struct task_result *result = &task->result;
    struct group *group = result->group;

    if (doubts_hold(group->rows, service, result->user, compare))
        return true;
    doubts_settle(group, service, result->user, compare);
    merge_init(&result->merge, group->rows);
    if (group->rows)
        return true;
    result->outcome.changed = 0;
    (void)task_step_finish(task, STATUS_FAILED);
    return false;
}
