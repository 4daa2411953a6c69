/*
 * The token endpoints of the Microsoft identity platform and of Google, for one
 * client that exchanges refresh tokens for access tokens.
 *
 * Source: RFC 6749, sections 5 and 6; "Microsoft identity platform and OAuth
 * 2.0 authorization code flow", Refresh the access token.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "call.h"
#include "form.h"

/* The path after the tenant. */
#define ENDPOINT "/oauth2/v2.0/token"

/* The whole path of Google's token endpoint. Source: "Using OAuth 2.0 for Web
 * Server Applications", Refreshing an access token. */
#define GOOGLE "/token"

static bool token_owns(const char *path)
{
    const char *end = path[0] == '/' ? strchr(path + 1, '/') : NULL;

    return strcmp(path, GOOGLE) == 0 ||
           (end != NULL && end > path + 1 && strcmp(end, ENDPOINT) == 0);
}

static bool is_google(const struct call *call)
{
    return strcmp(call->path, GOOGLE) == 0;
}

static void token_identify(struct call *call)
{
    if (strcmp(call->method, "POST") != 0)
        return;
    call->kind = CALL_TOKEN;
    call->document = form_parse(&call->pool, call->body.data, call->body.len,
                                &call->parse_error, &call->parse_doubt);
}

/* --- validation ----------------------------------------------------------- */

static int refuse(struct call *call, int code, const char *message)
{
    refusal_add(&call->refusal, code, message, "");
    return -1;
}

static const char *field(const struct call *call, const char *name)
{
    return json_string(call->document, name);
}

static int check_request(struct call *call)
{
    static const char form[] = "application/x-www-form-urlencoded";
    const char *type = call_header(call, "Content-Type");
    char message[128];

    if (call->body_too_long)
        return refuse(call, 900144, "The body is too long.");
    if (type == NULL || strncasecmp(type, form, strlen(form)) != 0 ||
        strchr("; ", type[strlen(form)]) == NULL)
        return refuse(
            call, 900144,
            "Content-Type must be application/x-www-form-urlencoded.");
    /* This host must not receive the secrets of the services. */
    if ((call_header(call, "Authorization") != NULL ||
         call_header(call, "DeveloperToken") != NULL) &&
        call_doubt(call, 900144,
                   "Authorization and DeveloperToken belong to another "
                   "service.") != 0)
        return -1;
    if (call->document == NULL) {
        snprintf(message, sizeof message, "The form has %s.",
                 call->parse_error);
        return refuse(call, 900144, message);
    }
    if (call->parse_doubt == NULL)
        return 0;
    snprintf(message, sizeof message, "The form has %s.", call->parse_doubt);
    return call_doubt(call, 900144, message);
}

/* Unknown fields are ignored (RFC 6749, section 3.2): the Python SDK sends
 * some. */
static int check_fields(struct call *call)
{
    static const char *const names[] = {"client_id", "grant_type",
                                        "refresh_token"};
    char message[128];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = field(call, names[i]);
        if (value != NULL && *value != '\0')
            continue;
        snprintf(message, sizeof message,
                 "The request body must contain the following parameter: "
                 "'%s'.",
                 names[i]);
        return refuse(call, 900144, message);
    }
    if (strcmp(field(call, "grant_type"), "refresh_token") != 0)
        return refuse(call, 70003, NULL);
    return 0;
}

static int check_client(struct call *call)
{
    const struct settings *settings = &call->sim->settings;
    const char *secret = field(call, "client_secret");

    if (strcmp(field(call, "client_id"), settings->client_id) != 0)
        return refuse(call, 700016, NULL);
    if (settings->client_secret[0] == '\0' && !is_google(call))
        return secret != NULL ? refuse(call, 700025, NULL) : 0;
    if (secret == NULL)
        return refuse(call, 7000218, NULL);
    if (strcmp(secret, settings->client_secret) != 0)
        return refuse(call, 7000215, NULL);
    return 0;
}

/* Accepts one of the resources, with or without offline_access, and no scope:
 * that of the sign-in. Without offline_access, the response contains no refresh
 * token. */
static int check_scope(struct call *call, bool *offline)
{
    static const char *const resources[] = {
        "https://ads.microsoft.com/msads.manage",
        "https://si.ads.microsoft.com/msads.manage",
        "https://api.partnercenter.microsoft.com/user_impersonation",
    };
    static const char suffix[] = " offline_access";
    const char *scope = field(call, "scope");

    /* Google returns no new refresh token. */
    if (is_google(call))
        return scope == NULL ? 0 : refuse(call, 70011, NULL);
    *offline = true;
    if (scope == NULL || *scope == '\0')
        return 0;
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        size_t len = strlen(resources[i]);
        if (strncmp(scope, resources[i], len) != 0)
            continue;
        *offline = strcmp(scope + len, suffix) == 0;
        if (*offline || scope[len] == '\0')
            return 0;
    }
    return refuse(call, 70011, NULL);
}

/* --- the call ------------------------------------------------------------- */

static void add_string(struct text *out, const char *name, const char *value)
{
    text_printf(out, "\"%s\":", name);
    text_json(out, value);
}

/* Formats the response with the next tokens. */
static void print_tokens(struct call *call, bool refresh)
{
    const struct sim *sim = call->sim;
    unsigned seconds = sim->settings.token_lifetime_ms / 1000;
    struct text *out = &call->user;
    struct text token;

    if (seconds == 0)
        seconds = 1;
    text_init(&token);
    text_puts(out, "{\"token_type\":\"Bearer\",");
    add_string(out, "scope",
               is_google(call)                ? "openid email profile"
               : field(call, "scope") != NULL ? field(call, "scope")
                                              : "");
    text_printf(out, ",\"expires_in\":%u,\"ext_expires_in\":%u,", seconds,
                seconds);
    tokens_next_access(&sim->tokens, &token);
    add_string(out, "access_token", token.data);
    if (refresh) {
        text_clear(&token);
        tokens_next_refresh(&sim->tokens, &token);
        text_char(out, ',');
        add_string(out, "refresh_token", token.data);
    }
    text_char(out, '}');
    text_free(&token);
}

static void token_perform(struct call *call, bool apply)
{
    const struct settings *settings = &call->sim->settings;
    struct tokens *tokens = &call->sim->tokens;
    bool offline = false;

    if (call->kind == CALL_OTHER || check_request(call) != 0 ||
        check_fields(call) != 0 || check_client(call) != 0 ||
        check_scope(call, &offline) != 0)
        return;
    int place = tokens_find(tokens, field(call, "refresh_token"));
    if (place < 0) {
        refuse(call, 70000, NULL);
        return;
    }
    bool rotate = offline && settings->rotate_refresh_tokens;
    print_tokens(call, rotate);
    if (apply)
        call->token = (int64_t)tokens_issue(
            tokens, place,
            call->now + (uint64_t)settings->token_lifetime_ms * 1000, rotate,
            is_google(call));
}

/* --- responses ------------------------------------------------------------ */

static void print_refusal(struct call *call, struct text *out)
{
    const struct refusal_error *error = &call->refusal.errors[0];
    char correlation[TRACKING_SIZE], when[32];
    time_t now = time(NULL);
    struct text description;
    struct tm tm;

    gmtime_r(&now, &tm);
    strftime(when, sizeof when, "%Y-%m-%d %H:%M:%SZ", &tm);
    call_make_guid(call, ~call->sim->calls, correlation);
    text_init(&description);
    text_printf(&description,
                "AADSTS%d: %s\r\nTrace ID: %s\r\nCorrelation ID: %s\r\n"
                "Timestamp: %s",
                error->code, error->message, call->tracking, correlation, when);
    text_char(out, '{');
    add_string(out, "error", error->name);
    text_char(out, ',');
    add_string(out, "error_description", description.data);
    text_printf(out, ",\"error_codes\":[%d],\"timestamp\":\"%s\"", error->code,
                when);
    if (call->tracking_in_body)
        text_printf(out, ",\"trace_id\":\"%s\",\"correlation_id\":\"%s\"",
                    call->tracking, correlation);
    text_char(out, '}');
    text_free(&description);
    call->response.status = call->refusal.status;
}

static void token_print(struct call *call)
{
    struct response *response = &call->response;

    response->content_type = "application/json; charset=utf-8";
    response->tracking_header = false;
    response->status = 200;
    if (call->refusal.count > 0) {
        print_refusal(call, &response->body);
    } else if (call->kind == CALL_OTHER) {
        response->status = 405;
        response->allow = "POST";
        response->content_type = "text/html";
        text_puts(&response->body, "<h2>405 - Not allowed.</h2>\n");
    } else {
        text_put(&response->body, call->user.data, call->user.len);
    }
}

/* Such a body contains little but secrets, so it is not recorded. */
static void token_print_body(struct call *call, struct text *out)
{
    (void)call;
    (void)out;
}

const struct service token_service = {
    .name = "token",
    .owns = token_owns,
    .identify = token_identify,
    .perform = token_perform,
    .print = token_print,
    .print_body = token_print_body,
};
