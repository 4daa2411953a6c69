#include "dispatch/dispatch_state.h"

#include <assert.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/fnv1a.h"

/* ---- the queue of tasks that wait for their turn ------------------------ */

static void put_ready(struct dispatch *dispatch, struct user_task *task)
{
    struct task_queue *queue =
        &dispatch->ready[user_task_resumes_with_update(task) ? CIRCUIT_UPDATE
                                                             : CIRCUIT_GET];

    task->schedule.next = NULL;
    if (queue->first)
        queue->last->schedule.next = task;
    else
        queue->first = task;
    queue->last = task;
}

static struct user_task *take_ready(struct dispatch *dispatch,
                                    enum circuit_call call)
{
    struct task_queue *queue = &dispatch->ready[call];
    struct user_task *task = queue->first;

    if (task)
        queue->first = task->schedule.next;
    return task;
}

/* ---- calls out ---------------------------------------------------------- */

struct call_owner dispatch_owner_of(const char *key)
{
    struct key_parts parts = service_split_key(key);
    struct call_owner owner = {.user = fnv1a_hash(key)};
    char tenant[SERVICE_KEY_SIZE];

    if (!parts.tenant)
        return owner;
    (void)snprintf(tenant, sizeof(tenant), "%.*s", (int)parts.tenant_len,
                   parts.tenant);
    owner.tenant = fnv1a_hash(tenant);
    return owner;
}

/* Milliseconds until a call of the task's tenant may be sent. */
static int64_t tenant_wait(const struct dispatch *dispatch,
                           const struct user_task *task)
{
    int64_t wait = rate_limiter_tenant_wait(
        dispatch->limiter, task->schedule.owner.tenant, dispatch->now);

    return (wait + 999) / 1000;
}

bool dispatch_may_send(const struct dispatch *dispatch, enum circuit_call call)
{
    return auth_is_ready(dispatch->auth, dispatch_now_ms(dispatch)) &&
           rate_limiter_wait(dispatch->limiter, operation_of(call),
                             dispatch->now) == 0 &&
           circuit_breaker_wait(&dispatch->breaker, call, dispatch->calls[call],
                                dispatch_now_ms(dispatch)) == 0;
}

bool dispatch_may_send_task(const struct dispatch *dispatch,
                            enum circuit_call call)
{
    if (probe_call_is_urgent(dispatch) ||
        (auth_is_in_doubt(dispatch->auth) && dispatch_calls(dispatch) > 0))
        return false;
    return dispatch_may_send(dispatch, call);
}

static void count_calls(struct dispatch *dispatch, enum circuit_call call,
                        unsigned count)
{
    struct tally *tally = dispatch->setup.tally;

    tally->calls += count;
    if (call == CIRCUIT_UPDATE)
        tally->calls_by.update += count;
    else
        tally->calls_by.get += count;
}

/* The calls that were queued have been sent. Those of the end are not: see
 * dispatch_abandon(). */
static void count_queued(struct dispatch *dispatch)
{
    for (unsigned call = 0; call < CIRCUIT_TOKEN; call++) {
        count_calls(dispatch, call, dispatch->queued[call]);
        dispatch->queued[call] = 0;
    }
}

/* Counts a user who is sent their first update. */
static void note_update(struct dispatch *dispatch, struct user_task *task)
{
    if (!dispatch->setup.bounds || task->state != TASK_UPDATING ||
        task->schedule.counted)
        return;
    task->schedule.counted = true;
    bounds_note_update(dispatch->setup.bounds);
}

/* May the update of the task be sent, if that is its next call? */
static bool may_update(const struct dispatch *dispatch,
                       const struct user_task *task)
{
    return !dispatch->setup.bounds || task->state != TASK_UPDATING ||
           task->schedule.counted || bounds_admit(dispatch->setup.bounds);
}

/* If the run is killed, a resumed run must verify an update that was sent, and
 * its old values must be known. The refused rows of the group must have their
 * results, or else the resumed run makes groups of them that an undisturbed one
 * does not make. Nothing is sent before dispatch_wait(), so all is written
 * before. */
static int put_before_update(struct dispatch *dispatch, struct user_task *task,
                             struct error *error)
{
    const struct group *group = task->result.group;

    if (undo_put_update(dispatch->undo, task))
        return error_memory(error);
    if (group->refused && dispatch->setup.handler->put_refused(
                              dispatch->setup.context, task, error))
        return -1;
    return recovery_put_intent(dispatch->recovery, group, &task->sent)
               ? error_memory(error)
               : 0;
}

static int send_call(struct dispatch *dispatch, struct transfer *transfer,
                     struct error *error)
{
    struct user_task *task = transfer->owner;

    if (task->state == TASK_UPDATING &&
        put_before_update(dispatch, task, error))
        return -1;
    task->schedule.token = auth_number(dispatch->auth);
    transfer->limited.owner = task->schedule.owner;
    rate_limiter_sent(dispatch->limiter,
                      operation_of(task_call_in(task->state)), dispatch->now,
                      &transfer->limited);
    if (transport_send(dispatch->transport, transfer, error))
        return -1;
    note_update(dispatch, task);
    dispatch->queued[task_call_in(task->state)]++;
    dispatch->calls[task_call_in(task->state)]++;
    return 0;
}

/* Counts whether the last call of a user was throttled. */
static void note_throttled(struct dispatch *dispatch, struct user_task *task,
                           bool throttled)
{
    dispatch->throttled_users -= task->schedule.throttled;
    dispatch->throttled_users += throttled;
    task->schedule.throttled = throttled;
}

static void leave(struct dispatch *dispatch, struct user_task *task)
{
    note_throttled(dispatch, task, false);
    dispatch->users--;
}

static int release(struct dispatch *dispatch, struct user_task *task,
                   const struct error *why, struct error *error)
{
    leave(dispatch, task);
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

    call_log_explain_stop(task, dispatch->setup.credentials, &why);
    return release(dispatch, task, &why, error);
}

/* The token of a task's call was refused. The refusals of a user in a row prove
 * no more than the first one, except if no probe is possible. Calls in
 * flight may still show that others are accepted. */
static bool may_sign_in(struct dispatch *dispatch, const struct user_task *task)
{
    const char *key = task->result.group->key;
    bool counts =
        user_task_refusals(task) == 1 || !probe_is_possible(&dispatch->probe);

    if (task->schedule.token == auth_number(dispatch->auth)) {
        (void)snprintf(dispatch->refused, SERVICE_KEY_SIZE, "%s", key);
        dispatch->other_probes = 0; /* they are repeated */
    }
    return auth_token_refused(dispatch->auth, task->schedule.token,
                              counts ? AUTH_REFUSED_ONCE : AUTH_REFUSED_AGAIN,
                              dispatch_calls(dispatch) == 0 &&
                                  probe_call_refuses_all(dispatch),
                              dispatch_now_ms(dispatch));
}

/* A call is repeated. */
static int follow_wait(struct dispatch *dispatch, struct user_task *task,
                       struct error *error)
{
    int64_t delay = task->delay;
    bool refused = task->result.outcome.last.action == API_ERROR_SIGN_IN;
    struct error ignored;

    if (refused &&
        token_call_read_secrets(dispatch, task->schedule.token, error)) {
        (void)release(dispatch, task, NULL, &ignored);
        return -1;
    }
    if (refused && !may_sign_in(dispatch, task)) {
        (void)user_task_stop(task);
        return stop_at(dispatch, task, error);
    }
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
    int64_t wait = step == TASK_SEND ? tenant_wait(dispatch, task) : 0;
    struct error ignored;

    if (step == TASK_SEND && !may_update(dispatch, task)) {
        transport_release(dispatch->transport, transfer);
        user_task_defer(task);
        return release(dispatch, task, NULL, error);
    }
    if (step == TASK_SEND && wait == 0 &&
        dispatch_may_send_task(dispatch, task_call_in(task->state))) {
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
        return put_aside(dispatch, task, wait, error);
    case TASK_WAIT:
        return follow_wait(dispatch, task, error);
    case TASK_STOP:
        return stop_at(dispatch, task, error);
    case TASK_FINISH:
        break;
    }
    leave(dispatch, task);
    return dispatch->setup.handler->done(dispatch->setup.context, task, error);
}

/* Tasks that have waited long enough are sent before new users. */
static int send_ready(struct dispatch *dispatch, enum circuit_call call,
                      struct error *error)
{
    if (!turns_of_ready(dispatch, call))
        return 0;
    while (dispatch->ready[call].first &&
           dispatch_may_send_task(dispatch, call)) {
        struct transfer *transfer;
        struct user_task *task;
        int64_t wait = tenant_wait(dispatch, dispatch->ready[call].first);

        if (wait > 0) {
            if (put_aside(dispatch, take_ready(dispatch, call), wait, error))
                return -1;
            continue;
        }
        transfer = transport_take(dispatch->transport);
        if (!transfer)
            return 0;
        task = take_ready(dispatch, call);
        transfer->owner = task;
        if (follow(dispatch, transfer,
                   user_task_resume(task, &transfer->request,
                                    dispatch_now_ms(dispatch)),
                   error))
            return -1;
    }
    return 0;
}

static int send_waiting(struct dispatch *dispatch, struct error *error)
{
    struct user_task *task;

    while ((task = timer_heap_first(&dispatch->timers)) &&
           task->schedule.wake <= dispatch_now_ms(dispatch))
        put_ready(dispatch, timer_heap_take(&dispatch->timers));
    return send_ready(dispatch, CIRCUIT_UPDATE, error) ||
                   send_ready(dispatch, CIRCUIT_GET, error)
               ? -1
               : 0;
}

int dispatch_turn(struct dispatch *dispatch, struct error *error)
{
    dispatch->now = clock_us(dispatch->setup.platform->clock);
    if (dispatch_budget_turn(dispatch, error) ||
        health_check(dispatch, error) || token_call_start(dispatch, error) ||
        (probe_call_is_urgent(dispatch) && probe_call_start(dispatch, error)) ||
        probe_call_ask_other_tenant(dispatch, error))
        return -1;
    turns_take(dispatch);
    return send_waiting(dispatch, error);
}

bool dispatch_has_room(const struct dispatch *dispatch)
{
    if (recovery_is_finished(dispatch->recovery))
        return true; /* for rows, which have their results */
    return !dispatch->draining && turns_of_new(dispatch) &&
           dispatch->users - dispatch_in_flight(dispatch) < MAX_WAITING &&
           dispatch_may_send_task(dispatch, CIRCUIT_GET);
}

/* If nothing else can be sent, a probe finds out whether the service works. */
static int send_probe(struct dispatch *dispatch, struct error *error)
{
    if (!circuit_breaker_wants_proof(&dispatch->breaker) ||
        !dispatch->others_turn || dispatch_calls(dispatch) > 0)
        return 0;
    return probe_call_start(dispatch, error);
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
    task->schedule.owner = dispatch_owner_of(group->key);
    task->schedule.counted = group_was_sent(group);
    transfer->owner = task;
    return follow(dispatch, transfer, user_task_start(task, &transfer->request),
                  error);
}

/* ---- responses in ---------------------------------------------------------
 */

static int take_response(struct dispatch *dispatch, struct transfer *transfer,
                         struct error *error)
{
    struct user_task *task = transfer->owner;
    const struct api_error *last = &task->result.outcome.last;
    int64_t retry_after = transfer->response.retry_after;
    unsigned sends = transfer->response.sends;
    unsigned open = health_open_circuits(dispatch);
    enum circuit_call call = task_call_in(task->state);
    enum task_step step;
    struct error why;
    bool refused = dispatch_waits_check_start(dispatch, HTTP_SERVICE,
                                              &transfer->response, &why) != 0;

    dispatch_waits_note_response(dispatch, &transfer->response);
    dispatch->calls[call]--;
    if (sends > 1)
        count_calls(dispatch, call, sends - 1);
    step =
        user_task_take_response(task, &transfer->response, &transfer->request,
                                dispatch_now_ms(dispatch));
    note_throttled(dispatch, task, last->action == API_ERROR_THROTTLE);
    dispatch->setup.tally->calls_by.throttled +=
        last->action == API_ERROR_THROTTLE;
    health_learn(dispatch, call, task->result.group->key, task->schedule.token,
                 &transfer->limited, retry_after, last);
    if (last->action == API_ERROR_NONE && !task->result.group->list)
        probe_add_worked(&dispatch->probe, task->result.group->key);
    health_log_circuits(dispatch, open);
    if (refused) {
        (void)user_task_stop(task);
        transport_release(dispatch->transport, transfer);
        return release(dispatch, task, &why, error);
    }
    return follow(dispatch, transfer, step, error);
}

static int take_any_response(struct dispatch *dispatch,
                             struct transfer *transfer, struct error *error)
{
    if (transfer == dispatch->token_call)
        return token_call_take_response(dispatch, transfer, error);
    rate_limiter_connected(dispatch->limiter, &transfer->limited,
                           transfer->response.sent_at);
    if (transfer == dispatch->probe_call)
        return probe_call_take_response(dispatch, transfer, error);
    return take_response(dispatch, transfer, error);
}

int dispatch_wait(struct dispatch *dispatch, struct pollfd *fds, unsigned count,
                  int milliseconds, struct error *error)
{
    struct transfer *transfer;

    dispatch->now = clock_us(dispatch->setup.platform->clock);
    if (send_probe(dispatch, error) || undo_flush(dispatch->undo, error) ||
        plan_flush(dispatch->plan, error) ||
        recovery_flush(dispatch->recovery, dispatch_now_ms(dispatch), error) ||
        log_flush(dispatch->setup.log, error))
        return -1;
    dispatch->now = clock_us(dispatch->setup.platform->clock);
    if (dispatch_budget_transport_wait(
            dispatch, fds, count, turns_wait(dispatch, milliseconds), error))
        return -1;
    count_queued(dispatch);
    dispatch->now = clock_us(dispatch->setup.platform->clock);
    rate_limiter_flushed(dispatch->limiter, dispatch->now);
    while ((transfer = transport_next(dispatch->transport)))
        if (take_any_response(dispatch, transfer, error))
            return -1;
    return 0;
}

/* ---- the end ------------------------------------------------------------ */

int dispatch_drain(struct dispatch *dispatch, struct error *error)
{
    struct user_task *task;
    struct error ignored;
    int result = 0;

    dispatch->draining = true;
    while ((task = take_ready(dispatch, CIRCUIT_GET)) ||
           (task = take_ready(dispatch, CIRCUIT_UPDATE)) ||
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
        } else if (transfer == dispatch->probe_call) {
            dispatch->probe_call = NULL;
            dispatch->calls[CIRCUIT_GET]--;
        } else {
            struct user_task *task = transfer->owner;

            dispatch_waits_note_response(dispatch, &transfer->response);
            dispatch->calls[task_call_in(task->state)]--;
            (void)release(dispatch, task, NULL, &ignored);
        }
    }
}
