/*
 * Functions for the modules that write files. They return 0, or -1 (or NULL)
 * with errno.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/file_system.h"
#include "base/hash.h"

/* Are both the same file, even if their names differ? */
bool file_is_same(const struct stat *one, const struct stat *other);

/* The name of a file without its directory, as a part of the path. */
const char *file_base_name(const char *path);

/* PATH with a suffix, which the caller frees. NULL without memory. */
char *file_name_beside(const char *path, const char *suffix);

/* What the path is, if it is something that no file may replace: "is a
 * directory", "is a symbolic link" or "is not a regular file" (a device, a pipe
 * or a socket). NULL: it is a regular file, or there is none. */
const char *file_special(const struct file_system *files, const char *path);

/* Why path cannot be replaced by rename(2) or removed, although its directory
 * is writable, and what to do: "is a mount point, so it cannot ...". NULL: it
 * can, or nothing is known. */
const char *file_obstacle(const struct file_system *files, const char *path);

/* Gives an open file the mode 0600. It is no failure if its file system sets no
 * modes, as FAT and some network file systems; *exposed: others than its owner
 * may then access it. */
int file_make_private(const struct file_system *files, int fd, bool *exposed);

/* Writes all of the data, even if signals interrupt it. -1: an unknown part of
 * it was written. */
int file_write_all(const struct file_system *files, int fd, const char *data,
                   size_t len);

/* As rename(2), but -1 with EEXIST if to is file_special(). Everything that
 * renames a file onto another one of the user's uses this: rename(2) itself
 * would replace /dev/null. */
int file_rename(const struct file_system *files, const char *from,
                const char *to);

/* Replaces the file by one with that content and mode, so that a reader finds
 * the old content or the new one. The staging file PATH.part must not be in
 * use. Fails with EEXIST if path or PATH.part is file_special(). */
int file_replace(const struct file_system *files, const char *path, mode_t mode,
                 const char *data, size_t len);

/* 0 if file_replace() can create its staging file, which is removed again. */
int file_try_replace(const struct file_system *files, const char *path);

/* Reads a whole regular file of at most max bytes; a NUL follows the data. -1
 * with errno EFBIG if it is larger or no regular file. */
int file_read(const struct file_system *files, const char *path, size_t max,
              struct buffer *data);

/* The SHA-256 of a file's bytes. */
int file_digest(const struct file_system *files, const char *path,
                unsigned char digest[HASH_SIZE]);

/* Syncs the directory of path, so that the file's creation, renaming or removal
 * survives a power cut. It is no failure if the directory can't be synced,
 * because it is not readable or its file system has no such sync. */
int file_sync_directory(const struct file_system *files, const char *path);

#endif
