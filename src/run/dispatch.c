#include "run/dispatch.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "run/dispatch_state.h"

/* How often the calls of one user may be refused for their token, each time
 * with a newer one, while others succeed. */
#define MAX_SIGN_INS 3

#define AT_ONCE_PAUSE 500 /* milliseconds after too many calls at once */

/* ---- the queue of tasks that wait for their turn ------------------------ */

static void put_ready(struct dispatch *dispatch, struct user_task *task)
{
    task->schedule.next = NULL;
    if (dispatch->ready)
        dispatch->ready_last->schedule.next = task;
    else
        dispatch->ready = task;
    dispatch->ready_last = task;
}

static struct user_task *take_ready(struct dispatch *dispatch)
{
    struct user_task *task = dispatch->ready;

    if (task)
        dispatch->ready = task->schedule.next;
    return task;
}

/* ---- calls out ---------------------------------------------------------- */

/* May a user's call be sent now? */
static bool may_send(const struct dispatch *dispatch)
{
    return dispatch->in_flight < dispatch->slots &&
           auth_is_ready(dispatch->auth, dispatch_now_ms(dispatch)) &&
           rate_limiter_wait(dispatch->limiter, dispatch->now) == 0 &&
           circuit_breaker_wait(&dispatch->breaker, dispatch->in_flight,
                                dispatch_now_ms(dispatch)) == 0;
}

/* A resumed run must know of the update, whose outcome is unknown. */
static int put_intent(struct dispatch *dispatch, const struct user_task *task)
{
    struct shared_state before = {task->sent.last_modified, task->sent.shared};
    struct shared_state after = {"", task->shared};

    if (!dispatch->recovery)
        return 0;
    if (dispatch->environment.own_writes &&
        recovery_put_own_write(dispatch->recovery, before, after))
        return -1;
    return recovery_put_intent(dispatch->recovery, task->result.group,
                               &task->sent);
}

/* Nothing is sent before dispatch_wait(), so the intent is written before its
 * update is sent. */
static int send_call(struct dispatch *dispatch, struct transfer *transfer,
                     struct error *error)
{
    struct user_task *task = transfer->owner;

    if (task->state == TASK_UPDATING && put_intent(dispatch, task))
        return error_memory(error);
    task->schedule.token = auth_number(dispatch->auth);
    rate_limiter_sent(dispatch->limiter, dispatch->now);
    if (transport_send(dispatch->transport, transfer, error))
        return -1;
    dispatch->in_flight++;
    return 0;
}

static int release(struct dispatch *dispatch, struct user_task *task,
                   const struct error *why, struct error *error)
{
    dispatch->users--;
    return dispatch->setup.handler->released(dispatch->setup.context, task, why,
                                             error);
}

/* The task has no slot. */
static int put_aside(struct dispatch *dispatch, struct user_task *task,
                     int64_t delay, struct error *error)
{
    if (dispatch->draining)
        return release(dispatch, task, NULL, error);
    if (delay == 0) {
        put_ready(dispatch, task);
    } else {
        task->schedule.wake = dispatch_now_ms(dispatch) + delay;
        timer_heap_put(&dispatch->timers, task);
    }
    return 0;
}

static int stop_at(struct dispatch *dispatch, struct user_task *task,
                   struct error *error)
{
    struct error why;

    call_log_explain_stop(task, &why);
    return release(dispatch, task, &why, error);
}

/* A call is repeated. */
static int follow_wait(struct dispatch *dispatch, struct user_task *task,
                       struct error *error)
{
    int64_t delay = task->delay;

    if (task->result.outcome.last.action == API_ERROR_SIGN_IN &&
        (++task->schedule.sign_ins > MAX_SIGN_INS ||
         !auth_token_refused(dispatch->auth, task->schedule.token,
                             dispatch_now_ms(dispatch)))) {
        (void)user_task_refuse_sign_in(task);
        return stop_at(dispatch, task, error);
    }
    if (task->result.outcome.last.concurrency)
        delay = AT_ONCE_PAUSE;
    call_log_retry(dispatch->setup.log, task, delay,
                   rate_limiter_per_minute(dispatch->limiter));
    dispatch->setup.tally->retries++;
    return put_aside(dispatch, task, delay, error);
}

/* Does what a task asks for. Until then the transfer is the task's. */
static int follow(struct dispatch *dispatch, struct transfer *transfer,
                  enum task_step step, struct error *error)
{
    struct user_task *task = transfer->owner;
    struct error ignored;

    if (step == TASK_SEND && may_send(dispatch)) {
        if (send_call(dispatch, transfer, error) == 0)
            return 0;
        transport_release(dispatch->transport, transfer);
        (void)release(dispatch, task, NULL, &ignored);
        return -1;
    }
    transport_release(dispatch->transport, transfer);
    switch (step) {
    case TASK_SEND:
        user_task_defer(task);
        return put_aside(dispatch, task, 0, error);
    case TASK_WAIT:
        return follow_wait(dispatch, task, error);
    case TASK_STOP:
        return stop_at(dispatch, task, error);
    case TASK_FINISH:
        break;
    }
    dispatch->users--;
    return dispatch->setup.handler->done(dispatch->setup.context, task, error);
}

/* Tasks that have waited long enough are sent before new users. */
static int send_ready(struct dispatch *dispatch, struct error *error)
{
    struct user_task *task;

    while ((task = timer_heap_first(&dispatch->timers)) &&
           task->schedule.wake <= dispatch_now_ms(dispatch))
        put_ready(dispatch, timer_heap_take(&dispatch->timers));
    while (dispatch->ready && may_send(dispatch)) {
        struct transfer *transfer = transport_take(dispatch->transport);

        if (!transfer)
            return 0;
        task = take_ready(dispatch);
        transfer->owner = task;
        if (follow(dispatch, transfer,
                   user_task_resume(task, &transfer->request), error))
            return -1;
    }
    return 0;
}

/* Has no call succeeded for too long? */
static int check_give_up(const struct dispatch *dispatch, struct error *error)
{
    int64_t paused = rate_limiter_pause_end(dispatch->limiter) / 1000;

    if (!circuit_breaker_should_give_up(&dispatch->breaker, paused,
                                        dispatch_now_ms(dispatch)))
        return 0;
    return error_set(error, ERROR_STOPPED,
                     "no call has succeeded for %g min (--give-up); the last "
                     "failure: %s",
                     (double)dispatch->options->give_up / 60000,
                     dispatch->last_failure);
}

int dispatch_turn(struct dispatch *dispatch, struct error *error)
{
    dispatch->now = clock_us(dispatch->setup.platform->clock);
    if (check_give_up(dispatch, error) || token_call_start(dispatch, error))
        return -1;
    return send_ready(dispatch, error);
}

bool dispatch_has_room(const struct dispatch *dispatch)
{
    return !dispatch->draining && !dispatch->ready &&
           dispatch->users - dispatch->in_flight < MAX_WAITING &&
           may_send(dispatch);
}

int dispatch_begin(struct dispatch *dispatch, struct group *group,
                   struct error *error)
{
    struct user_task *task = user_task_new(&dispatch->environment, group);
    struct transfer *transfer;

    if (!task)
        return error_memory(error);
    transfer = transport_take(dispatch->transport);
    assert(transfer); /* there was room */
    dispatch->now = clock_us(dispatch->setup.platform->clock);
    dispatch->users++;
    transfer->owner = task;
    return follow(dispatch, transfer, user_task_start(task, &transfer->request),
                  error);
}

/* ---- responses in ---------------------------------------------------------
 */

/* After a refusal, one call at once less than were in flight. One more after as
 * many calls were accepted. */
static void adapt_slots(struct dispatch *dispatch, bool refused)
{
    if (refused) {
        if (dispatch->in_flight < dispatch->slots)
            dispatch->slots = dispatch->in_flight ? dispatch->in_flight : 1;
        dispatch->accepted = 0;
    } else if (dispatch->slots < dispatch->options->concurrency &&
               ++dispatch->accepted > dispatch->slots) {
        dispatch->slots++;
        dispatch->accepted = 0;
    }
}

/* Adapts rate limiter, slots and sign-in to a response. A number that may mean
 * an invalid value says nothing about the rate. */
static void learn(struct dispatch *dispatch, const struct user_task *task,
                  int64_t retry_after)
{
    const struct api_error *api_error = &task->result.outcome.last;
    bool at_once = api_error->concurrency;

    adapt_slots(dispatch, at_once);
    if (api_error->action == API_ERROR_THROTTLE && !at_once &&
        !api_error->column)
        (void)rate_limiter_throttled(dispatch->limiter, dispatch->now,
                                     retry_after < 0 ? -1 : retry_after * 1000);
    else
        rate_limiter_accepted(dispatch->limiter, dispatch->now);
    if (api_error->action == API_ERROR_RETRY ||
        api_error->action == API_ERROR_THROTTLE)
        call_log_format_failure(dispatch->last_failure, task->result.group->key,
                                api_error->name, api_error->text);
    else if (api_error->action != API_ERROR_SIGN_IN)
        auth_token_accepted(dispatch->auth, task->schedule.token);
}

static int take_response(struct dispatch *dispatch, struct transfer *transfer,
                         struct error *error)
{
    struct user_task *task = transfer->owner;
    int64_t retry_after = transfer->response.retry_after;
    unsigned sends = transfer->response.sends;
    bool closed = circuit_breaker_is_closed(&dispatch->breaker);
    enum task_step step;

    dispatch->in_flight--;
    dispatch->setup.tally->calls += sends ? sends : 1;
    step =
        user_task_take_response(task, &transfer->response, &transfer->request,
                                dispatch_now_ms(dispatch));
    learn(dispatch, task, retry_after);
    if (closed != circuit_breaker_is_closed(&dispatch->breaker))
        log_event(dispatch->setup.log, LOG_LEVEL_WARN,
                  closed ? "circuit-open" : "circuit-closed", 0,
                  closed ? dispatch->last_failure
                         : "the service responds again");
    return follow(dispatch, transfer, step, error);
}

/* The longer of two waits; -1: for ever. */
static int64_t both(int64_t wait, int64_t other)
{
    if (wait < 0 || other < 0)
        return -1;
    return wait > other ? wait : other;
}

/* Milliseconds until the dispatch has something to do, at most so many. */
static int wait_time(const struct dispatch *dispatch, int milliseconds)
{
    const struct user_task *first = timer_heap_first(&dispatch->timers);
    int64_t now = dispatch_now_ms(dispatch);
    int64_t limiter =
        (rate_limiter_wait(dispatch->limiter, dispatch->now) + 999) / 1000;
    int64_t breaker =
        circuit_breaker_wait(&dispatch->breaker, dispatch->in_flight, now);
    /* New users wait for both; 0: not at all. */
    int64_t turn = both(limiter, breaker);
    int64_t waits[] = {
        token_call_wait(dispatch, limiter),
        turn > 0 ? turn : -1,
        !first                       ? -1
        : first->schedule.wake > now ? first->schedule.wake - now
                                     : 0,
    };

    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
        if (waits[i] >= 0 && waits[i] < milliseconds)
            milliseconds = (int)waits[i];
    return milliseconds;
}

int dispatch_wait(struct dispatch *dispatch, struct pollfd *fds, unsigned count,
                  int milliseconds, struct error *error)
{
    struct transfer *transfer;

    dispatch->now = clock_us(dispatch->setup.platform->clock);
    if (recovery_flush(dispatch->recovery, dispatch_now_ms(dispatch), error) ||
        log_flush(dispatch->setup.log, error) ||
        transport_wait(dispatch->transport, fds, count,
                       wait_time(dispatch, milliseconds), error))
        return -1;
    dispatch->now = clock_us(dispatch->setup.platform->clock);
    while ((transfer = transport_next(dispatch->transport))) {
        int result = transfer == dispatch->token_call
                         ? token_call_take_response(dispatch, transfer, error)
                         : take_response(dispatch, transfer, error);

        if (result)
            return -1;
    }
    return 0;
}

/* ---- the end ------------------------------------------------------------ */

int dispatch_drain(struct dispatch *dispatch, struct error *error)
{
    struct user_task *task;
    struct error ignored;
    int result = 0;

    dispatch->draining = true;
    while ((task = take_ready(dispatch)) ||
           (task = timer_heap_take(&dispatch->timers)))
        if (release(dispatch, task, NULL, result ? &ignored : error))
            result = -1;
    return result;
}

void dispatch_abandon(struct dispatch *dispatch)
{
    struct transfer *transfer;
    struct error ignored;

    (void)dispatch_drain(dispatch, &ignored);
    while ((transfer = transport_abandon(dispatch->transport))) {
        if (transfer == dispatch->token_call) {
            dispatch->token_call = NULL;
            continue;
        }
        dispatch->in_flight--;
        (void)release(dispatch, transfer->owner, NULL, &ignored);
    }
}
