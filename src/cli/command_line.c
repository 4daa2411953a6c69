#include "cli/command_line.h"

#include <assert.h>
#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/combinations.h"
#include "cli/option_table.h"
#include "cli/rate_share.h"
#include "cli/settings.h"
#include "cli/shard_auto.h"
#include "service/service.h"

#define USAGE     "usage: bauser-batch [OPTIONS] INPUT OUTPUT; see --help"
#define SPECS_MAX OPTIONS_MAX

/* The option table in the two forms that getopt_long() needs. */
struct getopt_table {
    struct option names[SPECS_MAX];
    char letters[SPECS_MAX + 3];
};

static void make_getopt_table(struct getopt_table *table)
{
    /* '-': operands are returned in order, as 1; ':': a missing value and an
     * unknown option have different results. */
    char *letter = table->letters;
    size_t i;

    *letter++ = '-';
    *letter++ = ':';
    for (i = 0; option_table[i].name; i++) {
        assert(i < SPECS_MAX - 1);
        table->names[i] = (struct option){
            .name = option_table[i].name,
            .has_arg =
                option_table[i].argument ? required_argument : no_argument,
        };
        if (option_table[i].letter)
            *letter++ = option_table[i].letter;
    }
    table->names[i] = (struct option){.name = NULL};
    *letter = '\0';
}

/* ---- unknown options ---------------------------------------------------- */

/* The most similar name of an option; NULL: none is similar. */
static const char *nearest_name(const char *wanted, size_t len)
{
    char name[32] = "";
    struct suggestion nearest;

    if (len < sizeof(name))
        memcpy(name, wanted, len);
    suggest_init(&nearest, name);
    for (size_t i = 0; option_table[i].name; i++)
        suggest_offer(&nearest, option_table[i].name);
    return nearest.name;
}

static int refuse_name(const char *word, struct error *error)
{
    size_t len = strcspn(word, "="); /* a secret may follow */
    const char *name = word + strspn(word, "-");
    const char *nearest = nearest_name(name, strcspn(name, "="));

    if (nearest)
        return error_set(error, ERROR_USAGE,
                         "unknown option %.*s; did you mean --%s?", (int)len,
                         word, nearest);
    return error_set(error, ERROR_USAGE,
                     "unknown option %.*s; --help-all lists all options",
                     (int)len, word);
}

/* Only the letter is repeated, because a secret may follow it. */
static int refuse_letter(const char *word, char letter, struct error *error)
{
    const char *equals = strchr(word, '=');
    const struct option_spec *other;

    if (letter == '=' && equals > word + 1)
        return error_set(error, ERROR_USAGE, "-%c takes no value", equals[-1]);
    if (word[2] != '\0' && nearest_name(word + 1, strcspn(word + 1, "=")))
        return refuse_name(word, error);
    if (strpbrk(word, "./"))
        return error_set(error, ERROR_USAGE,
                         "unknown option -%c; if this is the name of a file, "
                         "write ./ before it",
                         letter);
    other = option_table_find_letter((
        char)(isupper((unsigned char)letter) ? tolower((unsigned char)letter)
                                             : toupper((unsigned char)letter)));
    if (other)
        return error_set(error, ERROR_USAGE,
                         "unknown option -%c; did you mean -%c (--%s)?", letter,
                         other->letter, other->name);
    return error_set(error, ERROR_USAGE,
                     "unknown option -%c; --help-all lists all options",
                     letter);
}

/* ---- the words of the command line -------------------------------------- */

static int add_operand(struct options *options, const char *word,
                       struct error *error)
{
    if (*word == '\0')
        return error_set(error, ERROR_USAGE, "the name of %s is empty; " USAGE,
                         options->input ? "OUTPUT" : "INPUT");
    if (options->output)
        return error_set(
            error, ERROR_USAGE,
            "unexpected argument '%s' after INPUT and OUTPUT; " USAGE, word);
    if (options->input)
        options->output = word;
    else
        options->input = word;
    return 0;
}

/* Sets the option in word; result and value are those of getopt_long(). */
static int set_option(struct options *options, const char *word, int result,
                      const char *value, struct error *error)
{
    bool is_long = strncmp(word, "--", 2) == 0;
    const struct option_spec *spec;

    /* getopt_long() accepts abbreviations, we do not. */
    spec = is_long ? option_table_find(word)
                   : option_table_find_letter((char)result);
    if (!spec)
        return is_long ? refuse_name(word, error)
                       : refuse_letter(word, (char)optopt, error);
    if (result == ':')
        return error_set(error, ERROR_USAGE, "--%s needs a value: --%s %s",
                         spec->name, spec->name, spec->argument);
    if (result == '?')
        return error_set(error, ERROR_USAGE,
                         "--%s takes no value; leave out '%s'", spec->name,
                         word + 2 + strlen(spec->name));
    options->decided[option_table_index(spec)] = true;
    return spec->set(options, spec, value, error);
}

/* The words after --help or --version are ignored; those after others may
 * select the service or the profile. */
static bool goes_on(const struct options *options)
{
    return options->action == OPTIONS_RUN ||
           options->action == OPTIONS_SHOW_CONFIG ||
           options->action == OPTIONS_TEMPLATE;
}

/* Parses the words in their order, up to --help or --version. */
static int parse_words(struct options *options, int argc, char *argv[],
                       struct error *error)
{
    struct getopt_table table;
    int result, at;

    make_getopt_table(&table);
    opterr = 0;
    optind = 0; /* glibc: forgets an earlier command line */
    while (goes_on(options)) {
        at = optind > 0 ? optind : 1;
        result = getopt_long(argc, argv, table.letters, table.names, NULL);
        if (result == -1)
            break;
        if (result == 1 ? add_operand(options, optarg, error)
                        : set_option(options, argv[at], result, optarg, error))
            return -1;
    }
    while (goes_on(options) && optind < argc) {
        if (add_operand(options, argv[optind++], error))
            return -1;
    }
    return 0;
}

/* The shards know their INPUT. */
static int take_merged(struct options *options, struct error *error)
{
    if (!options->input || options->output)
        return error_set(error, ERROR_USAGE,
                         "--merge takes OUTPUT alone, without a shard: "
                         "bauser-batch --merge result.csv");
    options->output = options->input;
    options->input = NULL;
    return 0;
}

/* A list has no INPUT. */
static int take_list_operand(struct options *options, struct error *error)
{
    if (options->output)
        return error_set(error, ERROR_USAGE,
                         "--list takes no INPUT; leave out '%s'",
                         options->input);
    if (!options->input)
        return error_set(error, ERROR_USAGE,
                         "OUTPUT is missing; usage: bauser-batch --list "
                         "[OPTIONS] OUTPUT");
    options->output = options->input;
    options->input = NULL;
    return 0;
}

static int check_operands(struct options *options, struct error *error)
{
    /* The other checks need names. */
    if (options->action == OPTIONS_SHOW_CONFIG) {
        options->input = options->input ? options->input : "INPUT";
        options->output = options->output ? options->output : "OUTPUT";
        return 0;
    }
    if (options->mode == MODE_LIST)
        return take_list_operand(options, error);
    if (!mode_has_files(options->mode)) {
        if (!options->input)
            return 0;
        return error_set(error, ERROR_USAGE,
                         "--%s has no INPUT and no OUTPUT; leave out '%s'",
                         mode_name(options->mode), options->input);
    }
    if (options->mode == MODE_MERGE)
        return take_merged(options, error);
    if (!options->input)
        return error_set(error, ERROR_USAGE, "INPUT is missing; " USAGE);
    if (!options->output && options->mode != MODE_CHECK)
        return error_set(error, ERROR_USAGE, "OUTPUT is missing; " USAGE);
    return 0;
}

/* Proxy variables have no effect, and many expect one. */
static void find_unused_proxy(struct options *options)
{
    static const char *const variables[] = {"HTTPS_PROXY", "https_proxy",
                                            "ALL_PROXY", "all_proxy"};

    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        const char *value = getenv(variables[i]);

        if (value && *value && !options->proxy && !options->unused_proxy)
            options->unused_proxy = variables[i];
    }
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

/* Parses the command line into options that have other values already. */
static int parse_over(struct options *options, int argc, char *argv[],
                      struct error *error)
{
    options->argc = argc;
    options->argv = argv;
    if (parse_words(options, argc, argv, error))
        return -1;
    if (options->action == OPTIONS_TEMPLATE && options->input)
        return error_set(error, ERROR_USAGE,
                         "--template takes no INPUT; redirect its output to a "
                         "new file: bauser-batch --template >users.csv");
    if (!goes_on(options) || options->action == OPTIONS_TEMPLATE)
        return 0;
    if (check_operands(options, error))
        return -1;
    if (combinations_check(options, error)) {
        if (options->settings)
            settings_explain(options->settings, options, error);
        return -1;
    }
    find_unused_proxy(options);
    return set_default_endpoint(options, error) ||
                   (options->action == OPTIONS_RUN &&
                    mode_has_files(options->mode) &&
                    (shard_auto_apply(options, error) ||
                     rate_share_check(options, error)))
               ? -1
               : 0;
}

int command_line_parse(struct options *options, int argc, char *argv[],
                       struct error *error)
{
    option_table_set_defaults(options);
    return parse_over(options, argc, argv, error);
}

int command_line_read(struct options *options, struct settings **settings,
                      int argc, char *argv[], const struct file_system *files,
                      struct error *error)
{
    struct options first;
    int result;

    *settings = NULL;
    option_table_set_defaults(options);
    /* The command line says which other values count, and is then parsed on top
     * of them. */
    option_table_set_defaults(&first);
    result = parse_words(&first, argc, argv, error);
    if (result || !goes_on(&first)) {
        options->action = first.action;
        options->shell = first.shell;
        options_clear(&first);
        return result;
    }
    result = settings_read(settings, &first, files, error);
    if (result == 0) {
        options->settings = *settings;
        memcpy(options->decided, first.decided, sizeof(first.decided));
        result = settings_apply(*settings, options, first.mode, error) ||
                 parse_over(options, argc, argv, error);
    }
    options_clear(&first);
    return result ? -1 : 0;
}
