/*
 * The lists of all services: their requests, and what their responses contain.
 */
#include "unit.h"

#include "service/service.h"

#define TENANT "eebd1b55-5360-4438-a11d-5c06918c3014"
#define ID     "4b10bf41-ab11-40e3-8c53-cd67849b50de"
#define MARK   "\xEF\xBB\xBF"

static struct call_context context_of(const struct service *service)
{
    return (struct call_context){
        .service = service,
        .random = &random_system,
        .access_token = "ACCESS",
        .developer_token = "DEVELOPER",
    };
}

static void init_request(struct http_request *request)
{
    *request = (struct http_request){.method = HTTP_PUT, .once = true};
    buffer_init(&request->path, 10000);
    buffer_init(&request->headers, 10000);
    buffer_init(&request->body, 10000);
}

static void free_request(struct http_request *request)
{
    buffer_free(&request->path);
    buffer_free(&request->headers);
    buffer_free(&request->body);
}

/* The request must have this method, path and body, and contain the header. */
static void expect_request(const struct service *service,
                           struct list_call *call, enum http_method method,
                           const char *path, const char *body,
                           const char *header)
{
    const struct call_context context = context_of(service);
    struct http_request request;

    init_request(&request);
    list_call_init(call);
    assert_int_equal(service_build_list(&context, call, &request), 0);
    assert_int_equal(request.method, method);
    assert_string_equal(request.path.data, path);
    if (*body && !strstr(request.body.data, body))
        fail_msg("%s instead of %s", request.body.data, body);
    if (!*body)
        assert_int_equal(request.body.len, 0);
    if (*header && !strstr(request.headers.data, header))
        fail_msg("%s instead of %s", request.headers.data, header);
    free_request(&request);
    list_call_clear(call);
}

/* Each request must be the one that the reference of its service describes. */
static void test_requests(void **state)
{
    struct list_call me = {.kind = LIST_CUSTOMERS};
    struct list_call users = {.customer = "123", .kind = LIST_USERS, .part = 1};
    struct list_call deleted = {
        .customer = "123", .kind = LIST_USERS, .deleted = true};
    struct list_call next = {
        .customer = TENANT, .kind = LIST_USERS, .token = "AbC=="};

    (void)state;
    expect_request(&service_rest, &me, HTTP_POST,
                   "/CustomerManagement/v13/User/Query", "{\"UserId\":null}",
                   "");
    expect_request(&service_rest, &users, HTTP_POST,
                   "/CustomerManagement/v13/UsersInfo/Query",
                   "{\"CustomerId\":\"123\",\"StatusFilter\":\"Pending\"}", "");
    expect_request(&service_rest, &deleted, HTTP_POST,
                   "/CustomerManagement/v13/UsersInfo/Query",
                   "{\"CustomerId\":\"123\",\"StatusFilter\":\"Deleted\"}", "");
    expect_request(&service_soap_v13, &me, HTTP_POST,
                   "/Api/CustomerManagement/v13/CustomerManagementService.svc",
                   "<GetUserRequest xmlns=\"https://bingads.microsoft.com/"
                   "Customer/v13\"><UserId i:nil=\"true\"/></GetUserRequest>",
                   "SOAPAction: GetUser\n");
    expect_request(&service_soap_v12, &users, HTTP_POST,
                   "/Api/CustomerManagement/v12/CustomerManagementService.svc",
                   "<CustomerId>123</CustomerId><StatusFilter>Pending"
                   "</StatusFilter></GetUsersInfoRequest>",
                   "SOAPAction: GetUsersInfo\n");
    expect_request(&service_partner, &me, HTTP_GET, "/v1/customers?size=500",
                   "", "MS-CorrelationId: ");
    users.customer = deleted.customer = TENANT;
    expect_request(&service_partner, &users, HTTP_GET,
                   "/v1/customers/" TENANT "/users?size=500", "",
                   "MS-RequestId: ");
    expect_request(&service_partner, &deleted, HTTP_GET,
                   "/v1/customers/" TENANT
                   "/users?size=500&filter=%7B%22Field%22%3A%22UserState%22%2C"
                   "%22Value%22%3A%22Inactive%22%2C%22Operator%22%3A%22equals"
                   "%22%7D",
                   "", "");
    expect_request(&service_partner, &next, HTTP_GET,
                   "/v1/customers/" TENANT "/users?seekOperation=Next", "",
                   "MS-ContinuationToken: AbC==\n");
}

/* Passes the body as the transport does, in pieces. Returns what was found: the
 * values with '|' after each, then '>' and the token of the next page; or the
 * error. */
static char *parse(const struct service *service, struct list_call call,
                   long status, const char *body, size_t piece)
{
    static char text[4096];
    const struct call_context context = context_of(service);
    struct http_request request;
    struct http_response response = make_response(status, body);
    struct buffer received;
    struct api_error api_error;
    size_t len = strlen(body);

    init_request(&request);
    list_call_init(&call);
    buffer_init(&received, (size_t)4 << 20);
    assert_int_equal(buffer_reserve(&received, 1), 0);
    assert_int_equal(service_build_list(&context, &call, &request), 0);
    for (size_t at = 0; at < len; at += piece) {
        size_t count = len - at < piece ? len - at : piece;

        assert_int_equal(buffer_append(&received, body + at, count), 0);
        if (request.drain)
            request.drain->take(request.drain->context, &received);
    }
    response.body = received.len ? received.data : "";
    response.len = received.len;
    if (service_parse_list(&context, &response, &call, &api_error)) {
        (void)snprintf(text, sizeof(text), "%s: %s", api_error.name,
                       api_error.text);
    } else {
        for (size_t i = 0; i < call.found.len; i++)
            if (!call.found.data[i])
                call.found.data[i] = '|';
        (void)snprintf(text, sizeof(text), "%.2000s>%s",
                       call.found.len ? call.found.data : "",
                       call.next.len ? call.next.data : "");
    }
    buffer_free(&received);
    list_call_clear(&call);
    free_request(&request);
    return text;
}

static void expect(const struct service *service, struct list_call call,
                   const char *body, const char *wanted)
{
    const char *found = parse(service, call, 200, body, strlen(body) + 1);

    if (strcmp(found, wanted) != 0)
        fail_msg("%s:\n%s\ninstead of\n%s", body, found, wanted);
}

static const struct list_call me = {.kind = LIST_CUSTOMERS};
static const struct list_call users = {.customer = "9", .kind = LIST_USERS};

/* The users and roles of REST are found; UsersInfo may be null, and a UserName
 * too. Anything else is no list. */
static void test_rest(void **state)
{
    (void)state;
    expect(&service_rest, me,
           "{\"User\":{\"Id\":\"1\"},\"CustomerRoles\":[{\"RoleId\":41,"
           "\"CustomerId\":\"12\"},{\"CustomerId\":\"9223372036854775807\"}]}",
           "12|9223372036854775807|>");
    expect(&service_rest, users,
           "{\"UsersInfo\":[{\"Id\":\"1000000000000000001\",\"UserName\":"
           "\"a@b\"},{\"Id\":1000000000000000002,\"UserName\":null}]}",
           "1000000000000000001|a@b|9|Active|1000000000000000002||9|Active|>");
    expect(&service_rest, users, "{\"UsersInfo\":null}", ">");
    expect(&service_rest, users, "{\"UsersInfo\":[]}", ">");
    expect(&service_rest, users, "{}",
           "UnexpectedResponse: unexpected response with HTTP status 200: JSON "
           "without UsersInfo (2 bytes of application/json)");
    assert_non_null(strstr(
        parse(&service_rest, users, 200, "{\"UsersInfo\":[{\"Id\":\"0\"}]}", 9),
        "a user without an Id"));
    assert_non_null(strstr(parse(&service_rest, me, 200,
                                 "{\"CustomerRoles\":[{\"RoleId\":1}]}", 9),
                           "a role without a CustomerId"));
    assert_non_null(
        strstr(parse(&service_rest, me, 200, "{\"User\":{\"Id\":\"1\"}}", 9),
               "JSON without CustomerRoles"));
}

/* An API error is reported as such. */
static void test_errors(void **state)
{
    (void)state;
    assert_string_equal(
        parse(&service_rest, users, 403,
              "{\"TrackingId\":null,\"Type\":\"AdApiFaultDetail\",\"Errors\":[{"
              "\"Code\":106,\"ErrorCode\":\"UserIsNotAuthorized\",\"Message\":"
              "\"No.\"}]}",
              10),
        "UserIsNotAuthorized: No.");
    assert_non_null(strstr(parse(&service_partner, users, 403,
                                 MARK "{\"code\":\"20002\",\"description\":"
                                      "\"No relationship.\"}",
                                 10),
                           "No relationship."));
}

#define LINKS(token)                                                           \
    "\"links\":{\"self\":{},\"next\":{\"uri\":\"/customers\",\"headers\":[{"   \
    "\"key\":\"A\",\"value\":\"B\"},{\"key\":\"MS-ContinuationToken\","        \
    "\"value\":\"" token "\"}]}}"

/* Pages of Partner Center: a byte-order mark precedes them, and the token of
 * the next one is in links or beside them. */
static void test_partner(void **state)
{
    struct list_call call = {.customer = TENANT, .kind = LIST_USERS};

    (void)state;
    expect(&service_partner, me,
           MARK "{\"totalCount\":1,\"items\":[{\"id\":\"" TENANT
                "\"}]," LINKS("x+/=") "}",
           TENANT "|>x+/=");
    expect(&service_partner, call,
           MARK "{\"items\":[{\"id\":\"" ID
                "\",\"userPrincipalName\":\"u@c\",\"displayName\":\"D, E\","
                "\"firstName\":null,\"state\":\"active\"}],"
                "\"continuationToken\":\"t\",\"links\":{\"next\":{}}}",
           TENANT "|" ID "|u@c|D, E|||active|>t");
    expect(&service_partner, call,
           "{\"items\":[],\"continuationToken\":\"t\",\"links\":{\"next\":null}"
           "}",
           ">");
    expect(&service_partner, call, "{\"items\":[]}", ">");
    call.token = "t";
    assert_non_null(strstr(
        parse(&service_partner, call, 200, "{\"items\":[]," LINKS("t") "}", 7),
        "a page that is followed by itself"));
    assert_non_null(strstr(parse(&service_partner, call, 200,
                                 "{\"items\":[]," LINKS("a\\nX: b") "}", 7),
                           "without a continuation token"));
    assert_non_null(strstr(parse(&service_partner, call, 200,
                                 "{\"items\":[],\"links\":{\"next\":{}}}", 7),
                           "without a continuation token"));
    assert_non_null(strstr(
        parse(&service_partner, call, 200, "{\"items\":[{\"id\":\"7\"}]}", 7),
        "a user without an id"));
}

#define SOAP(content)                                                          \
    "<s:Envelope "                                                             \
    "xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>" content   \
    "</s:Body></s:Envelope>"
#define V13 "https://bingads.microsoft.com/Customer/v13"
#define V11 "https://bingads.microsoft.com/Customer/v11"

/* The users and roles of SOAP. Version 11 has customers without roles. */
static void test_soap(void **state)
{
    (void)state;
    expect(&service_soap_v13, users,
           SOAP("<GetUsersInfoResponse xmlns=\"" V13
                "\"><UsersInfo xmlns:e=\"" V13
                "/Entities\"><e:UserInfo><e:Id> 12 </e:Id><e:UserName>a&amp;b"
                "</e:UserName></e:UserInfo><e:UserInfo><e:Id>13</e:Id>"
                "</e:UserInfo></UsersInfo></GetUsersInfoResponse>"),
           "12|a&b|9|Active|13||9|Active|>");
    expect(&service_soap_v13, users,
           SOAP("<GetUsersInfoResponse xmlns=\"" V13
                "\"><UsersInfo i:nil=\"true"
                "\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"/>"
                "</GetUsersInfoResponse>"),
           ">");
    expect(&service_soap_v13, me,
           SOAP("<GetUserResponse xmlns=\"" V13 "\"><User/><CustomerRoles "
                "xmlns:e=\"" V13 "/Entities\"><e:CustomerRole><e:RoleId>41"
                "</e:RoleId><e:CustomerId>5</e:CustomerId></e:CustomerRole>"
                "</CustomerRoles></GetUserResponse>"),
           "5|>");
    expect(&service_soap_v11, me,
           SOAP("<GetUserResponse xmlns=\"" V11 "\"><Customers xmlns:a=\"x\">"
                "<a:long>5</a:long><a:long>6</a:long></Customers>"
                "</GetUserResponse>"),
           "5|6|>");
    assert_non_null(
        strstr(parse(&service_soap_v13, users, 200,
                     SOAP("<GetUsersInfoResponse xmlns=\"" V13 "\"/>"), 10000),
               "without UsersInfo"));
}

/* A long list is parsed while it arrives, however it is cut. */
static void test_long_list(void **state)
{
    struct buffer body;
    const char *found;
    uint64_t random = 7;

    (void)state;
    buffer_init(&body, (size_t)16 << 20);
    assert_int_equal(buffer_puts(&body, "{\"UsersInfo\":["), 0);
    for (unsigned i = 1; i <= 150000; i++)
        assert_int_equal(
            buffer_printf(&body, "%s{\"Id\":\"%u\",\"UserName\":\"u%u@b\"}",
                          i > 1 ? "," : "", i, i),
            0);
    assert_int_equal(buffer_puts(&body, "]}"), 0);
    assert_true(body.len > HTTP_MAX_RESPONSE);
    found = parse(&service_rest, users, 200, body.data,
                  1000 + below(&random, 16000));
    assert_int_equal(strncmp(found, "1|u1@b|9|Active|2|u2@b|9|Active|", 32), 0);
    /* One of its users is not valid. */
    body.data[body.len / 2 + strcspn(body.data + body.len / 2, "I")] = 'J';
    found = parse(&service_rest, users, 200, body.data, 16384);
    assert_non_null(strstr(found, "a user without an Id"));
    buffer_free(&body);
}

/* Values are split as they were joined; what is incomplete ends the list. */
static void test_next(void **state)
{
    static const char text[] = "a\0\0b\0c";
    const char *values[3], *at;

    (void)state;
    at = list_next(text, text + sizeof(text), values, 3);
    assert_ptr_equal(at, text + 5);
    assert_string_equal(values[0], "a");
    assert_string_equal(values[1], "");
    assert_string_equal(values[2], "b");
    assert_null(list_next(at, text + sizeof(text), values, 3));
    assert_null(list_next(at, at, values, 1));
    assert_null(list_next(at, at + 1, values, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests), cmocka_unit_test(test_rest),
        cmocka_unit_test(test_errors),   cmocka_unit_test(test_partner),
        cmocka_unit_test(test_soap),     cmocka_unit_test(test_long_list),
        cmocka_unit_test(test_next),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
