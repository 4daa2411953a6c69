/*
 * Bing Ads Customer Management over SOAP 1.1, versions 13, 12 and 11: GetUser
 * and UpdateUser.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "call.h"
#include "soap_response.h"
#include "soap_schema.h"
#include "soap_view.h"
#include "xml.h"

static const struct soap_version *version_of(const struct call *call)
{
    return call->service == &soap_v11_service   ? &soap_v11
           : call->service == &soap_v12_service ? &soap_v12
                                                : &soap_v13;
}

/* --- the request ---------------------------------------------------------- */

static bool is_path(const struct call *call)
{
    return strcmp(call->path, version_of(call)->path) == 0;
}

static bool is_route(const struct call *call)
{
    return is_path(call) && strcmp(call->method, "POST") == 0;
}

/* SOAP 1.1, section 6.1.1: quotes are optional. */
static bool is_action(const struct call *call, const char *action)
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

/* The element in the Body, or NULL. */
static struct xml *request_of(const struct call *call)
{
    struct xml *body = xml_child(call->envelope, SOAP_NS_ENVELOPE, "Body");

    return body != NULL ? xml_element(body->first) : NULL;
}

/* The text of a header; NULL if it is missing or nil. */
static const char *read_header(const struct call *call, const char *name)
{
    const struct xml *header =
        xml_child(header_of(call), version_of(call)->ns, name);

    return header != NULL && xml_nil(header) == XML_NOT_NIL ? xml_text(header)
                                                            : NULL;
}

static enum call_kind find_kind(const struct call *call)
{
    static const struct {
        const char *request, *action;
        enum call_kind kind;
    } operations[] = {
        {"GetUserRequest", "GetUser", CALL_GET_USER},
        {"UpdateUserRequest", "UpdateUser", CALL_UPDATE_USER},
    };
    const struct xml *request = request_of(call);

    for (size_t i = 0; i < 2; i++)
        if (request != NULL ? strcmp(request->name, operations[i].request) == 0
                            : is_action(call, operations[i].action))
            return operations[i].kind;
    return CALL_OTHER;
}

/* The element with the user's Id, or NULL. */
static const struct xml *find_id(const struct call *call)
{
    const struct soap_version *version = version_of(call);
    const struct xml *request = request_of(call);

    if (call->kind == CALL_UPDATE_USER)
        return xml_child(xml_child(request, version->ns, "User"),
                         version->entities, "Id");
    return xml_child(request, version->ns, "UserId");
}

static void soap_identify(struct call *call)
{
    if (!is_route(call))
        return;
    call->envelope = xml_read(&call->pool, call->body.data, call->body.len,
                              &call->parse_error);
    call->kind = find_kind(call);
    const struct xml *id = find_id(call);
    if (id != NULL && xml_text(id) != NULL)
        snprintf(call->id, sizeof call->id, "%s", xml_text(id));
    const char *token = read_header(call, "AuthenticationToken");
    if (token != NULL)
        call_check_token(call, token);
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

/* Refused by the parser of the envelope: a SOAP fault without detail. */
static int refuse_without_detail(struct call *call, const char *code,
                                 const char *what, const char *reason)
{
    char message[128];

    snprintf(message, sizeof message, "%s%s", what, reason);
    call_refuse(call, 201, message);
    call->refusal.shape = REFUSAL_NONE;
    call->refusal.errors[0].name = code;
    return -1;
}

static int refuse_unreadable(struct call *call, const char *what,
                             const char *reason)
{
    return refuse_without_detail(call, SOAP_UNREADABLE, what, reason);
}

/* True for text/xml in UTF-8 without other parameters. */
static bool is_xml(const char *value)
{
    static const char type[] = "text/xml", charset[] = "charset=";
    size_t len = sizeof type - 1;

    if (value == NULL || strncasecmp(value, type, len) != 0)
        return false;
    value += len + strspn(value + len, " ");
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
    char message[128];

    if (call->body_too_long)
        return refuse_http(call, 413, "The body is too long.");
    if (!is_xml(call_header(call, "Content-Type")))
        return refuse_http(call, 415,
                           "Content-Type must be text/xml; charset=utf-8.");
    if (call->envelope != NULL)
        return 0;
    snprintf(message, sizeof message, "The body is not XML: %s.",
             call->parse_error);
    return refuse_http(call, 400, message);
}

/* Requires one Header and one Body, in this order, and nothing else. */
static int check_envelope(struct call *call)
{
    static const char *const parts[] = {"Header", "Body"};
    struct xml *envelope = call->envelope;
    size_t count = 0;

    if (!xml_is(envelope, SOAP_NS_ENVELOPE, "Envelope") ||
        envelope->attributes != NULL)
        return refuse_unreadable(
            call, "The document is not an Envelope of SOAP 1.1.", "");
    for (struct xml *at = envelope->first; at != NULL; at = at->next) {
        if (at->name == NULL && xml_is_space(at->text))
            continue;
        if (at->name == NULL || count == 2 || at->attributes != NULL ||
            !xml_is(at, SOAP_NS_ENVELOPE, parts[count]))
            return refuse_unreadable(
                call,
                "The Envelope must contain a Header, a Body and nothing else.",
                "");
        count++;
    }
    return count == 2
               ? 0
               : refuse_unreadable(call, "The Envelope is not complete.", "");
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
        if (xml_is(element, version_of(call)->ns, header_names[i]))
            return i;
    return -1;
}

/* Action must have mustUnderstand="1"; the other headers can be nil. */
static bool has_valid_attributes(const struct xml *element, int header)
{
    const struct xml_attribute *at = element->attributes;

    if (header != ACTION)
        return xml_nil(element) != XML_NIL_INVALID;
    return at != NULL && at->next == NULL && *at->ns == '\0' &&
           strcmp(at->name, "mustUnderstand") == 0 &&
           strcmp(at->value, "1") == 0;
}

static int check_header(struct call *call, const struct xml *at, int *least)
{
    bool old = version_of(call) == &soap_v11;
    int header = at->name != NULL ? find_header(call, at) : -1;

    if (at->name == NULL)
        return xml_is_space(at->text)
                   ? 0
                   : refuse_unreadable(call, "The Header contains text.", "");
    if (!old && (header == PASSWORD || header == USER_NAME)) {
        call_refuse(call, 204,
                    "The headers UserName and Password are reserved.");
        return -1;
    }
    if (header < 0 || (!old && header == APPLICATION_TOKEN) ||
        (header == IDENTITY_PROVIDER && version_of(call) != &soap_v13))
        return refuse_unreadable(call, "The header is unknown: ", at->name);
    if (header < *least)
        return refuse_unreadable(
            call, "The header is in the wrong order: ", at->name);
    if (!has_valid_attributes(at, header))
        return refuse_unreadable(
            call, "The header has invalid attributes: ", at->name);
    if (xml_text(at) == NULL || (xml_nil(at) == XML_NIL && at->first != NULL))
        return refuse_unreadable(call,
                                 "The header has invalid content: ", at->name);
    *least = header + 1;
    return 0;
}

static int check_headers(struct call *call)
{
    int least = 0;

    for (const struct xml *at = header_of(call)->first; at != NULL;
         at = at->next)
        if (check_header(call, at, &least) != 0)
            return -1;
    return 0;
}

/* The request, Action and SOAPAction must be of the same operation. */
static int check_action(struct call *call)
{
    const struct xml *request = request_of(call);
    const struct xml *action =
        xml_child(header_of(call), version_of(call)->ns, "Action");
    const char *name = call_names[call->kind];

    if (request == NULL)
        return refuse_unreadable(call, "The Body is empty.", "");
    if (call->kind == CALL_OTHER || action == NULL ||
        strcmp(xml_text(action), name) != 0 || !is_action(call, name))
        return refuse_without_detail(
            call, SOAP_NO_ACTION,
            "Action, SOAPAction and the Body must be of the same operation.",
            "");
    return 0;
}

/* v11 also requires this header if its setting has a value. */
static int check_v11_header(struct call *call, enum header header,
                            const char *expected)
{
    const char *value = read_header(call, header_names[header]);

    if (*expected == '\0' || version_of(call) != &soap_v11)
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
                           read_header(call, "AuthenticationToken"),
                           read_header(call, "DeveloperToken"),
                           read_header(call, "IdentityProvider")) != 0)
        return -1;
    if (check_v11_header(call, APPLICATION_TOKEN,
                         settings->application_token) != 0)
        return -1;
    if (check_v11_header(call, PASSWORD, settings->password) != 0)
        return -1;
    return check_v11_header(call, USER_NAME, settings->username);
}

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
    if (!xml_is(element, version_of(call)->ns, name))
        return false;
    enum xml_nil nil = xml_nil(element);
    return nil == XML_NOT_NIL || (nil == XML_NIL && element->first == NULL);
}

/* The Body must contain the request only, and the request the named element
 * only. */
static int check_request(struct call *call, const char *name)
{
    const struct xml *body =
        xml_child(call->envelope, SOAP_NS_ENVELOPE, "Body");
    const struct xml *request = request_of(call);
    const struct xml *only = xml_element(request->first);

    if (!is_single(body) || request->attributes != NULL ||
        strcmp(request->ns, version_of(call)->ns) != 0)
        return refuse_unreadable(call, "The Body must only contain ",
                                 request->name);
    if (!is_single(request) || !is_expected(call, only, name))
        return refuse_unreadable(call, "The request must only contain ", name);
    if (only != NULL && xml_nil(only) == XML_NOT_NIL)
        return 0;
    call_refuse(call, 203, NULL);
    return -1;
}

/* --- GetUser and UpdateUser ----------------------------------------------- */

static void get_user(struct call *call)
{
    if (check_request(call, "UserId") == 0 && call_find_user(call) == 0)
        store_show(&call->sim->store, call->user_id, &call->user);
}

static void update(struct call *call, bool apply)
{
    if (check_request(call, "User") != 0 || call_find_user(call) != 0)
        return;

    const struct xml *sent = xml_element(request_of(call)->first);
    struct soap_view view = {
        .version = version_of(call), .pool = &call->pool, .id = call->user_id};
    const char *reason;
    struct json *stored =
        store_parse(&call->sim->store, &call->pool, call->user_id);
    struct json *user = soap_read_user(&view, stored, sent, &reason);
    if (user == NULL) {
        refuse_unreadable(call, reason, "");
        return;
    }
    soap_check_generated(&view, sent, &call->refusal);
    if (call->refusal.count == 0)
        call_update(call, user, apply);
}

static void soap_perform(struct call *call, bool apply)
{
    if (!is_route(call) || check_http(call) != 0 || check_envelope(call) != 0 ||
        check_headers(call) != 0 || check_action(call) != 0 ||
        check_sign_in(call) != 0)
        return;
    if (call->kind == CALL_GET_USER)
        get_user(call);
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
        soap_response_build(call, version_of(call), tracking);
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
