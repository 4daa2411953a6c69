/*
 * Records of a pipe, which cannot be read again: they are kept in a file
 * without a name, as CSV in UTF-8, until they are read. The file ends with the
 * process.
 */
#ifndef OUTPUT_RECORD_SPOOL_H
#define OUTPUT_RECORD_SPOOL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/file_system.h"
#include "base/random.h"
#include "input/csv_records.h"

struct record_spool;

/* Creates the file in the directory of path, with mode 0600, and removes its
 * name. NULL: ERROR_USAGE if it cannot be created, ERROR_LOCAL without memory.
 * files must outlive the spool. */
struct record_spool *record_spool_new(const struct file_system *files,
                                      const struct random *random,
                                      const char *path, struct error *error);

/* NULL does nothing. */
void record_spool_free(struct record_spool *spool);

/* Appends a record. ERROR_LOCAL if it cannot be written. */
int record_spool_put(struct record_spool *spool, const struct record *record,
                     struct error *error);

/* Passes all records to take(), numbered as csv_records.h does. It ends early
 * when *enough becomes true. ERROR_STOPPED if *stop became nonzero,
 * ERROR_LOCAL, or the error of take(). */
int record_spool_read(struct record_spool *spool, csv_reader_record_fn *take,
                      void *context, const bool *enough,
                      const volatile sig_atomic_t *stop, struct error *error);

#endif
