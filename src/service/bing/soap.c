/*
 * Bing Ads SOAP, Customer Management versions 11 to 13. Source: the service's
 * reference of GetUser and UpdateUser, "Response SOAP".
 */
#include "base/xml.h"
#include "service/bing/columns.h"
#include "service/bing/errors.h"
#include "service/bing/identity.h"
#include "service/bing/list.h"
#include "service/bing/soap_envelope.h"
#include "service/bing/soap_response.h"
#include "service/bing/soap_user.h"
#include "service/bing/user.h"

/* The only child of that name; NULL: there is none, or more than one. */
static struct xml_node *only_child(const struct xml_node *parent,
                                   const char *space, const char *name)
{
    struct xml_node *found = xml_child(parent, space, name);

    for (const struct xml_node *node = found ? xml_next(found) : NULL; node;
         node = xml_next(node)) {
        if (xml_is(node, space, name))
            return NULL;
    }
    return found;
}

static int parse_get(const struct call_context *context,
                     const struct http_response *response, const char *key,
                     struct user **user, struct api_error *api_error)
{
    const struct soap_version *version = context->service->version;
    struct xml_node *found, *element;
    struct xml *document = soap_parse_response(
        context, response, "GetUserResponse", &found, api_error);
    struct user *made;

    if (!document) {
        bing_errors_rule_out_value(api_error);
        return -1;
    }
    made = soap_user_new(document, version->entities);
    if (!made) {
        xml_free(document);
        api_error_set_memory(api_error);
        return -1;
    }
    element = xml_child(found, version->space, "User");
    if (!element || xml_is_nil(element)) {
        api_error_init_unexpected(api_error, response,
                                  "a SOAP envelope without a User");
        goto err;
    }
    if (!only_child(found, version->space, "User")) {
        (void)api_error_refuse_user(api_error, API_ERROR_USER_SEVERAL);
        goto err;
    }
    if (soap_user_set_element(made, element, key, api_error))
        goto err;
    *user = made;
    return 0;

err:
    soap_user_free(made);
    return -1;
}

static int parse_update(const struct call_context *context,
                        const struct http_response *response, const char *key,
                        const struct sent *sent, struct updated *updated,
                        struct api_error *api_error)
{
    const struct soap_version *version = context->service->version;
    struct xml_node *found;
    struct xml *document = soap_parse_response(
        context, response, "UpdateUserResponse", &found, api_error);
    int result;

    (void)key;
    (void)sent;
    updated->user = NULL;
    if (!document)
        return -1;
    result =
        bing_user_put_time(xml_value(document, only_child(found, version->space,
                                                          "LastModifiedTime")),
                           updated->last_modified);
    if (result)
        api_error_init_unexpected(api_error, response,
                                  "a SOAP envelope without a LastModifiedTime");
    xml_free(document);
    return result;
}

/* ---- the versions -------------------------------------------------------- */

#define SPACE(version) "https://bingads.microsoft.com/Customer/" version

#define VERSION(version)                                                       \
    {                                                                          \
        .space = SPACE(version), .entities = SPACE(version) "/Entities",       \
        .exception = SPACE(version) "/Exception",                              \
        .path = "/Api/CustomerManagement/" version                             \
                "/CustomerManagementService.svc",                              \
    }

static const struct soap_version versions[] = {VERSION("v13"), VERSION("v12"),
                                               VERSION("v11")};

/* The members that are the same in all versions. */
#define SOAP(number)                                                           \
    .name = "soap-v" number, .title = "Bing Ads SOAP v" number,                \
    .production = BING_PRODUCTION, .sandbox = BING_SANDBOX,                    \
    .stale_error = BING_ERROR_STALE, .missing_error = BING_ERROR_MISSING,      \
    .scope = BING_SCOPE, .sandbox_scope = BING_SANDBOX_SCOPE,                  \
    .columns = bing_columns, .key = BING_COLUMN_ID, .tenant = COLUMN_MAX,      \
    .user_name = BING_COLUMN_USER_NAME,                                        \
    .user_customer = BING_COLUMN_CUSTOMER_ID,                                  \
    .last_modified = BING_COLUMN_LAST_MODIFIED_TIME,                           \
    .customer = CUSTOMER_NONE, .developer_token = true,                        \
    .tracking_header = "TrackingId", .can_carry = xml_can_carry,               \
    .list = &bing_soap_list, .build_headers = soap_build_headers,              \
    .build_get = soap_build_get, .build_update = soap_build_update,            \
    .parse_get = parse_get, .parse_update = parse_update,                      \
    .user_value = soap_user_value,                                             \
    .user_last_modified = soap_user_last_modified,                             \
    .user_stamps = soap_user_stamps, .user_set = soap_user_set,                \
    .user_free = soap_user_free

#define SOAP_ENDS "SOAP ends on 2027-01-31; use --api rest"

const struct service service_soap_v13 = {
    SOAP("13"),
    .google = true,
    .identity = &bing_soap_identity,
    .end = SOAP_ENDS,
    .column_count = BING_COLUMN_COUNT,
    .version = &versions[0],
};

const struct service service_soap_v12 = {
    SOAP("12"),
    .identity = &bing_soap_identity,
    .end = "v12 may no longer respond, and " SOAP_ENDS,
    .column_count = BING_COLUMN_COUNT,
    .version = &versions[1],
};

const struct service service_soap_v11 = {
    SOAP("11"),
    .end = "v11 was shut down in 2018, and " SOAP_ENDS,
    .column_count = BING_COLUMN_COUNT_V11,
    .version = &versions[2],
    .legacy_sign_in = true,
};
