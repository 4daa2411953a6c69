#include "cli/combinations.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/guid.h"
#include "base/hash.h"
#include "base/number.h"
#include "cli/mode_options.h"
#include "cli/sign_in_addresses.h"
#include "cli/url.h"
#include "service/service.h"

/* ---- files -------------------------------------------------------------- */

/* result_writer_open() checks that it is none of the run's other files. */
static int check_log_file(const struct options *options, struct error *error)
{
    const char *log = options->log_file;

    if (!log)
        return 0;
    if (strcmp(log, "-") == 0 || strcmp(log, "/dev/stdout") == 0)
        return error_set(error, ERROR_USAGE,
                         "--log-file cannot be standard output, which is for "
                         "the result alone; choose a file, or /dev/stderr for "
                         "standard error");
    return 0;
}

static int check_diff(const struct options *options, struct error *error)
{
    if (!options->diff)
        return 0;
    if (options->mode != MODE_DRY_RUN && options->mode != MODE_RECONCILE)
        return error_set(error, ERROR_USAGE,
                         "--diff requires --dry-run or --reconcile; add one of "
                         "them, or leave out --diff");
    if (strcmp(options->diff, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--diff cannot be standard output, which is for the "
                         "result alone; choose a file");
    if (strcmp(options->diff, options->output) == 0)
        return error_set(error, ERROR_USAGE,
                         "--diff and OUTPUT are the same file; choose another "
                         "file for --diff");
    return 0;
}

/* Without an OUTPUT file there is no journal, and the run cannot be resumed. */
static int check_undo(const struct options *options, struct error *error)
{
    if (!options->undo)
        return 0;
    if (options->mode != MODE_APPLY && options->mode != MODE_MERGE)
        return error_set(error, ERROR_USAGE,
                         "--undo and --%s cannot be combined: nothing is "
                         "updated that could be undone; leave out one of them",
                         mode_name(options->mode));
    if (options->sync_second)
        return error_set(error, ERROR_USAGE,
                         "--undo and --sync second cannot be combined, because "
                         "old values are on disk before each update; leave out "
                         "one of them");
    if (strcmp(options->undo, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--undo cannot be standard output; choose a file");
    if (strcmp(options->output, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--undo requires an OUTPUT that is a file, so that "
                         "the run can be resumed; choose a file");
    return 0;
}

/* Without an OUTPUT file there is no journal, and the run cannot be resumed. */
static int check_plan(const struct options *options, struct error *error)
{
    if (!options->plan)
        return 0;
    if (options->mode != MODE_DRY_RUN)
        return error_set(error, ERROR_USAGE,
                         "--plan requires --dry-run; add --dry-run, or leave "
                         "out --plan");
    if (options->diff)
        return error_set(error, ERROR_USAGE,
                         "--plan and --diff cannot be combined: a plan has "
                         "both values of each change; leave out --diff");
    if (options->sync_second)
        return error_set(error, ERROR_USAGE,
                         "--plan and --sync second cannot be combined, because "
                         "a plan is on disk before its results; leave out one "
                         "of them");
    if (strcmp(options->plan, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--plan cannot be standard output; choose a file");
    if (strcmp(options->output, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--plan requires an OUTPUT that is a file, so that "
                         "the run can be resumed; choose a file");
    return 0;
}

/* What was reviewed must be what is applied: no option may change what INPUT
 * means. */
static int check_approve(const struct options *options, struct error *error)
{
    const struct {
        bool given;
        const char *name;
    } others[] = {
        {options->ignore_guards, "--ignore-guards"},
        {options->ignore_count > 0, "--ignore"},
        {options->ignore_unknown, "--ignore-unknown"},
        {options->map_count > 0, "--map"},
        {options->encoding != NULL, "--encoding"},
        {options->skip_lines > 0, "--skip-lines"},
    };
    const char *digits = options->approve;

    if (!digits)
        return 0;
    if (strlen(digits) != 2 * HASH_SIZE ||
        digits[strspn(digits, "0123456789abcdefABCDEF")] != '\0')
        return error_set(error, ERROR_USAGE,
                         "--approve takes the SHA-256 of INPUT, which is %d "
                         "hexadecimal digits, not '%s'",
                         2 * HASH_SIZE, digits);
    if (options->mode != MODE_APPLY)
        return error_set(error, ERROR_USAGE,
                         "--approve and --%s cannot be combined: nothing is "
                         "applied; leave out one of them",
                         mode_name(options->mode));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (others[i].given)
            return error_set(error, ERROR_USAGE,
                             "--approve and %s cannot be combined: what was "
                             "reviewed must be what is applied; leave out %s, "
                             "or make a new plan",
                             others[i].name, others[i].name);
    return 0;
}

/* A file that is replaced, even if the run does not begin. names_check()
 * compares it with the files of the run. */
static int check_replaced(const char *option, const char *path,
                          const struct options *options, struct error *error)
{
    const char *const others[] = {options->input, options->output,
                                  options->diff, options->log_file};

    if (!path)
        return 0;
    if (strcmp(path, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "%s cannot be standard output, which is for the "
                         "result alone; choose a file",
                         option);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (others[i] && strcmp(path, others[i]) == 0)
            return error_set(error, ERROR_USAGE,
                             "%s %s is another file of the run; choose another "
                             "name",
                             option, path);
    return 0;
}

static int check_report(const struct options *options, struct error *error)
{
    if (options->report && strcmp(options->report, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--report cannot be standard output, which is for the "
                         "result alone; choose a file");
    if (options->report_values && !options->report)
        return error_set(error, ERROR_USAGE,
                         "--report-values requires --report; add --report, or "
                         "leave it out");
    return 0;
}

static int check_summary(const struct options *options, struct error *error)
{
    if (check_replaced("--summary", options->summary, options, error) ||
        check_replaced("--metrics", options->metrics, options, error))
        return -1;
    if (options->summary && options->metrics &&
        strcmp(options->summary, options->metrics) == 0)
        return error_set(error, ERROR_USAGE,
                         "--summary and --metrics are the same file; choose "
                         "another name for one of them");
    if (options->summary && options->no_summary)
        return error_set(error, ERROR_USAGE,
                         "--summary and --no-summary cannot be combined; leave "
                         "out one of them");
    return 0;
}

static int check_failed(const struct options *options, struct error *error)
{
    if (!options->failed)
        return 0;
    if (options->mode == MODE_EXPORT)
        return error_set(error, ERROR_USAGE,
                         "--failed and --export cannot be combined, because "
                         "an exported file says which users were not found; "
                         "leave out --failed");
    if (!options->output || strcmp(options->output, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--failed requires an OUTPUT that is a file, from "
                         "which the rows are taken; name a file");
    if (strcmp(options->failed, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--failed cannot be standard output; choose a file");
    return 0;
}

/* An option that is for one mode only. */
static int check_mode(const struct options *options, bool given,
                      const char *option, enum mode mode, struct error *error)
{
    if (!given || options->mode == mode)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s requires --%s; add --%s, or leave out %s", option,
                     mode_name(mode), mode_name(mode), option);
}

static int check_modes(const struct options *options, struct error *error)
{
    if (options->all_guards && options->ignore_guards)
        return error_set(error, ERROR_USAGE,
                         "--all-guards and --ignore-guards cannot be combined; "
                         "leave out one of them");
    return check_mode(options, options->deleted, "--deleted", MODE_LIST,
                      error) ||
                   check_mode(options, options->users != NULL, "--users",
                              MODE_RESOLVE, error) ||
                   check_mode(options, options->loose, "--loose",
                              MODE_RECONCILE, error) ||
                   check_mode(options, options->all_guards, "--all-guards",
                              MODE_RECONCILE, error) ||
                   check_mode(options, options->empty_as_clear,
                              "--empty-as-clear", MODE_EXPORT, error) ||
                   check_mode(options, options->force, "--force", MODE_EXPORT,
                              error)
               ? -1
               : 0;
}

/* Bounds of updates. A percentage needs to know beforehand how many users
 * change. */
static int check_bounds(const struct options *options, struct error *error)
{
    if (options->max_changes_percent && !options->approve)
        return error_set(error, ERROR_USAGE,
                         "--max-changes N%% requires a plan, which says how "
                         "many users change; make one with --dry-run --plan "
                         "and apply it with --approve, or give a number of "
                         "users");
    if ((options->max_duration > 0 || options->until) &&
        (options->mode == MODE_CHECK || options->mode >= MODE_REVIEW))
        return error_set(error, ERROR_USAGE,
                         "%s and --%s cannot be combined; leave out one of "
                         "them",
                         options->until ? "--until" : "--max-duration",
                         mode_name(options->mode));
    if (options->mode == MODE_APPLY ||
        (options->limit == UINT64_MAX && options->max_changes == UINT64_MAX))
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s and --%s cannot be combined, because no user is "
                     "updated; leave out one of them",
                     options->limit == UINT64_MAX ? "--max-changes" : "--limit",
                     mode_name(options->mode));
}

static int check_shard(const struct options *options, struct error *error)
{
    if (!options->shard_by || options->shards != 1)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "--shard-by requires --shard with more than one shard; "
                     "add it, or leave out --shard-by");
}

/* ---- the sign-in -------------------------------------------------------- */

static int check_redirect(const struct options *options, struct error *error)
{
    struct sign_in_redirect redirect;

    if (!options->redirect_uri)
        return 0;
    if (options->device)
        return error_set(error, ERROR_USAGE,
                         "--redirect-uri and --device cannot be combined: a "
                         "sign-in on another device has no redirect; leave out "
                         "one of them");
    return sign_in_parse_redirect("--redirect-uri", options->redirect_uri,
                                  &redirect, error);
}

static int check_sign_in(const struct options *options, struct error *error)
{
    if (check_mode(options, options->device, "--device", MODE_SIGN_IN, error) ||
        check_mode(options, options->redirect_uri != NULL, "--redirect-uri",
                   MODE_SIGN_IN, error) ||
        check_redirect(options, error))
        return -1;
    if (options->device && options->google)
        return error_set(error, ERROR_USAGE,
                         "--device and --identity-provider google cannot be "
                         "combined; sign in in a browser: leave out --device");
    return 0;
}

/* ---- an earlier run ----------------------------------------------------- */

/* --resume needs no interrupted run, so that a scheduler can always pass it. */
static int check_earlier_run(const struct options *options, struct error *error)
{
    if (options->resume && options->restart)
        return error_set(error, ERROR_USAGE,
                         "--resume and --restart cannot be combined: --resume "
                         "continues an interrupted run, --restart discards it");
    if (!options->retry_failed)
        return 0;
    if (options->mode != MODE_APPLY)
        return error_set(error, ERROR_USAGE,
                         "--retry-failed and --%s cannot be combined; leave "
                         "out one of them",
                         mode_name(options->mode));
    if (strcmp(options->output, "-") == 0)
        return error_set(error, ERROR_USAGE,
                         "--retry-failed reads a finished OUTPUT, which cannot "
                         "be standard output; pass the name of the file");
    if (options->no_clobber)
        return error_set(error, ERROR_USAGE,
                         "--retry-failed and --no-clobber cannot be combined, "
                         "because OUTPUT is replaced; leave out one of them");
    return 0;
}

/* ---- the service -------------------------------------------------------- */

/* http is only allowed for an address of this machine, such as 127.0.0.1. For a
 * proxy on another machine, that is the proxy's own address. */
static int check_proxy_sign_in(const struct options *options,
                               struct error *error)
{
    const char *option = options->proxy_user_file   ? "--proxy-user-file"
                         : options->proxy_negotiate ? "--proxy-negotiate"
                                                    : NULL;

    if (option && !options->proxy)
        return error_set(error, ERROR_USAGE,
                         "%s requires --proxy; add --proxy, or leave it out",
                         option);
    if (options->proxy_user_file && options->proxy_negotiate)
        return error_set(error, ERROR_USAGE,
                         "--proxy-user-file and --proxy-negotiate cannot be "
                         "combined; leave out one of them");
    if (options->proxy_negotiate && strncmp(options->proxy, "socks", 5) == 0)
        return error_set(error, ERROR_USAGE,
                         "--proxy-negotiate requires an http:// or https:// "
                         "proxy; leave it out");
    return 0;
}

static int check_proxy(const struct options *options, struct error *error)
{
    if (check_proxy_sign_in(options, error))
        return -1;
    if (options->proxy && options->endpoint &&
        url_is_plain(options->endpoint) && !url_is_local(options->proxy))
        return error_set(error, ERROR_USAGE,
                         "--proxy: plain http through a proxy on another "
                         "machine would send the tokens unencrypted; use an "
                         "--endpoint with https");
    return 0;
}

static int refuse_id(const char *option, const struct service *service,
                     struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "--%s: %s has no such header; leave it out", option,
                     service->name);
}

/* The value becomes a header or a part of a path. */
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
        /* No header, but a part of the request for a list. */
        if (id && (options->mode == MODE_LIST || options->mode == MODE_RESOLVE))
            return check_number("customer-id", id, service, error);
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

/* It is also checked with --endpoint, because the environment determines the
 * token endpoint and the scope, too. */
static int check_sandbox(const struct options *options, struct error *error)
{
    if (options->sandbox && !options->service->sandbox)
        return error_set(error, ERROR_USAGE,
                         "--environment: %s has no sandbox address, because "
                         "its sandbox accounts use the production address; "
                         "leave it out",
                         options->service->name);
    return 0;
}

static int check_identity_provider(const struct options *options,
                                   struct error *error)
{
    if (!options->google)
        return 0;
    if (!options->service->google)
        return error_set(error, ERROR_USAGE,
                         "--identity-provider: %s accepts Microsoft accounts "
                         "only; leave it out",
                         options->service->name);
    if (options->tenant)
        return error_set(error, ERROR_USAGE,
                         "--tenant and --identity-provider google cannot be "
                         "combined: Google's token endpoint has no tenants; "
                         "leave out --tenant");
    return 0;
}

int combinations_check(const struct options *options, struct error *error)
{
    if (check_sign_in(options, error) || check_diff(options, error) ||
        check_summary(options, error) || check_failed(options, error) ||
        check_undo(options, error) || check_plan(options, error) ||
        check_approve(options, error) || check_report(options, error) ||
        check_modes(options, error) || check_bounds(options, error) ||
        check_shard(options, error) || mode_options_check(options, error) ||
        check_log_file(options, error) || check_earlier_run(options, error) ||
        check_proxy(options, error) || check_customer(options, error) ||
        check_account(options, error) || check_sandbox(options, error) ||
        check_identity_provider(options, error))
        return -1;
    return 0;
}
