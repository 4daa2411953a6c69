#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/shell_quote.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A word of plain characters must stay as it is; any other must be quoted. */
static void test_quotes(void **state)
{
    static const char *const cases[][2] = {
        {"--rate=5/s", "--rate=5/s"},
        {"/var/lib/a.csv", "/var/lib/a.csv"},
        {"a=b", "'a=b'"},
        {"", "''"},
        {"my file", "'my file'"},
        {"it's", "'it'\\''s'"},
        {"~", "'~'"},
    };
    char text[64];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        shell_quote(text, sizeof(text), cases[i][0]);
        assert_string_equal(text, cases[i][1]);
    }
}

/* The shell must read each quoted word as the same word. */
static void test_shell_reads_word(void **state)
{
    static const char *const words[] = {
        "",       "a b", "'",  "''",   "$HOME `id` $(id)", "\"x\"",
        "\\",     "*",   "#x", "a\nb", "\xC3\xBC",         "!1 & ; | < >",
        "--a=\t", "-n",  "%s", "a=b",
    };
    char quoted[128], command[256], text[128];
    FILE *shell;
    size_t len;

    (void)state;
    for (size_t i = 0; i < COUNT(words); i++) {
        shell_quote(quoted, sizeof(quoted), words[i]);
        (void)snprintf(command, sizeof(command), "printf %%s. %s", quoted);
        /* NOLINTNEXTLINE(cert-env33-c): what a shell reads is the question */
        shell = popen(command, "r");
        assert_non_null(shell);
        len = fread(text, 1, sizeof(text) - 1, shell);
        assert_int_equal(pclose(shell), 0);
        assert_true(len > 0);
        text[len - 1] = '\0'; /* the "." */
        assert_string_equal(text, words[i]);
    }
}

/* A word that may not fit must become "...", not the beginning of the word. */
static void test_too_long(void **state)
{
    char text[SHELL_QUOTE_SIZE(4)];

    (void)state;
    shell_quote(text, sizeof(text), "''''");
    assert_string_equal(text, "''\\'''\\'''\\'''\\'''");
    shell_quote(text, sizeof(text), "12345");
    assert_string_equal(text, "...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_shell_reads_word),
        cmocka_unit_test(test_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
