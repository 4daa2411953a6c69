#include "command.h"

static void assert_words(const struct options *options, const char *expected)
{
    char text[512] = "";
    size_t len = 0;

    for (int i = 1; i < options->argc; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
                                i > 1 ? " " : "", options->argv[i]);
    assert_null(options->argv[options->argc]);
    assert_string_equal(text, expected);
}

/* All files must be named by the shard, and the words be those of an explicit
 * shard with these names. */
static void test_files(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    setenv("JOB_COMPLETION_INDEX", "3", 1);
    parse(&options, &command,
          "--resume --shard auto/16 --failed f.csv --undo=u.csv --rate 50/s "
          "--metrics m --report r.html --summary s.json --log-file /dev/stderr "
          "in.csv out.csv.gz");
    assert_int_equal(options.shard, 3);
    assert_int_equal(options.shards, 16);
    assert_string_equal(options.shard_variable, "JOB_COMPLETION_INDEX");
    assert_string_equal(options.unsharded, "out.csv.gz");
    assert_string_equal(options.input, "in.csv");
    assert_string_equal(options.output, "out.3-of-16.csv.gz");
    assert_string_equal(options.failed, "f.3-of-16.csv");
    assert_string_equal(options.undo, "u.3-of-16.csv");
    assert_string_equal(options.metrics, "m.3-of-16");
    assert_string_equal(options.report, "r.3-of-16.html");
    assert_string_equal(options.summary, "s.3-of-16.json");
    assert_string_equal(options.log_file, "/dev/stderr");
    assert_words(&options,
                 "--shard 3/16 --failed f.3-of-16.csv --log-file /dev/stderr "
                 "--metrics m.3-of-16 --report r.3-of-16.html --summary "
                 "s.3-of-16.json --undo u.3-of-16.csv --resume --rate 50/s "
                 "in.csv out.3-of-16.csv.gz");
    options_clear(&options);
    unsetenv("JOB_COMPLETION_INDEX");
}

/* The printed words must also name INPUT and OUTPUT after "--", and standard
 * output stays. */
static void test_operands(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    setenv("PARALLEL_SEQ", "1", 1);
    parse(&options, &command, "--shard=auto/2 -q -- -in -out.csv");
    assert_string_equal(options.output, "-out.0-of-2.csv");
    assert_words(&options, "--shard 0/2 -q -- -in -out.0-of-2.csv");
    assert_ptr_equal(options.input, options.argv[options.argc - 2]);
    assert_ptr_equal(options.output, options.argv[options.argc - 1]);
    options_clear(&options);
    parse(&options, &command, "in.csv --shard auto/2 -");
    assert_string_equal(options.output, "-");
    options_clear(&options);
    parse(&options, &command, "--check --shard auto/2 in.csv");
    assert_null(options.output);
    options_clear(&options);
    unsetenv("PARALLEL_SEQ");
}

/* Variables must count only with --shard auto, and an explicit shard keeps the
 * names. */
static void test_explicit_only(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    setenv("PARALLEL_SEQ", "1", 1);
    parse(&options, &command, "a b");
    assert_int_equal(options.shards, 1);
    assert_string_equal(options.output, "b");
    options_clear(&options);
    parse(&options, &command, "--shard auto/7 --shard 1/2 a b");
    assert_int_equal(options.shards, 2);
    assert_string_equal(options.output, "b");
    options_clear(&options);
    parse(&options, &command, "--shard auto --whoami");
    options_clear(&options);
    assert_refused("--shard auto a b", "give their number");
    unsetenv("PARALLEL_SEQ");
    assert_refused("--shard auto a b", "no variable says");
    assert_refused("--resolve --users l --shard auto a b", "--resolve and");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_files),
                                       cmocka_unit_test(test_operands),
                                       cmocka_unit_test(test_explicit_only)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
