#include "dispatch/dispatch_state.h"

#include <string.h>

#include "service/service.h"
#include "user/redact.h"

/* So many probes show that other users are refused as well. */
#define PROBES 2

/* Have probes been sent, if they are possible? */
static bool was_tried(const struct dispatch *dispatch)
{
    unsigned in_flight = dispatch->probe_call ? 1 : 0;

    return dispatch->refused_probes + dispatch->other_probes + in_flight >=
               PROBES ||
           !probe_is_possible(&dispatch->probe);
}

bool probe_call_refuses_all(const struct dispatch *dispatch)
{
    return dispatch->refused_probes >= PROBES ||
           !probe_is_possible(&dispatch->probe);
}

void probe_call_forget(struct dispatch *dispatch)
{
    dispatch->refused_probes = dispatch->other_probes = 0;
    *dispatch->refused = '\0';
}

bool probe_call_is_urgent(const struct dispatch *dispatch)
{
    return auth_is_in_doubt(dispatch->auth) && !dispatch->draining &&
           !was_tried(dispatch);
}

/* Sends the probe from the slot. */
static int send_probe(struct dispatch *dispatch, struct transfer *transfer,
                      struct error *error)
{
    const struct call_context *context = &dispatch->context;

    if (context->service->build_get(
            context, probe_take(&dispatch->probe, dispatch->refused),
            &transfer->request))
        return error_memory(error);
    transfer->limited.owner = dispatch_owner_of(dispatch->probe.sent);
    rate_limiter_sent(dispatch->limiter, LIMIT_GET, dispatch->now,
                      &transfer->limited);
    return transport_send(dispatch->transport, transfer, error);
}

static void count_probes(struct dispatch *dispatch, unsigned count)
{
    dispatch->setup.tally->calls += count;
    dispatch->setup.tally->calls_by.probe += count;
}

int probe_call_start(struct dispatch *dispatch, struct error *error)
{
    struct transfer *transfer;

    if (dispatch->probe_call || dispatch->draining ||
        !probe_is_possible(&dispatch->probe) ||
        !dispatch_may_send(dispatch, CIRCUIT_GET))
        return 0;
    transfer = transport_take(dispatch->transport);
    if (!transfer)
        return 0;
    if (send_probe(dispatch, transfer, error)) {
        transport_release(dispatch->transport, transfer);
        return -1;
    }
    circuit_breaker_begin_proof(&dispatch->breaker);
    dispatch->probe_failures = circuit_breaker_failures(&dispatch->breaker);
    dispatch->probe_call = transfer;
    dispatch->probe_token = auth_number(dispatch->auth);
    count_probes(dispatch, 1);
    dispatch->calls[CIRCUIT_GET]++;
    return 0;
}

int probe_call_ask_other_tenant(struct dispatch *dispatch, struct error *error)
{
    struct probe *probe = &dispatch->probe;
    uint64_t tenant = rate_limiter_suspect(dispatch->limiter);

    for (unsigned i = 0; tenant && i < PROBE_KEYS; i++)
        if (*probe->keys[i] &&
            dispatch_owner_of(probe->keys[i]).tenant != tenant) {
            probe->next = i;
            return probe_call_start(dispatch, error);
        }
    return 0;
}

/* The user that GetUser returned is not needed. Without the user's values, a
 * message of the service cannot be redacted, and is not used. */
static void parse_response(const struct dispatch *dispatch,
                           const struct http_response *response,
                           struct api_error *api_error)
{
    const struct call_context *context = &dispatch->context;
    const struct known_values known = {.context = context};
    struct user *user = NULL;

    if (context->service->parse_get(context, response, dispatch->probe.sent,
                                    &user, api_error) &&
        api_error->reported) {
        *api_error->text = '\0';
        redact_error(api_error, &known);
    }
    context->service->user_free(user);
}

/* Did the service do what it should, so that it works? */
static bool is_proper(const struct api_error *api_error)
{
    return api_error->action == API_ERROR_NONE ||
           api_error->action == API_ERROR_FAIL ||
           api_error->action == API_ERROR_STALE;
}

static void note_result(struct dispatch *dispatch,
                        const struct api_error *api_error)
{
    struct circuit_breaker *breaker = &dispatch->breaker;

    if (is_proper(api_error)) {
        circuit_breaker_success(breaker, CIRCUIT_GET, dispatch->probe_failures);
        return;
    }
    circuit_breaker_failure(breaker, CIRCUIT_GET, dispatch_now_ms(dispatch));
    probe_failed(&dispatch->probe);
}

/* If others have been read, a probe of the user whose refusal made the token
 * doubtful proves nothing. Then another one is asked, if there is one. */
static void note_refusal(struct dispatch *dispatch)
{
    bool again =
        strcmp(dispatch->probe.sent, dispatch->refused) == 0 &&
        circuit_breaker_successes(&dispatch->breaker, CIRCUIT_GET) > 0 &&
        probe_has_other(&dispatch->probe, dispatch->refused);

    if (!again)
        dispatch->refused_probes++;
    (void)auth_token_refused(dispatch->auth, dispatch->probe_token,
                             again ? AUTH_REFUSED_AGAIN : AUTH_REFUSED_ONCE,
                             probe_call_refuses_all(dispatch),
                             dispatch_now_ms(dispatch));
}

int probe_call_take_response(struct dispatch *dispatch,
                             struct transfer *transfer, struct error *error)
{
    const struct http_response *response = &transfer->response;
    int64_t retry_after = response->retry_after;
    unsigned open = health_open_circuits(dispatch);
    struct limited_call limited = transfer->limited;
    struct api_error api_error;

    dispatch_waits_note_response(dispatch, response);
    parse_response(dispatch, response, &api_error);
    if (response->sends > 1)
        count_probes(dispatch, response->sends - 1);
    transport_release(dispatch->transport, transfer);
    dispatch->probe_call = NULL;
    dispatch->calls[CIRCUIT_GET]--;
    if (api_error.action == API_ERROR_MEMORY)
        return error_memory(error);
    note_result(dispatch, &api_error);
    if (api_error.action == API_ERROR_SIGN_IN &&
        token_call_read_secrets(dispatch, dispatch->probe_token, error))
        return -1;
    /* A response to secrets that were replaced since proves nothing. */
    if (dispatch->probe_token == auth_number(dispatch->auth)) {
        if (api_error.action == API_ERROR_SIGN_IN)
            note_refusal(dispatch);
        else
            dispatch->other_probes++;
    }
    health_learn(dispatch, CIRCUIT_GET, dispatch->probe.sent,
                 dispatch->probe_token, &limited, retry_after, &api_error);
    health_log_circuits(dispatch, open);
    return 0;
}
