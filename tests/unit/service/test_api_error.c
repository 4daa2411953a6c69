#include "responses.h"

#include "base/utf8.h"

static struct api_error start(long status)
{
    struct http_response response = make_response(status, "");
    struct api_error api_error;

    memset(&api_error, 0x55, sizeof(api_error)); /* must be overwritten */
    api_error_init(&api_error, &response);
    return api_error;
}

/* An error that a service reported. */
static struct api_error make_error(long status, bool numbered, long code,
                                   const char *name, const char *message)
{
    struct api_error api_error = start(status);

    api_error_set(&api_error, numbered, code, name, message);
    return api_error;
}

static void assert_shown(const char *text, size_t size)
{
    assert_true(strlen(text) < size);
    assert_true(utf8_is_valid(text, strlen(text)));
    for (; *text; text++)
        assert_true((unsigned char)*text >= ' ' && *text != 0x7F);
}

/* ---- the service's errors -------------------------------------------------
 */

/* The error of a service must be judged by its status, whatever its number is.
 */
static void test_error_by_status(void **state)
{
    static const long codes[] = {0, 105, 108, 116, 117, 207, 209};

    (void)state;
    for (size_t i = 0; i < COUNT(by_status); i++) {
        for (size_t j = 0; j < COUNT(codes); j++) {
            struct api_error api_error = start(by_status[i].status);

            api_error_set(&api_error, true, codes[j], NULL, "Why.");
            assert_int_equal(api_error.action, by_status[i].action);
            assert_int_equal(api_error.not_applied, by_status[i].not_applied);
            assert_int_equal(api_error.code, codes[j]);
            assert_true(api_error.numbered);
            assert_string_equal(api_error.name, "");
            assert_string_equal(api_error.text, "Why.");
            assert_null(api_error.column);
        }
    }
}

/* An error that is added must not replace the first one; all messages are
 * joined, and a missing one leaves no separator. */
static void test_adds_messages(void **state)
{
    struct api_error api_error =
        make_error(400, true, 211, "NameTooLong", NULL);

    (void)state;
    api_error_add_message(&api_error, "First.");
    api_error_add_message(&api_error, "Second.");
    assert_string_equal(api_error.text, "First.; Second.");
    assert_string_equal(api_error.name, "NameTooLong");
    assert_int_equal(api_error.code, 211);
    assert_false(api_error.truncated);
}

/* An ambiguous error must become one of its value, and be final. */
static void test_blames_value(void **state)
{
    struct api_error api_error = make_error(500, true, 207, NULL, "m");

    (void)state;
    api_error.action = API_ERROR_THROTTLE;
    api_error.column = "Line3";
    api_error_blame_value(&api_error);
    assert_int_equal(api_error.action, API_ERROR_FAIL);
    assert_true(api_error.not_applied);
    assert_string_equal(api_error.column, "Line3");
}

/* ---- texts from outside ---------------------------------------------------
 */

/* A text that is too long must be truncated between two characters, and
 * reported as truncated. */
static void test_truncates_between_characters(void **state)
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
            api_error = make_error(400, true, 1, text, text);
            api_error_set_tracking_id(&api_error, text);
            assert_true(api_error.truncated);
            assert_shown(api_error.text, sizeof(api_error.text));
            assert_shown(api_error.name, sizeof(api_error.name));
            assert_shown(api_error.tracking_id, sizeof(api_error.tracking_id));
            assert_true(strlen(api_error.text) > sizeof(api_error.text) - 5);
            assert_int_equal(
                strncmp(api_error.text, text, strlen(api_error.text)), 0);
        }
    }
}

/* Messages must be joined up to the size of the text, wherever it ends, and a
 * message that just fits is not truncated. */
static void test_joins_up_to_the_end(void **state)
{
    char text[sizeof(((struct api_error *)0)->text) + 8];

    (void)state;
    for (size_t len = sizeof(text) - 20; len < sizeof(text); len++) {
        struct api_error api_error;
        bool fits = len < sizeof(api_error.text);

        memset(text, 'm', len);
        text[len] = '\0';
        api_error = make_error(400, true, 1, NULL, text);
        assert_int_equal(api_error.truncated, !fits);
        assert_int_equal(strlen(api_error.text),
                         fits ? len : sizeof(api_error.text) - 1);
        api_error_add_message(&api_error, "\xC3\xA4\xC3\xA4");
        api_error_add_message(&api_error, "end");
        assert_shown(api_error.text, sizeof(api_error.text));
        assert_int_equal(api_error.truncated,
                         len + strlen("; xxxx; end") >= sizeof(api_error.text));
    }
}

/* Invalid UTF-8 and control characters must be replaced in all texts. */
static void test_cleans_texts(void **state)
{
    struct http_response response = make_response(502, "x");
    struct api_error api_error;

    (void)state;
    response.tracking_id = "a\xFF\x1B[2Jb\x7F";
    response.content_type = "text/\xE4\x1B; charset=\xC3";
    response.text = "reset\r\n\xF0\x9F";
    api_error_init_unexpected(&api_error, &response, "why");
    assert_shown(api_error.text, sizeof(api_error.text));
    assert_shown(api_error.tracking_id, sizeof(api_error.tracking_id));
    assert_string_equal(api_error.tracking_id, "a?U+001B[2JbU+007F");
    response.failure = HTTP_BROKEN;
    api_error_init_transport(&api_error, &response, true);
    assert_shown(api_error.text, sizeof(api_error.text));
    api_error = make_error(400, true, 1, "Na\nme", "me\tss\xC3\xA4ge\x01");
    assert_string_equal(api_error.name, "Na me");
    assert_string_equal(api_error.text, "me ss\xC3\xA4geU+0001");
}

/* A response that is too large must be requested again only if it may be
 * smaller the next time; out of memory stops the run in both cases. */
static void test_too_large(void **state)
{
    struct http_response response = make_response(200, "");
    struct api_error api_error;

    (void)state;
    response.failure = HTTP_TOO_LARGE;
    api_error_init_transport(&api_error, &response, true);
    assert_int_equal(api_error.action, API_ERROR_FAIL);
    api_error_init_transport(&api_error, &response, false);
    assert_int_equal(api_error.action, API_ERROR_RETRY);
    assert_string_equal(api_error.name, "ResponseTooLarge");
    response.failure = HTTP_NO_MEMORY;
    api_error_init_transport(&api_error, &response, false);
    assert_int_equal(api_error.action, API_ERROR_MEMORY);
}

/* The tracking id of the body must replace the header's. */
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
    assert_false(api_error.truncated);
}

/* ---- unexpected responses, and none
 * ------------------------------------------
 */

/* A response that is not the service's must never be a refusal of the rows:
 * with 2xx, 407, 408 and 5xx a later call may succeed, with other statuses that
 * is unknown. Only 401 and 429 say that nothing was applied. */
static void test_unexpected_responses(void **state)
{
    (void)state;
    for (long status = 200; status < 600; status++) {
        struct http_response response = make_response(status, "<html>");
        bool success = status < 300;
        bool may_pass =
            success || status == 407 || status == 408 || status >= 500;
        enum api_error_action action = API_ERROR_UNEXPECTED;
        struct api_error api_error;
        char part[32];

        if (may_pass)
            action = API_ERROR_RETRY;
        if (status == 401)
            action = API_ERROR_SIGN_IN;
        if (status == 429)
            action = API_ERROR_THROTTLE;
        api_error_init_unexpected(&api_error, &response, "not JSON");
        assert_int_equal(api_error.action, action);
        assert_int_equal(api_error.not_applied, status == 401 || status == 429);
        assert_string_equal(api_error.name,
                            success ? "UnexpectedResponse" : "HttpError");
        assert_int_equal(api_error.http_status, status);
        assert_false(api_error.numbered);
        assert_string_equal(api_error.tracking_id, "from-header");
        (void)snprintf(part, sizeof(part), "%ld", status);
        assert_non_null(strstr(api_error.text, part));
        assert_non_null(strstr(api_error.text, "not JSON"));
        assert_non_null(strstr(api_error.text, "6 bytes"));
        assert_non_null(strstr(api_error.text, "application/json"));
    }
}

/* Without a content type the message must not mention one. */
static void test_unexpected_response_without_type(void **state)
{
    struct http_response response = make_response(503, "");
    struct api_error api_error;

    (void)state;
    response.content_type = "";
    api_error_init_unexpected(&api_error, &response, "empty");
    assert_non_null(strstr(api_error.text, "(0 bytes)"));
}

/* A failure below HTTP must have its name and libcurl's message; a retry may
 * help, and nothing was applied only if nothing was sent. */
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
        {HTTP_TOO_LARGE, "ResponseTooLarge", API_ERROR_FAIL},
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
            api_error_init_transport(&api_error, &response, true);
            assert_int_equal(api_error.action, cases[i].action);
            assert_int_equal(api_error.not_applied, !sent);
            assert_string_equal(api_error.name, cases[i].name);
            assert_string_equal(api_error.text, "what libcurl said");
            assert_int_equal(api_error.http_status, 0);
            assert_false(api_error.numbered);
        }
    }
}

/* An error that the program finds must be final and not applied, without a
 * number, and keep status and tracking id. The lack of memory says nothing
 * about an update. */
static void test_local_errors(void **state)
{
    struct api_error api_error =
        make_error(200, true, 117, "CallRateExceeded", "m");

    (void)state;
    api_error_set_local(&api_error, "WrongUser", "text");
    assert_int_equal(api_error.action, API_ERROR_FAIL);
    assert_true(api_error.not_applied);
    assert_false(api_error.numbered);
    assert_string_equal(api_error.name, "WrongUser");
    assert_string_equal(api_error.text, "text");
    assert_int_equal(api_error.http_status, 200);
    assert_string_equal(api_error.tracking_id, "from-header");
    api_error_set_memory(&api_error);
    assert_int_equal(api_error.action, API_ERROR_MEMORY);
    assert_false(api_error.not_applied);
    assert_string_equal(api_error.name, "OutOfMemory");
}

/* ---- redaction ------------------------------------------------------------
 */

/* Each occurrence of a value must become "***"; short values and those in
 * another letter case stay. */
static void test_redacts(void **state)
{
    static const struct {
        const char *message, *value, *redacted;
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
            make_error(400, true, 1, NULL, cases[i].message);

        api_error_redact(&api_error, cases[i].value);
        assert_string_equal(api_error.text, cases[i].redacted);
    }
}

/* A value with characters that are replaced in messages must be redacted too.
 */
static void test_redacts_cleaned_value(void **state)
{
    struct api_error api_error =
        make_error(400, true, 1, NULL, "Line1 'Main Street\nHouse\t7' is bad");

    (void)state;
    api_error_redact(&api_error, "Main Street\nHouse\t7");
    assert_string_equal(api_error.text, "Line1 '***' is bad");
}

/* A truncated value must be redacted wherever it ends, so that no three bytes
 * of it are left. */
static void test_redacts_truncated_value(void **state)
{
    static const char value[] = "Waltraud M\xC3\xBCller-L\xC3\xBC"
                                "denscheidt";

    (void)state;
    for (size_t before = 460; before < 520; before++) {
        char message[1024];
        struct api_error api_error;

        memset(message, '-', before);
        memcpy(message + before, value, sizeof(value));
        api_error = make_error(400, true, 1, NULL, message);
        api_error_redact(&api_error, value);
        assert_null(strstr(api_error.text, "Wal"));
        assert_shown(api_error.text, sizeof(api_error.text));
        assert_int_equal(strspn(api_error.text, "-"),
                         before < sizeof(api_error.text)
                             ? before
                             : sizeof(api_error.text) - 1);
    }
}

/* A message that was not truncated must keep an end that looks like the start
 * of a value. */
static void test_keeps_end_of_whole_message(void **state)
{
    struct api_error api_error = make_error(400, true, 1, NULL, "City is Bad");

    (void)state;
    api_error_redact(&api_error, "Bad Homburg");
    assert_string_equal(api_error.text, "City is Bad");
}

/* If values that contain each other are redacted, the longest first, a message
 * must contain none of them. */
static void test_redacts_several(void **state)
{
    static const char *const values[] = {
        "Anna Maria Lee", "Anna Maria", "Maria", "Anna", "Ann", "Lee"};
    struct api_error api_error = make_error(
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
        cmocka_unit_test(test_adds_messages),
        cmocka_unit_test(test_blames_value),
        cmocka_unit_test(test_truncates_between_characters),
        cmocka_unit_test(test_joins_up_to_the_end),
        cmocka_unit_test(test_cleans_texts),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_tracking_id),
        cmocka_unit_test(test_unexpected_responses),
        cmocka_unit_test(test_unexpected_response_without_type),
        cmocka_unit_test(test_transport_failures),
        cmocka_unit_test(test_local_errors),
        cmocka_unit_test(test_redacts),
        cmocka_unit_test(test_redacts_cleaned_value),
        cmocka_unit_test(test_redacts_truncated_value),
        cmocka_unit_test(test_keeps_end_of_whole_message),
        cmocka_unit_test(test_redacts_several),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
