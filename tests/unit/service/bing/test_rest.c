#include "answers.h"

#include <errno.h>

#include "base/version.h"
#include "service/service.h"

#define KEY "1234567890123456789"

/* A time of 63 characters; so many more make it too long. */
#define LONGEST_TIME(more)                                                     \
    "2026-01-02T03:04:05.000000000000000000000000000000000000000000" more "Z"

static const struct session session = {
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

/* The user of an answer that must be taken. */
static struct user *take_user(const char *body)
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
    assert_int_equal(service_rest.build_update(&session, user, NULL, &request),
                     0);
    assert_string_equal(request.body.data, json);
    free_request(&request);
}

/* ---- requests -------------------------------------------------------------
 */

/* The headers of every call must be those that the service asks for; those of
 * customer and account only where they are given. */
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
        struct session with = session;
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

/* Headers that don't fit must be told as too long, wherever the room ends. */
static void test_headers_too_long(void **state)
{
    struct session with = session;

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

/* GetUser must be a POST that names the user; it may be sent twice. */
static void test_build_get(void **state)
{
    struct http_request request;

    (void)state;
    init_request(&request, 1000);
    request.once = true;
    assert_int_equal(service_rest.build_get(&session, KEY, &request), 0);
    assert_int_equal(request.method, HTTP_POST);
    assert_false(request.once);
    assert_string_equal(request.path.data,
                        "/CustomerManagement/v13/User/Query");
    assert_string_equal(request.body.data, "{\"UserId\":\"" KEY "\"}");
    free_request(&request);
}

/* UpdateUser must be a PUT of the whole user and nothing but it, and must not
 * be sent twice. */
static void test_build_update(void **state)
{
    struct user *user =
        take_user("{\"CustomerRoles\":[{\"RoleId\":1}],\"User\":"
                  "{\"New\":[1.50,{\"x\":null}],\"Id\":\"" KEY "\","
                  "\"TimeStamp\":\"AAAA\",\"o\":{}},\"More\":1}");
    struct http_request request;

    (void)state;
    init_request(&request, HTTP_MAX_REQUEST);
    assert_int_equal(service_rest.build_update(&session, user, NULL, &request),
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

/* Requests beyond their buffers must be told as too large. */
static void test_requests_too_large(void **state)
{
    struct user *user =
        take_user("{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\"}}");

    (void)state;
    for (size_t max = 0; max < 30; max++) {
        struct http_request request;

        init_request(&request, max);
        errno = 0;
        assert_int_equal(service_rest.build_get(&session, KEY, &request), -1);
        assert_int_equal(errno, EFBIG);
        buffer_clear(&request.path);
        buffer_clear(&request.body);
        errno = 0;
        assert_int_equal(
            service_rest.build_update(&session, user, NULL, &request), -1);
        assert_int_equal(errno, EFBIG);
        free_request(&request);
    }
    service_rest.user_free(user);
}

/* ---- GetUser --------------------------------------------------------------
 */

/* Users that are whole must be taken, however much of them is null, absent,
 * unknown or in another order. */
static void test_takes_users(void **state)
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
        user = take_user(body);
        assert_sends_back(user, back);
        service_rest.user_free(user);
    }
}

/* An Id that is a JSON number must be taken where it has 15 digits at most. */
static void test_takes_bare_id(void **state)
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
 * and be NULL where it is null, absent or empty. */
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
    struct user *user = take_user(
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

/* Users that may not be sent back must be refused by name, for good. */
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
        {"\"Id\":{},\"TimeStamp\":\"A\"", "InvalidAnswer"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":[]", "InvalidAnswer"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"Name\":\"Ann Lee\"",
         "InvalidAnswer"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"Name\":[]", "InvalidAnswer"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"ContactInfo\":false",
         "InvalidAnswer"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"ContactInfo\":{\"Address\":"
         "\"Ulm\"}",
         "InvalidAnswer"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"JobTitle\":{\"a\":1}",
         "InvalidAnswer"},
        {"\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"Password\":[1]",
         "InvalidAnswer"},
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
        assert_true(api_error.certain);
        assert_false(api_error.numbered);
        assert_int_equal(api_error.http_status, 200);
        assert_string_equal(api_error.tracking_id, "from-header");
        assert_true(*api_error.text != '\0');
    }
}

/* Answers that hold no user must be unreadable, and may be asked for again; but
 * not where they are JSON that can't be kept, and will be the same again. */
static void test_refuses_answers(void **state)
{
    static const struct {
        const char *body, *part;
        bool final;
    } cases[] = {
        {"", "nothing", false},
        {"{}", "User", false},
        {"[]", "User", false},
        {"null", "User", false},
        {"\"User\"", "User", false},
        {"[{\"User\":{}}]", "User", false},
        {"{\"User\":null}", "User", false},
        {"{\"User\":[]}", "User", false},
        {"{\"User\":\"x\"}", "User", false},
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
         false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_response response = make_response(200, cases[i].body);
        struct api_error api_error = refuse_user(&response);

        assert_string_equal(api_error.name, "UnreadableAnswer");
        assert_int_equal(api_error.action,
                         cases[i].final ? API_ERROR_FAIL : API_ERROR_RETRY);
        assert_false(api_error.certain);
        assert_int_equal(api_error.http_status, 200);
        if (!strstr(api_error.text, cases[i].part))
            fail_msg("%s: %s", cases[i].body, api_error.text);
    }
}

/* A good user with another status than 200 must not be trusted. */
static void test_refuses_other_statuses(void **state)
{
    static const struct {
        long status;
        enum api_error_action action;
    } cases[] = {
        {201, API_ERROR_RETRY},    {204, API_ERROR_RETRY},
        {302, API_ERROR_FAIL},     {307, API_ERROR_FAIL},
        {400, API_ERROR_FAIL},     {401, API_ERROR_SIGN_IN},
        {403, API_ERROR_FAIL},     {404, API_ERROR_FAIL},
        {407, API_ERROR_FAIL},     {408, API_ERROR_RETRY},
        {429, API_ERROR_THROTTLE}, {500, API_ERROR_RETRY},
        {502, API_ERROR_RETRY},    {503, API_ERROR_RETRY},
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
                                                ? "UnreadableAnswer"
                                                : "HttpError");
    }
}

/* A failure below HTTP must be told as one, whatever body has come. */
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
    assert_false(api_error.certain);
}

/* ---- errors ---------------------------------------------------------------
 */

/* Both kinds of faults must be read, with all their errors, whatever the status
 * is, and the body's tracking id go before the header's. */
static void test_faults(void **state)
{
    static const struct {
        long status;
        const char *body;
        long code;
        const char *name, *text, *tracking_id;
        enum api_error_action action;
    } cases[] = {
        {400,
         "{\"TrackingId\":\"T1\",\"Type\":\"AdApiFaultDetail\",\"Errors\":[{"
         "\"Code\":105,\"ErrorCode\":\"InvalidCredentials\",\"Message\":\"No."
         "\",\"Detail\":\"d\"}]}",
         105, "InvalidCredentials", "No.", "T1", API_ERROR_SIGN_IN},
        {400,
         "{\"TrackingId\":\"T2\",\"Type\":\"ApiFault\",\"OperationErrors\":[{"
         "\"Code\":1001,\"Message\":\"May not.\",\"Details\":null}]}",
         1001, "", "May not.", "T2", API_ERROR_FAIL},
        {429, "{\"Errors\":[{\"Code\":117,\"Message\":\"Too many.\"}]}", 117,
         "CallRateExceeded", "Too many.", "from-header", API_ERROR_THROTTLE},
        {400,
         "{\"TrackingId\":\"\",\"Errors\":[{\"Code\":\"211\",\"Message\":\"A."
         "\"},{\"Code\":200,\"Message\":\"B.\"}],\"OperationErrors\":[{"
         "\"Code\":1,\"Message\":\"C.\"}]}",
         211, "NameTooLong", "A.; B.; C.", "from-header", API_ERROR_FAIL},
        {500,
         "{\"TrackingId\":null,\"Errors\":[{\"ErrorCode\":\"InternalError\","
         "\"Code\":0,\"Message\":null}]}",
         0, "InternalError", "", "from-header", API_ERROR_RETRY},
        {200,
         "{\"TrackingId\":\"T3\",\"Errors\":null,\"OperationErrors\":[{"
         "\"Code\":209,\"ErrorCode\":\"TimestampNotMatch\",\"Message\":\"Old."
         "\"}]}",
         209, "TimestampNotMatch", "Old.", "T3", API_ERROR_STALE},
        {400,
         "{\"Errors\":[null,7,{},{\"Message\":\"no code\"},{\"Code\":210,"
         "\"Message\":\"Gone.\"}]}",
         210, "EntityNotExistent", "Gone.", "from-header", API_ERROR_FAIL},
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
            assert_int_equal(api_error.certain, cases[i].code != 0);
        }
    }
}

/* An error beside a good answer must win: the service means it. */
static void test_error_beside_answer(void **state)
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

/* Lists of errors that are empty, null or no lists must not count as errors. */
static void test_no_errors(void **state)
{
    static const char *const lists[] = {
        "[]", "null", "{}", "\"x\"", "[null]", "[{\"Message\":\"?\"}]"};

    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        char body[256];
        char last_modified[SERVICE_TIME_SIZE];
        struct http_response response;
        struct api_error api_error;

        (void)snprintf(body, sizeof(body),
                       "{\"Errors\":%s,\"OperationErrors\":%s,"
                       "\"LastModifiedTime\":\"2026-01-02T03:04:05\"}",
                       lists[i], lists[i]);
        response = make_response(200, body);
        assert_int_equal(service_rest.parse_update(NULL, &response, KEY,
                                                   last_modified, &api_error),
                         0);
        response.status = 400;
        assert_string_equal(refuse_update(&response).name, "HttpError");
    }
}

/* ---- UpdateUser -----------------------------------------------------------
 */

/* The time of a good answer must be handed on as the service spells it. */
static void test_takes_update(void **state)
{
    static const char *const times[] = {"2026-01-02T03:04:05.678",
                                        "2026-01-02T03:04:05Z",
                                        "2026-01-02T03:04:05.1234567+00:00",
                                        /* the longest that there is room for */
                                        LONGEST_TIME("")};

    (void)state;
    for (size_t i = 0; i < COUNT(times); i++) {
        char body[128];
        char last_modified[SERVICE_TIME_SIZE];
        struct http_response response;
        struct api_error api_error;

        (void)snprintf(body, sizeof(body),
                       "{\"x\":1,\"LastModifiedTime\":\"%s\"}", times[i]);
        response = make_response(200, body);
        assert_int_equal(service_rest.parse_update(NULL, &response, KEY,
                                                   last_modified, &api_error),
                         0);
        assert_string_equal(last_modified, times[i]);
    }
}

/* An answer to UpdateUser that can't be read must leave it in doubt. */
static void test_refuses_update_answers(void **state)
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

        assert_string_equal(api_error.name, "UnreadableAnswer");
        assert_int_equal(api_error.action, API_ERROR_RETRY);
        assert_false(api_error.certain);
    }
}

/* So must one that is too large; that of a GetUser comes again. */
static void test_answers_too_large(void **state)
{
    struct http_response response = make_response(200, "{");
    struct api_error api_error;

    (void)state;
    response.failure = HTTP_TOO_LARGE;
    response.sent = true;
    api_error = refuse_update(&response);
    assert_int_equal(api_error.action, API_ERROR_RETRY);
    assert_false(api_error.certain);
    api_error = refuse_user(&response);
    assert_int_equal(api_error.action, API_ERROR_FAIL);
}

/* ---- the user as a document -----------------------------------------------
 */

/* Setting and clearing must be readable back, again and again. */
static void test_sets_and_reads_back(void **state)
{
    struct user *user =
        take_user("{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\"}}");
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

/* The time of the last change must be the user's own, or empty where it is not
 * said or too long to be one. */
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
        user = take_user(body);
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
        cmocka_unit_test(test_takes_users),
        cmocka_unit_test(test_takes_bare_id),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refuses_users),
        cmocka_unit_test(test_refuses_answers),
        cmocka_unit_test(test_refuses_other_statuses),
        cmocka_unit_test(test_transport_failure),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_error_beside_answer),
        cmocka_unit_test(test_no_errors),
        cmocka_unit_test(test_takes_update),
        cmocka_unit_test(test_refuses_update_answers),
        cmocka_unit_test(test_answers_too_large),
        cmocka_unit_test(test_sets_and_reads_back),
        cmocka_unit_test(test_last_modified),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
