#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "option_specs.h"
#include "options.h"
#include "service.h"

#define WORDS_MAX 32

/* Words that spaces part, as an argv. */
struct command {
    char text[256];
    char *argv[WORDS_MAX + 1];
    int argc;
};

static void make_command(struct command *command, const char *text)
{
    char *next;

    snprintf(command->text, sizeof(command->text), "bauser-batch %s", text);
    command->argc = 0;
    for (char *word = command->text; word; word = next) {
        next = strchr(word, ' ');
        if (next)
            *next++ = '\0';
        assert_in_range(command->argc, 0, WORDS_MAX - 1);
        command->argv[command->argc++] = word;
    }
    command->argv[command->argc] = NULL;
}

static void parse(struct options *options, struct command *command,
                  const char *text)
{
    struct error error;

    make_command(command, text);
    if (options_parse(options, command->argc, command->argv, &error))
        fail_msg("%s: %s", text, error.text);
}

/* The command line must be refused, with a message that has the part. */
static void assert_refused(const char *text, const char *part)
{
    struct command command;
    struct options options;
    struct error error = {.kind = ERROR_NONE};

    make_command(&command, text);
    if (options_parse(&options, command.argc, command.argv, &error) == 0)
        fail_msg("%s is taken", text);
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, part))
        fail_msg("%s: %s", text, error.text);
    options_clear(&options);
}

/* Without options everything has the value that the help promises. */
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
    assert_int_equal(options.delimiter, ',');
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

/* Each option sets its member, with its value behind '=' or as the next word,
 * before, between and behind the operands. */
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
}

/* Each mode has its option, and the name that it goes by. */
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
                   "--check and --export exclude each other");
    assert_refused("--reconcile a b --dry-run",
                   "--reconcile and --dry-run exclude each other");
}

/* Of an option given twice the last one counts; --map and --ignore add up. */
static void test_options_given_again(void **state)
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

/* There must be INPUT and OUTPUT and no more; a check can do without OUTPUT. */
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
    assert_refused("a b c", "'c' is one argument too many");
    assert_refused("--check a b c", "too many");
    assert_int_equal(options_parse(&options, 3, argv, &error), -1);
    assert_non_null(strstr(error.text, "INPUT is empty"));
    options_clear(&options);
    parse(&options, &command, "--check a");
    assert_null(options.output);
    options_clear(&options);
}

/* --help and --version need nothing else, and look no further. */
static void test_actions(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command, "--help --bogus");
    assert_int_equal(options.action, OPTIONS_HELP);
    options_clear(&options);
    parse(&options, &command, "a --version b c d");
    assert_int_equal(options.action, OPTIONS_VERSION);
    options_clear(&options);
}

/* An unknown option is answered with the nearest; abbreviations are unknown;
 * a value that may be a secret is not repeated. */
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
    assert_refused("-check a", "unknown option -check; did you mean --check?");
    assert_refused("-q a b", "unknown option -q; --help lists all");
    assert_refused("--Quiet a b", "did you mean --quiet?");
    assert_refused("--= a b", "unknown option --; --help");
    make_command(&command, "--access-token=s3cret a b");
    assert_int_equal(
        options_parse(&options, command.argc, command.argv, &error), -1);
    assert_null(strstr(error.text, "s3cret"));
    assert_non_null(strstr(error.text, "--access-token"));
    options_clear(&options);
}

/* A value that is missing, or not wanted, is said. */
static void test_missing_and_needless_values(void **state)
{
    (void)state;
    assert_refused("a b --timeout", "--timeout needs a value: --timeout S");
    assert_refused("--quiet=yes a b", "--quiet takes no value");
    assert_refused("--diff= --dry-run a b", "--diff: FILE is empty");
    assert_refused("--clear-token= a b", "--clear-token can't be empty");
    assert_refused("--ignore= a b", "--ignore: the name is empty");
}

/* Numbers are read strictly and within the range that the message names. */
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
    char *argv[] = {name, option, NULL};
    struct error error;

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        assert_refused(refused[i][0], refused[i][1]);
    assert_int_equal(options_parse(&options, 2, argv, &error), -1);
    assert_non_null(strstr(error.text, "whole number"));
    options_clear(&options);
    parse(&options, &command, "--concurrency 1024 --window 1 a b");
    assert_int_equal(options.concurrency, 1024);
    assert_int_equal(options.window, 1);
    options_clear(&options);
}

/* A shard is K/N with K below N. */
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

/* A delimiter is one ASCII byte that can't be mistaken for data. */
static void test_delimiters(void **state)
{
    static const struct {
        const char *word;
        char delimiter;
    } taken[] = {
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
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        snprintf(text, sizeof(text), "--delimiter %s a b", taken[i].word);
        parse(&options, &command, text);
        assert_int_equal(options.delimiter, taken[i].delimiter);
        options_clear(&options);
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        snprintf(text, sizeof(text), "--delimiter=%s a b", refused[i]);
        assert_refused(text, "one ASCII character");
    }
}

/* A map is FROM=TO, and each FROM is given once. */
static void test_maps(void **state)
{
    (void)state;
    assert_refused("--map Mail a b", "takes 'FROM=TO'");
    assert_refused("--map =Email a b", "takes 'FROM=TO'");
    assert_refused("--map Mail= a b", "takes 'FROM=TO'");
    assert_refused("--map Mail=Email --map mail=City a b", "twice");
}

/* --diff belongs to --dry-run and is a file of its own. */
static void test_diff(void **state)
{
    (void)state;
    assert_refused("--diff d a b", "--diff goes with --dry-run only");
    assert_refused("--check --diff d a", "--diff goes with --dry-run only");
    assert_refused("--dry-run --diff b a b", "can't be the same file");
}

/* The environment decides the base address, unless an endpoint is given. */
static void test_addresses(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command, "--environment sandbox a b");
    assert_true(options.sandbox);
    assert_string_equal(options.endpoint, service_rest.sandbox);
    options_clear(&options);
    parse(&options, &command,
          "--environment sandbox --environment production a b");
    assert_false(options.sandbox);
    assert_string_equal(options.endpoint, service_rest.production);
    options_clear(&options);
    parse(&options, &command,
          "--endpoint http://127.0.0.1:80/x/ --environment sandbox a b");
    assert_true(options.sandbox);
    assert_string_equal(options.endpoint, "http://127.0.0.1:80/x");
    options_clear(&options);
    assert_refused("--environment sand a b", "production or sandbox");
    assert_refused("--endpoint http://example.com a b", "use https");
    assert_refused("--api soap a b", "there is no service 'soap'");
}

/* The options are sorted within their groups, and groups are together. */
static void test_table_is_sorted(void **state)
{
    const struct option_spec *spec;

    (void)state;
    for (spec = option_specs + 1; spec->name; spec++) {
        assert_true(spec[-1].group <= spec->group);
        if (spec[-1].group == spec->group)
            assert_true(strcmp(spec[-1].name, spec->name) < 0);
    }
}

/* The help names every option, and no line is wider than a terminal. */
static void test_help(void **state)
{
    FILE *file = tmpfile();
    char text[16384];
    char name[64];
    size_t len;
    char *next;

    (void)state;
    assert_non_null(file);
    options_print_help(file);
    rewind(file);
    len = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[len] = '\0';
    for (size_t i = 0; option_specs[i].name; i++) {
        snprintf(name, sizeof(name), "\n  --%s ", option_specs[i].name);
        if (!strstr(text, name))
            fail_msg("no line of %s", option_specs[i].name);
    }
    assert_non_null(strstr(text, "BAUSER_DEVELOPER_TOKEN"));
    assert_non_null(strstr(text, "Exit status"));
    for (char *line = text; *line; line = next) {
        next = strchr(line, '\n');
        assert_non_null(next);
        *next++ = '\0';
        assert_in_range(strlen(line), 0, 79);
        assert_true(*line == '\0' || line[strlen(line) - 1] != ' ');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_every_option_is_taken),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_options_given_again),
        cmocka_unit_test(test_dashes),
        cmocka_unit_test(test_operands),
        cmocka_unit_test(test_actions),
        cmocka_unit_test(test_unknown_options),
        cmocka_unit_test(test_missing_and_needless_values),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_shards),
        cmocka_unit_test(test_delimiters),
        cmocka_unit_test(test_maps),
        cmocka_unit_test(test_diff),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_table_is_sorted),
        cmocka_unit_test(test_help),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
