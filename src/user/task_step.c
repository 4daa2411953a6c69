#include "user/task_step.h"

#include <assert.h>

bool task_progress_is_settled(const struct task_progress *progress, int64_t now)
{
    return now - progress->update_end >= progress->environment->settle;
}

enum circuit_call task_call_in(enum task_state state)
{
    return state == TASK_UPDATING ? CIRCUIT_UPDATE : CIRCUIT_GET;
}

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

/* Has a call that was sent after this task's last failure shown that the
 * service works? For an update, reading a user does. */
static bool service_works(const struct user_task *task, enum circuit_call call)
{
    const struct task_progress *progress = task->progress;
    const struct circuit_breaker *breaker = progress->environment->breaker;
    uint64_t failed = progress->calls[call].failed;

    return !progress->calls[call].fails ||
           circuit_breaker_passed(breaker, call, failed) ||
           circuit_breaker_passed(breaker, CIRCUIT_GET, failed);
}

enum task_step task_step_send(struct user_task *task, enum task_state state)
{
    enum circuit_call call = task_call_in(state);

    task->progress->sent_after =
        circuit_breaker_failures(task->progress->environment->breaker);
    task->progress->calls[call].works = service_works(task, call);
    set_state(task, state);
    return TASK_SEND;
}

enum task_step task_step_wait(struct user_task *task, enum task_state resume,
                              int64_t delay)
{
    task->progress->resume = resume;
    task->delay = delay;
    set_state(task, TASK_WAITING);
    return TASK_WAIT;
}

enum task_step task_step_read_later(struct user_task *task, int64_t since,
                                    int64_t now)
{
    struct task_progress *progress = task->progress;
    int64_t left = since + progress->environment->settle - now;
    int64_t soon = progress->environment->settle / 8;

    if (progress->later_reads++ == 0 && soon < left)
        left = soon;
    return task_step_wait(task, TASK_FETCHING, left > 0 ? left : 0);
}

enum task_step task_step_finish(struct user_task *task, enum status status)
{
    task->result.outcome.status = status;
    set_state(task, TASK_DONE);
    return TASK_FINISH;
}

enum task_step task_step_fail(struct user_task *task, const char *name,
                              const char *text)
{
    struct outcome *outcome = &task->result.outcome;

    api_error_set_local(&outcome->last, name, text);
    outcome->changed = 0;
    return task_step_finish(task, STATUS_FAILED);
}

enum task_step task_step_stop(struct user_task *task)
{
    struct outcome *outcome = &task->result.outcome;
    bool unknown = task->progress->outcome_unknown ||
                   (task->state == TASK_UPDATING && !outcome->last.not_applied);

    outcome->changed = 0;
    outcome->retryable = true;
    (void)task_step_finish(task, unknown ? STATUS_UNKNOWN : STATUS_FAILED);
    return TASK_STOP;
}

enum task_step task_step_stop_memory(struct user_task *task)
{
    api_error_set_memory(&task->result.outcome.last);
    return task_step_stop(task);
}
