#include "dispatch/dispatch_state.h"

#include <stdlib.h>

#include "base/clock.h"
#include "cli/rate_share.h"
#include "cli/sign_in_addresses.h"
#include "setup/service_context.h"

#define MAX_HEADERS ((size_t)1 << 20) /* bytes of the headers of a call */

int dispatch_set_headers(struct dispatch *dispatch, enum http_target target,
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
        context->earlier_token = auth_earlier_token(dispatch->auth);
        result = context->service->build_headers(context, &headers);
    }
    result = result ? error_memory(error)
                    : transport_set_headers(dispatch->transport, target,
                                            headers.data, error);
    buffer_wipe(&headers);
    return result;
}

struct token_source dispatch_file_source(const struct credentials *credentials,
                                         enum credentials_secret secret,
                                         const char *variable)
{
    struct secret_reader *reader = credentials->readers[secret];

    return (struct token_source){
        .read =
            reader && secret_reader_is_file(reader) ? secret_reader_read : NULL,
        .context = reader,
        .label = reader ? secret_reader_label(reader) : variable,
    };
}

static int open_auth(struct dispatch *dispatch, struct error *error)
{
    const struct options *options = dispatch->options;
    const struct credentials *credentials = dispatch->setup.credentials;
    struct secret_reader *reader = credentials->access_reader;
    const struct token_source source = {
        .read = secret_reader_read,
        .has_changed = reader && secret_reader_is_file(reader)
                           ? secret_reader_has_changed
                           : NULL,
        .context = reader,
        .label = reader ? secret_reader_label(reader) : NULL,
    };
    const struct auth_setup setup = {
        .files = dispatch->setup.platform->files,
        .random = dispatch->setup.platform->random,
        .access_token = credentials->access_token,
        .source = reader ? &source : NULL,
        .client_id = credentials->client_id,
        .client_secret = credentials->client_secret,
        .secret_source =
            dispatch_file_source(credentials, CREDENTIALS_CLIENT_SECRET, NULL),
        .scope = sign_in_token_scope(options),
        .refresh_file = credentials->refresh_file,
        .refresh_trusted = credentials->refresh_trusted,
        .labels = service_context_labels(credentials),
    };

    dispatch->auth = auth_new(&setup, error);
    return dispatch->auth ? 0 : -1;
}

static int open_transport(struct dispatch *dispatch, struct error *error)
{
    const struct options *options = dispatch->options;
    const struct credentials *credentials = dispatch->setup.credentials;
    const struct network *network = dispatch->setup.platform->network;
    const struct transport_setup setup = {
        .clock = dispatch->setup.platform->clock,
        .endpoint = options->endpoint,
        .token_url = credentials->token_url,
        .proxy = options->proxy,
        .proxy_user = credentials->proxy_user,
        .proxy_source =
            dispatch_file_source(credentials, CREDENTIALS_PROXY_USER, NULL),
        .proxy_negotiate = options->proxy_negotiate,
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
         dispatch_set_headers(dispatch, HTTP_TOKEN, error)) ||
        (auth_token(dispatch->auth) &&
         dispatch_set_headers(dispatch, HTTP_SERVICE, error)))
        return -1;
    dispatch->limiter = rate_limiter_new(
        rate_share(options), (int64_t)options->rate_window * 1000000,
        options->concurrency);
    if (!dispatch->limiter || !dispatch->replaced ||
        timer_heap_init(&dispatch->timers, MAX_WAITING + options->concurrency))
        return error_memory(error);
    return dispatch_budget_open(dispatch, error);
}

static void set_environment(struct dispatch *dispatch)
{
    const struct options *options = dispatch->options;
    const struct credentials *credentials = dispatch->setup.credentials;

    dispatch->context =
        service_context(options, credentials, dispatch->setup.platform->random);
    secret_watch_init(&dispatch->secrets, credentials, &dispatch->context);
    dispatch->environment = (struct task_environment){
        .context = &dispatch->context,
        .breaker = &dispatch->breaker,
        .replaced = dispatch->replaced,
        .settle = (int64_t)options->timeout * 1000,
        .mode = options->mode,
        .limits = {options->retries, options->give_up},
        .loose = options->loose,
        .raw_messages = options->raw_messages,
        .examples = dispatch->setup.examples,
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
    shared_budget_free(dispatch->budget.shared);
    timer_heap_clear(&dispatch->timers);
    replaced_stamps_free(dispatch->replaced);
    secret_watch_clear(&dispatch->secrets);
    free(dispatch);
}

void dispatch_set_recovery(struct dispatch *dispatch, struct recovery *recovery)
{
    dispatch->recovery = recovery;
}

void dispatch_set_undo(struct dispatch *dispatch, struct undo *undo)
{
    dispatch->undo = undo;
    dispatch->environment.undo = undo != NULL;
}

void dispatch_set_plan(struct dispatch *dispatch, struct plan *plan)
{
    dispatch->plan = plan;
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
                        dispatch_now_ms(dispatch) -
                            dispatch->environment.settle);
}

void dispatch_note_row(struct dispatch *dispatch, const char *key, bool done)
{
    if (done)
        probe_add_worked(&dispatch->probe, key);
    else
        probe_add_read(&dispatch->probe, key);
}

void dispatch_end_input(struct dispatch *dispatch)
{
    dispatch->input_ended = true;
}

unsigned dispatch_in_flight(const struct dispatch *dispatch)
{
    return dispatch_calls(dispatch) - (dispatch->probe_call ? 1 : 0);
}

bool dispatch_is_idle(const struct dispatch *dispatch)
{
    return dispatch->users == 0 && !dispatch->token_call;
}

unsigned dispatch_per_minute(const struct dispatch *dispatch)
{
    return rate_limiter_per_minute(dispatch->limiter);
}
