#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/utf8.h"

/* Setting an error must return -1, and leave nothing of an earlier error. */
static void test_set(void **unused)
{
    struct error error;

    (void)unused;
    assert_int_equal(
        error_value(&error, "InvalidNumber", "Id", "%s is no number", "x"), -1);
    assert_int_equal(error.kind, ERROR_VALUE);
    assert_string_equal(error.code, "InvalidNumber");
    assert_string_equal(error.field, "Id");
    assert_string_equal(error.text, "x is no number");
    assert_int_equal(error_set(&error, ERROR_INPUT, "row %d", 7), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_null(error.code);
    assert_null(error.field);
    assert_string_equal(error.text, "row 7");
    assert_int_equal(error_memory(&error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_string_equal(error.text, "out of memory");
}

/* A text that just fits must stay complete, and a longer one be cut. */
static void test_long_text(void **unused)
{
    struct error error;
    char text[sizeof(error.text) + 1];

    (void)unused;
    memset(text, 'x', sizeof(text));
    text[sizeof(error.text) - 1] = '\0';
    (void)error_set(&error, ERROR_LOCAL, "%s", text);
    assert_string_equal(error.text, text);
    text[sizeof(error.text) - 1] = 'y';
    text[sizeof(error.text)] = '\0';
    (void)error_set(&error, ERROR_LOCAL, "%s", text);
    assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
    assert_null(strchr(error.text, 'y'));
}

/* A text must be cut between two characters. */
static void test_cut_between_characters(void **unused)
{
    static const char *const characters[] = {"\xC3\xA9", "\xE2\x82\xAC",
                                             "\xF0\x9F\x98\x80"};
    struct error error;

    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        const char *c = characters[i];
        size_t len = strlen(c);

        for (size_t before = sizeof(error.text) - 6;
             before < sizeof(error.text); before++) {
            size_t room = sizeof(error.text) - 1;
            size_t end = before + len <= room ? room : before;

            (void)error_set(&error, ERROR_LOCAL, "%*s%s%*s", (int)before, "", c,
                            10, "");
            assert_true(utf8_is_valid(error.text, strlen(error.text)));
            assert_int_equal(strlen(error.text), end);
        }
    }
}

/* Control characters and invalid UTF-8, of a file name for example, must not
 * reach a terminal or a log. */
static void test_shown_safely(void **unused)
{
    struct error error;

    (void)unused;
    (void)error_set(&error, ERROR_USAGE, "%s: %s", "a\x1B[2J\nb\xC3",
                    "Zo\xC3\xAB");
    assert_string_equal(error.text, "aU+001B[2J b?: Zo\xC3\xAB");
    (void)error_value(&error, "InvalidId", "Id", "%s", "\t\xFF");
    assert_string_equal(error.text, " ?");
}

/* A full disk must be noted. A file that is too large must be followed by what
 * to do. */
static void test_write(void **unused)
{
    static const int full[] = {ENOSPC, EDQUOT}, others[] = {EIO, EFBIG};
    struct error error;

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        (void)error_set(&error, ERROR_LOCAL, "cannot write x");
        assert_int_equal(error_note_write(&error, full[i]), -1);
        assert_true(error.disk_full);
        assert_string_equal(error.text, "cannot write x");
        (void)error_set(&error, ERROR_LOCAL, "cannot write x");
        assert_int_equal(error_note_write(&error, others[i]), -1);
        assert_false(error.disk_full);
    }
    assert_memory_equal(error.text, "cannot write x; raise the limit", 31);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_long_text),
        cmocka_unit_test(test_cut_between_characters),
        cmocka_unit_test(test_shown_safely),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
