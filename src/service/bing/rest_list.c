#include "base/json.h"
#include "service/bing/errors.h"
#include "service/bing/list.h"
#include "service/bing/rest.h"
#include "service/json_list.h"

static const char *take_users(struct list_call *call,
                              const struct cJSON *document)
{
    const struct cJSON *users = json_member(document, "UsersInfo");
    const char *why = NULL;

    if (json_is_null(users))
        return NULL;
    if (!json_is_array(users))
        return "JSON without UsersInfo";
    for (const struct cJSON *user = json_first(users); user && !why;
         user = json_next(user))
        why = bing_list_add_user(call, json_text(json_member(user, "Id")),
                                 json_text(json_member(user, "UserName")));
    return why;
}

static const char *take_customers(struct list_call *call,
                                  const struct cJSON *document)
{
    const struct cJSON *roles = json_member(document, "CustomerRoles");
    const char *why = NULL;

    if (!json_is_array(roles))
        return "JSON without CustomerRoles";
    for (const struct cJSON *role = json_first(roles); role && !why;
         role = json_next(role))
        why = bing_list_add_customer(
            call, json_text(json_member(role, "CustomerId")));
    return why;
}

static int build(const struct call_context *context, struct list_call *call,
                 struct http_request *request)
{
    (void)context;
    request->method = HTTP_POST;
    request->once = false;
    if (call->kind == LIST_CUSTOMERS) {
        json_list_begin(call, "CustomerRoles", take_customers, request);
        return buffer_puts(&request->path,
                           "/CustomerManagement/v13/User/Query") ||
                       buffer_puts(&request->body, "{\"UserId\":null}")
                   ? -1
                   : 0;
    }
    json_list_begin(call, "UsersInfo", take_users, request);
    return buffer_puts(&request->path,
                       "/CustomerManagement/v13/UsersInfo/Query") ||
                   buffer_printf(&request->body,
                                 "{\"CustomerId\":\"%s\",\"StatusFilter\":"
                                 "\"%s\"}",
                                 call->customer, bing_list_status(call))
               ? -1
               : 0;
}

static int parse(const struct call_context *context,
                 const struct http_response *response, struct list_call *call,
                 struct api_error *api_error)
{
    (void)context;
    if (json_list_parse(response, rest_parse_errors, call, api_error) == 0)
        return 0;
    bing_errors_rule_out_value(api_error);
    return -1;
}

const struct list_service bing_rest_list = {BING_LIST, .build = build,
                                            .parse = parse};
