#include "user/user_task.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/circuit_breaker.h"
#include "user/own_writes.h"
#include "user/redact.h"
#include "user/retry.h"

/* A user that is written by others again and again is left alone then. */
#define MAX_MERGES 8

/* So often an update is sent again whose refusal may mean that there were too
 * many calls at once; then it was the value. */
#define MAX_BUSY 3

/* Milliseconds in which an update whose answer has not come in time may still
 * be applied. */
#define LATE 1000

/* The only place where a task changes its state. */
static void set_state(struct user_task *task, enum task_state state)
{
    static const unsigned allowed[] = {
        [TASK_QUEUED] = 1U << TASK_FETCHING | 1U << TASK_DONE,
        [TASK_FETCHING] =
            1U << TASK_UPDATING | 1U << TASK_WAITING | 1U << TASK_DONE,
        [TASK_UPDATING] = 1U << TASK_WAITING | 1U << TASK_DONE,
        [TASK_WAITING] =
            1U << TASK_FETCHING | 1U << TASK_UPDATING | 1U << TASK_DONE,
        [TASK_DONE] = 0,
    };

    assert(allowed[task->state] & 1U << state);
    (void)allowed;
    task->state = state;
}

struct user_task *user_task_new(const struct task_environment *environment,
                                struct group *group)
{
    struct user_task *task = calloc(1, sizeof(*task));

    if (!task)
        return NULL;
    task->state = TASK_QUEUED;
    task->environment = environment;
    task->service = environment->context->service;
    task->group = group;
    failure_summary_init(&task->failures);
    merge_init(&task->merge, group->rows);
    if (group->rows->sent) {
        task->sent = *group->rows->sent;
        task->sent.changed &= task->merge.named; /* what others wrote stays */
        task->question = ASK_IF_APPLIED;
        task->doubted = true;
    }
    return task;
}

void user_task_free(struct user_task *task)
{
    if (!task)
        return;
    task->service->user_free(task->user);
    free(task);
}

/* ---- outcomes ----------------------------------------------------------- */

static enum task_step finish(struct user_task *task, enum status status)
{
    task->outcome.status = status;
    set_state(task, TASK_DONE);
    return TASK_FINISH;
}

/* A failure found on this machine, behind a good answer. */
static enum task_step fail(struct user_task *task, const char *name,
                           const char *text)
{
    api_error_set_local(&task->outcome.last, name, text);
    task->outcome.changed = 0;
    return finish(task, STATUS_FAILED);
}

/* The run can't go on. The rows have an outcome for those who need one. */
static enum task_step stop(struct user_task *task)
{
    bool doubt = task->doubted || (task->state == TASK_UPDATING &&
                                   !task->outcome.last.not_applied);

    task->outcome.changed = 0;
    task->outcome.retryable = true;
    (void)finish(task, doubt ? STATUS_UNKNOWN : STATUS_FAILED);
    return TASK_STOP;
}

static enum task_step stop_memory(struct user_task *task)
{
    api_error_set_memory(&task->outcome.last);
    return stop(task);
}

/* A request could not be built; errno is the buffer's. */
static enum task_step fail_build(struct user_task *task)
{
    if (errno == EFBIG)
        return fail(task, "RequestTooLarge",
                    "what would be sent is larger than a request may be");
    return stop_memory(task);
}

/* A message of the service's may repeat what it was sent. */
static void mask(struct user_task *task)
{
    redact_error(&task->outcome.last, task->environment->context, task->service,
                 task->group->rows, task->user);
}

/* ---- failures ----------------------------------------------------------- */

/* Several failures of the rows become one message. */
static void tell_failures(struct user_task *task, int64_t now)
{
    struct api_error *api_error = &task->outcome.last;
    size_t len = strlen(api_error->text);
    char told[160];

    failure_summary_describe(&task->failures, now, told, sizeof(told));
    if (*told)
        (void)snprintf(api_error->text + len, sizeof(api_error->text) - len,
                       "%s%s", len ? "; in all: " : "", told);
}

/* The failure of the last call stands. */
static enum task_step finish_fault(struct user_task *task, enum status status,
                                   int64_t now)
{
    task->outcome.retryable =
        status == STATUS_UNKNOWN || retry_may_help(&task->outcome.last);
    task->outcome.changed = 0;
    tell_failures(task, now);
    return finish(task, status);
}

/* What the update met with stands: nothing was changed. */
static enum task_step finish_refused(struct user_task *task, int64_t now)
{
    const struct service *service = task->service;

    task->outcome.last = task->refusal;
    for (unsigned i = 0; i < service->column_count; i++)
        if (task->refusal.column && (task->sent.changed & column_bit(i)) &&
            strcmp(service->columns[i].name, task->refusal.column) == 0)
            task->outcome.field = service->columns[i].name;
    return finish_fault(task, STATUS_FAILED, now);
}

static enum task_step park(struct user_task *task, enum task_state resume,
                           int64_t delay)
{
    task->resume = resume;
    task->delay = delay;
    set_state(task, TASK_WAITING);
    return TASK_WAIT;
}

/* May the call be made again, although it failed? What succeeded since the
 * first failure may have been the last before an outage. */
static enum retry_verdict decide(const struct user_task *task,
                                 const struct api_error *api_error,
                                 unsigned retries)
{
    const struct circuit_breaker *breaker = task->environment->breaker;
    bool alive = breaker->successes > task->successes && !breaker->probing;

    return retry_decide(api_error, retries, task->environment->retries, alive);
}

/* Takes note of how the last call went. */
static void note_call(struct user_task *task, int64_t now)
{
    struct circuit_breaker *breaker = task->environment->breaker;
    const struct api_error *api_error = &task->outcome.last;
    enum circuit_call call =
        task->called == TASK_FETCHING ? CIRCUIT_GET : CIRCUIT_UPDATE;

    switch (api_error->action) {
    case API_ERROR_NONE:
    case API_ERROR_FAIL:
        circuit_breaker_success(breaker, call);
        return;
    case API_ERROR_STALE:
        circuit_breaker_success(breaker, call);
        break;
    case API_ERROR_RETRY:
        if (task->retries++ == 0)
            task->successes = breaker->successes;
        circuit_breaker_failure(breaker, call, now);
        break;
    case API_ERROR_THROTTLE:
        circuit_breaker_failure(breaker, call, now);
        break;
    case API_ERROR_SIGN_IN:
    case API_ERROR_ACCOUNT:
    case API_ERROR_STOP:
    case API_ERROR_MEMORY:
        return;
    }
    failure_summary_add(&task->failures, api_error, now);
}

/* Waits to do it again, as the verdict on the last call asks for. */
static enum task_step wait_for_retry(struct user_task *task,
                                     enum task_state resume,
                                     enum retry_verdict verdict,
                                     int64_t retry_after)
{
    struct circuit_breaker *breaker = task->environment->breaker;

    if (verdict != RETRY_LATER)
        return park(task, resume, 0);
    circuit_breaker_take_retry(breaker);
    return park(task, resume,
                retry_delay(task->retries, retry_after,
                            circuit_breaker_random(breaker)));
}

/* GetUser failed; outcome.last is its fault. */
static enum task_step take_get_fault(struct user_task *task,
                                     const struct http_response *response,
                                     int64_t now)
{
    enum retry_verdict verdict =
        decide(task, &task->outcome.last, task->retries);

    if (verdict == RETRY_STOP)
        return stop(task);
    if (verdict != RETRY_NOT)
        return wait_for_retry(task, TASK_FETCHING, verdict,
                              response->retry_after);
    if (task->question == ASK_IF_APPLIED)
        return finish_fault(task, STATUS_UNKNOWN, now);
    if (task->question == ASK_WHO_WROTE)
        return finish_refused(task, now);
    return finish_fault(task, STATUS_FAILED, now);
}

/* The user must be fetched again, for the question. */
static enum task_step ask(struct user_task *task, enum task_question question,
                          unsigned times, int64_t retry_after)
{
    struct circuit_breaker *breaker = task->environment->breaker;

    if (task->doubted || task->again)
        question = ASK_IF_APPLIED;
    task->question = question;
    return park(
        task, TASK_FETCHING,
        retry_delay(times, retry_after, circuit_breaker_random(breaker)));
}

/* UpdateUser failed; outcome.last is its fault. */
static enum task_step take_update_fault(struct user_task *task,
                                        const struct http_response *response,
                                        int64_t now)
{
    struct api_error *api_error = &task->outcome.last;
    enum retry_verdict verdict = decide(task, api_error, task->retries);

    task->refusal = *api_error;
    task->retried = task->retries;
    if (api_error->column)
        return ask(task, ASK_WHO_WROTE, task->merges + task->busy + 1, -1);
    if (api_error->action == API_ERROR_STALE)
        return ask(task, ASK_WHAT_CHANGES, task->merges + 1, -1);
    if (verdict == RETRY_STOP)
        return stop(task);
    if (!api_error->not_applied) {
        task->doubted = true;
        if (verdict == RETRY_LATER)
            circuit_breaker_take_retry(task->environment->breaker);
        return ask(task, ASK_IF_APPLIED, task->retries,
                   response->failure == HTTP_TIMED_OUT ? LATE
                                                       : response->retry_after);
    }
    if (verdict == RETRY_NOT)
        return finish_refused(task, now);
    task->again = true;
    return wait_for_retry(task, TASK_UPDATING, verdict, response->retry_after);
}

/* ---- steps -------------------------------------------------------------- */

static enum task_step fetch(struct user_task *task,
                            struct http_request *request)
{
    if (task->service->build_get(task->environment->context, task->group->key,
                                 request))
        return fail_build(task);
    set_state(task, TASK_FETCHING);
    return TASK_SEND;
}

static enum task_step send_update(struct user_task *task,
                                  struct http_request *request)
{
    if (task->service->build_update(task->environment->context, task->user,
                                    &task->sent, request))
        return fail_build(task);
    set_state(task, TASK_UPDATING);
    return TASK_SEND;
}

enum task_step user_task_start(struct user_task *task,
                               struct http_request *request)
{
    return fetch(task, request);
}

enum task_step user_task_resume(struct user_task *task,
                                struct http_request *request)
{
    assert(task->state == TASK_WAITING);
    return task->resume == TASK_FETCHING ? fetch(task, request)
                                         : send_update(task, request);
}

void user_task_hold(struct user_task *task)
{
    (void)park(task, task->state, 0);
}

enum task_step user_task_refuse_sign_in(struct user_task *task)
{
    return stop(task);
}

/* A cell that holds the clear token would clear when it is fed back. */
static enum task_step export_user(struct user_task *task)
{
    for (unsigned i = 0; i < task->service->column_count; i++) {
        const char *value = task->service->user_value(task->user, i);

        if (value && column_is_exported(&task->service->columns[i]) &&
            strcmp(value, task->environment->clear_token) == 0) {
            task->outcome.field = task->service->columns[i].name;
            return fail(task, "ClearTokenInValue",
                        "a value of the user is the word that clears; choose "
                        "another one with --clear-token");
        }
    }
    return finish(task, STATUS_EXPORTED);
}

static enum task_step reconcile(struct user_task *task)
{
    struct outcome *outcome = &task->outcome;

    outcome->changed =
        merge_differences(&task->merge, task->service, task->user, MERGE_DRIFT);
    return finish(task, outcome->changed ? STATUS_DRIFT : STATUS_MATCH);
}

/* Does a row's guard on LastModifiedTime differ only because this very run has
 * updated another user of the same person? */
static bool is_own_write(const struct user_task *task, const struct row *row)
{
    const struct service *service = task->service;
    struct state held = {task->outcome.last_modified, task->shared};

    for (unsigned i = 0; i < row->count; i++) {
        const struct cell *cell = &row->cells[i];

        if (cell->column == service->last_modified &&
            !merge_is_same(&service->columns[cell->column],
                           service->user_value(task->user, cell->column),
                           cell->text))
            return cell->text &&
                   own_writes_explains(task->environment->own_writes,
                                       cell->text, held);
    }
    return true;
}

static bool are_own_writes(const struct user_task *task)
{
    if (!task->environment->own_writes)
        return false;
    for (const struct row *row = task->group->rows; row; row = row->next)
        if (!is_own_write(task, row))
            return false;
    return true;
}

/* Do all guards hold? Sets outcome.field to the first that doesn't. */
static bool guards_hold(struct user_task *task)
{
    const struct service *service = task->service;
    column_mask failed =
        merge_failed_guards(service, task->user, task->group->rows);

    if (service->last_modified < COLUMN_MAX &&
        (failed & column_bit(service->last_modified)) && are_own_writes(task)) {
        task->outcome.own_write = true;
        failed &= ~column_bit(service->last_modified);
    }
    task->outcome.field = NULL;
    for (unsigned i = service->column_count; i-- > 0;)
        if (failed & column_bit(i))
            task->outcome.field = service->columns[i].name;
    return !failed;
}

/* A guard does not hold. */
static enum task_step conflict(struct user_task *task)
{
    task->outcome.changed = 0;
    if (task->doubted) {
        api_error_set_local(&task->outcome.last, "GuardMismatch",
                            "an update was sent whose answer did not come, and "
                            "since then the user was written by somebody else: "
                            "whether it was applied before can't be told");
        task->outcome.retryable = true;
        return finish(task, STATUS_UNKNOWN);
    }
    api_error_set_local(
        &task->outcome.last, "GuardMismatch",
        "the service holds another value than the file: the user "
        "was changed since, or it is not the one that is meant; "
        "nothing was changed");
    return finish(task, STATUS_CONFLICT);
}

/* An update of this task was applied at that time, or is sent ("");
 * task->shared is what the user has in common with others then. */
static void note_own_write(struct user_task *task, const char *time)
{
    struct state before = {task->sent.last_modified, task->sent.shared};
    struct state after = {time, task->shared};

    if (task->environment->own_writes)
        own_writes_add(task->environment->own_writes, before, after);
}

static enum task_step update(struct user_task *task,
                             struct http_request *request)
{
    const struct service *service = task->service;
    struct outcome *outcome = &task->outcome;

    service->user_stamps(task->user, task->sent.stamps);
    memcpy(task->sent.last_modified, outcome->last_modified,
           sizeof(task->sent.last_modified));
    task->sent.shared = task->shared;
    task->sent.changed = outcome->changed;
    if (service->idempotent)
        guid_make(task->environment->context->random, task->sent.request_id);
    task->again = false;
    if (merge_apply(&task->merge, service, task->user, outcome->changed))
        return stop_memory(task);
    if (task->environment->own_writes)
        task->shared = task->merged = merge_hash_shared(service, task->user);
    /* Its answer can come after that of another user's fetch. */
    note_own_write(task, "");
    return send_update(task, request);
}

/* Reading back has shown that the update was applied. What somebody else may
 * have written since then is not ours. */
static enum task_step finish_applied(struct user_task *task)
{
    if (task->shared == task->merged)
        note_own_write(task, task->outcome.last_modified);
    task->outcome.changed = task->sent.changed;
    task->outcome.read_back = true;
    return finish(task, STATUS_UPDATED);
}

/* Somebody wrote the user between each of our fetches and updates. */
static enum task_step finish_contested(struct user_task *task)
{
    const struct api_error *refusal = &task->refusal;
    bool named = refusal->action == API_ERROR_STALE && *refusal->name;
    const char *name = named ? refusal->name : task->service->stale_error;

    task->outcome.changed = 0;
    api_error_set_local(
        &task->outcome.last, name,
        "somebody else writes this user again and again; its rows "
        "were not applied");
    task->outcome.retryable = true;
    return finish(task, STATUS_CONFLICT);
}

/* What follows from the user, as far as it is not asked what became of an
 * earlier update. */
static enum task_step compare(struct user_task *task,
                              struct http_request *request)
{
    struct outcome *outcome = &task->outcome;

    if (!guards_hold(task))
        return conflict(task);
    outcome->changed = merge_differences(&task->merge, task->service,
                                         task->user, MERGE_CHANGES);
    if (!outcome->changed)
        return finish(task, STATUS_UNCHANGED);
    if (task->environment->mode == MODE_DRY_RUN)
        return finish(task, STATUS_WOULD_UPDATE);
    return update(task, request);
}

/* The service knows the update by its request id. What GetUser returns shows
 * that it was applied; where it does not, or can't, the same is sent again. */
static enum task_step send_again(struct user_task *task, bool same,
                                 struct http_request *request, int64_t now)
{
    const struct service *service = task->service;

    if (!merge_differences(&task->merge, service, task->user, MERGE_CHANGES))
        return finish_applied(task);
    if (task->refusal.action != API_ERROR_NONE &&
        decide(task, &task->refusal, task->retried) == RETRY_NOT) {
        if (same &&
            merge_differences(&task->merge, service, task->user, MERGE_LACKS))
            return finish_refused(task, now);
        task->outcome.last = task->refusal;
        return finish_fault(task, STATUS_UNKNOWN, now);
    }
    /* By an etag the service itself would refuse it, had somebody else written
     * the user. */
    if (!*task->sent.stamps && !guards_hold(task))
        return conflict(task);
    task->outcome.changed = task->sent.changed;
    if (merge_apply(&task->merge, service, task->user, task->sent.changed))
        return stop_memory(task);
    return send_update(task, request);
}

/* The user was fetched again because of an update that was sent before. */
static enum task_step compare_again(struct user_task *task,
                                    struct http_request *request, int64_t now)
{
    const struct service *service = task->service;
    char stamps[SERVICE_STAMPS_SIZE];
    bool same;

    service->user_stamps(task->user, stamps);
    same = strcmp(stamps, task->sent.stamps) == 0;
    if (service->idempotent && task->refusal.action != API_ERROR_STALE)
        return send_again(task, same, request, now);
    if (same && task->refusal.column) {
        if (task->refusal.action == API_ERROR_THROTTLE &&
            task->busy++ < MAX_BUSY)
            return compare(task, request);
        api_error_blame_value(&task->refusal);
        return finish_refused(task, now);
    }
    /* So the last update was not applied. That reading back took several
     * calls, in an outage, is no reason to give it up. */
    if (same && task->refusal.action != API_ERROR_STALE) {
        if (task->refusal.action != API_ERROR_NONE &&
            decide(task, &task->refusal, task->retried) == RETRY_NOT)
            return finish_refused(task, now);
        return compare(task, request);
    }
    if (!same && task->question == ASK_IF_APPLIED &&
        !merge_differences(&task->merge, service, task->user, MERGE_CHANGES))
        return finish_applied(task);
    if (++task->merges > MAX_MERGES)
        return finish_contested(task);
    return compare(task, request);
}

static enum task_step take_user(struct user_task *task,
                                const struct http_response *response,
                                struct http_request *request, int64_t now)
{
    const struct service *service = task->service;

    service->user_free(task->user);
    task->user = NULL;
    if (service->parse_get(task->environment->context, response,
                           task->group->key, &task->user,
                           &task->outcome.last)) {
        mask(task);
        note_call(task, now);
        return take_get_fault(task, response, now);
    }
    note_call(task, now);
    service->user_last_modified(task->user, task->outcome.last_modified);
    if (task->environment->own_writes)
        task->shared = merge_hash_shared(service, task->user);
    if (task->environment->mode == MODE_EXPORT)
        return export_user(task);
    if (task->environment->mode == MODE_RECONCILE)
        return reconcile(task);
    if (task->sent.changed)
        return compare_again(task, request, now);
    return compare(task, request);
}

static enum task_step take_update(struct user_task *task,
                                  const struct http_response *response,
                                  int64_t now)
{
    struct outcome *outcome = &task->outcome;
    char time[SERVICE_TIME_SIZE];

    if (task->service->parse_update(task->environment->context, response,
                                    task->group->key, time, &outcome->last)) {
        mask(task);
        note_call(task, now);
        return take_update_fault(task, response, now);
    }
    note_call(task, now);
    note_own_write(task, time);
    memcpy(outcome->last_modified, time, sizeof(time));
    return finish(task, STATUS_UPDATED);
}

enum task_step user_task_answer(struct user_task *task,
                                const struct http_response *response,
                                struct http_request *request, int64_t now)
{
    task->called = task->state;
    task->outcome.attempts += response->sends ? response->sends : 1;
    if (task->state == TASK_FETCHING)
        return take_user(task, response, request, now);
    assert(task->state == TASK_UPDATING);
    return take_update(task, response, now);
}

bool user_task_abandon(struct user_task *task)
{
    if (!task->doubted && task->state != TASK_UPDATING)
        return false;
    api_error_set_local(
        &task->outcome.last, "RunStopped",
        "the run was stopped before it was known what became of "
        "the update");
    task->outcome.retryable = true;
    task->outcome.changed = 0;
    (void)finish(task, STATUS_UNKNOWN);
    return true;
}
