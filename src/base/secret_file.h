/*
 * A file that contains one secret. It is read only if nobody but its owner
 * could have read or changed it, replaced as a whole, and locked between
 * processes.
 */
#ifndef BASE_SECRET_FILE_H
#define BASE_SECRET_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/file_system.h"
#include "base/random.h"

#define SECRET_FILE_MAX 65536 /* bytes */

struct secret_file {
    const struct file_system *files;
    const char *variable; /* names the file; for messages */
    const char *path;
    const struct random *random; /* for secret_file_replace() */
    bool follow_links;
    bool group_reads;     /* the group may read it */
    bool typed;           /* a password or a name, see secret_file_flaw() */
    enum error_kind kind; /* of errors: ERROR_USAGE before the first call,
                             ERROR_LOCAL later */
};

/* Can this be a token: printable ASCII without spaces, and not empty? Other
 * bytes would break the header or the form that carries it. */
bool secret_file_is_token(const char *text, size_t len);

/* What is wrong with a secret, as an object of "has"; NULL: nothing. It is a
 * token, or, if typed, a password or a user's name: UTF-8 without control
 * characters, since XML 1.0 carries it. Spaces are part of it. */
const char *secret_file_flaw(const char *text, size_t len, bool typed);

/* Returns the secret, without a line end after it; the caller frees it by
 * secret_file_free(). NULL if the file cannot be read, is a link, not a regular
 * file, empty, larger than SECRET_FILE_MAX or accessible to others than its
 * owner, or if its contents have a flaw. The error names file and variable. */
char *secret_file_read(const struct secret_file *file, struct error *error);

/* Wipes and frees; NULL is harmless. */
void secret_file_free(char *secret);

/* Replaces the secret. After a kill or a power cut the file contains the old or
 * the new secret. The new file is accessible to its owner only (0600), and the
 * owner stays; it is written first as PATH.new, followed by a dot and a random
 * number: on some network file systems the lock does not exclude another
 * process. After a failure nothing of it is left. The path must not be a link.
 * If several processes replace the file, they must hold the lock. */
int secret_file_replace(const struct secret_file *file, const char *secret,
                        struct error *error);

/* Locks the file against other processes that replace it, without waiting. The
 * lock is on PATH.lock, which is created if necessary, and stays. *lock becomes
 * the argument for secret_file_unlock(), or -1: another process has the lock.
 */
int secret_file_lock(const struct secret_file *file, int *lock,
                     struct error *error);

/* -1 is harmless. */
void secret_file_unlock(const struct secret_file *file, int lock);

/* Can the file be replaced and locked, as far as that is known in advance?
 * Removes what a process has left that was killed while it replaced the file.
 */
int secret_file_check_replaceable(const struct secret_file *file,
                                  struct error *error);

#endif
