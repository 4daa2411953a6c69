/*
 * A file that a merge writes: complete, or as before.
 */
#ifndef OFFLINE_MERGE_FILE_H
#define OFFLINE_MERGE_FILE_H

#include "base/error.h"
#include "base/file_system.h"
#include "cli/options.h"
#include "output/writer.h"

/* Writes the contents, and calls writer_stop(). -1 with an error. */
typedef int merge_file_fn(void *context, struct writer *writer,
                          struct error *error);

/* Opens the file of that path, passes its writer to the function, and renames
 * the file; or discards it after a failure. What a merge that was killed has
 * left is replaced, since nothing is lost with it. label: of the file, for
 * messages. As writer_open(), writer_commit() and the function. */
int merge_file_write(const struct file_system *files,
                     const struct options *options, const char *label,
                     const char *path, merge_file_fn *write, void *context,
                     struct error *error);

#endif
