#include "service/identity.h"

#include "service/service.h"
#include "unit.h"

static struct call_context context_of(const struct service *service)
{
    return (struct call_context){.service = service,
                                 .random = &random_system,
                                 .access_token = "a",
                                 .developer_token = "d"};
}

static struct http_request build(const struct service *service)
{
    struct call_context context = context_of(service);
    struct http_request request = {.path = {.data = NULL}};

    buffer_init(&request.path, 4096);
    buffer_init(&request.headers, 4096);
    buffer_init(&request.body, 4096);
    assert_int_equal(service->identity->build(&context, &request), 0);
    return request;
}

static void clear(struct http_request *request)
{
    buffer_free(&request->path);
    buffer_free(&request->headers);
    buffer_free(&request->body);
}

static int parse(const struct service *service, const char *body,
                 struct identity *identity, struct api_error *api_error)
{
    struct call_context context = context_of(service);
    struct http_response response = make_response(200, body);

    return service->identity->parse(&context, &response, identity, api_error);
}

/* A request must ask for the user who signs in, or for the first customers. */
static void test_requests(void **state)
{
    struct http_request request = build(&service_rest);

    (void)state;
    assert_int_equal(request.method, HTTP_POST);
    assert_string_equal(request.path.data,
                        "/CustomerManagement/v13/User/Query");
    assert_string_equal(request.body.data, "{\"UserId\":null}");
    clear(&request);
    request = build(&service_soap_v13);
    assert_non_null(strstr(request.body.data,
                           "<GetUserRequest xmlns=\"https://bingads.microsoft."
                           "com/Customer/v13\"><UserId i:nil=\"true\"/>"
                           "</GetUserRequest>"));
    clear(&request);
    request = build(&service_partner);
    assert_int_equal(request.method, HTTP_GET);
    assert_string_equal(request.path.data, "/v1/customers?size=20");
    assert_non_null(strstr(request.headers.data, "MS-RequestId: "));
    clear(&request);
    assert_null(service_soap_v11.identity);
}

#define REST_USER                                                              \
    "{\"User\":{\"Id\":\"7\",\"UserName\":\"jo@x.example\",\"Name\":{"         \
    "\"FirstName\":\"Jo\",\"LastName\":\"Doe\"}},\"CustomerRoles\":"

/* The user, and the role for each customer, must be found; only Super Admin and
 * Standard may update users, and an unknown role may. */
static void test_rest(void **state)
{
    struct identity identity;
    struct api_error api_error;

    (void)state;
    assert_int_equal(parse(&service_rest,
                           REST_USER "[{\"RoleId\":100,\"CustomerId\":\"1\"},"
                                     "{\"RoleId\":41,\"CustomerId\":\"2\"}]}",
                           &identity, &api_error),
                     0);
    assert_string_equal(identity.user, "jo@x.example");
    assert_string_equal(identity.name, "Jo Doe");
    assert_string_equal(identity.id, "7");
    assert_int_equal(identity.count, 2);
    assert_int_equal(identity.total, 2);
    assert_string_equal(identity.customers[0].id, "1");
    assert_string_equal(identity.customers[0].role, "Viewer");
    assert_true(identity.customers[0].reads_only);
    assert_string_equal(identity.customers[1].role, "Super Admin");
    assert_false(identity.customers[1].reads_only);
    assert_true(identity.updates);
    identity_clear(&identity);

    assert_int_equal(parse(&service_rest,
                           REST_USER "[{\"RoleId\":16,\"CustomerId\":\"1\"}]}",
                           &identity, &api_error),
                     0);
    assert_false(identity.updates);
    identity_clear(&identity);
    assert_int_equal(parse(&service_rest,
                           REST_USER "[{\"RoleId\":77,\"CustomerId\":\"1\"}]}",
                           &identity, &api_error),
                     0);
    assert_string_equal(identity.customers[0].role, "role 77");
    assert_true(identity.updates);
    identity_clear(&identity);
    assert_int_equal(
        parse(&service_rest, REST_USER "null}", &identity, &api_error), 0);
    assert_int_equal(identity.total, 0);
    identity_clear(&identity);
}

/* Of many customers, the first ones must be kept, and all be counted. */
static void test_many(void **state)
{
    struct identity identity;
    struct api_error api_error;
    struct buffer body;

    (void)state;
    buffer_init(&body, 1 << 20);
    assert_int_equal(buffer_puts(&body, REST_USER "["), 0);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(buffer_printf(&body,
                                       "%s{\"RoleId\":%d,"
                                       "\"CustomerId\":\"%u\"}",
                                       i ? "," : "", i == 999 ? 203 : 100, i),
                         0);
    assert_int_equal(buffer_puts(&body, "]}"), 0);
    assert_int_equal(parse(&service_rest, body.data, &identity, &api_error), 0);
    assert_int_equal(identity.count, IDENTITY_CUSTOMERS);
    assert_int_equal(identity.total, 1000);
    assert_true(identity.updates);
    identity_clear(&identity);
    buffer_free(&body);
}

#define SOAP(version, body)                                                    \
    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">"       \
    "<s:Body><GetUserResponse "                                                \
    "xmlns=\"https://bingads.microsoft.com/Customer/" version "\">" body       \
    "</GetUserResponse></s:Body></s:Envelope>"
#define ENTITIES                                                               \
    "xmlns:e=\"https://bingads.microsoft.com/Customer/v13/Entities\""

/* The same must be found in a SOAP envelope. */
static void test_soap(void **state)
{
    struct identity identity;
    struct api_error api_error;

    (void)state;
    assert_int_equal(
        parse(&service_soap_v13,
              SOAP("v13",
                   "<User " ENTITIES "><e:Id>7</e:Id><e:Name><e:FirstName>Jo"
                   "</e:FirstName><e:LastName>Doe</e:LastName></e:Name>"
                   "<e:UserName>jo@x.example</e:UserName></User>"
                   "<CustomerRoles " ENTITIES "><e:CustomerRole><e:RoleId>203"
                   "</e:RoleId><e:CustomerId> 5 </e:CustomerId>"
                   "</e:CustomerRole></CustomerRoles>"),
              &identity, &api_error),
        0);
    assert_string_equal(identity.user, "jo@x.example");
    assert_string_equal(identity.name, "Jo Doe");
    assert_string_equal(identity.id, "7");
    assert_int_equal(identity.total, 1);
    assert_string_equal(identity.customers[0].id, "5");
    assert_string_equal(identity.customers[0].role, "Standard");
    identity_clear(&identity);
}

/* Of a partner, the customers must be found with their names, and their total
 * number. */
static void test_partner(void **state)
{
    struct identity identity;
    struct api_error api_error;

    (void)state;
    assert_int_equal(
        parse(&service_partner,
              "{\"totalCount\":134,\"items\":[{\"id\":"
              "\"eebd1b55-5360-4438-a11d-5c06918c3014\",\"companyProfile\":{"
              "\"companyName\":\"Contoso\"}},{\"id\":\"x\"}]}",
              &identity, &api_error),
        0);
    assert_string_equal(identity.user, "");
    assert_non_null(service_partner.identity->unknown);
    assert_int_equal(identity.count, 2);
    assert_int_equal(identity.total, 134);
    assert_string_equal(identity.customers[0].id,
                        "eebd1b55-5360-4438-a11d-5c06918c3014");
    assert_string_equal(identity.customers[0].name, "Contoso");
    assert_true(identity.updates);
    identity_clear(&identity);
}

/* Other responses must be errors, and nothing must be left to free. */
static void test_unexpected(void **state)
{
    static const struct {
        const struct service *service;
        const char *body;
    } cases[] = {
        {&service_rest, ""},
        {&service_rest, "[]"},
        {&service_rest, "{\"User\":null}"},
        {&service_rest, "{\"User\":5}"},
        {&service_soap_v13, ""},
        {&service_soap_v13, "<x/>"},
        {&service_soap_v13, SOAP("v13", "")},
        {&service_soap_v12, SOAP("v13", "<User/>")},
        {&service_partner, "{}"},
        {&service_partner, "{\"items\":{}}"},
        {&service_partner, "<html>"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct identity identity;
        struct api_error api_error;

        assert_int_equal(
            parse(cases[i].service, cases[i].body, &identity, &api_error), -1);
        assert_null(identity.customers);
        assert_int_not_equal(api_error.action, API_ERROR_NONE);
    }
}

/* An error of the service must be reported as it is. */
static void test_refused(void **state)
{
    struct call_context context = context_of(&service_rest);
    struct http_response response = make_response(
        401, "{\"Errors\":[{\"Code\":105,\"ErrorCode\":\"InvalidCredentials\","
             "\"Message\":\"no\"}]}");
    struct identity identity;
    struct api_error api_error;

    (void)state;
    assert_int_equal(service_rest.identity->parse(&context, &response,
                                                  &identity, &api_error),
                     -1);
    assert_int_equal(api_error.action, API_ERROR_SIGN_IN);
    assert_string_equal(api_error.name, "InvalidCredentials");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests), cmocka_unit_test(test_rest),
        cmocka_unit_test(test_many),     cmocka_unit_test(test_soap),
        cmocka_unit_test(test_partner),  cmocka_unit_test(test_unexpected),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
