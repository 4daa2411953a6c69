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

enum target_flags {
    TARGET_NO_CLOBBER = 1, /* refuse where PATH is there */
    TARGET_RESTART = 2,    /* --restart: a PATH.part that a run left may go */
    TARGET_RESUME = 4 /* --resume: likewise, as its rows are in a journal */
};

struct target {
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
 * (TARGET_NO_CLOBBER), PATH.part holds something (without TARGET_RESTART and
 * TARGET_RESUME), or PATH, PATH.part or PATH.journal is the file that `input`
 * describes; input may be NULL. There is nothing to close then. */
int target_open(struct target *target, const char *word, const char *path,
                unsigned flags, const struct stat *input, struct error *error);

/* Unlocks; an empty PATH.part is removed. */
void target_close(struct target *target);

/* Does path lead to PATH, PATH.part or PATH.journal, or would it, once they
 * are there? */
bool target_covers(const struct target *target, const char *path);

/* Do both describe one file, whatever its names? */
bool target_is_same_file(const struct stat *one, const struct stat *other);

#endif
