#include "option_specs.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "endpoint.h"
#include "nearest.h"
#include "service.h"
#include "text.h"

#define NUMBER_SIZE 20 /* digits of a 64-bit number and a NUL */
#define SHARDS_MAX  1000000

static option_set_fn set_flag, set_text, set_number, set_digits, set_mode,
    set_action, set_api, set_clear_token, set_delimiter, set_endpoint,
    set_environment, add_ignore, add_map, set_shard;

#define MEMBER(name)         .offset = offsetof(struct options, name)
#define RANGE(low, high, at) .min = (low), .max = (high), .initial = (at)

/* clang-format off */
const struct option_spec option_specs[] = {
    {"check", NULL,
     "only read INPUT and check every row's values; makes no call, needs no "
     "credentials; OUTPUT may be left out",
     set_mode, .choice = MODE_CHECK, .group = GROUP_MODES},
    {"dry-run", NULL, "fetch and merge, and say what would change",
     set_mode, .choice = MODE_DRY_RUN, .group = GROUP_MODES},
    {"export", NULL,
     "write all columns of the users whose Ids INPUT gives, ready to be "
     "edited and fed back",
     set_mode, .choice = MODE_EXPORT, .group = GROUP_MODES},
    {"reconcile", NULL,
     "fetch and compare: is the service in the state that INPUT describes?",
     set_mode, .choice = MODE_RECONCILE, .group = GROUP_MODES},

    {"clear-token", "WORD",
     "the cell that clears a value (default delete_value)",
     set_clear_token, .group = GROUP_INPUT},
    {"delimiter", "CHAR",
     "what parts the columns (default ','); the word tab for a tab",
     set_delimiter, .group = GROUP_INPUT},
    {"ignore", "COLUMN", "drop a column of INPUT; may be repeated",
     add_ignore, .group = GROUP_INPUT},
    {"ignore-guards", NULL,
     "don't compare read-only columns (TimeStamp, UserName, ...)",
     set_flag, MEMBER(ignore_guards), .group = GROUP_INPUT},
    {"map", "'FROM=TO'",
     "read INPUT's column FROM as the column TO; may be repeated",
     add_map, .group = GROUP_INPUT},

    {"diff", "FILE",
     "with --dry-run: write old and new values, row by row (personal data!)",
     set_text, MEMBER(diff), .group = GROUP_OUTPUT},
    {"no-clobber", NULL, "refuse to start where OUTPUT is there already",
     set_flag, MEMBER(no_clobber), .group = GROUP_OUTPUT},
    {"restart", NULL,
     "throw away what an interrupted run left beside OUTPUT",
     set_flag, MEMBER(restart), .group = GROUP_OUTPUT},

    {"account-id", "ID", "send this CustomerAccountId with each call",
     set_digits, MEMBER(account_id), .group = GROUP_SERVICE},
    {"api", "NAME", "the service to call: rest (default)",
     set_api, .group = GROUP_SERVICE},
    {"cacert", "FILE",
     "trust the certificates in FILE instead of the system's",
     set_text, MEMBER(cacert), .group = GROUP_SERVICE},
    {"customer-id", "ID", "send this CustomerId with each call",
     set_digits, MEMBER(customer_id), .group = GROUP_SERVICE},
    {"endpoint", "URL",
     "another base address; https, or http for this machine only",
     set_endpoint, .group = GROUP_SERVICE},
    {"environment", "NAME", "production (default) or sandbox",
     set_environment, .group = GROUP_SERVICE},

    {"concurrency", "N", "calls in flight",
     set_number, MEMBER(concurrency), RANGE(1, 1024, 16),
     .group = GROUP_FLOW},
    {"connect-timeout", "S", "seconds to wait for a connection",
     set_number, MEMBER(connect_timeout), RANGE(1, 3600, 10),
     .group = GROUP_FLOW},
    {"shard", "K/N",
     "only the rows whose Id falls to part K of N, K from 0 to N-1",
     set_shard, .group = GROUP_FLOW},
    {"timeout", "S", "seconds to wait for an answer",
     set_number, MEMBER(timeout), RANGE(1, 86400, 60),
     .group = GROUP_FLOW},
    {"window", "ROWS",
     "merge a user's rows that lie within this many rows of INPUT",
     set_number, MEMBER(window), RANGE(1, 10000000, 100000),
     .group = GROUP_FLOW},

    {"help", NULL, "show this text", set_action, .choice = OPTIONS_HELP,
     .group = GROUP_OTHER},
    {"quiet", NULL, "show nothing but errors",
     set_flag, MEMBER(quiet), .group = GROUP_OTHER},
    {"version", NULL, "show the version", set_action,
     .choice = OPTIONS_VERSION, .group = GROUP_OTHER},

    {.name = NULL},
};
/* clang-format on */

/* Where in options the spec's member is. */
static void *member(struct options *options, const struct option_spec *spec)
{
    return (char *)options + spec->offset;
}

unsigned *option_number(struct options *options, const struct option_spec *spec)
{
    return member(options, spec);
}

static int set_flag(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    bool *flag = member(options, spec);

    (void)value;
    (void)error;
    *flag = true;
    return 0;
}

static int set_text(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    const char **text = member(options, spec);

    if (*value == '\0')
        return error_set(error, ERROR_USAGE, "--%s: %s is empty", spec->name,
                         spec->argument);
    *text = value;
    return 0;
}

/* Digits only, so that strtoul()'s signs and spaces stay out. */
static int parse_number(const char *text, unsigned min, unsigned max,
                        unsigned *number)
{
    int64_t value;

    if (text_parse_long(text, &value) || *text == '-' || value < min ||
        value > max)
        return -1;
    *number = (unsigned)value;
    return 0;
}

static int set_number(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    if (parse_number(value, spec->min, spec->max, option_number(options, spec)))
        return error_set(error, ERROR_USAGE,
                         "--%s takes a whole number from %u to %u, not '%s'",
                         spec->name, spec->min, spec->max, value);
    return 0;
}

/* An id that becomes the value of a header. */
static int set_digits(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    const char **text = member(options, spec);
    int64_t number;

    if (text_parse_long(value, &number) || number < 1)
        return error_set(error, ERROR_USAGE,
                         "--%s takes a whole number, not '%s'", spec->name,
                         value);
    *text = value;
    return 0;
}

static int set_mode(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    enum mode mode = (enum mode)spec->choice;

    (void)value;
    if (options->mode != MODE_APPLY && options->mode != mode)
        return error_set(error, ERROR_USAGE,
                         "--%s and --%s exclude each other; give one of them",
                         mode_name(options->mode), spec->name);
    options->mode = mode;
    return 0;
}

static int set_action(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    (void)value;
    (void)error;
    options->action = (enum options_action)spec->choice;
    return 0;
}

static int set_api(struct options *options, const struct option_spec *spec,
                   const char *value, struct error *error)
{
    const struct service *service = service_find(value);
    struct nearest nearest;

    if (service) {
        options->service = service;
        return 0;
    }
    nearest_init(&nearest, value);
    for (size_t i = 0; services[i]; i++)
        nearest_offer(&nearest, services[i]->name);
    return error_set(error, ERROR_USAGE,
                     "--%s: there is no service '%s'; try %s", spec->name,
                     value,
                     nearest.name ? nearest.name : options->service->name);
}

static int set_clear_token(struct options *options,
                           const struct option_spec *spec, const char *value,
                           struct error *error)
{
    if (*value == '\0')
        return error_set(error, ERROR_USAGE,
                         "--%s can't be empty: an empty cell keeps what the "
                         "user has",
                         spec->name);
    options->clear_token = value;
    return 0;
}

static bool is_delimiter(const char *text)
{
    static const char *const letters = "abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    return text[0] > 0 && text[1] == '\0' && !strchr("\"\r\n", text[0]) &&
           !strchr(letters, text[0]);
}

static int set_delimiter(struct options *options,
                         const struct option_spec *spec, const char *value,
                         struct error *error)
{
    if (strcasecmp(value, "tab") == 0 || strcmp(value, "\\t") == 0)
        value = "\t";
    if (!is_delimiter(value))
        return error_set(error, ERROR_USAGE,
                         "--%s takes one ASCII character, such as ';', or the "
                         "word tab; no letter, digit, quote or line end",
                         spec->name);
    options->delimiter = value[0];
    return 0;
}

static int set_endpoint(struct options *options, const struct option_spec *spec,
                        const char *value, struct error *error)
{
    char *endpoint = endpoint_parse("--endpoint", value, error);

    (void)spec;
    if (!endpoint)
        return -1;
    free(options->endpoint);
    options->endpoint = endpoint;
    return 0;
}

static int set_environment(struct options *options,
                           const struct option_spec *spec, const char *value,
                           struct error *error)
{
    options->sandbox = strcmp(value, "sandbox") == 0;
    if (!options->sandbox && strcmp(value, "production") != 0)
        return error_set(error, ERROR_USAGE,
                         "--%s takes production or sandbox, not '%s'",
                         spec->name, value);
    return 0;
}

static int add_ignore(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    size_t count = options->ignore_count;
    const char **ignores;

    if (*value == '\0')
        return error_set(error, ERROR_USAGE, "--%s: the name is empty",
                         spec->name);
    ignores = realloc(options->ignores, (count + 1) * sizeof(*ignores));
    if (!ignores)
        return error_memory(error);
    ignores[count] = value;
    options->ignores = ignores;
    options->ignore_count++;
    return 0;
}

/* Splits FROM=TO; from is the caller's to free. */
static int split_map(struct name_pair *map, const char *value)
{
    /* A file's own name may hold a '=', a column's never does. */
    const char *equals = strrchr(value, '=');

    map->from = strdup(value);
    if (!map->from)
        return -1;
    map->from[equals - value] = '\0';
    map->to = map->from + (equals - value) + 1;
    return 0;
}

static bool is_mapped(const struct options *options, const char *from)
{
    for (size_t i = 0; i < options->map_count; i++) {
        if (strcasecmp(options->maps[i].from, from) == 0)
            return true;
    }
    return false;
}

static int add_map(struct options *options, const struct option_spec *spec,
                   const char *value, struct error *error)
{
    size_t count = options->map_count;
    const char *equals = strrchr(value, '=');
    struct name_pair *maps;

    if (!equals || equals == value || equals[1] == '\0')
        return error_set(error, ERROR_USAGE,
                         "--%s takes 'FROM=TO', as in --%s 'Mail=Email', not "
                         "'%s'",
                         spec->name, spec->name, value);
    maps = realloc(options->maps, (count + 1) * sizeof(*maps));
    if (!maps)
        return error_memory(error);
    options->maps = maps;
    if (split_map(&maps[count], value))
        return error_memory(error);
    if (is_mapped(options, maps[count].from)) {
        free(maps[count].from);
        return error_set(error, ERROR_USAGE,
                         "--%s '%s': that column is given to --%s twice",
                         spec->name, value, spec->name);
    }
    options->map_count++;
    return 0;
}

static int set_shard(struct options *options, const struct option_spec *spec,
                     const char *value, struct error *error)
{
    const char *slash = strchr(value, '/');
    char first[NUMBER_SIZE];
    size_t len = slash ? (size_t)(slash - value) : 0;
    unsigned shard, shards;

    if (!slash || len >= sizeof(first))
        goto bad;
    memcpy(first, value, len);
    first[len] = '\0';
    if (parse_number(slash + 1, 1, SHARDS_MAX, &shards) ||
        parse_number(first, 0, shards - 1, &shard))
        goto bad;
    options->shard = shard;
    options->shards = shards;
    return 0;

bad:
    return error_set(error, ERROR_USAGE,
                     "--%s takes K/N, K from 0 to N-1, as in --%s 0/4, not "
                     "'%s'",
                     spec->name, spec->name, value);
}
