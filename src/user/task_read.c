#include "user/task_read.h"

#include <string.h>

#include "user/task_guards.h"
#include "user/task_response.h"
#include "user/task_step.h"

/* An exported cell that is equal to the clear token would clear its value when
 * the file is applied. */
enum task_step task_read_export(struct user_task *task)
{
    const struct service *service = task->progress->service;
    const char *clear_token = task->progress->environment->clear_token;

    for (unsigned i = 0; i < service->column_count; i++) {
        const char *value = service->user_value(task->result.user, i);

        if (value && column_is_exported(&service->columns[i]) &&
            strcmp(value, clear_token) == 0) {
            task->result.outcome.field = service->columns[i].name;
            return task_step_fail(task, "ClearTokenInValue",
                                  "the user's value is equal to the clear "
                                  "word; choose another word with "
                                  "--clear-token");
        }
    }
    return task_step_finish(task, STATUS_EXPORTED);
}

enum task_step task_read_compare(struct user_task *task)
{
    struct outcome *outcome = &task->result.outcome;
    bool loose = task->progress->environment->loose;

    if (!task_guards_keep_rows(task, loose ? merge_is_alike : merge_is_same))
        return TASK_FINISH;
    outcome->changed =
        merge_differences(&task->result.merge, task->progress->service,
                          task->result.user, loose ? MERGE_LOOSE : MERGE_DRIFT);
    task_response_note_spelling(task, task->result.user, outcome->changed);
    return task_step_finish(task,
                            outcome->changed ? STATUS_DRIFT : STATUS_MATCH);
}
