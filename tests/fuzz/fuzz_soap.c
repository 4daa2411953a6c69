/*
 * Responses over SOAP: none may crash the program. Whatever the response was,
 * an update is XML, contains the whole user, and is parsed to the same user.
 */
#include "response.h"

#include <libxml/parser.h>

#include "base/timestamp.h"
#include "base/xml.h"
#include "service/bing/columns.h"
#include "service/service.h"

#define KEY "42"

static const struct service *const versions[] = {
    &service_soap_v11, &service_soap_v12, &service_soap_v13};

static struct call_context context = {.access_token = "ACCESS & <TOKEN>",
                                      .developer_token = "DEVELOPER"};

static void print_user(const struct user *user, struct http_request *request)
{
    const struct sent sent = {.changed = 0};

    *request = (struct http_request){.once = false};
    buffer_init(&request->path, 1000);
    buffer_init(&request->headers, 1000);
    buffer_init(&request->body, HTTP_MAX_REQUEST);
    MUST(context.service->build_update(&context, user, &sent, request) == 0);
    MUST(request->once);
}

static void free_request(struct http_request *request)
{
    buffer_free(&request->path);
    buffer_free(&request->headers);
    buffer_free(&request->body);
}

/* Counts elements in libxml2's own tree, which shares no code with the
 * program. */
static size_t count_elements(const char *text, size_t len)
{
    xmlDocPtr document = xmlReadMemory(text, (int)len, NULL, NULL,
                                       XML_PARSE_NONET | XML_PARSE_NOERROR |
                                           XML_PARSE_NOWARNING);
    size_t count = 0;
    xmlNodePtr node;

    MUST(document);
    node = xmlDocGetRootElement(document);
    while (node) {
        xmlNodePtr next = node->children;

        count += node->type == XML_ELEMENT_NODE;
        if (node->type != XML_ELEMENT_NODE)
            next = NULL;
        for (; !next && node; node = node->parent)
            if (node->next || node->parent == (xmlNodePtr)document) {
                next = node->next;
                break;
            }
        node = next;
    }
    xmlFreeDoc(document);
    return count;
}

/* Parses the printed user as a response of the service. Returns NULL if it is
 * rejected, as a user with a new address is. */
static struct user *read_back(const struct http_request *request)
{
    static const char head[] =
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
        "xmlns:i=\"" XML_SCHEMA_INSTANCE "\"><s:Body><GetUserResponse";
    const char *begin = strstr(request->body.data, "<UpdateUserRequest");
    const char *end = strstr(request->body.data, "</UpdateUserRequest>");
    struct http_response response = {.status = 200,
                                     .sends = 1,
                                     .text = "",
                                     .tracking_id = "",
                                     .content_type = ""};
    struct user *user = NULL;
    struct api_error api_error;
    struct buffer body;

    MUST(begin && end);
    begin += strlen("<UpdateUserRequest");
    buffer_init(&body, HTTP_MAX_REQUEST);
    MUST(buffer_puts(&body, head) == 0);
    MUST(buffer_append(&body, begin, (size_t)(end - begin)) == 0);
    MUST(buffer_puts(&body, "</GetUserResponse></s:Body></s:Envelope>") == 0);
    response.body = body.data;
    response.len = body.len;
    if (context.service->parse_get(&context, &response, KEY, &user, &api_error))
        user = NULL;
    buffer_free(&body);
    return user;
}

static bool is_set(unsigned column)
{
    const struct column *what = &bing_columns[column];

    return what->use == COLUMN_WRITE && what->type == COLUMN_STRING;
}

static void set_columns(struct user *user, const char *value)
{
    for (unsigned i = 0; i < context.service->column_count; i++)
        if (is_set(i))
            MUST(context.service->user_set(user, i, i % 2 ? value : NULL) == 0);
}

static void must_have_columns(const struct user *user, const char *value)
{
    for (unsigned i = 0; i < context.service->column_count; i++) {
        const char *found = context.service->user_value(user, i);

        if (is_set(i))
            MUST(strcmp(found ? found : "", i % 2 ? value : "") == 0);
    }
}

static void must_be_equal(const struct user *a, const struct user *b)
{
    for (unsigned i = 0; i < context.service->column_count; i++) {
        const char *x = context.service->user_value(a, i);
        const char *y = context.service->user_value(b, i);

        MUST(strcmp(x ? x : "", y ? y : "") == 0);
    }
}

static void try_get(const struct fuzz_response *given)
{
    const char *value = given->value;
    struct http_request request;
    struct user *user = NULL, *back;
    struct api_error api_error;
    size_t count;

    if (context.service->parse_get(&context, &given->response, KEY, &user,
                                   &api_error)) {
        MUST(!user);
        must_be_api_error(&api_error);
        return;
    }
    print_user(user, &request);
    count = count_elements(request.body.data, request.body.len);
    back = read_back(&request);
    free_request(&request);
    MUST(back);
    must_be_equal(user, back);
    print_user(back, &request);
    MUST(count_elements(request.body.data, request.body.len) == count);
    free_request(&request);
    context.service->user_free(back);

    /* A value that consists of asterisks would count as masked. */
    if (!value[strspn(value, "*")] || !xml_can_carry(value))
        value = "Bonn";
    set_columns(user, value);
    must_have_columns(user, value);
    print_user(user, &request);
    (void)count_elements(request.body.data, request.body.len);
    back = read_back(&request);
    if (back)
        must_have_columns(back, value);
    context.service->user_free(back);
    free_request(&request);
    context.service->user_free(user);
}

static void try_update(const struct fuzz_response *given)
{
    const struct sent sent = {.changed = 0};
    struct updated updated;
    struct timestamp instant;
    struct api_error api_error;

    if (context.service->parse_update(&context, &given->response, KEY, &sent,
                                      &updated, &api_error))
        must_be_api_error(&api_error);
    else
        MUST(timestamp_parse(updated.last_modified, &instant) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = {(const char *)data, size};
    struct fuzz_response given;
    char *body;

    read_response(&given, &input);
    body = set_body(&given.response, input.data, input.len);
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        context.service = versions[i];
        try_get(&given);
        try_update(&given);
    }
    free(body);
    return 0;
}
