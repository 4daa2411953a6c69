/*
 * Counts the rows without success by error name and column, for the summary.
 * Bounded: errors of further kinds than the table can hold are counted
 * together.
 */
#ifndef OUTPUT_ERROR_COUNTS_H
#define OUTPUT_ERROR_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "service/api_error.h"
#include "user/outcome.h"

#define ERROR_COUNTS_KINDS 64

struct error_count {
    char name[65];
    char field[48]; /* "": the error concerns no column */
    uint64_t rows;
    uint64_t first; /* the lowest row number */
};

/* Filled with zeros: there are no errors. */
struct error_counts {
    struct error_count kinds[ERROR_COUNTS_KINDS];
    unsigned count; /* of kinds */
    uint64_t others;
};

/* Counts a row. name: its ErrorName; field: its Field; both may be NULL or
 * empty, but a row without a name is not counted. */
void error_counts_add(struct error_counts *counts, uint64_t row,
                      const char *name, const char *field);

#define ERROR_COUNTS_NUMBER 48

/* The name of an error of a call: its own, or its number or status, which is
 * written to the text. */
const char *error_counts_name(const struct api_error *api_error,
                              char number[ERROR_COUNTS_NUMBER]);

/* The same for the cells of a result row, none of which is NULL. */
const char *error_counts_row_name(const char *name, const char *code,
                                  const char *http_status,
                                  char number[ERROR_COUNTS_NUMBER]);

/* The same for an error of a call, which may have only a number or a status. */
void error_counts_add_call(struct error_counts *counts, uint64_t row,
                           const struct api_error *api_error,
                           const char *field);

/* The same for a result row of an earlier run, as format_row() writes it. A
 * text that is no such row is not counted. Returns whether it is retried: see
 * result_field_is_retried(). */
bool error_counts_add_text(struct error_counts *counts, enum status status,
                           const char *text, size_t len);

/* Copies the most frequent kinds, at most max of them, in descending order;
 * among equals, the one of the lowest row comes first. Returns their number. */
unsigned error_counts_top(const struct error_counts *counts,
                          struct error_count *top, unsigned max);

#endif
