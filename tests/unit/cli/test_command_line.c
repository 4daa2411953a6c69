#include "command.h"

#include "service/service.h"

/* Without options everything has the default that the help states. */
static void test_defaults(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command, "in.csv out.csv");
    assert_int_equal(options.action, OPTIONS_RUN);
    assert_int_equal(options.mode, MODE_APPLY);
    assert_string_equal(options.input, "in.csv");
    assert_string_equal(options.output, "out.csv");
    assert_null(options.diff);
    assert_false(options.no_clobber || options.restart || options.quiet ||
                 options.ignore_guards || options.sandbox);
    assert_int_equal(options.delimiter, '\0');
    assert_string_equal(options.clear_token, "delete_value");
    assert_int_equal(options.map_count, 0);
    assert_int_equal(options.ignore_count, 0);
    assert_int_equal(options.window, 100000);
    assert_int_equal(options.shard, 0);
    assert_int_equal(options.shards, 1);
    assert_ptr_equal(options.service, &service_rest);
    assert_string_equal(options.endpoint, service_rest.production);
    assert_null(options.cacert);
    assert_null(options.customer_id);
    assert_null(options.account_id);
    assert_int_equal(options.concurrency, 16);
    assert_int_equal(options.timeout, 60);
    assert_int_equal(options.connect_timeout, 10);
    options_clear(&options);
}

/* Without options the limits have their documented defaults, and there is no
 * log.
 */
static void test_default_limits(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command, "in.csv out.csv");
    assert_false(options.resume || options.retry_failed ||
                 options.follow_links || options.max_errors_percent ||
                 options.log_json);
    assert_null(options.proxy);
    assert_null(options.tenant);
    assert_null(options.log_file);
    assert_int_equal(options.rate, 0);
    assert_int_equal(options.retries, 8);
    assert_int_equal(options.drain, 30);
    assert_int_equal(options.give_up, 15 * 60 * 1000);
    assert_true(options.max_errors == UINT64_MAX);
    assert_int_equal(options.log_level, LOG_LEVEL_INFO);
    options_clear(&options);
}

/* Each option sets its member, with its value after '=' or as the next word,
 * before, between and after the operands. */
static void test_every_option_is_taken(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command,
          "--dry-run --diff d.csv --no-clobber in.csv --restart --quiet "
          "--clear-token=NULL --ignore-guards out.csv --delimiter ; "
          "--cacert ca.pem");
    assert_int_equal(options.mode, MODE_DRY_RUN);
    assert_string_equal(options.diff, "d.csv");
    assert_true(options.no_clobber && options.restart && options.quiet &&
                options.ignore_guards);
    assert_string_equal(options.input, "in.csv");
    assert_string_equal(options.output, "out.csv");
    assert_string_equal(options.clear_token, "NULL");
    assert_int_equal(options.delimiter, ';');
    assert_string_equal(options.cacert, "ca.pem");
    options_clear(&options);

    parse(&options, &command,
          "a b --window=5 --concurrency 3 --timeout 4 --connect-timeout 2 "
          "--shard 2/3 --customer-id 77 --account-id=88 --api rest");
    assert_int_equal(options.window, 5);
    assert_int_equal(options.concurrency, 3);
    assert_int_equal(options.timeout, 4);
    assert_int_equal(options.connect_timeout, 2);
    assert_int_equal(options.shard, 2);
    assert_int_equal(options.shards, 3);
    assert_string_equal(options.customer_id, "77");
    assert_string_equal(options.account_id, "88");
    assert_ptr_equal(options.service, &service_rest);
    options_clear(&options);

    parse(&options, &command,
          "--resume --retry-failed a b --follow-links --retries 0 --drain=0 "
          "--rate 5/m --give-up 0.05 --max-errors 3% --proxy "
          "socks5h://p:1 --tenant contoso.com --log-file l --log-format json "
          "--log-level debug");
    assert_true(options.resume && options.retry_failed && options.follow_links);
    assert_int_equal(options.retries, 0);
    assert_int_equal(options.drain, 0);
    assert_string_equal(options.proxy, "socks5h://p:1");
    assert_string_equal(options.tenant, "contoso.com");
    assert_string_equal(options.log_file, "l");
    assert_true(options.log_json);
    assert_int_equal(options.log_level, LOG_LEVEL_DEBUG);
    options_clear(&options);
}

/* Each mode has an option of its name; two modes cannot be combined. */
static void test_modes(void **state)
{
    static const enum mode modes[] = {MODE_CHECK, MODE_DRY_RUN, MODE_RECONCILE,
                                      MODE_EXPORT};
    struct command command;
    struct options options;
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        snprintf(text, sizeof(text), "--%s a b --%s", mode_name(modes[i]),
                 mode_name(modes[i]));
        parse(&options, &command, text);
        assert_int_equal(options.mode, modes[i]);
        options_clear(&options);
    }
    assert_string_equal(mode_name(MODE_APPLY), "apply");
    assert_refused("--check --export a b",
                   "--check and --export cannot be combined");
    assert_refused("--reconcile a b --dry-run",
                   "--reconcile and --dry-run cannot be combined");
}

/* If an option is repeated, the last value is used; --map and --ignore
 * accumulate. */
static void test_repeated_options(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command,
          "--timeout 1 --timeout 2 --endpoint https://a --endpoint https://b "
          "--ignore X --ignore Y --map P=Email --map Q=R=City a b");
    assert_int_equal(options.timeout, 2);
    assert_string_equal(options.endpoint, "https://b");
    assert_int_equal(options.ignore_count, 2);
    assert_string_equal(options.ignores[0], "X");
    assert_string_equal(options.ignores[1], "Y");
    assert_int_equal(options.map_count, 2);
    assert_string_equal(options.maps[0].from, "P");
    assert_string_equal(options.maps[0].to, "Email");
    assert_string_equal(options.maps[1].from, "Q=R");
    assert_string_equal(options.maps[1].to, "City");
    options_clear(&options);
}

/* "--" ends the options and "-" is an operand. */
static void test_dashes(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command, "- -");
    assert_string_equal(options.input, "-");
    assert_string_equal(options.output, "-");
    options_clear(&options);
    parse(&options, &command, "--quiet -- --check --");
    assert_string_equal(options.input, "--check");
    assert_string_equal(options.output, "--");
    assert_int_equal(options.mode, MODE_APPLY);
    options_clear(&options);
}

/* INPUT and OUTPUT are required, and nothing else; --check needs no OUTPUT. */
static void test_operands(void **state)
{
    struct command command;
    struct options options;
    char name[] = "bauser-batch", empty[] = "", b[] = "b";
    char *argv[] = {name, empty, b, NULL};
    struct error error;

    (void)state;
    assert_refused("--quiet", "INPUT is missing");
    assert_refused("a", "OUTPUT is missing; usage: bauser-batch");
    assert_refused("a b c", "unexpected argument 'c'");
    assert_refused("--check a b c", "unexpected argument");
    assert_int_equal(command_line_parse(&options, 3, argv, &error), -1);
    assert_non_null(strstr(error.text, "INPUT is empty"));
    options_clear(&options);
    parse(&options, &command, "--check a");
    assert_null(options.output);
    options_clear(&options);
}

/* --help, --help-all and --version need no operands, and nothing after them is
 * parsed. */
static void test_actions(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command, "--help --bogus");
    assert_int_equal(options.action, OPTIONS_HELP);
    options_clear(&options);
    parse(&options, &command, "--help-all --bogus");
    assert_int_equal(options.action, OPTIONS_HELP_ALL);
    options_clear(&options);
    parse(&options, &command, "a --version b c d");
    assert_int_equal(options.action, OPTIONS_VERSION);
    options_clear(&options);
}

/* A short option is the same as its long one, also in a bundle; "--" ends it,
 * too. */
static void test_short_options(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command, "-q a b -n");
    assert_true(options.quiet);
    assert_int_equal(options.mode, MODE_DRY_RUN);
    options_clear(&options);
    parse(&options, &command, "a -nqn b");
    assert_true(options.quiet);
    assert_int_equal(options.mode, MODE_DRY_RUN);
    assert_string_equal(options.output, "b");
    options_clear(&options);
    parse(&options, &command, "-h --bogus");
    assert_int_equal(options.action, OPTIONS_HELP);
    options_clear(&options);
    parse(&options, &command, "a -qVx");
    assert_int_equal(options.action, OPTIONS_VERSION);
    options_clear(&options);
    parse(&options, &command, "-- -q -n");
    assert_false(options.quiet);
    assert_string_equal(options.output, "-n");
    options_clear(&options);
    parse(&options, &command, "--ignore -n a b");
    assert_int_equal(options.mode, MODE_APPLY);
    assert_string_equal(options.ignores[0], "-n");
    options_clear(&options);
    assert_refused("-n --check a b", "--dry-run and --check cannot be");
    assert_refused("a -n", "OUTPUT is missing");
}

/* An unknown short option is named by its letter alone, because a secret may
 * follow it; a suggestion names the option that was probably meant. */
static void test_unknown_letters(void **state)
{
    struct command command;
    struct options options;
    struct error error;

    (void)state;
    assert_refused("-x a b", "unknown option -x; --help-all lists all options");
    assert_refused("-nqx a b", "unknown option -x; --help-all");
    assert_refused("-v", "unknown option -v; did you mean -V (--version)?");
    assert_refused("-N a b", "unknown option -N; did you mean -n (--dry-run)?");
    assert_refused("-check a", "unknown option -check; did you mean --check?");
    assert_refused("-quiet a", "unknown option -quiet; did you mean --quiet?");
    assert_refused("-dryrun=1", "unknown option -dryrun; did you mean --dry");
    assert_refused("-n=1 a b", "-n takes no value");
    assert_refused("-qn=1 a b", "-n takes no value");
    assert_refused("-= a b", "unknown option -=; --help-all");
    make_command(&command, "-ps3cret a b");
    assert_int_equal(
        command_line_parse(&options, command.argc, command.argv, &error), -1);
    assert_string_equal(error.text,
                        "unknown option -p; --help-all lists all options");
    options_clear(&options);
}

/* The message about an unknown option suggests the nearest one; abbreviations
 * are unknown; a value, which may be a secret, is not repeated. */
static void test_unknown_options(void **state)
{
    struct command command;
    struct options options;
    struct error error;

    (void)state;
    assert_refused("--dryrun a b",
                   "unknown option --dryrun; did you mean --dry-run?");
    assert_refused("--conc 4 a b", "did you mean --concurrency?");
    assert_refused("--concurrenc=4 a b", "did you mean --concurrency?");
    assert_refused("--che a", "did you mean --check?");
    assert_refused("--bogus a b",
                   "unknown option --bogus; --help-all lists all options");
    assert_refused("--Quiet a b", "did you mean --quiet?");
    assert_refused("--= a b", "unknown option --; --help-all");
    make_command(&command, "--access-token=s3cret a b");
    assert_int_equal(
        command_line_parse(&options, command.argc, command.argv, &error), -1);
    assert_null(strstr(error.text, "s3cret"));
    assert_non_null(strstr(error.text, "--access-token"));
    options_clear(&options);
}

/* A message names the option whose value is missing, empty or not expected. */
static void test_missing_and_unexpected_values(void **state)
{
    (void)state;
    assert_refused("a b --timeout", "--timeout needs a value: --timeout S");
    assert_refused("--quiet=yes a b",
                   "--quiet takes no value; leave out '=yes'");
    assert_refused("--diff= --dry-run a b", "--diff: FILE is empty");
    assert_refused("--clear-token= a b", "--clear-token cannot be empty");
    assert_refused("--ignore= a b", "--ignore: COLUMN is empty");
}

/* The message about an unknown service suggests the nearest one, or lists all.
 */
static void test_unknown_services(void **state)
{
    (void)state;
    assert_refused("--api REST a b",
                   "unknown service 'REST'; did you mean rest?");
    assert_refused("--api x a b",
                   "unknown service 'x'; the services are: rest");
    assert_refused("--api= a b", "the services are: rest");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_default_limits),
        cmocka_unit_test(test_every_option_is_taken),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_repeated_options),
        cmocka_unit_test(test_dashes),
        cmocka_unit_test(test_operands),
        cmocka_unit_test(test_actions),
        cmocka_unit_test(test_short_options),
        cmocka_unit_test(test_unknown_letters),
        cmocka_unit_test(test_unknown_options),
        cmocka_unit_test(test_missing_and_unexpected_values),
        cmocka_unit_test(test_unknown_services),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
