/*
 * Rows in: INPUT as checked rows, each with its sequence number.
 */
#ifndef INPUT_ROW_SOURCE_H
#define INPUT_ROW_SOURCE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/hash.h"
#include "cli/options.h"
#include "input/csv_reader.h"
#include "output/prior_result.h"
#include "service/column.h"
#include "service/row.h"

/* A row with a value that is refused; borrowed for the call. */
struct refused_row {
    const struct record *record;
    uint64_t sequence;
    const char *id; /* as given */
    const struct error *why;
};

/* What an intake calls; a failure stops it with that error. */
struct row_handler {
    /* The header was taken. */
    int (*begin)(void *context, struct error *error);
    /* A row, which is the handler's from then on, also where it fails. */
    int (*take)(void *context, struct row *row, struct error *error);
    int (*refuse)(void *context, const struct refused_row *row,
                  struct error *error);
    /* A row of another shard. */
    void (*skip)(void *context, uint64_t number);
};

struct row_source;

/* Opens INPUT. ERROR_USAGE as input_open() and schema_check_maps(). */
struct row_source *row_source_open(const struct options *options,
                                   const struct row_handler *handler,
                                   void *context, struct error *error);
void row_source_free(struct row_source *source);

/* Reads a file once through before anything is made of it, and goes back to
 * its start; for a pipe it only prepares its hash. Errors as validate_input();
 * previous may be NULL. */
int row_source_scan(struct row_source *source, struct prior_result *prior,
                    const volatile sig_atomic_t *stop, struct error *error);

/* The SHA-256 of a file that was scanned; NULL for a pipe. */
const unsigned char *row_source_digest(const struct row_source *source);

/* As those of input.h. */
int row_source_checkpoint(const struct row_source *source, uint64_t *bytes,
                          unsigned char digest[HASH_SIZE]);
void row_source_expect(struct row_source *source, uint64_t bytes,
                       const unsigned char digest[HASH_SIZE]);
bool row_source_is_as_expected(const struct row_source *source);

/* Reads one chunk, and hands on its rows. ERROR_INPUT where a pipe, or a file
 * that was not scanned, is refused; ERROR_STOPPED where a file is not what it
 * was when it was scanned. */
int row_source_read(struct row_source *source, struct error *error);

/* Has the input come to its end? */
bool row_source_ended(const struct row_source *source);

/* The descriptor to be polled before the next row_source_read(); -1: none. */
int row_source_poll_fd(const struct row_source *source);

/* The columns that the header names; from begin() on. */
column_mask row_source_columns(const struct row_source *source);

/* Rows with a sequence number so far, and all rows read; the number of rows of
 * a file that was scanned, else 0. */
uint64_t row_source_sequence(const struct row_source *source);
uint64_t row_source_rows(const struct row_source *source);
uint64_t row_source_total(const struct row_source *source);

const char *row_source_name(const struct row_source *source);
const struct stat *row_source_stat(const struct row_source *source);

#endif
