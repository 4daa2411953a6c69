#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/option_table.h"
#include "cli/options.h"
#include "service/service.h"

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

/* Without options faults are met, and nothing is logged, as the help says. */
static void test_defaults_in_trouble(void **state)
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
    char a[] = "a", b[] = "b";
    char *argv[] = {name, option, a, b, NULL};
    struct error error;

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        assert_refused(refused[i][0], refused[i][1]);
    assert_int_equal(options_parse(&options, 4, argv, &error), -1);
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

/* Takes the words, or refuses them with the service's name; wherever --api
 * stands. */
static void assert_taken(const struct service *service, const char *words,
                         bool taken)
{
    struct command command;
    struct options options;
    char text[2][200];

    snprintf(text[0], sizeof(text[0]), "--api %s %s a b", service->name, words);
    snprintf(text[1], sizeof(text[1]), "%s a b --api %s", words, service->name);
    for (int i = 0; i < 2; i++) {
        if (!taken) {
            assert_refused(text[i], service->name);
            continue;
        }
        parse(&options, &command, text[i]);
        assert_ptr_equal(options.service, service);
        options_clear(&options);
    }
}

#define TENANT "eebd1b55-5360-4438-a11d-5c06918c3014"

/* Each service takes the ids and the environments that it has, and refuses the
 * others by its name; an endpoint does not make a sandbox. */
static void test_what_services_take(void **state)
{
    (void)state;
    for (size_t i = 0; services[i]; i++) {
        const struct service *service = services[i];
        bool number = service->customer == CUSTOMER_NUMBER;
        bool tenant = service->customer == CUSTOMER_TENANT;

        assert_taken(service, "--customer-id 5", number);
        assert_taken(service, "--customer-id " TENANT, tenant);
        assert_taken(service, "--customer-id ../users", false);
        assert_taken(service, "--account-id 5", number);
        assert_taken(service, "--account-id " TENANT, false);
        assert_taken(service, "--environment production", true);
        assert_taken(service, "--environment sandbox", service->sandbox);
        assert_taken(service, "--environment sandbox --endpoint https://x",
                     service->sandbox);
    }
}

/* A service that there is not is answered with the nearest, or with all. */
static void test_unknown_services(void **state)
{
    (void)state;
    assert_refused("--api REST a b", "no service 'REST'; did you mean rest?");
    assert_refused("--api x a b", "no service 'x'; there are: rest");
    assert_refused("--api= a b", "there are: rest");
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
        if (options_parse(&options, 4, argv, &error) == 0)
            fail_msg("%s is taken", option);
        assert_non_null(strstr(error.text, "--rate takes calls a second"));
        options_clear(&options);
    }
    assert_refused("--retries 101 a b", "from 0 to 100");
    assert_refused("--drain 3601 a b", "from 0 to 3600");
}

/* Errors are bounded by their number, or by their share. */
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

/* The time to give up is in minutes, to the millisecond, at most a week. */
static void test_give_up(void **state)
{
    static const struct {
        const char *word;
        int64_t ms;
    } taken[] = {
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
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        snprintf(text, sizeof(text), "--give-up %s a b", taken[i].word);
        parse(&options, &command, text);
        if (options.give_up != taken[i].ms)
            fail_msg("%s: %lld", taken[i].word, (long long)options.give_up);
        options_clear(&options);
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        snprintf(text, sizeof(text), "--give-up=%s a b", refused[i]);
        assert_refused(text, "--give-up takes minutes");
    }
}

/* --resume and --restart exclude each other; each goes with --retry-failed,
 * which is for applying to a file that may be replaced. */
static void test_earlier_runs(void **state)
{
    static const char *const taken[] = {
        "--resume --retry-failed a b", "--restart --retry-failed a b",
        "--resume --check a",          "--resume a -",
        "--resume --dry-run a b",      "--resume --no-clobber a b",
    };
    struct command command;
    struct options options;

    (void)state;
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        parse(&options, &command, taken[i]);
        options_clear(&options);
    }
    assert_refused("--restart --resume a b", "exclude each other");
    assert_refused("--retry-failed --dry-run a b",
                   "--retry-failed and --dry-run exclude each other");
    assert_refused("--retry-failed --check a",
                   "--retry-failed and --check exclude each other");
    assert_refused("--retry-failed a -", "needs a finished OUTPUT");
    assert_refused("--no-clobber --retry-failed a b",
                   "--no-clobber exclude each other");
}

/* A proxy is taken as it is, but for plain calls to this machine, which are not
 * sent to another one; a tenant can't leave its place in the path. */
static void test_proxy_and_tenant(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command, "--proxy http://proxy.example.com:3128 a b");
    assert_string_equal(options.proxy, "http://proxy.example.com:3128");
    options_clear(&options);
    parse(&options, &command,
          "--endpoint http://localhost:1 --proxy http://127.0.0.1:2 a b");
    options_clear(&options);
    assert_refused("--endpoint http://localhost:1 --proxy http://10.0.0.1 a b",
                   "send the tokens unprotected");
    assert_refused("--proxy http://u:secret@h a b", "user name or password");
    assert_refused("--tenant ../x a b", "--tenant takes");
    assert_refused("--tenant .. a b", "--tenant takes");
    assert_refused("--tenant a/b a b", "--tenant takes");
    assert_refused("--tenant= a b", "--tenant takes");
    parse(&options, &command, "--tenant 1f0a-22.b a b");
    assert_string_equal(options.tenant, "1f0a-22.b");
    options_clear(&options);
}

/* The log is a file of its own, in a form and of a level that there is. */
static void test_log(void **state)
{
    static const char *const levels[] = {"error", "warn", "info", "debug"};
    struct command command;
    struct options options;
    char text[64];

    (void)state;
    for (int i = 0; i < 4; i++) {
        snprintf(text, sizeof(text), "--log-level %s a b", levels[i]);
        parse(&options, &command, text);
        assert_int_equal(options.log_level, i);
        assert_string_equal(log_level_name(options.log_level), levels[i]);
        options_clear(&options);
    }
    parse(&options, &command, "--log-format json --log-format text a b");
    assert_false(options.log_json);
    options_clear(&options);
    parse(&options, &command, "--log-file b.log a b");
    options_clear(&options);
    assert_refused("--log-level Warn a b", "error, warn, info or debug");
    assert_refused("--log-level= a b", "error, warn, info or debug");
    assert_refused("--log-format xml a b", "text or json");
    assert_refused("--log-file= a b", "--log-file: FILE is empty");
    assert_refused("--log-file - a b", "/dev/stderr");
    assert_refused("--log-file /dev/stdout a b", "for the result alone");
    assert_refused("--log-file a a b", "--log-file and INPUT");
    assert_refused("--log-file b a b", "can't be b");
    assert_refused("--log-file b.part a b", "can't be b.part");
    assert_refused("--log-file b.journal a b", "can't be b.journal");
    assert_refused("--log-file d --dry-run --diff d a b", "--diff");
    assert_refused("--check --log-file a a", "--log-file and INPUT");
}

/* The command that takes argv's run up must be the line. */
static void assert_resumed_by(char *argv[], const char *line)
{
    FILE *file = tmpfile();
    struct options options;
    struct error error;
    char text[512];
    int argc = 0;
    size_t len;

    while (argv[argc])
        argc++;
    assert_non_null(file);
    if (options_parse(&options, argc, argv, &error))
        fail_msg("%s", error.text);
    options_print_resume(&options, argc, argv, file);
    options_clear(&options);
    rewind(file);
    len = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[len] = '\0';
    assert_string_equal(text, line);
}

#define WORDS(...)                                                             \
    (char *[])                                                                 \
    {                                                                          \
        __VA_ARGS__, NULL                                                      \
    }

/* --resume stands behind the program's name, once, and --restart is gone, but
 * only where the words are options. */
static void test_resume_command(void **state)
{
    static const char *const cases[][2] = {
        {"a b", "bauser-batch --resume a b\n"},
        {"--rate 5/s a b.gz --api=rest",
         "bauser-batch --resume --rate 5/s a b.gz --api=rest\n"},
        {"a --restart b --restart", "bauser-batch --resume a b\n"},
        {"a b --resume", "bauser-batch a b --resume\n"},
        {"--ignore --restart a b",
         "bauser-batch --resume --ignore --restart a b\n"},
        {"--ignore=X --restart a b", "bauser-batch --resume --ignore=X a b\n"},
        {"--ignore --resume a b",
         "bauser-batch --resume --ignore --resume a b\n"},
        {"--ignore --ignore --restart a b",
         "bauser-batch --resume --ignore --ignore a b\n"},
        {"--ignore -- --restart a b",
         "bauser-batch --resume --ignore -- a b\n"},
        {"--restart -- --restart --resume",
         "bauser-batch --resume -- --restart --resume\n"},
        {"-- --ignore --restart",
         "bauser-batch --resume -- --ignore --restart\n"},
        {"- -", "bauser-batch --resume - -\n"},
    };
    struct command command;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_command(&command, cases[i][0]);
        assert_resumed_by(command.argv, cases[i][1]);
    }
}

/* Words that a shell would read in its own way, and how they must be put. */
static const char *const quoted[][2] = {
    {"a b", "'a b'"},
    {"it's", "'it'\\''s'"},
    {"''", "''\\'''\\'''"},
    {"say \"hi\"", "'say \"hi\"'"},
    {"two\nlines", "'two\nlines'"},
    {"tab\t", "'tab\t'"},
    {"$HOME", "'$HOME'"},
    {"`id`", "'`id`'"},
    {"a\\b", "'a\\b'"},
    {"~", "'~'"},
    {"~root/x", "'~root/x'"},
    {"*.csv", "'*.csv'"},
    {"a;b", "'a;b'"},
    {"#x", "'#x'"},
    {"!x", "'!x'"},
    {"{a,b}", "'{a,b}'"},
    {"a=b", "'a=b'"},
    {"--map=Mail=Email", "--map=Mail=Email"},
    {"--map=E Mail=Email", "'--map=E Mail=Email'"},
    {"M\xC3\xBCller.csv", "'M\xC3\xBCller.csv'"},
    {"\xFF", "'\xFF'"},
    {"50%,+:@_/./-", "50%,+:@_/./-"},
};

/* Every word is quoted where a shell would read it in its own way. */
static void test_resume_command_is_quoted(void **state)
{
    char word[64], line[512];
    char name[] = "./my batch", ignore[] = "--ignore", dashes[] = "--";
    char a[] = "a", assignment[] = "x=y", program[] = "bauser-batch";

    (void)state;
    for (size_t i = 0; i < sizeof(quoted) / sizeof(quoted[0]); i++) {
        snprintf(word, sizeof(word), "%s", quoted[i][0]);
        snprintf(line, sizeof(line),
                 "bauser-batch --resume --ignore %s -- a "
                 "%s\n",
                 quoted[i][1], quoted[i][1]);
        assert_resumed_by(WORDS(program, ignore, word, dashes, a, word), line);
    }
    assert_resumed_by(WORDS(name, a, word), "'./my batch' --resume a "
                                            "50%,+:@_/./-\n");
    assert_resumed_by(WORDS(assignment, a, word), "'x=y' --resume a "
                                                  "50%,+:@_/./-\n");
}

/* What is printed is read back by a real shell word for word. */
static void test_resume_command_in_a_shell(void **state)
{
    char option[256], command[600], read_back[256];
    char program[] = "printf", a[] = "%s", b[] = "b";
    struct options options;
    struct error error;
    FILE *file;
    size_t len;

    (void)state;
    for (size_t i = 0; i < sizeof(quoted) / sizeof(quoted[0]); i++) {
        char *argv[] = {program, a, b, option, NULL};

        snprintf(option, sizeof(option), "--ignore=%s", quoted[i][0]);
        assert_int_equal(options_parse(&options, 4, argv, &error), 0);
        options.resume = true; /* printf(1) doesn't know it */
        file = tmpfile();
        assert_non_null(file);
        options_print_resume(&options, 4, argv, file);
        options_clear(&options);
        rewind(file);
        len = fread(command, 1, sizeof(command) - 1, file);
        command[len] = '\0';
        fclose(file);
        /* NOLINTNEXTLINE(cert-env33-c): what a shell reads is the question */
        file = popen(command, "r");
        assert_non_null(file);
        len = fread(read_back, 1, sizeof(read_back) - 1, file);
        read_back[len] = '\0';
        assert_int_equal(pclose(file), 0);
        assert_memory_equal(read_back, "b--ignore=", 10);
        assert_string_equal(read_back + 1, option);
    }
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
    for (size_t i = 0; services[i]; i++) {
        snprintf(name, sizeof(name), "\n  %s ", services[i]->name);
        if (!strstr(text, name) || !strstr(text, services[i]->title))
            fail_msg("no line of %s", services[i]->name);
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
        cmocka_unit_test(test_defaults_in_trouble),
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
        cmocka_unit_test(test_what_services_take),
        cmocka_unit_test(test_unknown_services),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_max_errors),
        cmocka_unit_test(test_give_up),
        cmocka_unit_test(test_earlier_runs),
        cmocka_unit_test(test_proxy_and_tenant),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_resume_command),
        cmocka_unit_test(test_resume_command_is_quoted),
        cmocka_unit_test(test_resume_command_in_a_shell),
        cmocka_unit_test(test_table_is_sorted),
        cmocka_unit_test(test_help),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
