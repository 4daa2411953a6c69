#include "dispatch/dispatch_state.h"

#include <stdio.h>

/* While the present token is valid, calls succeed. */
static void count_failure(struct dispatch *dispatch)
{
    int64_t now = dispatch_now_ms(dispatch);

    if (!auth_is_ready(dispatch->auth, now))
        circuit_breaker_failure(&dispatch->breaker, CIRCUIT_TOKEN, now);
}

/* Another process normally has the lock for a moment. If it was stopped, it
 * keeps the lock: that is like a token endpoint that fails. */
static void watch_lock(struct dispatch *dispatch)
{
    const char *file = auth_waits_for(dispatch->auth);

    if (!file)
        return;
    count_failure(dispatch);
    (void)error_set(&dispatch->last_failures[CIRCUIT_TOKEN], ERROR_STOPPED,
                    "another process holds the lock on %s", file);
}

/* Will no call need a token any more? */
static bool is_useless(const struct dispatch *dispatch)
{
    return dispatch->draining || recovery_is_finished(dispatch->recovery);
}

/* Another program may have renewed the access token. */
static int read_source(struct dispatch *dispatch, struct error *error)
{
    switch (
        auth_read_source(dispatch->auth, dispatch_now_ms(dispatch), error)) {
    case TOKEN_WATCH_SAME:
        return 0;
    case TOKEN_WATCH_NEW:
        dispatch->setup.tally->calls_by.renewals++;
        log_event(dispatch->setup.log, LOG_LEVEL_INFO, "token-refresh", 0,
                  "another access token was read");
        probe_call_forget(dispatch);
        return dispatch_set_headers(dispatch, HTTP_SERVICE, error);
    case TOKEN_WATCH_LOST:
        break;
    }
    return -1;
}

/* The calls in flight were sent with the secrets before. */
int token_call_read_secrets(struct dispatch *dispatch, unsigned refused,
                            struct error *error)
{
    int64_t now = dispatch_now_ms(dispatch);
    bool at_once = refused > 0 && refused == auth_number(dispatch->auth);
    const char *label = secret_watch_look(&dispatch->secrets, at_once, now);
    char text[SETTINGS_LABEL_SIZE + 32];

    if (!label)
        return 0;
    (void)snprintf(text, sizeof(text), "another secret was read: %s", label);
    log_event(dispatch->setup.log, LOG_LEVEL_INFO, "token-refresh", 0, text);
    auth_secrets_replaced(dispatch->auth, now);
    probe_call_forget(dispatch);
    return auth_token(dispatch->auth)
               ? dispatch_set_headers(dispatch, HTTP_SERVICE, error)
               : 0;
}

int token_call_start(struct dispatch *dispatch, struct error *error)
{
    struct transfer *transfer;
    enum auth_step step;

    if (token_call_read_secrets(dispatch, 0, error))
        return -1;
    if (auth_watch(dispatch->auth) && !is_useless(dispatch))
        return read_source(dispatch, error);
    if (dispatch->token_call || is_useless(dispatch) ||
        auth_wait(dispatch->auth, dispatch_now_ms(dispatch)) != 0 ||
        rate_limiter_token_wait(dispatch->limiter, dispatch->now) > 0)
        return 0;
    transfer = transport_take_token(dispatch->transport);
    if (!transfer)
        return 0;
    step = auth_step(dispatch->auth, dispatch_now_ms(dispatch),
                     &transfer->request, error);
    watch_lock(dispatch);
    switch (step) {
    case AUTH_SEND:
        rate_limiter_token_sent(dispatch->limiter, dispatch->now);
        if (transport_send(dispatch->transport, transfer, error))
            break;
        transfer->limited.sent = dispatch->now;
        dispatch->token_call = transfer;
        dispatch->setup.tally->calls_by.token++;
        return 0;
    case AUTH_IDLE:
        transport_release(dispatch->transport, transfer);
        return 0;
    case AUTH_FAIL:
        break;
    }
    transport_release(dispatch->transport, transfer);
    return -1;
}

int64_t token_call_wait(const struct dispatch *dispatch)
{
    int64_t token = auth_wait(dispatch->auth, dispatch_now_ms(dispatch));
    int64_t limiter =
        (rate_limiter_token_wait(dispatch->limiter, dispatch->now) + 999) /
        1000;

    if (dispatch->token_call || is_useless(dispatch) || token < 0)
        return -1;
    if (auth_watch(dispatch->auth))
        return token;
    return token > limiter ? token : limiter;
}

int token_call_take_response(struct dispatch *dispatch,
                             struct transfer *transfer, struct error *error)
{
    struct oauth_error reason;
    struct error why;
    bool refused = dispatch_waits_check_start(dispatch, HTTP_TOKEN,
                                              &transfer->response, &why) != 0;
    enum auth_result result =
        auth_take_response(dispatch->auth, dispatch_now_ms(dispatch),
                           &transfer->response, &reason, error);

    dispatch->token_call = NULL;
    health_note_latency(dispatch, CIRCUIT_TOKEN, transfer->limited.sent);
    transport_release(dispatch->transport, transfer);
    switch (result) {
    case AUTH_GRANTED:
        circuit_breaker_success(&dispatch->breaker, CIRCUIT_TOKEN,
                                circuit_breaker_failures(&dispatch->breaker));
        dispatch->setup.tally->calls_by.renewals++;
        log_event(dispatch->setup.log, LOG_LEVEL_INFO, "token-refresh", 0,
                  "a new access token");
        dispatch_waits_learn_token(dispatch, NULL, NULL);
        probe_call_forget(dispatch);
        return dispatch_set_headers(dispatch, HTTP_SERVICE, error);
    case AUTH_RETRY:
        count_failure(dispatch);
        health_note_failure(dispatch, CIRCUIT_TOKEN, ERROR_STOPPED, NULL,
                            reason.name, reason.text);
        dispatch_waits_learn_token(dispatch, reason.name, reason.text);
        log_event(dispatch->setup.log, LOG_LEVEL_WARN, "token-retry", 0,
                  dispatch->last_failures[CIRCUIT_TOKEN].text);
        if (!refused)
            return 0;
        *error = why;
        break;
    case AUTH_STOP:
        break;
    }
    return -1;
}
