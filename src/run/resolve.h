/*
 * --resolve: fills in the Ids of the users whose names INPUT has.
 */
#ifndef RUN_RESOLVE_H
#define RUN_RESOLVE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "cli/options.h"
#include "output/resolved_rows.h"
#include "run/platform.h"

struct resolve_result {
    struct resolved_counts counts;
    uint64_t users; /* with a name, in the list */
    bool exposed;   /* others can read OUTPUT; see atomic_file.h */
};

/* Validates INPUT if it is a file, reads the list of users, and then writes
 * OUTPUT, which is complete or absent. What a killed --resolve left is
 * replaced.
 *
 * ERROR_USAGE if a file cannot be used, or if OUTPUT belongs to a run that can
 * be resumed; ERROR_INPUT if INPUT or the list is refused; ERROR_STOPPED if
 * *stop became nonzero, or if INPUT changed meanwhile; ERROR_LOCAL. */
int resolve_run(const struct platform *platform, const struct options *options,
                const volatile sig_atomic_t *stop,
                struct resolve_result *result, struct error *error);

/* Are there rows whose user is not certain? */
bool resolve_has_errors(const struct resolve_result *result);

/* Prints the counts, the errors and the next commands. */
void resolve_print(FILE *stream, const struct options *options,
                   const struct resolve_result *result);

#endif
