#include "cli/option_table.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/blank.h"
#include "base/suggest.h"
#include "cli/option_value.h"
#include "cli/url.h"
#include "service/service.h"

#define SHARDS_MAX 1000000
#define RATE_MAX   1000000

#define FAIL_FAST     100  /* users */
#define FAIL_FAST_MAX 1000 /* their outcomes are held in memory */

#define GIVE_UP     15             /* minutes */
#define GIVE_UP_MAX (7 * 24 * 60u) /* minutes */

static option_set_fn set_flag, set_text, set_number, set_word, set_mode,
    set_action, set_api, set_clear_token, set_delimiter, set_endpoint, set_ping,
    set_proxy, set_tenant, add_allow, add_ignore, add_map, set_fail_fast,
    set_give_up, set_max_errors, set_rate, set_shard, set_log_level;

#define MEMBER(name)         .offset = offsetof(struct options, name)
#define RANGE(low, high, at) .min = (low), .max = (high), .initial = (at)

/* clang-format off */
const struct option_spec option_table[] = {
    {"check", NULL,
     "validate INPUT without any API call; needs no credentials, and OUTPUT "
     "is optional",
     set_mode, .choice = MODE_CHECK, .group = GROUP_MODES, .common = true},
    {"dry-run", NULL, "fetch and merge, and report what would change",
     set_mode, .choice = MODE_DRY_RUN, .group = GROUP_MODES, .letter = 'n',
     .common = true},
    {"export", NULL,
     "fetch the users whose Ids are in INPUT and write all their columns",
     set_mode, .choice = MODE_EXPORT, .group = GROUP_MODES, .common = true},
    {"list", NULL,
     "write the Ids and names of all users that the sign-in may see, or of "
     "--customer-id, to OUTPUT; takes no INPUT",
     set_mode, .choice = MODE_LIST, .group = GROUP_MODES, .common = true},
    {"reconcile", NULL,
     "fetch and compare: does the service match INPUT?",
     set_mode, .choice = MODE_RECONCILE, .group = GROUP_MODES, .common = true},
    {"review", NULL,
     "summarize a finished OUTPUT and make its --failed, --metrics and --report "
     "again, without any API call",
     set_mode, .choice = MODE_REVIEW, .group = GROUP_MODES},

    {"all-guards", NULL,
     "with --reconcile: also compare guards that change with every update "
     "(TimeStamp, etag, LastModifiedTime, ...)",
     set_flag, MEMBER(all_guards), .group = GROUP_INPUT},
    {"allow-suspicious", "COLUMN[=VALUE]",
     "accept values of COLUMN that look damaged (#N/A, NULL, 4.9E+11), or only "
     "VALUE; can be repeated",
     add_allow, .group = GROUP_INPUT},
    {"clear-token", "WORD",
     "the word in a cell that clears a value (default delete_value)",
     set_clear_token, .group = GROUP_INPUT},
    {"delimiter", "CHAR",
     "the separator of the columns, or tab; by default auto: the one of , ; tab "
     "| with which the header names the Id",
     set_delimiter, .group = GROUP_INPUT},
    {"encoding", "NAME",
     "the encoding of INPUT, such as WINDOWS-1252 (default UTF-8, or UTF-16 with "
     "a byte-order mark)",
     set_text, MEMBER(encoding), .group = GROUP_INPUT},
    {"ignore", "COLUMN", "ignore a column of INPUT; can be repeated",
     add_ignore, .group = GROUP_INPUT},
    {"ignore-guards", NULL,
     "do not compare guard columns (TimeStamp, UserName, Expect.COLUMN ...)",
     set_flag, MEMBER(ignore_guards), .group = GROUP_INPUT},
    {"ignore-unknown", NULL, "ignore all columns of INPUT with unknown names",
     set_flag, MEMBER(ignore_unknown), .group = GROUP_INPUT},
    {"loose", NULL,
     "with --reconcile: ignore letter case, blanks and invisible characters",
     set_flag, MEMBER(loose), .group = GROUP_INPUT},
    {"map", "'FROM=TO'",
     "read the column FROM of INPUT as the column TO; can be repeated",
     add_map, .group = GROUP_INPUT, .common = true},
    {"skip-lines", "N", "skip the first N lines of INPUT, before its header",
     set_number, MEMBER(skip_lines), RANGE(0, 1000, 0), .group = GROUP_INPUT},

    {"deleted", NULL, "with --list: only deleted users",
     set_flag, MEMBER(deleted), .group = GROUP_OUTPUT},
    {"diff", "FILE",
     "with --dry-run or --reconcile: write both values of each change to FILE "
     "(contains personal data)",
     set_text, MEMBER(diff), .group = GROUP_OUTPUT, .common = true},
    {"empty-as-clear", NULL,
     "with --export: write the clear word for an empty value, so that feeding "
     "the file back restores this state",
     set_flag, MEMBER(empty_as_clear), .group = GROUP_OUTPUT},
    {"failed", "FILE",
     "write the rows that were not applied to FILE, to be corrected and used as "
     "INPUT (contains personal data)",
     set_text, MEMBER(failed), .group = GROUP_OUTPUT, .common = true},
    {"force", NULL,
     "with --export: replace an OUTPUT that was edited after it was written",
     set_flag, MEMBER(force), .group = GROUP_OUTPUT},
    {"metrics", "FILE",
     "write metrics of the run to FILE, for Prometheus (node_exporter)",
     set_text, MEMBER(metrics), .group = GROUP_OUTPUT},
    {"no-clobber", NULL, "refuse to start if OUTPUT exists",
     set_flag, MEMBER(no_clobber), .group = GROUP_OUTPUT},
    {"no-lock", NULL,
     "lock no files: for file systems without locks",
     set_flag, MEMBER(no_lock), .group = GROUP_OUTPUT},
    {"no-summary", NULL, "write no summary beside OUTPUT",
     set_flag, MEMBER(no_summary), .group = GROUP_OUTPUT},
    {"raw-messages", NULL,
     "keep values of users in messages of the service (result and log then "
     "contain personal data)",
     set_flag, MEMBER(raw_messages), .group = GROUP_OUTPUT},
    {"report", "FILE.html",
     "write a report of the run for people to FILE.html",
     set_text, MEMBER(report), .group = GROUP_OUTPUT},
    {"restart", NULL,
     "discard an interrupted run with the same OUTPUT, and start again",
     set_flag, MEMBER(restart), .group = GROUP_OUTPUT},
    {"resume", NULL,
     "resume an interrupted run; without one, start a new run",
     set_flag, MEMBER(resume), .group = GROUP_OUTPUT, .common = true},
    {"retry-failed", NULL,
     "retry the rows of a finished OUTPUT that may succeed now, and keep the "
     "others",
     set_flag, MEMBER(retry_failed), .group = GROUP_OUTPUT, .common = true},
    {"summary", "FILE",
     "write the summary of the run to FILE (default OUTPUT.summary.json)",
     set_text, MEMBER(summary), .group = GROUP_OUTPUT},
    {"sync", "always|second",
     "sync the journal to disk before each update (default), or once a second",
     set_word, MEMBER(sync_second), .words = {"always", "second"},
     .group = GROUP_OUTPUT},
    {"undo", "FILE",
     "write the old values of updated users to FILE, as an INPUT that undoes "
     "the run (contains personal data)",
     set_text, MEMBER(undo), .group = GROUP_OUTPUT},

    {"account-id", "ID",
     "the account to work in, if the service has such a header",
     set_text, MEMBER(account_id), .group = GROUP_SERVICE},
    {"api", "NAME",
     "the service to call, such as partner-center (default rest); SOAP ends on "
     "2027-01-31",
     set_api, .group = GROUP_SERVICE, .common = true},
    {"cacert", "FILE",
     "trust the CA certificates in FILE instead of the system's",
     set_text, MEMBER(cacert), .group = GROUP_SERVICE},
    {"customer-id", "ID",
     "the customer to work in: a number, or the GUID of the tenant for "
     "partner-center",
     set_text, MEMBER(customer_id), .group = GROUP_SERVICE, .common = true},
    {"endpoint", "URL",
     "another base address: https, or http for this machine only",
     set_endpoint, .group = GROUP_SERVICE},
    {"environment", "NAME", "production (default) or sandbox",
     set_word, MEMBER(sandbox), .words = {"production", "sandbox"},
     .group = GROUP_SERVICE, .common = true},
    {"follow-links", NULL, "accept symbolic links to secret files",
     set_flag, MEMBER(follow_links), .group = GROUP_SERVICE},
    {"identity-provider", "NAME",
     "who signs the user in: microsoft (default) or google",
     set_word, MEMBER(google), .words = {"microsoft", "google"},
     .group = GROUP_SERVICE},
    {"proxy", "URL",
     "call through this http://, https:// or socks5h:// proxy",
     set_proxy, .group = GROUP_SERVICE},
    {"proxy-negotiate", NULL,
     "sign in to the proxy with this user's Kerberos ticket",
     set_flag, MEMBER(proxy_negotiate), .group = GROUP_SERVICE},
    {"proxy-user-file", "FILE",
     "sign in to the proxy with the USER:PASSWORD in this secret file",
     set_text, MEMBER(proxy_user_file), .group = GROUP_SERVICE},
    {"tenant", "NAME",
     "the tenant that renews access tokens: a domain or an id (default common)",
     set_tenant, .group = GROUP_SERVICE},
    {"trust-secret-modes", "DIRECTORY",
     "accept secret files in DIRECTORY whatever their modes, and links: for "
     "containers",
     set_text, MEMBER(trusted), .group = GROUP_SERVICE},

    {"concurrency", "N", "maximum number of calls in flight",
     set_number, MEMBER(concurrency), RANGE(1, 1024, 16),
     .group = GROUP_FLOW},
    {"connect-timeout", "S", "seconds to wait for a connection",
     set_number, MEMBER(connect_timeout), RANGE(1, 3600, 10),
     .group = GROUP_FLOW},
    {"drain", "S",
     "seconds that users in flight get to finish when the run stops early",
     set_number, MEMBER(drain), RANGE(0, 3600, 30), .group = GROUP_FLOW},
    {"fail-fast", "N[,all]",
     "stop if the first N users all lack the same right, or with ,all have the "
     "same API error; 0: never (default 100)",
     set_fail_fast, .group = GROUP_FLOW},
    {"give-up", "MIN",
     "stop after MIN minutes without a valid response (default 15)",
     set_give_up, .group = GROUP_FLOW},
    {"max-errors", "N|N%",
     "stop when more than N rows, or N percent of them, have failed "
     "(default: never)",
     set_max_errors, .group = GROUP_FLOW, .common = true},
    {"rate", "N/s|N/m",
     "maximum number of calls in any second, or in any 60 seconds (default: "
     "adapts to the service)",
     set_rate, .group = GROUP_FLOW},
    {"retries", "N", "maximum number of retries for a row",
     set_number, MEMBER(retries), RANGE(0, 100, 8), .group = GROUP_FLOW},
    {"shard", "K/N",
     "process only the rows of shard K of N; K is 0 to N-1",
     set_shard, .group = GROUP_FLOW},
    {"timeout", "S", "seconds to wait for a response",
     set_number, MEMBER(timeout), RANGE(1, 86400, 60),
     .group = GROUP_FLOW},
    {"window", "ROWS",
     "merge rows of a user that lie within this many rows of INPUT",
     set_number, MEMBER(window), RANGE(1, 10000000, 100000),
     .group = GROUP_FLOW},

    {"detailed-exit-code", NULL,
     "return 8 if --dry-run found changes, and 9 if --reconcile found drift and "
     "no row failed",
     set_flag, MEMBER(detailed_exit_code), .group = GROUP_MESSAGES},
    {"help", NULL, "print the most common options",
     set_action, .choice = OPTIONS_HELP, .group = GROUP_MESSAGES,
     .letter = 'h', .common = true},
    {"help-all", NULL,
     "print all options, services, environment variables and exit statuses",
     set_action, .choice = OPTIONS_HELP_ALL, .group = GROUP_MESSAGES,
     .common = true},
    {"log-file", "FILE",
     "append a line to FILE for each retry, throttled call and token renewal",
     set_text, MEMBER(log_file), .group = GROUP_MESSAGES, .common = true},
    {"log-format", "FORMAT", "text (default) or json",
     set_word, MEMBER(log_json), .words = {"text", "json"},
     .group = GROUP_MESSAGES},
    {"log-level", "LEVEL", "error, warn, info (default) or debug",
     set_log_level, .group = GROUP_MESSAGES},
    {"no-progress", NULL, "print no progress",
     set_flag, MEMBER(no_progress), .group = GROUP_MESSAGES},
    {"on-end", "COMMAND",
     "run COMMAND at the end, with the summary on its standard input",
     set_text, MEMBER(on_end), .group = GROUP_MESSAGES},
    {"ping", "URL",
     "request URL/start at the start, and at the end URL, or URL/STATUS after "
     "a failure (Healthchecks)",
     set_ping, .group = GROUP_MESSAGES},
    {"quiet", NULL,
     "print nothing if all rows succeed: no progress, and a summary only "
     "otherwise",
     set_flag, MEMBER(quiet), .group = GROUP_MESSAGES, .letter = 'q',
     .common = true},
    {"version", NULL, "print the version",
     set_action, .choice = OPTIONS_VERSION, .group = GROUP_MESSAGES,
     .letter = 'V', .common = true},

    {.name = NULL},
};
/* clang-format on */

const struct option_spec *option_table_find(const char *word)
{
    const struct option_spec *spec;
    size_t len;

    if (strncmp(word, "--", 2) != 0)
        return NULL;
    word += 2;
    len = strcspn(word, "=");
    for (spec = option_table; spec->name; spec++) {
        if (strlen(spec->name) == len && strncmp(word, spec->name, len) == 0)
            return spec;
    }
    return NULL;
}

const struct option_spec *option_table_find_letter(char letter)
{
    const struct option_spec *spec;

    for (spec = option_table; spec->name; spec++) {
        if (spec->letter && spec->letter == letter)
            return spec;
    }
    return NULL;
}

/* The member of options that the spec sets. */
static void *member(struct options *options, const struct option_spec *spec)
{
    return (char *)options + spec->offset;
}

void option_table_set_defaults(struct options *options)
{
    const struct option_spec *spec;
    unsigned *number;

    *options = (struct options){
        .clear_token = "delete_value",
        .shards = 1,
        .service = services[0],
        .rate_window = 1,
        .fail_fast = FAIL_FAST,
        .give_up = INT64_C(60000) * GIVE_UP,
        .max_errors = UINT64_MAX,
        .log_level = LOG_LEVEL_INFO,
    };
    for (spec = option_table; spec->name; spec++) {
        if (spec->max > 0) {
            number = member(options, spec);
            *number = spec->initial;
        }
    }
}

/* ---- options of a kind -------------------------------------------------- */

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

static int set_number(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    if (option_value_number(value, spec->min, spec->max, member(options, spec)))
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
                         "--%s and --%s cannot be combined; leave out one of "
                         "them",
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

/* ---- columns ------------------------------------------------------------ */

static int set_clear_token(struct options *options,
                           const struct option_spec *spec, const char *value,
                           struct error *error)
{
    if (blank_is_all(value, strlen(value)))
        return error_set(error, ERROR_USAGE,
                         "--%s cannot be empty, because an empty cell keeps "
                         "the user's value; choose a word",
                         spec->name);
    options->clear_token = value;
    return 0;
}

static int set_delimiter(struct options *options,
                         const struct option_spec *spec, const char *value,
                         struct error *error)
{
    if (option_value_delimiter(value, &options->delimiter))
        return error_set(
            error, ERROR_USAGE,
            "--%s takes one ASCII character, such as ';', or the "
            "word tab or auto; it cannot be a letter, digit, quote or "
            "line end",
            spec->name);
    return 0;
}

static int add_ignore(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    size_t count = options->ignore_count;
    const char **ignores;

    if (*value == '\0')
        return error_set(error, ERROR_USAGE, "--%s: %s is empty", spec->name,
                         spec->argument);
    ignores = realloc(options->ignores, (count + 1) * sizeof(*ignores));
    if (!ignores)
        return error_memory(error);
    ignores[count] = value;
    options->ignores = ignores;
    options->ignore_count++;
    return 0;
}

/* Splits FROM=TO; the caller frees from. */
static int split_map(struct name_pair *map, const char *value)
{
    /* The name of a column contains no '=', but a name in a file may. */
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

/* COLUMN or COLUMN=VALUE. */
static int add_allow(struct options *options, const struct option_spec *spec,
                     const char *value, struct error *error)
{
    struct name_pair *allows =
        realloc(options->allows, (options->allow_count + 1) * sizeof(*allows));
    struct name_pair *allow;
    char *equals;

    if (!allows)
        return error_memory(error);
    options->allows = allows;
    if (*value == '\0' || *value == '=')
        return error_set(error, ERROR_USAGE,
                         "--%s takes a column, or COLUMN=VALUE, not '%s'",
                         spec->name, value);
    allow = &allows[options->allow_count];
    allow->from = strdup(value);
    if (!allow->from)
        return error_memory(error);
    equals = strchr(allow->from, '=');
    allow->to = equals ? equals + 1 : NULL;
    if (equals)
        *equals = '\0';
    options->allow_count++;
    return 0;
}

static int add_map(struct options *options, const struct option_spec *spec,
                   const char *value, struct error *error)
{
    size_t count = options->map_count;
    const char *equals = strrchr(value, '=');
    struct name_pair *maps;

    if (!equals || equals == value || equals[1] == '\0')
        return error_set(error, ERROR_USAGE,
                         "--%s takes 'FROM=TO', such as --%s 'Mail=Email', not "
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
                         "--%s '%s': this column is mapped twice; leave out "
                         "one of the two",
                         spec->name, value);
    }
    options->map_count++;
    return 0;
}

/* ---- service and sign-in ------------------------------------------------ */

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
                         "--api: unknown service '%s'; did you mean %s?", value,
                         nearest.name);
    return error_set(error, ERROR_USAGE,
                     "--api: unknown service '%s'; the services are: %s", value,
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

static int set_ping(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    char *ping = url_parse("--ping", value, error);

    (void)spec;
    if (!ping)
        return -1;
    free(options->ping);
    options->ping = ping;
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

static int set_tenant(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    if (!option_value_is_tenant(value))
        return error_set(error, ERROR_USAGE,
                         "--%s takes a domain or an id: letters, digits, '.' "
                         "and '-', beginning with a letter or a digit",
                         spec->name);
    options->tenant = value;
    return 0;
}

/* ---- flow and log ------------------------------------------------------- */

static int set_fail_fast(struct options *options,
                         const struct option_spec *spec, const char *value,
                         struct error *error)
{
    if (option_value_fail_fast(value, FAIL_FAST_MAX, &options->fail_fast,
                               &options->fail_fast_any))
        return error_set(error, ERROR_USAGE,
                         "--%s takes a number of users from 0 to %d, such as "
                         "100 or 100,all, not '%s'",
                         spec->name, FAIL_FAST_MAX, value);
    return 0;
}

static int set_give_up(struct options *options, const struct option_spec *spec,
                       const char *value, struct error *error)
{
    if (option_value_minutes(value, GIVE_UP_MAX, &options->give_up))
        return error_set(error, ERROR_USAGE,
                         "--%s takes minutes, more than 0 and at most %u (a "
                         "week), such as 15 or 0.5, not '%s'",
                         spec->name, GIVE_UP_MAX, value);
    return 0;
}

static int set_max_errors(struct options *options,
                          const struct option_spec *spec, const char *value,
                          struct error *error)
{
    if (option_value_errors(value, &options->max_errors,
                            &options->max_errors_percent))
        return error_set(error, ERROR_USAGE,
                         "--%s takes a number of rows, or a percentage from "
                         "0%% to 100%%, not '%s'",
                         spec->name, value);
    return 0;
}

static int set_rate(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    if (option_value_rate(value, RATE_MAX, &options->rate,
                          &options->rate_window))
        return error_set(error, ERROR_USAGE,
                         "--%s takes calls per second or per minute, N/s or "
                         "N/m with N from 1 to %d, not '%s'",
                         spec->name, RATE_MAX, value);
    return 0;
}

static int set_shard(struct options *options, const struct option_spec *spec,
                     const char *value, struct error *error)
{
    if (option_value_shard(value, SHARDS_MAX, &options->shard,
                           &options->shards))
        return error_set(error, ERROR_USAGE,
                         "--%s takes K/N with K from 0 to N-1, such as --%s "
                         "0/4, not '%s'",
                         spec->name, spec->name, value);
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
