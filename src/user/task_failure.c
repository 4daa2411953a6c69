#include "user/task_failure.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "user/circuit_breaker.h"
#include "user/failure_summary.h"
#include "user/task_guards.h"
#include "user/task_step.h"

/* Milliseconds to wait before reading back after a time-out: the service may
 * still be applying the update. */
#define LATE_UPDATE 1000

/* After so many refusals of the token the delay does not grow any more: it is
 * known soon whether the run must stop. */
#define MAX_SLOWED 3

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

static void note_success(struct user_task *task, enum circuit_call call)
{
    circuit_breaker_success(task->progress->environment->breaker, call,
                            task->progress->sent_after);
    if (task->progress->calls[call].fails)
        task->progress->counts.refusals = 0;
    task->progress->calls[call].fails = false;
}

static void note_failure(struct user_task *task, enum circuit_call call,
                         int64_t now)
{
    struct task_progress *progress = task->progress;
    struct circuit_breaker *breaker = progress->environment->breaker;

    retry_count(&progress->counts, &task->result.outcome.last, now);
    circuit_breaker_failure(breaker, call, now);
    if (!progress->calls[call].fails)
        progress->calls[call].successes =
            circuit_breaker_successes(breaker, call);
    progress->calls[call].fails = true;
    progress->calls[call].failed = circuit_breaker_failures(breaker);
}

void task_failure_note_call(struct user_task *task, int64_t now)
{
    const struct api_error *api_error = &task->result.outcome.last;
    struct circuit_breaker *breaker = task->progress->environment->breaker;
    enum circuit_call call = task_call_in(task->last_call);

    switch (api_error->action) {
    case API_ERROR_NONE:
    case API_ERROR_FAIL:
        note_success(task, call);
        return;
    case API_ERROR_STALE:
        note_success(task, call);
        break;
    case API_ERROR_RETRY:
        note_failure(task, call, now);
        /* The service works, although not for this user. */
        if (api_error->one_user)
            circuit_breaker_success(breaker, call,
                                    task->progress->calls[call].failed);
        break;
    case API_ERROR_UNEXPECTED:
    case API_ERROR_THROTTLE:
    case API_ERROR_SIGN_IN:
        note_failure(task, call, now);
        break;
    case API_ERROR_ACCOUNT:
    case API_ERROR_STOP:
    case API_ERROR_MEMORY:
        return;
    }
    failure_summary_add(&task->progress->failures, api_error, now);
}

static enum retry_others others_of(const struct user_task *task,
                                   enum circuit_call call)
{
    const struct task_progress *progress = task->progress;
    const struct circuit_breaker *breaker = progress->environment->breaker;

    if (circuit_breaker_has_given_up(breaker, call))
        return RETRY_GIVEN_UP;
    return circuit_breaker_successes(breaker, call) >
                       progress->calls[call].successes &&
                   (progress->calls[call].works ||
                    task->result.outcome.last.one_user) &&
                   circuit_breaker_is_closed(breaker, call)
               ? RETRY_OTHERS_PASS
               : RETRY_OTHERS_UNKNOWN;
}

/* What follows from the last call, which failed. */
static enum retry_verdict decide(const struct user_task *task,
                                 enum circuit_call call)
{
    const struct task_progress *progress = task->progress;

    return retry_decide(&task->result.outcome.last, &progress->counts,
                        &progress->environment->limits, others_of(task, call));
}

static int64_t random_delay(const struct user_task *task, unsigned failures,
                            int64_t retry_after)
{
    const struct random *random = task->progress->environment->context->random;

    return retry_delay(failures, retry_after,
                       (uint32_t)random_up_to(random, UINT32_MAX));
}

/* The failures by which the delay before the next call grows. */
static unsigned count_failures(const struct user_task *task)
{
    const struct retry_counts *counts = &task->progress->counts;

    return counts->failures + counts->unexpected;
}

/* The failed call will be made again: takes a retry, and asks for a proof that
 * others pass if the next failure depends on it. */
static void plan_retry(struct user_task *task, enum circuit_call call)
{
    const struct task_progress *progress = task->progress;
    const struct api_error *api_error = &task->result.outcome.last;
    struct circuit_breaker *breaker = progress->environment->breaker;
    enum retry_others others;
    bool reads_back = task->last_call == TASK_UPDATING &&
                      (call == CIRCUIT_GET || progress->outcome_unknown);

    if (api_error->action != API_ERROR_THROTTLE)
        circuit_breaker_take_retry(breaker, call);
    others = others_of(task, call);
    /* If others have passed, reading back shows whether they still do. */
    if ((!reads_back || others == RETRY_OTHERS_UNKNOWN) &&
        retry_needs_proof(api_error, &progress->counts,
                          &progress->environment->limits, others))
        circuit_breaker_want_proof(breaker);
}

/* Waits before the failed call is made again. */
static enum task_step wait_for_retry(struct user_task *task,
                                     enum task_state resume,
                                     enum retry_verdict verdict,
                                     int64_t retry_after)
{
    const struct retry_counts *counts = &task->progress->counts;
    unsigned refusals = counts->refusals;
    int64_t delay = 0;

    plan_retry(task, task_call_in(resume));
    if (verdict == RETRY_LATER)
        delay = random_delay(task, count_failures(task), retry_after);
    else if (verdict == RETRY_THROTTLED)
        delay = random_delay(task, counts->throttled, retry_after);
    else if (verdict == RETRY_SIGN_IN && refusals > 1)
        delay = random_delay(task,
                             refusals < MAX_SLOWED ? refusals : MAX_SLOWED, -1);
    return task_step_wait(task, resume, delay);
}

enum task_step task_failure_of_get(struct user_task *task,
                                   const struct http_response *response,
                                   int64_t now)
{
    struct task_progress *progress = task->progress;
    enum retry_verdict verdict = decide(task, CIRCUIT_GET);

    if (verdict == RETRY_STOP)
        return task_step_stop(task);
    if (verdict != RETRY_NOT)
        return wait_for_retry(task, TASK_FETCHING, verdict,
                              response->retry_after);
    if (progress->question == ASK_IF_APPLIED) {
        if (progress->update_end < 0)
            progress->update_end = now;
        if (!task_progress_is_settled(progress, now))
            return task_step_read_later(task, progress->update_end, now);
        return task_failure_finish(task, STATUS_UNKNOWN, now);
    }
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

/* The update was refused before it was processed, and is sent again. */
static enum task_step repeat_update(struct user_task *task,
                                    enum retry_verdict verdict,
                                    int64_t retry_after)
{
    struct task_progress *progress = task->progress;

    progress->repeated = true;
    if (!task_guards_alone(task))
        return wait_for_retry(task, TASK_UPDATING, verdict, retry_after);
    progress->question =
        progress->outcome_unknown ? ASK_IF_APPLIED : ASK_WHAT_CHANGES;
    return wait_for_retry(task, TASK_FETCHING, verdict, retry_after);
}

enum task_step task_failure_of_update(struct user_task *task,
                                      const struct http_response *response,
                                      int64_t now)
{
    struct task_progress *progress = task->progress;
    const struct api_error *api_error = &task->result.outcome.last;
    enum retry_verdict verdict;

    progress->update_error = *api_error;
    progress->update_end = now;
    progress->later_reads = 0;
    verdict = decide(task, CIRCUIT_UPDATE);
    progress->update_final = verdict == RETRY_NOT;
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
            plan_retry(task, CIRCUIT_UPDATE);
        return ask(task, ASK_IF_APPLIED, count_failures(task),
                   response->failure == HTTP_TIMED_OUT ? LATE_UPDATE
                                                       : response->retry_after);
    }
    if (verdict != RETRY_NOT)
        return repeat_update(task, verdict, response->retry_after);
    if (progress->outcome_unknown)
        return ask(task, ASK_IF_APPLIED, count_failures(task), -1);
    return task_failure_finish_update(task, now);
}
