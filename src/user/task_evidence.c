#include "user/task_evidence.h"

#include <string.h>

#include "base/timestamp.h"
#include "user/circuit_breaker.h"
#include "user/own_writes.h"
#include "user/replaced_stamps.h"
#include "user/task_failure.h"
#include "user/task_step.h"

/* ---- the last update ---------------------------------------------------- */

static enum evidence_copies copies_of(const struct task_progress *progress)
{
    if (progress->outcome_unknown)
        return EVIDENCE_UNANSWERED;
    return progress->repeated ? EVIDENCE_REFUSED_ALL : EVIDENCE_REFUSED_ONCE;
}

/* Will the update not be sent again because of its last error? */
static bool is_final(const struct user_task *task)
{
    const struct task_progress *progress = task->progress;

    return progress->update_error.action != API_ERROR_NONE &&
           (progress->update_final ||
            circuit_breaker_has_given_up(progress->environment->breaker,
                                         CIRCUIT_UPDATE));
}

static enum evidence_end end_of(const struct user_task *task)
{
    const struct api_error *api_error = &task->progress->update_error;

    if (api_error->action == API_ERROR_STALE)
        return EVIDENCE_STALE;
    if (api_error->column)
        return EVIDENCE_REFUSED;
    return api_error->not_applied && is_final(task) ? EVIDENCE_REFUSED
                                                    : EVIDENCE_OPEN;
}

bool task_evidence_same_stamps(const struct user_task *task)
{
    char stamps[SERVICE_STAMPS_SIZE];

    task->progress->service->user_stamps(task->result.user, stamps);
    return strcmp(stamps, task->sent.stamps) == 0;
}

/* How updates of other users of the person, if any, have led to the user. */
static enum own_writes_path path_of(const struct user_task *task)
{
    const struct own_writes *own_writes =
        task->progress->environment->own_writes;
    const struct shared_state before = {task->sent.last_modified,
                                        task->sent.shared};
    const struct shared_state present = {task->result.outcome.last_modified,
                                         task->shared};

    if (!own_writes || !task->sent.shared_after)
        return OWN_WRITES_NONE;
    return own_writes_trace(own_writes, before, task->sent.shared_after,
                            present);
}

/* Is the version that was read older than the one that the update carried? Not
 * all versions that were replaced are known. */
static bool is_older(const struct user_task *task)
{
    return timestamp_text_is_before(task->result.outcome.last_modified,
                                    task->sent.last_modified);
}

static enum evidence_stamps stamps_of(const struct user_task *task,
                                      enum own_writes_path path)
{
    /* Without stamps, the user may be another version. */
    if (task_evidence_same_stamps(task))
        return *task->sent.stamps ? EVIDENCE_SAME : EVIDENCE_OTHER;
    if (task_evidence_is_stale(task) || is_older(task))
        return EVIDENCE_REPLACED;
    return path == OWN_WRITES_WITHOUT ? EVIDENCE_OWN : EVIDENCE_OTHER;
}

bool task_evidence_shows(const struct user_task *task, const struct user *user,
                         column_mask columns)
{
    const struct merge *merge = &task->result.merge;
    const struct service *service = task->progress->service;

    return !(columns &
             merge_differences(merge, service, user, MERGE_VISIBLE)) ||
           (task->sent.telling &&
            !(columns &
              merge_differences(merge, service, user, MERGE_DISTINCT)));
}

bool task_evidence_shows_spelling(const struct user_task *task,
                                  const struct user *user)
{
    const struct service *service = task->progress->service;
    char stamps[SERVICE_STAMPS_SIZE];

    service->user_stamps(user, stamps);
    return !task->sent.telling && *stamps && *task->sent.stamps &&
           strcmp(stamps, task->sent.stamps) != 0 &&
           !(task->sent.changed & merge_differences(&task->result.merge,
                                                    service, user,
                                                    MERGE_DISTINCT));
}

/* A write-only column can't be compared, and counts as different. But if the
 * update had a successful response, it was set together with the columns that
 * can be compared. */
static bool has_values(const struct user_task *task)
{
    const struct merge *merge = &task->result.merge;
    const struct service *service = task->progress->service;
    const struct user *user = task->result.user;
    column_mask hidden =
        merge_differences(merge, service, user, MERGE_CHANGES) &
        ~merge_differences(merge, service, user, MERGE_VISIBLE);
    bool success = task->progress->update_error.http_status / 100 == 2;

    if (hidden && !(success && (task->sent.changed & ~hidden)))
        return false;
    return task_evidence_shows(task, user, ~(column_mask)0);
}

enum evidence_verdict task_evidence_judge(const struct user_task *task,
                                          int64_t now)
{
    enum own_writes_path path = path_of(task);
    const struct evidence evidence = {
        .copies = copies_of(task->progress),
        .end = end_of(task),
        .stamps = stamps_of(task, path),
        .values = has_values(task) || path == OWN_WRITES_THROUGH,
        .resendable = !is_final(task),
        .idempotent = task->progress->service->idempotent,
        .settled = task_progress_is_settled(task->progress, now),
    };

    return evidence_judge(&evidence);
}

/* ---- versions of the user ------------------------------------------------ */

bool task_evidence_is_stale(const struct user_task *task)
{
    const struct task_progress *progress = task->progress;
    char stamps[SERVICE_STAMPS_SIZE];

    if (!progress->environment->replaced)
        return false;
    progress->service->user_stamps(task->result.user, stamps);
    return replaced_stamps_has(
        progress->environment->replaced, task->result.group->key,
        (struct user_version){stamps, task->result.outcome.last_modified});
}

int64_t task_evidence_wait(const struct user_task *task, int64_t now)
{
    const struct task_environment *environment = task->progress->environment;
    int64_t forgot;

    if (!environment->replaced)
        return 0;
    forgot =
        replaced_stamps_forgot(environment->replaced, task->result.group->key);
    return forgot > now - environment->settle
               ? forgot + environment->settle - now
               : 0;
}

/* Without a time, a response to UpdateUser does not show the new version, which
 * is another one if there are stamps. */
static struct user_version version_after(const struct user_task *task,
                                         char stamps[SERVICE_STAMPS_SIZE])
{
    const struct outcome *outcome = &task->result.outcome;
    const struct sent *sent = &task->sent;

    if (outcome->read_back)
        task->progress->service->user_stamps(task->result.user, stamps);
    else if (*sent->last_modified)
        memcpy(stamps, sent->stamps, SERVICE_STAMPS_SIZE);
    else
        return (struct user_version){"", ""};
    return (struct user_version){stamps, outcome->last_modified};
}

void task_evidence_record(const struct user_task *task, int64_t now)
{
    struct replaced_stamps *replaced = task->progress->environment->replaced;
    enum status status = task->result.outcome.status;
    struct user_version before = {task->sent.stamps, task->sent.last_modified};
    char stamps[SERVICE_STAMPS_SIZE];
    struct user_version after;

    if (!replaced || !task->sent.changed)
        return;
    if (status == STATUS_UPDATED) {
        after = version_after(task, stamps);
        replaced_stamps_add(replaced, task->result.group->key, before, &after,
                            now);
    } else if (status == STATUS_UNKNOWN) {
        replaced_stamps_add(replaced, task->result.group->key, before, NULL,
                            now);
    }
}
