#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/version.h"
#include "cli/credentials.h"
#include "cli/options.h"
#include "journal/recovery.h"
#include "net/transport.h"
#include "run/pipeline.h"

enum exit_status {
    EXIT_ALL_WELL = 0,
    EXIT_SOME_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_INPUT = 3,
    EXIT_SIGN_IN = 4,
    EXIT_STOPPED = 5,
    EXIT_LOCAL = 6,
    EXIT_SOME_UNKNOWN = 7
};

/* Set by a signal that asks for a stop: the second of a steady clock, from 1,
 * at which the first one came. */
static volatile sig_atomic_t stop;

/* The first signal stops in good order, a later one at once. One that comes
 * right behind the first is the same: timeout(1) and supervisors signal a
 * process and then its group. */
static void ask_for_stop(int number)
{
    struct timespec now;
    sig_atomic_t second;

    clock_gettime(CLOCK_MONOTONIC, &now);
    second = (sig_atomic_t)(now.tv_sec % INT_MAX) + 1;
    if (stop == 0)
        stop = second;
    if (second - stop < 2)
        return;
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void set_signals(void)
{
    struct sigaction action = {.sa_handler = ask_for_stop};
    struct sigaction before;

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* nohup(1) has it ignored. */
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
    /* A closed pipe and a limit on files come back as errors. */
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
}

/* Fills the places of closed standard descriptors, so that no file that is
 * opened later gets messages meant for them. Each is opened the wrong way
 * round: its use fails, as that of a closed one would. */
static void fill_descriptors(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
            _exit(EXIT_LOCAL);
}

/* A core dump would show tokens and users' data. */
static void forbid_core_dumps(void)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
}

static enum exit_status status_of_tally(const struct tally *tally)
{
    uint64_t well = 0;

    if (tally->by_status[STATUS_UNKNOWN] > 0)
        return EXIT_SOME_UNKNOWN;
    for (unsigned i = 0; i < STATUS_COUNT; i++)
        if (status_is_success((enum status)i))
            well += tally->by_status[i];
    return well == tally->rows ? EXIT_ALL_WELL : EXIT_SOME_FAILED;
}

static enum exit_status status_of_error(const struct error *error)
{
    switch (error->kind) {
    case ERROR_USAGE:
        return EXIT_USAGE;
    case ERROR_INPUT:
        return EXIT_INPUT;
    case ERROR_SIGN_IN:
        return EXIT_SIGN_IN;
    case ERROR_STOPPED:
        return EXIT_STOPPED;
    case ERROR_NONE:
    case ERROR_VALUE:
    case ERROR_LOCAL:
        break;
    }
    return EXIT_LOCAL;
}

static void print_error(const struct error *error)
{
    fprintf(stderr, "bauser-batch: %s\n", error->text);
}

static void print_summary(const struct options *options,
                          const struct tally *tally)
{
    double seconds = (double)tally->milliseconds / 1000;
    const char *separator = ":";

    fprintf(stderr, "bauser-batch: %" PRIu64 " rows", tally->rows);
    for (unsigned i = 0; i < STATUS_COUNT; i++) {
        if (tally->by_status[i] == 0)
            continue;
        fprintf(stderr, "%s %" PRIu64 " %s", separator, tally->by_status[i],
                status_name((enum status)i));
        separator = ",";
    }
    if (options->mode != MODE_CHECK)
        fprintf(stderr, "; %" PRIu64 " calls, %" PRIu64 " retries",
                tally->calls, tally->retries);
    fprintf(stderr, "; %.1f s, %.1f rows/s\n", seconds,
            (double)tally->rows / (seconds > 0.001 ? seconds : 0.001));
}

/* The command that goes on with a run that stopped. Also where nothing was
 * begun that it could take up: it is a new run then. */
static void print_resume(const struct options *options, int argc, char *argv[])
{
    fprintf(stderr, "bauser-batch: %s: ",
            recovery_is_kept(options->mode, options->output, options->diff)
                ? "to go on"
                : "nothing is kept of such a run; to run it again");
    options_print_resume(options, argc, argv, stderr);
}

/* Ends what went to standard output; it may be a full disk. */
static enum exit_status flush_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_ALL_WELL;
    perror("bauser-batch: standard output");
    return EXIT_LOCAL;
}

/* Without a file there is nothing that a later run could go on from. */
static void say_what_is_lost(const struct options *options)
{
    if (!options->quiet && options->mode == MODE_APPLY &&
        strcmp(options->output, "-") == 0)
        fputs("bauser-batch: the result goes to standard output: a run that is "
              "cut off can't be taken up again\n",
              stderr);
}

static enum exit_status run(const struct options *options, int argc,
                            char *argv[])
{
    const struct platform platform = {.clock = &clock_system,
                                      .random = &random_system,
                                      .files = &file_system_posix};
    struct credentials credentials = {.access_token = NULL};
    struct error error = {.kind = ERROR_NONE};
    struct tally tally;
    enum exit_status status;
    int result;

    if (options->mode != MODE_CHECK &&
        credentials_read(&credentials, options, &error)) {
        print_error(&error);
        return EXIT_USAGE;
    }
    say_what_is_lost(options);
    result =
        pipeline_run(&platform, options, &credentials, &stop, &tally, &error);
    credentials_clear(&credentials);
    if (result)
        print_error(&error);
    if (!options->quiet && (result == 0 || tally.rows > 0))
        print_summary(options, &tally);
    status = result ? status_of_error(&error) : status_of_tally(&tally);
    if (result && options->mode != MODE_CHECK &&
        (status == EXIT_SIGN_IN || status == EXIT_STOPPED ||
         status == EXIT_LOCAL))
        print_resume(options, argc, argv);
    return status;
}

int main(int argc, char *argv[])
{
    struct options options;
    struct error error;
    enum exit_status status = EXIT_ALL_WELL;

    fill_descriptors();
    set_signals();
    umask(077);
    forbid_core_dumps();
    if (options_parse(&options, argc, argv, &error)) {
        print_error(&error);
        status = EXIT_USAGE;
    } else if (options.action == OPTIONS_HELP) {
        options_print_help(stdout);
        status = flush_output();
    } else if (options.action == OPTIONS_VERSION) {
        printf("bauser-batch %s (%s)\n", BAUSER_VERSION, transport_version());
        status = flush_output();
    } else {
        status = run(&options, argc, argv);
    }
    options_clear(&options);
    return (int)status;
}
