#include "soap_responses.h"

#include "service/bing/columns.h"

static struct api_error refuse_user(const struct http_response *response)
{
    return refuse_user_of(&service_soap_v13, &context, KEY, response);
}

static struct api_error refuse_update(const struct http_response *response)
{
    return refuse_update_of(&service_soap_v13, &context, KEY, response);
}

/* ---- responses ----------------------------------------------------------- */

/* Responses without the expected envelope must be unexpected, for GetUser and
 * UpdateUser, and may be requested again. */
static void test_refuses_responses(void **state)
{
    static const struct {
        const char *body, *part;
    } cases[] = {
        {"", "empty"},
        {"<html><body>502</body></html>", "without a SOAP envelope"},
        {"<!DOCTYPE html><html></html>", "DOCTYPE"},
        {"{\"User\":{}}", "not XML"},
        {"<s:Envelope xmlns:s='" ENVELOPE "'>", "not XML"},
        {"<s:Envelope xmlns:s='" ENVELOPE "'/>", "without a SOAP envelope"},
        {"<Envelope><Body/></Envelope>", "without a SOAP envelope"},
        {"<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'>"
         "<s:Body/></s:Envelope>",
         "without a SOAP envelope"},
        {AROUND(""), "without the response"},
        {AROUND("<GetUserResponse/>"), "without the response"},
        {AROUND("<GetUsersResponse xmlns='" V13 "'/>"), "without the response"},
        {AROUND("<GetUserResponse xmlns='https://bingads.microsoft.com/"
                "Customer/v12'/>"),
         "without the response"},
        {AROUND("<Fault><faultcode>x</faultcode></Fault>"),
         "without the response"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_response response = make_response(200, cases[i].body);

        for (int update = 0; update <= 1; update++) {
            struct api_error api_error =
                update ? refuse_update(&response) : refuse_user(&response);

            assert_string_equal(api_error.name, "UnexpectedResponse");
            assert_int_equal(api_error.action, API_ERROR_RETRY);
            assert_false(api_error.not_applied);
            if (!strstr(api_error.text, cases[i].part))
                fail_msg("%s: %s", cases[i].body, api_error.text);
        }
    }
}

/* So must be those without a User, and those without a time; a good user with
 * another status must be refused. */
static void test_refuses_incomplete_responses(void **state)
{
    static const char *const users[] = {GOT(""), GOT("<User i:nil='true'/>"),
                                        GOT("<User xmlns=''/>")};
    static const char *const times[] = {
        UPDATED(""), UPDATED("<LastModifiedTime/>"),
        UPDATED("<LastModifiedTime>soon</LastModifiedTime>"),
        UPDATED("<LastModifiedTime xmlns=''>2026-01-02T03:04:05"
                "</LastModifiedTime>")};
    struct http_response response;

    (void)state;
    for (size_t i = 0; i < COUNT(users); i++) {
        response = make_response(200, users[i]);
        assert_string_equal(refuse_user(&response).name, "UnexpectedResponse");
    }
    for (size_t i = 0; i < COUNT(times); i++) {
        response = make_response(200, times[i]);
        assert_string_equal(refuse_update(&response).name,
                            "UnexpectedResponse");
        assert_false(refuse_update(&response).not_applied);
    }
    response = make_response(503, USER(GOOD));
    assert_string_equal(refuse_user(&response).name, "HttpError");
    assert_int_equal(refuse_user(&response).action, API_ERROR_RETRY);
}

/* A user that can't be kept, and several users, must not be requested again:
 * the response would be the same. One to an update may be another one. */
static void test_refuses_unusable_users(void **state)
{
    static const struct {
        const char *body, *name, *part;
    } cases[] = {
        {GOT(USER_TAG GOOD "</User><User/>"), "WrongUser", "several"},
        {GOT("<User/><User/>"), "WrongUser", "several"},
        {USER(GOOD "<e:JobTitle>&#xD83D;</e:JobTitle>"), "UnexpectedResponse",
         "character"},
        {USER(GOOD "<e:JobTitle>\xE4</e:JobTitle>") "\r\n",
         "UnexpectedResponse", "UTF-8"},
        {USER(GOOD "<e:JobTitle a='1' a='1'/>"), "UnexpectedResponse",
         "duplicate"},
        {USER(GOOD "<f:JobTitle/>"), "UnexpectedResponse", "namespaces"},
        {USER(GOOD "<e:JobTitle>&nbsp;</e:JobTitle>"), "UnexpectedResponse",
         "entity"},
        {"<!DOCTYPE x>" USER(GOOD), "UnexpectedResponse", "DOCTYPE"},
        {"<?xml version='1.0' encoding='iso-8859-1'?>" USER(
             GOOD "<e:JobTitle>\xC3\xA4</e:JobTitle>"),
         "UnexpectedResponse", "encoding"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_response response = make_response(200, cases[i].body);
        struct api_error api_error = refuse_user(&response);

        if (strcmp(api_error.name, cases[i].name) != 0 ||
            !strstr(api_error.text, cases[i].part))
            fail_msg("%s: %s: %s", cases[i].body, api_error.name,
                     api_error.text);
        assert_int_equal(api_error.action, API_ERROR_FAIL);
        assert_true(api_error.not_applied);
        assert_int_equal(refuse_update(&response).action, API_ERROR_RETRY);
        assert_false(refuse_update(&response).not_applied);
    }
}

/* A response that is not the service's, not all of it, or an error, must be
 * requested again although its XML can't be kept. */
static void test_refuses_unusable_responses(void **state)
{
    static const char *const bodies[] = {
        "<!DOCTYPE html><html>GetUserResponse</html>",
        "<html>\xE4</html>",
        "<s:Envelope xmlns:s='" ENVELOPE "'><s:Body><GetUserResponse>&#1;",
        "<s:Envelope xmlns:s='" ENVELOPE "'><s:Body><GetUserResponse>\xE4",
        AROUND("<s:Fault><faultstring>&#1;</faultstring></s:Fault>"),
    };
    struct http_response response;

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        response = make_response(200, bodies[i]);
        assert_string_equal(refuse_user(&response).name, "UnexpectedResponse");
        assert_int_equal(refuse_user(&response).action, API_ERROR_RETRY);
    }
    response = make_response(500, USER("&#1;"));
    assert_int_equal(refuse_user(&response).action, API_ERROR_RETRY);
}

/* A response that is too large must not be requested again, if it is the
 * service's. */
static void test_refuses_responses_too_large(void **state)
{
    struct http_response response = make_response(200, USER(GOOD));

    (void)state;
    response.failure = HTTP_TOO_LARGE;
    assert_int_equal(refuse_user(&response).action, API_ERROR_FAIL);
    assert_int_equal(refuse_update(&response).action, API_ERROR_RETRY);
    response.status = 502;
    assert_int_equal(refuse_user(&response).action, API_ERROR_RETRY);
    response = make_response(200, "<html>");
    response.failure = HTTP_TOO_LARGE;
    assert_int_equal(refuse_user(&response).action, API_ERROR_RETRY);
}

/* The time of a good update must be returned, with the tracking id of the
 * envelope, or else of the header. */
static void test_accepts_update(void **state)
{
    static const char bare[] =
        "<s:Envelope xmlns:s='" ENVELOPE "'><s:Body><UpdateUserResponse "
        "xmlns='" V13 "'><LastModifiedTime>2026-01-02T03:04:05.678"
        "</LastModifiedTime></UpdateUserResponse></s:Body></s:Envelope>";
    struct http_response response =
        make_response(200, UPDATED("<LastModifiedTime> 2026-01-02T03:04:05.678"
                                   "\n</LastModifiedTime>"));
    const struct sent sent = {.changed = 0};
    struct updated updated;
    struct api_error api_error;

    (void)state;
    assert_int_equal(service_soap_v13.parse_update(&context, &response, KEY,
                                                   &sent, &updated, &api_error),
                     0);
    assert_string_equal(updated.last_modified, "2026-01-02T03:04:05.678");
    assert_string_equal(api_error.tracking_id, FROM_ENVELOPE);
    response = make_response(200, bare);
    assert_int_equal(service_soap_v13.parse_update(&context, &response, KEY,
                                                   &sent, &updated, &api_error),
                     0);
    assert_string_equal(api_error.tracking_id, FROM_HEADER);
}

/* ---- faults -------------------------------------------------------------- */

#define FAULT(content)                                                         \
    AROUND("<s:Fault><faultcode>s:Server</faultcode><faultstring>General."     \
           "</faultstring>" content "</s:Fault>")
#define AD_API(errors)                                                         \
    FAULT("<detail><a:AdApiFaultDetail xmlns:a='https://adapi.microsoft.com'>" \
          "<a:TrackingId>" FROM_BODY "</a:TrackingId><a:Errors>" errors        \
          "</a:Errors></a:AdApiFaultDetail></detail>")
#define API_FAULT(errors)                                                      \
    FAULT("<detail><ApiFault xmlns='" V13 "/Exception'><TrackingId>" FROM_BODY \
          "</TrackingId><OperationErrors>" errors                              \
          "</OperationErrors></ApiFault></detail>")

/* Faults of both kinds, of unknown kinds and of none must be parsed, and mean
 * the same with status 500 and 200. */
static void test_faults(void **state)
{
    static const struct {
        const char *body;
        long code; /* -1: none */
        const char *name, *text, *tracking_id;
        enum api_error_action action;
        bool not_applied;
    } cases[] = {
        {AD_API("<a:AdApiError><a:Code>105</a:Code><a:Detail>d</a:Detail>"
                "<a:ErrorCode>InvalidCredentials</a:ErrorCode><a:Message>No."
                "</a:Message></a:AdApiError>"),
         105, "InvalidCredentials", "No.", FROM_BODY, API_ERROR_SIGN_IN, true},
        {AD_API("<a:AdApiError><a:Code>\n 105 </a:Code><a:ErrorCode> "
                "InvalidCredentials\t</a:ErrorCode></a:AdApiError>"),
         105, "InvalidCredentials", "", FROM_BODY, API_ERROR_SIGN_IN, true},
        {API_FAULT("<OperationError><Code> 210 </Code></OperationError>"), 210,
         "EntityNotExistent", "", FROM_BODY, API_ERROR_FAIL, true},
        {AD_API("<a:AdApiError><a:Code>0</a:Code><a:ErrorCode>InternalError"
                "</a:ErrorCode><a:Message>M</a:Message></a:AdApiError>"),
         0, "InternalError", "M", FROM_BODY, API_ERROR_RETRY, false},
        {AD_API("<a:AdApiError><a:Code>117</a:Code><a:Message>A</a:Message>"
                "</a:AdApiError><a:AdApiError><a:Code>9</a:Code><a:Message>B"
                "</a:Message></a:AdApiError>"),
         117, "CallRateExceeded", "A; B", FROM_BODY, API_ERROR_THROTTLE, true},
        {API_FAULT("<OperationError><Code>1001</Code><Details i:nil='true'/>"
                   "<Message>May not.</Message></OperationError>"),
         1001, "", "May not.", FROM_BODY, API_ERROR_FAIL, true},
        {API_FAULT("<OperationError><Code>211</Code><Message>X</Message>"
                   "</OperationError>"),
         211, "NameTooLong", "X", FROM_BODY, API_ERROR_FAIL, true},
        {API_FAULT("<OperationError><Code>4242</Code><Message>X</Message>"
                   "</OperationError>"),
         4242, "", "X", FROM_BODY, API_ERROR_FAIL, false},
        {FAULT("<detail><ApiFault xmlns='" V13 "/Exception'><TrackingId "
               "xmlns='https://adapi.microsoft.com'>" FROM_BODY "</TrackingId>"
               "<OperationErrors><OperationError><Code>211</Code>"
               "</OperationError></OperationErrors></ApiFault></detail>"),
         211, "NameTooLong", "", FROM_BODY, API_ERROR_FAIL, true},
        {API_FAULT("<Other><Code>1</Code></Other><OperationError/>"), -1,
         "Server", "General.", FROM_BODY, API_ERROR_RETRY, false},
        {FAULT("<detail><x:Odd xmlns:x='urn:x'>?</x:Odd></detail>"), -1,
         "Server", "General.", FROM_ENVELOPE, API_ERROR_RETRY, false},
        {FAULT("<detail><AdApiFaultDetail><Errors><AdApiError><Code>105</Code>"
               "</AdApiError></Errors></AdApiFaultDetail></detail>"),
         -1, "Server", "General.", FROM_ENVELOPE, API_ERROR_RETRY, false},
        {FAULT(""), -1, "Server", "General.", FROM_ENVELOPE, API_ERROR_RETRY,
         false},
        {AROUND("<s:Fault><faultcode>a:DeserializationFailed</faultcode>"
                "<faultstring>What?</faultstring></s:Fault>"),
         -1, "DeserializationFailed", "What?", FROM_ENVELOPE,
         API_ERROR_UNEXPECTED, false},
        {AROUND("<s:Fault><faultcode>s:Client.Bad</faultcode></s:Fault>"), -1,
         "Client", "the service gave no reason", FROM_ENVELOPE,
         API_ERROR_UNEXPECTED, false},
        {AROUND("<s:Fault/>"), -1, "SoapFault", "the service gave no reason",
         FROM_ENVELOPE, API_ERROR_RETRY, false},
        /* one beside a good response decides */
        {AROUND("<GetUserResponse xmlns='" V13 "'>" USER_TAG GOOD
                "</User></GetUserResponse><s:Fault/>"),
         -1, "SoapFault", "the service gave no reason", FROM_ENVELOPE,
         API_ERROR_RETRY, false},
    };

    (void)state;
    for (size_t i = 0; i < 4 * COUNT(cases); i++) {
        size_t n = i / 4;
        struct http_response response =
            make_response(i % 2 ? 200 : 500, cases[n].body);
        struct api_error api_error =
            i % 4 < 2 ? refuse_user(&response) : refuse_update(&response);

        assert_string_equal(api_error.name, cases[n].name);
        assert_string_equal(api_error.text, cases[n].text);
        assert_int_equal(api_error.numbered, cases[n].code >= 0);
        if (api_error.numbered)
            assert_int_equal(api_error.code, cases[n].code);
        assert_string_equal(api_error.tracking_id, cases[n].tracking_id);
        assert_int_equal(api_error.action, cases[n].action);
        assert_int_equal(api_error.not_applied, cases[n].not_applied);
        assert_int_equal(api_error.http_status, response.status);
    }
}

/* The three versions must be found by their names, and have what they require.
 */
static void test_versions(void **state)
{
    (void)state;
    assert_ptr_equal(service_find("soap-v13"), &service_soap_v13);
    assert_ptr_equal(service_find("soap-v12"), &service_soap_v12);
    assert_ptr_equal(service_find("soap-v11"), &service_soap_v11);
    assert_int_equal(service_soap_v13.column_count, BING_COLUMN_COUNT);
    assert_int_equal(service_soap_v11.column_count, BING_COLUMN_COUNT_V11);
    assert_true(service_soap_v11.legacy_sign_in);
    assert_false(service_soap_v12.legacy_sign_in);
    assert_false(service_soap_v13.legacy_sign_in);
    assert_false(service_soap_v12.can_carry("a\x01"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refuses_responses),
        cmocka_unit_test(test_refuses_incomplete_responses),
        cmocka_unit_test(test_refuses_unusable_users),
        cmocka_unit_test(test_refuses_unusable_responses),
        cmocka_unit_test(test_refuses_responses_too_large),
        cmocka_unit_test(test_accepts_update),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_versions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
