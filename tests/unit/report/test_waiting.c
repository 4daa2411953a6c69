#include "report/waiting.h"

#include "unit.h"

#define NOW 1000000

static enum waiting_change note(struct waiting *waiting, bool holds,
                                int64_t until, int64_t now)
{
    const struct waiting_fact fact = {.holds = holds, .until = until};

    return waiting_note(waiting, WAITING_PAUSE, &fact, now);
}

/* A reason that lasts must be reported once when it begins and once when it
 * ends, and a short one never. */
static void test_begin_and_end(void **state)
{
    struct waiting waiting = {0};

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(note(&waiting, false, 0, NOW), WAITING_UNCHANGED);
        assert_int_equal(note(&waiting, true, 0, NOW), WAITING_UNCHANGED);
        assert_int_equal(note(&waiting, true, 0, NOW + 4999),
                         WAITING_UNCHANGED);
        assert_int_equal(waiting_reported(&waiting), WAITING_REASONS);
        assert_int_equal(note(&waiting, true, 0, NOW + 5000), WAITING_BEGINS);
        assert_int_equal(waiting_reported(&waiting), WAITING_PAUSE);
        assert_int_equal(waiting.states[WAITING_PAUSE].since, NOW);
        assert_int_equal(note(&waiting, true, 0, NOW + 9999),
                         WAITING_UNCHANGED);
        assert_int_equal(note(&waiting, false, 0, NOW + 9999), WAITING_ENDS);
        assert_int_equal(note(&waiting, false, 0, NOW + 9999),
                         WAITING_UNCHANGED);
        assert_int_equal(waiting_reported(&waiting), WAITING_REASONS);
        /* Two short ones are not a long one. */
        assert_int_equal(note(&waiting, true, 0, NOW), WAITING_UNCHANGED);
        assert_int_equal(note(&waiting, false, 0, NOW + 3000),
                         WAITING_UNCHANGED);
        assert_int_equal(note(&waiting, true, 0, NOW + 3001),
                         WAITING_UNCHANGED);
        assert_int_equal(note(&waiting, false, 0, NOW + 6000),
                         WAITING_UNCHANGED);
    }
}

/* If it is known that a reason will last, or if it must be reported at once,
 * nothing must wait for that. */
static void test_at_once(void **state)
{
    const struct waiting_fact at_once = {.holds = true, .at_once = true};
    struct waiting waiting = {0};

    (void)state;
    assert_int_equal(note(&waiting, true, NOW + 4999, NOW), WAITING_UNCHANGED);
    assert_int_equal(note(&waiting, true, NOW + 5000, NOW), WAITING_BEGINS);
    assert_int_equal(waiting_note(&waiting, WAITING_CONNECTION, &at_once, NOW),
                     WAITING_BEGINS);
    /* The more important one is displayed. */
    assert_int_equal(waiting_reported(&waiting), WAITING_CONNECTION);
}

static const struct waiting_fact fact = {
    .until = NOW + 38000,
    .until_wall = INT64_C(1767323045), /* 2026-01-02T03:04:05Z */
    .gives_up = NOW + 840000,
    .where = "https://api.example:8443/v13",
    .call = "UpdateUser",
    .failure = "Connection refused",
    .per_minute = 12.5,
};

/* Each reason must have its text, its end and its word. */
static void test_texts(void **state)
{
    static const struct {
        const char *text, *end, *name;
    } expected[WAITING_REASONS] = {
        [WAITING_TOKEN_LOCK] =
            {"waiting for the lock on https://api.example:8443/v13, which "
             "another process holds",
             "no longer waiting for the lock on https://api.example:8443/v13, "
             "after 3 min",
             "token-lock"},
        [WAITING_TOKEN_FILE] =
            {"waiting for a new access token from "
             "https://api.example:8443/v13, because the service rejects the "
             "present one",
             "no longer waiting for a new access token from "
             "https://api.example:8443/v13, after 3 min",
             "token-file"},
        [WAITING_TOKEN] = {"waiting for the token endpoint api.example:8443: "
                           "Connection refused",
                           "no longer waiting for the token endpoint "
                           "api.example:8443, after 3 min",
                           "token-endpoint"},
        [WAITING_CONNECTION] =
            {"no connection to api.example:8443: Connection refused",
             "connected again to api.example:8443, after 3 min",
             "no-connection"},
        [WAITING_SUCCESS] = {"no UpdateUser succeeds: Connection refused",
                             "calls succeed again, after 3 min", "no-success"},
        [WAITING_PAUSE] = {"paused by the service until 03:04:05 UTC: "
                           "Connection refused",
                           "no longer paused by the service, after 3 min",
                           "paused"},
        [WAITING_THROTTLE] = {"throttled by the service: Connection refused",
                              "no longer throttled by the service, after 3 min",
                              "throttled"},
        [WAITING_STORE] =
            {"no connection to the store of the budget "
             "https://api.example:8443/v13: Connection refused; without it, at "
             "most 12.5 calls/min, after a pause",
             "connected again to the store of the budget "
             "https://api.example:8443/v13, after 3 min",
             "budget-store"},
        [WAITING_BUDGET] = {"waiting for the budget: 12.5 calls/min shared by "
                            "https://api.example:8443/v13",
                            "no longer waiting for the budget, after 3 min",
                            "budget"},
        [WAITING_READ] = {"waiting before users are read again, because the "
                          "service may still show old versions",
                          "users are read again, after 3 min", "read-again"},
    };
    char text[WAITING_TEXT_SIZE];

    (void)state;
    for (unsigned i = 0; i < WAITING_REASONS; i++) {
        waiting_format(text, (enum waiting_reason)i, &fact);
        assert_string_equal(text, expected[i].text);
        waiting_format_end(text, (enum waiting_reason)i, &fact, NOW - 180000,
                           NOW);
        assert_string_equal(text, expected[i].end);
        assert_string_equal(waiting_name((enum waiting_reason)i),
                            expected[i].name);
    }
}

/* What is not known must be left out. */
static void test_unknown(void **state)
{
    static const char *const expected[WAITING_REASONS] = {
        [WAITING_TOKEN_LOCK] =
            "waiting for the lock on, which another process holds",
        [WAITING_TOKEN_FILE] = ("waiting for a new access token from, because "
                                "the service rejects the present one"),
        [WAITING_TOKEN] = "waiting for the token endpoint",
        [WAITING_CONNECTION] = "no connection to",
        [WAITING_SUCCESS] = "no succeeds",
        [WAITING_PAUSE] = "paused by the service",
        [WAITING_THROTTLE] = "throttled by the service",
        [WAITING_STORE] = "no connection to the store of the budget",
        [WAITING_BUDGET] = "waiting for the budget",
        [WAITING_READ] = ("waiting before users are read again, because the "
                          "service may still show old versions"),
    };
    const struct waiting_fact nothing = {.failure = ""};
    char text[WAITING_TEXT_SIZE];

    (void)state;
    for (unsigned i = 0; i < WAITING_REASONS; i++) {
        waiting_format(text, (enum waiting_reason)i, &nothing);
        assert_string_equal(text, expected[i]);
        waiting_add_outlook(text, &nothing, NOW);
        assert_string_equal(text, expected[i]);
    }
}

/* The outlook must be when the run gives up, or else when it resumes. */
static void test_outlook(void **state)
{
    struct waiting_fact other = fact;
    char text[WAITING_TEXT_SIZE] = "x";

    (void)state;
    waiting_add_outlook(text, &other, NOW);
    assert_string_equal(text, "x; retrying, gives up in 14 min");
    other.gives_up = 0;
    text[1] = '\0';
    waiting_add_outlook(text, &other, NOW);
    assert_string_equal(text, "x; next attempt in 38 s");
    text[1] = '\0';
    waiting_add_outlook(text, &other, NOW + 38000);
    assert_string_equal(text, "x");
}

/* A text that is too long must be truncated. */
static void test_long_text(void **state)
{
    static char url[2000] = "https://";
    struct waiting_fact other = fact;
    char text[WAITING_TEXT_SIZE];

    (void)state;
    memset(url + 8, 'h', sizeof(url) - 9);
    other.where = url;
    waiting_format(text, WAITING_CONNECTION, &other);
    waiting_add_outlook(text, &other, NOW);
    assert_int_equal(strlen(text), WAITING_TEXT_SIZE - 1);
    assert_memory_equal(text, "no connection to hhh", 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_begin_and_end), cmocka_unit_test(test_at_once),
        cmocka_unit_test(test_texts),         cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_outlook),       cmocka_unit_test(test_long_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
