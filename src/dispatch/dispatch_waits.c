#include "dispatch/dispatch_state.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

void dispatch_note_success(struct dispatch *dispatch)
{
    dispatch->waits.succeeded = true;
}

/* ---- what responses say ------------------------------------------------- */

/* Is it the name of a failure to connect? */
static bool is_unreachable(const char *name)
{
    return strcmp(name, http_failure_name(HTTP_CONNECT_FAILED)) == 0 ||
           strcmp(name, http_failure_name(HTTP_TLS_FAILED)) == 0;
}

static void begin_throttle(struct dispatch *dispatch,
                           const struct api_error *api_error)
{
    struct wait_state *waits = &dispatch->waits;

    if (waits->throttled == 0) {
        waits->throttled = dispatch_now_ms(dispatch);
        waits->earlier = dispatch_calls(dispatch);
    }
    if (*api_error->name)
        (void)snprintf(waits->throttle_failure, sizeof(waits->throttle_failure),
                       "%s", api_error->name);
    else
        (void)snprintf(waits->throttle_failure, sizeof(waits->throttle_failure),
                       "HTTP status %ld", api_error->http_status);
}

/* An accepted call that was sent before the throttled one does not show that
 * calls are accepted again. Calls are not distinguished: those in flight are
 * the first to end. */
static void end_throttle(struct wait_state *waits)
{
    if (waits->earlier > 0)
        waits->earlier--;
    else
        waits->throttled = 0;
}

void dispatch_waits_learn(struct dispatch *dispatch,
                          const struct api_error *api_error)
{
    struct wait_state *waits = &dispatch->waits;

    waits->unreachable =
        api_error->http_status == 0 && is_unreachable(api_error->name);
    if (waits->unreachable)
        (void)snprintf(waits->connection_failure,
                       sizeof(waits->connection_failure), "%.150s",
                       api_error->text);
    if (api_error->action == API_ERROR_THROTTLE && !api_error->column)
        begin_throttle(dispatch, api_error);
    else
        end_throttle(waits);
    if (circuit_breaker_successes(&dispatch->breaker, CIRCUIT_GET) > 0)
        waits->succeeded = true;
}

void dispatch_waits_learn_token(struct dispatch *dispatch, const char *name,
                                const char *text)
{
    struct wait_state *waits = &dispatch->waits;

    waits->token_failure[0] = '\0';
    waits->token_unreachable = name && is_unreachable(name);
    if (name)
        (void)snprintf(waits->token_failure, sizeof(waits->token_failure),
                       "%.40s%s%s", name, *name && *text ? ": " : "", text);
    else
        waits->granted = true;
}

/* ---- mistakes of the configuration -------------------------------------- */

void dispatch_waits_note_response(struct dispatch *dispatch,
                                  const struct http_response *response)
{
    if (response->sent)
        dispatch->waits.reached = true;
}

bool dispatch_has_reached(const struct dispatch *dispatch)
{
    return dispatch->waits.reached;
}

/* schemes: "": not known. */
static bool accepts(const char *schemes, const char *scheme)
{
    return !*schemes || strstr(schemes, scheme);
}

static const char *advise_proxy(const char *schemes, bool socks)
{
    bool basic = accepts(schemes, "Basic");
    bool negotiate = accepts(schemes, "Negotiate") && !socks;

    if (basic && negotiate)
        return "; use --proxy-user-file, or --proxy-negotiate (Kerberos)";
    if (basic)
        return "; use --proxy-user-file";
    if (negotiate)
        return "; use --proxy-negotiate (Kerberos)";
    return ", which is not supported; use a local proxy that signs in there";
}

/* It responded with 407, or a SOCKS proxy rejected us: what is missing? */
static int refuse_proxy(const struct options *options, const char *url,
                        const char *schemes, struct error *error)
{
    bool socks = options->proxy && strncmp(options->proxy, "socks", 5) == 0;
    const char *status = socks ? "" : " (HTTP status 407)";

    if (!schemes)
        schemes = "";
    if (options->proxy_user_file && accepts(schemes, "Basic"))
        return error_set(error, ERROR_USAGE,
                         "the proxy rejects the user name or the password in "
                         "%s for %s%s; correct the file",
                         options->proxy_user_file, url, status);
    if (options->proxy_negotiate && accepts(schemes, "Negotiate"))
        return error_set(error, ERROR_USAGE,
                         "the proxy rejects the Kerberos sign-in for %s%s; "
                         "check with klist that there is a ticket, or get one "
                         "with kinit",
                         url, status);
    return error_set(
        error, ERROR_USAGE, "the proxy requires a sign-in for %s%s%s%s%s", url,
        status, *schemes ? " by " : "", schemes, advise_proxy(schemes, socks));
}

int dispatch_waits_check_start(const struct dispatch *dispatch,
                               enum http_target target,
                               const struct http_response *response,
                               struct error *error)
{
    const struct wait_state *waits = &dispatch->waits;
    const char *url = target == HTTP_TOKEN
                          ? dispatch->setup.credentials->token_url
                          : dispatch->options->endpoint;

    if (waits->succeeded || (target == HTTP_TOKEN && waits->granted))
        return 0;
    if (response->failure == HTTP_TLS_FAILED)
        return error_set(error, ERROR_USAGE,
                         "the certificate of %s is not trusted (%s); check "
                         "the address and the clock of this machine, or name "
                         "the CA's certificate with --cacert",
                         url, response->text);
    if (response->proxy_status == 407 && !response->proxy_user_renewed)
        return refuse_proxy(dispatch->options, url, response->proxy_schemes,
                            error);
    if (target == HTTP_TOKEN && response->status == 404)
        return error_set(error, ERROR_SIGN_IN,
                         "there is no token endpoint at %s (HTTP status 404); "
                         "check --tenant or %s",
                         url,
                         credentials_label(dispatch->setup.credentials,
                                           CREDENTIALS_PART_URL));
    return 0;
}

/* ---- why the run waits -------------------------------------------------- */

static int64_t later(int64_t time, int64_t other)
{
    return time > other ? time : other;
}

/* Until when the rate limiter admits no call of one kind, in milliseconds; 0:
 * it does. */
static int64_t limit_end(const struct dispatch *dispatch)
{
    int64_t get =
        rate_limiter_wait(dispatch->limiter, LIMIT_GET, dispatch->now);
    int64_t update =
        rate_limiter_wait(dispatch->limiter, LIMIT_UPDATE, dispatch->now);
    int64_t wait = later(get, update) / 1000;

    return wait > 0 ? dispatch_now_ms(dispatch) + wait : 0;
}

static int64_t wall_seconds(const struct dispatch *dispatch, int64_t at)
{
    const struct clock *clock = dispatch->setup.platform->clock;

    return (clock->wall_us(clock) / 1000 + at - dispatch_now_ms(dispatch)) /
           1000;
}

/* A run that has reached the service needs no proxy. */
static const char *unused_proxy(const struct dispatch *dispatch)
{
    return dispatch->waits.reached ? NULL : dispatch->options->unused_proxy;
}

static void find_token_waits(const struct dispatch *dispatch,
                             struct waiting_fact facts[WAITING_REASONS])
{
    const struct wait_state *waits = &dispatch->waits;
    const char *locked = auth_waits_for(dispatch->auth);
    const struct token_watch *watch = auth_watch(dispatch->auth);
    bool ready = auth_is_ready(dispatch->auth, dispatch_now_ms(dispatch));
    int64_t gives_up =
        circuit_breaker_give_up_time(&dispatch->breaker, CIRCUIT_TOKEN);

    facts[WAITING_TOKEN_LOCK] = (struct waiting_fact){
        .holds = !ready && locked,
        .gives_up = gives_up,
        .where = dispatch->setup.credentials->refresh_file,
    };
    facts[WAITING_TOKEN_FILE] = (struct waiting_fact){
        .holds = watch && watch->deadline > 0,
        .at_once = true,
        .gives_up = watch ? watch->deadline : 0,
        .where = watch ? watch->source.label : NULL,
    };
    facts[WAITING_TOKEN] = (struct waiting_fact){
        .holds = !ready && !locked && !watch,
        .at_once =
            !waits->succeeded && !waits->granted && waits->token_unreachable,
        .gives_up = gives_up,
        .where = dispatch->setup.credentials->token_url,
        .failure = waits->token_failure,
        .unused_proxy = waits->granted ? NULL : unused_proxy(dispatch),
    };
}

/* The kind of calls that is given up first. */
static enum circuit_call failing_call(const struct dispatch *dispatch)
{
    int64_t get = circuit_breaker_give_up_time(&dispatch->breaker, CIRCUIT_GET);
    int64_t update =
        circuit_breaker_give_up_time(&dispatch->breaker, CIRCUIT_UPDATE);

    return get == 0 || (update > 0 && update < get) ? CIRCUIT_UPDATE
                                                    : CIRCUIT_GET;
}

static void find_service_waits(const struct dispatch *dispatch,
                               struct waiting_fact facts[WAITING_REASONS])
{
    const struct wait_state *waits = &dispatch->waits;
    enum circuit_call call = failing_call(dispatch);
    int64_t gives_up = circuit_breaker_give_up_time(&dispatch->breaker, call);

    facts[WAITING_CONNECTION] = (struct waiting_fact){
        .holds = waits->unreachable && gives_up > 0,
        .at_once = !waits->succeeded,
        .gives_up = gives_up,
        .where = dispatch->options->endpoint,
        .failure = waits->connection_failure,
        .unused_proxy = unused_proxy(dispatch),
    };
    facts[WAITING_SUCCESS] = (struct waiting_fact){
        .holds = health_open_circuits(dispatch) && !waits->unreachable,
        .gives_up = gives_up,
        .call = call_log_name(call),
        .failure = dispatch->last_failures[call].text,
        .unused_proxy = unused_proxy(dispatch),
    };
}

/* Are only users left whose last call was throttled? Then the run waits for
 * them, although the service may accept the calls of others. */
static bool waits_for_throttled(const struct dispatch *dispatch)
{
    return dispatch->input_ended && dispatch->users > 0 &&
           dispatch->throttled_users == dispatch->users;
}

/* When the first task that waits for a time is due; 0: none does. */
static int64_t first_wake(const struct dispatch *dispatch)
{
    const struct user_task *first = timer_heap_first(&dispatch->timers);

    return first ? first->schedule.wake : 0;
}

static void find_limit_waits(const struct dispatch *dispatch,
                             struct waiting_fact facts[WAITING_REASONS])
{
    const struct wait_state *waits = &dispatch->waits;
    int64_t now = dispatch_now_ms(dispatch);
    int64_t pause_end = rate_limiter_pause_end(dispatch->limiter) / 1000;
    bool users_wait = waits_for_throttled(dispatch);
    bool paused = pause_end > now ||
                  (waits->throttled > 0 && pause_end > waits->throttled);

    facts[WAITING_PAUSE] = (struct waiting_fact){
        .holds = paused,
        .until = pause_end,
        .until_wall = paused ? wall_seconds(dispatch, pause_end) : 0,
    };
    facts[WAITING_THROTTLE] = (struct waiting_fact){
        .holds = (waits->throttled > 0 || users_wait) && !paused,
        .until =
            later(limit_end(dispatch), users_wait ? first_wake(dispatch) : 0),
        .failure = waits->throttle_failure,
    };
}

static bool holds_any(const struct waiting_fact facts[WAITING_REASONS])
{
    for (unsigned i = 0; i < WAITING_REASONS; i++)
        if (facts[i].holds)
            return true;
    return false;
}

/* Is the next call a GetUser of a user whom an earlier one may have shown in an
 * old version, and can no other user start? */
static bool waits_for_read(const struct dispatch *dispatch)
{
    const struct user_task *first = timer_heap_first(&dispatch->timers);

    return first && first->result.outcome.last.action == API_ERROR_NONE &&
           dispatch_calls(dispatch) == 0 &&
           !dispatch->ready[CIRCUIT_GET].first &&
           !dispatch->ready[CIRCUIT_UPDATE].first &&
           (dispatch->input_ended || dispatch->users >= MAX_WAITING);
}

/* With few users, calls fail for long before a circuit is open. */
void dispatch_find_waits(const struct dispatch *dispatch,
                         struct waiting_fact facts[WAITING_REASONS])
{
    find_token_waits(dispatch, facts);
    find_service_waits(dispatch, facts);
    find_limit_waits(dispatch, facts);
    dispatch_budget_find_waits(dispatch, facts);
    facts[WAITING_READ] = (struct waiting_fact){.until = first_wake(dispatch)};
    if (!holds_any(facts) && facts[WAITING_SUCCESS].gives_up > 0)
        facts[WAITING_SUCCESS].holds = true;
    facts[WAITING_READ].holds = !holds_any(facts) && waits_for_read(dispatch);
}
