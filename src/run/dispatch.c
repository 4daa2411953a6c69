#include "run/dispatch.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "net/auth.h"
#include "net/rate_limiter.h"
#include "net/transport.h"
#include "run/timer_heap.h"
#include "user/circuit_breaker.h"

/* Users that may wait besides those in flight: beyond it no new user begins, so
 * that a service which fails many single users does not fill the memory. */
#define MAX_WAITING 1024

/* So often one user's calls may be refused for their token, with a newer one
 * each time, while others go through. */
#define MAX_SIGN_INS 3

#define AT_ONCE_PAUSE 500 /* milliseconds after too many calls at once */

#define MAX_HEADERS ((size_t)1 << 20) /* bytes of the headers of a call */

struct dispatch {
    struct dispatch_setup setup;
    const struct options *options;
    struct recovery *recovery;
    struct call_context context;
    struct task_environment environment;
    struct transport *transport;
    struct transfer *token_call; /* in flight; NULL: none */
    struct auth *auth;
    struct rate_limiter *limiter;
    struct circuit_breaker breaker;
    struct timer_heap timers; /* for a time */
    struct user_task *ready;  /* for their turn, in order */
    struct user_task *ready_last;
    unsigned users;     /* begun and not handed back */
    unsigned in_flight; /* of them */
    unsigned slots;     /* calls at once that the service bears */
    unsigned accepted;  /* since slots was changed */
    bool draining;
    int64_t now; /* microseconds */
    char last_failure[200];
};

static int64_t now_ms(const struct dispatch *dispatch)
{
    return dispatch->now / 1000;
}

/* ---- life --------------------------------------------------------------- */

/* Those of the service carry the access token: they change with it. */
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
    if (!dispatch->limiter ||
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
    uint32_t seed;

    if (!dispatch) {
        error_memory(error);
        return NULL;
    }
    dispatch->setup = *setup;
    dispatch->options = options;
    dispatch->slots = options->concurrency;
    dispatch->now = clock_us(dispatch->setup.platform->clock);
    setup->platform->random->fill(setup->platform->random, &seed, sizeof(seed));
    circuit_breaker_init(&dispatch->breaker, options->concurrency,
                         options->give_up, seed);
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

/* ---- the queue of those that wait for their turn ------------------------ */

static void put_ready(struct dispatch *dispatch, struct user_task *task)
{
    task->next = NULL;
    if (dispatch->ready)
        dispatch->ready_last->next = task;
    else
        dispatch->ready = task;
    dispatch->ready_last = task;
}

static struct user_task *take_ready(struct dispatch *dispatch)
{
    struct user_task *task = dispatch->ready;

    if (task)
        dispatch->ready = task->next;
    return task;
}

/* ---- what is told ------------------------------------------------------- */

/* The task's last call failed and is to be made again, for that reason. */
static void log_call(struct dispatch *dispatch, const struct user_task *task)
{
    const struct api_error *api_error = &task->outcome.last;
    bool throttled = api_error->action == API_ERROR_THROTTLE;
    struct log_entry entry = {
        .level = LOG_LEVEL_WARN,
        .event = throttled                              ? "throttle"
                 : api_error->action == API_ERROR_STALE ? "stale-version"
                                                        : "retry",
        .user = task->group->key,
        .call = task->called == TASK_FETCHING ? "GetUser" : "UpdateUser",
        .attempt = task->outcome.attempts,
        .http_status = api_error->http_status,
        .code = api_error->numbered ? api_error->code : 0,
        .name = api_error->name,
        .tracking_id = api_error->tracking_id,
        .wait_ms = task->delay,
        .per_minute =
            throttled ? rate_limiter_per_minute(dispatch->limiter) : 0,
        .text = api_error->text,
    };

    log_put(dispatch->setup.log, &entry);
}

static void log_event(struct dispatch *dispatch, enum log_level level,
                      const char *event, const char *text)
{
    struct log_entry entry = {
        .level = level, .event = event, .wait_ms = -1, .text = text};

    log_put(dispatch->setup.log, &entry);
}

static void keep_failure(struct dispatch *dispatch, const char *whose,
                         const char *name, const char *text)
{
    (void)snprintf(dispatch->last_failure, sizeof(dispatch->last_failure),
                   "%s: %.40s%s%.120s", whose, name, *name && *text ? ": " : "",
                   text);
}

/* The run can't go on, as a task has found out. */
static void explain_stop(const struct user_task *task, struct error *error)
{
    const struct api_error *last = &task->outcome.last;
    bool sign_in =
        last->action == API_ERROR_SIGN_IN || last->action == API_ERROR_ACCOUNT;

    if (last->action == API_ERROR_MEMORY) {
        error_memory(error);
        return;
    }
    error_set(error, sign_in ? ERROR_SIGN_IN : ERROR_STOPPED,
              "the service refuses to %s, at user %s: %s%s%s (HTTP status %ld, "
              "TrackingId %s)%s",
              sign_in ? "sign in" : "go on", task->group->key, last->name,
              *last->name && *last->text ? ": " : "", last->text,
              last->http_status,
              *last->tracking_id ? last->tracking_id : "not given",
              sign_in ? "; go on with tokens that are good" : "");
}

/* ---- calls out ---------------------------------------------------------- */

/* May a user's call leave now? */
static bool may_send(const struct dispatch *dispatch)
{
    return dispatch->in_flight < dispatch->slots &&
           auth_is_ready(dispatch->auth, now_ms(dispatch)) &&
           rate_limiter_wait(dispatch->limiter, dispatch->now) == 0 &&
           circuit_breaker_wait(&dispatch->breaker, dispatch->in_flight,
                                now_ms(dispatch)) == 0;
}

/* A later run must know of the update, its outcome open. */
static int put_intent(struct dispatch *dispatch, const struct user_task *task)
{
    struct state before = {task->sent.last_modified, task->sent.shared};
    struct state after = {"", task->shared};

    if (!dispatch->recovery)
        return 0;
    if (dispatch->environment.own_writes &&
        recovery_put_own_write(dispatch->recovery, before, after))
        return -1;
    return recovery_put_intent(dispatch->recovery, task->group, &task->sent);
}

/* Nothing leaves before dispatch_wait(): an intent that is put here is written
 * before its update. */
static int send_call(struct dispatch *dispatch, struct transfer *transfer,
                     struct error *error)
{
    struct user_task *task = transfer->owner;

    if (task->state == TASK_UPDATING && put_intent(dispatch, task))
        return error_memory(error);
    task->token = auth_number(dispatch->auth);
    rate_limiter_sent(dispatch->limiter, dispatch->now);
    if (transport_send(dispatch->transport, transfer, error))
        return -1;
    dispatch->in_flight++;
    return 0;
}

static int drop(struct dispatch *dispatch, struct user_task *task,
                const struct error *why, struct error *error)
{
    dispatch->users--;
    return dispatch->setup.handler->dropped(dispatch->setup.context, task, why,
                                            error);
}

/* The task has no slot any more. */
static int put_aside(struct dispatch *dispatch, struct user_task *task,
                     int64_t delay, struct error *error)
{
    if (dispatch->draining)
        return drop(dispatch, task, NULL, error);
    if (delay == 0) {
        put_ready(dispatch, task);
    } else {
        task->wake = now_ms(dispatch) + delay;
        timer_heap_put(&dispatch->timers, task);
    }
    return 0;
}

static int stop_at(struct dispatch *dispatch, struct user_task *task,
                   struct error *error)
{
    struct error why;

    explain_stop(task, &why);
    return drop(dispatch, task, &why, error);
}

/* A call is to be made again. */
static int follow_wait(struct dispatch *dispatch, struct user_task *task,
                       struct error *error)
{
    if (task->outcome.last.action == API_ERROR_SIGN_IN &&
        (++task->sign_ins > MAX_SIGN_INS ||
         !auth_token_refused(dispatch->auth, task->token, now_ms(dispatch)))) {
        (void)user_task_refuse_sign_in(task);
        return stop_at(dispatch, task, error);
    }
    if (task->outcome.last.concurrency)
        task->delay = AT_ONCE_PAUSE;
    log_call(dispatch, task);
    dispatch->setup.tally->retries++;
    return put_aside(dispatch, task, task->delay, error);
}

/* Acts on what a task asks for; the transfer is the task's until then. */
static int follow(struct dispatch *dispatch, struct transfer *transfer,
                  enum task_step step, struct error *error)
{
    struct user_task *task = transfer->owner;
    struct error ignored;

    if (step == TASK_SEND && may_send(dispatch)) {
        if (send_call(dispatch, transfer, error) == 0)
            return 0;
        transport_release(dispatch->transport, transfer);
        (void)drop(dispatch, task, NULL, &ignored);
        return -1;
    }
    transport_release(dispatch->transport, transfer);
    switch (step) {
    case TASK_SEND:
        user_task_hold(task);
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

static int start_token_call(struct dispatch *dispatch, struct error *error)
{
    struct transfer *transfer;

    if (dispatch->token_call || dispatch->draining ||
        auth_wait(dispatch->auth, now_ms(dispatch)) != 0 ||
        rate_limiter_wait(dispatch->limiter, dispatch->now) > 0)
        return 0;
    transfer = transport_take_token(dispatch->transport);
    if (!transfer)
        return 0;
    switch (auth_step(dispatch->auth, now_ms(dispatch), &transfer->request,
                      error)) {
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

/* Those that have waited long enough come before new users. */
static int send_ready(struct dispatch *dispatch, struct error *error)
{
    struct user_task *task;

    while ((task = timer_heap_first(&dispatch->timers)) &&
           task->wake <= now_ms(dispatch))
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

/* Has the service been dead for too long? */
static int check_outage(const struct dispatch *dispatch, struct error *error)
{
    int64_t paused = rate_limiter_pause_end(dispatch->limiter) / 1000;

    if (!circuit_breaker_is_lost(&dispatch->breaker, paused, now_ms(dispatch)))
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
    if (check_outage(dispatch, error) || start_token_call(dispatch, error))
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

/* ---- answers in --------------------------------------------------------- */

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
        log_event(dispatch, LOG_LEVEL_INFO, "token-refresh",
                  "a new access token");
        return set_headers(dispatch, HTTP_SERVICE, error);
    case AUTH_RETRY:
        circuit_breaker_failure(&dispatch->breaker, CIRCUIT_TOKEN,
                                now_ms(dispatch));
        keep_failure(dispatch, "the token endpoint", reason.name, reason.text);
        log_event(dispatch, LOG_LEVEL_WARN, "token-retry",
                  dispatch->last_failure);
        return 0;
    case AUTH_STOP:
        break;
    }
    return -1;
}

/* One call less than was refused; and one more when as many have been taken. */
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

/* Lets pace, slots and sign-in learn from an answer. A number that may mean a
 * value says nothing of the pace. */
static void learn(struct dispatch *dispatch, const struct user_task *task,
                  int64_t retry_after)
{
    const struct api_error *api_error = &task->outcome.last;
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
        keep_failure(dispatch, task->group->key, api_error->name,
                     api_error->text);
    else if (api_error->action != API_ERROR_SIGN_IN)
        auth_token_accepted(dispatch->auth, task->token);
}

static int take_answer(struct dispatch *dispatch, struct transfer *transfer,
                       struct error *error)
{
    struct user_task *task = transfer->owner;
    int64_t retry_after = transfer->response.retry_after;
    unsigned sends = transfer->response.sends;
    bool probing = dispatch->breaker.probing;
    enum task_step step;

    dispatch->in_flight--;
    dispatch->setup.tally->calls += sends ? sends : 1;
    step = user_task_answer(task, &transfer->response, &transfer->request,
                            now_ms(dispatch));
    learn(dispatch, task, retry_after);
    if (probing != dispatch->breaker.probing)
        log_event(dispatch, LOG_LEVEL_WARN,
                  probing ? "circuit-closed" : "circuit-open",
                  probing ? "the service answers again"
                          : dispatch->last_failure);
    return follow(dispatch, transfer, step, error);
}

/* The longer of two waits; -1: for ever. */
static int64_t both(int64_t wait, int64_t other)
{
    if (wait < 0 || other < 0)
        return -1;
    return wait > other ? wait : other;
}

/* Milliseconds until something here is to be done, at most so many. */
static int wait_time(const struct dispatch *dispatch, int milliseconds)
{
    const struct user_task *first = timer_heap_first(&dispatch->timers);
    int64_t now = now_ms(dispatch);
    int64_t limiter =
        (rate_limiter_wait(dispatch->limiter, dispatch->now) + 999) / 1000;
    int64_t token = auth_wait(dispatch->auth, now);
    int64_t breaker =
        circuit_breaker_wait(&dispatch->breaker, dispatch->in_flight, now);
    /* New users wait for these two; 0: they need not. */
    int64_t turn = both(limiter, breaker);
    int64_t waits[] = {
        dispatch->token_call || dispatch->draining ? -1 : both(token, limiter),
        turn > 0 ? turn : -1,
        !first              ? -1
        : first->wake > now ? first->wake - now
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
        log_flush(dispatch->setup.log, error) ||
        transport_wait(dispatch->transport, fds, count,
                       wait_time(dispatch, milliseconds), error))
        return -1;
    dispatch->now = clock_us(dispatch->setup.platform->clock);
    while ((transfer = transport_next(dispatch->transport))) {
        int result = transfer == dispatch->token_call
                         ? take_token_response(dispatch, transfer, error)
                         : take_answer(dispatch, transfer, error);

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
        if (drop(dispatch, task, NULL, error))
            return -1;
    return 0;
}

void dispatch_cut(struct dispatch *dispatch)
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
        (void)drop(dispatch, transfer->owner, NULL, &ignored);
    }
}
