#include "base/xml.h"
#include "service/bing/errors.h"
#include "service/bing/list.h"
#include "service/bing/soap_envelope.h"
#include "service/bing/soap_response.h"

static int build(const struct call_context *context, struct list_call *call,
                 struct http_request *request)
{
    struct buffer *body = &request->body;

    request->once = false;
    if (call->kind == LIST_CUSTOMERS)
        return soap_put_start(context, "GetUser", request) ||
                       buffer_puts(body, "<UserId i:nil=\"true\"/>") ||
                       soap_put_end("GetUser", request)
                   ? -1
                   : 0;
    return soap_put_start(context, "GetUsersInfo", request) ||
                   buffer_printf(body,
                                 "<CustomerId>%s</CustomerId>"
                                 "<StatusFilter>%s</StatusFilter>",
                                 call->customer, bing_list_status(call)) ||
                   soap_put_end("GetUsersInfo", request)
               ? -1
               : 0;
}

static const char *take_users(struct list_call *call, struct xml *document,
                              const struct xml_node *list,
                              const struct soap_version *version)
{
    const char *why = NULL;

    for (const struct xml_node *user = xml_first(list); user && !why;
         user = xml_next(user))
        if (xml_is(user, version->entities, "UserInfo"))
            why = bing_list_add_user(
                call,
                xml_value(document, xml_child(user, version->entities, "Id")),
                xml_text(xml_child(user, version->entities, "UserName")));
    return why;
}

/* A role contains its customer. Version 11 has the customers alone. */
static const char *take_customers(struct list_call *call, struct xml *document,
                                  const struct xml_node *list,
                                  const struct soap_version *version)
{
    const char *why = NULL;

    for (const struct xml_node *item = xml_first(list); item && !why;
         item = xml_next(item)) {
        const struct xml_node *id =
            xml_child(item, version->entities, "CustomerId");

        why = bing_list_add_customer(call, xml_value(document, id ? id : item));
    }
    return why;
}

/* Returns what is wrong with the response; NULL: nothing. */
static const char *take(struct list_call *call, struct xml *document,
                        const struct xml_node *found,
                        const struct soap_version *version)
{
    const struct xml_node *list =
        xml_child(found, version->space,
                  call->kind == LIST_USERS ? "UsersInfo" : "CustomerRoles");

    if (call->kind == LIST_USERS)
        return list ? take_users(call, document, list, version)
                    : "a SOAP envelope without UsersInfo";
    if (!list)
        list = xml_child(found, version->space, "Customers");
    return list ? take_customers(call, document, list, version)
                : "a SOAP envelope without CustomerRoles";
}

static int parse(const struct call_context *context,
                 const struct http_response *response, struct list_call *call,
                 struct api_error *api_error)
{
    struct xml_node *found;
    struct xml *document = soap_parse_response(
        context, response,
        call->kind == LIST_USERS ? "GetUsersInfoResponse" : "GetUserResponse",
        &found, api_error);
    const char *why;

    if (!document) {
        bing_errors_rule_out_value(api_error);
        return -1;
    }
    why = take(call, document, found, context->service->version);
    xml_free(document);
    if (call->no_memory)
        api_error_init_memory(api_error, response);
    else if (why)
        api_error_init_unexpected(api_error, response, why);
    return call->no_memory || why ? -1 : 0;
}

const struct list_service bing_soap_list = {BING_LIST, .build = build,
                                            .parse = parse};
