#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"
#include "base/version.h"
#include "cli/command_line.h"
#include "cli/completion.h"
#include "cli/credentials.h"
#include "cli/help.h"
#include "cli/redirections.h"
#include "cli/settings.h"
#include "cli/show_config.h"
#include "cli/template.h"
#include "ending/command.h"
#include "ending/conclusion.h"
#include "ending/ending.h"
#include "ending/hooks.h"
#include "ending/metrics_file.h"
#include "ending/summary.h"
#include "net/curl_transport.h"
#include "net/redis_store.h"
#include "offline/merge.h"
#include "offline/resolve.h"
#include "offline/review.h"
#include "run/names.h"
#include "run/pipeline.h"
#include "run/terminal.h"
#include "sign_in/sign_in.h"
#include "sign_in/whoami.h"

#define MESSAGE_WAIT 1000 /* milliseconds */

/* The second of a monotonic clock, counted from 1, in which the first signal
 * requested a stop; 0: there was none. */
static volatile sig_atomic_t stop;

/* The first signal requests an orderly stop. A later one ends the process at
 * once, but a signal directly after the first one is ignored, because
 * timeout(1) and supervisors signal a process and then its group.
 *
 * Process 1 of a container ignores the default action of a signal, so it exits
 * with the status that a shell reports for it. */
static void request_stop(int number)
{
    struct timespec now;
    sig_atomic_t second;

    clock_gettime(CLOCK_MONOTONIC, &now);
    second = (sig_atomic_t)(now.tv_sec % INT_MAX) + 1;
    if (stop == 0)
        stop = second;
    if (second - stop < 2)
        return;
    if (getpid() == 1)
        _exit(128 + number);
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void set_signals(void)
{
    struct sigaction action = {.sa_handler = request_stop};
    struct sigaction before;

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* It stays ignored under nohup(1). */
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
    /* Writing to a closed pipe, or beyond the limit of a file's size, then
     * returns an error. */
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
    /* If whoever started the program ignores it, the exit statuses of commands
     * are lost. */
    action.sa_handler = SIG_DFL;
    sigaction(SIGCHLD, &action, NULL);
}

/* Opens closed standard descriptors, so that no file that is opened later
 * receives messages that are meant for them. Each is opened for the wrong
 * direction: its use fails, like that of a closed descriptor. */
static void fill_descriptors(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
            _exit(EXIT_LOCAL);
}

/* A core dump would contain tokens and users' data. */
static void forbid_core_dumps(void)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
}

/* The log may have filled a standard error that nobody reads. */
static bool can_print(void)
{
    struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};

    return poll(&ready, 1, MESSAGE_WAIT) != 0;
}

static void print_error(const struct error *error)
{
    fprintf(stderr, "bauser-batch: %s\n", error->text);
}

static void print_warning(const struct error *error)
{
    if (can_print())
        fprintf(stderr, "bauser-batch: warning: %s\n", error->text);
}

/* Reports a failed write to standard output, for example on a full disk. */
static enum exit_status flush_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_ALL_SUCCEEDED;
    perror("bauser-batch: standard output");
    return EXIT_LOCAL;
}

static void print_information(const struct options *options)
{
    switch (options->action) {
    case OPTIONS_HELP:
        help_print(stdout);
        break;
    case OPTIONS_HELP_ALL:
        help_print_all(stdout);
        break;
    case OPTIONS_VERSION:
        printf("bauser-batch %s (%s, %s)\n", BAUSER_VERSION,
               curl_transport_version(),
               redis_store_version() ? redis_store_version()
                                     : "without hiredis");
        break;
    case OPTIONS_TEMPLATE:
        template_print(options, stdout);
        break;
    case OPTIONS_COMPLETION:
        completion_print(stdout, options->shell);
        break;
    case OPTIONS_SHOW_CONFIG:
    case OPTIONS_RUN:
        break;
    }
}

/* A mistyped name is an error; these may belong to somebody else. */
static void report_unknown_variables(const struct options *options)
{
    const char *unknown = settings_unknown(options->settings);

    if (*unknown && !options->quiet)
        fprintf(stderr,
                "bauser-batch: these variables are unknown and ignored: %s\n",
                unknown);
}

/* A run without an OUTPUT file has no journal. */
static void warn_about_standard_output(const struct options *options)
{
    if (!options->quiet && options->mode == MODE_APPLY &&
        strcmp(options->output, "-") == 0)
        fputs("bauser-batch: the result goes to standard output, so a run that "
              "stops early cannot be resumed\n",
              stderr);
}

/* Who runs what. A host name that does not fit is truncated. */
struct names {
    char host[64];
    char process[128]; /* host and process id */
    char user[64];
};

/* The user is the one of the environment, for the same reason as the home
 * directory: see config_file_home(). */
static void find_names(struct names *names)
{
    const char *user = getenv("LOGNAME");

    *names = (struct names){.host = "-"};
    if (!user || !*user)
        user = getenv("USER");
    if (user && *user)
        (void)utf8_clean(names->user, sizeof(names->user), user);
    else
        (void)snprintf(names->user, sizeof(names->user), "uid %ld",
                       (long)geteuid());
    (void)gethostname(names->host, sizeof(names->host));
    names->host[sizeof(names->host) - 1] = '\0';
    (void)snprintf(names->process, sizeof(names->process), "%s %ld",
                   names->host, (long)getpid());
}

/* What was rejected before the first call has no counts. */
static bool has_counts(const struct run_summary *summary,
                       const struct error *error)
{
    return summary->tally.rows > 0 || summary->tally.calls > 0 ||
           error->kind == ERROR_SIGN_IN || error->kind == ERROR_STOPPED;
}

/* Prints the error, the counts and what to do next. The error is NULL if OUTPUT
 * is complete. */
static void print_end(const struct options *options,
                      const struct run_summary *summary,
                      const struct error *error)
{
    bool succeeded = summary->exit_status == EXIT_ALL_SUCCEEDED;

    if (!can_print())
        return;
    if (error)
        print_error(error);
    if (options->quiet && succeeded)
        return;
    if (!error || has_counts(summary, error))
        summary_print(stderr, summary);
    summary_print_steps(stderr, summary);
}

/* error: with which the run has ended; ERROR_NONE: OUTPUT is complete. */
static enum exit_status run(const struct options *options, struct error *error)
{
    struct names names;
    const struct platform platform = {
        .clock = &clock_system,
        .random = &random_system,
        .files = options->no_lock ? &file_system_unlocked : &file_system_posix,
        .network = &network_curl,
        .open_budget = redis_store_new,
        .process = names.process,
        .host = names.host,
        .user = names.user,
        .ask = terminal_ask};
    const struct credentials_setup setup = {options, platform.files,
                                            platform.clock, command_read};
    struct credentials credentials = {.access_token = NULL};
    struct run_summary summary;
    enum exit_status status;
    struct error why;
    int result;

    find_names(&names);
    conclusion_begin(&summary, &platform, options);
    hooks_start(options);
    if (options->mode != MODE_CHECK &&
        credentials_read(&credentials, &setup, error)) {
        conclusion_end(&summary, &platform, options, error);
        result = -1;
    } else {
        warn_about_standard_output(options);
        result = pipeline_run(&platform, options, &credentials, &stop, &summary,
                              error);
        credentials_clear(&credentials);
    }
    if (result == 0)
        error->kind = ERROR_NONE;
    print_end(options, &summary, result ? error : NULL);
    if (options->metrics &&
        metrics_file_write(platform.files, options->metrics, &summary, &why))
        print_warning(&why);
    hooks_end(options, &summary);
    status = (enum exit_status)summary.exit_status;
    run_summary_clear(&summary);
    return status;
}

/* --sign-in and --whoami. */
static enum exit_status identify(const struct options *options)
{
    const struct platform platform = {
        .clock = &clock_system,
        .random = &random_system,
        .files = options->no_lock ? &file_system_unlocked : &file_system_posix,
        .network = &network_curl};
    const struct credentials_setup setup = {options, platform.files,
                                            platform.clock, command_read};
    struct credentials credentials = {.access_token = NULL};
    struct error error;
    int result = credentials_read(&credentials, &setup, &error);

    /* Keeps tokens out of core dumps, and from other processes of the user. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (result == 0)
        result = options->mode == MODE_SIGN_IN
                     ? sign_in_run(&platform, options, &credentials, &stop,
                                   stdout, stderr, &error)
                     : whoami_show(&platform, options, &credentials, &stop,
                                   stdout, &error);
    credentials_clear(&credentials);
    if (result == 0)
        return flush_output();
    print_error(&error);
    return ending_status(NULL, &error);
}

/* Without a run, the exit status is 0 if everything could be made. */
static enum exit_status review(const struct options *options)
{
    const struct platform platform = {
        .clock = &clock_system,
        .random = &random_system,
        .files = options->no_lock ? &file_system_unlocked : &file_system_posix};
    struct run_summary summary = {.texts = NULL};
    enum exit_status status = EXIT_ALL_SUCCEEDED;
    const char *missing;
    struct error error;

    if (review_run(platform.files, options, &summary, &missing, &error)) {
        print_error(&error);
        run_summary_clear(&summary);
        return ending_status(NULL, &error);
    }
    if (missing)
        fprintf(stderr,
                "bauser-batch: the summary of the run cannot be used: %s\n",
                missing);
    if (!options->quiet || summary.exit_status != EXIT_ALL_SUCCEEDED) {
        summary_print(stderr, &summary);
        summary_print_steps(stderr, &summary);
    }
    if (review_write(&platform, options, &summary, &stop, &error)) {
        print_error(&error);
        status = ending_status(NULL, &error);
    }
    run_summary_clear(&summary);
    return status;
}

/* Prints what went wrong, and what to do next; NULL: nothing did. */
static void print_merge(const struct options *options,
                        const struct run_summary *summary,
                        const struct error *error)
{
    if (error)
        print_error(error);
    else if (!options->quiet || summary->exit_status != EXIT_ALL_SUCCEEDED)
        summary_print(stderr, summary);
    if (error && summary->complete)
        fprintf(stderr,
                "bauser-batch: %s is complete; merge again to make the other "
                "files\n",
                options->output);
    if (error || !options->quiet)
        summary_print_steps(stderr, summary);
}

static enum exit_status merge(const struct options *options)
{
    struct names names;
    const struct platform platform = {
        .clock = &clock_system,
        .random = &random_system,
        .files = options->no_lock ? &file_system_unlocked : &file_system_posix,
        .host = names.host,
        .user = names.user};
    struct run_summary summary = {.texts = NULL};
    enum exit_status status;
    struct error error;
    int result;

    find_names(&names);
    result = merge_run(&platform, options, &stop, &summary, &error);
    print_merge(options, &summary, result ? &error : NULL);
    status = result ? ending_status(NULL, &error)
                    : (enum exit_status)summary.exit_status;
    run_summary_clear(&summary);
    return status;
}

static struct platform local_platform(const struct options *options)
{
    return (struct platform){.clock = &clock_system,
                             .random = &random_system,
                             .files = options->no_lock ? &file_system_unlocked
                                                       : &file_system_posix};
}

static enum exit_status fail(const struct error *error)
{
    print_error(error);
    return ending_status(NULL, error);
}

/* users: the list. */
static enum exit_status resolve_from(struct resolve *resolve,
                                     const struct options *options,
                                     const char *users)
{
    struct resolve_result result;
    struct error error;

    if (resolve_write(resolve, users, &result, &error))
        return fail(&error);
    if (can_print() && !(options->quiet && !resolve_has_errors(&result)))
        resolve_print(stderr, options, &result);
    return resolve_has_errors(&result) ? EXIT_SOME_FAILED : EXIT_ALL_SUCCEEDED;
}

/* A list that lacks the users of a customer may lack a second user of a name.
 */
static enum exit_status resolve_listed(struct resolve *resolve,
                                       const struct platform *platform,
                                       const struct options *options)
{
    struct options list;
    enum exit_status status;
    struct error error;
    char *path;

    if (resolve_list_options(platform->files, options, &list, &path, &error))
        return fail(&error);
    status = run(&list, &error);
    if (status == EXIT_ALL_SUCCEEDED)
        status = resolve_from(resolve, options, path);
    else if (status == EXIT_SOME_FAILED)
        fputs(
            "bauser-batch: the list of users is not complete, so no name is "
            "searched in it; use --customer-id, or --list and --users FILE to "
            "use the list as it is\n",
            stderr);
    /* Else another process may be writing it. */
    if (error.kind != ERROR_USAGE && error.kind != ERROR_BUSY)
        resolve_remove_list(platform->files, path);
    free(path);
    return status;
}

static enum exit_status resolve(const struct options *options)
{
    const struct platform platform = local_platform(options);
    enum exit_status status;
    struct resolve *resolve;
    struct error error;

    /* Open until the end: a named pipe that is closed loses its data. */
    resolve = resolve_open(&platform, options, &stop, &error);
    if (!resolve)
        return fail(&error);
    status = options->users ? resolve_from(resolve, options, options->users)
                            : resolve_listed(resolve, &platform, options);
    resolve_free(resolve);
    return status;
}

static enum exit_status start(const struct options *options)
{
    struct error error;

    switch (options->mode) {
    case MODE_REVIEW:
        return review(options);
    case MODE_MERGE:
        return merge(options);
    case MODE_RESOLVE:
        return resolve(options);
    case MODE_SIGN_IN:
    case MODE_WHOAMI:
        return identify(options);
    default:
        return run(options, &error);
    }
}

int main(int argc, char *argv[])
{
    struct redirections redirections;
    struct settings *settings;
    struct options options;
    struct error error;
    enum exit_status status;

    fill_descriptors();
    set_signals();
    umask(077);
    forbid_core_dumps();
    if (command_line_read(&options, &settings, argc, argv, &file_system_posix,
                          &error) ||
        (options.action == OPTIONS_RUN && mode_has_files(options.mode) &&
         names_check(&file_system_posix, &options, &error))) {
        print_error(&error);
        status = ending_status(NULL, &error);
    } else if (options.action == OPTIONS_RUN) {
        redirections_find(&redirections);
        options.redirections = &redirections;
        report_unknown_variables(&options);
        status = start(&options);
    } else if (options.action == OPTIONS_SHOW_CONFIG) {
        report_unknown_variables(&options);
        if (show_config_print(&options, stdout, &error)) {
            print_error(&error);
            status = ending_status(NULL, &error);
        } else {
            status = flush_output();
        }
    } else {
        print_information(&options);
        status = flush_output();
    }
    options_clear(&options);
    settings_free(settings);
    return (int)status;
}
