#include "responses.h"

#define ID  "4b10bf41-ab11-40e3-8c53-cd67849b50de"
#define KEY "eebd1b55-5360-4438-a11d-5c06918c3014/" ID

static const struct call_context context = {
    .random = &random_system,
    .access_token = "ACCESS",
};

static struct api_error refuse_user(const struct http_response *response)
{
    return refuse_user_of(&service_partner, &context, KEY, response);
}

static struct api_error refuse_update(const struct http_response *response)
{
    return refuse_update_of(&service_partner, &context, KEY, response);
}

/* Errors must be found at the top or one level down, with their code as a
 * number or a string, and mean what their status and code say. */
static void test_errors(void **state)
{
    static const struct {
        long status;
        const char *body;
        bool numbered;
        long code;
        const char *name, *text;
        enum api_error_action action;
        bool not_applied;
    } cases[] = {
        {404,
         "{\"code\":60002,\"description\":\"None.\",\"data\":[],"
         "\"source\":\"x\"}",
         true, 60002, "UserNotFound", "None.", API_ERROR_FAIL, true},
        {400, "{\"code\":2055,\"description\":\"Old.\"}", true, 2055,
         "EtagOutOfDate", "Old.", API_ERROR_STALE, true},
        {400, "{\"code\":\"2055\",\"description\":\"Old.\"}", true, 2055,
         "EtagOutOfDate", "Old.", API_ERROR_STALE, true},
        {400, "{\"error\":{\"code\":3000,\"description\":\"No.\"}}", true, 3000,
         "", "No.", API_ERROR_FAIL, true},
        {403, "{\"x\":1,\"y\":{\"code\":\"Forbidden\",\"description\":\"\"}}",
         false, 0, "Forbidden", "", API_ERROR_FAIL, true},
        {400, "{\"code\":105,\"description\":\"No.\"}", true, 105, "", "No.",
         API_ERROR_FAIL, true},
        {400, "{\"code\":117,\"description\":null}", true, 117, "", "",
         API_ERROR_FAIL, true},
        {401, "{\"code\":900,\"description\":\"No.\"}", true, 900, "", "No.",
         API_ERROR_SIGN_IN, true},
        {429, "{\"code\":1,\"description\":\"Slow.\"}", true, 1, "", "Slow.",
         API_ERROR_THROTTLE, true},
        {429, "{\"statusCode\":429,\"message\":\"Wait for 57 s.\"}", false, 0,
         "", "Wait for 57 s.", API_ERROR_THROTTLE, true},
        {417, "{\"code\":1,\"description\":\"\"}", true, 1, "", "",
         API_ERROR_FAIL, true},
        {408, "{\"code\":1,\"description\":\"\"}", true, 1, "", "",
         API_ERROR_RETRY, false},
        {500, "{\"code\":1,\"description\":\"\"}", true, 1, "", "",
         API_ERROR_RETRY, false},
        {503, "{\"code\":1,\"description\":\"\"}", true, 1, "", "",
         API_ERROR_RETRY, false},
        {200, "{\"code\":1,\"description\":\"\"}", true, 1, "", "",
         API_ERROR_FAIL, false},
        {400, "{\"id\":\"" ID "\",\"code\":1,\"description\":\"\"}", true, 1,
         "", "", API_ERROR_FAIL, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_response response =
            make_response(cases[i].status, cases[i].body);

        for (int update = 0; update <= 1; update++) {
            struct api_error api_error =
                update ? refuse_update(&response) : refuse_user(&response);

            assert_int_equal(api_error.numbered, cases[i].numbered);
            assert_int_equal(api_error.code, cases[i].code);
            assert_string_equal(api_error.name, cases[i].name);
            assert_string_equal(api_error.text, cases[i].text);
            assert_int_equal(api_error.action, cases[i].action);
            assert_int_equal(api_error.not_applied, cases[i].not_applied);
            assert_int_equal(api_error.http_status, cases[i].status);
            assert_string_equal(api_error.tracking_id, FROM_HEADER);
        }
    }
}

/* A response without a code and a description must be unexpected. */
static void test_unexpected_responses(void **state)
{
    static const char *const bodies[] = {"",
                                         "{}",
                                         "{\"description\":\"x\"}",
                                         "{\"code\":3000}",
                                         "{\"code\":3000,\"message\":\"x\"}",
                                         ("{\"statusCode\":400,"
                                          "\"message\":\"x\"}"),
                                         "{\"code\":null}",
                                         "{\"code\":\"\"}",
                                         "{\"code\":{\"a\":1}}",
                                         "{\"a\":{\"b\":{\"code\":1}}}",
                                         "<html/>"};

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct http_response response = make_response(400, bodies[i]);
        struct api_error api_error = refuse_update(&response);

        assert_string_equal(api_error.name, "HttpError");
        assert_int_equal(api_error.action, API_ERROR_UNEXPECTED);
        assert_false(api_error.not_applied);
        assert_false(api_error.numbered);
    }
}

/* A conflict with another change must be retried, since it passes, and must not
 * count as trouble of the service. */
static void test_conflict(void **state)
{
    struct http_response response =
        make_response(409, "{\"code\":409,\"description\":\"Busy.\"}");

    (void)state;
    for (int update = 0; update <= 1; update++) {
        struct api_error api_error =
            update ? refuse_update(&response) : refuse_user(&response);

        assert_int_equal(api_error.action, API_ERROR_RETRY);
        assert_true(api_error.one_user && api_error.not_applied);
        assert_string_equal(api_error.text, "Busy.");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conflict),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_unexpected_responses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
