#include "responses.h"

#include <errno.h>

#include "base/guid.h"
#include "base/version.h"
#include "service/partner/columns.h"
#include "service/service.h"

#define ID     "4b10bf41-ab11-40e3-8c53-cd67849b50de"
#define TENANT "eebd1b55-5360-4438-a11d-5c06918c3014"
#define OTHER  "11111111-2222-3333-4444-555555555555"
#define KEY    TENANT "/" ID

static const struct call_context context = {
    .random = &random_system,
    .access_token = "ACCESS",
    .customer_id = OTHER,
};

static void init_request(struct http_request *request, size_t max)
{
    *request = (struct http_request){.method = HTTP_PUT};
    buffer_init(&request->path, max);
    buffer_init(&request->headers, max);
    buffer_init(&request->body, max);
}

static void free_request(struct http_request *request)
{
    buffer_free(&request->path);
    buffer_free(&request->headers);
    buffer_free(&request->body);
}

static unsigned column(const char *name)
{
    return column_in(partner_columns, PARTNER_COLUMN_COUNT, name, strlen(name));
}

static const char *value_of(const struct user *user, const char *name)
{
    return service_partner.user_value(user, column(name));
}

static void set(struct user *user, const char *name, const char *value)
{
    assert_int_equal(service_partner.user_set(user, column(name), value), 0);
}

/* The user of a response that must be accepted. */
static struct user *parse_user(const char *key, const char *body)
{
    struct http_response response = make_response(200, body);
    struct user *user = NULL;
    struct api_error api_error;

    if (service_partner.parse_get(&context, &response, key, &user, &api_error))
        fail_msg("%s: %s: %s", body, api_error.name, api_error.text);
    assert_non_null(user);
    return user;
}

static struct api_error refuse_user(const struct http_response *response)
{
    return refuse_user_of(&service_partner, &context, KEY, response);
}

static struct api_error refuse_update(const struct http_response *response)
{
    return refuse_update_of(&service_partner, &context, KEY, response);
}

/* The value of a header, which may be there once; NULL: it is absent. */
static const char *header(const struct http_request *request, const char *name,
                          char value[256])
{
    char start[64];
    const char *found;
    size_t len;

    (void)snprintf(start, sizeof(start), "%s: ", name);
    found = strstr(request->headers.data, start);
    if (!found)
        return NULL;
    found += strlen(start);
    assert_null(strstr(found, start));
    len = strcspn(found, "\n");
    assert_true(len < 256 && found[len] == '\n');
    memcpy(value, found, len);
    value[len] = '\0';
    return value;
}

/* ---- requests -------------------------------------------------------------
 */

/* All calls must have the headers that the service requires, and none of
 * Microsoft Advertising. */
static void test_headers(void **state)
{
    struct buffer headers;

    (void)state;
    buffer_init(&headers, 1000);
    assert_int_equal(service_partner.build_headers(&context, &headers), 0);
    assert_string_equal(headers.data,
                        "Authorization: Bearer ACCESS\n"
                        "MS-Contract-Version: v1\n"
                        "X-Locale: en-US\n"
                        "Content-Type: application/json\n"
                        "Accept: application/json\n"
                        "User-Agent: bauser-batch/" BAUSER_VERSION "\n");
    buffer_free(&headers);
}

/* A GET must go to the key's tenant, else to that of --customer-id, and have
 * new ids each time. */
static void test_build_get(void **state)
{
    static const char *const cases[][2] = {
        {KEY, "/v1/customers/" TENANT "/users/" ID},
        {ID, "/v1/customers/" OTHER "/users/" ID},
    };
    char seen[2][2][256];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_request request;

        init_request(&request, 1000);
        request.once = false;
        assert_int_equal(
            service_partner.build_get(&context, cases[i][0], &request), 0);
        assert_int_equal(request.method, HTTP_GET);
        assert_true(request.once);
        assert_string_equal(request.path.data, cases[i][1]);
        assert_int_equal(request.body.len, 0);
        assert_non_null(header(&request, "MS-RequestId", seen[i][0]));
        assert_non_null(header(&request, "MS-CorrelationId", seen[i][1]));
        assert_true(guid_is_one(seen[i][0]) && guid_is_one(seen[i][1]));
        assert_string_not_equal(seen[i][0], seen[i][1]);
        free_request(&request);
    }
    assert_string_not_equal(seen[0][0], seen[1][0]);
    assert_string_not_equal(seen[0][1], seen[1][1]);
}

static const char whole_user[] =
    "{\"id\":\"" ID "\",\"displayName\":\"Ann Lee\",\"firstName\":\"Ann\","
    "\"lastName\":\"\",\"phoneNumber\":null,\"state\":\"active\",\"userDomain"
    "Type\":\"none\",\"lastDirectorySyncTime\":\"2026-01-02T03:04:05Z\","
    "\"unknown\":{\"a\":[1.50]},\"attributes\":{\"objectType\":\"CustomerUser\""
    ",\"etag\":\"\\\"x1\\\"\"}}";

/* A PATCH must contain the columns that change and nothing else, and the
 * request id and etag of the update. */
static void test_build_update(void **state)
{
    static const char *const changed[] = {"firstName", "lastName",
                                          "immutableId", "Password",
                                          "ForceChangePassword"};
    struct sent sent = {.stamps = "\"x1\"", .request_id = OTHER};
    struct user *user = parse_user(KEY, whole_user);
    struct http_request request;
    char value[256], again[256];

    (void)state;
    for (size_t i = 0; i < COUNT(changed); i++)
        sent.changed |= column_bit(column(changed[i]));
    set(user, "displayName", "not changed");
    set(user, "firstName", "\xC3\x84nn \"x\"\n");
    set(user, "lastName", NULL);
    set(user, "immutableId", NULL);
    set(user, "Password", "Kq7#xZ_9Q");
    set(user, "ForceChangePassword", "false");
    init_request(&request, 1000);
    assert_int_equal(
        service_partner.build_update(&context, user, &sent, &request), 0);
    assert_int_equal(request.method, HTTP_PATCH);
    assert_true(request.once);
    assert_true(request.secret);
    assert_string_equal(request.path.data,
                        "/v1/customers/" TENANT "/users/" ID);
    assert_string_equal(header(&request, "MS-RequestId", value), OTHER);
    assert_string_equal(header(&request, "If-Match", value), "\"x1\"");
    assert_same_json(request.body.data,
                     "{\"attributes\":{\"objectType\":\"CustomerUser\"},"
                     "\"firstName\":\"\xC3\x84nn \\\"x\\\"\\n\","
                     "\"lastName\":null,\"immutableId\":null,"
                     "\"passwordProfile\":{\"password\":\"Kq7#xZ_9Q\","
                     "\"forceChangePassword\":false}}");
    header(&request, "MS-CorrelationId", value);
    buffer_clear(&request.headers);
    buffer_clear(&request.body);
    assert_int_equal(
        service_partner.build_update(&context, user, &sent, &request), 0);
    assert_string_not_equal(header(&request, "MS-CorrelationId", again), value);
    free_request(&request);
    service_partner.user_free(user);
}

/* If-Match must have double quotes, which an etag may lack, and the stamps of
 * the user must be the etag as it came. */
static void test_etags_are_quoted(void **state)
{
    static const char *const etags[][3] = {
        {"abc=", "abc=", "\"abc=\""},
        {"\\\"abc\\\"", "\"abc\"", "\"abc\""},
        {"W/\\\"abc\\\"", "W/\"abc\"", "W/\"abc\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(etags); i++) {
        struct sent sent = {.request_id = OTHER,
                            .changed = column_bit(column("usageLocation"))};
        struct http_request request;
        struct user *user;
        char body[200], value[256];

        (void)snprintf(body, sizeof(body),
                       "{\"id\":\"" ID "\",\"attributes\":{\"etag\":\"%s\"}}",
                       etags[i][0]);
        user = parse_user(KEY, body);
        service_partner.user_stamps(user, sent.stamps);
        assert_string_equal(sent.stamps, etags[i][1]);
        set(user, "usageLocation", "DE");
        init_request(&request, 1000);
        assert_int_equal(
            service_partner.build_update(&context, user, &sent, &request), 0);
        assert_string_equal(header(&request, "If-Match", value), etags[i][2]);
        free_request(&request);
        service_partner.user_free(user);
    }
}

/* Without an etag there must be no If-Match, and without a password the request
 * must not be secret. */
static void test_build_update_without_etag(void **state)
{
    struct sent sent = {.request_id = OTHER,
                        .changed = column_bit(column("usageLocation"))};
    struct user *user = parse_user(KEY, "{\"id\":\"" ID "\"}");
    struct http_request request;
    char value[256];

    (void)state;
    set(user, "usageLocation", "DE");
    init_request(&request, 1000);
    assert_int_equal(
        service_partner.build_update(&context, user, &sent, &request), 0);
    assert_null(header(&request, "If-Match", value));
    assert_false(request.secret);
    assert_same_json(request.body.data,
                     "{\"attributes\":{\"objectType\":\"CustomerUser\"},"
                     "\"usageLocation\":\"DE\"}");
    free_request(&request);
    service_partner.user_free(user);
}

/* Requests that don't fit must be refused as too large. */
static void test_requests_too_large(void **state)
{
    struct sent sent = {.request_id = OTHER};
    struct user *user = parse_user(KEY, whole_user);

    (void)state;
    for (size_t max = 0; max < 60; max++) {
        struct http_request request;

        init_request(&request, max);
        errno = 0;
        assert_int_equal(service_partner.build_get(&context, KEY, &request),
                         -1);
        assert_int_equal(errno, EFBIG);
        free_request(&request);
        init_request(&request, max);
        request.path.max = request.headers.max = 1000;
        request.body.max = max / 2;
        errno = 0;
        assert_int_equal(
            service_partner.build_update(&context, user, &sent, &request), -1);
        assert_int_equal(errno, EFBIG);
        free_request(&request);
    }
    service_partner.user_free(user);
}

/* ---- GET ------------------------------------------------------------------
 */

/* Each column's value must be found; one that the service never returns must be
 * NULL, even after it was set, and the tenant must be the key's. */
static void test_values(void **state)
{
    struct user *user = parse_user(KEY, whole_user);
    char text[SERVICE_STAMPS_SIZE];

    (void)state;
    assert_string_equal(value_of(user, "Id"), ID);
    assert_string_equal(value_of(user, "CustomerTenantId"), TENANT);
    assert_string_equal(value_of(user, "displayName"), "Ann Lee");
    assert_string_equal(value_of(user, "state"), "active");
    assert_string_equal(value_of(user, "userDomainType"), "none");
    assert_string_equal(value_of(user, "lastDirectorySyncTime"),
                        "2026-01-02T03:04:05Z");
    assert_null(value_of(user, "lastName"));
    assert_null(value_of(user, "phoneNumber"));
    assert_null(value_of(user, "softDeletionTime"));
    set(user, "Password", "Kq7#xZ_9Q");
    set(user, "ForceChangePassword", "true");
    assert_null(value_of(user, "Password"));
    assert_null(value_of(user, "ForceChangePassword"));
    service_partner.user_stamps(user, text);
    assert_string_equal(text, "\"x1\"");
    service_partner.user_last_modified(user, text);
    assert_string_equal(text, "");
    service_partner.user_free(user);
    service_partner.user_free(NULL);
}

/* Users must be accepted by their id in any letter case, with or without an
 * etag. */
static void test_accepts_users(void **state)
{
    static const char *const users[] = {
        "{\"id\":\"" ID "\"}",
        "{\"id\":\"4B10BF41-AB11-40E3-8C53-CD67849B50DE\"}",
        "{\"id\":\"" ID "\",\"attributes\":null}",
        "{\"id\":\"" ID "\",\"attributes\":{\"etag\":null}}",
        "{\"id\":\"" ID "\",\"attributes\":{\"etag\":\"\"}}",
        "{\"id\":\"" ID "\",\"passwordProfile\":null}",
        "\xEF\xBB\xBF{\"id\":\"" ID "\"}",
        "{\"id\":\"" ID "\",\"sync\":{\"n\":[12345678901234567890]}}",
        "{\"id\":\"" ID "\",\"code\":5,\"links\":{\"code\":1}}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(users); i++) {
        struct user *user = parse_user(ID, users[i]);
        char stamps[SERVICE_STAMPS_SIZE];

        service_partner.user_stamps(user, stamps);
        assert_string_equal(stamps, "");
        assert_string_equal(value_of(user, "CustomerTenantId"), OTHER);
        service_partner.user_free(user);
    }
}

#define LONG_32  "0123456789abcdef0123456789abcdef"
#define LONG_128 LONG_32 LONG_32 LONG_32 LONG_32

/* Users that can't be updated safely must be refused by name, and without
 * retry; so must an etag that would add a header. */
static void test_refuses_users(void **state)
{
    static const char *const cases[][2] = {
        {"{\"id\":\"" OTHER "\"}", "WrongUser"},
        {"{\"id\":\"\"}", "WrongUser"},
        {"{\"Id\":\"" ID "\",\"attributes\":{\"objectType\":"
         "\"CustomerUser\"}}",
         "WrongUser"},
        {"{\"totalCount\":2,\"items\":[],\"attributes\":{\"objectType\":"
         "\"Collection\"}}",
         "WrongUser"},
        {"{\"id\":\"" ID "\",\"firstName\":\"\\ud83d\"}", "UnexpectedResponse"},
        {"{\"id\":\"" ID "\",\"firstName\":\"\xE4\"}", "UnexpectedResponse"},
        {"\xEF\xBB\xBF{\"id\":\"" ID "\",\"id\":\"" ID "\"}",
         "UnexpectedResponse"},
        {"{\"id\":\"" ID "\",\"firstName\":\"***\"}", "MaskedUser"},
        {"{\"id\":\"" ID "\",\"x\":[{\"y\":\"*\"}]}", "MaskedUser"},
        {"{\"id\":\"" ID "\",\"firstName\":{}}", "UnexpectedType"},
        {"{\"id\":\"" ID "\",\"passwordProfile\":\"x\"}", "UnexpectedType"},
        {"{\"id\":\"" ID "\",\"attributes\":{\"etag\":7}}", "UnexpectedType"},
        {"{\"id\":\"" ID "\",\"attributes\":{\"etag\":\" \"}}",
         "UnexpectedType"},
        {"{\"id\":\"" ID "\",\"attributes\":{\"etag\":\"a \"}}",
         "UnexpectedType"},
        {"{\"id\":\"" ID "\",\"attributes\":{\"etag\":\"a\\r\\nX: y\"}}",
         "UnexpectedType"},
        {"{\"id\":\"" ID "\",\"attributes\":{\"etag\":\"a\\u007f\"}}",
         "UnexpectedType"},
        {"{\"id\":\"" ID "\",\"attributes\":{\"etag\":\"" LONG_128 "\"}}",
         "UnexpectedType"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_response response = make_response(200, cases[i][0]);
        struct api_error api_error = refuse_user(&response);

        if (strcmp(api_error.name, cases[i][1]) != 0)
            fail_msg("%s: %s", cases[i][0], api_error.name);
        assert_int_equal(api_error.action, API_ERROR_FAIL);
        assert_true(api_error.not_applied);
        assert_false(api_error.numbered);
        assert_true(*api_error.text != '\0');
    }
}

/* Responses without a user must be unexpected, and may be requested again. */
static void test_refuses_responses(void **state)
{
    static const char *const bodies[] = {"",
                                         "[]",
                                         "null",
                                         "\"x\"",
                                         "<html></html>",
                                         ("{\"id\":\"" ID "\""),
                                         "{}",
                                         "{\"status\":\"maintenance\"}",
                                         "{\"status\":\"\\ud83d\"}"};

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct http_response response = make_response(200, bodies[i]);
        struct api_error api_error = refuse_user(&response);

        assert_string_equal(api_error.name, "UnexpectedResponse");
        assert_int_equal(api_error.action, API_ERROR_RETRY);
        assert_false(api_error.not_applied);
    }
}

/* ---- PATCH ----------------------------------------------------------------
 */

/* The time of an update must be the response's Date, or empty without one, and
 * the user that in the response. */
static void test_accepts_update(void **state)
{
    const struct sent sent = {.changed = ~(column_mask)0};
    static const struct {
        int64_t date;
        const char *time;
    } cases[] = {
        {1767323045, "2026-01-02T03:04:05Z"},
        {0, "1970-01-01T00:00:00Z"},
        {253402300799, "9999-12-31T23:59:59Z"},
        {253402300800, ""},
        {-1, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_response response = make_response(200, whole_user);
        struct updated updated;
        struct api_error api_error;

        response.date = cases[i].date;
        assert_int_equal(service_partner.parse_update(&context, &response, KEY,
                                                      &sent, &updated,
                                                      &api_error),
                         0);
        assert_string_equal(updated.last_modified, cases[i].time);
        assert_string_equal(
            service_partner.user_value(updated.user, PARTNER_COLUMN_ID), ID);
        service_partner.user_free(updated.user);
    }
}

/* A PATCH that sets only what can't be read back must be done after a success
 * without a body. Anything else must be read back. */
static void test_acknowledged_update(void **state)
{
    const column_mask name = column_bit(column("displayName"));
    const column_mask password = column_bit(column("Password"));
    const column_mask force = column_bit(column("ForceChangePassword"));
    const struct {
        long status;
        const char *body;
        column_mask changed;
        int result;
    } cases[] = {
        {204, "", password, 0},        {204, "", password | force, 0},
        {200, "", force, 0},           {200, "", password | name, -1},
        {204, "", name, -1},           {200, "", name, -1},
        {202, "", password, -1},       {503, "", password, -1},
        {200, "<html>", password, -1}, {200, "{}", password, -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct sent sent = {.changed = cases[i].changed};
        struct http_response response =
            make_response(cases[i].status, cases[i].body);
        struct updated updated;
        struct api_error api_error;

        response.date = 0;
        assert_int_equal(service_partner.parse_update(&context, &response, KEY,
                                                      &sent, &updated,
                                                      &api_error),
                         cases[i].result);
        assert_null(updated.user);
        if (cases[i].result) {
            assert_int_equal(api_error.action, API_ERROR_RETRY);
            assert_false(api_error.not_applied);
            continue;
        }
        assert_string_equal(updated.last_modified, "1970-01-01T00:00:00Z");
        assert_int_equal(api_error.action, API_ERROR_NONE);
        assert_int_equal(api_error.http_status, cases[i].status);
    }
}

/* Status 412 must mean a stale version if the PATCH had an If-Match, whatever
 * the body is, and only then. */
static void test_precondition_failed(void **state)
{
    static const char *const bodies[] = {
        "", "<html></html>", "{}", "{\"code\":1,\"description\":\"Old.\"}"};

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(bodies); i++) {
        const struct sent sent = {.stamps = {i % 2 ? 'e' : '\0'}};
        struct http_response response = make_response(412, bodies[i / 2]);
        enum api_error_action others = strstr(bodies[i / 2], "code")
                                           ? API_ERROR_FAIL
                                           : API_ERROR_UNEXPECTED;
        struct updated updated;
        struct api_error api_error;

        assert_int_equal(service_partner.parse_update(&context, &response, KEY,
                                                      &sent, &updated,
                                                      &api_error),
                         -1);
        assert_int_equal(api_error.action, i % 2 ? API_ERROR_STALE : others);
        if (i % 2)
            assert_true(api_error.not_applied);
        assert_int_equal(refuse_user(&response).action, others);
    }
}

/* After a response to a PATCH without this user its outcome must be unknown. */
static void test_refuses_update_responses(void **state)
{
    static const char *const bodies[] = {"",
                                         "{}",
                                         "[]",
                                         "OK",
                                         "{\"id\":\"" OTHER "\"}",
                                         "{\"id\":null}",
                                         "{\"user\":{\"id\":\"" ID "\"}}"};

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct http_response response = make_response(200, bodies[i]);
        struct api_error api_error = refuse_update(&response);

        assert_string_equal(api_error.name, "UnexpectedResponse");
        assert_int_equal(api_error.action, API_ERROR_RETRY);
        assert_false(api_error.not_applied);
    }
}

/* The service must be found by its name, and state what it needs. */
static void test_service(void **state)
{
    (void)state;
    assert_ptr_equal(service_find("partner-center"), &service_partner);
    assert_true(service_partner.idempotent && service_partner.dated);
    assert_false(service_partner.developer_token);
    assert_null(service_partner.sandbox);
    assert_string_equal(service_partner.stale_error, "EtagOutOfDate");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_build_get),
        cmocka_unit_test(test_build_update),
        cmocka_unit_test(test_build_update_without_etag),
        cmocka_unit_test(test_etags_are_quoted),
        cmocka_unit_test(test_requests_too_large),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_accepts_users),
        cmocka_unit_test(test_refuses_users),
        cmocka_unit_test(test_refuses_responses),
        cmocka_unit_test(test_accepts_update),
        cmocka_unit_test(test_acknowledged_update),
        cmocka_unit_test(test_precondition_failed),
        cmocka_unit_test(test_refuses_update_responses),
        cmocka_unit_test(test_service),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
