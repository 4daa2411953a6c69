#include "service/bing/soap_response.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "service/bing/errors.h"
#include "service/bing/soap_envelope.h"

#define AD_API "https://adapi.microsoft.com"

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

/* Is it an envelope with the response to a Get, as far as it is there? */
static bool has_get(const struct http_response *response, const char *name)
{
    const char *envelope = strstr(response->body, "Envelope");

    return strncmp(name, "Get", 3) == 0 && response->status == 200 &&
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
