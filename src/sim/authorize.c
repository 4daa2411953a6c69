/*
 * The pages of a sign-in: the authorization endpoints of the Microsoft identity
 * platform and of Google, with a page that asks for consent; and the page on
 * which the code of another device is entered.
 *
 * A POST to the address of a page, with `decision=...` as its form, is the
 * user's decision. So tests can decide without a browser.
 *
 * Source: RFC 6749, section 4.1; RFC 7636; RFC 8628; "Microsoft identity
 * platform and OAuth 2.0 authorization code flow"; "Redirect URI restrictions
 * and limitations".
 */
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "form.h"
#include "scopes.h"

#define AUTHORIZE "/oauth2/v2.0/authorize"
#define GOOGLE    "/authorize"
#define DEVICE    "/devicelogin"

/* What a user can decide on the page. */
#define ACCEPT     "accept"
#define DENY       "deny"
#define NARROW     "narrow"    /* accepts, but another permission is granted */
#define NO_REFRESH "norefresh" /* accepts, but without offline_access */
#define EXPIRED    "expired"   /* accepts; the code has expired */

static bool is_google(const struct call *call)
{
    return strcmp(call->path, GOOGLE) == 0;
}

static bool is_device(const struct call *call)
{
    return strcmp(call->path, DEVICE) == 0;
}

static bool authorize_owns(const char *path)
{
    const char *end = path[0] == '/' ? strchr(path + 1, '/') : NULL;

    return strcmp(path, GOOGLE) == 0 || strcmp(path, DEVICE) == 0 ||
           (end != NULL && end > path + 1 && strcmp(end, AUTHORIZE) == 0);
}

static void authorize_identify(struct call *call)
{
    if (strcmp(call->method, "POST") == 0)
        call->document =
            form_parse(&call->pool, call->body.data, call->body.len,
                       &call->parse_error, &call->parse_doubt);
}

/* --- pages ---------------------------------------------------------------- */

static void put_html(struct text *out, const char *text)
{
    for (; *text != '\0'; text++)
        if (strchr("&<>\"'", *text) != NULL)
            text_printf(out, "&#%d;", *text);
        else
            text_char(out, *text);
}

static void begin_page(struct call *call, unsigned status, const char *title)
{
    call->response.status = status;
    call->response.content_type = "text/html; charset=utf-8";
    text_printf(&call->response.body,
                "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
                "<link rel=\"icon\" href=\"data:,\">"
                "<title>%s</title><h1>%s</h1>\n",
                title, title);
}

static void put_button(struct text *out, const char *decision,
                       const char *label)
{
    text_printf(out, "<button name=\"decision\" value=\"%s\">%s</button>\n",
                decision, label);
}

static void print_error(struct call *call, int code, const char *message)
{
    begin_page(call, 400, "Sign-in error");
    text_printf(&call->response.body, "<p>AADSTS%d: %s</p>\n", code, message);
}

/* The form is sent to the address of the page, with its parameters. */
static void print_consent(struct call *call, const char *scope)
{
    struct text *out = &call->response.body;

    begin_page(call, 200, "Permissions requested");
    text_puts(out, "<p>The application requests: <b>");
    put_html(out, scope);
    text_puts(out, "</b></p><form method=\"post\">");
    put_button(out, ACCEPT, "Accept");
    put_button(out, DENY, "Cancel");
    put_button(out, NARROW, "Accept another permission");
    put_button(out, NO_REFRESH, "Accept without offline access");
    put_button(out, EXPIRED, "Accept with an expired code");
    text_puts(out, "</form>\n");
}

static void print_device_form(struct call *call)
{
    struct text *out = &call->response.body;

    begin_page(call, 200, "Enter the code of the other device");
    text_puts(out, "<form method=\"post\"><input name=\"user_code\">");
    put_button(out, ACCEPT, "Accept");
    put_button(out, DENY, "Cancel");
    put_button(out, NARROW, "Accept another permission");
    text_puts(out, "</form>\n");
}

/* --- the request ---------------------------------------------------------- */

/* Is it a registered redirect URI? The port of localhost is ignored. */
static bool is_registered(const struct call *call, const char *uri)
{
    static const char local[] = "http://localhost";
    const char *registered = call->sim->settings.redirect_uri;
    char without[256];
    size_t len = strlen(local);

    if (strcmp(uri, registered) == 0 ||
        strcmp(uri, "https://login.microsoftonline.com/common/oauth2/"
                    "nativeclient") == 0)
        return true;
    if (strncmp(uri, local, len) != 0)
        return false;
    if (uri[len] == ':')
        len += 1 + strspn(uri + len + 1, "0123456789");
    snprintf(without, sizeof without, "%s%s", local, uri + len);
    return strcmp(without, registered) == 0 || strcmp(without, local) == 0;
}

/* Is it a challenge: 43 characters of base64url? */
static bool is_challenge(const char *text)
{
    return text != NULL && strlen(text) == 43 &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                        "0123456789-_") == 43;
}

static bool is_value(const struct call *call, const char *name,
                     const char *value)
{
    const char *given = call_argument(call, name);

    return given != NULL && strcmp(given, value) == 0;
}

/* Errors that the browser shows, because the redirect is not trusted. False: an
 * error was printed. */
static bool check_client(struct call *call)
{
    const char *uri = call_argument(call, "redirect_uri");

    if (!is_value(call, "client_id", call->sim->settings.client_id)) {
        print_error(call, 700016, refusal_name(700016));
        return false;
    }
    if (uri == NULL || !is_registered(call, uri)) {
        print_error(call, 50011,
                    "The redirect URI specified in the request does not match "
                    "the redirect URIs configured for the application.");
        return false;
    }
    return true;
}

/* Errors of the request. NULL: it is valid; else a name of RFC 6749. */
static const char *check_request(const struct call *call)
{
    const char *scope = call_argument(call, "scope");
    const char *mode = call_argument(call, "response_mode");
    const char *state = call_argument(call, "state");
    bool offline;

    if (!is_value(call, "response_type", "code"))
        return "unsupported_response_type";
    if (!is_challenge(call_argument(call, "code_challenge")) ||
        !is_value(call, "code_challenge_method", "S256") || state == NULL ||
        strlen(state) < 16 || (mode != NULL && strcmp(mode, "query") != 0))
        return "invalid_request";
    if (is_google(call))
        return scope != NULL && strcmp(scope, SCOPES_GOOGLE) == 0
                   ? NULL
                   : "invalid_scope";
    return scope != NULL && scopes_is_known(scope, &offline) ? NULL
                                                             : "invalid_scope";
}

/* --- the redirect --------------------------------------------------------- */

static void put_encoded(struct text *out, const char *text)
{
    for (; *text != '\0'; text++)
        text_printf(out, "%%%02X", (unsigned char)*text);
}

/* Sends the browser to the redirect URI with a parameter, a description of an
 * error (NULL: none) and the state. */
static void redirect(struct call *call, const char *name, const char *value,
                     const char *description)
{
    const char *uri = call_argument(call, "redirect_uri");
    const char *state = call_argument(call, "state");
    const char *host = strstr(uri, "://");
    struct text location;

    text_init(&location);
    text_puts(&location, uri);
    if (host != NULL && strchr(host + 3, '/') == NULL)
        text_char(&location, '/');
    text_printf(&location, "?%s=", name);
    put_encoded(&location, value);
    if (description != NULL) {
        text_puts(&location, "&error_description=");
        put_encoded(&location, description);
    }
    if (state != NULL) {
        text_puts(&location, "&state=");
        put_encoded(&location, state);
    }
    text_puts(&location, "&session_state=00000000");
    call->response.location =
        json_new(&call->pool, JSON_STRING, location.data)->text;
    call->response.status = 302;
    call->response.content_type = "";
    text_free(&location);
}

/* The scope that the user's decision grants. */
static const char *granted_scope(const struct call *call, const char *decision,
                                 const char *scope)
{
    if (strcmp(decision, NARROW) == 0)
        return SCOPES_NARROW;
    if (strcmp(decision, NO_REFRESH) == 0 ||
        (is_google(call) && !is_value(call, "access_type", "offline")))
        return "https://ads.microsoft.com/msads.manage";
    return scope;
}

static void grant(struct call *call, const char *decision)
{
    const struct settings *settings = &call->sim->settings;
    const struct grant_texts texts = {
        .client_id = settings->client_id,
        .scope = granted_scope(call, decision, call_argument(call, "scope")),
        .redirect = call_argument(call, "redirect_uri"),
        .challenge = call_argument(call, "code_challenge"),
    };
    struct grant *grant =
        grants_add(&call->sim->grants, GRANT_ACCEPTED, &texts);

    grant->google = is_google(call);
    grant->until = call->now;
    if (strcmp(decision, EXPIRED) != 0)
        grant->until += (uint64_t)settings->code_lifetime_ms * 1000;
    redirect(call, "code", grant->code, NULL);
}

static void decide(struct call *call, const char *decision)
{
    if (strcmp(decision, DENY) == 0)
        redirect(call, "error", "access_denied",
                 "AADSTS65004: User declined to consent to access the app.\r\n"
                 "Trace ID: 0a1b2c3d-0000-0000-0000-000000000000");
    else
        grant(call, decision);
}

/* --- the device ----------------------------------------------------------- */

static void decide_device(struct call *call, const char *decision)
{
    const char *user_code = json_string(call->document, "user_code");
    struct grant *grant = user_code != NULL
                              ? grants_find_user(&call->sim->grants, user_code)
                              : NULL;

    if (grant == NULL || grant->state != GRANT_PENDING ||
        call->now >= grant->until) {
        print_error(call, 70018, "That code did not work.");
        return;
    }
    grant->state =
        strcmp(decision, DENY) == 0 ? GRANT_DECLINED : GRANT_ACCEPTED;
    if (strcmp(decision, NARROW) == 0)
        grants_narrow(grant);
    begin_page(call, 200, "You can close this window");
}

/* --- the call ------------------------------------------------------------- */

static void authorize_print(struct call *call)
{
    const char *decision = json_string(call->document, "decision");
    const char *wrong;

    call->response.tracking_header = false;
    if (strcmp(call->method, "POST") == 0 && decision == NULL)
        print_error(call, 900144, "The form has no decision.");
    else if (is_device(call) && decision == NULL)
        print_device_form(call);
    else if (is_device(call))
        decide_device(call, decision);
    else if (!check_client(call))
        return;
    else if ((wrong = check_request(call)) != NULL)
        redirect(call, "error", wrong, "AADSTS900144: The request is wrong.");
    else if (decision == NULL)
        print_consent(call, call_argument(call, "scope"));
    else
        decide(call, decision);
}

static void authorize_perform(struct call *call, bool apply)
{
    (void)call;
    (void)apply;
}

static void authorize_print_body(struct call *call, struct text *out)
{
    (void)call;
    (void)out;
}

const struct service authorize_service = {
    .name = "authorize",
    .owns = authorize_owns,
    .identify = authorize_identify,
    .perform = authorize_perform,
    .print = authorize_print,
    .print_body = authorize_print_body,
};
