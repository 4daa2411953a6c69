/*
 * The token endpoints of the Microsoft identity platform and of Google, for one
 * client that exchanges refresh tokens, authorization codes and device codes
 * for access tokens; and the endpoint that returns device codes.
 *
 * Source: RFC 6749, sections 4.1.3, 5 and 6; RFC 7636, section 4.6; RFC 8628;
 * "Microsoft identity platform and OAuth 2.0 authorization code flow".
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "call.h"
#include "form.h"
#include "pkce.h"
#include "scopes.h"

/* The path after the tenant. */
#define ENDPOINT "/oauth2/v2.0/token"
#define DEVICE   "/oauth2/v2.0/devicecode"

/* The whole path of Google's token endpoint. Source: "Using OAuth 2.0 for Web
 * Server Applications", Refreshing an access token. */
#define GOOGLE "/token"

static bool token_owns(const char *path)
{
    const char *end = path[0] == '/' ? strchr(path + 1, '/') : NULL;

    return strcmp(path, GOOGLE) == 0 ||
           (end != NULL && end > path + 1 &&
            (strcmp(end, ENDPOINT) == 0 || strcmp(end, DEVICE) == 0));
}

static bool is_device_request(const struct call *call)
{
    return strcmp(strchr(call->path + 1, '/') != NULL
                      ? strchr(call->path + 1, '/')
                      : "",
                  DEVICE) == 0;
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

/* The ways to get a token, with the fields that each requires. */
static const struct way {
    const char *grant_type;
    const char *fields[4];
} ways[] = {
    {"refresh_token", {"refresh_token"}},
    {"authorization_code", {"code", "redirect_uri", "code_verifier"}},
    {"urn:ietf:params:oauth:grant-type:device_code", {"device_code"}},
};

enum { BY_REFRESH_TOKEN, BY_CODE, BY_DEVICE_CODE, WAYS };

static int check_field(struct call *call, const char *name)
{
    const char *value = field(call, name);
    char message[128];

    if (value != NULL && *value != '\0')
        return 0;
    snprintf(message, sizeof message,
             "The request body must contain the following parameter: '%s'.",
             name);
    return refuse(call, 900144, message);
}

/* Unknown fields are ignored (RFC 6749, section 3.2): the Python SDK sends
 * some. */
static int check_fields(struct call *call, unsigned *way)
{
    if (check_field(call, "client_id") != 0 ||
        check_field(call, "grant_type") != 0)
        return -1;
    for (*way = 0; *way < WAYS; (*way)++)
        if (strcmp(field(call, "grant_type"), ways[*way].grant_type) == 0)
            break;
    if (*way == WAYS)
        return refuse(call, 70003, NULL);
    for (const char *const *name = ways[*way].fields; *name != NULL; name++)
        if (check_field(call, *name) != 0)
            return -1;
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

/* No scope is that of the sign-in. Without offline_access, the response
 * contains no refresh token. */
static int check_scope(struct call *call, bool *offline)
{
    const char *scope = field(call, "scope");

    /* Google returns no new refresh token. */
    if (is_google(call))
        return scope == NULL ? 0 : refuse(call, 70011, NULL);
    *offline = true;
    if (scope == NULL || *scope == '\0' || scopes_is_known(scope, offline))
        return 0;
    return refuse(call, 70011, NULL);
}

/* --- the call ------------------------------------------------------------- */

static void add_string(struct text *out, const char *name, const char *value)
{
    text_printf(out, "\"%s\":", name);
    text_json(out, value);
}

/* Formats the response with the next tokens. */
static void print_tokens(struct call *call, const char *scope, bool refresh)
{
    const struct sim *sim = call->sim;
    unsigned seconds = sim->settings.token_lifetime_ms / 1000;
    struct text *out = &call->user;
    struct text token;

    if (seconds == 0)
        seconds = 1;
    text_init(&token);
    text_puts(out, "{\"token_type\":\"Bearer\",");
    add_string(out, "scope", scope);
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

/* place: of the refresh token; negative: a new sign-in. */
static void issue(struct call *call, int place, bool rotate, bool apply)
{
    uint64_t life = (uint64_t)call->sim->settings.token_lifetime_ms * 1000;

    if (apply)
        call->token =
            (int64_t)tokens_issue(&call->sim->tokens, place, call->now + life,
                                  rotate, is_google(call));
}

static void exchange_refresh_token(struct call *call, bool apply)
{
    const struct settings *settings = &call->sim->settings;
    const char *scope = field(call, "scope");
    bool offline = false;

    if (check_scope(call, &offline) != 0)
        return;
    int place = tokens_find(&call->sim->tokens, field(call, "refresh_token"));
    if (place < 0) {
        refuse(call, 70000, NULL);
        return;
    }
    bool rotate = offline && settings->rotate_refresh_tokens;
    print_tokens(call,
                 is_google(call) ? SCOPES_GOOGLE
                 : scope != NULL ? scope
                                 : "",
                 rotate);
    issue(call, place, rotate, apply);
}

/* Issues the tokens of a sign-in. */
static void finish_sign_in(struct call *call, struct grant *grant, bool apply)
{
    bool offline = strstr(grant->scope, "offline_access") != NULL ||
                   (grant->google && strcmp(grant->scope, SCOPES_GOOGLE) == 0);
    struct text scope;

    text_init(&scope);
    scopes_show(grant->scope, &scope);
    print_tokens(call, scope.data, offline);
    text_free(&scope);
    issue(call, -1, offline, apply);
    if (apply)
        grant->state = GRANT_USED;
}

static void exchange_code(struct call *call, bool apply)
{
    struct grant *grant = grants_find(&call->sim->grants, field(call, "code"));

    if (grant == NULL || grant->user_code != NULL ||
        grant->google != is_google(call))
        refuse(call, 70000, "The authorization code is not valid.");
    else if (grant->state == GRANT_USED)
        refuse(call, 54005, NULL);
    else if (call->now >= grant->until)
        refuse(call, 70008, NULL);
    else if (strcmp(grant->redirect, field(call, "redirect_uri")) != 0)
        refuse(call, 500112, NULL);
    else if (!pkce_matches(field(call, "code_verifier"), grant->challenge))
        refuse(call, 501481, NULL);
    else
        finish_sign_in(call, grant, apply);
}

/* A poll that is refused counts, too. */
static void poll_device(struct call *call, bool apply)
{
    struct grant *grant =
        grants_find(&call->sim->grants, field(call, "device_code"));
    uint64_t interval = (uint64_t)call->sim->settings.device_interval_ms * 1000;
    bool early;

    if (grant == NULL || grant->user_code == NULL) {
        refuse(call, 70018, NULL);
        return;
    }
    early = call->now < grant->polled + interval;
    grant->polled = call->now;
    if (early)
        refuse(call, 70017, NULL);
    else if (grant->state == GRANT_DECLINED)
        refuse(call, 70020, NULL);
    else if (grant->state == GRANT_USED || call->now >= grant->until)
        refuse(call, 70019, NULL);
    else if (grant->state == GRANT_PENDING)
        refuse(call, 70016, NULL);
    else
        finish_sign_in(call, grant, apply);
}

static void print_device_code(struct call *call)
{
    const struct settings *settings = &call->sim->settings;
    const struct grant_texts texts = {.client_id = settings->client_id,
                                      .scope = field(call, "scope")};
    const char *host = call_header(call, "Host");
    struct grant *grant = grants_add(&call->sim->grants, GRANT_PENDING, &texts);
    struct text *out = &call->user;
    struct text address;

    grant->until = call->now + (uint64_t)settings->device_lifetime_ms * 1000;
    grant->polled = call->now;
    text_init(&address);
    text_printf(&address, "http://%s/devicelogin", host != NULL ? host : "");
    text_char(out, '{');
    add_string(out, "device_code", grant->code);
    text_char(out, ',');
    add_string(out, "user_code", grant->user_code);
    text_char(out, ',');
    add_string(out, "verification_uri", address.data);
    text_printf(out, ",\"expires_in\":%u,\"interval\":%u,",
                (settings->device_lifetime_ms + 999) / 1000,
                (settings->device_interval_ms + 999) / 1000);
    text_puts(out, "\"message\":\"To sign in, use a web browser.\"}");
    text_free(&address);
}

static void perform_device_request(struct call *call)
{
    const char *scope = field(call, "scope");
    bool offline;

    if (check_field(call, "client_id") != 0 || check_field(call, "scope") != 0)
        return;
    if (strcmp(field(call, "client_id"), call->sim->settings.client_id) != 0)
        refuse(call, 700016, NULL);
    else if (!scopes_is_known(scope, &offline))
        refuse(call, 70011, NULL);
    else
        print_device_code(call);
}

static void token_perform(struct call *call, bool apply)
{
    unsigned way;

    if (call->kind == CALL_OTHER || check_request(call) != 0)
        return;
    if (is_device_request(call)) {
        perform_device_request(call);
        return;
    }
    if (check_fields(call, &way) != 0 || check_client(call) != 0)
        return;
    if (way == BY_REFRESH_TOKEN)
        exchange_refresh_token(call, apply);
    else if (way == BY_CODE)
        exchange_code(call, apply);
    else
        poll_device(call, apply);
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
