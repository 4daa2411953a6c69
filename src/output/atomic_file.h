/*
 * A file that is complete or absent: it is written as a staging file,
 * PATH.part, and renamed to PATH when it is complete. A lock on the staging
 * file excludes a second run. PATH.journal is reserved for the run's journal.
 *
 * If PATH is a symbolic link, the linked file is replaced, and the link stays.
 * .part and .journal are then beside the linked file.
 */
#ifndef OUTPUT_ATOMIC_FILE_H
#define OUTPUT_ATOMIC_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file_system.h"

enum atomic_file_flags {
    ATOMIC_FILE_NO_CLOBBER = 1, /* never replace an existing PATH */
    ATOMIC_FILE_RESTART = 2,    /* the staging file of an earlier run may be
                                   replaced: --restart */
    ATOMIC_FILE_RESUME = 4,     /* the same, since its rows are in the journal:
                                   --resume */
    ATOMIC_FILE_NO_JOURNAL = 8  /* a journal is that of another run, which needs
                                   the staging file: --resolve, --export */
};

/* How a file is opened; borrowed for the call, except files. */
struct atomic_file_setup {
    const struct file_system *files;
    const char
        *label; /* what the command line calls PATH: "OUTPUT", "--diff" */
    const char *path;
    unsigned flags; /* of enum atomic_file_flags */
    const struct stat
        *input; /* of INPUT, which may not be overwritten; or NULL */
};

struct atomic_file {
    const struct file_system *files;
    char *path;
    char *staging;
    char *journal;
    bool no_clobber;
    bool made;    /* the staging file did not exist before */
    bool exposed; /* others than the owner may read it, since its file system
                     does not set modes */
    int fd;       /* of the locked staging file; the caller writes to it, and
                     atomic_file_close() closes it */
};

/* Builds the names, opens the staging file, sets its mode to 0600 if its file
 * system has modes, and locks it (flock(2)). An existing staging file keeps its
 * content.
 *
 * ERROR_USAGE
 *
 * - if the staging file can't be created, or if its file system has no locks,
 * - if PATH is a directory, a device, a pipe or the file that standard output
 *   writes to,
 * - if PATH, PATH.part or PATH.journal could not be replaced or removed at the
 *   end (see file_obstacle()),
 * - if PATH exists (with ATOMIC_FILE_NO_CLOBBER),
 * - if PATH.journal exists (with ATOMIC_FILE_NO_JOURNAL),
 * - if the staging file is not empty (without ATOMIC_FILE_RESTART and
 *   ATOMIC_FILE_RESUME),
 * - if the staging file belongs to another user, or has another name as well,
 * or
 * - if PATH, PATH.part or PATH.journal is the input.
 *
 * ERROR_BUSY if another run has locked the staging file, and ERROR_LOCAL
 * without memory. After a failure, there is nothing to close. */
int atomic_file_open(struct atomic_file *file,
                     const struct atomic_file_setup *setup,
                     struct error *error);

/* Has the staging file its name, and so many bytes? If not, another process has
 * replaced it or written to it in spite of the lock: on some network file
 * systems a lock excludes nobody. */
bool atomic_file_is_intact(const struct atomic_file *file, off_t size);

/* Renames the staging file, which the caller has synced, to PATH, and syncs the
 * directory, so that the rename survives a power cut. ERROR_LOCAL, also if PATH
 * was created since the opening (with ATOMIC_FILE_NO_CLOBBER). */
int atomic_file_commit(const struct atomic_file *file, struct error *error);

/* Removes the staging file if it is empty and still has its name. */
void atomic_file_remove_empty(const struct atomic_file *file);

/* Unlocks and closes; removes an empty staging file. */
void atomic_file_close(struct atomic_file *file);

/* Are they names of one file, whether it exists or not? */
bool atomic_file_is_same_place(const struct file_system *files, const char *one,
                               const char *other);

/* Is path another name of PATH, PATH.part or PATH.journal, whether they exist
 * or not? */
bool atomic_file_covers(const struct atomic_file *file, const char *path);

#endif
