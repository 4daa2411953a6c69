#include "dispatch/dispatch_state.h"

/* ---- one response ------------------------------------------------------- */

void health_note_failure(struct dispatch *dispatch, enum circuit_call call,
                         enum error_kind kind, const char *whose,
                         const char *name, const char *text)
{
    char failure[CALL_LOG_FAILURE_SIZE];

    call_log_format_failure(failure, whose,
                            dispatch->options->mode == MODE_LIST, name, text);
    (void)error_set(&dispatch->last_failures[call], kind, "%s", failure);
}

/* A service that is overloaded may respond with 503 to too many calls. */
static enum limit_verdict verdict_of(const struct api_error *api_error)
{
    switch (api_error->action) {
    case API_ERROR_THROTTLE:
        return api_error->concurrency ? LIMIT_CROWDED : LIMIT_REFUSED;
    case API_ERROR_RETRY:
        return api_error->http_status == 503 ? LIMIT_OVERLOADED : LIMIT_UNKNOWN;
    case API_ERROR_UNEXPECTED:
        return LIMIT_UNKNOWN;
    default:
        return LIMIT_PASSED;
    }
}

void health_note_latency(struct dispatch *dispatch, enum circuit_call call,
                         int64_t sent)
{
    if (dispatch->setup.latencies)
        histogram_add(&dispatch->setup.latencies[call], dispatch->now - sent);
}

void health_learn(struct dispatch *dispatch, enum circuit_call call,
                  const char *whose, unsigned token,
                  const struct limited_call *limited, int64_t retry_after,
                  const struct api_error *api_error)
{
    enum error_kind kind = ERROR_STOPPED;

    health_note_latency(dispatch, call, limited->sent);
    dispatch_waits_learn(dispatch, api_error);
    rate_limiter_ended(dispatch->limiter, operation_of(call), dispatch->now,
                       limited, verdict_of(api_error),
                       retry_after < 0 ? -1 : retry_after * 1000);
    switch (api_error->action) {
    case API_ERROR_SIGN_IN:
        kind = ERROR_SIGN_IN;
        break;
    case API_ERROR_RETRY:
    case API_ERROR_UNEXPECTED:
        break;
    case API_ERROR_THROTTLE:
        if (token == auth_number(dispatch->auth))
            probe_call_forget(dispatch);
        auth_call_throttled(dispatch->auth, token);
        break;
    default:
        if (token == auth_number(dispatch->auth))
            probe_call_forget(dispatch);
        auth_token_accepted(dispatch->auth, token);
        return;
    }
    health_note_failure(dispatch, call, kind, whose, api_error->name,
                        api_error->text);
}

/* ---- the service as a whole --------------------------------------------- */

unsigned health_open_circuits(const struct dispatch *dispatch)
{
    unsigned open = 0;

    for (unsigned call = 0; call < CIRCUIT_TOKEN; call++)
        if (!circuit_breaker_is_closed(&dispatch->breaker, call))
            open |= 1U << call;
    return open;
}

void health_log_circuits(struct dispatch *dispatch, unsigned before)
{
    unsigned open = health_open_circuits(dispatch);

    for (unsigned call = 0; call < CIRCUIT_TOKEN; call++) {
        bool opens = open & ~before & 1U << call;
        struct log_entry entry = {
            .level = LOG_LEVEL_WARN,
            .event = opens ? "circuit-open" : "circuit-closed",
            .call = call_log_name(call),
            .text = opens ? dispatch->last_failures[call].text
                          : "the service responds again",
        };

        if ((open ^ before) & 1U << call)
            log_put(dispatch->setup.log, &entry);
    }
}

/* The users that are left can be read, but not updated, and no others follow:
 * each of their updates that fails from now on is final. */
static void give_up_updates(struct dispatch *dispatch)
{
    unsigned open = health_open_circuits(dispatch);

    circuit_breaker_give_up_updates(&dispatch->breaker);
    health_log_circuits(dispatch, open);
    log_event(dispatch->setup.log, LOG_LEVEL_WARN, "updates-given-up", 0,
              dispatch->last_failures[CIRCUIT_UPDATE].text);
}

/* If users were read with a token, its refusals of other calls are the fault of
 * single users or nodes, until auth_token_refused() finds otherwise. */
static enum error_kind kind_of(const struct dispatch *dispatch,
                               enum circuit_call call)
{
    if (call != CIRCUIT_TOKEN &&
        circuit_breaker_successes(&dispatch->breaker, CIRCUIT_GET) > 0)
        return ERROR_STOPPED;
    return dispatch->last_failures[call].kind;
}

/* The kinds of calls in flight, as bits. */
static unsigned kinds_in_flight(const struct dispatch *dispatch)
{
    unsigned kinds = dispatch->token_call ? 1U << CIRCUIT_TOKEN : 0;

    for (unsigned call = 0; call < CIRCUIT_TOKEN; call++)
        if (dispatch->calls[call] > 0)
            kinds |= 1U << call;
    return kinds;
}

int health_check(struct dispatch *dispatch, struct error *error)
{
    int64_t paused = rate_limiter_pause_end(dispatch->limiter) / 1000;
    enum circuit_call call = circuit_breaker_should_give_up(
        &dispatch->breaker, kinds_in_flight(dispatch), paused,
        dispatch_now_ms(dispatch));

    if (call == CIRCUIT_CALLS)
        return 0;
    if (call == CIRCUIT_UPDATE && dispatch->input_ended &&
        circuit_breaker_only_updates_fail(&dispatch->breaker)) {
        give_up_updates(dispatch);
        return 0;
    }
    (void)error_set(error, kind_of(dispatch, call),
                    "no %s for %g min (--give-up); the last failure: %s",
                    call == CIRCUIT_UPDATE ? "successful update"
                                           : "valid response",
                    (double)dispatch->options->give_up / 60000,
                    dispatch->last_failures[call].text);
    error->option = "--give-up";
    return -1;
}
