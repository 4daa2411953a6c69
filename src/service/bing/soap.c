/*
 * Bing Ads SOAP, Customer Management versions 11 to 13: SOAP 1.1 envelopes with
 * GetUser and UpdateUser. Sources: the service's reference of the two
 * operations, "Request SOAP" and "Response SOAP"; its User data object; SOAP
 * 1.1 (W3C Note), section 4.
 */
#include "service/service.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/version.h"
#include "base/xml.h"
#include "service/bing/bing_columns.h"
#include "service/bing/bing_user.h"

#define ENVELOPE "http://schemas.xmlsoap.org/soap/envelope/"
#define AD_API   "https://adapi.microsoft.com"

/* What differs between the versions. */
struct form {
    const char *space;     /* of the header's and the body's elements */
    const char *entities;  /* of what is in User */
    const char *exception; /* of an ApiFault */
    const char *path;
};

/* Where the elements of User are held: those of columns by their index. */
enum place {
    CONTACT_INFO = BING_COLUMN_COUNT_V11,
    ADDRESS,
    NAME,
    FORWARD_COMPATIBILITY_MAP,
    AUTHENTICATION_TOKEN,
    PLACES
};

/* The elements of User in the order of the schema, which is the same in all
 * versions: each has its own part of it. What is in an element follows it. */
static const struct {
    const char *name;
    unsigned char depth;
    unsigned char place;
} elements[] = {
    {"ContactInfo", 0, CONTACT_INFO},
    {"Address", 1, ADDRESS},
    {"City", 2, BING_COLUMN_CITY},
    {"CountryCode", 2, BING_COLUMN_COUNTRY_CODE},
    {"Id", 2, BING_COLUMN_ADDRESS_ID},
    {"Line1", 2, BING_COLUMN_LINE1},
    {"Line2", 2, BING_COLUMN_LINE2},
    {"Line3", 2, BING_COLUMN_LINE3},
    {"Line4", 2, BING_COLUMN_LINE4},
    {"PostalCode", 2, BING_COLUMN_POSTAL_CODE},
    {"StateOrProvince", 2, BING_COLUMN_STATE_OR_PROVINCE},
    {"TimeStamp", 2, BING_COLUMN_ADDRESS_TIME_STAMP},
    {"BusinessName", 2, BING_COLUMN_BUSINESS_NAME},
    {"ContactByPhone", 1, BING_COLUMN_CONTACT_BY_PHONE},
    {"ContactByPostalMail", 1, BING_COLUMN_CONTACT_BY_POSTAL_MAIL},
    {"Email", 1, BING_COLUMN_EMAIL},
    {"EmailFormat", 1, BING_COLUMN_EMAIL_FORMAT},
    {"Fax", 1, BING_COLUMN_FAX},
    {"HomePhone", 1, BING_COLUMN_HOME_PHONE},
    {"Id", 1, BING_COLUMN_CONTACT_INFO_ID},
    {"Mobile", 1, BING_COLUMN_MOBILE},
    {"Phone1", 1, BING_COLUMN_PHONE1},
    {"Phone2", 1, BING_COLUMN_PHONE2},
    {"CustomerAppScope", 0, BING_COLUMN_CUSTOMER_APP_SCOPE},
    {"CustomerId", 0, BING_COLUMN_CUSTOMER_ID},
    {"Id", 0, BING_COLUMN_ID},
    {"JobTitle", 0, BING_COLUMN_JOB_TITLE},
    {"LastModifiedByUserId", 0, BING_COLUMN_LAST_MODIFIED_BY_USER_ID},
    {"LastModifiedTime", 0, BING_COLUMN_LAST_MODIFIED_TIME},
    {"Lcid", 0, BING_COLUMN_LCID},
    {"Name", 0, NAME},
    {"FirstName", 1, BING_COLUMN_FIRST_NAME},
    {"LastName", 1, BING_COLUMN_LAST_NAME},
    {"MiddleInitial", 1, BING_COLUMN_MIDDLE_INITIAL},
    {"Password", 0, BING_COLUMN_PASSWORD},
    {"SecretAnswer", 0, BING_COLUMN_SECRET_ANSWER},
    {"SecretQuestion", 0, BING_COLUMN_SECRET_QUESTION},
    {"UserLifeCycleStatus", 0, BING_COLUMN_USER_LIFE_CYCLE_STATUS},
    {"TimeStamp", 0, BING_COLUMN_TIME_STAMP},
    {"UserName", 0, BING_COLUMN_USER_NAME},
    {"IsMigratedToMicrosoftAccount", 0,
     BING_COLUMN_IS_MIGRATED_TO_MICROSOFT_ACCOUNT},
    {"ForwardCompatibilityMap", 0, FORWARD_COMPATIBILITY_MAP},
    {"AuthenticationToken", 0, AUTHENTICATION_TOKEN},
};

#define ELEMENTS (sizeof(elements) / sizeof(elements[0]))

struct user {
    const struct form *form;
    struct xml *document; /* GetUser's answer */
    struct xml_node *user;
    struct xml_node *held[PLACES]; /* NULL: absent */
};

/* ---- building ----------------------------------------------------------- */

static int build_headers(const struct session *session, struct buffer *headers)
{
    (void)session; /* the tokens are in the envelope */
    return buffer_puts(headers,
                       "Content-Type: text/xml; charset=utf-8\n"
                       "Accept: text/xml\n"
                       "User-Agent: bauser-batch/" BAUSER_VERSION "\n");
}

static int put_token(struct buffer *body, const char *name, const char *token)
{
    if (!token)
        return 0;
    if (buffer_puts(body, "<") || buffer_puts(body, name) ||
        buffer_puts(body, " i:nil=\"false\">") || xml_put_text(body, token) ||
        buffer_puts(body, "</") || buffer_puts(body, name) ||
        buffer_puts(body, ">"))
        return -1;
    return 0;
}

/* Those of another version's header are NULL. */
static int put_tokens(struct buffer *body, const struct session *session)
{
    const struct {
        const char *name, *token;
    } tokens[] = {
        {"ApplicationToken", session->application_token},
        {"AuthenticationToken", session->access_token},
        {"DeveloperToken", session->developer_token},
        {"Password", session->password},
        {"UserName", session->user_name},
    };

    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++)
        if (put_token(body, tokens[i].name, tokens[i].token))
            return -1;
    return 0;
}

/* Begins a request of that action, up to the first tag in the body. */
static int begin(const struct session *session, const char *action,
                 struct http_request *request)
{
    const struct form *form = session->service->form;
    struct buffer *body = &request->body;

    request->method = HTTP_POST;
    if (buffer_puts(&request->path, form->path) ||
        buffer_puts(&request->headers, "SOAPAction: ") ||
        buffer_puts(&request->headers, action) ||
        buffer_puts(&request->headers, "\n") ||
        buffer_puts(body, "<s:Envelope xmlns:i=\"" XML_SCHEMA_INSTANCE
                          "\" xmlns:s=\"" ENVELOPE "\"><s:Header xmlns=\"") ||
        buffer_puts(body, form->space) ||
        buffer_puts(body, "\"><Action mustUnderstand=\"1\">") ||
        buffer_puts(body, action) || buffer_puts(body, "</Action>") ||
        put_tokens(body, session) ||
        buffer_puts(body, "</s:Header><s:Body><") ||
        buffer_puts(body, action) || buffer_puts(body, "Request xmlns=\"") ||
        buffer_puts(body, form->space) || buffer_puts(body, "\">"))
        return -1;
    return 0;
}

static int end(const char *action, struct http_request *request)
{
    struct buffer *body = &request->body;

    return buffer_puts(body, "</") || buffer_puts(body, action) ||
                   buffer_puts(body, "Request></s:Body></s:Envelope>")
               ? -1
               : 0;
}

static int build_get(const struct session *session, const char *key,
                     struct http_request *request)
{
    request->once = false;
    if (begin(session, "GetUser", request) ||
        buffer_puts(&request->body, "<UserId i:nil=\"false\">") ||
        buffer_puts(&request->body, key) ||
        buffer_puts(&request->body, "</UserId>") || end("GetUser", request))
        return -1;
    return 0;
}

static int build_update(const struct session *session, const struct user *user,
                        const struct sent *sent, struct http_request *request)
{
    const struct xml_binding around[] = {{"i", XML_SCHEMA_INSTANCE},
                                         {"s", ENVELOPE},
                                         {"", user->form->space},
                                         {NULL, NULL}};

    (void)sent;
    request->once = true;
    if (begin(session, "UpdateUser", request) ||
        xml_print(user->user, around, &request->body) ||
        end("UpdateUser", request))
        return -1;
    return 0;
}

/* ---- the user as a document --------------------------------------------- */

static bool is_parent(size_t element)
{
    return element + 1 < ELEMENTS &&
           elements[element + 1].depth > elements[element].depth;
}

/* The place behind the last element of a parent whose first one is given. */
static size_t parent_end(size_t first)
{
    size_t end = first;

    while (end < ELEMENTS && elements[end].depth >= elements[first].depth)
        end++;
    return end;
}

/* Finds an element of that name between first and end, from near on: they
 * mostly come in the schema's order. ELEMENTS: there is none. */
static size_t find_element(const char *name, size_t first, size_t end,
                           size_t near)
{
    for (size_t i = near, tried = first; tried < end; tried++, i++) {
        if (i == end)
            i = first;
        if (elements[i].depth == elements[first].depth &&
            strcmp(elements[i].name, name) == 0)
            return i;
    }
    return ELEMENTS;
}

static int take_elements(struct user *user, const struct xml_node *parent,
                         size_t first);

/* A known element; an unknown one is only carried. */
static int take_element(struct user *user, struct xml_node *node,
                        size_t element)
{
    struct xml_node **held = &user->held[elements[element].place];

    if (*held)
        return -1;
    *held = node;
    if (xml_is_nil(node))
        return xml_text(node) && !*xml_text(node) ? 0 : -1;
    if (is_parent(element))
        return take_elements(user, node, element + 1);
    if (elements[element].place == FORWARD_COMPATIBILITY_MAP)
        return 0;
    return xml_text(node) ? 0 : -1;
}

/* Finds the elements of a parent, whose first one in the schema is given. -1
 * where the document has another shape than the service describes: one twice,
 * elements for a text, a text for elements. */
static int take_elements(struct user *user, const struct xml_node *parent,
                         size_t first)
{
    const size_t end = parent_end(first);
    size_t near = first;

    if (xml_has_loose_text(parent))
        return -1;
    for (struct xml_node *node = xml_first(parent); node;
         node = xml_next(node)) {
        size_t element = find_element(xml_name(node), first, end, near);

        if (element == ELEMENTS ||
            strcmp(xml_space(node), user->form->entities) != 0)
            continue;
        if (take_element(user, node, element))
            return -1;
        near = element + 1;
    }
    return 0;
}

static const char *user_value(const struct user *user, unsigned column)
{
    const char *text = xml_text(user->held[column]);

    return text && *text ? text : NULL;
}

static void user_last_modified(const struct user *user,
                               char last_modified[SERVICE_TIME_SIZE])
{
    bing_user_last_modified(&service_soap_v13, user, last_modified);
}

static void user_stamps(const struct user *user,
                        char stamps[SERVICE_STAMPS_SIZE])
{
    bing_user_stamps(&service_soap_v13, user, stamps);
}

/* The place of the first element that is in the same one. */
static size_t first_beside(size_t element)
{
    size_t first = element;

    while (first > 0 && elements[first - 1].depth >= elements[element].depth)
        first--;
    return first;
}

/* The last child of a parent that the schema has before the element, at or
 * behind first; NULL: none. An unknown one behind it is newer, and belongs
 * behind the new one. */
static struct xml_node *find_predecessor(const struct user *user,
                                         const struct xml_node *parent,
                                         size_t first, size_t element)
{
    struct xml_node *found = NULL;

    for (struct xml_node *node = xml_first(parent); node; node = xml_next(node))
        for (size_t i = first; i < element; i++)
            if (user->held[elements[i].place] == node)
                found = node;
    return found;
}

/* Makes sure that an element is there, and those that it is in, which must not
 * be nil either. NULL without memory. */
static struct xml_node *make_element(struct user *user, size_t element)
{
    struct xml_node **held = &user->held[elements[element].place];
    size_t first = first_beside(element);
    struct xml_node *parent =
        first == 0 ? user->user : make_element(user, first - 1);

    if (!parent)
        return NULL;
    if (xml_is_nil(parent))
        xml_make_empty(parent);
    if (!*held)
        *held = xml_add(user->document, parent,
                        find_predecessor(user, parent, first, element),
                        user->form->entities, elements[element].name);
    return *held;
}

static int user_set(struct user *user, unsigned column, const char *value)
{
    struct xml_node *node = user->held[column];
    size_t element = 0;

    if (!value)
        value = bing_columns[column].empty;
    if (!value)
        return node ? xml_make_nil(user->document, node) : 0;
    if (!node) {
        while (elements[element].place != column)
            element++;
        node = make_element(user, element);
    }
    return node ? xml_make_text(user->document, node, value) : -1;
}

static void user_free(struct user *user)
{
    if (!user)
        return;
    xml_free(user->document);
    free(user);
}

/* ---- faults ------------------------------------------------------------- */

/* Takes the errors of a list in a fault's detail; false where there are none.
 */
static bool take_errors(struct api_error *api_error,
                        const struct xml_node *list, const char *space,
                        const char *name)
{
    const struct xml_node *part = list ? xml_first(list) : NULL;
    bool found = false;

    for (; part; part = xml_next(part)) {
        const char *number = xml_text(xml_child(part, space, "Code"));
        const char *symbol = xml_text(xml_child(part, space, "ErrorCode"));
        int64_t code = 0;
        bool numbered = number && number_parse_long(number, &code) == 0;

        if (!xml_is(part, space, name) || (!numbered && !symbol))
            continue;
        api_error_add(api_error, numbered, (long)code, symbol,
                      xml_text(xml_child(part, space, "Message")));
        found = true;
    }
    return found;
}

static void take_tracking_id(struct api_error *api_error,
                             const struct xml_node *parent, const char *space)
{
    const char *id = xml_text(xml_child(parent, space, "TrackingId"));

    if (id && *id)
        api_error_set_tracking_id(api_error, id);
}

/* Fills the fault from the service's own error object; false where the detail
 * holds none. */
static bool take_detail(struct api_error *api_error, const struct form *form,
                        const struct xml_node *detail)
{
    const struct {
        const char *space, *name, *list, *part;
    } kinds[] = {
        {AD_API, "AdApiFaultDetail", "Errors", "AdApiError"},
        {form->exception, "ApiFault", "OperationErrors", "OperationError"},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const char *space = kinds[i].space;
        const struct xml_node *kind = xml_child(detail, space, kinds[i].name);

        take_tracking_id(api_error, kind, space);
        take_tracking_id(api_error, kind, AD_API); /* ApiFault inherits it */
        if (take_errors(api_error, xml_child(kind, space, kinds[i].list), space,
                        kinds[i].part))
            return true;
    }
    return false;
}

/* Is it the message that is at fault, so that sending it again is no use (SOAP
 * 1.1, 4.4.1)? Of codes with a dot the part before it counts. The last two are
 * those of the framework that the service is written in. */
static bool is_of_message(const char *code)
{
    static const char *const codes[] = {"Client", "MustUnderstand",
                                        "VersionMismatch", "ActionNotSupported",
                                        "DeserializationFailed"};
    size_t len = strcspn(code, ".");

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (strlen(codes[i]) == len && strncmp(code, codes[i], len) == 0)
            return true;
    return false;
}

/* A fault that is not of the service's own kinds. */
static void take_other_fault(struct api_error *api_error,
                             const struct xml_node *node)
{
    const char *code = xml_text(xml_child(node, "", "faultcode"));
    const char *text = xml_text(xml_child(node, "", "faultstring"));
    const char *colon = code ? strchr(code, ':') : NULL;

    if (colon)
        code = colon + 1;
    api_error_add(api_error, false, 0, code && *code ? code : "SoapFault",
                  text && *text ? text : "the service gave no reason");
    if (api_error->action == API_ERROR_FAIL && !is_of_message(api_error->name))
        api_error->action = API_ERROR_RETRY;
}

static void take_fault(struct api_error *api_error, const struct form *form,
                       const struct http_response *response,
                       const struct xml_node *node)
{
    /* As SOAP 1.1 has it, or as the service does: it tells nothing. */
    if (response->status == 500 || response->status == 200)
        api_error->http_status = 0;
    if (!take_detail(api_error, form, xml_child(node, "", "detail")))
        take_other_fault(api_error, node);
    api_error->http_status = response->status;
}

/* ---- reading ------------------------------------------------------------ */

/* What is in a SOAP envelope's body; NULL: the fault. */
static struct xml_node *open_envelope(const struct form *form,
                                      const struct http_response *response,
                                      const struct xml *document,
                                      const char *name,
                                      struct api_error *api_error)
{
    struct xml_node *root = xml_root(document);
    struct xml_node *body = xml_child(root, ENVELOPE, "Body");
    struct xml_node *found;

    if (!xml_is(root, ENVELOPE, "Envelope") || !body) {
        api_error_of_foreign_answer(api_error, response,
                                    "an XML that is no envelope");
        return NULL;
    }
    api_error_init(api_error, response);
    take_tracking_id(api_error, xml_child(root, ENVELOPE, "Header"),
                     form->space);
    found = xml_child(body, ENVELOPE, "Fault");
    if (found) {
        take_fault(api_error, form, response, found);
        return NULL;
    }
    found = xml_child(body, form->space, name);
    if (!found || response->status != 200) {
        api_error_of_foreign_answer(api_error, response,
                                    "an envelope with another answer");
        return NULL;
    }
    return found;
}

/* Reads an answer's body; *found becomes the element of that name in the
 * envelope. NULL: the fault. A user that is too large, or that can't be kept,
 * is so the next time as well (lasting); an answer to an update is made anew.
 */
static struct xml *read_answer(const struct session *session,
                               const struct http_response *response,
                               bool lasting, struct xml_node **found,
                               struct api_error *api_error)
{
    const struct form *form = session->service->form;
    struct xml_refusal refusal;
    struct xml *document;

    if (response->failure != HTTP_OK) {
        api_error_of_transport(api_error, response, lasting);
        return NULL;
    }
    document = xml_parse(response->body, response->len, &refusal);
    if (!document && refusal.no_memory) {
        api_error_init(api_error, response);
        api_error_set_memory(api_error);
        return NULL;
    }
    if (!document) {
        api_error_of_foreign_answer(api_error, response, refusal.why);
        if (lasting && refusal.is_xml && api_error->action == API_ERROR_RETRY)
            api_error->action = API_ERROR_FAIL;
        return NULL;
    }
    *found = open_envelope(form, response, document,
                           lasting ? "GetUserResponse" : "UpdateUserResponse",
                           api_error);
    if (!*found) {
        xml_free(document);
        return NULL;
    }
    return document;
}

/* The one element of that name; NULL where there is another as well. */
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

/* Is this a user that UpdateUser may be given back? */
static int check_user(struct user *user, const char *key,
                      struct api_error *api_error)
{
    const struct xml_node *address;

    if (take_elements(user, user->user, 0))
        return api_error_refuse_user(api_error, API_ERROR_USER_ODD);
    address = user->held[ADDRESS];
    return bing_user_check(&service_soap_v13, user, key,
                           address && !xml_is_nil(address),
                           xml_has_masked_text(user->user), api_error);
}

static int parse_get(const struct session *session,
                     const struct http_response *response, const char *key,
                     struct user **user, struct api_error *api_error)
{
    struct xml_node *answer;
    struct xml *document =
        read_answer(session, response, true, &answer, api_error);
    struct user *made;

    if (!document)
        return -1;
    made = calloc(1, sizeof(*made));
    if (!made) {
        xml_free(document);
        api_error_set_memory(api_error);
        return -1;
    }
    made->form = session->service->form;
    made->document = document;
    made->user = only_child(answer, made->form->space, "User");
    if (!made->user || xml_is_nil(made->user)) {
        api_error_of_foreign_answer(api_error, response,
                                    "an envelope without a User");
        goto err;
    }
    if (check_user(made, key, api_error))
        goto err;
    *user = made;
    return 0;

err:
    user_free(made);
    return -1;
}

static int parse_update(const struct session *session,
                        const struct http_response *response, const char *key,
                        char last_modified[SERVICE_TIME_SIZE],
                        struct api_error *api_error)
{
    const struct form *form = session->service->form;
    struct xml_node *answer;
    struct xml *document =
        read_answer(session, response, false, &answer, api_error);
    int result;

    (void)key;
    if (!document)
        return -1;
    result = bing_take_time(
        xml_text(only_child(answer, form->space, "LastModifiedTime")),
        last_modified);
    if (result)
        api_error_of_foreign_answer(api_error, response,
                                    "an envelope without a LastModifiedTime");
    xml_free(document);
    return result;
}

/* ---- the versions ------------------------------------------------------- */

#define SPACE(version) "https://bingads.microsoft.com/Customer/" version

#define FORM(version)                                                          \
    {                                                                          \
        .space = SPACE(version), .entities = SPACE(version) "/Entities",       \
        .exception = SPACE(version) "/Exception",                              \
        .path = "/Api/CustomerManagement/" version                             \
                "/CustomerManagementService.svc",                              \
    }

static const struct form forms[] = {FORM("v13"), FORM("v12"), FORM("v11")};

/* What a service has in every version. */
#define SOAP(number)                                                           \
    .name = "soap-v" number, .title = "Bing Ads SOAP v" number,                \
    .production = BING_PRODUCTION, .sandbox = BING_SANDBOX,                    \
    .scope = BING_SCOPE, .sandbox_scope = BING_SANDBOX_SCOPE,                  \
    .columns = bing_columns, .key = BING_COLUMN_ID, .tenant = COLUMN_MAX,      \
    .last_modified = BING_COLUMN_LAST_MODIFIED_TIME,                           \
    .customer = CUSTOMER_NONE, .developer_token = true,                        \
    .tracking_header = "TrackingId", .can_carry = xml_can_carry,               \
    .build_headers = build_headers, .build_get = build_get,                    \
    .build_update = build_update, .parse_get = parse_get,                      \
    .parse_update = parse_update, .user_value = user_value,                    \
    .user_last_modified = user_last_modified, .user_stamps = user_stamps,      \
    .user_set = user_set, .user_free = user_free

const struct service service_soap_v13 = {
    SOAP("13"),
    .column_count = BING_COLUMN_COUNT,
    .form = &forms[0],
};

const struct service service_soap_v12 = {
    SOAP("12"),
    .column_count = BING_COLUMN_COUNT,
    .form = &forms[1],
};

const struct service service_soap_v11 = {
    SOAP("11"),
    .column_count = BING_COLUMN_COUNT_V11,
    .form = &forms[2],
    .legacy_sign_in = true,
};
