#include "command.h"

/* Numbers are parsed strictly; the message names the accepted range. */
static void test_numbers(void **state)
{
    static const char *const refused[][2] = {
        {"--concurrency 0 a b", "from 1 to 1024, not '0'"},
        {"--concurrency 1025 a b", "from 1 to 1024"},
        {"--concurrency -1 a b", "from 1 to 1024"},
        {"--concurrency +1 a b", "from 1 to 1024"},
        {"--concurrency 1x a b", "from 1 to 1024"},
        {"--concurrency= a b", "from 1 to 1024"},
        {"--concurrency 0x10 a b", "from 1 to 1024"},
        {"--concurrency 4294967297 a b", "from 1 to 1024"},
        {"--timeout 18446744073709551617 a b", "from 1 to 86400"},
        {"--connect-timeout 0 a b", "from 1 to 3600"},
        {"--window 10000001 a b", "from 1 to 10000000"},
        {"--customer-id 12x a b", "--customer-id takes a whole number"},
        {"--customer-id 0 a b", "whole number"},
        {"--account-id -5 a b", "--account-id takes a whole number"},
    };
    struct command command;
    struct options options;
    char name[] = "bauser-batch", option[] = "--customer-id=1\r\nX-Evil: 1";
    char a[] = "a", b[] = "b";
    char *argv[] = {name, option, a, b, NULL};
    struct error error;

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        assert_refused(refused[i][0], refused[i][1]);
    assert_int_equal(command_line_parse(&options, 4, argv, &error), -1);
    assert_non_null(strstr(error.text, "whole number"));
    options_clear(&options);
    parse(&options, &command, "--concurrency 1024 --window 1 a b");
    assert_int_equal(options.concurrency, 1024);
    assert_int_equal(options.window, 1);
    options_clear(&options);
}

/* A shard is K/N with K less than N. */
static void test_shards(void **state)
{
    static const char *const refused[] = {
        "4/4",
        "1",
        "/4",
        "0/",
        "0/0",
        "-1/4",
        "-0/4",
        "0/4/2",
        "a/b",
        "0/1000001",
        "000000000000000000000000/4",
        "auto/",
        "auto/0",
        "auto/1000001",
        "automatic",
        "auto/2/3",
    };
    struct command command;
    struct options options;
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        snprintf(text, sizeof(text), "--shard %s a b", refused[i]);
        assert_refused(text, "--shard takes K/N");
    }
    parse(&options, &command, "--shard 0/1 a b");
    assert_int_equal(options.shards, 1);
    options_clear(&options);
}

/* A delimiter is one ASCII byte that cannot be data. */
static void test_delimiters(void **state)
{
    static const struct {
        const char *word;
        char delimiter;
    } accepted[] = {
        {";", ';'},    {"|", '|'},   {"tab", '\t'}, {"TAB", '\t'},
        {"\\t", '\t'}, {"\t", '\t'}, {":", ':'},    {"\x1F", '\x1F'},
    };
    static const char *const refused[] = {
        "", ";;", "a", "Z", "0", "\"", "\n", "\r", "\xC2\xA7", "\xA7",
    };
    struct command command;
    struct options options;
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        snprintf(text, sizeof(text), "--delimiter %s a b", accepted[i].word);
        parse(&options, &command, text);
        assert_int_equal(options.delimiter, accepted[i].delimiter);
        options_clear(&options);
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        snprintf(text, sizeof(text), "--delimiter=%s a b", refused[i]);
        assert_refused(text, "one ASCII character");
    }
}

/* A map is FROM=TO, and each FROM is mapped once. */
static void test_maps(void **state)
{
    (void)state;
    assert_refused("--map Mail a b", "takes 'FROM=TO'");
    assert_refused("--map =Email a b", "takes 'FROM=TO'");
    assert_refused("--map Mail= a b", "takes 'FROM=TO'");
    assert_refused("--map Mail=Email --map mail=City a b", "twice");
}

/* --fail-fast is a number of users, perhaps with ",all". */
static void test_fail_fast(void **state)
{
    static const char *const refused[] = {
        "", ",all", "1001", "-1", "+1", "5,", "5,al", "5,all,", "all",
    };
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command, "a b");
    assert_int_equal(options.fail_fast, 100);
    assert_false(options.fail_fast_any);
    options_clear(&options);
    parse(&options, &command, "--fail-fast 5,all a b");
    assert_int_equal(options.fail_fast, 5);
    assert_true(options.fail_fast_any);
    options_clear(&options);
    parse(&options, &command, "--fail-fast 5,all --fail-fast 0 a b");
    assert_int_equal(options.fail_fast, 0);
    assert_false(options.fail_fast_any);
    options_clear(&options);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        char text[64];

        snprintf(text, sizeof(text), "--fail-fast=%s a b", refused[i]);
        assert_refused(text, "--fail-fast takes a number of users");
    }
}

/* A rate is a number of calls in a second or in a minute. */
static void test_rates(void **state)
{
    static const char *const refused[] = {
        "5",     "5/",   "/s",  "0/s",   "-1/s",
        "+1/s",  "5s",   "5/h", "5/S",   "1000001/m",
        "5/s/m", "5 /s", "",    "0.5/s", "99999999999999999999999/s",
    };
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command, "--rate 20/s a b");
    assert_int_equal(options.rate, 20);
    assert_int_equal(options.rate_window, 1);
    options_clear(&options);
    parse(&options, &command, "--rate 20/s --rate 1000000/m a b");
    assert_int_equal(options.rate, 1000000);
    assert_int_equal(options.rate_window, 60);
    options_clear(&options);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        char option[64];
        char name[] = "bauser-batch", a[] = "a", b[] = "b";
        char *argv[] = {name, option, a, b, NULL};
        struct error error;

        snprintf(option, sizeof(option), "--rate=%s", refused[i]);
        if (command_line_parse(&options, 4, argv, &error) == 0)
            fail_msg("%s is accepted", option);
        assert_non_null(strstr(error.text, "--rate takes calls per second"));
        options_clear(&options);
    }
    assert_refused("--retries 101 a b", "from 0 to 100");
    assert_refused("--drain 3601 a b", "from 0 to 3600");
}

/* The limit of errors is a number of rows or a percentage. */
static void test_max_errors(void **state)
{
    static const char *const refused[] = {"",
                                          "%",
                                          "-1",
                                          "-0",
                                          "101%",
                                          "5%%",
                                          "1.5%",
                                          "5%x",
                                          "x",
                                          "-1%",
                                          "9223372036854775808"};
    struct command command;
    struct options options;
    char text[64];

    (void)state;
    parse(&options, &command, "--max-errors 0 a b");
    assert_int_equal(options.max_errors, 0);
    assert_false(options.max_errors_percent);
    options_clear(&options);
    parse(&options, &command, "--max-errors 5000000000 a b");
    assert_true(options.max_errors == 5000000000);
    options_clear(&options);
    parse(&options, &command, "--max-errors 7 --max-errors 10% a b");
    assert_int_equal(options.max_errors, 10);
    assert_true(options.max_errors_percent);
    options_clear(&options);
    parse(&options, &command, "--max-errors 10% --max-errors 7 a b");
    assert_int_equal(options.max_errors, 7);
    assert_false(options.max_errors_percent);
    options_clear(&options);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        snprintf(text, sizeof(text), "--max-errors=%s a b", refused[i]);
        assert_refused(text, "--max-errors takes a number of rows");
    }
}

/* --give-up takes minutes with a precision of a millisecond, at most a week. */
static void test_give_up(void **state)
{
    static const struct {
        const char *word;
        int64_t ms;
    } accepted[] = {
        {"15", 900000},
        {"1.5", 90000},
        {"0.05", 3000},
        {"0.3333", 19998},
        {"10080", 604800000},
        {"10080.000", 604800000},
        {"0.00002", 1},
        {"007", 420000},
        {"2.99999999999999999999", 179999},
    };
    static const char *const refused[] = {
        "",
        "0",
        "0.0",
        "0.00001",
        "-1",
        "+1",
        ".",
        ".5",
        "5.",
        "1e3",
        "1,5",
        "1.5x",
        "1.2.3",
        "1.-5",
        "10080.0001",
        "4294967311",
        "99999999999999999999",
    };
    struct command command;
    struct options options;
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        snprintf(text, sizeof(text), "--give-up %s a b", accepted[i].word);
        parse(&options, &command, text);
        if (options.give_up != accepted[i].ms)
            fail_msg("%s: %lld", accepted[i].word, (long long)options.give_up);
        options_clear(&options);
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        snprintf(text, sizeof(text), "--give-up=%s a b", refused[i]);
        assert_refused(text, "--give-up takes minutes");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),    cmocka_unit_test(test_shards),
        cmocka_unit_test(test_delimiters), cmocka_unit_test(test_maps),
        cmocka_unit_test(test_fail_fast),  cmocka_unit_test(test_rates),
        cmocka_unit_test(test_max_errors), cmocka_unit_test(test_give_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
