/*
 * Bing Ads SOAP, Customer Management versions 11 to 13: responses and faults.
 * Sources: the service's reference of GetUser and UpdateUser, "Response SOAP";
 * SOAP 1.1 (W3C Note), section 4.
 */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/xml.h"
#include "service/bing/columns.h"
#include "service/bing/errors.h"
#include "service/bing/identity.h"
#include "service/bing/soap.h"
#include "service/bing/soap_envelope.h"
#include "service/bing/soap_user.h"
#include "service/bing/user.h"

#define AD_API       "https://adapi.microsoft.com"
#define GET_RESPONSE "GetUserResponse"

/* ---- faults -------------------------------------------------------------- */

/* Adds the errors of a list in a SOAP fault's detail; false: there are none. */
static bool add_errors(struct api_error *api_error, struct xml *document,
                       const struct xml_node *list, const char *space,
                       const char *name)
{
    const struct xml_node *part = list ? xml_first(list) : NULL;
    bool found = false;

    for (; part; part = xml_next(part)) {
        const char *number =
            xml_value(document, xml_child(part, space, "Code"));
        const char *symbol =
            xml_value(document, xml_child(part, space, "ErrorCode"));
        int64_t code = 0;
        bool numbered = number && number_parse_long(number, &code) == 0;

        if (!xml_is(part, space, name) || (!numbered && !symbol))
            continue;
        bing_errors_add(api_error, numbered, (long)code, symbol,
                        xml_text(xml_child(part, space, "Message")));
        found = true;
    }
    return found;
}

static void set_tracking_id(struct api_error *api_error, struct xml *document,
                            const struct xml_node *parent, const char *space)
{
    const char *id =
        xml_value(document, xml_child(parent, space, "TrackingId"));

    if (id && *id)
        api_error_set_tracking_id(api_error, id);
}

/* Fills in the error from the service's own error object; false: the detail has
 * none. */
static bool parse_detail(struct api_error *api_error,
                         const struct soap_version *version,
                         struct xml *document, const struct xml_node *detail)
{
    const struct {
        const char *space, *name, *list, *part;
    } kinds[] = {
        {AD_API, "AdApiFaultDetail", "Errors", "AdApiError"},
        {version->exception, "ApiFault", "OperationErrors", "OperationError"},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const char *space = kinds[i].space;
        const struct xml_node *kind = xml_child(detail, space, kinds[i].name);

        set_tracking_id(api_error, document, kind, space);
        /* ApiFault inherits it. */
        set_tracking_id(api_error, document, kind, AD_API);
        if (add_errors(api_error, document,
                       xml_child(kind, space, kinds[i].list), space,
                       kinds[i].part))
            return true;
    }
    return false;
}

/* Is the request wrong, so that sending it again does not help? Source: SOAP
 * 1.1, section 4.4.1; the last two codes are those of the service's framework.
 */
static bool is_request_at_fault(const char *code)
{
    static const char *const codes[] = {"Client", "MustUnderstand",
                                        "VersionMismatch", "ActionNotSupported",
                                        "DeserializationFailed"};

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (strcmp(code, codes[i]) == 0)
            return true;
    return false;
}

/* A fault without the service's own error object: a gateway may send it. Its
 * code may continue after a dot. */
static void parse_other_fault(struct api_error *api_error, struct xml *document,
                              const struct xml_node *node)
{
    const char *code = xml_value(document, xml_child(node, "", "faultcode"));
    const char *text = xml_text(xml_child(node, "", "faultstring"));
    const char *colon = code ? strchr(code, ':') : NULL;
    char name[sizeof(api_error->name)];

    if (colon)
        code = colon + 1;
    (void)snprintf(name, sizeof(name), "%.*s",
                   code ? (int)strcspn(code, ".") : 0, code ? code : "");
    bing_errors_add(api_error, false, 0, *name ? name : "SoapFault",
                    text && *text ? text : "the service gave no reason");
    if (api_error->action == API_ERROR_FAIL)
        api_error->action =
            is_request_at_fault(name) ? API_ERROR_UNEXPECTED : API_ERROR_RETRY;
}

static void parse_fault(struct api_error *api_error,
                        const struct soap_version *version,
                        const struct http_response *response,
                        struct xml *document, const struct xml_node *node)
{
    /* A SOAP fault has status 500 (SOAP 1.1, section 6.2) or 200, whatever its
     * error is, so these two do not describe the error. */
    if (response->status == 500 || response->status == 200)
        api_error->http_status = 0;
    if (!parse_detail(api_error, version, document,
                      xml_child(node, "", "detail")))
        parse_other_fault(api_error, document, node);
    api_error->http_status = response->status;
}

/* ---- responses ----------------------------------------------------------- */

/* Finds the element of that name in the envelope's Body. NULL with api_error.
 */
static struct xml_node *open_envelope(const struct soap_version *version,
                                      const struct http_response *response,
                                      struct xml *document, const char *name,
                                      struct api_error *api_error)
{
    struct xml_node *root = xml_root(document);
    struct xml_node *body = xml_child(root, SOAP_ENVELOPE, "Body");
    struct xml_node *found;

    if (!xml_is(root, SOAP_ENVELOPE, "Envelope") || !body) {
        api_error_init_unexpected(api_error, response,
                                  "XML without a SOAP envelope");
        return NULL;
    }
    api_error_init(api_error, response);
    set_tracking_id(api_error, document,
                    xml_child(root, SOAP_ENVELOPE, "Header"), version->space);
    found = xml_child(body, SOAP_ENVELOPE, "Fault");
    if (found) {
        parse_fault(api_error, version, response, document, found);
        return NULL;
    }
    found = xml_child(body, version->space, name);
    if (!found || response->status != 200) {
        api_error_init_unexpected(api_error, response,
                                  "a SOAP envelope without the response");
        return NULL;
    }
    return found;
}

/* Is it an envelope with the response to GetUser, as far as it is there? */
static bool has_get(const struct http_response *response, const char *name)
{
    const char *envelope = strstr(response->body, "Envelope");

    return strcmp(name, GET_RESPONSE) == 0 && response->status == 200 &&
           envelope && strstr(envelope, name);
}

static bool is_complete(const struct http_response *response)
{
    static const char end[] = "Envelope>";
    size_t len = response->len;

    while (len > 0 && strchr(" \t\r\n", response->body[len - 1]))
        len--;
    return len >= strlen(end) &&
           memcmp(response->body + len - strlen(end), end, strlen(end)) == 0;
}

/* GetUser would return the same user again; the response to an update is
 * different each time. */
struct xml *soap_parse_response(const struct call_context *context,
                                const struct http_response *response,
                                const char *name, struct xml_node **found,
                                struct api_error *api_error)
{
    const struct soap_version *version = context->service->version;
    struct xml_refusal refusal;
    struct xml *document;

    if (response->failure != HTTP_OK) {
        api_error_init_transport(api_error, response, has_get(response, name));
        return NULL;
    }
    document = xml_parse(response->body, response->len, &refusal);
    if (!document && refusal.no_memory) {
        api_error_init_memory(api_error, response);
        return NULL;
    }
    if (!document && refusal.is_xml && has_get(response, name) &&
        is_complete(response)) {
        api_error_init_unusable(api_error, response, refusal.why,
                                refusal.element);
        return NULL;
    }
    if (!document) {
        api_error_init_unexpected(api_error, response,
                                  response->len ? refusal.why : "empty");
        return NULL;
    }
    *found = open_envelope(version, response, document, name, api_error);
    if (!*found) {
        xml_free(document);
        return NULL;
    }
    return document;
}

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
    struct xml *document =
        soap_parse_response(context, response, GET_RESPONSE, &found, api_error);
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
    .build_headers = soap_build_headers, .build_get = soap_build_get,          \
    .build_update = soap_build_update, .parse_get = parse_get,                 \
    .parse_update = parse_update, .user_value = soap_user_value,               \
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
