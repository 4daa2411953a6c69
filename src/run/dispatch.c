#include "run/dispatch.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "net/auth.h"
#include "net/rate_limiter.h"
#include "net/transport.h"
#include "run/call_log.h"
#include "run/timer_heap.h"
#include "user/circuit_breaker.h"
#include "user/replaced_stamps.h"

/* If more users than this wait, no new user is started: a service that fails
 * many calls must not use up the memory. */
#define MAX_WAITING 1024

/* If the calls of one user are refused with more access tokens than this, the
 * run stops, even if other users' calls succeed. */
#define MAX_SIGN_INS 3

#define AT_ONCE_PAUSE 500 /* milliseconds, after "too many calls at once" */

#define MAX_HEADERS ((size_t)1 << 20) /* bytes of the headers of a call */

struct dispatch {
    struct dispatch_setup setup;
    const struct options *options;
    struct recovery *recovery;
    struct call_context context;
    struct task_environment environment;
    struct replaced_stamps *replaced;
    struct transport *transport;
    struct transfer *token_call; /* in flight; NULL: none */
    struct auth *auth;
    struct rate_limiter *limiter;
    struct circuit_breaker breaker;
    struct timer_heap timers; /* tasks that wait for a time */
    struct user_task *ready;  /* tasks that wait for their turn, in order */
    struct user_task *ready_last;
    unsigned users;     /* started and not finished */
    unsigned in_flight; /* users with a call in flight */
    unsigned slots;     /* calls at once that the service accepts */
    unsigned accepted;  /* calls since slots was changed */
    bool locked;        /* another process has the refresh token's lock */
    bool draining;
    int64_t now; /* microseconds */
    char last_failure[CALL_LOG_FAILURE_SIZE];
};

static int64_t now_ms(const struct dispatch *dispatch)
{
    return dispatch->now / 1000;
}

/* ---- life --------------------------------------------------------------- */

/* The headers of the service contain the access token and change with it. */
static int set_headers(struct dispatch *dispatch, enum http_target target,
                       struct error *error)
{
    struct call_context *context = &dispatch->context;
    struct buffer headers;
    int result;

    buffer_init(&headers, MAX_HEADERS);
    if (target == HTTP_TOKEN) {
        result = auth_build_headers(&headers);
    } else {
        context->access_token = auth_token(dispatch->auth);
        result = context->service->build_headers(context, &headers);
    }
    result = result ? error_memory(error)
                    : transport_set_headers(dispatch->transport, target,
                                            headers.data, error);
    buffer_wipe(&headers);
    return result;
}

static int open_auth(struct dispatch *dispatch, struct error *error)
{
    const struct options *options = dispatch->options;
    const struct credentials *credentials = dispatch->setup.credentials;
    const struct auth_setup setup = {
        .files = dispatch->setup.platform->files,
        .random = dispatch->setup.platform->random,
        .access_token = credentials->access_token,
        .client_id = credentials->client_id,
        .client_secret = credentials->client_secret,
        .scope = options->sandbox ? options->service->sandbox_scope
                                  : options->service->scope,
        .refresh_file = credentials->refresh_file,
        .refresh_variable = CREDENTIALS_REFRESH_FILE,
    };

    dispatch->auth = auth_new(&setup, error);
    return dispatch->auth ? 0 : -1;
}

static int open_transport(struct dispatch *dispatch, struct error *error)
{
    const struct options *options = dispatch->options;
    const struct network *network = dispatch->setup.platform->network;
    const struct transport_setup setup = {
        .clock = dispatch->setup.platform->clock,
        .endpoint = options->endpoint,
        .token_url = dispatch->setup.credentials->token_url,
        .proxy = options->proxy,
        .cacert = options->cacert,
        .tracking_header = options->service->tracking_header,
        .needs_date = options->service->dated,
        .concurrency = options->concurrency,
        .timeout = options->timeout,
        .connect_timeout = options->connect_timeout,
    };

    dispatch->transport = network->open(network, &setup, error);
    return dispatch->transport ? 0 : -1;
}

static int open_calls(struct dispatch *dispatch, struct error *error)
{
    const struct options *options = dispatch->options;

    if (open_auth(dispatch, error) || open_transport(dispatch, error) ||
        (dispatch->setup.credentials->token_url &&
         set_headers(dispatch, HTTP_TOKEN, error)) ||
        (auth_token(dispatch->auth) &&
         set_headers(dispatch, HTTP_SERVICE, error)))
        return -1;
    dispatch->limiter = rate_limiter_new(
        options->rate, (int64_t)options->rate_window * 1000000);
    if (!dispatch->limiter || !dispatch->replaced ||
        timer_heap_init(&dispatch->timers, MAX_WAITING + options->concurrency))
        return error_memory(error);
    return 0;
}

static void set_environment(struct dispatch *dispatch)
{
    const struct options *options = dispatch->options;
    const struct credentials *credentials = dispatch->setup.credentials;

    dispatch->context = (struct call_context){
        .service = options->service,
        .random = dispatch->setup.platform->random,
        .developer_token = credentials->developer_token,
        .customer_id = options->customer_id,
        .account_id = options->account_id,
        .application_token = credentials->application_token,
        .user_name = credentials->user_name,
        .password = credentials->password,
    };
    dispatch->environment = (struct task_environment){
        .context = &dispatch->context,
        .breaker = &dispatch->breaker,
        .replaced = dispatch->replaced,
        .settle = (int64_t)options->timeout * 1000,
        .mode = options->mode,
        .retries = options->retries,
        .clear_token = options->clear_token,
    };
}

struct dispatch *dispatch_new(const struct dispatch_setup *setup,
                              struct error *error)
{
    struct dispatch *dispatch = calloc(1, sizeof(*dispatch));
    const struct options *options = setup->options;

    if (!dispatch) {
        error_memory(error);
        return NULL;
    }
    dispatch->setup = *setup;
    dispatch->options = options;
    dispatch->slots = options->concurrency;
    dispatch->now = clock_us(dispatch->setup.platform->clock);
    circuit_breaker_init(&dispatch->breaker, options->concurrency,
                         options->give_up, setup->platform->random);
    dispatch->replaced = replaced_stamps_new();
    set_environment(dispatch);
    if (open_calls(dispatch, error)) {
        dispatch_free(dispatch);
        return NULL;
    }
    return dispatch;
}

void dispatch_free(struct dispatch *dispatch)
{
    if (!dispatch)
        return;
    transport_free(dispatch->transport);
    auth_free(dispatch->auth);
    rate_limiter_free(dispatch->limiter);
    timer_heap_clear(&dispatch->timers);
    replaced_stamps_free(dispatch->replaced);
    free(dispatch);
}

void dispatch_set_recovery(struct dispatch *dispatch, struct recovery *recovery)
{
    dispatch->recovery = recovery;
}

void dispatch_set_own_writes(struct dispatch *dispatch,
                             struct own_writes *own_writes)
{
    dispatch->environment.own_writes = own_writes;
}

void dispatch_add_update(struct dispatch *dispatch, const char *key,
                         const struct sent *sent)
{
    static const struct user_version unknown = {"", ""};
    const struct user_version before = {sent->stamps, sent->last_modified};

    /* The journal does not say when. Of many updates, only the latest ones are
     * kept; the others do not delay this run. */
    replaced_stamps_add(dispatch->replaced, key, before, &unknown,
                        now_ms(dispatch) - dispatch->environment.settle);
}

unsigned dispatch_in_flight(const struct dispatch *dispatch)
{
    return dispatch->in_flight;
}

bool dispatch_is_idle(const struct dispatch *dispatch)
{
    return dispatch->users == 0 && !dispatch->token_call;
}

const char *dispatch_waits_for(const struct dispatch *dispatch)
{
    return auth_waits_for(dispatch->auth);
}

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
           auth_is_ready(dispatch->auth, now_ms(dispatch)) &&
           rate_limiter_wait(dispatch->limiter, dispatch->now) == 0 &&
           circuit_breaker_wait(&dispatch->breaker, dispatch->in_flight,
                                now_ms(dispatch)) == 0;
}

/* If the run is killed, a resumed run must verify an update that was sent.
 * Nothing is sent before dispatch_wait(), so its intent is written before. */
static int send_call(struct dispatch *dispatch, struct transfer *transfer,
                     struct error *error)
{
    struct user_task *task = transfer->owner;

    if (task->state == TASK_UPDATING &&
        recovery_put_intent(dispatch->recovery, task->result.group,
                            &task->sent))
        return error_memory(error);
    task->schedule.token = auth_number(dispatch->auth);
    rate_limiter_sent(dispatch->limiter, dispatch->now);
    if (transport_send(dispatch->transport, transfer, error))
        return -1;
    dispatch->setup.tally->calls++;
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

/* The task waits without a slot, or is released if the run stops. */
static int put_aside(struct dispatch *dispatch, struct user_task *task,
                     int64_t delay, struct error *error)
{
    if (dispatch->draining)
        return release(dispatch, task, NULL, error);
    if (delay == 0) {
        put_ready(dispatch, task);
    } else {
        task->schedule.wake = now_ms(dispatch) + delay;
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

/* The task's call failed and is repeated. */
static int follow_wait(struct dispatch *dispatch, struct user_task *task,
                       struct error *error)
{
    int64_t delay = task->delay;

    if (task->result.outcome.last.action == API_ERROR_SIGN_IN &&
        (++task->schedule.sign_ins > MAX_SIGN_INS ||
         !auth_token_refused(dispatch->auth, task->schedule.token,
                             now_ms(dispatch)))) {
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

/* Performs the step that a task returned. The transfer is the task's slot,
 * which stays its own only if the request is sent. */
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

/* Another process normally has the lock for a moment. If it was stopped, it
 * keeps the lock: that is like a token endpoint that fails. */
static void watch_lock(struct dispatch *dispatch)
{
    const char *file = auth_waits_for(dispatch->auth);

    if (file) {
        circuit_breaker_failure(&dispatch->breaker, CIRCUIT_TOKEN,
                                now_ms(dispatch));
        (void)snprintf(dispatch->last_failure, CALL_LOG_FAILURE_SIZE,
                       "another process holds the lock on %s", file);
    }
    if (dispatch->locked == (file != NULL))
        return;
    dispatch->locked = !dispatch->locked;
    log_event(dispatch->setup.log, LOG_LEVEL_WARN,
              file ? "token-locked" : "token-unlocked", 0,
              file ? dispatch->last_failure : "this run has the lock");
}

static int start_token_call(struct dispatch *dispatch, struct error *error)
{
    struct transfer *transfer;
    enum auth_step step;

    if (dispatch->token_call || dispatch->draining ||
        auth_wait(dispatch->auth, now_ms(dispatch)) != 0 ||
        rate_limiter_wait(dispatch->limiter, dispatch->now) > 0)
        return 0;
    transfer = transport_take_token(dispatch->transport);
    if (!transfer)
        return 0;
    step =
        auth_step(dispatch->auth, now_ms(dispatch), &transfer->request, error);
    watch_lock(dispatch);
    switch (step) {
    case AUTH_SEND:
        rate_limiter_sent(dispatch->limiter, dispatch->now);
        dispatch->token_call = transfer;
        return transport_send(dispatch->transport, transfer, error);
    case AUTH_IDLE:
        transport_release(dispatch->transport, transfer);
        return 0;
    case AUTH_FAIL:
        break;
    }
    transport_release(dispatch->transport, transfer);
    return -1;
}

/* Tasks that have waited long enough are sent before new users. */
static int send_ready(struct dispatch *dispatch, struct error *error)
{
    struct user_task *task;

    while ((task = timer_heap_first(&dispatch->timers)) &&
           task->schedule.wake <= now_ms(dispatch))
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
                                        now_ms(dispatch)))
        return 0;
    return error_set(error, ERROR_STOPPED,
                     "no valid response for %g min (--give-up); the last "
                     "failure: %s",
                     (double)dispatch->options->give_up / 60000,
                     dispatch->last_failure);
}

int dispatch_turn(struct dispatch *dispatch, struct error *error)
{
    dispatch->now = clock_us(dispatch->setup.platform->clock);
    if (check_give_up(dispatch, error) || start_token_call(dispatch, error))
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

/* ---- responses in ------------------------------------------------------- */

static int take_token_response(struct dispatch *dispatch,
                               struct transfer *transfer, struct error *error)
{
    struct oauth_error reason;
    enum auth_result result = auth_take_response(
        dispatch->auth, now_ms(dispatch), &transfer->response, &reason, error);

    dispatch->token_call = NULL;
    rate_limiter_accepted(dispatch->limiter, dispatch->now);
    transport_release(dispatch->transport, transfer);
    switch (result) {
    case AUTH_GRANTED:
        circuit_breaker_success(&dispatch->breaker, CIRCUIT_TOKEN);
        log_event(dispatch->setup.log, LOG_LEVEL_INFO, "token-refresh", 0,
                  "a new access token");
        return set_headers(dispatch, HTTP_SERVICE, error);
    case AUTH_RETRY:
        circuit_breaker_failure(&dispatch->breaker, CIRCUIT_TOKEN,
                                now_ms(dispatch));
        call_log_format_failure(dispatch->last_failure, NULL, reason.name,
                                reason.text);
        log_event(dispatch->setup.log, LOG_LEVEL_WARN, "token-retry", 0,
                  dispatch->last_failure);
        return 0;
    case AUTH_STOP:
        break;
    }
    return -1;
}

/* A refusal limits the calls to those that are still in flight, but at least
 * one. The limit grows by one after as many calls were accepted. */
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

/* Adapts rate limiter, slots and sign-in to a response. An error that may mean
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
    if (sends > 1)
        dispatch->setup.tally->calls += sends - 1;
    step = user_task_take_response(task, &transfer->response,
                                   &transfer->request, now_ms(dispatch));
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

/* Milliseconds until the dispatch has something to do, at most `milliseconds`.
 */
static int wait_time(const struct dispatch *dispatch, int milliseconds)
{
    const struct user_task *first = timer_heap_first(&dispatch->timers);
    int64_t now = now_ms(dispatch);
    int64_t limiter =
        (rate_limiter_wait(dispatch->limiter, dispatch->now) + 999) / 1000;
    int64_t token = auth_wait(dispatch->auth, now);
    int64_t breaker =
        circuit_breaker_wait(&dispatch->breaker, dispatch->in_flight, now);
    /* New users wait for both. 0: nothing delays them. */
    int64_t turn = both(limiter, breaker);
    int64_t waits[] = {
        dispatch->token_call || dispatch->draining ? -1 : both(token, limiter),
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
    if (recovery_flush(dispatch->recovery, now_ms(dispatch), error) ||
        log_flush(dispatch->setup.log, error))
        return -1;
    /* A slow disk may have taken a while. */
    dispatch->now = clock_us(dispatch->setup.platform->clock);
    if (transport_wait(dispatch->transport, fds, count,
                       wait_time(dispatch, milliseconds), error))
        return -1;
    dispatch->now = clock_us(dispatch->setup.platform->clock);
    while ((transfer = transport_next(dispatch->transport))) {
        int result = transfer == dispatch->token_call
                         ? take_token_response(dispatch, transfer, error)
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

    dispatch->draining = true;
    while ((task = take_ready(dispatch)) ||
           (task = timer_heap_take(&dispatch->timers)))
        if (release(dispatch, task, NULL, error))
            return -1;
    return 0;
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
