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

struct previous;

/* Opens the OUTPUT at path, plain or gzip, and checks its header. ERROR_USAGE
 * where it is not there or is no result of a run that applied a file: that of
 * --export is told by its header, those of --check, --dry-run and --reconcile
 * by the first Status that only they have. */
struct previous *previous_open(const char *path, struct error *error);
void previous_free(struct previous *previous);

struct previous_row {
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
int previous_next(struct previous *previous, struct previous_row *row,
                  struct error *error);

/* The next row, which must be of that number and Id; both functions:
 * ERROR_USAGE where it is another, or (at the end) where there is one. */
int previous_match(struct previous *previous, uint64_t number, const char *id,
                   struct previous_row *row, struct error *error);
int previous_end(struct previous *previous, struct error *error);

/* Back to the first row. */
int previous_rewind(struct previous *previous, struct error *error);

#endif
