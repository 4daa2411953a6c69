#include "unit.h"

#include "service/bing/errors.h"
#include "user/failure_summary.h"

/* A fault below HTTP. */
static struct api_error lost(enum http_failure failure)
{
    struct http_response response = make_response(0, "");
    struct api_error api_error;

    response.failure = failure;
    api_error_init_transport(&api_error, &response, true);
    return api_error;
}

/* A proxy's answer. */
static struct api_error foreign(long status)
{
    struct http_response response = make_response(status, "<html>");
    struct api_error api_error;

    api_error_init_unexpected(&api_error, &response, "not JSON");
    return api_error;
}

/* The service's own error. */
static struct api_error refused(long status, long code, const char *name)
{
    struct http_response response = make_response(status, "");
    struct api_error api_error;

    api_error_init(&api_error, &response);
    bing_errors_add(&api_error, true, code, name, "a message");
    return api_error;
}

static void add(struct failure_summary *failures, struct api_error api_error,
                unsigned times)
{
    while (times-- > 0)
        failure_summary_add(failures, &api_error, 1000);
}

static void assert_text(const struct failure_summary *failures, int64_t now,
                        const char *expected)
{
    char text[FAILURES_TEXT_SIZE];

    memset(text, 'x', sizeof(text));
    failure_summary_describe(failures, now, text, sizeof(text));
    assert_string_equal(text, expected);
}

/* Failures are counted by their kind, in the order of their first appearance,
 * wherever the later ones come. */
static void test_folded(void **state)
{
    struct failure_summary failures;

    (void)state;
    failure_summary_init(&failures);
    add(&failures, foreign(503), 1);
    add(&failures, lost(HTTP_TIMED_OUT), 2);
    add(&failures, foreign(503), 3);
    assert_int_equal(failure_summary_count(&failures), 6);
    assert_text(&failures, 42000,
                "HTTP 503 four times, time-out twice, in 41 s");
}

/* One failure speaks for itself; none says nothing. */
static void test_nothing_to_fold(void **state)
{
    struct failure_summary failures;

    (void)state;
    failure_summary_init(&failures);
    assert_int_equal(failure_summary_count(&failures), 0);
    assert_text(&failures, 5000, "");
    add(&failures, foreign(500), 1);
    assert_int_equal(failure_summary_count(&failures), 1);
    assert_text(&failures, 5000, "");
}

/* Each kind has a name that reads well: our own in words, those of the service
 * as they are, a status or a number where there is no name. */
static void test_names(void **state)
{
    struct failure_summary failures;

    (void)state;
    failure_summary_init(&failures);
    add(&failures, lost(HTTP_CONNECT_FAILED), 1);
    add(&failures, lost(HTTP_TLS_FAILED), 1);
    add(&failures, lost(HTTP_BROKEN), 1);
    add(&failures, lost(HTTP_TOO_LARGE), 1);
    add(&failures, foreign(200), 1);
    add(&failures, foreign(429), 1);
    assert_text(
        &failures, 2000,
        "no connection once, TLS failure once, connection lost once, "
        "response too large once, unexpected response once, HTTP 429 once, "
        "in 1.0 s");
    failure_summary_init(&failures);
    add(&failures, refused(200, 117, "CallRateExceeded"), 1);
    add(&failures, refused(200, 117, ""), 1); /* the number says the name */
    add(&failures, refused(500, 0, "InternalError"), 1);
    add(&failures, refused(400, 209, ""), 1); /* has two meanings */
    assert_text(&failures, 2000,
                "CallRateExceeded twice, InternalError once, error 209 once, "
                "in 1.0 s");
}

/* Kinds beyond the bound are counted together, and known ones still apart. */
static void test_many_kinds(void **state)
{
    struct failure_summary failures;

    (void)state;
    failure_summary_init(&failures);
    for (long status = 501; status <= 508; status++)
        add(&failures, foreign(status), 1);
    add(&failures, foreign(506), 1);
    add(&failures, foreign(507), 1);
    assert_int_equal(failure_summary_count(&failures), 10);
    assert_text(&failures, 2000,
                "HTTP 501 once, HTTP 502 once, HTTP 503 once, HTTP 504 once, "
                "HTTP 505 once, HTTP 506 twice, others three times, in 1.0 s");
}

/* Small counts are words, larger ones numbers. */
static void test_counts(void **state)
{
    static const char *const words[] = {
        "twice",     "three times", "four times",  "five times",
        "six times", "seven times", "eight times", "nine times",
        "ten times", "11 times",    "12 times",
    };
    struct failure_summary failures;
    char expected[64];

    (void)state;
    failure_summary_init(&failures);
    add(&failures, foreign(503), 1);
    for (size_t i = 0; i < COUNT(words); i++) {
        add(&failures, foreign(503), 1);
        snprintf(expected, sizeof(expected), "HTTP 503 %s, in 1.0 s", words[i]);
        assert_text(&failures, 2000, expected);
    }
}

/* The time is from the first failure on, in a unit that fits. */
static void test_durations(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {-5, "0 ms"},           {0, "0 ms"},          {99, "99 ms"},
        {100, "0.1 s"},         {499, "0.4 s"},       {9999, "9.9 s"},
        {10000, "10 s"},        {119999, "119 s"},    {120000, "2 min"},
        {12 * 60000, "12 min"}, {7199999, "119 min"}, {7200000, "2 h"},
    };
    struct failure_summary failures;
    struct api_error api_error;
    char expected[64];

    (void)state;
    api_error = foreign(503);
    failure_summary_init(&failures);
    failure_summary_add(&failures, &api_error, 1000);
    failure_summary_add(&failures, &api_error, 1900);
    for (size_t i = 0; i < COUNT(cases); i++) {
        snprintf(expected, sizeof(expected), "HTTP 503 twice, in %s",
                 cases[i].text);
        assert_text(&failures, 1000 + cases[i].ms, expected);
    }
}

/* The longest text fits the size that the header names; in less room it is cut,
 * and nothing is written behind it. */
static void test_room(void **state)
{
    struct failure_summary failures;
    char whole[FAILURES_TEXT_SIZE], text[FAILURES_TEXT_SIZE];
    char name[64];

    (void)state;
    failure_summary_init(&failures);
    memset(name, 'N', sizeof(name));
    name[63] = '\0';
    for (int kind = 0; kind < FAILURES_KINDS + 1; kind++) {
        name[0] = (char)('A' + kind);
        add(&failures, refused(400, 1, name), 1);
    }
    for (unsigned i = 0; i < FAILURES_KINDS; i++)
        failures.kinds[i].count = 600000000;
    failures.others = 400000000;
    failure_summary_describe(&failures, INT64_MAX, whole, sizeof(whole));
    assert_non_null(strstr(whole, "others 400000000 times, in "));
    assert_string_equal(whole + strlen(whole) - 2, " h");
    for (size_t size = 1; size < sizeof(text); size++) {
        memset(text, '#', sizeof(text));
        failure_summary_describe(&failures, INT64_MAX, text, size);
        assert_true(strlen(text) < size);
        assert_memory_equal(text, whole, strlen(text));
        assert_int_equal(text[size], '#');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folded), cmocka_unit_test(test_nothing_to_fold),
        cmocka_unit_test(test_names),  cmocka_unit_test(test_many_kinds),
        cmocka_unit_test(test_counts), cmocka_unit_test(test_durations),
        cmocka_unit_test(test_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
