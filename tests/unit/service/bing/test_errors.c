#include "responses.h"

#include "service/bing/errors.h"

static struct api_error start(long status)
{
    struct http_response response = make_response(status, "");
    struct api_error api_error;

    api_error_init(&api_error, &response);
    return api_error;
}

/* The error of a response that has just this one. */
static struct api_error make_error(long status, bool numbered, long code,
                                   const char *name, const char *message)
{
    struct api_error api_error = start(status);

    bing_errors_add(&api_error, numbered, code, name, message);
    return api_error;
}

/* With status 500 and above the outcome of an update is unknown, unless the
 * error says that the service refused the call. */
static bool is_not_applied(long status, long code, enum api_error_action action)
{
    return code != 0 &&
           (status < 500 || action == API_ERROR_THROTTLE ||
            action == API_ERROR_STALE || action == API_ERROR_SIGN_IN ||
            action == API_ERROR_ACCOUNT || action == API_ERROR_STOP);
}

/* What each error means, by its name and by its number alone. */
static const struct {
    long code;
    const char *name; /* "": none is known */
    enum api_error_action by_name, by_number;
} errors[] = {
    {0, "InternalError", API_ERROR_RETRY, API_ERROR_RETRY},
    {100, "NullRequest", API_ERROR_FAIL, API_ERROR_FAIL},
    {105, "InvalidCredentials", API_ERROR_SIGN_IN, API_ERROR_SIGN_IN},
    {106, "UserIsNotAuthorized", API_ERROR_FAIL, API_ERROR_FAIL},
    {108, "UserCompromised", API_ERROR_ACCOUNT, API_ERROR_ACCOUNT},
    {109, "AuthenticationTokenExpired", API_ERROR_SIGN_IN, API_ERROR_SIGN_IN},
    {116, "RequestMissingHeaders", API_ERROR_STOP, API_ERROR_STOP},
    {117, "CallRateExceeded", API_ERROR_THROTTLE, API_ERROR_THROTTLE},
    {120, "UserLoginAccessDenied", API_ERROR_ACCOUNT, API_ERROR_ACCOUNT},
    {122, "PersonalIdentityNotAvailable", API_ERROR_ACCOUNT, API_ERROR_ACCOUNT},
    {123, "WorkIdentityNotAvailable", API_ERROR_ACCOUNT, API_ERROR_ACCOUNT},
    {124, "PersonalIdentityMigratedToWork", API_ERROR_ACCOUNT,
     API_ERROR_ACCOUNT},
    {125, "PersonalIdentityNotAllowedByCustomer", API_ERROR_ACCOUNT,
     API_ERROR_ACCOUNT},
    {126, "IdentityTypeMismatch", API_ERROR_SIGN_IN, API_ERROR_SIGN_IN},
    {200, "", API_ERROR_FAIL, API_ERROR_FAIL},
    {201, "ApiInputValidationError", API_ERROR_FAIL, API_ERROR_FAIL},
    {202, "ApiExecutionError", API_ERROR_FAIL, API_ERROR_FAIL},
    {203, "NullParameter", API_ERROR_FAIL, API_ERROR_FAIL},
    {204, "OperationNotSupported", API_ERROR_STOP, API_ERROR_STOP},
    /* these three by number alone: a value of the address, too */
    {205, "InvalidVersion", API_ERROR_STOP, API_ERROR_STOP},
    {207, "ConcurrentRequestOverLimit", API_ERROR_THROTTLE, API_ERROR_THROTTLE},
    {209, "TimestampNotMatch", API_ERROR_STALE, API_ERROR_STALE},
    {210, "EntityNotExistent", API_ERROR_FAIL, API_ERROR_FAIL},
    {211, "NameTooLong", API_ERROR_FAIL, API_ERROR_FAIL},
    {303, "ApiVersionNoLongerSupported", API_ERROR_STOP, API_ERROR_STOP},
    {1001, "", API_ERROR_FAIL, API_ERROR_FAIL},
    {3101, "OAuthTokenInvalid", API_ERROR_SIGN_IN, API_ERROR_SIGN_IN},
};

/* An error with a name must mean what the name says, whatever its number and
 * the status are. */
static void test_errors_by_name(void **state)
{
    static const long statuses[] = {200, 400, 401, 403, 429, 500, 503};

    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        if (!*errors[i].name)
            continue;
        for (size_t j = 0; j < COUNT(statuses); j++) {
            struct api_error api_error = make_error(
                statuses[j], true, errors[i].code, errors[i].name, "m");

            assert_int_equal(api_error.action, errors[i].by_name);
            assert_string_equal(api_error.name, errors[i].name);
            assert_int_equal(api_error.code, errors[i].code);
            assert_true(api_error.numbered);
            assert_int_equal(
                api_error.not_applied,
                is_not_applied(statuses[j], errors[i].code, errors[i].by_name));
            api_error = make_error(statuses[j], true, 106, errors[i].name, "m");
            assert_int_equal(api_error.action, errors[i].by_name);
            api_error = make_error(statuses[j], false, 0, errors[i].name, "m");
            assert_int_equal(api_error.action, errors[i].by_name);
            assert_false(api_error.numbered);
        }
    }
}

/* A number alone must get its name if it has one meaning; if it has two, it
 * must get no name, but the column whose value may be refused. */
static void test_errors_by_number(void **state)
{
    static const char *const names[] = {NULL, ""};

    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        bool ambiguous = errors[i].code == 205 || errors[i].code == 207 ||
                         errors[i].code == 209;

        for (size_t j = 0; j < COUNT(names); j++) {
            struct api_error api_error =
                make_error(400, true, errors[i].code, names[j], "m");

            assert_int_equal(api_error.action, errors[i].by_number);
            assert_string_equal(api_error.name,
                                ambiguous ? "" : errors[i].name);
            assert_int_equal(api_error.column != NULL, ambiguous);
            assert_true(api_error.numbered);
            assert_int_equal(api_error.code, errors[i].code);
            assert_int_equal(api_error.not_applied, errors[i].code != 0);
        }
    }
}

/* A user that may not be modified must not stop the run, whatever the status
 * is. */
static void test_no_permission_stops_nothing(void **state)
{
    (void)state;
    assert_int_equal(make_error(401, true, 1001, NULL, "m").action,
                     API_ERROR_FAIL);
    assert_int_equal(make_error(403, true, 106, NULL, "m").action,
                     API_ERROR_FAIL);
}

/* An unknown error must be judged by the status. */
static void test_unknown_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(by_status); i++) {
        struct api_error api_error =
            make_error(by_status[i].status, true, 4711, "SomethingNew", "m");

        assert_int_equal(api_error.action, by_status[i].action);
        assert_int_equal(api_error.not_applied, by_status[i].not_applied);
        assert_string_equal(api_error.name, "SomethingNew");
        api_error = make_error(by_status[i].status, true, 4711, NULL, "m");
        assert_int_equal(api_error.action, by_status[i].action);
        assert_int_equal(api_error.not_applied, by_status[i].not_applied);
        assert_string_equal(api_error.name, "");
        assert_int_equal(api_error.code, 4711);
    }
}

/* After number 0 the outcome of an update must be unknown, whatever its name
 * is. */
static void test_zero_is_unknown_outcome(void **state)
{
    (void)state;
    assert_false(make_error(400, true, 0, "InternalError", "m").not_applied);
    assert_false(make_error(400, true, 0, NULL, "m").not_applied);
    assert_false(make_error(200, true, 0, "SomethingNew", "m").not_applied);
}

/* A name without a number must not count as number 0. */
static void test_name_without_number(void **state)
{
    struct api_error api_error = make_error(400, false, 0, "SomethingNew", "m");

    (void)state;
    assert_int_equal(api_error.action, API_ERROR_FAIL);
    assert_true(api_error.not_applied);
    assert_false(api_error.numbered);
}

/* Of several errors the first must decide; all messages are joined. */
static void test_joins_errors(void **state)
{
    struct api_error api_error = start(400);

    (void)state;
    bing_errors_add(&api_error, true, 211, "NameTooLong", "First.");
    bing_errors_add(&api_error, true, 105, "InvalidCredentials", "Second.");
    bing_errors_add(&api_error, true, 0, NULL, "Third.");
    assert_string_equal(api_error.text, "First.; Second.; Third.");
    assert_string_equal(api_error.name, "NameTooLong");
    assert_int_equal(api_error.code, 211);
    assert_int_equal(api_error.action, API_ERROR_FAIL);
    assert_true(api_error.not_applied);
    assert_false(api_error.truncated);
}

/* An error without a message must count as the first one, too. */
static void test_errors_without_message(void **state)
{
    struct api_error api_error = start(400);

    (void)state;
    bing_errors_add(&api_error, true, 117, NULL, NULL);
    assert_string_equal(api_error.text, "");
    bing_errors_add(&api_error, true, 105, NULL, "Second.");
    assert_string_equal(api_error.text, "Second.");
    assert_int_equal(api_error.code, 117);
    assert_int_equal(api_error.action, API_ERROR_THROTTLE);
}

/* Too many calls at once must differ from too many in a time, by name and, once
 * it is known that no value was refused, by number. */
static void test_concurrency(void **state)
{
    struct api_error api_error =
        make_error(400, true, 207, "ConcurrentRequestOverLimit", "m");

    (void)state;
    assert_true(api_error.concurrency);
    assert_false(make_error(429, true, 117, NULL, "m").concurrency);
    api_error = make_error(400, true, 207, NULL, "m");
    assert_false(api_error.concurrency);
    bing_errors_rule_out_value(&api_error);
    assert_true(api_error.concurrency);
    assert_int_equal(api_error.action, API_ERROR_THROTTLE);
}

/* An ambiguous error of a call without values must become the error that has
 * the name; any other one must stay as it is. */
static void test_rules_out_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        struct api_error api_error =
            make_error(400, true, errors[i].code, NULL, "m");

        bing_errors_rule_out_value(&api_error);
        assert_null(api_error.column);
        assert_string_equal(api_error.name, errors[i].name);
        assert_int_equal(api_error.action, errors[i].by_name);
        api_error = make_error(400, true, errors[i].code, "SomethingNew", "m");
        bing_errors_rule_out_value(&api_error);
        assert_string_equal(api_error.name, "SomethingNew");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_by_name),
        cmocka_unit_test(test_errors_by_number),
        cmocka_unit_test(test_no_permission_stops_nothing),
        cmocka_unit_test(test_unknown_errors),
        cmocka_unit_test(test_zero_is_unknown_outcome),
        cmocka_unit_test(test_name_without_number),
        cmocka_unit_test(test_joins_errors),
        cmocka_unit_test(test_errors_without_message),
        cmocka_unit_test(test_concurrency),
        cmocka_unit_test(test_rules_out_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
