/*
 * The finished OUTPUT of an earlier run, read row by row, for --retry-failed:
 * which of its rows are kept, and which are tried again.
 */
#ifndef OUTPUT_PRIOR_RESULT_H
#define OUTPUT_PRIOR_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "user/outcome.h"

struct prior_result;

/* Opens the OUTPUT at path, plain or gzip, and checks its header. ERROR_USAGE
 * where it is not there or is no result of a run that applied a file: that of
 * --export is told by its header, those of --check, --dry-run and --reconcile
 * by the first Status that only they have. */
struct prior_result *prior_result_open(const char *path, struct error *error);
void prior_result_free(struct prior_result *prior);

struct prior_row {
    uint64_t number; /* Row */
    const char *id;  /* Id */
    enum status status;
    bool again;       /* Failed with Retryable yes, Unknown, NotAttempted */
    const char *text; /* the row as this program has written it, with its LF */
    size_t len;
};

/* The next row, valid until the next call; the Row of each is above that of the
 * one before. 1, 0 at the end, -1: ERROR_USAGE where the file is damaged, and
 * it must not be read on. */
int prior_result_next(struct prior_result *prior, struct prior_row *row,
                      struct error *error);

/* The next row, which must be of that number and Id; both functions:
 * ERROR_USAGE where it is another, or (at the end) where there is one. */
int prior_result_match(struct prior_result *prior, uint64_t number,
                       const char *id, struct prior_row *row,
                       struct error *error);
int prior_result_end(struct prior_result *prior, struct error *error);

/* Back to the first row. */
int prior_result_rewind(struct prior_result *prior, struct error *error);

#endif
