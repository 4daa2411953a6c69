#include "command.h"

#include "service/service.h"

/* --diff requires --dry-run, and a file that is not OUTPUT. */
static void test_diff(void **state)
{
    (void)state;
    assert_refused("--diff d a b", "--diff requires --dry-run");
    assert_refused("--check --diff d a", "--diff requires --dry-run");
    assert_refused("--dry-run --diff b a b", "are the same file");
}

/* A plan requires a dry run with files that can be resumed. Its approval is for
 * a run that applies it as it is. */
static void test_plan(void **state)
{
    static const char digest[] = "0123456789abcdef0123456789ABCDEF"
                                 "0123456789abcdef0123456789abcdef";
    static const char *const others[] = {"--ignore-guards",  "--ignore x",
                                         "--ignore-unknown", "--map a=City",
                                         "--encoding UTF-8", "--skip-lines 1",
                                         "--dry-run",        "--reconcile"};
    struct command command;
    struct options options;
    char text[200];

    (void)state;
    parse(&options, &command, "--dry-run --plan p a b");
    assert_string_equal(options.plan, "p");
    options_clear(&options);
    assert_refused("--plan p a b", "--plan requires --dry-run");
    assert_refused("--dry-run --plan - a b", "cannot be standard output");
    assert_refused("--dry-run --plan p a -", "an OUTPUT that is a file");
    assert_refused("--dry-run --plan p --diff d a b", "leave out --diff");
    assert_refused("--dry-run --plan p --sync second a b", "--sync second");
    snprintf(text, sizeof(text), "--approve %s --clear-token x a b", digest);
    parse(&options, &command, text);
    assert_string_equal(options.approve, digest);
    options_clear(&options);
    assert_refused("--approve 0 a b", "64 hexadecimal digits, not '0'");
    snprintf(text, sizeof(text), "--approve %.63sg a b", digest);
    assert_refused(text, "64 hexadecimal digits");
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        snprintf(text, sizeof(text), "--approve %s %s a b", digest, others[i]);
        assert_refused(text, "--approve and --");
    }
}

/* A column to shard by requires shards. */
static void test_shard_by(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command, "--shard 0/2 --shard-by _Person a b");
    assert_string_equal(options.shard_by, "_Person");
    options_clear(&options);
    assert_refused("--shard-by _Person a b", "--shard-by requires --shard");
    assert_refused("--shard 0/1 --shard-by _Person a b", "more than one shard");
}

/* --merge has one operand, OUTPUT, and no option of a run. */
static void test_merge(void **state)
{
    static const char *const others[] = {
        "--resume", "--restart",    "--retry-failed", "--shard 0/2",
        "--skip 1", "--no-summary", "--log-file f",   "--ping https://h"};
    struct command command;
    struct options options;
    char text[64];

    (void)state;
    parse(&options, &command, "--merge --undo u --failed f a");
    assert_null(options.input);
    assert_string_equal(options.output, "a");
    options_clear(&options);
    assert_refused("--merge", "--merge takes OUTPUT alone");
    assert_refused("--merge a b", "--merge takes OUTPUT alone");
    assert_refused("--merge -", "and no standard output");
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        snprintf(text, sizeof(text), "--merge %s a", others[i]);
        assert_refused(text, "--merge");
    }
}

/* --resolve requires a list of users, which no other mode reads, and has no
 * journal, log, summary or failed rows. */
static void test_resolve(void **state)
{
    static const char *const others[] = {
        "--resume",        "--restart",   "--failed f",
        "--diff f",        "--undo f",    "--report f",
        "--metrics f",     "--summary f", "--no-summary",
        "--log-file f",    "--on-end f",  "--shard 0/2",
        "--retry-failed",  "--loose",     "--ignore-guards",
        "--ping https://h"};
    struct command command;
    struct options options;
    char text[100];

    (void)state;
    parse(&options, &command, "--resolve --users l --shard 0/1 - -");
    assert_int_equal(options.mode, MODE_RESOLVE);
    assert_string_equal(options.users, "l");
    options_clear(&options);
    assert_refused("--resolve a -", "requires --users FILE");
    assert_refused("--resolve --users l a", "OUTPUT is missing");
    assert_refused("--users l a b", "--users requires --resolve");
    assert_refused("--users l --export a b", "--users requires --resolve");
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        snprintf(text, sizeof(text), "--resolve --users l %s a b", others[i]);
        assert_refused(text, "; ");
    }
}

/* The environment determines the base address, unless an endpoint is given. */
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
    assert_refused("--api soap a b", "unknown service 'soap'");
}

/* The service must accept the words, or refuse them with a message that names
 * it, whether --api comes first or last. */
static void assert_accepted(const struct service *service, const char *words,
                            bool accepted)
{
    struct command command;
    struct options options;
    char text[2][200];

    snprintf(text[0], sizeof(text[0]), "--api %s %s a b", service->name, words);
    snprintf(text[1], sizeof(text[1]), "%s a b --api %s", words, service->name);
    for (int i = 0; i < 2; i++) {
        if (!accepted) {
            assert_refused(text[i], service->name);
            continue;
        }
        parse(&options, &command, text[i]);
        assert_ptr_equal(options.service, service);
        options_clear(&options);
    }
}

#define TENANT "eebd1b55-5360-4438-a11d-5c06918c3014"

/* Each service accepts the ids and environments that it supports, and refuses
 * the others by its name; an endpoint does not make a sandbox. */
static void test_services(void **state)
{
    (void)state;
    for (size_t i = 0; services[i]; i++) {
        const struct service *service = services[i];
        bool number = service->customer == CUSTOMER_NUMBER;
        bool tenant = service->customer == CUSTOMER_TENANT;

        assert_accepted(service, "--customer-id 5", number);
        assert_accepted(service, "--customer-id " TENANT, tenant);
        /* It lists the users of one customer. */
        assert_accepted(service, "--resolve --customer-id 5", !tenant);
        assert_accepted(service, "--resolve --customer-id x", false);
        assert_accepted(service, "--customer-id ../users", false);
        assert_accepted(service, "--account-id 5", number);
        assert_accepted(service, "--account-id " TENANT, false);
        assert_accepted(service, "--identity-provider microsoft", true);
        assert_accepted(service, "--identity-provider google", service->google);
        assert_accepted(service, "--environment production", true);
        assert_accepted(service, "--environment sandbox", service->sandbox);
        assert_accepted(service, "--environment sandbox --endpoint https://x",
                        service->sandbox);
    }
}

/* Google's token endpoint has no tenants. */
static void test_identity_provider(void **state)
{
    struct command command;
    struct options options;

    (void)state;
    parse(&options, &command, "a b");
    assert_false(options.google);
    options_clear(&options);
    parse(&options, &command, "--identity-provider google a b");
    assert_true(options.google);
    options_clear(&options);
    assert_refused("--identity-provider google --tenant t a b",
                   "leave out --tenant");
    assert_refused("--identity-provider apple a b", "microsoft or google");
}

/* --resume and --restart cannot be combined; each can be combined with
 * --retry-failed, which applies rows and replaces OUTPUT. */
static void test_earlier_runs(void **state)
{
    static const char *const accepted[] = {
        "--resume --retry-failed a b", "--restart --retry-failed a b",
        "--resume --check a",          "--resume a -",
        "--resume --dry-run a b",      "--resume --no-clobber a b",
    };
    struct command command;
    struct options options;

    (void)state;
    for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        parse(&options, &command, accepted[i]);
        options_clear(&options);
    }
    assert_refused("--restart --resume a b",
                   "--resume and --restart cannot be combined");
    assert_refused("--retry-failed --dry-run a b",
                   "--retry-failed and --dry-run cannot be combined");
    assert_refused("--retry-failed --check a",
                   "--retry-failed and --check cannot be combined");
    assert_refused("--retry-failed a -", "reads a finished OUTPUT");
    assert_refused("--no-clobber --retry-failed a b",
                   "--no-clobber cannot be combined");
    assert_refused("--report - a b", "--report cannot be standard output");
    assert_refused("--report-values a b", "--report-values requires --report");
}

/* A proxy on another machine is refused for plain http calls to this machine; a
 * tenant cannot leave its part of the path. */
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
                   "send the tokens unencrypted");
    assert_refused("--proxy http://u:secret@h a b", "user name or password");
    assert_refused("--tenant ../x a b", "--tenant takes");
    assert_refused("--tenant .. a b", "--tenant takes");
    assert_refused("--tenant a/b a b", "--tenant takes");
    assert_refused("--tenant= a b", "--tenant takes");
    parse(&options, &command, "--tenant 1f0a-22.b a b");
    assert_string_equal(options.tenant, "1f0a-22.b");
    options_clear(&options);
}

/* The log is a file that nothing else uses, with a known format and level. */
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
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_diff),
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_shard_by),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_services),
        cmocka_unit_test(test_identity_provider),
        cmocka_unit_test(test_earlier_runs),
        cmocka_unit_test(test_proxy_and_tenant),
        cmocka_unit_test(test_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
