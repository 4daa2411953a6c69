#include "user/task_update.h"

#include <stdlib.h>
#include <string.h>

#include "user/change_examples.h"
#include "user/own_writes.h"
#include "user/redact.h"
#include "user/task_step.h"
#include "user/undo_record.h"

int task_update_apply(struct user_task *task)
{
    struct task_progress *progress = task->progress;
    column_mask columns = task->sent.changed;

    free(progress->earlier);
    progress->earlier =
        redact_copy_values(progress->service, task->result.user, columns);
    if (!progress->earlier)
        return -1;
    return merge_apply(&task->result.merge, progress->service,
                       task->result.user, columns);
}

void task_update_note(struct user_task *task, const char *time)
{
    struct shared_state before = {task->sent.last_modified, task->sent.shared};
    struct shared_state after = {time, task->shared};

    if (task->progress->environment->own_writes)
        own_writes_add(task->progress->environment->own_writes, before, after);
}

/* The user has the values before the update. */
static int record_before(struct user_task *task)
{
    const struct task_environment *environment = task->progress->environment;
    column_mask columns = task->sent.changed;

    if (change_examples_note(environment->examples, task->progress->service,
                             &task->result, columns))
        return -1;
    if (!environment->undo)
        return 0;
    buffer_clear(&task->undo);
    return undo_record_put_update(&task->undo, task->progress->service,
                                  &task->result, columns);
}

int task_update_prepare(struct user_task *task)
{
    struct task_progress *progress = task->progress;
    const struct service *service = progress->service;
    struct outcome *outcome = &task->result.outcome;

    service->user_stamps(task->result.user, task->sent.stamps);
    memcpy(task->sent.last_modified, outcome->last_modified,
           sizeof(task->sent.last_modified));
    task->sent.first = task->result.group->first;
    task->sent.shared = task->shared;
    task->sent.changed = outcome->changed;
    if (service->idempotent)
        guid_make(progress->environment->context->random,
                  task->sent.request_id);
    progress->repeated = false;
    task->sent.telling = merge_differences(&task->result.merge, service,
                                           task->result.user, MERGE_DISTINCT);
    if (record_before(task) || task_update_apply(task))
        return -1;
    if (progress->environment->own_writes)
        task->shared = task->sent.shared_after =
            merge_hash_shared(service, task->result.user);
    /* Another user's fetch may show the update before its response comes. */
    task_update_note(task, "");
    return 0;
}
