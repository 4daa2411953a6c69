/*
 * Bing Ads REST v13, Customer Management: GetUser and UpdateUser.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "rules.h"

#define BASE "/CustomerManagement/v13/"

static const struct route {
    const char *path, *method;
    enum call_kind kind;
} routes[] = {
    {BASE "User/Query", "POST", CALL_GET_USER},
    {BASE "User", "PUT", CALL_UPDATE_USER},
};

static const struct route *find_route(const char *path)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strcmp(routes[i].path, path) == 0)
            return &routes[i];
    return NULL;
}

static bool rest_owns(const char *path)
{
    return strncmp(path, BASE, strlen(BASE)) == 0;
}

/* --- the request ---------------------------------------------------------- */

static const char *requested_id(const struct call *call)
{
    if (call->kind == CALL_UPDATE_USER)
        return rules_long(
            json_member(json_member(call->document, "User"), "Id"));
    return rules_long(json_member(call->document, "UserId"));
}

static void rest_identify(struct call *call)
{
    const struct route *route = find_route(call->path);

    call_check_bearer(call);
    if (route == NULL || strcmp(route->method, call->method) != 0)
        return;
    call->kind = route->kind;
    call->document = json_parse(&call->pool, call->body.data, call->body.len,
                                &call->parse_error);
    const char *id = requested_id(call);
    if (id != NULL)
        snprintf(call->id, sizeof call->id, "%s", id);
}

/* --- validation ----------------------------------------------------------- */

static int check_request(struct call *call)
{
    struct refusal *refusal = &call->refusal;

    if (call->body_too_long) {
        call_refuse(call, 201, "The body is too long.");
        refusal->status = 413;
    } else if (!call_is_json(call_header(call, "Content-Type"))) {
        call_refuse(call, 201, "Content-Type must be application/json.");
        refusal->status = 415;
    } else if (!call_is_json(call_header(call, "Accept"))) {
        call_refuse(call, 201, "Accept must be application/json.");
        refusal->status = 406;
    } else if (call_header(call, "UserName") != NULL ||
               call_header(call, "Password") != NULL) {
        call_refuse(call, 204,
                    "The headers UserName and Password are reserved.");
    }
    return refusal->count == 0 ? 0 : -1;
}

static bool is_number(const char *text)
{
    return text == NULL || strspn(text, "0123456789") == strlen(text);
}

static int check_sign_in(struct call *call)
{
    const char *required = call->sim->settings.customer_id;
    const char *customer = call_header(call, "CustomerId");
    const char *account = call_header(call, "CustomerAccountId");

    if (call_check_sign_in(call, "Authorization",
                           call_header(call, "Authorization"),
                           call_header(call, "DeveloperToken"),
                           call_header(call, "IdentityProvider")) != 0)
        return -1;
    if (customer != NULL && *required != '\0' &&
        strcmp(customer, required) != 0)
        call_refuse(call, 106, NULL);
    else if (!is_number(customer) || !is_number(account))
        call_refuse(call, 201,
                    "CustomerId and CustomerAccountId must be numbers.");
    return call->refusal.count == 0 ? 0 : -1;
}

/* The body must be an object with exactly this member. */
static int check_body(struct call *call, const char *name)
{
    const struct json *document = call->document;
    char message[128];

    if (call->body.len == 0) {
        call_refuse(call, 100, NULL);
    } else if (document == NULL || document->type != JSON_OBJECT) {
        snprintf(message, sizeof message, "The body is not valid: %s.",
                 document == NULL ? call->parse_error : "it is not an object");
        call_refuse(call, 201, message);
    } else if (!json_is_set(json_member(document, name))) {
        snprintf(message, sizeof message, "%s is null.", name);
        call_refuse(call, 203, message);
    } else if (document->first != document->last) {
        snprintf(message, sizeof message, "Only %s is expected.", name);
        call_refuse(call, 201, message);
    }
    return call->refusal.count == 0 ? 0 : -1;
}

/* --- GetUser and UpdateUser ----------------------------------------------- */

static void get_user(struct call *call)
{
    if (check_body(call, "UserId") == 0 && call_find_user(call) == 0)
        store_show(&call->sim->store, call->user_id, &call->user);
}

static void update(struct call *call, bool apply)
{
    struct json *user = json_member(call->document, "User");

    if (check_body(call, "User") != 0)
        return;
    if (user->type != JSON_OBJECT)
        call_refuse(call, 201, "User is not an object.");
    else if (call_find_user(call) == 0)
        call_update(call, user, apply);
}

static void rest_perform(struct call *call, bool apply)
{
    if (call->kind == CALL_OTHER || check_request(call) != 0 ||
        check_sign_in(call) != 0)
        return;
    if (call->kind == CALL_GET_USER)
        get_user(call);
    else
        update(call, apply);
}

/* --- responses ------------------------------------------------------------ */

static void print_error(const struct refusal_error *error, bool api,
                        struct text *out)
{
    text_printf(out, "{\"Code\":%d", error->code);
    if (api) {
        text_puts(out, ",\"ErrorCode\":");
        text_json(out, error->name);
    }
    text_puts(out, ",\"Message\":");
    text_json(out, error->message);
    text_puts(out, api ? ",\"Detail\":" : ",\"Details\":");
    text_json(out, error->details);
    text_char(out, '}');
}

static void print_refusal(struct call *call, struct text *out)
{
    const struct refusal *refusal = &call->refusal;
    bool api = refusal->shape == REFUSAL_API;

    text_char(out, '{');
    if (call->tracking_in_body)
        text_printf(out, "\"TrackingId\":\"%s\",", call->tracking);
    call->response.status = refusal->status;
    if (refusal->shape == REFUSAL_NONE) {
        text_puts(out, "\"Type\":null}");
        return;
    }
    text_puts(out, api ? "\"Type\":\"AdApiFaultDetail\",\"Errors\":["
                   : refusal->shape == REFUSAL_UNKNOWN
                       ? "\"Type\":\"GatewayFault\",\"Reasons\":["
                       : "\"Type\":\"ApiFault\",\"OperationErrors\":[");
    for (unsigned i = 0; i < refusal->count; i++) {
        if (i > 0)
            text_char(out, ',');
        print_error(&refusal->errors[i], api, out);
    }
    text_puts(out, "]}");
}

static void print_no_route(struct call *call)
{
    const struct route *route = find_route(call->path);

    call_print_no_route(call, route != NULL ? route->method : NULL);
}

static void rest_print(struct call *call)
{
    struct text *out = &call->response.body;

    call->response.content_type = "application/json; charset=utf-8";
    call->response.status = 200;
    if (call->refusal.count > 0) {
        print_refusal(call, out);
    } else if (call->kind == CALL_OTHER) {
        print_no_route(call);
    } else if (call->kind == CALL_GET_USER) {
        text_puts(out, "{\"User\":");
        text_put(out, call->user.data, call->user.len);
        text_puts(out, ",\"CustomerRoles\":");
        world_generate_roles(&call->sim->store.world, call->user_id, out);
        text_char(out, '}');
    } else {
        text_printf(out, "{\"LastModifiedTime\":\"%s\"}", call->time);
    }
}

const struct service rest_service = {
    .name = "rest",
    .owns = rest_owns,
    .identify = rest_identify,
    .perform = rest_perform,
    .print = rest_print,
};
