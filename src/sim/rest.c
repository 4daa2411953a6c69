/*
 * Bing Ads REST v13, Customer Management: GetUser and UpdateUser.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "lists.h"
#include "rules.h"

#define BASE "/CustomerManagement/v13/"

static const struct route {
    const char *path, *method;
    enum call_kind kind;
} routes[] = {
    {BASE "User/Query", "POST", CALL_GET_USER},
    {BASE "User", "PUT", CALL_UPDATE_USER},
    {BASE "UsersInfo/Query", "POST", CALL_LIST},
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

static const struct json *requested_id(const struct call *call)
{
    if (call->kind == CALL_UPDATE_USER)
        return json_member(json_member(call->document, "User"), "Id");
    if (call->kind == CALL_LIST)
        return json_member(call->document, "CustomerId");
    return json_member(call->document, "UserId");
}

static void rest_identify(struct call *call)
{
    const struct route *route = find_route(call->path);

    call_check_bearer(call);
    if (route == NULL || strcmp(route->method, call->method) != 0)
        return;
    call->kind = route->kind;
    call_read_json(call);
    const struct json *id = requested_id(call);
    if (rules_long(id) != NULL)
        snprintf(call->id, sizeof call->id, "%s", rules_long(id));
    else if (call->kind == CALL_GET_USER && call->document != NULL &&
             call->document->type == JSON_OBJECT && !json_is_set(id))
        call_use_signed_in(call);
}

/* --- validation ----------------------------------------------------------- */

static int doubt(struct call *call, unsigned status, const char *message)
{
    if (call_doubt(call, 201, message) == 0)
        return 0;
    call->refusal.status = status;
    return -1;
}

static int check_request(struct call *call)
{
    if (call->body_too_long) {
        call_refuse(call, 201, "The body is too long.");
        call->refusal.status = 413;
        return -1;
    }
    if (!call_is_json(call_header(call, "Content-Type")) &&
        doubt(call, 415, "Content-Type is not application/json.") != 0)
        return -1;
    if (!call_accepts_json(call_header(call, "Accept")) &&
        doubt(call, 406, "Accept does not include application/json.") != 0)
        return -1;
    if (call_has_mark(call) &&
        doubt(call, 400, "The body begins with a byte-order mark.") != 0)
        return -1;
    if (call_header(call, "UserName") == NULL &&
        call_header(call, "Password") == NULL)
        return 0;
    return call_doubt(call, 204,
                      "The headers UserName and Password are reserved.");
}

/* The value of a header with a number. NULL: not sent. The SDKs send "None"
 * (Python) or nothing (.NET) for a number that they do not have. */
static const char *number_header(const struct call *call, const char *name)
{
    const char *value = call_header(call, name);

    return value == NULL || *value == '\0' || strcmp(value, "None") == 0
               ? NULL
               : value;
}

static bool is_number(const char *text)
{
    return text == NULL || strspn(text, "0123456789") == strlen(text);
}

static int check_sign_in(struct call *call)
{
    const char *required = call->sim->settings.customer_id;
    const char *customer = number_header(call, "CustomerId");
    const char *account = number_header(call, "CustomerAccountId");

    if (call_check_sign_in(call, "Authorization",
                           call_header(call, "Authorization"),
                           call_header(call, "DeveloperToken"),
                           call_header(call, "IdentityProvider")) != 0)
        return -1;
    if (customer != NULL && *required != '\0' &&
        strcmp(customer, required) != 0) {
        call_refuse(call, 106, NULL);
        return -1;
    }
    return is_number(customer) && is_number(account)
               ? 0
               : call_doubt(call, 201,
                            "CustomerId or CustomerAccountId is not a number.");
}

/* True if an object has no other member than this one. */
static bool has_only(const struct json *object, const char *name)
{
    return object->first == NULL || (object->first == object->last &&
                                     strcmp(object->first->name, name) == 0);
}

/* The body must be an object; it can have this member. */
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
    } else if (!has_only(document, name)) {
        snprintf(message, sizeof message,
                 "The body has another member than %s.", name);
        call_doubt(call, 201, message);
    }
    return call->refusal.count == 0 ? 0 : -1;
}

/* --- GetUser and UpdateUser ----------------------------------------------- */

static void get_user(struct call *call)
{
    if (check_body(call, "UserId") != 0)
        return;
    const struct json *id = json_member(call->document, "UserId");
    if (id != NULL && rules_is_inexact(id) &&
        call_doubt(call, 201, "UserId is a number beyond 2^53.") != 0)
        return;
    if (call_find_user(call) == 0)
        store_show(&call->sim->store, call->user_id, &call->user);
}

static void update(struct call *call, bool apply)
{
    struct json *user = json_member(call->document, "User");

    if (check_body(call, "User") != 0)
        return;
    if (!json_is_set(user))
        call_refuse(call, 203, "User is null.");
    else if (user->type != JSON_OBJECT)
        call_refuse(call, 201, "User is not an object.");
    else if (call_find_user(call) == 0)
        call_update(call, user, apply);
}

/* The documentation requires StatusFilter, the description of the SOAP service
 * does not. */
static void list_users(struct call *call)
{
    static const char *const statuses[] = {"Pending", "Active", "Inactive",
                                           "Deleted"};
    const struct json *status = json_member(call->document, "StatusFilter");
    const char *text = json_string(call->document, "StatusFilter");
    bool valid = !json_is_set(status);

    if (call->document == NULL || call->document->type != JSON_OBJECT ||
        call->id[0] == '\0') {
        call_refuse(call, 203, "CustomerId is null or not valid.");
        return;
    }
    for (size_t i = 0; text != NULL && i < sizeof statuses / sizeof *statuses;
         i++)
        valid = valid || strcmp(text, statuses[i]) == 0;
    if (!valid)
        call_refuse(call, 201, "StatusFilter is not valid.");
    else if (json_is_set(status) ||
             call_doubt(call, 201, "StatusFilter is null.") == 0)
        lists_users_info(call, call->id, text);
}

static void rest_perform(struct call *call, bool apply)
{
    if (call->kind == CALL_OTHER || check_request(call) != 0 ||
        check_sign_in(call) != 0)
        return;
    if (call->kind == CALL_GET_USER)
        get_user(call);
    else if (call->kind == CALL_LIST)
        list_users(call);
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
    } else if (call->kind == CALL_LIST) {
        text_puts(out, "{\"UsersInfo\":");
        text_put(out, call->user.data, call->user.len);
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
