#include "cli/option_table.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "base/suggest.h"
#include "cli/url.h"
#include "service/service.h"

#define NUMBER_SIZE 20 /* digits of a 64-bit number and a NUL */
#define SHARDS_MAX  1000000
#define RATE_MAX    1000000
#define TENANT_MAX  253 /* bytes: the longest domain name */

#define MS_PER_MINUTE INT64_C(60000)
#define GIVE_UP_MAX   (7 * 24 * 60 * MS_PER_MINUTE)

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static option_set_fn set_flag, set_text, set_number, set_word, set_mode,
    set_action, set_api, set_clear_token, set_delimiter, set_endpoint,
    set_proxy, set_tenant, add_ignore, add_map, set_give_up, set_max_errors,
    set_rate, set_shard, set_log_level;

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
    {"resume", NULL,
     "go on where an interrupted run stopped; where there was none, start one",
     set_flag, MEMBER(resume), .group = GROUP_OUTPUT},
    {"retry-failed", NULL,
     "try the rows of a finished OUTPUT again that may work now; keep the "
     "others",
     set_flag, MEMBER(retry_failed), .group = GROUP_OUTPUT},

    {"account-id", "ID",
     "the account to work in, for services with such a header",
     set_text, MEMBER(account_id), .group = GROUP_SERVICE},
    {"api", "NAME", "the service to call, one of those below",
     set_api, .group = GROUP_SERVICE},
    {"cacert", "FILE",
     "trust the certificates in FILE instead of the system's",
     set_text, MEMBER(cacert), .group = GROUP_SERVICE},
    {"customer-id", "ID",
     "the customer to work in: a number, or its tenant's GUID, as the service "
     "has it",
     set_text, MEMBER(customer_id), .group = GROUP_SERVICE},
    {"endpoint", "URL",
     "another base address; https, or http for this machine only",
     set_endpoint, .group = GROUP_SERVICE},
    {"environment", "NAME", "production (default) or sandbox",
     set_word, MEMBER(sandbox), .words = {"production", "sandbox"},
     .group = GROUP_SERVICE},
    {"follow-links", NULL, "let files of secrets be links",
     set_flag, MEMBER(follow_links), .group = GROUP_SERVICE},
    {"proxy", "URL",
     "call through this http://, https:// or socks5h:// proxy",
     set_proxy, .group = GROUP_SERVICE},
    {"tenant", "NAME",
     "the tenant of the sign-in, a domain or an id (default common)",
     set_tenant, .group = GROUP_SERVICE},

    {"concurrency", "N", "calls in flight",
     set_number, MEMBER(concurrency), RANGE(1, 1024, 16),
     .group = GROUP_FLOW},
    {"connect-timeout", "S", "seconds to wait for a connection",
     set_number, MEMBER(connect_timeout), RANGE(1, 3600, 10),
     .group = GROUP_FLOW},
    {"drain", "S", "seconds that calls in flight get after a signal",
     set_number, MEMBER(drain), RANGE(0, 3600, 30), .group = GROUP_FLOW},
    {"give-up", "MIN",
     "stop after so many minutes without one success (default 15)",
     set_give_up, .group = GROUP_FLOW},
    {"max-errors", "N|N%",
     "stop once more than N rows, or N percent of them, have failed",
     set_max_errors, .group = GROUP_FLOW},
    {"rate", "N/s|N/m",
     "calls in any second, or in any 60 seconds; without it the pace adapts "
     "to the service",
     set_rate, .group = GROUP_FLOW},
    {"retries", "N", "how often a failed call of a row is tried again",
     set_number, MEMBER(retries), RANGE(0, 100, 8), .group = GROUP_FLOW},
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
    {"log-file", "FILE",
     "append a line for each retry, throttle and refresh, without values",
     set_text, MEMBER(log_file), .group = GROUP_OTHER},
    {"log-format", "FORMAT", "text (default) or json",
     set_word, MEMBER(log_json), .words = {"text", "json"},
     .group = GROUP_OTHER},
    {"log-level", "LEVEL", "error, warn, info (default) or debug",
     set_log_level, .group = GROUP_OTHER},
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

    if (number_parse_long(text, &value) || *text == '-' || value < min ||
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

static int set_word(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    bool *second = member(options, spec);

    *second = strcmp(value, spec->words[1]) == 0;
    if (!*second && strcmp(value, spec->words[0]) != 0)
        return error_set(error, ERROR_USAGE, "--%s takes %s or %s, not '%s'",
                         spec->name, spec->words[0], spec->words[1], value);
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

static int refuse_service(const char *value, struct error *error)
{
    char names[200] = "";
    size_t len = 0;
    struct suggestion nearest;

    suggest_init(&nearest, value);
    for (size_t i = 0; services[i] && len < sizeof(names); i++) {
        suggest_offer(&nearest, services[i]->name);
        len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
                                i > 0 ? ", " : "", services[i]->name);
    }
    if (nearest.name)
        return error_set(error, ERROR_USAGE,
                         "--api: there is no service '%s'; did you mean %s?",
                         value, nearest.name);
    return error_set(error, ERROR_USAGE,
                     "--api: there is no service '%s'; there are: %s", value,
                     names);
}

static int set_api(struct options *options, const struct option_spec *spec,
                   const char *value, struct error *error)
{
    const struct service *service = service_find(value);

    (void)spec;
    if (!service)
        return refuse_service(value, error);
    options->service = service;
    return 0;
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
    return text[0] > 0 && text[1] == '\0' && !strchr("\"\r\n", text[0]) &&
           !strchr(LETTERS DIGITS, text[0]);
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
    char *endpoint = url_parse("--endpoint", value, error);

    (void)spec;
    if (!endpoint)
        return -1;
    free(options->endpoint);
    options->endpoint = endpoint;
    return 0;
}

static int set_proxy(struct options *options, const struct option_spec *spec,
                     const char *value, struct error *error)
{
    (void)spec;
    if (url_check_proxy("--proxy", value, error))
        return -1;
    options->proxy = value;
    return 0;
}

/* It becomes a part of the token endpoint's path, where ".." would lead
 * elsewhere. */
static int set_tenant(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    size_t len = strlen(value);

    if (len == 0 || len > TENANT_MAX || strchr(".-", *value) ||
        strspn(value, LETTERS DIGITS ".-") < len)
        return error_set(error, ERROR_USAGE,
                         "--%s takes a domain or an id: letters, digits, '.' "
                         "and '-', beginning with a letter or digit",
                         spec->name);
    options->tenant = value;
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

/* The number that the first len bytes of a value are. */
static int parse_part(const char *value, size_t len, unsigned min, unsigned max,
                      unsigned *number)
{
    char part[NUMBER_SIZE];

    if (len >= sizeof(part))
        return -1;
    memcpy(part, value, len);
    part[len] = '\0';
    return parse_number(part, min, max, number);
}

/* Minutes, with a fraction where one is given, as milliseconds. */
static int parse_minutes(const char *value, int64_t *ms)
{
    const char *point = strchr(value, '.');
    size_t len = point ? (size_t)(point - value) : strlen(value);
    int64_t unit = MS_PER_MINUTE * 1000; /* a minute, in microseconds */
    int64_t fraction = 0;
    unsigned minutes;

    if (parse_part(value, len, 0, GIVE_UP_MAX / MS_PER_MINUTE, &minutes))
        return -1;
    if (point) {
        const char *digit = point + 1;

        if (*digit == '\0' || digit[strspn(digit, DIGITS)] != '\0')
            return -1;
        for (; *digit; digit++) {
            unit /= 10;
            fraction += (*digit - '0') * unit;
        }
    }
    *ms = minutes * MS_PER_MINUTE + fraction / 1000;
    return *ms < 1 || *ms > GIVE_UP_MAX ? -1 : 0;
}

static int set_give_up(struct options *options, const struct option_spec *spec,
                       const char *value, struct error *error)
{
    if (parse_minutes(value, &options->give_up))
        return error_set(error, ERROR_USAGE,
                         "--%s takes minutes, more than 0 and at most %d (a "
                         "week), such as 15 or 0.5, not '%s'",
                         spec->name, (int)(GIVE_UP_MAX / MS_PER_MINUTE), value);
    return 0;
}

static int set_max_errors(struct options *options,
                          const struct option_spec *spec, const char *value,
                          struct error *error)
{
    size_t len = strcspn(value, "%");
    bool percent = strcmp(value + len, "%") == 0;
    int64_t rows;
    unsigned share;

    if (percent && parse_part(value, len, 0, 100, &share) == 0) {
        options->max_errors = share;
    } else if (*value != '-' && number_parse_long(value, &rows) == 0) {
        options->max_errors = (uint64_t)rows;
    } else {
        return error_set(error, ERROR_USAGE,
                         "--%s takes a number of rows, or a share of them "
                         "from 0%% to 100%%, not '%s'",
                         spec->name, value);
    }
    options->max_errors_percent = percent;
    return 0;
}

static int set_rate(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    size_t len = strcspn(value, "/");
    bool minute = strcmp(value + len, "/m") == 0;

    if ((!minute && strcmp(value + len, "/s") != 0) ||
        parse_part(value, len, 1, RATE_MAX, &options->rate))
        return error_set(error, ERROR_USAGE,
                         "--%s takes calls a second or a minute, N/s or N/m "
                         "with N from 1 to %d, not '%s'",
                         spec->name, RATE_MAX, value);
    options->rate_window = minute ? 60 : 1;
    return 0;
}

static int set_shard(struct options *options, const struct option_spec *spec,
                     const char *value, struct error *error)
{
    const char *slash = strchr(value, '/');
    unsigned shard, shards;

    if (!slash || parse_number(slash + 1, 1, SHARDS_MAX, &shards) ||
        parse_part(value, (size_t)(slash - value), 0, shards - 1, &shard))
        return error_set(error, ERROR_USAGE,
                         "--%s takes K/N, K from 0 to N-1, as in --%s 0/4, not "
                         "'%s'",
                         spec->name, spec->name, value);
    options->shard = shard;
    options->shards = shards;
    return 0;
}

static int set_log_level(struct options *options,
                         const struct option_spec *spec, const char *value,
                         struct error *error)
{
    for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++) {
        if (strcmp(value, log_level_name((enum log_level)level)) == 0) {
            options->log_level = (enum log_level)level;
            return 0;
        }
    }
    return error_set(error, ERROR_USAGE,
                     "--%s takes error, warn, info or debug, not '%s'",
                     spec->name, value);
}
