#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "credentials.h"
#include "options.h"
#include "pipeline.h"
#include "transport.h"
#include "version.h"

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

/* Set by the first signal that asks for a stop; the second one kills. */
static volatile sig_atomic_t stop;

static void ask_for_stop(int signal)
{
    (void)signal;
    stop = 1;
}

static void set_signals(void)
{
    struct sigaction action = {.sa_handler = ask_for_stop};

    sigemptyset(&action.sa_mask);
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* A closed pipe and a limit on files come back as errors. */
    action.sa_handler = SIG_IGN;
    action.sa_flags = 0;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
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
    if (!options->quiet && options->output && strcmp(options->output, "-") == 0)
        fputs("bauser-batch: the result goes to standard output: a run that is "
              "cut off can't be taken up again\n",
              stderr);
}

static enum exit_status run(const struct options *options)
{
    struct credentials credentials = {NULL, NULL};
    struct error error = {.kind = ERROR_NONE};
    struct tally tally;
    int result;

    if (options->mode != MODE_CHECK && credentials_read(&credentials, &error)) {
        print_error(&error);
        return EXIT_USAGE;
    }
    say_what_is_lost(options);
    result = pipeline_run(options, &credentials, &stop, &tally, &error);
    credentials_clear(&credentials);
    if (result)
        print_error(&error);
    if (!options->quiet && (result == 0 || tally.rows > 0))
        print_summary(options, &tally);
    return result ? status_of_error(&error) : status_of_tally(&tally);
}

int main(int argc, char *argv[])
{
    struct options options;
    struct error error;
    enum exit_status status = EXIT_ALL_WELL;

    set_signals();
    umask(077);
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
        status = run(&options);
    }
    options_clear(&options);
    return (int)status;
}
