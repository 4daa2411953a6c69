#include "cli/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/guid.h"
#include "base/number.h"
#include "base/suggest.h"
#include "cli/option_table.h"
#include "cli/url.h"
#include "service/service.h"

#define USAGE     "bauser-batch [OPTIONS] INPUT OUTPUT"
#define SPECS_MAX 64

static const char *const mode_names[] = {
    [MODE_APPLY] = "apply",     [MODE_CHECK] = "check",
    [MODE_DRY_RUN] = "dry-run", [MODE_RECONCILE] = "reconcile",
    [MODE_EXPORT] = "export",
};

const char *mode_name(enum mode mode)
{
    return mode_names[mode];
}

const char *log_level_name(enum log_level level)
{
    static const char *const names[] = {
        [LOG_LEVEL_ERROR] = "error",
        [LOG_LEVEL_WARN] = "warn",
        [LOG_LEVEL_INFO] = "info",
        [LOG_LEVEL_DEBUG] = "debug",
    };

    return names[level];
}

static void set_defaults(struct options *options)
{
    const struct option_spec *spec;

    *options = (struct options){
        .delimiter = ',',
        .clear_token = "delete_value",
        .shards = 1,
        .service = services[0],
        .rate_window = 1,
        .give_up = INT64_C(15) * 60 * 1000,
        .max_errors = UINT64_MAX,
        .log_level = LOG_LEVEL_INFO,
    };
    for (spec = option_specs; spec->name; spec++) {
        if (spec->max > 0)
            *option_number(options, spec) = spec->initial;
    }
}

/* What getopt_long() wants to know of our table. */
static void make_long_options(struct option long_options[SPECS_MAX])
{
    size_t i;

    for (i = 0; i < SPECS_MAX - 1 && option_specs[i].name; i++)
        long_options[i] = (struct option){
            .name = option_specs[i].name,
            .has_arg =
                option_specs[i].argument ? required_argument : no_argument,
        };
    long_options[i] = (struct option){.name = NULL};
}

/* The spec of "--NAME" or "--NAME=VALUE", written in full. */
static const struct option_spec *find_spec(const char *word)
{
    const struct option_spec *spec;
    size_t len;

    if (strncmp(word, "--", 2) != 0)
        return NULL;
    word += 2;
    len = strcspn(word, "=");
    for (spec = option_specs; spec->name; spec++) {
        if (strlen(spec->name) == len && strncmp(word, spec->name, len) == 0)
            return spec;
    }
    return NULL;
}

static int refuse_unknown(const char *word, struct error *error)
{
    const char *bare = word + strspn(word, "-");
    int shown = (int)strcspn(word, "="); /* what follows may be a secret */
    char name[32] = "";
    struct suggestion nearest;

    if (strcspn(bare, "=") < sizeof(name))
        memcpy(name, bare, strcspn(bare, "="));
    suggest_init(&nearest, name);
    for (size_t i = 0; option_specs[i].name; i++)
        suggest_offer(&nearest, option_specs[i].name);
    if (nearest.name)
        return error_set(error, ERROR_USAGE,
                         "unknown option %.*s; did you mean --%s?", shown, word,
                         nearest.name);
    return error_set(error, ERROR_USAGE,
                     "unknown option %.*s; --help lists all", shown, word);
}

static int take_operand(struct options *options, const char *word,
                        struct error *error)
{
    if (*word == '\0')
        return error_set(error, ERROR_USAGE,
                         "the name of %s is empty; usage: " USAGE,
                         options->input ? "OUTPUT" : "INPUT");
    if (options->output)
        return error_set(error, ERROR_USAGE,
                         "'%s' is one argument too many; usage: " USAGE
                         " (--help tells more)",
                         word);
    if (options->input)
        options->output = word;
    else
        options->input = word;
    return 0;
}

/* Takes the option that word begins; result and value are getopt_long()'s. */
static int take_option(struct options *options, const char *word, int result,
                       const char *value, struct error *error)
{
    const struct option_spec *spec = find_spec(word);

    if (!spec)
        return refuse_unknown(word, error);
    if (result == ':')
        return error_set(error, ERROR_USAGE, "--%s needs a value: --%s %s",
                         spec->name, spec->name, spec->argument);
    if (result == '?')
        return error_set(error, ERROR_USAGE, "--%s takes no value", spec->name);
    return spec->set(options, spec, value, error);
}

/* Walks over argv, in its order, up to --help or --version. */
static int take_words(struct options *options, int argc, char *argv[],
                      struct error *error)
{
    struct option long_options[SPECS_MAX];
    int result, at;

    make_long_options(long_options);
    opterr = 0;
    optind = 0; /* glibc: starts anew, whatever was parsed before */
    while (options->action == OPTIONS_RUN) {
        at = optind > 0 ? optind : 1;
        /* '-': operands come in their place, as 1; ':': a missing value is
         * told apart from an unknown option. */
        result = getopt_long(argc, argv, "-:", long_options, NULL);
        if (result == -1)
            break;
        if (result == 1 ? take_operand(options, optarg, error)
                        : take_option(options, argv[at], result, optarg, error))
            return -1;
    }
    while (options->action == OPTIONS_RUN && optind < argc) {
        if (take_operand(options, argv[optind++], error))
            return -1;
    }
    return 0;
}

static bool is_name(const char *path, const char *other, const char *end)
{
    size_t len = other ? strlen(other) : 0;

    return other && strncmp(path, other, len) == 0 &&
           strcmp(path + len, end) == 0;
}

/* Links and other spellings of a name show when the files are opened. */
static int check_log_file(const struct options *options, struct error *error)
{
    const char *log = options->log_file;

    if (!log)
        return 0;
    if (strcmp(log, "-") == 0 || strcmp(log, "/dev/stdout") == 0)
        return error_set(error, ERROR_USAGE,
                         "--log-file needs a file: standard output is for the "
                         "result alone (/dev/stderr is standard error)");
    if (is_name(log, options->input, ""))
        return error_set(error, ERROR_USAGE,
                         "--log-file and INPUT can't be the same file");
    if (is_name(log, options->output, "") ||
        is_name(log, options->output, ".part") ||
        is_name(log, options->output, ".journal"))
        return error_set(error, ERROR_USAGE,
                         "--log-file can't be %s, which is kept for the run "
                         "itself",
                         log);
    if (is_name(log, options->diff, ""))
        return error_set(error, ERROR_USAGE,
                         "--log-file and --diff can't be the same file");
    return 0;
}

static int check_diff(const struct options *options, struct error *error)
{
    if (!options->diff)
        return 0;
    if (options->mode != MODE_DRY_RUN)
        return error_set(error, ERROR_USAGE, "--diff goes with --dry-run only");
    if (strcmp(options->diff, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--diff needs a file: standard output is for the "
                         "result alone");
    if (strcmp(options->diff, options->output) == 0)
        return error_set(error, ERROR_USAGE,
                         "--diff and OUTPUT can't be the same file");
    return 0;
}

/* How the run stands to an earlier one. --resume asks for nothing where there
 * was none, so that a scheduler can always give it. */
static int check_earlier_run(const struct options *options, struct error *error)
{
    if (options->resume && options->restart)
        return error_set(error, ERROR_USAGE,
                         "--resume and --restart exclude each other: the one "
                         "goes on with an interrupted run, the other throws "
                         "it away");
    if (!options->retry_failed)
        return 0;
    if (options->mode != MODE_APPLY)
        return error_set(error, ERROR_USAGE,
                         "--retry-failed and --%s exclude each other; give "
                         "one of them",
                         mode_name(options->mode));
    if (strcmp(options->output, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--retry-failed needs a finished OUTPUT to read; "
                         "standard output is none");
    if (options->no_clobber)
        return error_set(error, ERROR_USAGE,
                         "--retry-failed and --no-clobber exclude each other: "
                         "OUTPUT is read and then replaced");
    return 0;
}

/* An address of this machine means the proxy's machine to the proxy. */
static int check_proxy(const struct options *options, struct error *error)
{
    if (options->proxy && options->endpoint &&
        url_is_plain(options->endpoint) && !url_is_local(options->proxy))
        return error_set(error, ERROR_USAGE,
                         "--proxy: plain http through the proxy of another "
                         "machine would send the tokens unprotected; give "
                         "--endpoint with https");
    return 0;
}

/* ---- what the service takes --------------------------------------------- */

static int refuse_id(const char *option, const struct service *service,
                     struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "--%s: %s has no such header; leave it out", option,
                     service->name);
}

/* It becomes the value of a header, or a part of a path. */
static int check_number(const char *option, const char *value,
                        const struct service *service, struct error *error)
{
    int64_t number;

    if (number_parse_long(value, &number) || number < 1)
        return error_set(error, ERROR_USAGE,
                         "--%s takes a whole number for %s, not '%s'", option,
                         service->name, value);
    return 0;
}

static int check_customer(const struct options *options, struct error *error)
{
    const struct service *service = options->service;
    const char *id = options->customer_id;

    switch (service->customer) {
    case CUSTOMER_NUMBER:
        return id ? check_number("customer-id", id, service, error) : 0;
    case CUSTOMER_TENANT:
        if (id && !guid_is_one(id))
            return error_set(error, ERROR_USAGE,
                             "--customer-id takes the GUID of the customer's "
                             "tenant for %s, such as "
                             "eebd1b55-5360-4438-a11d-5c06918c3014, not '%s'",
                             service->name, id);
        return 0;
    case CUSTOMER_NONE:
        break;
    }
    return id ? refuse_id("customer-id", service, error) : 0;
}

static int check_account(const struct options *options, struct error *error)
{
    const struct service *service = options->service;
    const char *id = options->account_id;

    if (!id)
        return 0;
    if (service->customer != CUSTOMER_NUMBER)
        return refuse_id("account-id", service, error);
    return check_number("account-id", id, service, error);
}

/* Also where --endpoint gives an address: the environment chooses the sign-in's
 * address and scope as well. */
static int check_sandbox(const struct options *options, struct error *error)
{
    if (options->sandbox && !options->service->sandbox)
        return error_set(error, ERROR_USAGE,
                         "--environment: %s has no sandbox address, sandbox "
                         "accounts use the production address; leave it out",
                         options->service->name);
    return 0;
}

/* What only shows when all words are known. */
static int check_together(const struct options *options, struct error *error)
{
    if (!options->input)
        return error_set(error, ERROR_USAGE,
                         "INPUT is missing; usage: " USAGE
                         " (--help tells more)");
    if (!options->output && options->mode != MODE_CHECK)
        return error_set(error, ERROR_USAGE,
                         "OUTPUT is missing; usage: " USAGE
                         " (--help tells more)");
    if (check_diff(options, error) || check_log_file(options, error) ||
        check_earlier_run(options, error) || check_proxy(options, error) ||
        check_customer(options, error) || check_account(options, error) ||
        check_sandbox(options, error))
        return -1;
    return 0;
}

static int set_default_endpoint(struct options *options, struct error *error)
{
    const struct service *service = options->service;

    if (options->endpoint)
        return 0;
    options->endpoint =
        strdup(options->sandbox ? service->sandbox : service->production);
    return options->endpoint ? 0 : error_memory(error);
}

int options_parse(struct options *options, int argc, char *argv[],
                  struct error *error)
{
    set_defaults(options);
    if (take_words(options, argc, argv, error))
        return -1;
    if (options->action != OPTIONS_RUN)
        return 0;
    if (check_together(options, error))
        return -1;
    return set_default_endpoint(options, error);
}

void options_clear(struct options *options)
{
    for (size_t i = 0; i < options->map_count; i++)
        free(options->maps[i].from);
    free(options->maps);
    free(options->ignores);
    free(options->endpoint);
    *options = (struct options){.action = OPTIONS_RUN};
}

/* Writes a word so that every POSIX shell reads it as it is. '=' means nothing
 * in an option, but makes an assignment of a command's name. */
static void print_word(FILE *stream, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:@_=";
    const char *rest = word;
    size_t len;

    if (*word && word[strspn(word, plain)] == '\0' &&
        (strncmp(word, "--", 2) == 0 || !strchr(word, '='))) {
        fputs(word, stream);
        return;
    }
    fputc('\'', stream);
    while (rest[len = strcspn(rest, "'")]) {
        fprintf(stream, "%.*s'\\''", (int)len, rest);
        rest += len + 1;
    }
    fprintf(stream, "%s'", rest);
}

static bool takes_next_word(const char *word)
{
    const struct option_spec *spec = find_spec(word);

    return spec && spec->argument && !strchr(word, '=');
}

void options_print_resume(const struct options *options, int argc, char *argv[],
                          FILE *stream)
{
    bool is_option = true; /* may the next word be one? */
    bool ended = false;    /* by "--" */

    print_word(stream, argv[0]);
    if (!options->resume)
        fputs(" --resume", stream);
    for (int i = 1; i < argc; i++) {
        if (is_option && strcmp(argv[i], "--restart") == 0)
            continue;
        fputc(' ', stream);
        print_word(stream, argv[i]);
        ended = ended || (is_option && strcmp(argv[i], "--") == 0);
        is_option = !ended && !(is_option && takes_next_word(argv[i]));
    }
    fputc('\n', stream);
}
