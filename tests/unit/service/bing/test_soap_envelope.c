#include "soap_responses.h"

#include <errno.h>

#include "base/version.h"

/* The headers of calls must contain no token: tokens are in the envelope. */
static void test_headers(void **state)
{
    struct buffer headers;

    (void)state;
    buffer_init(&headers, 1000);
    assert_int_equal(service_soap_v13.build_headers(&context, &headers), 0);
    assert_string_equal(headers.data,
                        "Content-Type: text/xml; charset=utf-8\n"
                        "Accept: text/xml\n"
                        "User-Agent: bauser-batch/" BAUSER_VERSION "\n");
    buffer_free(&headers);
}

/* GetUser must be the version's envelope, with its header's elements in their
 * order and tokens escaped; it may be repeated. */
static void test_build_get(void **state)
{
    struct call_context v11 = {.service = &service_soap_v11,
                               .access_token = "A&B",
                               .developer_token = "D",
                               .application_token = "<P>",
                               .user_name = "U",
                               .password = "W"};
    struct http_request request;

    (void)state;
    init_request(&request, 10000);
    request.once = true;
    assert_int_equal(service_soap_v11.build_get(&v11, KEY, &request), 0);
    assert_int_equal(request.method, HTTP_POST);
    assert_false(request.once);
    assert_string_equal(
        request.path.data,
        "/Api/CustomerManagement/v11/CustomerManagementService.svc");
    assert_string_equal(request.headers.data, "SOAPAction: GetUser\n");
    assert_string_equal(
        request.body.data,
        "<s:Envelope xmlns:i=\"" INSTANCE "\" xmlns:s=\"" ENVELOPE "\">"
        "<s:Header xmlns=\"https://bingads.microsoft.com/Customer/v11\">"
        "<Action mustUnderstand=\"1\">GetUser</Action>"
        "<ApplicationToken i:nil=\"false\">&lt;P&gt;</ApplicationToken>"
        "<AuthenticationToken i:nil=\"false\">A&amp;B</AuthenticationToken>"
        "<DeveloperToken i:nil=\"false\">D</DeveloperToken>"
        "<Password i:nil=\"false\">W</Password>"
        "<UserName i:nil=\"false\">U</UserName></s:Header><s:Body>"
        "<GetUserRequest "
        "xmlns=\"https://bingads.microsoft.com/Customer/v11\">"
        "<UserId i:nil=\"false\">" KEY "</UserId></GetUserRequest></s:Body>"
        "</s:Envelope>");
    free_request(&request);
}

/* UpdateUser must be the version's envelope, too, and must not be repeated. */
static void test_build_update(void **state)
{
    struct user *user = parse_user(USER(GOOD));
    struct http_request request;

    (void)state;
    init_request(&request, 10000);
    assert_int_equal(
        service_soap_v13.build_update(&context, user, NULL, &request), 0);
    assert_int_equal(request.method, HTTP_POST);
    assert_true(request.once);
    assert_string_equal(
        request.path.data,
        "/Api/CustomerManagement/v13/CustomerManagementService.svc");
    assert_string_equal(request.headers.data, "SOAPAction: UpdateUser\n");
    assert_string_equal(request.body.data,
                        BEFORE USER_TAG GOOD "</User>" AFTER);
    free_request(&request);
    service_soap_v13.user_free(user);
}

/* Requests that don't fit must be refused as too large. */
static void test_requests_too_large(void **state)
{
    struct user *user = parse_user(USER(GOOD));

    (void)state;
    for (size_t max = 0; max < 500; max += 7) {
        struct http_request request;

        init_request(&request, max);
        errno = 0;
        assert_int_equal(service_soap_v13.build_get(&context, KEY, &request),
                         -1);
        assert_int_equal(errno, EFBIG);
        buffer_clear(&request.path);
        buffer_clear(&request.headers);
        buffer_clear(&request.body);
        errno = 0;
        assert_int_equal(
            service_soap_v13.build_update(&context, user, NULL, &request), -1);
        assert_int_equal(errno, EFBIG);
        free_request(&request);
    }
    service_soap_v13.user_free(user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_build_get),
        cmocka_unit_test(test_build_update),
        cmocka_unit_test(test_requests_too_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
