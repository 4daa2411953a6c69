/*
 * Counts the rows of a finished OUTPUT, of any mode.
 */
#ifndef OUTPUT_RECOUNT_H
#define OUTPUT_RECOUNT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/file_system.h"
#include "base/mode.h"
#include "output/result_writer.h"

/* Counts the rows of the OUTPUT at path, plain or gzip, into an empty tally:
 * rows, by_status, again and errors. *mode: of the run that wrote it, as far as
 * the rows show it. ERROR_USAGE if it cannot be opened or is no OUTPUT;
 * ERROR_LOCAL if there is no memory or reading fails. */
int recount(const struct file_system *files, const char *path,
            struct tally *tally, enum mode *mode, struct error *error);

#endif
