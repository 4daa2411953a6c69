/*
 * The file of --failed: the rows of INPUT that were not applied, with their
 * cells as they were, and why. It is an input file.
 *
 * It is made when all rows have a result: the records of INPUT, which is read
 * again, are joined with the rows of OUTPUT, which are in the same order. A
 * pipe cannot be read again, so its records are kept in a file without a name.
 * So memory does not grow with the rows, and a run that was killed makes the
 * file when it is resumed.
 *
 * The file has INPUT's own columns and delimiter in UTF-8 (with a byte-order
 * mark if --encoding names another encoding), then the columns _Row, _Status,
 * _ErrorName, _Field, _ErrorMessage and _Note, which replace those of an
 * earlier file. Passwords and secret answers are left out. A later row of a
 * user whose earlier row was not applied is repeated, since it must win again.
 */
#ifndef OUTPUT_FAILED_ROWS_H
#define OUTPUT_FAILED_ROWS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file_system.h"
#include "base/random.h"
#include "input/row_source.h"

struct failed_rows;

/* All pointers must outlive the failed rows, except path and input. */
struct failed_rows_setup {
    const struct file_system *files;
    const struct random *random;
    const char *path;
    const struct stat *input;  /* of INPUT */
    unsigned flags;            /* of enum atomic_file_flags */
    struct row_source *source; /* before it is read */
};

/* Opens the staging file, and lets the records of a pipe be kept. NULL:
 * ERROR_USAGE as writer_open() and record_spool_new(), or ERROR_LOCAL. */
struct failed_rows *failed_rows_open(const struct failed_rows_setup *setup,
                                     struct error *error);

/* NULL does nothing. */
void failed_rows_free(struct failed_rows *failed);

/* As writer_is_exposed(). */
bool failed_rows_is_exposed(const struct failed_rows *failed);

/* What the rows are joined with. */
struct failed_rows_result {
    const char *path;    /* of the complete result, maybe not renamed yet */
    bool applied;        /* by a run that applies rows */
    uint64_t failed;     /* the number of its rows without success */
    const char *refused; /* why the rest of a pipe was rejected; NULL: it was
                            not */
    uint64_t rows;       /* of INPUT, before the one that was rejected */
};

/* Writes and syncs the staging file, after the end of INPUT. ERROR_STOPPED if
 * INPUT has changed or *stop became nonzero, or ERROR_LOCAL. Then the staging
 * file is removed. */
int failed_rows_write(struct failed_rows *failed,
                      const struct failed_rows_result *result,
                      const volatile sig_atomic_t *stop, struct error *error);

/* Renames the staging file. ERROR_LOCAL. */
int failed_rows_commit(struct failed_rows *failed, struct error *error);

/* Removes an empty staging file. */
void failed_rows_discard(struct failed_rows *failed);

#endif
