/*
 * The room of a file system, for messages.
 */
#ifndef BASE_DISK_SPACE_H
#define BASE_DISK_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes "free 120 MB on /var" into size bytes: what must be freed on the file
 * system of the file, so that so many more bytes can be written there; at least
 * 1 MB. The file itself need not exist. Returns false if its file system cannot
 * be found. */
bool disk_space_advise(char *text, size_t size, const char *file,
                       uint64_t needed);

#endif
