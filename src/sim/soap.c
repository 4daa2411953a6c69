/*
 * Bing Ads Customer Management over SOAP 1.1, versions 13, 12 and 11: GetUser
 * and UpdateUser.
 */
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "lists.h"
#include "soap_check.h"
#include "soap_response.h"
#include "soap_schema.h"
#include "soap_view.h"
#include "xml.h"

/* --- the request ---------------------------------------------------------- */

static bool is_path(const struct call *call)
{
    return strcmp(call->path, soap_check_version(call)->path) == 0;
}

static bool is_route(const struct call *call)
{
    return is_path(call) && strcmp(call->method, "POST") == 0;
}

static enum call_kind find_kind(const struct call *call)
{
    static const struct {
        const char *request, *action;
        enum call_kind kind;
    } operations[] = {
        {"GetUserRequest", "GetUser", CALL_GET_USER},
        {"UpdateUserRequest", "UpdateUser", CALL_UPDATE_USER},
        {"GetUsersInfoRequest", "GetUsersInfo", CALL_LIST},
    };
    const struct xml *request = soap_check_request_of(call);

    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (request != NULL ? strcmp(request->name, operations[i].request) == 0
                            : soap_check_is_action(call, operations[i].action))
            return operations[i].kind;
    return CALL_OTHER;
}

/* The element with the user's Id, or NULL. */
static const struct xml *find_id(const struct call *call)
{
    const struct soap_version *version = soap_check_version(call);
    const struct xml *request = soap_check_request_of(call);

    if (call->kind == CALL_UPDATE_USER)
        return xml_child(xml_child(request, version->ns, "User"),
                         version->entities, "Id");
    return xml_child(request, version->ns,
                     call->kind == CALL_LIST ? "CustomerId" : "UserId");
}

static void soap_identify(struct call *call)
{
    if (!is_route(call))
        return;
    call->envelope = xml_read(&call->pool, call->body.data, call->body.len,
                              &call->parse_error);
    call->kind = find_kind(call);
    const struct xml *id = find_id(call);
    if (id != NULL && xml_nil(id) != XML_NIL && xml_text(id) != NULL)
        snprintf(call->id, sizeof call->id, "%s",
                 xml_collapse(&call->pool, xml_text(id)));
    else if (call->kind == CALL_GET_USER && call->envelope != NULL)
        call_use_signed_in(call);
    const char *token = soap_check_read_header(call, "AuthenticationToken");
    if (token != NULL)
        call_check_token(call, token);
}

static bool is_null(const struct xml *element)
{
    return element == NULL || xml_nil(element) == XML_NIL;
}

/* --- GetUser and UpdateUser ----------------------------------------------- */

static void get_user(struct call *call)
{
    if (soap_check_request(call, "UserId") == 0 && call_find_user(call) == 0)
        store_show(&call->sim->store, call->user_id, &call->user);
}

static void update(struct call *call, bool apply)
{
    if (soap_check_request(call, "User") != 0)
        return;

    const struct xml *sent = xml_element(soap_check_request_of(call)->first);
    if (is_null(sent))
        call_refuse(call, 203, NULL);
    if (is_null(sent) || call_find_user(call) != 0)
        return;
    struct soap_view view = {.version = soap_check_version(call),
                             .pool = &call->pool,
                             .id = call->user_id};
    const char *reason;
    struct json *stored =
        store_parse(&call->sim->store, &call->pool, call->user_id);
    struct json *user =
        soap_read_user(&view, stored, sent, &call->refusal, &reason);
    if (user == NULL) {
        if (call->refusal.count == 0)
            call_refuse(call, 201, reason);
        soap_check_omit_detail(call, SOAP_UNREADABLE);
        return;
    }
    soap_check_generated(&view, sent, &call->refusal);
    if (call->refusal.count == 0)
        call_update(call, user, apply);
}

/* CustomerId, then StatusFilter. */
static void list_users(struct call *call)
{
    const char *ns = soap_check_version(call)->ns;
    const struct xml *request = soap_check_request_of(call);
    const struct xml *customer = xml_element(request->first);
    const struct xml *status =
        customer != NULL ? xml_element(customer->next) : NULL;

    if (customer == NULL || !xml_is(customer, ns, "CustomerId") ||
        call->id[0] == '\0' ||
        (status != NULL && !xml_is(status, ns, "StatusFilter"))) {
        soap_check_refuse(call, "The request is not of the operation ",
                          "GetUsersInfo");
        return;
    }
    lists_users_info(call, call->id, is_null(status) ? NULL : xml_text(status));
}

static void soap_perform(struct call *call, bool apply)
{
    if (!is_route(call) || soap_check(call) != 0)
        return;
    if (call->kind == CALL_GET_USER)
        get_user(call);
    else if (call->kind == CALL_LIST)
        list_users(call);
    else
        update(call, apply);
}

/* --- responses ------------------------------------------------------------ */

static void soap_print(struct call *call)
{
    const struct refusal *refusal = &call->refusal;

    /* Over SOAP, TrackingId is in the Header of the envelope. */
    bool tracking = call->response.tracking_header;
    call->response.tracking_header = false;
    if (refusal->count > 0 && refusal->shape == REFUSAL_HTTP) {
        call->response.status = refusal->status;
    } else if (refusal->count > 0 || is_route(call)) {
        soap_response_build(call, soap_check_version(call), tracking);
        soap_response_print(call);
    } else {
        call_print_no_route(call, is_path(call) ? "POST" : NULL);
    }
}

/* --- the versions ------------------------------------------------------- */

static bool owns(const struct soap_version *version, const char *path)
{
    const char *name = strrchr(version->path, '/') + 1;

    return strncmp(path, version->path, (size_t)(name - version->path)) == 0;
}

static bool owns_v11(const char *path)
{
    return owns(&soap_v11, path);
}

static bool owns_v12(const char *path)
{
    return owns(&soap_v12, path);
}

static bool owns_v13(const char *path)
{
    return owns(&soap_v13, path);
}

#define SERVICE(number, whether)                                               \
    {                                                                          \
        .name = "soap-" number, .owns = (whether), .identify = soap_identify,  \
        .perform = soap_perform, .print = soap_print, .wire = &xml_wire,       \
    }

const struct service soap_v11_service = SERVICE("v11", owns_v11);
const struct service soap_v12_service = SERVICE("v12", owns_v12);
const struct service soap_v13_service = SERVICE("v13", owns_v13);
