/*
 * --resolve: fills in the Ids of the users whose names INPUT has.
 */
#ifndef OFFLINE_RESOLVE_H
#define OFFLINE_RESOLVE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "cli/options.h"
#include "output/resolved_rows.h"
#include "setup/platform.h"

struct resolve_result {
    struct resolved_counts counts;
    uint64_t users; /* with a name, in the list */
    bool exposed;   /* others can read OUTPUT; see atomic_file.h */
};

/* Opens the files, and validates INPUT if it is a file, without a list. Changes
 * no file. As resolve_run(). */
int resolve_check(const struct platform *platform,
                  const struct options *options,
                  const volatile sig_atomic_t *stop, struct error *error);

/* Without --users, the list is made by a run of its own: its options, and its
 * OUTPUT, OUTPUT.users.csv, which the caller frees. ERROR_USAGE if that exists,
 * or ERROR_LOCAL without memory. */
int resolve_list_options(const struct file_system *files,
                         const struct options *options, struct options *list,
                         char **path, struct error *error);

/* Removes what such a run has left. */
void resolve_remove_list(const struct file_system *files, const char *path);

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
