/*
 * What modules that keep files have in common. On failure errno says why.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/file_system.h"
#include "base/hash.h"

/* Are both the same file, under whatever names? */
bool file_is_same(const struct stat *one, const struct stat *other);

/* PATH with a suffix, which the caller frees. NULL without memory. */
char *file_name_beside(const char *path, const char *suffix);

/* Writes all of the data, however often a signal interrupts it. -1: an unknown
 * part of it is written. */
int file_write_all(const struct file_system *files, int fd, const char *data,
                   size_t len);

/* The SHA-256 of a file's bytes. */
int file_digest(const struct file_system *files, const char *path,
                unsigned char digest[HASH_SIZE]);

/* Makes it durable that the file at path was created, renamed or removed, by a
 * sync of its directory. A directory that may be written but not read, or whose
 * file system has no such sync, is left to the system. */
int file_sync_directory(const struct file_system *files, const char *path);

#endif
