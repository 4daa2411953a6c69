#include "soap_check.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "soap_response.h"

const struct soap_version *soap_check_version(const struct call *call)
{
    return call->service == &soap_v11_service   ? &soap_v11
           : call->service == &soap_v12_service ? &soap_v12
                                                : &soap_v13;
}

/* --- parts of a call ------------------------------------------------------ */

bool soap_check_is_action(const struct call *call, const char *action)
{
    const char *value = call_header(call, "SOAPAction");
    size_t len = strlen(action);

    if (value == NULL)
        return false;
    if (strcmp(value, action) == 0)
        return true;
    return value[0] == '"' && strncmp(value + 1, action, len) == 0 &&
           strcmp(value + 1 + len, "\"") == 0;
}

static struct xml *header_of(const struct call *call)
{
    return xml_child(call->envelope, SOAP_NS_ENVELOPE, "Header");
}

struct xml *soap_check_request_of(const struct call *call)
{
    struct xml *body = xml_child(call->envelope, SOAP_NS_ENVELOPE, "Body");

    return body != NULL ? xml_element(body->first) : NULL;
}

const char *soap_check_read_header(const struct call *call, const char *name)
{
    const struct xml *header =
        xml_child(header_of(call), soap_check_version(call)->ns, name);

    return header != NULL && xml_nil(header) == XML_NOT_NIL ? xml_text(header)
                                                            : NULL;
}

/* --- validation of HTTP and the envelope ---------------------------------- */

/* Refused by the web server: a status without a body. */
static int refuse_http(struct call *call, unsigned status, const char *reason)
{
    struct refusal *refusal = &call->refusal;

    call_refuse(call, 201, reason);
    refusal->shape = REFUSAL_HTTP;
    refusal->status = status;
    return -1;
}

int soap_check_omit_detail(struct call *call, const char *code)
{
    call->refusal.shape = REFUSAL_NONE;
    call->refusal.errors[0].name = code;
    return -1;
}

static int refuse_without_detail(struct call *call, const char *code,
                                 const char *what, const char *reason)
{
    char message[128];

    snprintf(message, sizeof message, "%s%s", what, reason);
    call_refuse(call, 201, message);
    return soap_check_omit_detail(call, code);
}

static int doubt(struct call *call, const char *what, const char *reason)
{
    char message[128];

    snprintf(message, sizeof message, "%s%.60s.", what, reason);
    return call_doubt(call, 201, message) == 0
               ? 0
               : soap_check_omit_detail(call, SOAP_UNREADABLE);
}

int soap_check_refuse(struct call *call, const char *what, const char *reason)
{
    return refuse_without_detail(call, SOAP_UNREADABLE, what, reason);
}

static const char xml_type[] = "text/xml";

/* True for text/xml with any parameters (SOAP 1.1, section 6). */
static bool is_xml(const char *value)
{
    size_t len = sizeof xml_type - 1;

    return value != NULL && strncasecmp(value, xml_type, len) == 0 &&
           (value[len] == '\0' || strchr("; ", value[len]) != NULL);
}

/* True if the only parameter is the encoding UTF-8. */
static bool is_utf8(const char *value)
{
    static const char charset[] = "charset=";

    value += sizeof xml_type - 1;
    value += strspn(value, " ");
    if (*value != ';')
        return false;
    value += 1 + strspn(value + 1, " ");
    if (strncasecmp(value, charset, sizeof charset - 1) != 0)
        return false;
    value += sizeof charset - 1;
    return strcasecmp(value, "utf-8") == 0 ||
           strcasecmp(value, "\"utf-8\"") == 0;
}

static int check_http(struct call *call)
{
    const char *type = call_header(call, "Content-Type");
    char message[128];

    if (call->body_too_long)
        return refuse_http(call, 413, "The body is too long.");
    if (!is_xml(type))
        return refuse_http(call, 415, "Content-Type must be text/xml.");
    if (!is_utf8(type) &&
        call_doubt(call, 201, "Content-Type has not only charset=utf-8.") !=
            0) {
        call->refusal.shape = REFUSAL_HTTP;
        call->refusal.status = 415;
        return -1;
    }
    if (call->envelope != NULL)
        return 0;
    snprintf(message, sizeof message, "The body is not XML: %s.",
             call->parse_error);
    return refuse_http(call, 400, message);
}

/* Requires one Header and one Body, in this order. SOAP 1.1, section 4, allows
 * qualified attributes, an Envelope without Header, and elements after the
 * Body. */
static int check_envelope(struct call *call)
{
    static const char *const parts[] = {"Header", "Body"};
    struct xml *envelope = call->envelope;
    size_t count = 0;

    if (!xml_is(envelope, SOAP_NS_ENVELOPE, "Envelope"))
        return soap_check_refuse(
            call, "The document is not an Envelope of SOAP 1.1.", "");
    if (xml_child(envelope, SOAP_NS_ENVELOPE, "Header") == NULL)
        count = 1;
    for (struct xml *at = envelope->first; at != NULL; at = at->next) {
        if (at->name == NULL && xml_is_space(at->text))
            continue;
        if (at->name == NULL ||
            (count < 2 && !xml_is(at, SOAP_NS_ENVELOPE, parts[count])))
            return soap_check_refuse(
                call, "The Envelope must contain a Header and a Body.", "");
        if (count == 2 &&
            doubt(call, "The Envelope has an element after its Body: ",
                  at->name) != 0)
            return -1;
        if (count < 2)
            count++;
    }
    return count == 2
               ? 0
               : soap_check_refuse(call, "The Envelope is not complete.", "");
}

/* --- the header --------------------------------------------------------- */

enum header {
    ACTION,
    APPLICATION_TOKEN,
    AUTHENTICATION_TOKEN,
    DEVELOPER_TOKEN,
    IDENTITY_PROVIDER,
    PASSWORD,
    USER_NAME,
    HEADERS
};

static const char *const header_names[HEADERS] = {
    "Action",         "ApplicationToken", "AuthenticationToken",
    "DeveloperToken", "IdentityProvider", "Password",
    "UserName"};

static int find_header(const struct call *call, const struct xml *element)
{
    for (int i = 0; i < HEADERS; i++)
        if (xml_is(element, soap_check_version(call)->ns, header_names[i]))
            return i;
    return -1;
}

/* The value of the element's attribute, or NULL. */
static const char *attribute_of(const struct xml *element, const char *ns,
                                const char *name)
{
    for (const struct xml_attribute *at = element->attributes; at != NULL;
         at = at->next)
        if (strcmp(at->ns, ns) == 0 && strcmp(at->name, name) == 0)
            return at->value;
    return NULL;
}

/* Action has mustUnderstand="1", without a namespace. */
static bool has_usual_attributes(const struct xml *element, int header)
{
    const char *must = attribute_of(element, "", "mustUnderstand");

    if (header != ACTION)
        return !xml_has_attribute(element);
    return must != NULL && strcmp(must, "1") == 0 &&
           element->attributes->next == NULL;
}

/* A header that v12 and v13 have only in the description of the service: the
 * .NET SDK sends nil. */
static int check_reserved(struct call *call, const struct xml *at, int header)
{
    if (soap_check_version(call) == &soap_v11 || xml_nil(at) == XML_NIL)
        return 0;
    if (header == APPLICATION_TOKEN)
        return doubt(call, "The header is of v11 only: ", at->name);
    if (header == PASSWORD || header == USER_NAME)
        return call_doubt(call, 204,
                          "The headers UserName and Password are reserved.");
    return 0;
}

/* SOAP 1.1, section 4.2.3: a header that must be understood, but is not known,
 * is an error. Any other unknown header can be ignored. */
static int check_unknown_header(struct call *call, const struct xml *at)
{
    const char *must = attribute_of(at, SOAP_NS_ENVELOPE, "mustUnderstand");

    if (must != NULL && strcmp(must, "1") == 0)
        return soap_check_refuse(call, "The header is unknown: ", at->name);
    return doubt(call, "The header is unknown: ", at->name);
}

static int check_header(struct call *call, const struct xml *at, int *least)
{
    int header = at->name != NULL ? find_header(call, at) : -1;

    if (at->name == NULL)
        return xml_is_space(at->text)
                   ? 0
                   : soap_check_refuse(call, "The Header contains text.", "");
    if (header < 0)
        return check_unknown_header(call, at);
    if (header < *least)
        return soap_check_refuse(
            call, "The header is in the wrong order: ", at->name);
    if (!has_usual_attributes(at, header) &&
        doubt(call, "The header has unusual attributes: ", at->name) != 0)
        return -1;
    if (xml_text(at) == NULL || xml_nil(at) == XML_NIL_INVALID ||
        (xml_nil(at) == XML_NIL && at->first != NULL))
        return soap_check_refuse(call,
                                 "The header has invalid content: ", at->name);
    *least = header + 1;
    return check_reserved(call, at, header);
}

static int check_headers(struct call *call)
{
    const struct xml *header = header_of(call);
    int least = 0;

    for (const struct xml *at = header != NULL ? header->first : NULL;
         at != NULL; at = at->next)
        if (check_header(call, at, &least) != 0)
            return -1;
    return 0;
}

/* The request and SOAPAction must be of the same operation, and Action too if
 * it is sent: clients made from the description of the service omit it. */
static int check_action(struct call *call)
{
    const struct xml *request = soap_check_request_of(call);
    const struct xml *action =
        xml_child(header_of(call), soap_check_version(call)->ns, "Action");
    const char *name =
        call->kind == CALL_LIST ? "GetUsersInfo" : call_names[call->kind];

    if (request == NULL)
        return soap_check_refuse(call, "The Body is empty.", "");
    if (call->kind == CALL_OTHER || !soap_check_is_action(call, name))
        return refuse_without_detail(
            call, SOAP_NO_ACTION,
            "SOAPAction and the Body must be of the same operation.", "");
    if (action == NULL || strcmp(xml_text(action), name) == 0 ||
        call_doubt(call, 201, "Action is of another operation.") == 0)
        return 0;
    return soap_check_omit_detail(call, SOAP_NO_ACTION);
}

/* v11 also requires this header if its setting has a value. */
static int check_v11_header(struct call *call, enum header header,
                            const char *expected)
{
    const char *value = soap_check_read_header(call, header_names[header]);

    if (*expected == '\0' || soap_check_version(call) != &soap_v11)
        return 0;
    if (value != NULL && strcmp(value, expected) == 0)
        return 0;
    call_refuse(call, value == NULL ? 116 : 105, NULL);
    return -1;
}

static int check_sign_in(struct call *call)
{
    const struct settings *settings = &call->sim->settings;

    if (call_check_sign_in(call, header_names[AUTHENTICATION_TOKEN],
                           soap_check_read_header(call, "AuthenticationToken"),
                           soap_check_read_header(call, "DeveloperToken"),
                           soap_check_read_header(call, "IdentityProvider")) !=
        0)
        return -1;
    if (check_v11_header(call, APPLICATION_TOKEN,
                         settings->application_token) != 0)
        return -1;
    if (check_v11_header(call, PASSWORD, settings->password) != 0)
        return -1;
    return check_v11_header(call, USER_NAME, settings->username);
}

int soap_check(struct call *call)
{
    return check_http(call) != 0 || check_envelope(call) != 0 ||
                   check_headers(call) != 0 || check_action(call) != 0 ||
                   check_sign_in(call) != 0
               ? -1
               : 0;
}

/* --- the request ---------------------------------------------------------- */

/* True if there is at most one element and no text. */
static bool is_single(const struct xml *parent)
{
    unsigned elements = 0;

    for (const struct xml *at = parent->first; at != NULL; at = at->next) {
        if (at->name != NULL)
            elements++;
        else if (!xml_is_space(at->text))
            return false;
    }
    return elements <= 1;
}

/* True for the element with that name, and for no element. */
static bool is_expected(const struct call *call, const struct xml *element,
                        const char *name)
{
    if (element == NULL)
        return true;
    if (!xml_is(element, soap_check_version(call)->ns, name))
        return false;
    enum xml_nil nil = xml_nil(element);
    return nil == XML_NOT_NIL || (nil == XML_NIL && element->first == NULL);
}

int soap_check_request(struct call *call, const char *name)
{
    const struct xml *body =
        xml_child(call->envelope, SOAP_NS_ENVELOPE, "Body");
    const struct xml *request = soap_check_request_of(call);
    const struct xml *only = xml_element(request->first);

    if (!is_single(body) ||
        strcmp(request->ns, soap_check_version(call)->ns) != 0)
        return soap_check_refuse(call, "The Body must only contain ",
                                 request->name);
    if ((xml_has_attribute(body) || xml_has_attribute(request)) &&
        doubt(call, "An unknown attribute is in the Body or in ",
              request->name) != 0)
        return -1;
    if (!is_single(request) || !is_expected(call, only, name))
        return soap_check_refuse(call, "The request must only contain ", name);
    return 0;
}
