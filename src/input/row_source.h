/*
 * The rows of INPUT: reads bytes, and makes records and then checked rows of
 * them. Each row has a sequence number.
 *
 * A regular file is validated as a whole before any of its rows is used. A pipe
 * is validated while it is read.
 */
#ifndef INPUT_ROW_SOURCE_H
#define INPUT_ROW_SOURCE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file_system.h"
#include "base/hash.h"
#include "base/random.h"
#include "input/csv_reader.h"
#include "input/header.h"
#include "input/rules.h"
#include "service/column.h"
#include "service/row.h"

/* A row with an invalid value; borrowed for the call. */
struct refused_row {
    const struct record *record;
    uint64_t sequence;
    const char *id;          /* as it is in the record */
    const struct error *why; /* ERROR_VALUE */
};

/* The functions that a row source calls. If one fails, row_source_read() fails
 * with its error. */
struct row_handler {
    /* The header was read. */
    int (*begin)(void *context, struct error *error);
    /* A valid row. The handler takes ownership of it, even if it fails. */
    int (*take)(void *context, struct row *row, struct error *error);
    /* An invalid row. */
    int (*refuse)(void *context, const struct refused_row *row,
                  struct error *error);
    /* A row that the rules do not select. */
    void (*skip)(void *context, uint64_t number);
};

/* Called by the validation pass for each row that is selected. id: as it is in
 * the record. A failure ends the pass with that error. */
typedef int row_check_fn(void *context, uint64_t number, const char *id,
                         struct error *error);

struct row_source;

/* Opens INPUT. The pointers are borrowed, except path. NULL: ERROR_USAGE as
 * input_open() and input_rules_check(), or ERROR_LOCAL without memory. */
struct row_source *row_source_open(const struct file_system *files,
                                   const char *path,
                                   const struct input_rules *rules,
                                   const struct row_handler *handler,
                                   void *context, struct error *error);

/* NULL does nothing. */
void row_source_free(struct row_source *source);

/* As input_keep(). */
int row_source_keep(struct row_source *source, const struct random *random,
                    const char *path, struct error *error);

/* The validation pass: reads a file to its end, checks its compression, its
 * structure and its header, but not the values of its rows, and rewinds it. For
 * a pipe it only calls input_keep_hash(). check may be NULL.
 *
 * ERROR_INPUT if the file is refused, ERROR_STOPPED if *stop became nonzero,
 * ERROR_LOCAL, or the error of check. */
int row_source_validate(struct row_source *source, row_check_fn *check,
                        void *context, const volatile sig_atomic_t *stop,
                        struct error *error);

/* The SHA-256 of a file that was validated; NULL for a pipe. */
const unsigned char *row_source_digest(const struct row_source *source);

/* As the functions of input.h. */
int row_source_checkpoint(const struct row_source *source, uint64_t *bytes,
                          unsigned char digest[HASH_SIZE]);
void row_source_expect(struct row_source *source, uint64_t bytes,
                       const unsigned char digest[HASH_SIZE]);
bool row_source_is_as_expected(const struct row_source *source);

/* Reads one chunk and passes its rows to the handler. ERROR_INPUT if a pipe, or
 * a file that was not validated, is refused; ERROR_STOPPED if a file changed
 * since it was validated; ERROR_USAGE or ERROR_LOCAL as input_read(); or the
 * error of the handler. */
int row_source_read(struct row_source *source, struct error *error);

/* Has the input ended? */
bool row_source_ended(const struct row_source *source);

/* The descriptor to poll before the next row_source_read(); -1: none. */
int row_source_poll_fd(const struct row_source *source);

/* To be called before the first reading: copy() receives each record, the
 * header included, before it is processed. If it fails, row_source_read() fails
 * with its error. */
void row_source_copy_to(struct row_source *source, csv_reader_record_fn *copy,
                        void *context);

/* Is INPUT a regular file, which can be read again? */
bool row_source_is_file(const struct row_source *source);

/* Reads a file again, after its end, and passes each record to take(), the
 * header included. It ends early when *enough becomes true. ERROR_STOPPED if
 * the file has changed or *stop became nonzero, ERROR_LOCAL, or the error of
 * take().
 */
int row_source_read_again(struct row_source *source, csv_reader_record_fn *take,
                          void *context, const bool *enough,
                          const volatile sig_atomic_t *stop,
                          struct error *error);

/* The header; its rules are always valid, the rest from begin() on. */
const struct header *row_source_header(const struct row_source *source);

/* As csv_reader_delimiter(), from begin() on. */
char row_source_delimiter(const struct row_source *source,
                          bool *has_separator_line);

/* The columns of the header; valid from begin() on. */
column_mask row_source_columns(const struct row_source *source);

/* The number of rows that were selected and read, which is the next sequence
 * number. */
uint64_t row_source_sequence(const struct row_source *source);

/* The number of all rows that were read. */
uint64_t row_source_rows(const struct row_source *source);

/* The number of rows of a file that was validated, else 0. */
uint64_t row_source_total(const struct row_source *source);

/* Of these, the rows that are selected. */
uint64_t row_source_selected(const struct row_source *source);

/* If it is a plan that was validated, the number of rows that it was made from:
 * that of struct header; else 0. */
uint64_t row_source_plan_rows(const struct row_source *source);

const char *row_source_name(const struct row_source *source);
const struct stat *row_source_stat(const struct row_source *source);

#endif
