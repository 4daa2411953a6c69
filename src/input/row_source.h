/*
 * Rows in: INPUT as checked rows, each with its sequence number.
 */
#ifndef INPUT_ROW_SOURCE_H
#define INPUT_ROW_SOURCE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "service/column.h"
#include "base/error.h"
#include "base/hash.h"
#include "cli/options.h"
#include "output/prior_result.h"
#include "input/csv.h"
#include "input/row.h"

/* A row with a value that is refused; borrowed for the call. */
struct refused_row {
    const struct record *record;
    uint64_t sequence;
    const char *id; /* as given */
    const struct error *why;
};

/* What an intake calls; a failure stops it with that error. */
struct intake_handler {
    /* The header was taken. */
    int (*begin)(void *context, struct error *error);
    /* A row, which is the handler's from then on, also where it fails. */
    int (*take)(void *context, struct row *row, struct error *error);
    int (*refuse)(void *context, const struct refused_row *row,
                  struct error *error);
    /* A row of another shard. */
    void (*skip)(void *context, uint64_t number);
};

struct intake;

/* Opens INPUT. ERROR_USAGE as input_open() and schema_check_maps(). */
struct intake *intake_open(const struct options *options,
                           const struct intake_handler *handler, void *context,
                           struct error *error);
void intake_free(struct intake *intake);

/* Reads a file once through before anything is made of it, and goes back to
 * its start; for a pipe it only prepares its hash. Errors as scan_input();
 * previous may be NULL. */
int intake_scan(struct intake *intake, struct previous *previous,
                const volatile sig_atomic_t *stop, struct error *error);

/* The SHA-256 of a file that was scanned; NULL for a pipe. */
const unsigned char *intake_digest(const struct intake *intake);

/* As those of input.h. */
int intake_checkpoint(const struct intake *intake, uint64_t *bytes,
                      unsigned char digest[HASH_SIZE]);
void intake_expect(struct intake *intake, uint64_t bytes,
                   const unsigned char digest[HASH_SIZE]);
bool intake_is_as_expected(const struct intake *intake);

/* Reads one chunk, and hands on its rows. ERROR_INPUT where a pipe, or a file
 * that was not scanned, is refused; ERROR_STOPPED where a file is not what it
 * was when it was scanned. */
int intake_read(struct intake *intake, struct error *error);

/* Has the input come to its end? */
bool intake_ended(const struct intake *intake);

/* The descriptor to be polled before the next intake_read(); -1: none. */
int intake_poll_fd(const struct intake *intake);

/* The columns that the header names; from begin() on. */
column_mask intake_columns(const struct intake *intake);

/* Rows with a sequence number so far, and all rows read; the number of rows of
 * a file that was scanned, else 0. */
uint64_t intake_sequence(const struct intake *intake);
uint64_t intake_rows(const struct intake *intake);
uint64_t intake_total(const struct intake *intake);

const char *intake_name(const struct intake *intake);
const struct stat *intake_stat(const struct intake *intake);

#endif
