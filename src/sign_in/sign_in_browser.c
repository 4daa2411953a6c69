#include <string.h>

#include "cli/sign_in_addresses.h"
#include "net/authorize.h"
#include "sign_in/browser.h"
#include "sign_in/redirect_wait.h"
#include "sign_in/sign_in.h"
#include "sign_in/sign_in_state.h"

#define DEFAULT_REDIRECT "http://localhost"

#define MAX_ADDRESS ((size_t)16384)
#define MAX_TRIES   4 /* of a call that was not sent */
#define TRY_MS      1000

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
static int exchange(struct sign_in *sign_in, const struct visit *visit,
                    const char *code, struct error *error)
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
    struct single_calls *calls = &sign_in->calls;
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
        result = sign_in_take_tokens(sign_in, &transfer->response, secrets,
                                     sizeof(secrets) / sizeof(secrets[0]),
                                     &reason, error);
        if (result && *reason.name && !again)
            sign_in_refuse(sign_in, &reason, error);
        if (result && again &&
            single_calls_pause(calls, single_calls_now(calls) + TRY_MS * tries,
                               error))
            break;
    }
    transport_release(calls->transport, transfer);
    return result;
}

static int visit_browser(struct sign_in *sign_in, struct visit *visit,
                         struct error *error)
{
    const struct redirect_wait wait = {
        .calls = &sign_in->calls,
        .listener = visit->listener,
        .state = visit->secrets.state,
        .messages = sign_in->messages,
        .until = single_calls_now(&sign_in->calls) + SIGN_IN_MINUTES * 60000,
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
                     ? exchange(sign_in, visit, redirect.code, error)
                     : sign_in_refuse(sign_in, &redirect.error, error);
    redirect_clear(&redirect);
    return result;
}

int sign_in_by_browser(struct sign_in *sign_in, struct error *error)
{
    struct visit visit = {.listener = NULL};
    int result = open_visit(sign_in, &visit, error) ||
                         visit_browser(sign_in, &visit, error)
                     ? -1
                     : 0;

    redirect_listener_free(visit.listener);
    memory_wipe(&visit.secrets, sizeof(visit.secrets));
    return result;
}
