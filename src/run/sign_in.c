#include "run/sign_in.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/backoff.h"
#include "base/secret_file.h"
#include "cli/sign_in_addresses.h"
#include "net/authorize.h"
#include "net/device_code.h"
#include "net/oauth.h"
#include "run/browser.h"
#include "run/redirect_wait.h"
#include "run/single_call.h"
#include "run/whoami.h"
#include "service/service.h"

#define DEFAULT_REDIRECT "http://localhost"

#define MAX_ADDRESS ((size_t)16384)
#define MAX_TRIES   4     /* of a call that was not sent */
#define LOCK_MS     60000 /* to wait for a run that renews its token */
#define LOCK_PAUSE  100

struct sign_in {
    const struct platform *platform;
    const struct options *options;
    const struct credentials *credentials;
    const volatile sig_atomic_t *stop;
    FILE *messages;
    char *access_token; /* owned secrets; NULL: not there yet */
    char *refresh_token;
};

/* ---- errors ------------------------------------------------------------- */

/* What the user can do; the last one is for all other errors. */
static const struct {
    const char *name;
    const char *advice;
} advices[] = {
    {"access_denied",
     "the consent was denied; sign in again and accept, or ask an "
     "administrator of your tenant for consent"},
    {"consent_required", "ask an administrator of your tenant for consent"},
    {"authorization_declined",
     "the sign-in was declined on the other device; start --sign-in again"},
    {"bad_verification_code", "start --sign-in again"},
    {"invalid_grant", "the code has expired or was used; start --sign-in "
                      "again"},
    {"invalid_client",
     "check BAUSER_CLIENT_ID and BAUSER_CLIENT_SECRET: a public client has no "
     "secret, a web application has one"},
    {"unauthorized_client",
     "check BAUSER_CLIENT_ID and --tenant; --device requires that the "
     "registered application allows public client flows"},
    {"invalid_scope", "check --api, --environment and --identity-provider"},
    {"", "check BAUSER_CLIENT_ID, --tenant and --redirect-uri, and start "
         "--sign-in again"},
};

static int refuse(const struct oauth_error *reason, struct error *error)
{
    size_t i = 0;

    if (reason->kind == OAUTH_NO_MEMORY)
        return error_memory(error);
    if (reason->kind != OAUTH_REFUSED)
        return error_set(error, ERROR_STOPPED,
                         "the token endpoint does not respond as expected "
                         "(%s): %s; start --sign-in again later",
                         reason->name, reason->text);
    while (*advices[i].name && strcmp(advices[i].name, reason->name) != 0)
        i++;
    return error_set(error, ERROR_SIGN_IN, "the sign-in failed (%s); %s%s%s",
                     reason->name, advices[i].advice,
                     *reason->text ? "; its message: " : "", reason->text);
}

/* ---- the grant ---------------------------------------------------------- */

/* Is the resource's permission among the granted ones? Services may return it
 * without its resource. Without the member, what was requested is granted (RFC
 * 6749, section 5.1). */
static bool has_scope(const struct sign_in *sign_in, const char *granted)
{
    const char *wanted = sign_in_token_scope(sign_in->options);
    size_t whole = wanted ? strcspn(wanted, " ") : 0;
    size_t last = whole;

    if (!wanted || !granted)
        return true;
    while (last > 0 && wanted[last - 1] != '/')
        last--;
    for (const char *at = granted; *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");

        if ((len == whole && memcmp(at, wanted, len) == 0) ||
            (len == whole - last && memcmp(at, wanted + last, len) == 0))
            return true;
        at += len;
    }
    return false;
}

static int check_grant(const struct sign_in *sign_in,
                       const struct oauth_grant *grant, struct error *error)
{
    const char *wanted = sign_in_token_scope(sign_in->options);

    if (!has_scope(sign_in, grant->scope))
        return error_set(error, ERROR_SIGN_IN,
                         "the sign-in does not include the permission %.*s, "
                         "which %s requires; sign in again and accept all "
                         "permissions. The refresh token was not stored",
                         (int)strcspn(wanted, " "), wanted,
                         sign_in->options->service->title);
    if (!sign_in->refresh_token)
        return error_set(error, ERROR_SIGN_IN,
                         "the token endpoint returned no refresh token: the "
                         "permission offline_access was not granted; sign in "
                         "again and accept all permissions");
    return 0;
}

/* Takes the response to a form. -1 with the reason, or with its kind
 * OAUTH_REFUSED and no name if the error is complete. */
static int take_tokens(struct sign_in *sign_in,
                       const struct http_response *response,
                       const char *const *secrets, size_t count,
                       struct oauth_error *reason, struct error *error)
{
    struct oauth_grant grant;
    struct cJSON *document;
    int result = -1;

    reason->name[0] = '\0';
    if (oauth_find_refresh_token(response, &sign_in->refresh_token))
        return error_memory(error);
    document = oauth_parse_response(response, &grant, reason);
    if (!document) {
        oauth_redact(reason, secrets, count);
        secret_file_free(sign_in->refresh_token);
        sign_in->refresh_token = NULL;
        return -1;
    }
    if (check_grant(sign_in, &grant, error) == 0) {
        sign_in->access_token = strdup(grant.access_token);
        result = sign_in->access_token ? 0 : error_memory(error);
    }
    json_wipe(document);
    return result;
}

/* ---- in a browser ------------------------------------------------------- */

/* One sign-in in a browser. */
struct visit {
    struct authorize_secrets secrets;
    struct sign_in_redirect parts;
    struct redirect_expectation expected;
    struct redirect_listener *listener; /* NULL: the address is pasted */
    char uri[1024];                     /* the redirect URI, with its port */
};

static int open_listener(struct visit *visit, struct error *error)
{
    const char *path = visit->parts.path;
    const char *host = visit->parts.numeric ? "127.0.0.1" : "localhost";

    visit->expected = (struct redirect_expectation){host, *path ? path : "/",
                                                    visit->secrets.state};
    visit->listener =
        redirect_listener_new(visit->parts.port, &visit->expected, error);
    if (!visit->listener)
        return -1;
    (void)snprintf(visit->uri, sizeof(visit->uri), "http://%s:%u%s", host,
                   redirect_listener_port(visit->listener), path);
    return 0;
}

static int open_visit(const struct sign_in *sign_in, struct visit *visit,
                      struct error *error)
{
    const char *uri = sign_in->options->redirect_uri;

    if (!uri)
        uri = DEFAULT_REDIRECT;
    if (strlen(uri) >= sizeof(visit->uri))
        return error_set(error, ERROR_USAGE, "--redirect-uri is too long");
    if (sign_in_parse_redirect("--redirect-uri", uri, &visit->parts, error))
        return -1;
    if (authorize_make_secrets(&visit->secrets, sign_in->platform->random))
        return error_memory(error);
    if (visit->parts.listens)
        return open_listener(visit, error);
    (void)snprintf(visit->uri, sizeof(visit->uri), "%s", uri);
    return 0;
}

/* Shows the address, also if a browser was started: it may be on a display that
 * nobody sees. */
static int show_address(const struct sign_in *sign_in,
                        const struct visit *visit, struct error *error)
{
    const struct authorize_request request = {
        .url = sign_in->credentials->sign_in_url,
        .client_id = sign_in->credentials->client_id,
        .scope = sign_in_first_scope(sign_in->options),
        .redirect_uri = visit->uri,
        .secrets = &visit->secrets,
        .google = sign_in->options->google,
    };
    struct buffer address;
    bool opened;

    buffer_init(&address, MAX_ADDRESS);
    if (authorize_build_url(&address, &request)) {
        buffer_free(&address);
        return error_memory(error);
    }
    opened = browser_open(address.data);
    fprintf(sign_in->messages, "%s\n\n    %s\n\n",
            opened ? "Sign in in the browser. If no window opens, open this "
                     "address:"
                   : "Open this address in a browser, and sign in:",
            address.data);
    fprintf(sign_in->messages,
            visit->listener
                ? "If the browser is on another machine, the last page cannot "
                  "be shown there.\nPaste the address of that page here, and "
                  "press Enter.\n"
                : "The last page can be empty. Paste its address here, and "
                  "press Enter.\n");
    fprintf(sign_in->messages, "Waiting for %d minutes ...\n", SIGN_IN_MINUTES);
    (void)fflush(sign_in->messages);
    buffer_free(&address);
    return 0;
}

/* Sends the form once it is certain that it was not sent before: a code is
 * accepted once. */
static int exchange(struct sign_in *sign_in, struct single_calls *calls,
                    const struct visit *visit, const char *code,
                    struct error *error)
{
    const struct credentials *credentials = sign_in->credentials;
    const struct oauth_form form = {
        .client_id = credentials->client_id,
        .scope = sign_in_token_scope(sign_in->options),
        .grant_type = OAUTH_BY_CODE,
        .code = code,
        .redirect_uri = visit->uri,
        .code_verifier = visit->secrets.verifier,
        .client_secret = credentials->client_secret,
    };
    const char *const secrets[] = {code, visit->secrets.verifier,
                                   credentials->client_secret};
    struct transfer *transfer = transport_take_token(calls->transport);
    struct oauth_error reason;
    bool again = true;
    int result = -1;

    for (unsigned tries = 1; result && again; tries++) {
        transfer->request.method = HTTP_POST;
        transfer->request.once = true;
        if (oauth_build_form(&transfer->request.body, &form)) {
            error_memory(error);
            break;
        }
        if (single_calls_send(calls, transfer, error))
            break;
        again = !transfer->response.sent && tries < MAX_TRIES;
        result =
            take_tokens(sign_in, &transfer->response, secrets,
                        sizeof(secrets) / sizeof(secrets[0]), &reason, error);
        if (result && *reason.name && !again)
            refuse(&reason, error);
        if (result && again &&
            single_calls_pause(calls, single_calls_now(calls) + 1000 * tries,
                               error))
            break;
    }
    transport_release(calls->transport, transfer);
    return result;
}

static int visit_browser(struct sign_in *sign_in, struct single_calls *calls,
                         struct visit *visit, struct error *error)
{
    const struct redirect_wait wait = {
        .calls = calls,
        .listener = visit->listener,
        .state = visit->secrets.state,
        .messages = sign_in->messages,
        .until = single_calls_now(calls) + SIGN_IN_MINUTES * 60000,
    };
    struct redirect redirect;
    int result;

    if (show_address(sign_in, visit, error))
        return -1;
    result = redirect_wait_run(&wait, &redirect, error);
    redirect_listener_free(visit->listener);
    visit->listener = NULL;
    if (result == 0)
        result = redirect.code
                     ? exchange(sign_in, calls, visit, redirect.code, error)
                     : refuse(&redirect.error, error);
    redirect_clear(&redirect);
    return result;
}

static int by_browser(struct sign_in *sign_in, struct error *error)
{
    struct single_calls calls = {.transport = NULL};
    struct visit visit = {.listener = NULL};
    int result = -1;

    if (open_visit(sign_in, &visit, error) == 0 &&
        single_calls_open(&calls, sign_in->platform, sign_in->options,
                          sign_in->credentials, sign_in->credentials->token_url,
                          sign_in->stop, error) == 0)
        result = visit_browser(sign_in, &calls, &visit, error);
    single_calls_close(&calls);
    redirect_listener_free(visit.listener);
    memory_wipe(&visit.secrets, sizeof(visit.secrets));
    return result;
}

/* ---- on another device -------------------------------------------------- */

static int get_device_code(const struct sign_in *sign_in,
                           struct single_calls *calls,
                           struct device_code *device, struct error *error)
{
    const struct oauth_form form = {
        .client_id = sign_in->credentials->client_id,
        .scope = sign_in_first_scope(sign_in->options)};
    struct transfer *transfer = transport_take_token(calls->transport);
    struct oauth_error reason;
    int result = -1;

    transfer->request.method = HTTP_POST;
    if (oauth_build_form(&transfer->request.body, &form)) {
        error_memory(error);
    } else if (single_calls_send(calls, transfer, error) == 0) {
        result = device_code_parse(device, &transfer->response,
                                   single_calls_now(calls), &reason);
        if (result)
            refuse(&reason, error);
    }
    transport_release(calls->transport, transfer);
    return result;
}

static int start_device(const struct sign_in *sign_in,
                        struct device_code *device, struct error *error)
{
    struct single_calls calls;
    int result = -1;

    if (single_calls_open(
            &calls, sign_in->platform, sign_in->options, sign_in->credentials,
            sign_in->credentials->sign_in_url, sign_in->stop, error) == 0)
        result = get_device_code(sign_in, &calls, device, error);
    if (result == 0)
        fprintf(sign_in->messages,
                "On any device, open %s and enter the code %s.\n"
                "The code is valid for %" PRId64 " minutes. Waiting ...\n",
                device->address, device->user_code,
                (device->expires - single_calls_now(&calls) + 59999) / 60000);
    (void)fflush(sign_in->messages);
    single_calls_close(&calls);
    return result;
}

/* One poll. *again: there is no decision yet. */
static int poll_once(struct sign_in *sign_in, struct single_calls *calls,
                     struct device_code *device, bool *again,
                     struct error *error)
{
    const struct credentials *credentials = sign_in->credentials;
    const struct oauth_form form = {
        .client_id = credentials->client_id,
        .grant_type = OAUTH_BY_DEVICE_CODE,
        .device_code = device->code,
        .client_secret = credentials->client_secret,
    };
    const char *const secrets[] = {device->code, credentials->client_secret};
    struct transfer *transfer = transport_take_token(calls->transport);
    struct oauth_error reason = {.name = ""};
    int result = -1;

    *again = false;
    transfer->request.method = HTTP_POST;
    transfer->request.once = true;
    if (oauth_build_form(&transfer->request.body, &form))
        error_memory(error);
    else if (single_calls_send(calls, transfer, error) == 0)
        result =
            take_tokens(sign_in, &transfer->response, secrets,
                        sizeof(secrets) / sizeof(secrets[0]), &reason, error);
    transport_release(calls->transport, transfer);
    if (!*reason.name)
        return result;
    switch (device_code_judge(device, &reason, single_calls_now(calls))) {
    case DEVICE_WAIT:
        *again = true;
        break;
    case DEVICE_EXPIRED:
        return error_set(error, ERROR_STOPPED,
                         "the code expired before somebody signed in with it; "
                         "start --sign-in again");
    case DEVICE_REFUSED:
        return refuse(&reason, error);
    }
    return 0;
}

static int poll_device(struct sign_in *sign_in, struct device_code *device,
                       struct error *error)
{
    struct single_calls calls;
    bool again = true;
    int result = single_calls_open(
        &calls, sign_in->platform, sign_in->options, sign_in->credentials,
        sign_in->credentials->token_url, sign_in->stop, error);

    while (result == 0 && again)
        result = single_calls_pause(&calls,
                                    single_calls_now(&calls) + device->interval,
                                    error) ||
                         poll_once(sign_in, &calls, device, &again, error)
                     ? -1
                     : 0;
    single_calls_close(&calls);
    return result;
}

static int by_device(struct sign_in *sign_in, struct error *error)
{
    struct device_code device = {.code = NULL};
    int result = start_device(sign_in, &device, error) ||
                         poll_device(sign_in, &device, error)
                     ? -1
                     : 0;

    device_code_clear(&device);
    return result;
}

/* ---- the end ------------------------------------------------------------ */

/* A run that shares the file may be renewing its token. */
static int lock_file(const struct sign_in *sign_in,
                     const struct secret_file *file, int *lock,
                     struct error *error)
{
    struct single_calls calls;
    int64_t end;
    int result =
        single_calls_open(&calls, sign_in->platform, sign_in->options,
                          sign_in->credentials, NULL, sign_in->stop, error);

    *lock = -1;
    end = single_calls_now(&calls) + LOCK_MS;
    while (result == 0 && *lock < 0) {
        result = secret_file_lock(file, lock, error);
        if (result || *lock >= 0)
            break;
        if (single_calls_now(&calls) >= end)
            result = error_set(error, ERROR_LOCAL,
                               "another process holds the lock on %s, so the "
                               "refresh token was not stored; end that "
                               "process, and start --sign-in again",
                               file->path);
        else
            result = single_calls_pause(
                &calls, single_calls_now(&calls) + LOCK_PAUSE, error);
    }
    single_calls_close(&calls);
    return result;
}

static int store(const struct sign_in *sign_in, struct error *error)
{
    const struct credentials *credentials = sign_in->credentials;
    const struct secret_file file = {
        .files = sign_in->platform->files,
        .random = sign_in->platform->random,
        .variable = CREDENTIALS_REFRESH_FILE,
        .path = credentials->refresh_file,
        .allowed = credentials->refresh_trusted ? S_IRWXG | S_IRWXO : 0,
        .kind = ERROR_LOCAL,
    };
    int lock, result;

    if (lock_file(sign_in, &file, &lock, error))
        return -1;
    result = secret_file_replace(&file, sign_in->refresh_token, error);
    secret_file_unlock(&file, lock);
    if (result == 0)
        fprintf(sign_in->messages, "The refresh token is stored in %s (%s).\n",
                file.path, CREDENTIALS_REFRESH_FILE);
    (void)fflush(sign_in->messages);
    return result;
}

/* Without a developer token the user cannot be fetched yet. */
static int show_user(const struct sign_in *sign_in, FILE *out,
                     struct error *error)
{
    const struct service *service = sign_in->options->service;
    struct credentials signed_in = *sign_in->credentials;

    signed_in.access_token = sign_in->access_token;
    if (!service->identity)
        return 0;
    if (!service->developer_token || signed_in.developer_token)
        return whoami_show(sign_in->platform, sign_in->options, &signed_in,
                           sign_in->stop, out, error);
    fputs("Set BAUSER_DEVELOPER_TOKEN; then bauser-batch --whoami shows who is "
          "signed in.\n",
          sign_in->messages);
    return 0;
}

int sign_in_run(const struct platform *platform, const struct options *options,
                const struct credentials *credentials,
                const volatile sig_atomic_t *stop, FILE *out, FILE *messages,
                struct error *error)
{
    struct sign_in sign_in = {.platform = platform,
                              .options = options,
                              .credentials = credentials,
                              .stop = stop,
                              .messages = messages};
    int result = options->device ? by_device(&sign_in, error)
                                 : by_browser(&sign_in, error);

    if (result == 0)
        result =
            store(&sign_in, error) || show_user(&sign_in, out, error) ? -1 : 0;
    secret_file_free(sign_in.access_token);
    secret_file_free(sign_in.refresh_token);
    return result;
}
