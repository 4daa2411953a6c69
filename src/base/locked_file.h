/*
 * A file that one process keeps open and locked under its name: the staging
 * file and the journal of a run.
 */
#ifndef BASE_LOCKED_FILE_H
#define BASE_LOCKED_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file_system.h"

/* Opens the file, without following a link, and locks it (flock(2)). flags as
 * those of open(2); a new file gets the mode 0600. *made: has this call created
 * it? (made may be NULL.) Returns the descriptor, or -1 with errno: EWOULDBLOCK
 * if another process has locked it, ENOLCK if its file system has no locks,
 * ESTALE if others keep replacing it. A file that was created and cannot be
 * locked is removed. */
int locked_file_open(const struct file_system *files, const char *path,
                     int flags, bool *made);

/* The end of a message about ENOLCK. */
#define LOCKED_FILE_ADVICE                                                     \
    "its file system has no locks (flock); use another directory, or "         \
    "--no-lock if no other run uses this file"

/* Does path lead to the open file? */
bool locked_file_is_named(const struct file_system *files, int fd,
                          const char *path);

/* The same, and does the file still have this size, so that nobody else has
 * written to it? */
bool locked_file_is_intact(const struct file_system *files, int fd,
                           const char *path, off_t size);

/* Fails because another process has changed or replaced a file that this one
 * had locked; what: the file. ERROR_LOCAL. */
int locked_file_fail_changed(const char *what, struct error *error);

/* Why a file must not be written to, as a predicate ("belongs to another
 * user"): it is not a regular file, or somebody else could read or change it
 * under another name. NULL: it may be. */
const char *locked_file_flaw(const struct stat *status);

#endif
