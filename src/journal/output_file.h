/*
 * OUTPUT and its staging file, as the journal beside them sees them.
 */
#ifndef JOURNAL_OUTPUT_FILE_H
#define JOURNAL_OUTPUT_FILE_H

#include <stdbool.h>

#include "base/file_system.h"

/* The text of a finished record with its NUL: an inode, a size, and a time in
 * seconds and nanoseconds, padded so that all are of this length. */
#define OUTPUT_FILE_SIZE (20 + 1 + 20 + 1 + 20 + 1 + 9 + 1)

/* Describes a file whose content and name are complete. Another file, or a
 * changed one, has another description. -1 with errno. */
int output_file_describe(const struct file_system *files, const char *path,
                         char text[OUTPUT_FILE_SIZE]);

/* Has the staging file rows? */
bool output_file_has_rows(const struct file_system *files, const char *staging);

#endif
