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

struct resolve;

/* Opens the files, and validates INPUT if it is a file. The pointers are
 * borrowed. NULL: ERROR_USAGE if a file cannot be used, or if OUTPUT belongs to
 * a run that can be resumed; ERROR_INPUT if INPUT is refused; ERROR_STOPPED if
 * *stop became nonzero; or ERROR_LOCAL. */
struct resolve *resolve_open(const struct platform *platform,
                             const struct options *options,
                             const volatile sig_atomic_t *stop,
                             struct error *error);

/* Closes the files. OUTPUT stays as it was unless resolve_write() has written
 * it. NULL does nothing. */
void resolve_free(struct resolve *resolve);

/* Without --users, the list is made by a run of its own: its options, and its
 * OUTPUT, OUTPUT.users.csv, which the caller frees. ERROR_USAGE if that exists,
 * or ERROR_LOCAL without memory. */
int resolve_list_options(const struct file_system *files,
                         const struct options *options, struct options *list,
                         char **path, struct error *error);

/* Removes what such a run has left. */
void resolve_remove_list(const struct file_system *files, const char *path);

/* Reads the list of users, and then writes OUTPUT, which is complete or absent.
 * What a killed --resolve left is replaced. To be called once.
 *
 * As resolve_open(); ERROR_INPUT also for the list, and ERROR_STOPPED also if
 * INPUT has changed since it was validated. */
int resolve_write(struct resolve *resolve, const char *users,
                  struct resolve_result *result, struct error *error);

/* Are there rows whose user is not certain? */
bool resolve_has_errors(const struct resolve_result *result);

/* Prints the counts, the errors and the next commands. */
void resolve_print(FILE *stream, const struct options *options,
                   const struct resolve_result *result);

#endif
