#include "net/redis_error.h"
#include "unit.h"

static const struct budget_place place = {
    .host = "::1",
    .port = 6379,
    .where = "[::1]:6379",
    .key = "contoso",
    .password = "hunter2",
    .password_source = {.label = "BAUSER_BUDGET_PASSWORD_FILE"},
};

static enum budget_event judge(bool auth, const char *text, struct error *error)
{
    *error = (struct error){.kind = ERROR_NONE};
    return redis_error_judge(&place, auth, text, error);
}

/* What somebody must correct must be rejected, with what to do. */
static void test_rejected(void **state)
{
    static const struct {
        bool auth;
        const char *text, *advice;
    } cases[] = {
        {false, "NOAUTH Authentication required.", "BUDGET_PASSWORD_FILE"},
        {true, "WRONGPASS invalid username-password pair or user is disabled.",
         "Redis at [::1]:6379 rejects the password"},
        {true, "ERR invalid password", "BUDGET_PASSWORD_FILE"},
        {false,
         "NOPERM User bauser has no permissions to run the 'eval' command",
         "SHARED BUDGET"},
        {false, "ERR The user can't run this command or subcommand",
         "SHARED BUDGET"},
        {false,
         "DENIED Redis is running in protected mode because protected mode is "
         "enabled and no password is set for the default user. ...",
         "requirepass"},
        {false, "MOVED 8161 10.0.0.2:6379",
         "(MOVED 8161 10.0.0.2:6379); write the address of that node"},
        {false, "CROSSSLOT Keys in request don't hash to the same slot",
         "redis://[::1]:6379/{contoso}"},
        {false, "BUDGETRATE 20/s", "with --rate 20/s"},
        {false, "BUDGETRATE none", "without --rate"},
        {false,
         "WRONGTYPE Operation against a key holding the wrong kind of value",
         "use another key"},
        {false, "READONLY You can't write against a read only replica.",
         "[::1]:6379 is a replica, which accepts no changes; write the address "
         "of its primary in the URL"},
        {false,
         "ERR Error running script (call to f_abc): @user_script:36: "
         "-READONLY You can't write against a read only replica.",
         "is a replica"},
        {false,
         "ERR unknown command 'SCRIPT', with args beginning with: 'LOAD' "
         "'local "
         "function text(number) return ...",
         "Redis at [::1]:6379 lacks a command of the budget (ERR unknown "
         "command "
         "'SCRIPT'); use"},
        {false, "ERR unknown subcommand 'LOAD'. Try SCRIPT HELP.",
         "unknown subcommand 'LOAD'"},
        {false,
         "ERR Unknown Redis command called from script script: abc, on "
         "@user_script:36.",
         "SHARED BUDGET"},
    };
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(judge(cases[i].auth, cases[i].text, &error),
                         BUDGET_REJECTED);
        assert_int_equal(error.kind, ERROR_USAGE);
        if (!strstr(error.text, cases[i].advice))
            fail_msg("\"%s\" does not say \"%s\"", error.text, cases[i].advice);
    }
}

/* What ends by itself must be no reason to stop. */
static void test_lost(void **state)
{
    static const char *const texts[] = {
        "LOADING Redis is loading the dataset in memory",
        "MASTERDOWN Link with MASTER is down",
        "CLUSTERDOWN The cluster is down",
        "TRYAGAIN Multiple keys request during rehashing of slot",
        "ASK 8161 10.0.0.2:6379",
        "ERR max number of clients reached",
        "OOM command not allowed when used memory > 'maxmemory'.",
    };
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_int_equal(judge(i % 2 == 0, texts[i], &error), BUDGET_LOST);
        assert_string_equal(error.text, texts[i]);
    }
}

/* A server without AUTH returns its arguments, which must not be printed. */
static void test_password(void **state)
{
    struct error error;

    (void)state;
    assert_int_equal(
        judge(true, "ERR unknown command 'AUTH', with args: 'hunter2'", &error),
        BUDGET_REJECTED);
    assert_null(strstr(error.text, "hunter2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rejected),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_password),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
