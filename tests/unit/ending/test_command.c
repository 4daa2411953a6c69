#include "ending/command.h"

#include <signal.h>

#include "unit.h"

/* A command whose exit status is lost, since SIGCHLD is ignored, must count as
 * one that failed. */
static void test_lost_status(void **state)
{
    struct buffer output;
    struct error error;

    (void)state;
    buffer_init(&output, 100);
    assert_int_equal(command_run("true", "", 0, 10000, &error), 0);
    (void)signal(SIGCHLD, SIG_IGN);
    assert_int_equal(command_run("exit 3", "", 0, 10000, &error), -1);
    assert_int_equal(command_read("echo text; exit 3", &output, 10000, &error),
                     -1);
    assert_non_null(strstr(error.text, "is not known: No child"));
    (void)signal(SIGCHLD, SIG_DFL);
    buffer_free(&output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lost_status)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
