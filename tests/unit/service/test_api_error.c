#include "unit.h"

#include "base/utf8.h"
#include "service/api_error.h"

static struct api_error start(long status)
{
    struct http_response response = make_response(status, "");
    struct api_error api_error;

    memset(&api_error, 0x55, sizeof(api_error)); /* nothing may be left of it */
    api_error_init(&api_error, &response);
    return api_error;
}

/* A fault of one error, as the service sends it. */
static struct api_error make_fault(long status, bool numbered, long code,
                                   const char *name, const char *message)
{
    struct api_error api_error = start(status);

    api_error_add(&api_error, numbered, code, name, message);
    return api_error;
}

static void assert_shown(const char *text, size_t size)
{
    assert_true(strlen(text) < size);
    assert_true(utf8_is_valid(text, strlen(text)));
    for (; *text; text++)
        assert_true((unsigned char)*text >= ' ' && *text != 0x7F);
}

/* Status 500 and above leave an update in doubt, but where the error says that
 * the call was turned away at the door. */
static bool is_certain(long status, long code, enum api_error_action action)
{
    return code != 0 &&
           (status < 500 || action == API_ERROR_THROTTLE ||
            action == API_ERROR_STALE || action == API_ERROR_SIGN_IN ||
            action == API_ERROR_ACCOUNT || action == API_ERROR_STOP);
}

/* ---- the service's errors -------------------------------------------------
 */

/* What a status means where no error that is known explains it. */
static const struct {
    long status;
    enum api_error_action action;
    bool certain;
} by_status[] = {
    {200, API_ERROR_FAIL, false},    {400, API_ERROR_FAIL, true},
    {401, API_ERROR_SIGN_IN, true},  {403, API_ERROR_FAIL, true},
    {404, API_ERROR_FAIL, true},     {408, API_ERROR_RETRY, false},
    {409, API_ERROR_FAIL, true},     {417, API_ERROR_FAIL, true},
    {429, API_ERROR_THROTTLE, true}, {500, API_ERROR_RETRY, false},
    {502, API_ERROR_RETRY, false},   {503, API_ERROR_RETRY, false},
    {504, API_ERROR_RETRY, false},
};

/* An error of a service with numbers of its own must be judged by its status,
 * whatever its number means in Customer Management. */
static void test_error_by_status(void **state)
{
    static const long codes[] = {0, 105, 108, 116, 117, 207, 209};

    (void)state;
    for (size_t i = 0; i < COUNT(by_status); i++) {
        for (size_t j = 0; j < COUNT(codes); j++) {
            struct api_error api_error = start(by_status[i].status);

            api_error_set_error(&api_error, true, codes[j], NULL, "Why.");
            assert_int_equal(api_error.action, by_status[i].action);
            assert_int_equal(api_error.certain, by_status[i].certain);
            assert_int_equal(api_error.code, codes[j]);
            assert_true(api_error.numbered);
            assert_string_equal(api_error.name, "");
            assert_string_equal(api_error.text, "Why.");
            assert_null(api_error.column);
        }
    }
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
    {200, "", API_ERROR_FAIL, API_ERROR_FAIL},
    {201, "ApiInputValidationError", API_ERROR_FAIL, API_ERROR_FAIL},
    {202, "ApiExecutionError", API_ERROR_FAIL, API_ERROR_FAIL},
    {203, "NullParameter", API_ERROR_FAIL, API_ERROR_FAIL},
    {204, "OperationNotSupported", API_ERROR_STOP, API_ERROR_STOP},
    /* by number alone: a line of the address, or of the stale time stamp */
    {205, "InvalidVersion", API_ERROR_STOP, API_ERROR_STOP},
    {207, "ConcurrentRequestOverLimit", API_ERROR_THROTTLE, API_ERROR_THROTTLE},
    {209, "TimestampNotMatch", API_ERROR_STALE, API_ERROR_STALE},
    {210, "EntityNotExistent", API_ERROR_FAIL, API_ERROR_FAIL},
    {211, "NameTooLong", API_ERROR_FAIL, API_ERROR_FAIL},
    {303, "ApiVersionNoLongerSupported", API_ERROR_STOP, API_ERROR_STOP},
    {1001, "", API_ERROR_FAIL, API_ERROR_FAIL},
};

/* An error with a name must mean what its name says, whatever its number and
 * the status are, and be certain (but for 0). */
static void test_errors_by_name(void **state)
{
    static const long statuses[] = {200, 400, 401, 403, 429, 500, 503};

    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        if (!*errors[i].name)
            continue;
        for (size_t j = 0; j < COUNT(statuses); j++) {
            struct api_error api_error = make_fault(
                statuses[j], true, errors[i].code, errors[i].name, "m");

            assert_int_equal(api_error.action, errors[i].by_name);
            assert_string_equal(api_error.name, errors[i].name);
            assert_int_equal(api_error.code, errors[i].code);
            assert_true(api_error.numbered);
            assert_int_equal(
                api_error.certain,
                is_certain(statuses[j], errors[i].code, errors[i].by_name));
            api_error = make_fault(statuses[j], true, 106, errors[i].name, "m");
            assert_int_equal(api_error.action, errors[i].by_name);
            api_error = make_fault(statuses[j], false, 0, errors[i].name, "m");
            assert_int_equal(api_error.action, errors[i].by_name);
            assert_false(api_error.numbered);
        }
    }
}

/* A number alone must say what it means where it means one thing, and its name
 * be filled in; where it means two, no name is made up, and the column is named
 * whose value it could be. */
static void test_errors_by_number(void **state)
{
    static const char *const names[] = {NULL, ""};

    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        bool twofold = errors[i].code == 205 || errors[i].code == 207 ||
                       errors[i].code == 209;

        for (size_t j = 0; j < COUNT(names); j++) {
            struct api_error api_error =
                make_fault(400, true, errors[i].code, names[j], "m");

            assert_int_equal(api_error.action, errors[i].by_number);
            assert_string_equal(api_error.name, twofold ? "" : errors[i].name);
            assert_int_equal(api_error.column != NULL, twofold);
            assert_true(api_error.numbered);
            assert_int_equal(api_error.code, errors[i].code);
            assert_int_equal(api_error.certain, errors[i].code != 0);
        }
    }
}

/* One user whom we may not change must not stop the run, whatever status comes
 * with it. */
static void test_no_permission_stops_nothing(void **state)
{
    (void)state;
    assert_int_equal(make_fault(401, true, 1001, NULL, "m").action,
                     API_ERROR_FAIL);
    assert_int_equal(make_fault(403, true, 106, NULL, "m").action,
                     API_ERROR_FAIL);
}

/* An error that is not known must be judged by the status. */
static void test_unknown_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(by_status); i++) {
        struct api_error api_error =
            make_fault(by_status[i].status, true, 4711, "SomethingNew", "m");

        assert_int_equal(api_error.action, by_status[i].action);
        assert_int_equal(api_error.certain, by_status[i].certain);
        assert_string_equal(api_error.name, "SomethingNew");
        api_error = make_fault(by_status[i].status, true, 4711, NULL, "m");
        assert_int_equal(api_error.action, by_status[i].action);
        assert_int_equal(api_error.certain, by_status[i].certain);
        assert_string_equal(api_error.name, "");
        assert_int_equal(api_error.code, 4711);
    }
}

/* Number 0 leaves an update in doubt, whatever name comes with it. */
static void test_zero_is_doubt(void **state)
{
    (void)state;
    assert_false(make_fault(400, true, 0, "InternalError", "m").certain);
    assert_false(make_fault(400, true, 0, NULL, "m").certain);
    assert_false(make_fault(200, true, 0, "SomethingNew", "m").certain);
}

/* A name and no number must not be taken for number 0. */
static void test_name_without_number(void **state)
{
    struct api_error api_error = make_fault(400, false, 0, "SomethingNew", "m");

    (void)state;
    assert_int_equal(api_error.action, API_ERROR_FAIL);
    assert_true(api_error.certain);
    assert_false(api_error.numbered);
}

/* Of several errors the first one must decide; all messages are joined. */
static void test_joins_errors(void **state)
{
    struct api_error api_error = start(400);

    (void)state;
    api_error_add(&api_error, true, 211, "NameTooLong", "First.");
    api_error_add(&api_error, true, 105, "InvalidCredentials", "Second.");
    api_error_add(&api_error, true, 0, NULL, "Third.");
    assert_string_equal(api_error.text, "First.; Second.; Third.");
    assert_string_equal(api_error.name, "NameTooLong");
    assert_int_equal(api_error.code, 211);
    assert_int_equal(api_error.action, API_ERROR_FAIL);
    assert_true(api_error.certain);
    assert_false(api_error.cut);
}

/* An error without a message must count as the first one all the same. */
static void test_errors_without_message(void **state)
{
    struct api_error api_error = start(400);

    (void)state;
    api_error_add(&api_error, true, 117, NULL, NULL);
    assert_string_equal(api_error.text, "");
    api_error_add(&api_error, true, 105, NULL, "Second.");
    assert_string_equal(api_error.text, "Second.");
    assert_int_equal(api_error.code, 117);
    assert_int_equal(api_error.action, API_ERROR_THROTTLE);
}

/* ---- texts from outside ---------------------------------------------------
 */

/* A text that is too long must be cut between two characters, and say so. */
static void test_cuts_between_characters(void **state)
{
    static const char *const characters[] = {"x", "\xC3\xA4", "\xE2\x82\xAC",
                                             "\xF0\x9F\x98\x80"};

    (void)state;
    for (size_t i = 0; i < COUNT(characters); i++) {
        for (size_t offset = 0; offset < 4; offset++) {
            char text[2048];
            size_t len = strlen(characters[i]);
            size_t used = offset;
            struct api_error api_error;

            memset(text, '-', sizeof(text));
            for (; used + len < sizeof(text); used += len)
                memcpy(text + used, characters[i], len);
            text[used] = '\0';
            api_error = make_fault(400, true, 1, text, text);
            api_error_set_tracking_id(&api_error, text);
            assert_true(api_error.cut);
            assert_shown(api_error.text, sizeof(api_error.text));
            assert_shown(api_error.name, sizeof(api_error.name));
            assert_shown(api_error.tracking_id, sizeof(api_error.tracking_id));
            assert_true(strlen(api_error.text) > sizeof(api_error.text) - 5);
            assert_int_equal(
                strncmp(api_error.text, text, strlen(api_error.text)), 0);
        }
    }
}

/* Messages must be joined up to the end of the room, wherever it falls, and a
 * message that just fits is not cut. */
static void test_joins_up_to_the_end(void **state)
{
    char text[sizeof(((struct api_error *)0)->text) + 8];

    (void)state;
    for (size_t len = sizeof(text) - 20; len < sizeof(text); len++) {
        struct api_error api_error;
        bool fits = len < sizeof(api_error.text);

        memset(text, 'm', len);
        text[len] = '\0';
        api_error = make_fault(400, true, 1, NULL, text);
        assert_int_equal(api_error.cut, !fits);
        assert_int_equal(strlen(api_error.text),
                         fits ? len : sizeof(api_error.text) - 1);
        api_error_add(&api_error, true, 2, NULL, "\xC3\xA4\xC3\xA4");
        api_error_add(&api_error, true, 3, NULL, "end");
        assert_shown(api_error.text, sizeof(api_error.text));
        assert_int_equal(api_error.cut,
                         len + strlen("; xxxx; end") >= sizeof(api_error.text));
    }
}

/* What is not UTF-8 or would steer a terminal must not be shown as it came. */
static void test_cleans_texts(void **state)
{
    struct http_response response = make_response(502, "x");
    struct api_error api_error;

    (void)state;
    response.tracking_id = "a\xFF\x1B[2Jb\x7F";
    response.content_type = "text/\xE4\x1B; charset=\xC3";
    response.text = "reset\r\n\xF0\x9F";
    api_error_of_foreign_answer(&api_error, &response, "why");
    assert_shown(api_error.text, sizeof(api_error.text));
    assert_shown(api_error.tracking_id, sizeof(api_error.tracking_id));
    assert_string_equal(api_error.tracking_id, "a??[2Jb?");
    response.failure = HTTP_BROKEN;
    api_error_of_transport(&api_error, &response, true);
    assert_shown(api_error.text, sizeof(api_error.text));
    api_error = make_fault(400, true, 1, "Na\nme", "me\tss\xC3\xA4ge\x01");
    assert_string_equal(api_error.name, "Na?me");
    assert_string_equal(api_error.text, "me?ss\xC3\xA4ge?");
}

/* What is too large must be asked for again only where it need not be so the
 * next time; no memory ends the run in either case. */
static void test_too_large(void **state)
{
    struct http_response response = make_response(200, "");
    struct api_error api_error;

    (void)state;
    response.failure = HTTP_TOO_LARGE;
    api_error_of_transport(&api_error, &response, true);
    assert_int_equal(api_error.action, API_ERROR_FAIL);
    api_error_of_transport(&api_error, &response, false);
    assert_int_equal(api_error.action, API_ERROR_RETRY);
    assert_string_equal(api_error.name, "AnswerTooLarge");
    response.failure = HTTP_NO_MEMORY;
    api_error_of_transport(&api_error, &response, false);
    assert_int_equal(api_error.action, API_ERROR_MEMORY);
}

/* The tracking id of the body must go before the header's. */
static void test_tracking_id(void **state)
{
    struct http_response response = make_response(400, "");
    struct api_error api_error;

    (void)state;
    api_error_init(&api_error, &response);
    assert_string_equal(api_error.tracking_id, "from-header");
    assert_int_equal(api_error.http_status, 400);
    api_error_set_tracking_id(&api_error, "from-body");
    assert_string_equal(api_error.tracking_id, "from-body");
    response.tracking_id = NULL;
    api_error_init(&api_error, &response);
    assert_string_equal(api_error.tracking_id, "");
    assert_string_equal(api_error.name, "");
    assert_string_equal(api_error.text, "");
    assert_false(api_error.numbered);
    assert_false(api_error.cut);
}

/* ---- other answers, and none ----------------------------------------------
 */

/* An answer that is not the service's must be judged by its status: success is
 * unreadable, 5xx and 408 may pass, 4xx and redirects are refusals. Only 401
 * and 429 are certain: what lies behind the others is not known. */
static void test_foreign_answers(void **state)
{
    (void)state;
    for (long status = 200; status < 600; status++) {
        struct http_response response = make_response(status, "<html>");
        bool success = status < 300;
        bool may_pass = success || status == 408 || status >= 500;
        enum api_error_action action = API_ERROR_FAIL;
        struct api_error api_error;
        char part[32];

        if (may_pass)
            action = API_ERROR_RETRY;
        if (status == 401)
            action = API_ERROR_SIGN_IN;
        if (status == 429)
            action = API_ERROR_THROTTLE;
        api_error_of_foreign_answer(&api_error, &response, "no JSON");
        assert_int_equal(api_error.action, action);
        assert_int_equal(api_error.certain, status == 401 || status == 429);
        assert_string_equal(api_error.name,
                            success ? "UnreadableAnswer" : "HttpError");
        assert_int_equal(api_error.http_status, status);
        assert_false(api_error.numbered);
        assert_string_equal(api_error.tracking_id, "from-header");
        (void)snprintf(part, sizeof(part), "%ld", status);
        assert_non_null(strstr(api_error.text, part));
        assert_non_null(strstr(api_error.text, "no JSON"));
        assert_non_null(strstr(api_error.text, "6 bytes"));
        assert_non_null(strstr(api_error.text, "application/json"));
    }
}

/* An answer without a content type must be told without one. */
static void test_foreign_answer_without_type(void **state)
{
    struct http_response response = make_response(503, "");
    struct api_error api_error;

    (void)state;
    response.content_type = "";
    api_error_of_foreign_answer(&api_error, &response, "nothing");
    assert_non_null(strstr(api_error.text, "(0 bytes)"));
}

/* A failure below HTTP must have its name and libcurl's words; it may be tried
 * again, and is certain only where nothing was sent. */
static void test_transport_failures(void **state)
{
    static const struct {
        enum http_failure failure;
        const char *name;
        enum api_error_action action;
    } cases[] = {
        {HTTP_CONNECT_FAILED, "ConnectionFailed", API_ERROR_RETRY},
        {HTTP_TLS_FAILED, "TlsFailed", API_ERROR_RETRY},
        {HTTP_TIMED_OUT, "Timeout", API_ERROR_RETRY},
        {HTTP_BROKEN, "ConnectionLost", API_ERROR_RETRY},
        {HTTP_TOO_LARGE, "AnswerTooLarge", API_ERROR_FAIL},
        {HTTP_NO_MEMORY, "OutOfMemory", API_ERROR_MEMORY},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int sent = 0; sent <= 1; sent++) {
            struct http_response response = make_response(0, "");
            struct api_error api_error;

            response.failure = cases[i].failure;
            response.sent = sent;
            response.text = "what libcurl said";
            api_error_of_transport(&api_error, &response, true);
            assert_int_equal(api_error.action, cases[i].action);
            assert_int_equal(api_error.certain, !sent);
            assert_string_equal(api_error.name, cases[i].name);
            assert_string_equal(api_error.text, "what libcurl said");
            assert_int_equal(api_error.http_status, 0);
            assert_false(api_error.numbered);
        }
    }
}

/* A fault of our own finding must be certain and final, without a number, and
 * keep status and tracking id. */
static void test_local_faults(void **state)
{
    struct api_error api_error =
        make_fault(200, true, 117, "CallRateExceeded", "m");

    (void)state;
    api_error_set_local(&api_error, "WrongUser", "text");
    assert_int_equal(api_error.action, API_ERROR_FAIL);
    assert_true(api_error.certain);
    assert_false(api_error.numbered);
    assert_string_equal(api_error.name, "WrongUser");
    assert_string_equal(api_error.text, "text");
    assert_int_equal(api_error.http_status, 200);
    assert_string_equal(api_error.tracking_id, "from-header");
    api_error_set_memory(&api_error);
    assert_int_equal(api_error.action, API_ERROR_MEMORY);
    assert_true(api_error.certain);
    assert_string_equal(api_error.name, "OutOfMemory");
}

/* ---- masking --------------------------------------------------------------
 */

/* Each occurrence of a value must become "***"; short values and other letter
 * cases are left. */
static void test_masks(void **state)
{
    static const struct {
        const char *message, *value, *masked;
    } cases[] = {
        {"Ann Lee", "Lee", "Ann ***"},
        {"LeeLee Lee", "Lee", "****** ***"},
        {"City 'Bad Homburg' is wrong", "Bad Homburg", "City '***' is wrong"},
        {"abc", "abc", "***"},
        {"abcd", "abcd", "***"},
        {"aaaa", "aaa", "***a"},
        {"xM\xC3\xBCnchenx", "M\xC3\xBCnchen", "x***x"},
        {"\xE2\x82\xAC!", "\xE2\x82\xAC", "***!"},
        {"ab cd", "ab", "ab cd"},
        {"ab cd", "", "ab cd"},
        {"ab cd", NULL, "ab cd"},
        {"lee", "Lee", "lee"},
        {"Le", "Lee", "Le"},
        {"", "Lee", ""},
        {"***", "***", "***"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct api_error api_error =
            make_fault(400, true, 1, NULL, cases[i].message);

        api_error_redact(&api_error, cases[i].value);
        assert_string_equal(api_error.text, cases[i].masked);
    }
}

/* A value with characters that a message does not show must be masked too. */
static void test_masks_cleaned_value(void **state)
{
    struct api_error api_error =
        make_fault(400, true, 1, NULL, "Line1 'Main Street\nHouse\t7' is bad");

    (void)state;
    api_error_redact(&api_error, "Main Street\nHouse\t7");
    assert_string_equal(api_error.text, "Line1 '***' is bad");
}

/* A value that the end of the room cuts must be masked wherever it is cut, and
 * nothing of three bytes or more of it may be left. */
static void test_masks_cut_value(void **state)
{
    static const char value[] = "Waltraud M\xC3\xBCller-L\xC3\xBC"
                                "denscheidt";

    (void)state;
    for (size_t before = 460; before < 520; before++) {
        char message[1024];
        struct api_error api_error;

        memset(message, '-', before);
        memcpy(message + before, value, sizeof(value));
        api_error = make_fault(400, true, 1, NULL, message);
        api_error_redact(&api_error, value);
        assert_null(strstr(api_error.text, "Wal"));
        assert_shown(api_error.text, sizeof(api_error.text));
        assert_int_equal(strspn(api_error.text, "-"),
                         before < sizeof(api_error.text)
                             ? before
                             : sizeof(api_error.text) - 1);
    }
}

/* A message that was not cut must keep an end that looks like the beginning of
 * a value. */
static void test_keeps_end_of_whole_message(void **state)
{
    struct api_error api_error = make_fault(400, true, 1, NULL, "City is Bad");

    (void)state;
    api_error_redact(&api_error, "Bad Homburg");
    assert_string_equal(api_error.text, "City is Bad");
}

/* Masked again and again, with values that overlap, longest first, a message
 * must show none of them. */
static void test_masks_several(void **state)
{
    static const char *const values[] = {
        "Anna Maria Lee", "Anna Maria", "Maria", "Anna", "Ann", "Lee"};
    struct api_error api_error = make_fault(
        400, true, 1, NULL, "Anna Maria Lee, Anna Maria, Ann, Lee, AnnLee");

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++)
        api_error_redact(&api_error, values[i]);
    assert_string_equal(api_error.text, "***, ***, ***, ***, ******");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_by_status),
        cmocka_unit_test(test_errors_by_name),
        cmocka_unit_test(test_errors_by_number),
        cmocka_unit_test(test_no_permission_stops_nothing),
        cmocka_unit_test(test_unknown_errors),
        cmocka_unit_test(test_zero_is_doubt),
        cmocka_unit_test(test_name_without_number),
        cmocka_unit_test(test_joins_errors),
        cmocka_unit_test(test_errors_without_message),
        cmocka_unit_test(test_cuts_between_characters),
        cmocka_unit_test(test_joins_up_to_the_end),
        cmocka_unit_test(test_cleans_texts),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_tracking_id),
        cmocka_unit_test(test_foreign_answers),
        cmocka_unit_test(test_foreign_answer_without_type),
        cmocka_unit_test(test_transport_failures),
        cmocka_unit_test(test_local_faults),
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_masks_cleaned_value),
        cmocka_unit_test(test_masks_cut_value),
        cmocka_unit_test(test_keeps_end_of_whole_message),
        cmocka_unit_test(test_masks_several),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
