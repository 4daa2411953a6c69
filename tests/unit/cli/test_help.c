#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/help.h"
#include "cli/option_table.h"
#include "service/service.h"

static void read_help(void (*print)(FILE *), char *text, size_t size)
{
    FILE *file = tmpfile();
    size_t len;

    assert_non_null(file);
    print(file);
    rewind(file);
    len = fread(text, 1, size - 1, file);
    fclose(file);
    assert_in_range(len, 1, size - 2);
    text[len] = '\0';
}

/* Has the text a line that begins with the option? */
static bool lists(const char *text, const struct option_spec *spec)
{
    char line[64];

    if (spec->letter)
        (void)snprintf(line, sizeof(line), "\n  -%c, --%s ", spec->letter,
                       spec->name);
    else
        (void)snprintf(line, sizeof(line), "\n      --%s ", spec->name);
    return strstr(text, line) != NULL;
}

static void assert_lines_fit(char *text)
{
    char *next;

    for (char *line = text; *line; line = next) {
        next = strchr(line, '\n');
        assert_non_null(next);
        *next++ = '\0';
        if (strlen(line) > 79)
            fail_msg("too long: %s", line);
        assert_true(*line == '\0' || line[strlen(line) - 1] != ' ');
    }
}

/* --help lists the modes of a run, the 24 most common options, and the options
 * that print information; it names --help-all, and fits a terminal. */
static void test_help(void **state)
{
    const struct option_spec *spec;
    char text[8192];
    int common = 0;

    (void)state;
    read_help(help_print, text, sizeof(text));
    for (spec = option_table; spec->name; spec++) {
        if (lists(text, spec) != spec->common)
            fail_msg("--%s", spec->name);
        if (spec->group == GROUP_MODES && spec->choice < MODE_REVIEW)
            assert_true(spec->common);
        common += spec->common && strncmp(spec->name, "help", 4) != 0 &&
                  strcmp(spec->name, "version") != 0;
    }
    assert_int_equal(common, 24);
    assert_non_null(strstr(text, "\nCommon options:\n"));
    assert_non_null(strstr(text, "Run 'bauser-batch --help-all' for all"));
    assert_lines_fit(text);
}

/* --help-all lists every option and service, the environment variables and the
 * exit statuses, and fits a terminal. */
static void test_help_all(void **state)
{
    const struct option_spec *spec;
    char text[16384];
    char line[64];

    (void)state;
    read_help(help_print_all, text, sizeof(text));
    for (spec = option_table; spec->name; spec++) {
        if (!lists(text, spec))
            fail_msg("--%s", spec->name);
    }
    for (size_t i = 0; services[i]; i++) {
        (void)snprintf(line, sizeof(line), "\n  %s ", services[i]->name);
        if (!strstr(text, line) || !strstr(text, services[i]->title))
            fail_msg("%s", services[i]->name);
    }
    assert_non_null(strstr(text, "\n  BAUSER_DEVELOPER_TOKEN "));
    for (int status = 0; status <= 7; status++) {
        (void)snprintf(line, sizeof(line), "\n  %d  ", status);
        assert_non_null(strstr(strstr(text, "\nExit status:\n"), line));
    }
    assert_lines_fit(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_help_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
