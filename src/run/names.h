/*
 * The names of a run's files.
 */
#ifndef RUN_NAMES_H
#define RUN_NAMES_H

#include "base/error.h"
#include "base/file_system.h"
#include "cli/options.h"

/* To be called before any file is opened or written: ERROR_USAGE if one of
 * --failed, --undo, --plan, --summary, --metrics and --report, or a file beside
 * it, is another file of the run, or beside one, or if --summary, --metrics or
 * --report is file_special(), or as shard_files_check(). That INPUT, OUTPUT,
 * --diff and --log-file differ is checked by result_writer_open(). ERROR_LOCAL
 * without memory. */
int names_check(const struct file_system *files, const struct options *options,
                struct error *error);

#endif
