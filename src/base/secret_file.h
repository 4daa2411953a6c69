/*
 * A file that holds one secret: read only where nobody but its owner could have
 * read or changed it, replaced as a whole, locked among processes.
 */
#ifndef BASE_SECRET_FILE_H
#define BASE_SECRET_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/file_system.h"

#define SECRET_FILE_MAX 65536 /* bytes of a secret's file */

struct secret_file {
    const struct file_system *files;
    const char *variable; /* that names the file, for messages */
    const char *path;
    bool follow_links;
    bool group_reads;     /* the group's read bit may be set */
    bool typed;           /* a password or name, which people type: see below */
    enum error_kind kind; /* of what is wrong with the file: ERROR_USAGE before
                             the first call, ERROR_LOCAL later */
};

/* Can this be a token: printable ASCII without spaces, and not empty? What else
 * there is would break the header or the form that carries it, or was surely
 * not meant to be part of it. */
bool secret_file_is_token(const char *text, size_t len);

/* What is wrong with it, to be put behind "has"; NULL: nothing. A token, or
 * with typed a password or a user's name: UTF-8 without control characters, for
 * XML 1.0 carries it; spaces belong to it. */
const char *secret_file_flaw(const char *text, size_t len, bool typed);

/* The secret, for the caller to hand to secret_file_free(); one line end at the
 * file's end is dropped. NULL where the file can't be read, is a link, no
 * regular file, empty, larger than SECRET_FILE_MAX or open to others than its
 * owner, or what it holds has a flaw; the error names file and variable. */
char *secret_file_read(const struct secret_file *file, struct error *error);

/* Wipes and frees; NULL is harmless. */
void secret_file_free(char *secret);

/* Replaces what the file holds: a killed process or a power cut leaves the old
 * secret or the new one. The new file is its owner's alone (0600), and the
 * owner stays; it is written to PATH.new first. The path must not be a link.
 * Two processes at once: only under the lock. */
int secret_file_replace(const struct secret_file *file, const char *secret,
                        struct error *error);

/* Takes the lock of all processes that replace the file, without waiting: a
 * lock on PATH.lock, which is made where it is not there, and stays. *lock is
 * what secret_file_unlock() takes, or -1: another process holds it. */
int secret_file_lock(const struct secret_file *file, int *lock,
                     struct error *error);

/* -1 is harmless. */
void secret_file_unlock(const struct secret_file *file, int lock);

/* Can the file be replaced and locked, as far as that can be told? */
int secret_file_check_replaceable(const struct secret_file *file,
                                  struct error *error);

#endif
