#include "user/task_response.h"

#include <stdio.h>

#include "base/timestamp.h"
#include "user/redact.h"
#include "user/task_evidence.h"
#include "user/task_step.h"

void task_response_note_spelling(struct user_task *task,
                                 const struct user *user, column_mask columns)
{
    task->result.outcome.respelled = merge_respelled(
        &task->result.merge, task->progress->service, user, columns);
}

/* The message of an API error may repeat values of the request, or of the user
 * as last fetched. */
static void redact(struct user_task *task, const struct user *user)
{
    const struct task_progress *progress = task->progress;
    const struct known_values known = {
        .context = progress->environment->context,
        .rows = task->result.group->rows,
        .user = user,
        .earlier = progress->earlier,
        .raw_messages = progress->environment->raw_messages,
    };

    redact_error(&task->result.outcome.last, &known);
}

int task_response_read_user(struct user_task *task,
                            const struct http_response *response)
{
    const struct task_progress *progress = task->progress;
    struct task_result *result = &task->result;
    struct user *before = result->user;
    int failed;

    result->user = NULL;
    failed = progress->service->parse_get(progress->environment->context,
                                          response, result->group->key,
                                          &result->user, &result->outcome.last);
    if (failed)
        redact(task, before);
    progress->service->user_free(before);
    return failed ? -1 : 0;
}

/* ---- updates ------------------------------------------------------------ */

/* Does the response show the user as it is after the update? It may be an old
 * response of a cache, or one of a node that has not received the update. */
static bool shows_update(const struct user_task *task,
                         const struct updated *updated)
{
    if (timestamp_text_is_before(updated->last_modified,
                                 task->sent.last_modified))
        return false;
    return !updated->user ||
           task_evidence_shows(task, updated->user, task->sent.changed) ||
           task_evidence_shows_spelling(task, updated->user);
}

/* The response is a success, but does not show the update: names the first
 * column that it does not show, such as one that null does not clear. */
static void refuse_without_update(struct user_task *task,
                                  const struct http_response *response,
                                  const struct user *user)
{
    const struct service *service = task->progress->service;
    struct api_error *api_error = &task->result.outcome.last;
    column_mask missing =
        user ? task->sent.changed & merge_differences(&task->result.merge,
                                                      service, user,
                                                      MERGE_VISIBLE)
             : 0;
    unsigned column = 0;
    char why[96] = "the user as before the update";

    while (missing && !(missing & column_bit(column)))
        column++;
    if (missing)
        (void)snprintf(why, sizeof(why), "the user without the change of %s",
                       service->columns[column].name);
    api_error_init_unexpected(api_error, response, why);
    api_error->one_user = true;
}

/* The response shows how the service has normalized the values. */
static void keep_updated(struct user_task *task, struct updated *updated)
{
    task->progress->service->user_free(task->result.user);
    task->result.user = updated->user;
    updated->user = NULL;
}

void task_response_read_update(struct user_task *task,
                               const struct http_response *response,
                               struct updated *updated)
{
    const struct task_progress *progress = task->progress;
    struct api_error *api_error = &task->result.outcome.last;

    if (progress->service->parse_update(progress->environment->context,
                                        response, task->result.group->key,
                                        &task->sent, updated, api_error)) {
        redact(task, task->result.user);
    } else if (!shows_update(task, updated)) {
        refuse_without_update(task, response, updated->user);
    } else if (updated->user) {
        task_response_note_spelling(task, updated->user, task->sent.changed);
        keep_updated(task, updated);
    }
    progress->service->user_free(updated->user);
    updated->user = NULL;
}

int task_response_read_list(struct user_task *task,
                            const struct http_response *response)
{
    if (service_parse_list(task->progress->environment->context, response,
                           task->result.group->list,
                           &task->result.outcome.last) == 0)
        return 0;
    redact(task, NULL);
    return -1;
}
