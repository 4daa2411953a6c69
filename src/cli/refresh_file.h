/*
 * The file of the refresh token, which is replaced when the token changes.
 */
#ifndef CLI_REFRESH_FILE_H
#define CLI_REFRESH_FILE_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/secret_source.h"

struct refresh_file {
    const struct secret_place *place;
    const struct clock *clock;
    const char *label; /* where its name comes from, for messages */
    const char *path;
    bool is_new; /* a sign-in writes it */
};

/* Checks in advance that the token can be read and replaced, so that a wrong
 * file is found before the first call. Returns its path, without links if those
 * are followed, for the caller to free. *trusted: whatever its mode is. NULL
 * with ERROR_USAGE, or ERROR_LOCAL without memory. */
char *refresh_file_check(const struct refresh_file *what, bool *trusted,
                         struct error *error);

#endif
