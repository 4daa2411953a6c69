/*
 * Where a file lies that is whole or not there: its name, PATH.part beside it,
 * in which it grows until it is whole, PATH.journal, and the lock on PATH.part
 * that keeps a second run away.
 *
 * A PATH that is a symbolic link is followed: the file that it leads to is the
 * one meant, .part and .journal lie beside that file, and the link stays.
 */
#ifndef OUTPUT_ATOMIC_FILE_H
#define OUTPUT_ATOMIC_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"

enum atomic_file_flags {
    ATOMIC_FILE_NO_CLOBBER = 1, /* refuse where PATH is there */
    ATOMIC_FILE_RESTART = 2, /* --restart: a PATH.part that a run left may go */
    ATOMIC_FILE_RESUME =
        4 /* --resume: likewise, as its rows are in a journal */
};

struct atomic_file {
    char *path;
    char *part;
    char *journal;
    int fd; /* of PATH.part, locked; to be written to, and only closed here */
};

/* Names the files, opens PATH.part, with mode 0600, and locks it (flock(2)).
 * Nothing in it is changed. word is what the command line calls PATH.
 *
 * ERROR_USAGE where PATH.part can't be made, another run holds it, PATH is a
 * folder, a device, a pipe or what standard output writes to, PATH is there
 * (ATOMIC_FILE_NO_CLOBBER), PATH.part holds something (without
 * ATOMIC_FILE_RESTART and ATOMIC_FILE_RESUME), or PATH, PATH.part or
 * PATH.journal is the file that `input` describes; input may be NULL. There is
 * nothing to close then. */
int atomic_file_open(struct atomic_file *file, const char *word,
                     const char *path, unsigned flags, const struct stat *input,
                     struct error *error);

/* Unlocks; an empty PATH.part is removed. */
void atomic_file_close(struct atomic_file *file);

/* Does path lead to PATH, PATH.part or PATH.journal, or would it, once they
 * are there? */
bool atomic_file_covers(const struct atomic_file *file, const char *path);

/* Do both describe one file, whatever its names? */
bool atomic_file_is_same_file(const struct stat *one, const struct stat *other);

#endif
