#include "user/user_task.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/doubts.h"
#include "user/task_evidence.h"
#include "user/task_failure.h"
#include "user/task_guards.h"
#include "user/task_read.h"
#include "user/task_response.h"
#include "user/task_step.h"
#include "user/task_update.h"

/* If an update has a stale version more often than this, the task ends as
 * Conflict. */
#define MAX_MERGES 8

/* An error can mean either a refused value or too many calls at once. The
 * update is sent again so many times; after that, the value is blamed. */
#define MAX_AMBIGUOUS 3

/* Milliseconds after which the guards of an update without stamps are compared
 * again before it is sent: the first time, and the second time. Then the bound
 * doubles, so that an update is sent in the end, however slow the run is. */
#define MAX_AGE       1000
#define MAX_AGE_AGAIN 60000

/* One allocation contains both parts of a task. */
struct task_memory {
    struct user_task task;
    struct task_progress progress;
};

struct user_task *user_task_new(const struct task_environment *environment,
                                struct group *group)
{
    struct task_memory *memory = calloc(1, sizeof(*memory));
    struct task_progress *progress;
    struct user_task *task;

    if (!memory)
        return NULL;
    task = &memory->task;
    progress = task->progress = &memory->progress;
    progress->environment = environment;
    progress->service = environment->context->service;
    failure_summary_init(&progress->failures);
    task->state = TASK_QUEUED;
    task->result.group = group;
    merge_init(&task->result.merge, group->rows);
    buffer_init(&task->undo, HTTP_MAX_RESPONSE + HTTP_MAX_REQUEST);
    buffer_init(&task->result.before, HTTP_MAX_RESPONSE + HTTP_MAX_REQUEST);
    if (group_was_sent(group)) {
        task->sent = *group->rows->sent;
        /* The journal may have been edited: only the rows decide which columns
         * may change. */
        task->sent.changed &= task->result.merge.named;
        task->sent.telling &= task->result.merge.named;
        progress->question = ASK_IF_APPLIED;
        progress->outcome_unknown = true;
        progress->update_end = -1;
        task->undo_again = true;
    }
    progress->stale_since = -1;
    progress->max_age = MAX_AGE;
    return task;
}

void user_task_free(struct user_task *task)
{
    if (!task)
        return;
    task->progress->service->user_free(task->result.user);
    free(task->progress->earlier);
    buffer_free(&task->undo);
    buffer_free(&task->result.before);
    free(task); /* the first member of struct task_memory */
}

/* ---- requests ----------------------------------------------------------- */

/* A request could not be built; errno is that of buffer_append(). */
static enum task_step fail_build(struct user_task *task)
{
    if (errno == EFBIG)
        return task_step_fail(task, "RequestTooLarge",
                              "the request would exceed the maximum of 8 MiB; "
                              "shorten the values");
    return task_step_stop_memory(task);
}

static enum task_step fetch(struct user_task *task,
                            struct http_request *request)
{
    const struct task_progress *progress = task->progress;
    const struct call_context *context = progress->environment->context;
    const struct group *group = task->result.group;

    if (group->list
            ? service_build_list(context, group->list, request)
            : progress->service->build_get(context, group->key, request))
        return fail_build(task);
    return task_step_send(task, TASK_FETCHING);
}

static enum task_step send_update(struct user_task *task,
                                  struct http_request *request)
{
    const struct task_progress *progress = task->progress;

    if (progress->service->build_update(progress->environment->context,
                                        task->result.user, &task->sent,
                                        request))
        return fail_build(task);
    return task_step_send(task, TASK_UPDATING);
}

enum task_step user_task_start(struct user_task *task,
                               struct http_request *request)
{
    return fetch(task, request);
}

/* The update waited for so long that others may have modified the user. */
static enum task_step fetch_again(struct user_task *task,
                                  struct http_request *request)
{
    struct task_progress *progress = task->progress;

    progress->max_age = progress->max_age < MAX_AGE_AGAIN
                            ? MAX_AGE_AGAIN
                            : 2 * progress->max_age;
    progress->unsent = !progress->outcome_unknown && !progress->repeated;
    if (progress->unsent)
        progress->question = ASK_WHAT_CHANGES;
    return fetch(task, request);
}

enum task_step user_task_resume(struct user_task *task,
                                struct http_request *request, int64_t now)
{
    const struct task_progress *progress = task->progress;

    assert(task->state == TASK_WAITING);
    if (progress->resume == TASK_FETCHING)
        return fetch(task, request);
    if (task_guards_alone(task) && now - progress->fetched > progress->max_age)
        return fetch_again(task, request);
    return send_update(task, request);
}

bool user_task_resumes_with_update(const struct user_task *task)
{
    return task->progress->resume == TASK_UPDATING;
}

void user_task_defer(struct user_task *task)
{
    (void)task_step_wait(task, task->state, 0);
}

unsigned user_task_refusals(const struct user_task *task)
{
    return task->progress->counts.refusals;
}

enum task_step user_task_stop(struct user_task *task)
{
    return task_step_stop(task);
}

/* ---- updates ------------------------------------------------------------ */

static enum task_step update(struct user_task *task,
                             struct http_request *request)
{
    if (task_update_prepare(task))
        return task_step_stop_memory(task);
    return send_update(task, request);
}

/* A replica that lags returned a version that this run has replaced. */
static enum task_step take_stale_user(struct user_task *task, int64_t now)
{
    struct task_progress *progress = task->progress;
    enum task_step step;

    if (progress->stale_since < 0)
        progress->stale_since = now;
    if (now - progress->stale_since < progress->environment->settle)
        return task_step_read_later(task, progress->stale_since, now);
    step = task_step_fail(task, "StaleRead",
                          "GetUser keeps returning an older version of the "
                          "user than the one that this run has written; "
                          "nothing was changed");
    task->result.outcome.retryable = true;
    return step;
}

/* The user has the values, unless it was read from a replica that lags behind
 * an update of this run. */
static enum task_step finish_unchanged(struct user_task *task, int64_t now)
{
    int64_t wait = task_evidence_wait(task, now);

    if (wait == 0 || task->progress->settled) {
        task->result.outcome.refused =
            task->progress->update_error.action != API_ERROR_NONE;
        return task_step_finish(task, STATUS_UNCHANGED);
    }
    task->progress->settled = true;
    return task_step_wait(task, TASK_FETCHING, wait);
}

/* Others modified the user between each fetch and update. */
static enum task_step finish_stale_version(struct user_task *task)
{
    const struct task_progress *progress = task->progress;
    const struct api_error *api_error = &progress->update_error;
    bool named = api_error->action == API_ERROR_STALE && *api_error->name;
    struct outcome *outcome = &task->result.outcome;

    outcome->changed = 0;
    api_error_set_local(&outcome->last,
                        named ? api_error->name
                              : progress->service->stale_error,
                        "others modified the user before each of several "
                        "updates; the rows were not applied");
    outcome->retryable = true;
    return task_step_finish(task, STATUS_CONFLICT);
}

/* Sends the differences between the rows and the user, if there are any. */
static enum task_step compare(struct user_task *task,
                              struct http_request *request, int64_t now)
{
    const struct service *service = task->progress->service;
    struct outcome *outcome = &task->result.outcome;

    if (task_evidence_is_stale(task))
        return take_stale_user(task, now);
    /* The intent of an update that was sent contains all rows. */
    if (task->sent.changed && !doubts_hold(task->result.group->rows, service,
                                           task->result.user, merge_is_same))
        return finish_stale_version(task);
    if (!task_guards_keep_rows(task, merge_is_same))
        return TASK_FINISH;
    if (!task_guards_match(task))
        return task_guards_finish(task);
    outcome->changed = merge_differences(&task->result.merge, service,
                                         task->result.user, MERGE_CHANGES);
    if (!outcome->changed)
        return finish_unchanged(task, now);
    if (task->progress->environment->mode == MODE_DRY_RUN)
        return task_step_finish(task, STATUS_WOULD_UPDATE);
    return update(task, request);
}

/* ---- verifying an update by reading back -------------------------------- */

static enum task_step finish_applied(struct user_task *task)
{
    struct outcome *outcome = &task->result.outcome;

    /* If the shared values differ, others wrote them after the update. */
    if (task->shared == task->sent.shared_after)
        task_update_note(task, outcome->last_modified);
    outcome->changed = task->sent.changed;
    outcome->read_back = true;
    task_response_note_spelling(task, task->result.user, outcome->changed);
    return task_step_finish(task, STATUS_UPDATED);
}

/* The update that may have been applied is sent again: it carries the same
 * stamps, or the same request id. */
static enum task_step send_again(struct user_task *task,
                                 struct http_request *request, int64_t now)
{
    const struct task_progress *progress = task->progress;
    const struct service *service = progress->service;

    if (!service->idempotent)
        return compare(task, request, now);
    /* With an etag, the service itself detects that others modified the user.
     */
    if (!*task->sent.stamps && !task_guards_match(task)) {
        if (progress->outcome_unknown &&
            !task_progress_is_settled(progress, now))
            return task_step_read_later(task, progress->update_end, now);
        return task_guards_finish(task);
    }
    task->result.outcome.changed = task->sent.changed;
    if (task_update_apply(task))
        return task_step_stop_memory(task);
    return send_update(task, request);
}

/* The last update was not applied. Its error means either a refused value or
 * too many calls at once. */
static enum task_step resolve_ambiguous(struct user_task *task,
                                        struct http_request *request,
                                        int64_t now)
{
    struct task_progress *progress = task->progress;

    if (progress->update_error.action == API_ERROR_THROTTLE &&
        progress->ambiguous++ < MAX_AMBIGUOUS)
        return compare(task, request, now);
    api_error_blame_value(&progress->update_error);
    return task_failure_finish_update(task, now);
}

/* The last update was not applied, because its version is stale. */
static enum task_step merge_again(struct user_task *task,
                                  struct http_request *request, int64_t now)
{
    struct task_progress *progress = task->progress;

    progress->outcome_unknown = false;
    if (++progress->merges > MAX_MERGES)
        return finish_stale_version(task);
    return compare(task, request, now);
}

/* The last update was not applied, as the service refused it. */
static enum task_step follow_refusal(struct user_task *task,
                                     struct http_request *request, int64_t now)
{
    const struct api_error *api_error = &task->progress->update_error;

    if (api_error->column && task_evidence_same_stamps(task))
        return resolve_ambiguous(task, request, now);
    if (!api_error->column && api_error->action != API_ERROR_STALE)
        return task_failure_finish_update(task, now);
    return merge_again(task, request, now);
}

static enum task_step finish_unknown(struct user_task *task, int64_t now)
{
    const struct api_error *api_error = &task->progress->update_error;
    struct outcome *outcome = &task->result.outcome;

    if (api_error->action != API_ERROR_NONE)
        outcome->last = *api_error;
    else
        api_error_set_local(&outcome->last, "OutcomeUnknown",
                            "the user was modified after an update without a "
                            "response; it is unknown whether the update was "
                            "applied");
    return task_failure_finish(task, STATUS_UNKNOWN, now);
}

/* The user was fetched again because of an update that was sent before. */
static enum task_step verify(struct user_task *task,
                             struct http_request *request, int64_t now)
{
    struct task_progress *progress = task->progress;

    if (progress->update_end < 0)
        progress->update_end = now;
    switch (task_evidence_judge(task, now)) {
    case VERDICT_APPLIED:
        return finish_applied(task);
    case VERDICT_NOT_APPLIED:
        return follow_refusal(task, request, now);
    case VERDICT_OVERTAKEN:
        return merge_again(task, request, now);
    case VERDICT_RESEND:
        return send_again(task, request, now);
    case VERDICT_READ_AGAIN:
        return task_step_read_later(task, progress->update_end, now);
    case VERDICT_UNKNOWN:
        break;
    }
    return finish_unknown(task, now);
}

/* ---- responses ---------------------------------------------------------- */

static enum task_step take_list(struct user_task *task,
                                const struct http_response *response,
                                int64_t now)
{
    int failed = task_response_read_list(task, response);

    task_failure_note_call(task, now);
    if (failed)
        return task_failure_of_get(task, response, now);
    return task_step_finish(task, STATUS_LISTED);
}

static enum task_step take_user(struct user_task *task,
                                const struct http_response *response,
                                struct http_request *request, int64_t now)
{
    const struct task_environment *environment = task->progress->environment;
    const struct service *service = task->progress->service;
    struct task_result *result = &task->result;
    int failed = task_response_read_user(task, response);

    task_failure_note_call(task, now);
    if (failed)
        return task_failure_of_get(task, response, now);
    task->progress->fetched = now;
    service->user_last_modified(result->user, result->outcome.last_modified);
    if (environment->own_writes)
        task->shared = merge_hash_shared(service, result->user);
    if (environment->mode == MODE_EXPORT)
        return task_read_export(task);
    if (environment->mode == MODE_RECONCILE)
        return task_read_compare(task);
    if (task->sent.changed && !task->progress->unsent)
        return verify(task, request, now);
    task->progress->unsent = false;
    return compare(task, request, now);
}

static enum task_step take_update(struct user_task *task,
                                  const struct http_response *response,
                                  int64_t now)
{
    struct outcome *outcome = &task->result.outcome;
    struct updated updated = {.user = NULL};

    task_response_read_update(task, response, &updated);
    task_failure_note_call(task, now);
    if (outcome->last.action != API_ERROR_NONE)
        return task_failure_of_update(task, response, now);
    task_update_note(task, updated.last_modified);
    memcpy(outcome->last_modified, updated.last_modified,
           sizeof(outcome->last_modified));
    return task_step_finish(task, STATUS_UPDATED);
}

enum task_step user_task_take_response(struct user_task *task,
                                       const struct http_response *response,
                                       struct http_request *request,
                                       int64_t now)
{
    enum task_step step;

    task->last_call = task->state;
    task->result.outcome.attempts += response->sends ? response->sends : 1;
    if (task->result.group->list) {
        step = take_list(task, response, now);
    } else if (task->state == TASK_FETCHING) {
        step = take_user(task, response, request, now);
    } else {
        assert(task->state == TASK_UPDATING);
        step = take_update(task, response, now);
    }
    if (step == TASK_FINISH)
        task_evidence_record(task, now);
    return step;
}

bool user_task_abandon(struct user_task *task)
{
    struct outcome *outcome = &task->result.outcome;
    bool done = task->state == TASK_DONE;
    bool unknown =
        done ? outcome->status == STATUS_UNKNOWN
             : task->progress->outcome_unknown || task->state == TASK_UPDATING;

    if (!unknown)
        return false;
    api_error_set_local(&outcome->last, "RunStopped",
                        "the run was stopped before the outcome of the update "
                        "was known");
    outcome->retryable = true;
    outcome->changed = 0;
    if (!done)
        (void)task_step_finish(task, STATUS_UNKNOWN);
    return true;
}
