#include "user/task_failure.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "user/circuit_breaker.h"
#include "user/failure_summary.h"
#include "user/task_step.h"

/* Milliseconds to wait before reading back after a time-out: the service may
 * still be applying the update. */
#define LATE_UPDATE 1000

/* ---- final failures ----------------------------------------------------- */

/* Appends a summary of all failures to the message of the last one. */
static void add_summary(struct user_task *task, int64_t now)
{
    struct api_error *api_error = &task->result.outcome.last;
    size_t len = strlen(api_error->text);
    char summary[160];

    failure_summary_describe(&task->progress->failures, now, summary,
                             sizeof(summary));
    if (*summary)
        (void)snprintf(api_error->text + len, sizeof(api_error->text) - len,
                       "%s%s", len ? "; all failures: " : "", summary);
}

enum task_step task_failure_finish(struct user_task *task, enum status status,
                                   int64_t now)
{
    struct outcome *outcome = &task->result.outcome;

    outcome->retryable =
        status == STATUS_UNKNOWN || retry_may_help(&outcome->last);
    outcome->changed = 0;
    add_summary(task, now);
    return task_step_finish(task, status);
}

enum task_step task_failure_finish_update(struct user_task *task, int64_t now)
{
    const struct service *service = task->progress->service;
    const struct api_error *api_error = &task->progress->update_error;
    struct outcome *outcome = &task->result.outcome;

    outcome->last = *api_error;
    for (unsigned i = 0; i < service->column_count; i++)
        if (api_error->column && (task->sent.changed & column_bit(i)) &&
            strcmp(service->columns[i].name, api_error->column) == 0)
            outcome->field = service->columns[i].name;
    return task_failure_finish(task, STATUS_FAILED, now);
}

/* ---- retries ------------------------------------------------------------ */

void task_failure_note_call(struct user_task *task, int64_t now)
{
    struct task_progress *progress = task->progress;
    struct circuit_breaker *breaker = progress->environment->breaker;
    const struct api_error *api_error = &task->result.outcome.last;
    enum circuit_call call =
        task->last_call == TASK_FETCHING ? CIRCUIT_GET : CIRCUIT_UPDATE;

    switch (api_error->action) {
    case API_ERROR_NONE:
    case API_ERROR_FAIL:
        circuit_breaker_success(breaker, call);
        return;
    case API_ERROR_STALE:
        circuit_breaker_success(breaker, call);
        break;
    case API_ERROR_RETRY:
        if (progress->retries++ == 0)
            progress->successes = breaker->successes;
        if (api_error->one_user)
            circuit_breaker_success(breaker, call);
        else
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
    failure_summary_add(&progress->failures, api_error, now);
}

enum retry_verdict task_failure_decide(const struct user_task *task,
                                       const struct api_error *api_error,
                                       unsigned retries)
{
    const struct task_environment *environment = task->progress->environment;
    const struct circuit_breaker *breaker = environment->breaker;
    /* A success after this task's first failure may have been the last one
     * before an outage, so the circuit breaker must be closed, too. */
    bool alive = breaker->successes > task->progress->successes &&
                 circuit_breaker_is_closed(breaker);

    return retry_decide(api_error, retries, environment->retries, alive);
}

static int64_t random_delay(const struct user_task *task, unsigned failures,
                            int64_t retry_after)
{
    const struct random *random = task->progress->environment->context->random;

    return retry_delay(failures, retry_after,
                       (uint32_t)random_up_to(random, UINT32_MAX));
}

/* Waits before the failed call is made again. */
static enum task_step wait_for_retry(struct user_task *task,
                                     enum task_state resume,
                                     enum retry_verdict verdict,
                                     int64_t retry_after)
{
    struct task_progress *progress = task->progress;

    if (verdict != RETRY_LATER)
        return task_step_wait(task, resume, 0);
    circuit_breaker_take_retry(progress->environment->breaker);
    return task_step_wait(task, resume,
                          random_delay(task, progress->retries, retry_after));
}

enum task_step task_failure_of_get(struct user_task *task,
                                   const struct http_response *response,
                                   int64_t now)
{
    struct task_progress *progress = task->progress;
    enum retry_verdict verdict = task_failure_decide(
        task, &task->result.outcome.last, progress->retries);

    if (verdict == RETRY_STOP)
        return task_step_stop(task);
    if (verdict != RETRY_NOT)
        return wait_for_retry(task, TASK_FETCHING, verdict,
                              response->retry_after);
    if (progress->question == ASK_IF_APPLIED)
        return task_failure_finish(task, STATUS_UNKNOWN, now);
    if (progress->question == ASK_WHO_WROTE)
        return task_failure_finish_update(task, now);
    return task_failure_finish(task, STATUS_FAILED, now);
}

/* Fetches the user again, after the delay that follows so many failures. */
static enum task_step ask(struct user_task *task, enum task_question question,
                          unsigned failures, int64_t retry_after)
{
    struct task_progress *progress = task->progress;

    if (progress->outcome_unknown || progress->repeated)
        question = ASK_IF_APPLIED;
    progress->question = question;
    return task_step_wait(task, TASK_FETCHING,
                          random_delay(task, failures, retry_after));
}

enum task_step task_failure_of_update(struct user_task *task,
                                      const struct http_response *response,
                                      int64_t now)
{
    struct task_progress *progress = task->progress;
    const struct api_error *api_error = &task->result.outcome.last;
    enum retry_verdict verdict =
        task_failure_decide(task, api_error, progress->retries);

    progress->update_error = *api_error;
    progress->update_retries = progress->retries;
    if (api_error->column)
        return ask(task, ASK_WHO_WROTE,
                   progress->merges + progress->ambiguous + 1, -1);
    if (api_error->action == API_ERROR_STALE)
        return ask(task, ASK_WHAT_CHANGES, progress->merges + 1, -1);
    if (verdict == RETRY_STOP)
        return task_step_stop(task);
    if (!api_error->not_applied) {
        progress->outcome_unknown = true;
        if (verdict == RETRY_LATER)
            circuit_breaker_take_retry(progress->environment->breaker);
        return ask(task, ASK_IF_APPLIED, progress->retries,
                   response->failure == HTTP_TIMED_OUT ? LATE_UPDATE
                                                       : response->retry_after);
    }
    if (verdict == RETRY_NOT)
        return task_failure_finish_update(task, now);
    progress->repeated = true;
    return wait_for_retry(task, TASK_UPDATING, verdict, response->retry_after);
}
