#include "responses.h"

#include <errno.h>

#include "base/version.h"
#include "service/service.h"

#define KEY "1234567890123456789"

/* A time of 63 characters, and a longer one. */
#define LONGEST_TIME(more)                                                     \
    "2026-01-02T03:04:05.000000000000000000000000000000000000000000" more "Z"

static const struct call_context context = {
    .access_token = "ACCESS",
    .developer_token = "DEVELOPER",
};

static void init_request(struct http_request *request, size_t max_body)
{
    *request = (struct http_request){.method = HTTP_PATCH};
    buffer_init(&request->path, 1000);
    buffer_init(&request->body, max_body);
}

static void free_request(struct http_request *request)
{
    buffer_free(&request->path);
    buffer_free(&request->body);
}

static const char *value_of(const struct user *user, const char *column)
{
    return service_rest.user_value(user, column_named(column, strlen(column)));
}

/* The user of a response that must be accepted. */
static struct user *parse_user(const char *body)
{
    struct http_response response = make_response(200, body);
    struct user *user = NULL;
    struct api_error api_error;

    if (service_rest.parse_get(NULL, &response, KEY, &user, &api_error))
        fail_msg("%s: %s: %s", body, api_error.name, api_error.text);
    assert_non_null(user);
    return user;
}

static struct api_error refuse_user(const struct http_response *response)
{
    return refuse_user_of(&service_rest, NULL, KEY, response);
}

static struct api_error refuse_update(const struct http_response *response)
{
    return refuse_update_of(&service_rest, NULL, KEY, response);
}

static void assert_sends_back(const struct user *user, const char *json)
{
    struct http_request request;

    init_request(&request, HTTP_MAX_REQUEST);
    assert_int_equal(service_rest.build_update(&context, user, NULL, &request),
                     0);
    assert_string_equal(request.body.data, json);
    free_request(&request);
}

/* ---- requests -------------------------------------------------------------
 */

/* Every call must have the headers that the service requires; those of customer
 * and account only if they are given. */
static void test_headers(void **state)
{
    static const char always[] =
        "Authorization: Bearer ACCESS\n"
        "DeveloperToken: DEVELOPER\n"
        "Content-Type: application/json\n"
        "Accept: application/json\n"
        "User-Agent: bauser-batch/" BAUSER_VERSION "\n";
    static const struct {
        const char *customer_id, *account_id, *more;
    } cases[] = {
        {NULL, NULL, ""},
        {"12", NULL, "CustomerId: 12\n"},
        {NULL, "34", "CustomerAccountId: 34\n"},
        {"12", "34", "CustomerId: 12\nCustomerAccountId: 34\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct call_context with = context;
        struct buffer headers;

        with.customer_id = cases[i].customer_id;
        with.account_id = cases[i].account_id;
        buffer_init(&headers, 1000);
        assert_int_equal(service_rest.build_headers(&with, &headers), 0);
        assert_int_equal(strncmp(headers.data, always, strlen(always)), 0);
        assert_string_equal(headers.data + strlen(always), cases[i].more);
        buffer_free(&headers);
    }
}

/* Headers that don't fit must be an error, whatever the size of the buffer. */
static void test_headers_too_long(void **state)
{
    struct call_context with = context;

    (void)state;
    with.customer_id = "12";
    with.account_id = "34";
    for (size_t max = 0; max < 100; max++) {
        struct buffer headers;

        buffer_init(&headers, max);
        assert_int_equal(service_rest.build_headers(&with, &headers), -1);
        buffer_free(&headers);
    }
}

/* GetUser must be a POST that names the user; it may be repeated. */
static void test_build_get(void **state)
{
    struct http_request request;

    (void)state;
    init_request(&request, 1000);
    request.once = true;
    assert_int_equal(service_rest.build_get(&context, KEY, &request), 0);
    assert_int_equal(request.method, HTTP_POST);
    assert_false(request.once);
    assert_string_equal(request.path.data,
                        "/CustomerManagement/v13/User/Query");
    assert_string_equal(request.body.data, "{\"UserId\":\"" KEY "\"}");
    free_request(&request);
}

/* UpdateUser must be a PUT of the whole user and nothing else, and must not be
 * repeated. */
static void test_build_update(void **state)
{
    struct user *user =
        parse_user("{\"CustomerRoles\":[{\"RoleId\":1}],\"User\":"
                   "{\"New\":[1.50,{\"x\":null}],\"Id\":\"" KEY "\","
                   "\"TimeStamp\":\"AAAA\",\"o\":{}},\"More\":1}");
    struct http_request request;

    (void)state;
    init_request(&request, HTTP_MAX_REQUEST);
    assert_int_equal(service_rest.build_update(&context, user, NULL, &request),
                     0);
    assert_int_equal(request.method, HTTP_PUT);
    assert_true(request.once);
    assert_string_equal(request.path.data, "/CustomerManagement/v13/User");
    assert_string_equal(request.body.data,
                        "{\"User\":{\"New\":[1.50,{\"x\":null}],\"Id\":\"" KEY
                        "\",\"TimeStamp\":\"AAAA\",\"o\":{}}}");
    free_request(&request);
    service_rest.user_free(user);
}

/* Requests that don't fit must be refused as too large. */
static void test_requests_too_large(void **state)
{
    struct user *user =
        parse_user("{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\"}}");

    (void)state;
    for (size_t max = 0; max < 30; max++) {
        struct http_request request;

        init_request(&request, max);
        errno = 0;
        assert_int_equal(service_rest.build_get(&context, KEY, &request), -1);
        assert_int_equal(errno, EFBIG);
        buffer_clear(&request.path);
        buffer_clear(&request.body);
        errno = 0;
        assert_int_equal(
            service_rest.build_update(&context, user, NULL, &request), -1);
        assert_int_equal(errno, EFBIG);
        free_request(&request);
    }
    service_rest.user_free(user);
}

/* ---- GetUser --------------------------------------------------------------
 */

/* Complete users must be accepted, even if members are null, absent, unknown or
 * in another order. */
static void test_accepts_users(void **state)
{
    static const char *const users[] = {
        "\"Id\":\"" KEY "\",\"TimeStamp\":\"A\"",
        "\"TimeStamp\":\"A\",\"Id\":\"" KEY "\",\"Unknown\":{\"a\":[1]}",
        "\"Id\":\"0" KEY "\",\"TimeStamp\":\"A\"",
        "\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"ContactInfo\":null,"
        "\"Name\":null,\"Lcid\":null",
        "\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"ContactInfo\":{}",
        "\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"ContactInfo\":"
        "{\"Address\":null}",
        "\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"ContactInfo\":"
        "{\"Address\":{\"TimeStamp\":\"B\"}}",
        "\"Id\":\"" KEY
        "\",\"TimeStamp\":\"A\",\"Name\":{\"FirstName\":\"*a\"}",
        "\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"id\":\"1\",\"***\":1",
        "\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"JobTitle\":5,"
        "\"ContactInfo\":{\"ContactByPhone\":\"true\",\"Id\":7}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(users); i++) {
        char body[1024], back[1024];
        struct user *user;

        (void)snprintf(body, sizeof(body), "{\"User\":{%s},\"x\":1}", users[i]);
        (void)snprintf(back, sizeof(back), "{\"User\":{%s}}", users[i]);
        user = parse_user(body);
        assert_sends_back(user, back);
        service_rest.user_free(user);
    }
}

/* An Id that is a JSON number must be accepted up to 15 digits. */
static void test_accepts_number_as_id(void **state)
{
    struct http_response response = make_response(
        200, "{\"User\":{\"Id\":123456789012345,\"TimeStamp\":\"A\"}}");
    struct user *user = NULL;
    struct api_error api_error;

    (void)state;
    assert_int_equal(service_rest.parse_get(NULL, &response, "123456789012345",
                                            &user, &api_error),
                     0);
    assert_string_equal(value_of(user, "Id"), "123456789012345");
    service_rest.user_free(user);
    response =
        make_response(200, "{\"User\":{\"Id\":" KEY ",\"TimeStamp\":\"A\"}}");
    api_error = refuse_user(&response);
    assert_non_null(strstr(api_error.text, "number"));
}

/* Each column's value must be found by its path, numbers and booleans as texts,
 * and be NULL if it is null, absent or empty. */
static void test_values(void **state)
{
    static const struct {
        const char *column, *value;
    } cases[] = {
        {"Id", KEY},
        {"CustomerId", "42"},
        {"City", "M\xC3\xBCnchen"},
        {"AddressId", "3"},
        {"AddressTimeStamp", "B="},
        {"ContactInfoId", "2"},
        {"ContactByPhone", "true"},
        {"ContactByPostalMail", "false"},
        {"FirstName", "Ann"},
        {"TimeStamp", "A="},
        {"Lcid", "EnglishUS"},
        {"Line1", NULL}, /* absent */
        {"Line2", NULL}, /* null */
        {"Line3", NULL}, /* empty */
        {"LastName", NULL},
        {"UserName", NULL},
    };
    struct user *user = parse_user(
        "{\"User\":{\"Name\":{\"FirstName\":\"Ann\",\"lastname\":\"no\"},"
        "\"TimeStamp\":\"A=\",\"CustomerId\":42,\"ContactInfo\":{\"Id\":\"2\","
        "\"ContactByPostalMail\":false,\"ContactByPhone\":true,\"Address\":{"
        "\"Line3\":\"\",\"Line2\":null,\"TimeStamp\":\"B=\",\"Id\":\"3\","
        "\"City\":\"M\\u00fcnchen\"}},\"Lcid\":\"EnglishUS\",\"Id\":\"" KEY
        "\",\"City\":\"of the user itself\",\"username\":\"no\"}}");

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *value = value_of(user, cases[i].column);

        if (cases[i].value)
            assert_string_equal(value, cases[i].value);
        else
            assert_null(value);
    }
    service_rest.user_free(user);
}

/* Users that can't be sent back must be refused by name, and without retry. */
static void test_refuses_users(void **state)
{
    static const struct {
        const char *user, *name;
    } cases[] = {
        {"\"Id\":\"1\",\"TimeStamp\":\"A\"", "WrongUser"},
        {"\"Id\":\"-" KEY "\",\"TimeStamp\":\"A\"", "WrongUser"},
        {"\"Id\":\"" KEY "0\",\"TimeStamp\":\"A\"", "WrongUser"},
        {"\"Id\":\"" KEY " \",\"TimeStamp\":\"A\"", "WrongUser"},
        {"\"Id\":\"\",\"TimeStamp\":\"A\"", "WrongUser"},
        {"\"Id\":null,\"TimeStamp\":\"A\"", "WrongUser"},
        {"\"id\":\"" KEY "\",\"TimeStamp\":\"A\"", "WrongUser"},
        {"\"TimeStamp\":\"A\"", "WrongUser"},
        {"\"Id\":\"" KEY "\"", "MaskedUser"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":null", "MaskedUser"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"\"", "MaskedUser"},
        {"\"Id\":\"" KEY "\",\"timestamp\":\"A\"", "MaskedUser"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"ContactInfo\":{\"Address\":"
         "{}}",
         "MaskedUser"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"ContactInfo\":{\"Address\":"
         "{\"City\":\"Ulm\",\"TimeStamp\":null}}",
         "MaskedUser"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"****\"", "MaskedUser"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"UserName\":\"*\"",
         "MaskedUser"},
        {"\"Id\":\"" KEY
         "\",\"TimeStamp\":\"A\",\"Name\":{\"LastName\":\"**\"}",
         "MaskedUser"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"Unknown\":[1,{\"a\":[\"b\","
         "\"***\"]}]",
         "MaskedUser"},
        {"\"Id\":{},\"TimeStamp\":\"A\"", "UnexpectedType"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":[]", "UnexpectedType"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"Name\":\"Ann Lee\"",
         "UnexpectedType"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"Name\":[]",
         "UnexpectedType"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"ContactInfo\":false",
         "UnexpectedType"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"ContactInfo\":{\"Address\":"
         "\"Ulm\"}",
         "UnexpectedType"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"JobTitle\":{\"a\":1}",
         "UnexpectedType"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"Password\":[1]",
         "UnexpectedType"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char body[1024];
        struct http_response response;
        struct api_error api_error;

        (void)snprintf(body, sizeof(body), "{\"User\":{%s}}", cases[i].user);
        response = make_response(200, body);
        api_error = refuse_user(&response);
        if (strcmp(api_error.name, cases[i].name) != 0)
            fail_msg("%s: %s", body, api_error.name);
        assert_int_equal(api_error.action, API_ERROR_FAIL);
        assert_true(api_error.not_applied);
        assert_false(api_error.numbered);
        assert_int_equal(api_error.http_status, 200);
        assert_string_equal(api_error.tracking_id, FROM_HEADER);
        assert_true(*api_error.text != '\0');
    }
}

/* Responses without a user must be unexpected, and may be requested again; but
 * not if they are a user that can't be kept: it will be the same again. */
static void test_refuses_responses(void **state)
{
    static const struct {
        const char *body, *part;
        bool final;
    } cases[] = {
        {"", "empty", false},
        {"{}", "User", false},
        {"[]", "User", false},
        {"null", "User", false},
        {"\"User\"", "User", false},
        {"[{\"User\":{}}]", "User", false},
        {"{\"User\":null}", "User", false},
        {"{\"user\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\"}}", "User", false},
        {"<html><body>502</body></html>", "JSON", false},
        {"{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\"}", "JSON", false},
        {"{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\"}}}", "after",
         false},
        {"{\"User\":{\"Id\":\"" KEY "\",\"Id\":\"1\",\"TimeStamp\":\"A\"}}",
         "duplicate", true},
        {"{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\\u0000\"}}", "NUL",
         true},
        {"{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\xFF\"}}", "UTF-8",
         true},
        {"{\"User\":{\"Id\":\"" KEY "\",\"Name\":\"\\ud83d\"}}",
         "surrogate) in User.Name", true},
        {"{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"New\":"
         "[12345678901234567890]}}",
         "a number that cannot be represented exactly in New", true},
        {"{\"User\":{\"Id\":\"" KEY "\",\"Name\":\"\xE4\"", "UTF-8", false},
        {"{\"User\":{\"Id\":\"" KEY "\",\"Name\":\"\\ud83d", "JSON", false},
        {"<a>\"User\" \xE4</a>", "UTF-8", false},
        {"{\"Status\":\"\\ud83d\"}", "surrogate", false},
        {"{\"Status\":1,\"Status\":1}", "duplicate", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_response response = make_response(200, cases[i].body);
        struct api_error api_error = refuse_user(&response);

        assert_string_equal(api_error.name, "UnexpectedResponse");
        assert_int_equal(api_error.action,
                         cases[i].final ? API_ERROR_FAIL : API_ERROR_RETRY);
        assert_int_equal(api_error.not_applied, cases[i].final);
        assert_int_equal(api_error.http_status, 200);
        if (!strstr(api_error.text, cases[i].part))
            fail_msg("%s: %s", cases[i].body, api_error.text);
    }
}

/* A User of another type must not be requested again. */
static void test_refuses_other_types(void **state)
{
    static const char *const bodies[] = {"{\"User\":[]}", "{\"User\":\"x\"}",
                                         "{\"User\":[{\"Id\":\"" KEY "\"}]}"};

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct http_response response = make_response(200, bodies[i]);
        struct api_error api_error = refuse_user(&response);

        assert_string_equal(api_error.name, "UnexpectedType");
        assert_int_equal(api_error.action, API_ERROR_FAIL);
    }
}

/* A response with another status, which can't be kept, must be judged by its
 * status: it is the service's only if it is a user. */
static void test_refuses_unusable_errors(void **state)
{
    struct http_response response =
        make_response(500, "{\"User\":{},\"Errors\":\"\\ud83d\"}");
    struct api_error api_error = refuse_user(&response);

    (void)state;
    assert_string_equal(api_error.name, "HttpError");
    assert_int_equal(api_error.action, API_ERROR_RETRY);
}

/* A good user with another status than 200 must be refused. */
static void test_refuses_other_statuses(void **state)
{
    static const struct {
        long status;
        enum api_error_action action;
    } cases[] = {
        {201, API_ERROR_RETRY},      {204, API_ERROR_RETRY},
        {302, API_ERROR_UNEXPECTED}, {307, API_ERROR_UNEXPECTED},
        {400, API_ERROR_UNEXPECTED}, {401, API_ERROR_SIGN_IN},
        {403, API_ERROR_UNEXPECTED}, {404, API_ERROR_UNEXPECTED},
        {407, API_ERROR_RETRY},      {408, API_ERROR_RETRY},
        {429, API_ERROR_THROTTLE},   {500, API_ERROR_RETRY},
        {502, API_ERROR_RETRY},      {503, API_ERROR_RETRY},
        {504, API_ERROR_RETRY},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_response response =
            make_response(cases[i].status, "{\"User\":{\"Id\":\"" KEY
                                           "\",\"TimeStamp\":\"A\"}}");
        struct api_error api_error = refuse_user(&response);

        assert_int_equal(api_error.action, cases[i].action);
        assert_int_equal(api_error.http_status, cases[i].status);
        assert_string_equal(api_error.name, cases[i].status < 300
                                                ? "UnexpectedResponse"
                                                : "HttpError");
    }
}

/* A failure below HTTP must be reported as one, whatever the body is. */
static void test_transport_failure(void **state)
{
    struct http_response response = make_response(
        200, "{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\"}}");
    struct api_error api_error;

    (void)state;
    response.failure = HTTP_TIMED_OUT;
    response.text = "timed out";
    api_error = refuse_user(&response);
    assert_string_equal(api_error.name, "Timeout");
    api_error = refuse_update(&response);
    assert_string_equal(api_error.name, "Timeout");
    assert_false(api_error.not_applied);
}

/* ---- errors ---------------------------------------------------------------
 */

/* Both kinds of errors must be parsed, with all messages, whatever the status
 * is, and the body's tracking id must replace the header's. */
static void test_errors(void **state)
{
    static const struct {
        long status;
        const char *body;
        long code;
        const char *name, *text, *tracking_id;
        enum api_error_action action;
    } cases[] = {
        {400,
         "{\"TrackingId\":\"" FROM_BODY
         "\",\"Type\":\"AdApiFaultDetail\",\"Errors\":[{"
         "\"Code\":105,\"ErrorCode\":\"InvalidCredentials\",\"Message\":\"No."
         "\",\"Detail\":\"d\"}]}",
         105, "InvalidCredentials", "No.", FROM_BODY, API_ERROR_SIGN_IN},
        {400,
         "{\"TrackingId\":\"" FROM_BODY
         "\",\"Type\":\"ApiFault\",\"OperationErrors\":[{"
         "\"Code\":1001,\"Message\":\"May not.\",\"Details\":null}]}",
         1001, "", "May not.", FROM_BODY, API_ERROR_FAIL},
        {429, "{\"Errors\":[{\"Code\":117,\"Message\":\"Too many.\"}]}", 117,
         "CallRateExceeded", "Too many.", FROM_HEADER, API_ERROR_THROTTLE},
        {400,
         "{\"TrackingId\":\"\",\"Errors\":[{\"Code\":\"211\",\"Message\":\"A."
         "\"},{\"Code\":200,\"Message\":\"B.\"}],\"OperationErrors\":[{"
         "\"Code\":1,\"Message\":\"C.\"}]}",
         211, "NameTooLong", "A.; B.; C.", FROM_HEADER, API_ERROR_FAIL},
        {500,
         "{\"TrackingId\":null,\"Errors\":[{\"ErrorCode\":\"InternalError\","
         "\"Code\":0,\"Message\":null}]}",
         0, "InternalError", "", FROM_HEADER, API_ERROR_RETRY},
        {200,
         "{\"TrackingId\":\"" FROM_BODY
         "\",\"Errors\":null,\"OperationErrors\":[{"
         "\"Code\":209,\"ErrorCode\":\"TimestampNotMatch\",\"Message\":\"Old."
         "\"}]}",
         209, "TimestampNotMatch", "Old.", FROM_BODY, API_ERROR_STALE},
        {400,
         "{\"Errors\":[null,7,{},{\"Message\":\"no code\"},{\"Code\":210,"
         "\"Message\":\"Gone.\"}]}",
         210, "EntityNotExistent", "Gone.", FROM_HEADER, API_ERROR_FAIL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_response response =
            make_response(cases[i].status, cases[i].body);

        for (int update = 0; update <= 1; update++) {
            struct api_error api_error =
                update ? refuse_update(&response) : refuse_user(&response);

            assert_true(api_error.numbered);
            assert_int_equal(api_error.code, cases[i].code);
            assert_string_equal(api_error.name, cases[i].name);
            assert_string_equal(api_error.text, cases[i].text);
            assert_string_equal(api_error.tracking_id, cases[i].tracking_id);
            assert_int_equal(api_error.action, cases[i].action);
            assert_int_equal(api_error.http_status, cases[i].status);
            assert_int_equal(api_error.not_applied, cases[i].code != 0);
        }
    }
}

/* An error beside a good response must decide. */
static void test_error_beside_response(void **state)
{
    static const char body[] =
        "{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\"},"
        "\"LastModifiedTime\":\"2026-01-02T03:04:05\","
        "\"OperationErrors\":[{\"Code\":106,\"Message\":\"No.\"}]}";
    struct http_response response = make_response(200, body);

    (void)state;
    assert_int_equal(refuse_user(&response).code, 106);
    assert_int_equal(refuse_update(&response).code, 106);
}

/* Lists of errors that are empty, null or not lists must not count as errors.
 */
static void test_no_errors(void **state)
{
    static const char *const lists[] = {
        "[]", "null", "{}", "\"x\"", "[null]", "[{\"Message\":\"?\"}]"};

    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        char body[256];
        const struct sent sent = {.changed = 0};
        struct updated updated;
        struct http_response response;
        struct api_error api_error;

        (void)snprintf(body, sizeof(body),
                       "{\"Errors\":%s,\"OperationErrors\":%s,"
                       "\"LastModifiedTime\":\"2026-01-02T03:04:05\"}",
                       lists[i], lists[i]);
        response = make_response(200, body);
        assert_int_equal(service_rest.parse_update(NULL, &response, KEY, &sent,
                                                   &updated, &api_error),
                         0);
        response.status = 400;
        assert_string_equal(refuse_update(&response).name, "HttpError");
    }
}

/* ---- UpdateUser -----------------------------------------------------------
 */

/* The time in a good response must be returned in the service's spelling. */
static void test_accepts_update(void **state)
{
    static const char *const times[] = {"2026-01-02T03:04:05.678",
                                        "2026-01-02T03:04:05Z",
                                        "2026-01-02T03:04:05.1234567+00:00",
                                        /* the longest that fits */
                                        LONGEST_TIME("")};

    (void)state;
    for (size_t i = 0; i < COUNT(times); i++) {
        char body[128];
        const struct sent sent = {.changed = 0};
        struct updated updated;
        struct http_response response;
        struct api_error api_error;

        (void)snprintf(body, sizeof(body),
                       "{\"x\":1,\"LastModifiedTime\":\"%s\"}", times[i]);
        response = make_response(200, body);
        assert_int_equal(service_rest.parse_update(NULL, &response, KEY, &sent,
                                                   &updated, &api_error),
                         0);
        assert_string_equal(updated.last_modified, times[i]);
    }
}

/* After an unexpected response to UpdateUser its outcome must be unknown. */
static void test_refuses_update_responses(void **state)
{
    static const char *const bodies[] = {
        "",
        "{}",
        "[]",
        "null",
        "OK",
        "<html></html>",
        "{\"LastModifiedTime\":null}",
        "{\"LastModifiedTime\":\"\"}",
        "{\"LastModifiedTime\":{}}",
        "{\"lastmodifiedtime\":\"2026-01-02T03:04:05\"}",
        "{\"LastModifiedTime\":\"2026-01-02T03:04:05\"",
        "{\"LastModifiedTime\":\"2026-01-02T03:04:05\"}x",
        "{\"LastModifiedTime\":\"" LONGEST_TIME("0") "\"}",
        "{\"LastModifiedTime\":\"\",\"LastModifiedTime\":\"\"}",
        "{\"Nul\":\"\\u0000\"}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct http_response response = make_response(200, bodies[i]);
        struct api_error api_error = refuse_update(&response);

        assert_string_equal(api_error.name, "UnexpectedResponse");
        assert_int_equal(api_error.action, API_ERROR_RETRY);
        assert_false(api_error.not_applied);
    }
}

/* So it must be after one that is too large; GetUser must not be repeated, if
 * it is the service's. */
static void test_responses_too_large(void **state)
{
    struct http_response response = make_response(200, "{\"User\":{");
    struct api_error api_error;

    (void)state;
    response.failure = HTTP_TOO_LARGE;
    response.sent = true;
    api_error = refuse_update(&response);
    assert_int_equal(api_error.action, API_ERROR_RETRY);
    assert_false(api_error.not_applied);
    api_error = refuse_user(&response);
    assert_int_equal(api_error.action, API_ERROR_FAIL);
    response.status = 502;
    api_error = refuse_user(&response);
    assert_int_equal(api_error.action, API_ERROR_RETRY);
    response = make_response(200, "<html><script>x={\"User\":");
    response.failure = HTTP_TOO_LARGE;
    api_error = refuse_user(&response);
    assert_int_equal(api_error.action, API_ERROR_RETRY);
}

/* ---- the user as a document -----------------------------------------------
 */

/* What was set or cleared must be returned, also if this is repeated. */
static void test_sets_and_returns(void **state)
{
    struct user *user =
        parse_user("{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\"}}");
    unsigned city = column_named("City", 4);
    unsigned phone = column_named("ContactByPhone", 14);
    unsigned question = column_named("SecretQuestion", 14);

    (void)state;
    assert_int_equal(service_rest.user_set(user, city, NULL), 0);
    assert_sends_back(user,
                      "{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\"}}");
    for (int times = 0; times < 2; times++) {
        assert_int_equal(service_rest.user_set(user, city, "Ulm"), 0);
        assert_string_equal(value_of(user, "City"), "Ulm");
        assert_int_equal(service_rest.user_set(user, phone, "true"), 0);
        assert_string_equal(value_of(user, "ContactByPhone"), "true");
        assert_int_equal(service_rest.user_set(user, phone, "false"), 0);
        assert_string_equal(value_of(user, "ContactByPhone"), "false");
        assert_int_equal(service_rest.user_set(user, city, NULL), 0);
        assert_null(value_of(user, "City"));
        assert_int_equal(service_rest.user_set(user, phone, NULL), 0);
        assert_null(value_of(user, "ContactByPhone"));
        assert_int_equal(service_rest.user_set(user, question, "Anniversary"),
                         0);
        assert_int_equal(service_rest.user_set(user, question, NULL), 0);
        assert_string_equal(value_of(user, "SecretQuestion"), "None");
    }
    assert_sends_back(user, "{\"User\":{\"Id\":\"" KEY
                            "\",\"TimeStamp\":\"A\",\"ContactInfo\":{"
                            "\"Address\":{\"City\":null},\"ContactByPhone\":"
                            "null},\"SecretQuestion\":\"None\"}}");
    service_rest.user_free(user);
}

/* The time of the last modification must be the user's, or empty if there is
 * none or if it is too long. */
static void test_last_modified(void **state)
{
    static const struct {
        const char *literal, *time;
    } cases[] = {
        {"\"2026-01-02T03:04:05.678\"", "2026-01-02T03:04:05.678"},
        {"null", ""},
        {"\"\"", ""},
        {"\"1234567890123456789012345678901234567890123456789012345678901234\"",
         ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char body[256];
        char last_modified[SERVICE_TIME_SIZE] = "before";
        struct user *user;

        (void)snprintf(body, sizeof(body),
                       "{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\","
                       "\"LastModifiedTime\":%s}}",
                       cases[i].literal);
        user = parse_user(body);
        service_rest.user_last_modified(user, last_modified);
        assert_string_equal(last_modified, cases[i].time);
        service_rest.user_free(user);
    }
    service_rest.user_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_headers_too_long),
        cmocka_unit_test(test_build_get),
        cmocka_unit_test(test_build_update),
        cmocka_unit_test(test_requests_too_large),
        cmocka_unit_test(test_accepts_users),
        cmocka_unit_test(test_accepts_number_as_id),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refuses_users),
        cmocka_unit_test(test_refuses_responses),
        cmocka_unit_test(test_refuses_other_types),
        cmocka_unit_test(test_refuses_unusable_errors),
        cmocka_unit_test(test_refuses_other_statuses),
        cmocka_unit_test(test_transport_failure),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_error_beside_response),
        cmocka_unit_test(test_no_errors),
        cmocka_unit_test(test_accepts_update),
        cmocka_unit_test(test_refuses_update_responses),
        cmocka_unit_test(test_responses_too_large),
        cmocka_unit_test(test_sets_and_returns),
        cmocka_unit_test(test_last_modified),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
