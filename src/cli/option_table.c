#include "cli/option_table.h"

#include <stdint.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/option_set.h"
#include "service/service.h"

#define FAIL_FAST 100 /* users */
#define GIVE_UP   15  /* minutes */

#define MEMBER(name)         .offset = offsetof(struct options, name)
#define RANGE(low, high, at) .min = (low), .max = (high), .initial = (at)
#define ONLY(mode)           .modes = OPTION_MODE(mode)
#define ROW_MODES                                                              \
    (OPTION_MODE(MODE_APPLY) | OPTION_MODE(MODE_CHECK) |                       \
     OPTION_MODE(MODE_DRY_RUN) | OPTION_MODE(MODE_RECONCILE) |                 \
     OPTION_MODE(MODE_EXPORT))
#define RUN_MODES (ROW_MODES | OPTION_MODE(MODE_LIST))
#define CALLS     .modes = (RUN_MODES & ~OPTION_MODE(MODE_CHECK))
#define RUNS      .modes = RUN_MODES
/* Without OUTPUT, or with an exported one, no rows can be taken from it. A
 * review replaces no file of the run that only the configuration names. */
#define RESULTS                                                                \
    .modes = (OPTION_MODE(MODE_APPLY) | OPTION_MODE(MODE_DRY_RUN) |            \
              OPTION_MODE(MODE_RECONCILE) | OPTION_MODE(MODE_MERGE))

static option_set_fn set_unset;

/* clang-format off */
const struct option_spec option_table[] = {
    {"check", NULL,
     "validate INPUT without any API call; needs no credentials, and OUTPUT "
     "is optional",
     option_set_mode, .choice = MODE_CHECK, .group = GROUP_MODES,
     .common = true},
    {"dry-run", NULL, "fetch and merge, and report what would change",
     option_set_mode, .choice = MODE_DRY_RUN, .group = GROUP_MODES,
     .letter = 'n', .common = true},
    {"export", NULL,
     "fetch the users whose Ids are in INPUT and write all their columns",
     option_set_mode, .choice = MODE_EXPORT, .group = GROUP_MODES,
     .common = true},
    {"list", NULL,
     "write the Ids and names of all users that the sign-in may see, or of "
     "--customer-id, to OUTPUT; takes no INPUT",
     option_set_mode, .choice = MODE_LIST, .group = GROUP_MODES, .common = true},
    {"merge", NULL,
     "make one OUTPUT of the results of all its shards (--shard), without any "
     "API call; needs no INPUT",
     option_set_mode, .choice = MODE_MERGE, .group = GROUP_MODES},
    {"reconcile", NULL,
     "fetch and compare: does the service match INPUT?",
     option_set_mode, .choice = MODE_RECONCILE, .group = GROUP_MODES,
     .common = true},
    {"resolve", NULL,
     "find the users by their names, and write INPUT with their Ids",
     option_set_mode, .choice = MODE_RESOLVE, .group = GROUP_MODES,
     .common = true},
    {"review", NULL,
     "summarize a finished OUTPUT and make its --failed, --metrics and --report "
     "again, without any API call",
     option_set_mode, .choice = MODE_REVIEW, .group = GROUP_MODES},
    {"sign-in", NULL,
     "sign in in a browser, and store the refresh token; needs no INPUT",
     option_set_mode, .choice = MODE_SIGN_IN, .group = GROUP_MODES,
     .common = true},
    {"template", NULL,
     "print an INPUT to start from: all columns that can be set, and an example",
     option_set_action, .choice = OPTIONS_TEMPLATE, .group = GROUP_MODES,
     .common = true},
    {"whoami", NULL,
     "show who is signed in: user, roles, customers, environment",
     option_set_mode, .choice = MODE_WHOAMI, .group = GROUP_MODES,
     .common = true},

    {"all-guards", NULL,
     "with --reconcile: also compare guards that change with every update "
     "(TimeStamp, etag, LastModifiedTime, ...)",
     option_set_flag, MEMBER(all_guards), .group = GROUP_INPUT,
     ONLY(MODE_RECONCILE)},
    {"allow-suspicious", "COLUMN[=VALUE]",
     "accept values of COLUMN that look damaged (#N/A, NULL, 4.9E+11), or only "
     "VALUE; can be repeated",
     option_add_allow, .group = GROUP_INPUT, .once = true},
    {"approve", "SHA256",
     "apply INPUT only if it has this SHA-256, which --plan has printed",
     option_set_text, MEMBER(approve), .group = GROUP_INPUT, .common = true,
     .once = true},
    {"clear-token", "WORD",
     "the word in a cell that clears a value (default delete_value)",
     option_set_clear_token, .group = GROUP_INPUT, .standard = "delete_value"},
    {"delimiter", "CHAR",
     "the separator of the columns, or tab; by default auto: the one of , ; tab "
     "| with which the header names the Id",
     option_set_delimiter, .group = GROUP_INPUT, .standard = "auto",
     .layout = true},
    {"encoding", "NAME",
     "the encoding of INPUT, such as WINDOWS-1252 (default UTF-8, or UTF-16 with "
     "a byte-order mark)",
     option_set_text, MEMBER(encoding), .group = GROUP_INPUT, .layout = true},
    {"ignore", "COLUMN", "ignore a column of INPUT; can be repeated",
     option_add_ignore, .group = GROUP_INPUT, .repeats = true, .layout = true},
    {"ignore-guards", NULL,
     "do not compare guard columns (TimeStamp, UserName, Expect.COLUMN ...)",
     option_set_flag, MEMBER(ignore_guards), .group = GROUP_INPUT,
     .once = true},
    {"ignore-unknown", NULL, "ignore all columns of INPUT with unknown names",
     option_set_flag, MEMBER(ignore_unknown), .group = GROUP_INPUT,
     .layout = true},
    {"loose", NULL,
     "with --reconcile: ignore letter case, blanks and invisible characters",
     option_set_flag, MEMBER(loose), .group = GROUP_INPUT,
     ONLY(MODE_RECONCILE)},
    {"map", "'FROM=TO'",
     "read the column FROM of INPUT as the column TO; can be repeated",
     option_add_map, .group = GROUP_INPUT, .common = true, .repeats = true,
     .layout = true},
    {"skip", "N", "process only rows after the first N rows of INPUT",
     option_set_skip, .group = GROUP_INPUT, .once = true},
    {"skip-lines", "N", "skip the first N lines of INPUT, before its header",
     option_set_number, MEMBER(skip_lines), RANGE(0, 1000, 0),
     .group = GROUP_INPUT, .layout = true},
    {"users", "FILE",
     "with --resolve: the list of users in which the names are searched",
     option_set_text, MEMBER(users), .group = GROUP_INPUT, .once = true},
    {"where", "'COLUMN=VALUE'",
     "process only rows with exactly this text in COLUMN, such as '_Wave=1'; "
     "can be repeated, and all must match",
     option_add_where, .group = GROUP_INPUT, .once = true},

    {"deleted", NULL, "with --list: only deleted users",
     option_set_flag, MEMBER(deleted), .group = GROUP_OUTPUT, ONLY(MODE_LIST)},
    {"diff", "FILE",
     "with --dry-run or --reconcile: write both values of each change to FILE "
     "(contains personal data)",
     option_set_text, MEMBER(diff), .group = GROUP_OUTPUT, .common = true,
     .modes = OPTION_MODE(MODE_DRY_RUN) | OPTION_MODE(MODE_RECONCILE)},
    {"empty-as-clear", NULL,
     "with --export: write the clear word for an empty value, so that feeding "
     "the file back restores this state",
     option_set_flag, MEMBER(empty_as_clear), .group = GROUP_OUTPUT,
     ONLY(MODE_EXPORT)},
    {"failed", "FILE",
     "write the rows that were not applied to FILE, to be corrected and used as "
     "INPUT (contains personal data)",
     option_set_text, MEMBER(failed), .group = GROUP_OUTPUT, .common = true,
     RESULTS},
    {"force", NULL,
     "with --export: replace an OUTPUT that was edited after it was written",
     option_set_flag, MEMBER(force), .group = GROUP_OUTPUT, .once = true},
    {"metrics", "FILE",
     "write metrics of the run to FILE, for Prometheus (node_exporter)",
     option_set_text, MEMBER(metrics), .group = GROUP_OUTPUT,
     .modes = RUN_MODES | OPTION_MODE(MODE_MERGE)},
    {"no-clobber", NULL, "refuse to start if OUTPUT exists",
     option_set_flag, MEMBER(no_clobber), .group = GROUP_OUTPUT},
    {"no-lock", NULL,
     "lock no files: for file systems without locks",
     option_set_flag, MEMBER(no_lock), .group = GROUP_OUTPUT},
    {"no-summary", NULL, "write no summary beside OUTPUT",
     option_set_flag, MEMBER(no_summary), .group = GROUP_OUTPUT,
     RUNS},
    {"plan", "FILE",
     "with --dry-run: write what would change to FILE, to be reviewed and then "
     "applied with --approve (contains personal data)",
     option_set_text, MEMBER(plan), .group = GROUP_OUTPUT, .common = true,
     .once = true},
    {"raw-messages", NULL,
     "keep values of users in messages of the service (result and log then "
     "contain personal data)",
     option_set_flag, MEMBER(raw_messages), .group = GROUP_OUTPUT,
     .once = true},
    {"report", "FILE.html",
     "write a report of the run for people to FILE.html",
     option_set_text, MEMBER(report), .group = GROUP_OUTPUT,
     .modes = ROW_MODES},
    {"report-values", NULL,
     "with --report: show old and new values of the first rows that change a "
     "column (personal data)",
     option_set_flag, MEMBER(report_values), .group = GROUP_OUTPUT,
     .once = true},
    {"restart", NULL,
     "discard an interrupted run with the same OUTPUT, and start again",
     option_set_flag, MEMBER(restart), .group = GROUP_OUTPUT, .once = true},
    {"resume", NULL,
     "resume an interrupted run; without one, start a new run",
     option_set_flag, MEMBER(resume), .group = GROUP_OUTPUT, .common = true,
     .once = true},
    {"retry-failed", NULL,
     "retry the rows of a finished OUTPUT that may succeed now, and keep the "
     "others",
     option_set_flag, MEMBER(retry_failed), .group = GROUP_OUTPUT,
     .common = true, .once = true},
    {"summary", "FILE",
     "write the summary of the run to FILE (default OUTPUT.summary.json)",
     option_set_text, MEMBER(summary), .group = GROUP_OUTPUT,
     .modes = RUN_MODES | OPTION_MODE(MODE_REVIEW) | OPTION_MODE(MODE_MERGE)},
    {"sync", "always|second",
     "sync the journal to disk before each update (default), or once a second",
     option_set_word, MEMBER(sync_second), .words = {"always", "second"},
     .group = GROUP_OUTPUT},
    {"undo", "FILE",
     "write the old values of updated users to FILE, as an INPUT that undoes "
     "the run (contains personal data)",
     option_set_text, MEMBER(undo), .group = GROUP_OUTPUT,
     .modes = OPTION_MODE(MODE_APPLY) | OPTION_MODE(MODE_MERGE)},

    {"account-id", "ID",
     "the account to work in, if the service has such a header",
     option_set_text, MEMBER(account_id), .group = GROUP_SERVICE},
    {"api", "NAME",
     "the service to call, such as partner-center (default rest); SOAP ends on "
     "2027-01-31",
     option_set_api, .group = GROUP_SERVICE, .common = true,
     .standard = "rest"},
    {"cacert", "FILE",
     "trust the CA certificates in FILE instead of the system's",
     option_set_text, MEMBER(cacert), .group = GROUP_SERVICE},
    {"config", "FILE",
     "take values of options from FILE (default ~/.config/bauser-batch/config)",
     option_set_text, MEMBER(config), .group = GROUP_SERVICE, .once = true},
    {"customer-id", "ID",
     "the customer to work in: a number, or the GUID of the tenant for "
     "partner-center",
     option_set_text, MEMBER(customer_id), .group = GROUP_SERVICE,
     .common = true},
    {"device", NULL,
     "with --sign-in: sign in on another device, by a code",
     option_set_flag, MEMBER(device), .group = GROUP_SERVICE, .once = true},
    {"endpoint", "URL",
     "another base address: https, or http for this machine only",
     option_set_endpoint, .group = GROUP_SERVICE},
    {"environment", "NAME", "production (default) or sandbox",
     option_set_word, MEMBER(sandbox), .words = {"production", "sandbox"},
     .group = GROUP_SERVICE, .common = true},
    {"follow-links", NULL, "accept symbolic links to secret files",
     option_set_flag, MEMBER(follow_links), .group = GROUP_SERVICE},
    {"identity-provider", "NAME",
     "who signs the user in: microsoft (default) or google",
     option_set_word, MEMBER(google), .words = {"microsoft", "google"},
     .group = GROUP_SERVICE},
    {"profile", "NAME",
     "the section of the configuration file to use, before its section defaults",
     option_set_text, MEMBER(profile), .group = GROUP_SERVICE, .common = true,
     .once = true},
    {"proxy", "URL",
     "call through this http://, https:// or socks5h:// proxy",
     option_set_proxy, .group = GROUP_SERVICE},
    {"proxy-negotiate", NULL,
     "sign in to the proxy with this user's Kerberos ticket",
     option_set_flag, MEMBER(proxy_negotiate), .group = GROUP_SERVICE},
    {"proxy-user-file", "FILE",
     "sign in to the proxy with the USER:PASSWORD in this secret file",
     option_set_text, MEMBER(proxy_user_file), .group = GROUP_SERVICE},
    {"redirect-uri", "URI",
     "with --sign-in: the redirect URI of the registered application (default "
     "http://localhost)",
     option_set_text, MEMBER(redirect_uri), .group = GROUP_SERVICE,
     ONLY(MODE_SIGN_IN)},
    {"show-config", NULL,
     "print the value of each option and where it comes from, and do nothing",
     option_set_action, .choice = OPTIONS_SHOW_CONFIG, .group = GROUP_SERVICE,
     .once = true},
    {"tenant", "NAME",
     "the tenant that issues tokens: a domain or an id (default common)",
     option_set_tenant, .group = GROUP_SERVICE},
    {"trust-secret-modes", "DIRECTORY",
     "accept secret files in DIRECTORY whatever their modes, and links: for "
     "containers",
     option_set_text, MEMBER(trusted), .group = GROUP_SERVICE},
    {"unset", "OPTION",
     "ignore OPTION in the environment and the configuration file; can be "
     "repeated",
     set_unset, .group = GROUP_SERVICE, .once = true},

    {"budget", "redis://HOST[:PORT]/KEY",
     "share the --rate, and pauses that the service requests, with other runs",
     option_set_budget, .group = GROUP_FLOW, RUNS},
    {"concurrency", "N", "maximum number of calls in flight",
     option_set_number, MEMBER(concurrency), RANGE(1, 1024, 16),
     .group = GROUP_FLOW},
    {"connect-timeout", "S", "seconds to wait for a connection",
     option_set_number, MEMBER(connect_timeout), RANGE(1, 3600, 10),
     .group = GROUP_FLOW},
    {"drain", "S",
     "seconds that users in flight get to finish when the run stops early",
     option_set_number, MEMBER(drain), RANGE(0, 3600, 30), .group = GROUP_FLOW},
    {"fail-fast", "N[,all]",
     "stop if the first N users all lack the same right, or with ,all have the "
     "same API error; 0: never (default 100)",
     option_set_fail_fast, .group = GROUP_FLOW, .standard = "100"},
    {"give-up", "MIN",
     "stop after MIN minutes without a valid response (default 15)",
     option_set_give_up, .group = GROUP_FLOW, .standard = "15"},
    {"limit", "N",
     "stop when N users were sent an update; --resume applies the rest",
     option_set_limit, .group = GROUP_FLOW, .common = true, .once = true},
    {"max-changes", "N|N%",
     "stop before more than N users are sent an update, or refuse a plan that "
     "updates more than N percent (default: never)",
     option_set_max_changes, .group = GROUP_FLOW, ONLY(MODE_APPLY)},
    {"max-duration", "TIME",
     "stop after this time, such as 7h or 90m; --resume keeps the end",
     option_set_max_duration, .group = GROUP_FLOW, CALLS},
    {"max-errors", "N|N%",
     "stop when more than N rows, or N percent of them, have failed "
     "(default: never)",
     option_set_max_errors, .group = GROUP_FLOW, .common = true},
    {"rate", "N/s|N/m",
     "maximum number of calls in any second, or in any 60 seconds (default: "
     "adapts to the service)",
     option_set_rate, .group = GROUP_FLOW},
    {"retries", "N", "maximum number of retries for a row",
     option_set_number, MEMBER(retries), RANGE(0, 100, 8), .group = GROUP_FLOW},
    {"shard", "K/N|auto",
     "process only the rows of shard K of N; K is 0 to N-1; auto or auto/N: K "
     "from Slurm, Kubernetes and others, and the files are named by the shard",
     option_set_shard, .group = GROUP_FLOW, .once = true},
    {"shard-by", "COLUMN",
     "with --shard: rows with the same value in COLUMN are in one shard "
     "(default: Id; for partner-center CustomerTenantId)",
     option_set_text, MEMBER(shard_by), .group = GROUP_FLOW, .once = true},
    {"timeout", "S", "seconds to wait for a response",
     option_set_number, MEMBER(timeout), RANGE(1, 86400, 60),
     .group = GROUP_FLOW},
    {"until", "TIME",
     "stop at this local time, such as 06:00 or 2026-11-30T06:00",
     option_set_until, .group = GROUP_FLOW, CALLS},
    {"window", "ROWS",
     "merge rows of a user that lie within this many rows of INPUT",
     option_set_number, MEMBER(window), RANGE(1, 10000000, 100000),
     .group = GROUP_FLOW},

    {"completion", "SHELL",
     "print a script with which bash, zsh or fish completes the command line",
     option_set_completion, .group = GROUP_MESSAGES, .once = true},
    {"detailed-exit-code", NULL,
     "return 8 if --dry-run found changes, and 9 if --reconcile found drift and "
     "no row failed",
     option_set_flag, MEMBER(detailed_exit_code), .group = GROUP_MESSAGES},
    {"help", NULL, "print the most common options",
     option_set_action, .choice = OPTIONS_HELP, .group = GROUP_MESSAGES,
     .letter = 'h', .common = true, .once = true},
    {"help-all", NULL,
     "print all options, services, environment variables and exit statuses",
     option_set_action, .choice = OPTIONS_HELP_ALL, .group = GROUP_MESSAGES,
     .common = true, .once = true},
    {"log-file", "FILE",
     "append a line to FILE for each retry, throttled call and token renewal",
     option_set_text, MEMBER(log_file), .group = GROUP_MESSAGES, RUNS},
    {"log-format", "FORMAT", "text (default) or json",
     option_set_word, MEMBER(log_json), .words = {"text", "json"},
     .group = GROUP_MESSAGES},
    {"log-level", "LEVEL", "error, warn, info (default) or debug",
     option_set_log_level, .group = GROUP_MESSAGES, .standard = "info"},
    {"no-progress", NULL, "print no progress",
     option_set_flag, MEMBER(no_progress), .group = GROUP_MESSAGES},
    {"on-end", "COMMAND",
     "run COMMAND at the end, with the summary on its standard input",
     option_set_text, MEMBER(on_end), .group = GROUP_MESSAGES,
     .secret = true, RUNS},
    {"ping", "URL",
     "request URL/start at the start, and at the end URL, or URL/STATUS after "
     "a failure (Healthchecks)",
     option_set_ping, .group = GROUP_MESSAGES, .secret = true, RUNS},
    {"quiet", NULL,
     "print nothing if all rows succeed: no progress, and a summary only "
     "otherwise",
     option_set_flag, MEMBER(quiet), .group = GROUP_MESSAGES, .letter = 'q',
     .common = true},
    {"version", NULL, "print the version",
     option_set_action, .choice = OPTIONS_VERSION, .group = GROUP_MESSAGES,
     .letter = 'V', .common = true, .once = true},
    {"yes", NULL, "apply to production without asking for confirmation",
     option_set_flag, MEMBER(yes), .group = GROUP_MESSAGES, .common = true,
     .once = true},

    {.name = NULL},
};
/* clang-format on */

size_t option_table_index(const struct option_spec *spec)
{
    return (size_t)(spec - option_table);
}

bool option_table_inherits(const struct option_spec *spec)
{
    return !spec->once && spec->group != GROUP_MODES;
}

bool option_table_is_path(const struct option_spec *spec)
{
    return spec->argument && (strncmp(spec->argument, "FILE", 4) == 0 ||
                              strcmp(spec->argument, "DIRECTORY") == 0);
}

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

bool option_table_takes_next(const char *word)
{
    const struct option_spec *spec = option_table_find(word);

    return spec && spec->argument && !strchr(word, '=');
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
        .limit = UINT64_MAX,
        .max_changes = UINT64_MAX,
        .max_errors = UINT64_MAX,
        .log_level = LOG_LEVEL_INFO,
    };
    for (spec = option_table; spec->name; spec++) {
        if (spec->max > 0) {
            number = option_set_member(options, spec);
            *number = spec->initial;
        }
    }
}

/* The two options that have a variable and no key. */
static const char *variable_without_key(const struct option_spec *spec)
{
    if (strcmp(spec->name, "config") == 0)
        return "BAUSER_CONFIG";
    return strcmp(spec->name, "profile") == 0 ? "BAUSER_PROFILE" : NULL;
}

static int refuse_unset(const struct option_spec *other, struct error *error)
{
    const char *variable = variable_without_key(other);

    if (variable)
        return error_set(error, ERROR_USAGE,
                         "--unset does not apply to --%s; to ignore the "
                         "variable %s, start the program with env -u %s",
                         other->name, variable, variable);
    return error_set(error, ERROR_USAGE,
                     "--unset does not apply to --%s, which is accepted on the "
                     "command line only; leave out --unset %s",
                     other->name, other->name);
}

/* The name without "--", or with it. It is here because it needs the table. */
static int set_unset(struct options *options, const struct option_spec *spec,
                     const char *value, struct error *error)
{
    const struct option_spec *other;
    struct suggestion nearest;

    value += strncmp(value, "--", 2) == 0 ? 2 : 0;
    suggest_init(&nearest, value);
    for (other = option_table; other->name; other++) {
        if (strcmp(other->name, value) == 0) {
            if (!option_table_inherits(other))
                return refuse_unset(other, error);
            options->decided[option_table_index(other)] = true;
            return 0;
        }
        suggest_offer(&nearest, other->name);
    }
    return error_set(error, ERROR_USAGE,
                     "--%s takes the name of an option, not '%s'%s%s%s",
                     spec->name, value, nearest.name ? "; did you mean " : "",
                     nearest.name ? nearest.name : "", nearest.name ? "?" : "");
}
