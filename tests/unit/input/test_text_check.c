#include "unit.h"

#include "input/text_check.h"

/* A literal may contain a NUL. */
#define LITERAL(text) (text), sizeof(text) - 1

/* The first bad byte must be found, with advice that damages no other cell. */
static void test_bad_bytes(void **state)
{
    static const struct {
        const char *data;
        size_t len, good;
        const char *why;
    } cases[] = {
        {LITERAL("a\0"), 1, "a NUL byte"},
        {LITERAL("K\xF6ln"), 1, "--encoding WINDOWS-1252"},
        {LITERAL("K\xC3\xB6ln M\xFCnchen"), 7, "do not convert the whole"},
        {LITERAL("M\xFCnchen K\xC3\xB6ln"), 1, "do not convert the whole"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text_check check = {.state = 0};
        size_t good = text_check_feed(&check, cases[i].data, cases[i].len);

        assert_int_equal(good, cases[i].good);
        assert_non_null(strstr(text_check_explain(&check, cases[i].data[good]),
                               cases[i].why));
    }
}

/* Bytes that follow much later must change the advice, and only once. */
static void test_look_on(void **state)
{
    struct text_check check = {.state = 0};

    (void)state;
    assert_int_equal(text_check_feed(&check, LITERAL("plain")), 5);
    assert_false(text_check_is_open(&check));
    assert_int_equal(text_check_feed(&check, LITERAL("\xFC")), 0);
    assert_true(text_check_is_open(&check));
    text_check_look_on(&check, LITERAL("plain \xE9 \xE9"));
    assert_true(text_check_is_open(&check));
    text_check_look_on(&check, LITERAL("\xB6 K\xC3"));
    text_check_look_on(&check, LITERAL("\xC3"));
    assert_true(text_check_is_open(&check));
    text_check_look_on(&check, LITERAL("\xB6ln"));
    assert_false(text_check_is_open(&check));
    assert_non_null(strstr(text_check_explain(&check, '\xFC'), "mixes"));
}

/* A character must be complete at the end. */
static void test_end(void **state)
{
    struct text_check check = {.state = 0};

    (void)state;
    assert_null(text_check_explain_end(&check));
    (void)text_check_feed(&check, LITERAL("K\xC3"));
    assert_non_null(strstr(text_check_explain_end(&check), "within a char"));
    (void)text_check_feed(&check, LITERAL("\xB6"));
    assert_null(text_check_explain_end(&check));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_bytes),
        cmocka_unit_test(test_look_on),
        cmocka_unit_test(test_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
