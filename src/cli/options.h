/*
 * The command line.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/mode.h"
#include "base/name_pair.h"

struct service;

/* How much the log says; each level has all of those before it. */
enum log_level {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARN,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG
};

/* What the command line asks for besides a run. */
enum options_action { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION };

struct options {
    enum options_action action;
    enum mode mode;
    const char *input;
    const char *output; /* NULL only with MODE_CHECK */
    const char *diff;   /* NULL: none */
    bool no_clobber;
    bool restart;
    bool resume;
    bool retry_failed;
    bool quiet;

    char delimiter;
    const char *clear_token;
    bool ignore_guards;
    struct name_pair *maps;
    size_t map_count;
    const char **ignores;
    size_t ignore_count;
    unsigned window;
    unsigned shard;
    unsigned shards; /* 1: all rows */

    const struct service *service;
    bool sandbox;
    char *endpoint; /* base address without a '/' at its end */
    const char *cacert;
    const char *customer_id; /* as the service has it, or NULL: see service.h */
    const char *account_id;  /* digits, or NULL */
    const char *proxy;       /* NULL: none, whatever the environment says */
    const char *tenant;      /* of the token endpoint; NULL: the default */
    bool follow_links;       /* to files of secrets */

    unsigned concurrency;
    unsigned timeout;         /* seconds */
    unsigned connect_timeout; /* seconds */
    unsigned rate;            /* calls in rate_window; 0: the pace adapts */
    unsigned rate_window;     /* seconds: 1 or 60 */
    unsigned retries;         /* of one row's calls */
    unsigned drain;           /* seconds that calls get after a signal */
    int64_t give_up;          /* milliseconds without one success */
    uint64_t max_errors;      /* more rows, or percent, stop the run;
                                 UINT64_MAX: no bound */
    bool max_errors_percent;

    const char *log_file; /* NULL: none */
    bool log_json;
    enum log_level log_level;
};

/* Reads the command line into options, which then point into argv; the order
 * of argv is kept. Options may stand anywhere; "--" ends them, and "-" is an
 * operand. An option given again replaces its earlier value, so that a command
 * can be extended at its end; --map and --ignore add up, and two modes exclude
 * each other. Names must be written in full: an abbreviation in a script could
 * mean something else in a later version.
 *
 * What a service does not have is refused, naming the service; wherever --api
 * stands.
 *
 * ERROR_USAGE where it is wrong; a wrong option is answered with the nearest
 * one. No message repeats the value of an unknown option, which may be a
 * secret. After --help or --version nothing else is looked at.
 * options_clear() is due after success and failure alike. */
int options_parse(struct options *options, int argc, char *argv[],
                  struct error *error);
void options_clear(struct options *options);

/* --help, made from the table of options. */
void options_print_help(FILE *stream);

/* The command that takes the run up again, in one line for a POSIX shell: argv
 * as options_parse() has read it, with --resume and without --restart. (A line
 * end within a word stays one.) */
void options_print_resume(const struct options *options, int argc, char *argv[],
                          FILE *stream);

/* "error", "warn", ... */
const char *log_level_name(enum log_level level);

#endif
