#include "soap_response.h"

#include <stdio.h>
#include <string.h>

#include "soap_view.h"
#include "xml.h"

/* Seed for the form of this response; it differs for each call. */
static uint64_t seed_of(const struct call *call)
{
    const struct sim *sim = call->sim;

    return world_mix(sim->store.world.seed ^ world_mix(sim->calls));
}

/* --- SOAP faults ---------------------------------------------------------- */

static void add_number(struct call *call, struct xml *parent, const char *ns,
                       const char *name, int number)
{
    char digits[16];

    snprintf(digits, sizeof digits, "%d", number);
    xml_add_value(&call->pool, parent, ns, name, digits);
}

static void add_string(struct call *call, struct xml *parent, const char *ns,
                       const char *name, const char *text)
{
    struct xml *element = xml_add_value(&call->pool, parent, ns, name, text);

    if (*text == '\0')
        xml_set_nil(&call->pool, element);
}

static void add_tracking(struct call *call, struct xml *parent, const char *ns)
{
    if (call->tracking_in_body)
        xml_add_value(&call->pool, parent, ns, "TrackingId", call->tracking);
}

static struct xml *add_api_fault(struct call *call, struct xml *detail)
{
    static const char ns[] = SOAP_NS_FAULT;
    struct json_pool *pool = &call->pool;
    struct xml *fault = xml_add(pool, detail, ns, "AdApiFaultDetail");

    add_tracking(call, fault, ns);
    struct xml *errors = xml_add(pool, fault, ns, "Errors");
    for (unsigned i = 0; i < call->refusal.count; i++) {
        const struct refusal_error *at = &call->refusal.errors[i];
        struct xml *error = xml_add(pool, errors, ns, "AdApiError");
        add_number(call, error, ns, "Code", at->code);
        add_string(call, error, ns, "Detail", at->details);
        add_string(call, error, ns, "ErrorCode", at->name);
        add_string(call, error, ns, "Message", at->message);
    }
    return fault;
}

/* The service returns TrackingId in either namespace. */
static struct xml *add_operation_fault(struct call *call, struct xml *detail,
                                       const struct soap_version *version)
{
    const char *ns = version->faults;
    struct json_pool *pool = &call->pool;
    struct xml *fault = xml_add(pool, detail, ns, "ApiFault");

    add_tracking(call, fault, seed_of(call) % 2 == 0 ? SOAP_NS_FAULT : ns);
    struct xml *errors = xml_add(pool, fault, ns, "OperationErrors");
    for (unsigned i = 0; i < call->refusal.count; i++) {
        const struct refusal_error *at = &call->refusal.errors[i];
        struct xml *error = xml_add(pool, errors, ns, "OperationError");
        add_number(call, error, ns, "Code", at->code);
        add_string(call, error, ns, "Details", at->details);
        add_string(call, error, ns, "Message", at->message);
    }
    return fault;
}

static struct xml *add_unknown_fault(struct call *call, struct xml *detail)
{
    static const char ns[] = "http://schemas.example.com/gateway";
    struct xml *fault = xml_add(&call->pool, detail, ns, "GatewayFault");

    add_tracking(call, fault, ns);
    xml_add_value(&call->pool, fault, ns, "Reason",
                  call->refusal.errors[0].message);
    return fault;
}

/* The namespaces of WCF's codes; NULL: a code of SOAP 1.1, section 4.4. */
static const char *code_ns(const char *code)
{
    if (strcmp(code, SOAP_UNREADABLE) == 0)
        return "http://schemas.microsoft.com/net/2005/12/"
               "windowscommunicationfoundation/dispatcher";
    if (strcmp(code, SOAP_NO_ACTION) == 0)
        return "http://schemas.microsoft.com/ws/2005/05/addressing/none";
    return NULL;
}

static struct xml *add_fault(struct call *call, struct xml *body,
                             const struct soap_version *version)
{
    struct json_pool *pool = &call->pool;
    const struct refusal *refusal = &call->refusal;
    const struct refusal_error *error = &refusal->errors[0];
    bool has_message =
        refusal->shape == REFUSAL_UNKNOWN || refusal->shape == REFUSAL_NONE;
    const char *ns = code_ns(error->name);
    struct xml *fault = xml_add(pool, body, SOAP_NS_ENVELOPE, "Fault");

    struct xml *code = xml_add_value(pool, fault, "", "faultcode",
                                     ns != NULL ? error->name : "Server");
    code->first->text_ns = ns != NULL ? ns : SOAP_NS_ENVELOPE;
    struct xml *string = xml_add_value(
        pool, fault, "", "faultstring",
        has_message
            ? error->message
            : "Invalid client data. Check the SOAP fault details for more "
              "information.");
    xml_attribute(pool, string, XML_NS_NAMES, "lang", "en-US");
    if (refusal->shape == REFUSAL_NONE)
        return fault;
    struct xml *detail = xml_add(pool, fault, "", "detail");
    if (refusal->shape == REFUSAL_UNKNOWN)
        return add_unknown_fault(call, detail);
    return refusal->shape == REFUSAL_API
               ? add_api_fault(call, detail)
               : add_operation_fault(call, detail, version);
}

/* --- GetUserResponse ----------------------------------------------------- */

static void add_longs(struct call *call, struct xml *parent,
                      const struct json *array)
{
    for (const struct json *at = array->first; at != NULL; at = at->next)
        xml_add_value(&call->pool, parent, SOAP_NS_ARRAYS, "long", at->text);
}

static void add_role(struct call *call, struct xml *roles,
                     const struct soap_version *version,
                     const struct json *role)
{
    struct xml *element =
        xml_add(&call->pool, roles, version->entities, "CustomerRole");

    for (const struct json *at = role->first; at != NULL; at = at->next) {
        struct xml *part =
            xml_add(&call->pool, element, version->entities, at->name);
        if (at->type == JSON_NULL)
            xml_set_nil(&call->pool, part);
        else if (at->type == JSON_ARRAY)
            add_longs(call, part, at);
        else
            xml_add_text(&call->pool, part, at->text);
    }
}

/* v11 has three lists instead of CustomerRoles. */
static void add_old_roles(struct call *call, struct xml *response,
                          const struct soap_version *version,
                          const struct json *role)
{
    struct json_pool *pool = &call->pool;
    struct xml *roles = xml_add(pool, response, version->ns, "Roles");
    struct xml *accounts = xml_add(pool, response, version->ns, "Accounts");
    struct xml *customers = xml_add(pool, response, version->ns, "Customers");

    xml_add_value(pool, roles, SOAP_NS_ARRAYS, "int",
                  json_member(role, "RoleId")->text);
    xml_set_nil(pool, accounts);
    for (; role != NULL; role = role->next)
        xml_add_value(pool, customers, SOAP_NS_ARRAYS, "long",
                      json_string(role, "CustomerId"));
}

static void add_roles(struct call *call, struct xml *response,
                      const struct soap_version *version)
{
    struct text text;
    const char *reason;

    text_init(&text);
    world_generate_roles(&call->sim->store.world, call->user_id, &text);
    const struct json *generated =
        json_parse(&call->pool, text.data, text.len, &reason);
    text_free(&text);
    if (version == &soap_v11) {
        add_old_roles(call, response, version, generated->first);
        return;
    }
    struct xml *roles =
        xml_add(&call->pool, response, version->ns, "CustomerRoles");
    for (const struct json *at = generated->first; at != NULL; at = at->next)
        add_role(call, roles, version, at);
}

static struct xml *add_user_response(struct call *call, struct xml *body,
                                     const struct soap_version *version)
{
    struct xml *response =
        xml_add(&call->pool, body, version->ns, "GetUserResponse");
    struct soap_view view = {.version = version,
                             .pool = &call->pool,
                             .id = call->user_id,
                             .draws = seed_of(call),
                             .explicit_nil = seed_of(call) % 5 == 0};
    const char *reason;
    const struct json *user =
        json_parse(&call->pool, call->user.data, call->user.len, &reason);

    /* A fault before the call is executed leaves no user. */
    if (user == NULL)
        return response;
    struct xml *element = soap_view_user(&view, response, user);
    add_roles(call, response, version);
    return element;
}

static struct xml *add_users_info(struct call *call, struct xml *body,
                                  const struct soap_version *version)
{
    struct json_pool *pool = &call->pool;
    struct xml *response =
        xml_add(pool, body, version->ns, "GetUsersInfoResponse");
    struct xml *users = xml_add(pool, response, version->ns, "UsersInfo");
    const char *reason;
    const struct json *list =
        json_parse(pool, call->user.data, call->user.len, &reason);

    if (list == NULL || list->type != JSON_ARRAY) {
        xml_set_nil(pool, users);
        return response;
    }
    for (const struct json *at = list->first; at != NULL; at = at->next) {
        struct xml *user = xml_add(pool, users, version->entities, "UserInfo");

        xml_add_value(pool, user, version->entities, "Id",
                      json_string(at, "Id"));
        if (json_string(at, "UserName") != NULL)
            xml_add_value(pool, user, version->entities, "UserName",
                          json_string(at, "UserName"));
        else
            xml_set_nil(pool,
                        xml_add(pool, user, version->entities, "UserName"));
    }
    return response;
}

/* --- the envelope --------------------------------------------------------- */

static void add_header(struct call *call, const struct soap_version *version,
                       bool tracking)
{
    struct xml *header =
        xml_add(&call->pool, call->response_xml, SOAP_NS_ENVELOPE, "Header");

    if (!tracking)
        return;
    struct xml *id = xml_add_value(&call->pool, header, version->ns,
                                   "TrackingId", call->tracking);
    if (seed_of(call) % 3 == 0)
        xml_attribute(&call->pool, id, XML_NS_SCHEMA, "nil", "false");
}

void soap_response_build(struct call *call, const struct soap_version *version,
                         bool tracking)
{
    struct json_pool *pool = &call->pool;
    struct response *response = &call->response;

    call->response_xml = xml_add(pool, NULL, SOAP_NS_ENVELOPE, "Envelope");
    add_header(call, version, tracking);
    struct xml *body =
        xml_add(pool, call->response_xml, SOAP_NS_ENVELOPE, "Body");
    response->content_type = "text/xml; charset=utf-8";
    response->status = 200;
    if (call->refusal.count > 0) {
        call->payload = add_fault(call, body, version);
        response->status =
            call->refusal.status_forced ? call->refusal.status : 500;
    } else if (call->kind == CALL_GET_USER) {
        call->payload = add_user_response(call, body, version);
    } else if (call->kind == CALL_LIST) {
        call->payload = add_users_info(call, body, version);
    } else {
        call->payload = xml_add(pool, body, version->ns, "UpdateUserResponse");
        xml_add_value(pool, call->payload, version->ns, "LastModifiedTime",
                      call->time);
    }
}

void soap_response_print(struct call *call)
{
    text_clear(&call->response.body);
    call->payload_at = 0;
    xml_print(call->response_xml, seed_of(call), call->payload,
              &call->payload_at, &call->response.body);
}
