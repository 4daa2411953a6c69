/*
 * A file that contains one secret. It is read only if nobody but its owner
 * could have read or changed it, replaced as a whole, and locked between
 * processes.
 */
#ifndef BASE_SECRET_FILE_H
#define BASE_SECRET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file_system.h"
#include "base/random.h"

#define SECRET_FILE_MAX 65536 /* bytes */

struct secret_file {
    const struct file_system *files;
    const char *variable; /* the environment variable with the path; for
                             messages */
    const char *plain;    /* the variable that can contain the secret itself;
                             NULL: there is none */
    const char *path;
    const struct random *random; /* for secret_file_replace() */
    bool follow_links;
    mode_t allowed;       /* what others than the owner may do, as bits of its
                             mode */
    bool typed;           /* a password or a name, see secret_file_flaw() */
    enum error_kind kind; /* of errors: ERROR_USAGE before the first call,
                             ERROR_LOCAL later */
};

/* Can this be a token: printable ASCII without spaces, and not empty? Other
 * bytes would break the header or the form that contains it. */
bool secret_file_is_token(const char *text, size_t len);

/* Describes what is wrong with a secret, for a message such as "FILE has ...";
 * NULL: nothing. text must have a NUL after its last byte. typed: the secret is
 * a password or a user's name, which XML 1.0 must be able to contain: UTF-8
 * without control characters; spaces are part of it. Else it is a token. */
const char *secret_file_flaw(const char *text, size_t len, bool typed);

/* The length of a text without a line end after it. */
size_t secret_file_length(const char *text, size_t len);

/* Returns the secret, without a line end after it; the caller frees it by
 * secret_file_free(). NULL if the file cannot be read, is a link (unless
 * follow_links), not a regular file, empty, larger than SECRET_FILE_MAX or
 * accessible to others than its owner in a way that is not allowed, or if the
 * secret has a flaw. The error's text contains file and variable. */
char *secret_file_read(const struct secret_file *file, struct error *error);

/* Wipes and frees; NULL does nothing. */
void secret_file_free(char *secret);

/* Replaces the secret. After a kill, a power cut or a failure the file contains
 * the old or the new secret. The new file is accessible to its owner only
 * (0600), as far as the file system has modes, and has the same owner. It is
 * written first as PATH.new, followed by a dot and a random number, since the
 * lock does not exclude other processes on some network file systems. The path
 * must not be a link. If other processes may replace the file, the caller must
 * have the lock. */
int secret_file_replace(const struct secret_file *file, const char *secret,
                        struct error *error);

/* Locks the file against other processes that replace it, without waiting. The
 * lock is on PATH.lock, which is created if necessary and never removed,
 * unless its file system has no locks; that is an error. 0:
 * *lock is the argument for secret_file_unlock(), or -1 if another process has
 * the lock. */
int secret_file_lock(const struct secret_file *file, int *lock,
                     struct error *error);

/* -1 does nothing. */
void secret_file_unlock(const struct secret_file *file, int lock);

/* Returns 0 if the file can be replaced and locked, as far as this is known in
 * advance: nothing keeps it (file_obstacle()), its directory is writable, and
 * its lock file can be opened. Removes the new files that killed processes
 * left. */
int secret_file_check_replaceable(const struct secret_file *file,
                                  const struct clock *clock,
                                  struct error *error);

#endif
