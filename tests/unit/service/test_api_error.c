#include "unit.h"

#include "service/api_error.h"
#include "base/text.h"

static struct fault start(long status)
{
    struct http_response response = make_response(status, "");
    struct fault fault;

    memset(&fault, 0x55, sizeof(fault)); /* nothing may be left of it */
    fault_init(&fault, &response);
    return fault;
}

/* A fault of one error, as the service sends it. */
static struct fault make_fault(long status, bool numbered, long code,
                               const char *name, const char *message)
{
    struct fault fault = start(status);

    fault_add(&fault, numbered, code, name, message);
    return fault;
}

static void assert_shown(const char *text, size_t size)
{
    assert_true(strlen(text) < size);
    assert_true(text_is_utf8(text, strlen(text)));
    for (; *text; text++)
        assert_true((unsigned char)*text >= ' ' && *text != 0x7F);
}

/* Status 500 and above leave an update in doubt, but where the error says that
 * the call was turned away at the door. */
static bool is_certain(long status, long code, enum fault_action action)
{
    return code != 0 && (status < 500 || action == FAULT_THROTTLE ||
                         action == FAULT_STALE || action == FAULT_SIGN_IN ||
                         action == FAULT_ACCOUNT || action == FAULT_STOP);
}

/* ---- the service's errors -------------------------------------------------
 */

/* What a status means where no error that is known explains it. */
static const struct {
    long status;
    enum fault_action action;
    bool certain;
} by_status[] = {
    {200, FAULT_FAIL, false},    {400, FAULT_FAIL, true},
    {401, FAULT_SIGN_IN, true},  {403, FAULT_FAIL, true},
    {404, FAULT_FAIL, true},     {408, FAULT_RETRY, false},
    {409, FAULT_FAIL, true},     {417, FAULT_FAIL, true},
    {429, FAULT_THROTTLE, true}, {500, FAULT_RETRY, false},
    {502, FAULT_RETRY, false},   {503, FAULT_RETRY, false},
    {504, FAULT_RETRY, false},
};

/* An error of a service with numbers of its own must be judged by its status,
 * whatever its number means in Customer Management. */
static void test_error_by_status(void **state)
{
    static const long codes[] = {0, 105, 108, 116, 117, 207, 209};

    (void)state;
    for (size_t i = 0; i < COUNT(by_status); i++) {
        for (size_t j = 0; j < COUNT(codes); j++) {
            struct fault fault = start(by_status[i].status);

            fault_set_error(&fault, true, codes[j], NULL, "Why.");
            assert_int_equal(fault.action, by_status[i].action);
            assert_int_equal(fault.certain, by_status[i].certain);
            assert_int_equal(fault.code, codes[j]);
            assert_true(fault.numbered);
            assert_string_equal(fault.name, "");
            assert_string_equal(fault.text, "Why.");
            assert_null(fault.column);
        }
    }
}

/* What each error means, by its name and by its number alone. */
static const struct {
    long code;
    const char *name; /* "": none is known */
    enum fault_action by_name, by_number;
} errors[] = {
    {0, "InternalError", FAULT_RETRY, FAULT_RETRY},
    {100, "NullRequest", FAULT_FAIL, FAULT_FAIL},
    {105, "InvalidCredentials", FAULT_SIGN_IN, FAULT_SIGN_IN},
    {106, "UserIsNotAuthorized", FAULT_FAIL, FAULT_FAIL},
    {108, "UserCompromised", FAULT_ACCOUNT, FAULT_ACCOUNT},
    {109, "AuthenticationTokenExpired", FAULT_SIGN_IN, FAULT_SIGN_IN},
    {116, "RequestMissingHeaders", FAULT_STOP, FAULT_STOP},
    {117, "CallRateExceeded", FAULT_THROTTLE, FAULT_THROTTLE},
    {120, "UserLoginAccessDenied", FAULT_ACCOUNT, FAULT_ACCOUNT},
    {122, "PersonalIdentityNotAvailable", FAULT_ACCOUNT, FAULT_ACCOUNT},
    {123, "WorkIdentityNotAvailable", FAULT_ACCOUNT, FAULT_ACCOUNT},
    {124, "PersonalIdentityMigratedToWork", FAULT_ACCOUNT, FAULT_ACCOUNT},
    {125, "PersonalIdentityNotAllowedByCustomer", FAULT_ACCOUNT, FAULT_ACCOUNT},
    {200, "", FAULT_FAIL, FAULT_FAIL},
    {201, "ApiInputValidationError", FAULT_FAIL, FAULT_FAIL},
    {202, "ApiExecutionError", FAULT_FAIL, FAULT_FAIL},
    {203, "NullParameter", FAULT_FAIL, FAULT_FAIL},
    {204, "OperationNotSupported", FAULT_STOP, FAULT_STOP},
    /* by number alone: a line of the address, or of the stale time stamp */
    {205, "InvalidVersion", FAULT_STOP, FAULT_STOP},
    {207, "ConcurrentRequestOverLimit", FAULT_THROTTLE, FAULT_THROTTLE},
    {209, "TimestampNotMatch", FAULT_STALE, FAULT_STALE},
    {210, "EntityNotExistent", FAULT_FAIL, FAULT_FAIL},
    {211, "NameTooLong", FAULT_FAIL, FAULT_FAIL},
    {303, "ApiVersionNoLongerSupported", FAULT_STOP, FAULT_STOP},
    {1001, "", FAULT_FAIL, FAULT_FAIL},
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
            struct fault fault = make_fault(statuses[j], true, errors[i].code,
                                            errors[i].name, "m");

            assert_int_equal(fault.action, errors[i].by_name);
            assert_string_equal(fault.name, errors[i].name);
            assert_int_equal(fault.code, errors[i].code);
            assert_true(fault.numbered);
            assert_int_equal(
                fault.certain,
                is_certain(statuses[j], errors[i].code, errors[i].by_name));
            fault = make_fault(statuses[j], true, 106, errors[i].name, "m");
            assert_int_equal(fault.action, errors[i].by_name);
            fault = make_fault(statuses[j], false, 0, errors[i].name, "m");
            assert_int_equal(fault.action, errors[i].by_name);
            assert_false(fault.numbered);
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
            struct fault fault =
                make_fault(400, true, errors[i].code, names[j], "m");

            assert_int_equal(fault.action, errors[i].by_number);
            assert_string_equal(fault.name, twofold ? "" : errors[i].name);
            assert_int_equal(fault.column != NULL, twofold);
            assert_true(fault.numbered);
            assert_int_equal(fault.code, errors[i].code);
            assert_int_equal(fault.certain, errors[i].code != 0);
        }
    }
}

/* One user whom we may not change must not stop the run, whatever status comes
 * with it. */
static void test_no_permission_stops_nothing(void **state)
{
    (void)state;
    assert_int_equal(make_fault(401, true, 1001, NULL, "m").action, FAULT_FAIL);
    assert_int_equal(make_fault(403, true, 106, NULL, "m").action, FAULT_FAIL);
}

/* An error that is not known must be judged by the status. */
static void test_unknown_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(by_status); i++) {
        struct fault fault =
            make_fault(by_status[i].status, true, 4711, "SomethingNew", "m");

        assert_int_equal(fault.action, by_status[i].action);
        assert_int_equal(fault.certain, by_status[i].certain);
        assert_string_equal(fault.name, "SomethingNew");
        fault = make_fault(by_status[i].status, true, 4711, NULL, "m");
        assert_int_equal(fault.action, by_status[i].action);
        assert_int_equal(fault.certain, by_status[i].certain);
        assert_string_equal(fault.name, "");
        assert_int_equal(fault.code, 4711);
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
    struct fault fault = make_fault(400, false, 0, "SomethingNew", "m");

    (void)state;
    assert_int_equal(fault.action, FAULT_FAIL);
    assert_true(fault.certain);
    assert_false(fault.numbered);
}

/* Of several errors the first one must decide; all messages are joined. */
static void test_joins_errors(void **state)
{
    struct fault fault = start(400);

    (void)state;
    fault_add(&fault, true, 211, "NameTooLong", "First.");
    fault_add(&fault, true, 105, "InvalidCredentials", "Second.");
    fault_add(&fault, true, 0, NULL, "Third.");
    assert_string_equal(fault.text, "First.; Second.; Third.");
    assert_string_equal(fault.name, "NameTooLong");
    assert_int_equal(fault.code, 211);
    assert_int_equal(fault.action, FAULT_FAIL);
    assert_true(fault.certain);
    assert_false(fault.cut);
}

/* An error without a message must count as the first one all the same. */
static void test_errors_without_message(void **state)
{
    struct fault fault = start(400);

    (void)state;
    fault_add(&fault, true, 117, NULL, NULL);
    assert_string_equal(fault.text, "");
    fault_add(&fault, true, 105, NULL, "Second.");
    assert_string_equal(fault.text, "Second.");
    assert_int_equal(fault.code, 117);
    assert_int_equal(fault.action, FAULT_THROTTLE);
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
            struct fault fault;

            memset(text, '-', sizeof(text));
            for (; used + len < sizeof(text); used += len)
                memcpy(text + used, characters[i], len);
            text[used] = '\0';
            fault = make_fault(400, true, 1, text, text);
            fault_set_tracking_id(&fault, text);
            assert_true(fault.cut);
            assert_shown(fault.text, sizeof(fault.text));
            assert_shown(fault.name, sizeof(fault.name));
            assert_shown(fault.tracking_id, sizeof(fault.tracking_id));
            assert_true(strlen(fault.text) > sizeof(fault.text) - 5);
            assert_int_equal(strncmp(fault.text, text, strlen(fault.text)), 0);
        }
    }
}

/* Messages must be joined up to the end of the room, wherever it falls, and a
 * message that just fits is not cut. */
static void test_joins_up_to_the_end(void **state)
{
    char text[sizeof(((struct fault *)0)->text) + 8];

    (void)state;
    for (size_t len = sizeof(text) - 20; len < sizeof(text); len++) {
        struct fault fault;
        bool fits = len < sizeof(fault.text);

        memset(text, 'm', len);
        text[len] = '\0';
        fault = make_fault(400, true, 1, NULL, text);
        assert_int_equal(fault.cut, !fits);
        assert_int_equal(strlen(fault.text),
                         fits ? len : sizeof(fault.text) - 1);
        fault_add(&fault, true, 2, NULL, "\xC3\xA4\xC3\xA4");
        fault_add(&fault, true, 3, NULL, "end");
        assert_shown(fault.text, sizeof(fault.text));
        assert_int_equal(fault.cut,
                         len + strlen("; xxxx; end") >= sizeof(fault.text));
    }
}

/* What is not UTF-8 or would steer a terminal must not be shown as it came. */
static void test_cleans_texts(void **state)
{
    struct http_response response = make_response(502, "x");
    struct fault fault;

    (void)state;
    response.tracking_id = "a\xFF\x1B[2Jb\x7F";
    response.content_type = "text/\xE4\x1B; charset=\xC3";
    response.text = "reset\r\n\xF0\x9F";
    fault_of_foreign_answer(&fault, &response, "why");
    assert_shown(fault.text, sizeof(fault.text));
    assert_shown(fault.tracking_id, sizeof(fault.tracking_id));
    assert_string_equal(fault.tracking_id, "a??[2Jb?");
    response.failure = HTTP_BROKEN;
    fault_of_transport(&fault, &response, true);
    assert_shown(fault.text, sizeof(fault.text));
    fault = make_fault(400, true, 1, "Na\nme", "me\tss\xC3\xA4ge\x01");
    assert_string_equal(fault.name, "Na?me");
    assert_string_equal(fault.text, "me?ss\xC3\xA4ge?");
}

/* What is too large must be asked for again only where it need not be so the
 * next time; no memory ends the run in either case. */
static void test_too_large(void **state)
{
    struct http_response response = make_response(200, "");
    struct fault fault;

    (void)state;
    response.failure = HTTP_TOO_LARGE;
    fault_of_transport(&fault, &response, true);
    assert_int_equal(fault.action, FAULT_FAIL);
    fault_of_transport(&fault, &response, false);
    assert_int_equal(fault.action, FAULT_RETRY);
    assert_string_equal(fault.name, "AnswerTooLarge");
    response.failure = HTTP_NO_MEMORY;
    fault_of_transport(&fault, &response, false);
    assert_int_equal(fault.action, FAULT_MEMORY);
}

/* The tracking id of the body must go before the header's. */
static void test_tracking_id(void **state)
{
    struct http_response response = make_response(400, "");
    struct fault fault;

    (void)state;
    fault_init(&fault, &response);
    assert_string_equal(fault.tracking_id, "from-header");
    assert_int_equal(fault.http_status, 400);
    fault_set_tracking_id(&fault, "from-body");
    assert_string_equal(fault.tracking_id, "from-body");
    response.tracking_id = NULL;
    fault_init(&fault, &response);
    assert_string_equal(fault.tracking_id, "");
    assert_string_equal(fault.name, "");
    assert_string_equal(fault.text, "");
    assert_false(fault.numbered);
    assert_false(fault.cut);
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
        enum fault_action action = FAULT_FAIL;
        struct fault fault;
        char part[32];

        if (may_pass)
            action = FAULT_RETRY;
        if (status == 401)
            action = FAULT_SIGN_IN;
        if (status == 429)
            action = FAULT_THROTTLE;
        fault_of_foreign_answer(&fault, &response, "no JSON");
        assert_int_equal(fault.action, action);
        assert_int_equal(fault.certain, status == 401 || status == 429);
        assert_string_equal(fault.name,
                            success ? "UnreadableAnswer" : "HttpError");
        assert_int_equal(fault.http_status, status);
        assert_false(fault.numbered);
        assert_string_equal(fault.tracking_id, "from-header");
        (void)snprintf(part, sizeof(part), "%ld", status);
        assert_non_null(strstr(fault.text, part));
        assert_non_null(strstr(fault.text, "no JSON"));
        assert_non_null(strstr(fault.text, "6 bytes"));
        assert_non_null(strstr(fault.text, "application/json"));
    }
}

/* An answer without a content type must be told without one. */
static void test_foreign_answer_without_type(void **state)
{
    struct http_response response = make_response(503, "");
    struct fault fault;

    (void)state;
    response.content_type = "";
    fault_of_foreign_answer(&fault, &response, "nothing");
    assert_non_null(strstr(fault.text, "(0 bytes)"));
}

/* A failure below HTTP must have its name and libcurl's words; it may be tried
 * again, and is certain only where nothing was sent. */
static void test_transport_failures(void **state)
{
    static const struct {
        enum http_failure failure;
        const char *name;
        enum fault_action action;
    } cases[] = {
        {HTTP_CONNECT_FAILED, "ConnectionFailed", FAULT_RETRY},
        {HTTP_TLS_FAILED, "TlsFailed", FAULT_RETRY},
        {HTTP_TIMED_OUT, "Timeout", FAULT_RETRY},
        {HTTP_BROKEN, "ConnectionLost", FAULT_RETRY},
        {HTTP_TOO_LARGE, "AnswerTooLarge", FAULT_FAIL},
        {HTTP_NO_MEMORY, "OutOfMemory", FAULT_MEMORY},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int sent = 0; sent <= 1; sent++) {
            struct http_response response = make_response(0, "");
            struct fault fault;

            response.failure = cases[i].failure;
            response.sent = sent;
            response.text = "what libcurl said";
            fault_of_transport(&fault, &response, true);
            assert_int_equal(fault.action, cases[i].action);
            assert_int_equal(fault.certain, !sent);
            assert_string_equal(fault.name, cases[i].name);
            assert_string_equal(fault.text, "what libcurl said");
            assert_int_equal(fault.http_status, 0);
            assert_false(fault.numbered);
        }
    }
}

/* A fault of our own finding must be certain and final, without a number, and
 * keep status and tracking id. */
static void test_local_faults(void **state)
{
    struct fault fault = make_fault(200, true, 117, "CallRateExceeded", "m");

    (void)state;
    fault_set_local(&fault, "WrongUser", "text");
    assert_int_equal(fault.action, FAULT_FAIL);
    assert_true(fault.certain);
    assert_false(fault.numbered);
    assert_string_equal(fault.name, "WrongUser");
    assert_string_equal(fault.text, "text");
    assert_int_equal(fault.http_status, 200);
    assert_string_equal(fault.tracking_id, "from-header");
    fault_set_memory(&fault);
    assert_int_equal(fault.action, FAULT_MEMORY);
    assert_true(fault.certain);
    assert_string_equal(fault.name, "OutOfMemory");
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
        struct fault fault = make_fault(400, true, 1, NULL, cases[i].message);

        fault_mask(&fault, cases[i].value);
        assert_string_equal(fault.text, cases[i].masked);
    }
}

/* A value with characters that a message does not show must be masked too. */
static void test_masks_cleaned_value(void **state)
{
    struct fault fault =
        make_fault(400, true, 1, NULL, "Line1 'Main Street\nHouse\t7' is bad");

    (void)state;
    fault_mask(&fault, "Main Street\nHouse\t7");
    assert_string_equal(fault.text, "Line1 '***' is bad");
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
        struct fault fault;

        memset(message, '-', before);
        memcpy(message + before, value, sizeof(value));
        fault = make_fault(400, true, 1, NULL, message);
        fault_mask(&fault, value);
        assert_null(strstr(fault.text, "Wal"));
        assert_shown(fault.text, sizeof(fault.text));
        assert_int_equal(strspn(fault.text, "-"), before < sizeof(fault.text)
                                                      ? before
                                                      : sizeof(fault.text) - 1);
    }
}

/* A message that was not cut must keep an end that looks like the beginning of
 * a value. */
static void test_keeps_end_of_whole_message(void **state)
{
    struct fault fault = make_fault(400, true, 1, NULL, "City is Bad");

    (void)state;
    fault_mask(&fault, "Bad Homburg");
    assert_string_equal(fault.text, "City is Bad");
}

/* Masked again and again, with values that overlap, longest first, a message
 * must show none of them. */
static void test_masks_several(void **state)
{
    static const char *const values[] = {
        "Anna Maria Lee", "Anna Maria", "Maria", "Anna", "Ann", "Lee"};
    struct fault fault = make_fault(
        400, true, 1, NULL, "Anna Maria Lee, Anna Maria, Ann, Lee, AnnLee");

    (void)state;
    for (size_t i = 0; i < COUNT(values); i++)
        fault_mask(&fault, values[i]);
    assert_string_equal(fault.text, "***, ***, ***, ***, ******");
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
