/*
 * The end of a run, as its caller sees it: the exit status, and what to do
 * next. Pure functions.
 */
#ifndef ENDING_ENDING_H
#define ENDING_ENDING_H

#include <stdint.h>

#include "base/error.h"
#include "cli/options.h"
#include "output/result_writer.h"

/* Documented in bauser-batch(1). */
enum exit_status {
    EXIT_ALL_SUCCEEDED = 0,
    EXIT_SOME_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_INPUT = 3,
    EXIT_SIGN_IN = 4,
    EXIT_STOPPED = 5,
    EXIT_LOCAL = 6,
    EXIT_SOME_UNKNOWN = 7,
    EXIT_CHANGES = 8, /* with --detailed-exit-code, as the next one */
    EXIT_DRIFT = 9,
    EXIT_PLANNED = 10
};

/* The number of rows without success. */
uint64_t ending_rows_failed(const struct tally *tally);

/* error: with which pipeline_run() has failed; NULL: OUTPUT is complete. */
enum exit_status ending_status(const struct tally *tally,
                               const struct error *error);

/* With --detailed-exit-code, replaces the status of a complete run by a more
 * detailed one, if there is one. */
enum exit_status ending_detail(const struct options *options,
                               const struct tally *tally,
                               enum exit_status status);

/* What an exit status means, for people: one phrase. */
const char *ending_meaning(enum exit_status status);

enum ending_advice {
    ENDING_NOTHING,
    ENDING_RESUME,   /* the command with --resume */
    ENDING_RUN_AGAIN /* likewise, but no journal was kept */
};

/* What the caller is advised to do after that status. */
enum ending_advice ending_advise(const struct options *options,
                                 enum exit_status status);

#endif
