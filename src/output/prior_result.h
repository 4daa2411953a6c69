/*
 * The prior result: the finished OUTPUT of an earlier run, read row by row for
 * --retry-failed. It decides which rows are kept and which are retried.
 */
#ifndef OUTPUT_PRIOR_RESULT_H
#define OUTPUT_PRIOR_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file_system.h"
#include "user/outcome.h"

struct prior_result;

/* Opens the OUTPUT at path, plain or gzip, and checks its header. ERROR_USAGE
 * if it does not exist or is not the result of a run that applied a file. (The
 * result of --export has another header. Those of --check, --dry-run and
 * --reconcile are rejected at the first Status that only they have.)
 * ERROR_LOCAL if there is no memory or reading fails. */
struct prior_result *prior_result_open(const struct file_system *files,
                                       const char *path, struct error *error);

/* The same for the result of any run except --export. After its last row,
 * prior_result_digest() is the SHA-256 of what was read. */
struct prior_result *prior_result_open_any(const struct file_system *files,
                                           const char *path,
                                           struct error *error);
const unsigned char *prior_result_digest(const struct prior_result *prior);

/* NULL does nothing. */
void prior_result_free(struct prior_result *prior);

struct prior_row {
    uint64_t number; /* Row */
    const char *id;  /* Id */
    enum status status;
    bool again;          /* to be retried: see result_field_is_retried() */
    const char *name;    /* ErrorName; this and the next three may be "" */
    const char *message; /* ErrorMessage */
    const char *field;   /* Field */
    const char *note;    /* Note */
    const char *text;    /* the row as this program writes it, with its LF */
    size_t len;
};

/* Reads the next row, valid until the next call. Numbers increase from row to
 * row. Returns 1, or 0 at the end, or -1: ERROR_USAGE if the file is damaged,
 * or ERROR_LOCAL. After -1 nothing more may be read. */
int prior_result_next(struct prior_result *prior, struct prior_row *row,
                      struct error *error);

/* Reads the next row, which must have that number and Id. 0, or -1 with
 * ERROR_USAGE or ERROR_LOCAL. */
int prior_result_match(struct prior_result *prior, uint64_t number,
                       const char *id, struct prior_row *row,
                       struct error *error);

/* Checks that there is no further row. 0, or -1 as prior_result_match(). */
int prior_result_end(struct prior_result *prior, struct error *error);

/* Starts again before the first row. -1 as prior_result_next(). */
int prior_result_rewind(struct prior_result *prior, struct error *error);

#endif
