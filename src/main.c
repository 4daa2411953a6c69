#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/disk_space.h"
#include "base/file.h"
#include "base/version.h"
#include "cli/command_line.h"
#include "cli/credentials.h"
#include "cli/help.h"
#include "cli/resume_command.h"
#include "net/curl_transport.h"
#include "run/ending.h"
#include "run/pipeline.h"
#include "run/summary.h"

#define MESSAGE_WAIT  1000 /* milliseconds */
#define BYTES_PER_ROW 600  /* of the result and the journal, roughly */

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

/* The bytes that a resumed run will still write: as many a row as this one. */
static uint64_t needed_bytes(const char *output, const struct tally *tally)
{
    static const char *const ends[] = {".part", ".journal"};
    uint64_t left = tally->rows; /* if the number of rows is unknown */
    uint64_t bytes = 0;
    struct stat status;

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char *name = file_name_beside(output, ends[i]);

        if (name && stat(name, &status) == 0)
            bytes += (uint64_t)status.st_size;
        free(name);
    }
    if (tally->rows_total > tally->rows)
        left = tally->rows_total - tally->rows;
    return tally->rows > 0 ? bytes / tally->rows * left : left * BYTES_PER_ROW;
}

/* What must be done before the run is resumed. */
static void print_conditions(const struct options *options,
                             const struct redirections *redirections,
                             const struct tally *tally,
                             const struct error *error)
{
    const char *output = options->output;
    char advice[PATH_MAX + 64];

    if (strcmp(output, "-") == 0)
        output = redirections->output;
    if (error->disk_full && *output &&
        disk_space_advise(advice, sizeof(advice), output,
                          needed_bytes(output, tally)))
        fprintf(stderr, "%s, then ", advice);
    if (resume_command_lacks_input(options, redirections))
        fputs("with the same data in INPUT, ", stderr);
}

/* Prints the command that resumes a stopped run. If there is nothing to resume,
 * the same command starts a new run. */
static void print_advice(const struct options *options,
                         enum ending_advice advice, int argc, char *argv[],
                         const struct redirections *redirections,
                         const struct tally *tally, const struct error *error)
{
    bool kept = advice == ENDING_RESUME;

    if (advice == ENDING_NOTHING)
        return;
    fprintf(stderr, "bauser-batch: %s",
            kept ? "" : "no journal is kept for such a run; ");
    print_conditions(options, redirections, tally, error);
    fputs(kept ? "to resume: " : "to run it again: ", stderr);
    resume_command_print(options, argc, argv, redirections, error->option,
                         stderr);
}

/* Reports a failed write to standard output, for example on a full disk. */
static enum exit_status flush_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_ALL_SUCCEEDED;
    perror("bauser-batch: standard output");
    return EXIT_LOCAL;
}

static void print_information(enum options_action action)
{
    switch (action) {
    case OPTIONS_HELP:
        help_print(stdout);
        break;
    case OPTIONS_HELP_ALL:
        help_print_all(stdout);
        break;
    case OPTIONS_VERSION:
        printf("bauser-batch %s (%s)\n", BAUSER_VERSION,
               curl_transport_version());
        break;
    case OPTIONS_RUN:
        break;
    }
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

/* The host and the process id. A host name that does not fit is truncated. */
static void name_process(char *text, size_t size)
{
    char host[64] = "-";

    (void)gethostname(host, sizeof(host));
    host[sizeof(host) - 1] = '\0';
    (void)snprintf(text, size, "%s %ld", host, (long)getpid());
}

static enum exit_status run(const struct options *options, int argc,
                            char *argv[])
{
    char process[128];
    const struct platform platform = {
        .clock = &clock_system,
        .random = &random_system,
        .files = options->no_lock ? &file_system_unlocked : &file_system_posix,
        .network = &network_curl,
        .process = process};
    struct credentials credentials = {.access_token = NULL};
    struct redirections redirections;
    struct error error = {.kind = ERROR_NONE};
    struct tally tally;
    enum exit_status status;
    int result;

    if (options->mode != MODE_CHECK &&
        credentials_read(&credentials, options, platform.files, platform.clock,
                         &error)) {
        print_error(&error);
        return EXIT_USAGE;
    }
    name_process(process, sizeof(process));
    redirections_find(&redirections);
    warn_about_standard_output(options);
    result =
        pipeline_run(&platform, options, &credentials, &stop, &tally, &error);
    credentials_clear(&credentials);
    status = ending_detail(options, &tally,
                           ending_status(&tally, result ? &error : NULL));
    if (!can_print())
        return status;
    if (result)
        print_error(&error);
    if ((!options->quiet || status != EXIT_ALL_SUCCEEDED) &&
        (result == 0 || tally.rows > 0))
        summary_print(stderr, options->mode, &tally);
    print_advice(options, ending_advise(options, status), argc, argv,
                 &redirections, &tally, &error);
    return status;
}

int main(int argc, char *argv[])
{
    struct options options;
    struct error error;
    enum exit_status status;

    fill_descriptors();
    set_signals();
    umask(077);
    forbid_core_dumps();
    if (command_line_parse(&options, argc, argv, &error)) {
        print_error(&error);
        status = EXIT_USAGE;
    } else if (options.action == OPTIONS_RUN) {
        status = run(&options, argc, argv);
    } else {
        print_information(options.action);
        status = flush_output();
    }
    options_clear(&options);
    return (int)status;
}
