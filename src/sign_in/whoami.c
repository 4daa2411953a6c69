#include "sign_in/whoami.h"

#include <inttypes.h>
#include <string.h>

#include "base/backoff.h"
#include "cli/sign_in_addresses.h"
#include "net/auth.h"
#include "service/service.h"
#include "setup/service_context.h"
#include "sign_in/single_call.h"
#include "user/redact.h"

#define MAX_TRIES   4 /* of a call that may succeed later */
#define MAX_HEADERS ((size_t)1 << 20)
#define DAY         (24 * 3600) /* seconds */

struct whoami {
    const struct options *options;
    const struct credentials *credentials;
    struct single_calls calls;
    struct call_context context;
    struct auth *auth;
    int64_t age; /* of the refresh token in seconds, before this call */
    bool renewed;
};

/* ---- the sign-in -------------------------------------------------------- */

/* The time of the last change of the refresh token's file; 0: not known. */
static int64_t changed_at(const struct whoami *who)
{
    const struct file_system *files = who->calls.platform->files;
    struct stat status;

    if (!who->credentials->refresh_file ||
        files->stat(files, who->credentials->refresh_file, &status))
        return 0;
    return status.st_mtime;
}

static int64_t wall_seconds(const struct whoami *who)
{
    const struct clock *clock = who->calls.platform->clock;

    return clock->wall_us(clock) / 1000000;
}

static int open_auth(struct whoami *who, struct error *error)
{
    const struct credentials *credentials = who->credentials;
    const struct auth_setup setup = {
        .files = who->calls.platform->files,
        .random = who->calls.platform->random,
        .access_token = credentials->access_token,
        .client_id = credentials->client_id,
        .client_secret = credentials->client_secret,
        .scope = sign_in_token_scope(who->options),
        .refresh_file = credentials->refresh_file,
        .refresh_trusted = credentials->refresh_trusted,
        .labels = service_context_labels(credentials),
    };

    who->auth = auth_new(&setup, error);
    return who->auth ? 0 : -1;
}

/* One token call. *reason: why there is no token yet; its name is empty if
 * another process has the lock. */
static int call_for_token(struct whoami *who, struct oauth_error *reason,
                          struct error *error)
{
    struct single_calls *calls = &who->calls;
    struct transfer *transfer = transport_take_token(calls->transport);
    enum auth_result granted = AUTH_RETRY;
    int result = -1;

    reason->name[0] = '\0';
    switch (auth_step(who->auth, single_calls_now(calls), &transfer->request,
                      error)) {
    case AUTH_SEND:
        if (single_calls_send(calls, transfer, error))
            break;
        granted = auth_take_response(who->auth, single_calls_now(calls),
                                     &transfer->response, reason, error);
        result = granted == AUTH_STOP ? -1 : 0;
        break;
    case AUTH_IDLE:
        result = 0;
        break;
    case AUTH_FAIL:
        break;
    }
    transport_release(calls->transport, transfer);
    return result;
}

static int get_token(struct whoami *who, struct error *error)
{
    int64_t end =
        single_calls_now(&who->calls) + (int64_t)who->options->timeout * 1000;
    struct oauth_error reason = {.name = ""};
    unsigned failures = 0;

    while (!auth_token(who->auth)) {
        int64_t now = single_calls_now(&who->calls);

        if (*reason.name && ++failures == MAX_TRIES)
            return error_set(error, ERROR_STOPPED,
                             "the token endpoint does not respond as expected "
                             "(%s): %s",
                             reason.name, reason.text);
        if (auth_waits_for(who->auth) && now > end)
            return error_set(error, ERROR_STOPPED,
                             "another process holds the lock on %s",
                             auth_waits_for(who->auth));
        if (single_calls_pause(&who->calls, now + auth_wait(who->auth, now),
                               error) ||
            call_for_token(who, &reason, error))
            return -1;
    }
    return 0;
}

static int set_headers(struct whoami *who, struct error *error)
{
    struct buffer headers;
    int result;

    who->context.access_token = auth_token(who->auth);
    buffer_init(&headers, MAX_HEADERS);
    result = who->options->service->build_headers(&who->context, &headers)
                 ? error_memory(error)
                 : transport_set_headers(who->calls.transport, HTTP_SERVICE,
                                         headers.data, error);
    buffer_wipe(&headers);
    return result;
}

static int sign_in(struct whoami *who, struct error *error)
{
    int64_t before = changed_at(who);

    if (open_auth(who, error) || get_token(who, error))
        return -1;
    who->age = wall_seconds(who) - before;
    who->renewed = changed_at(who) != before;
    return set_headers(who, error);
}

/* ---- the call ----------------------------------------------------------- */

/* Redacts secrets, which the message may repeat. Is another try useful? */
static bool judge(const struct whoami *who, struct api_error *api_error,
                  struct error *error)
{
    const struct known_values known = {.context = &who->context,
                                       .raw_messages = true};
    const struct service *service = who->options->service;
    enum error_kind kind = ERROR_STOPPED;
    const char *advice = "";
    bool again = false;

    redact_error(api_error, &known);
    switch (api_error->action) {
    case API_ERROR_RETRY:
    case API_ERROR_UNEXPECTED:
    case API_ERROR_THROTTLE:
        again = true;
        break;
    case API_ERROR_MEMORY:
        error_memory(error);
        return false;
    default:
        kind = ERROR_SIGN_IN;
        break;
    }
    if (api_error->action == API_ERROR_SIGN_IN)
        advice = service->developer_token
                     ? "; check the developer token and the sign-in"
                     : "; check the sign-in";
    error_set(error, kind, "%s did not say who is signed in (%s%s): %s",
              service->title, api_error->name, advice, api_error->text);
    return again;
}

static int call_service(struct whoami *who, struct identity *identity,
                        bool *again, struct error *error)
{
    const struct identity_service *service = who->options->service->identity;
    struct transport *transport = who->calls.transport;
    struct transfer *transfer = transport_take(transport);
    struct api_error api_error;
    int result = -1;

    *again = false;
    if (service->build(&who->context, &transfer->request)) {
        error_memory(error);
    } else if (single_calls_send(&who->calls, transfer, error) == 0) {
        result = service->parse(&who->context, &transfer->response, identity,
                                &api_error);
        if (result)
            *again = judge(who, &api_error, error);
    }
    transport_release(transport, transfer);
    return result;
}

static int get_identity(struct whoami *who, struct identity *identity,
                        struct error *error)
{
    const struct random *random = who->calls.platform->random;
    bool again;

    for (unsigned tries = 1;; tries++) {
        int64_t now = single_calls_now(&who->calls);
        uint32_t number = (uint32_t)random_up_to(random, UINT32_MAX);

        if (call_service(who, identity, &again, error) == 0)
            return 0;
        if (!again || tries == MAX_TRIES ||
            single_calls_pause(&who->calls, now + backoff_delay(tries, number),
                               error))
            return -1;
    }
}

/* ---- what is printed ---------------------------------------------------- */

#define LABEL "%-16s"

static void print_user(FILE *out, const struct whoami *who,
                       const struct identity *identity)
{
    const char *unknown = who->options->service->identity->unknown;

    fprintf(out, LABEL, "User:");
    if (unknown)
        fprintf(out, "not known: %s\n", unknown);
    else if (*identity->name)
        fprintf(out, "%s (%s), Id %s\n", identity->user, identity->name,
                identity->id);
    else
        fprintf(out, "%s, Id %s\n", identity->user, identity->id);
}

static void print_customers(FILE *out, const struct identity *identity)
{
    fprintf(out, LABEL "%" PRIu64 "\n", "Customers:", identity->total);
    for (size_t i = 0; i < identity->count; i++) {
        const struct identity_customer *customer = &identity->customers[i];

        fprintf(out, LABEL "%s%s%s%s%s\n", "", customer->id,
                *customer->name ? " " : "", customer->name,
                *customer->role ? ", role " : "", customer->role);
    }
    if (identity->total > identity->count)
        fprintf(out, LABEL "and %" PRIu64 " more\n", "",
                identity->total - identity->count);
    if (!identity->updates)
        fprintf(out,
                LABEL "none of these roles may update users; that takes Super "
                      "Admin or Standard\n",
                "Warning:");
}

static void print_environment(FILE *out, const struct whoami *who)
{
    const struct options *options = who->options;
    const struct service *service = options->service;
    const char *name = "";

    if (strcmp(options->endpoint, service->production) == 0)
        name = "production, ";
    else if (service->sandbox &&
             strcmp(options->endpoint, service->sandbox) == 0)
        name = "sandbox, ";
    fprintf(out, LABEL "%s%s, %s\n", "Environment:", name, service->title,
            options->endpoint);
}

static void print_token(FILE *out, const struct whoami *who)
{
    const char *file = who->credentials->refresh_file;
    int64_t days = who->age / DAY;

    fprintf(out, LABEL, "Refresh token:");
    if (!file) {
        fprintf(out, "none; the access token is valid for about an hour\n");
        return;
    }
    if (days < 1)
        fprintf(out, "%s, less than a day old\n", file);
    else
        fprintf(out, "%s, %" PRId64 " day%s old%s\n", file, days,
                days == 1 ? "" : "s", who->renewed ? ", renewed now" : "");
    if (days >= WHOAMI_DAYS_WARNING && !who->renewed)
        fprintf(out,
                LABEL "the refresh token expires if it is not replaced for %d "
                      "days; sign in again by --sign-in\n",
                "Warning:", WHOAMI_DAYS_VALID);
}

/* ---- life --------------------------------------------------------------- */

static int show(struct whoami *who, FILE *out, struct error *error)
{
    struct identity identity;

    if (sign_in(who, error))
        return -1;
    if (get_identity(who, &identity, error))
        return -1;
    print_user(out, who, &identity);
    print_customers(out, &identity);
    print_environment(out, who);
    print_token(out, who);
    identity_clear(&identity);
    return 0;
}

int whoami_show(const struct platform *platform, const struct options *options,
                const struct credentials *credentials,
                const volatile sig_atomic_t *stop, FILE *out,
                struct error *error)
{
    struct whoami who = {
        .options = options,
        .credentials = credentials,
        .context = service_context(options, credentials, platform->random),
    };
    int result = -1;

    if (!options->service->identity)
        return error_set(error, ERROR_USAGE,
                         "%s does not say who is signed in; use --api rest",
                         options->service->name);
    if (single_calls_open(&who.calls, platform, options, credentials,
                          credentials->token_url, stop, error) == 0)
        result = show(&who, out, error);
    single_calls_close(&who.calls);
    auth_free(who.auth);
    return result;
}
