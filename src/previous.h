/*
 * The finished OUTPUT of an earlier run, read row by row, for --retry-failed:
 * which of its rows are kept, and which are tried again.
 */
#ifndef PREVIOUS_H
#define PREVIOUS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "outcome.h"

struct previous;

/* Opens the OUTPUT at path, plain or gzip, and checks its header. ERROR_USAGE
 * where it is not there or is no result of this program's (the result of
 * --export or --check is none that can be tried again). */
struct previous *previous_open(const char *path, struct error *error);
void previous_free(struct previous *previous);

struct previous_row {
    uint64_t number; /* Row */
    const char *id;  /* Id */
    enum status status;
    bool again;       /* Failed with Retryable yes, Unknown, NotAttempted */
    const char *text; /* the row as it stands in the file, line end included */
    size_t len;
};

/* The next row, valid until the next call. 1, 0 at the end, -1: ERROR_USAGE
 * where the file is damaged. */
int previous_next(struct previous *previous, struct previous_row *row,
                  struct error *error);

/* Back to the first row. */
int previous_rewind(struct previous *previous, struct error *error);

#endif
