/*
 * Records of INPUT that are written again, for a file that is made of INPUT and
 * is an input file itself: --failed and --resolve.
 *
 * The cells stay as they were, between INPUT's own delimiters; the text is
 * UTF-8. Cells that let somebody sign in are left empty. Columns with the names
 * of the file's own columns, of an earlier file, are left out.
 */
#ifndef OUTPUT_RECORD_COPY_H
#define OUTPUT_RECORD_COPY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "input/csv_records.h"
#include "input/header.h"

/* The Note of a record with cells that are left empty. */
#define RECORD_COPY_NOTE                                                       \
    "Password and SecretAnswer are left out; fill them in again"

/* What becomes of the cells of a column. */
enum record_role {
    RECORD_COPIED,
    RECORD_WITHHELD, /* a password or a secret answer */
    RECORD_REPLACED  /* by one of the file's own columns */
};

struct record_copy {
    const char *const
        *own;           /* names of the file's own columns; NULL at the end */
    struct buffer text; /* of the record that is built */
    char delimiter;
    size_t width; /* columns of INPUT */
    enum record_role roles[CSV_READER_MAX_COLUMNS];
};

/* own is borrowed. */
void record_copy_init(struct record_copy *copy, const char *const *own);
void record_copy_clear(struct record_copy *copy);

/* Finds the roles of the columns of this header. */
void record_copy_find_roles(struct record_copy *copy,
                            const struct header *header,
                            const struct record *record);

/* Has the record a cell that is left empty? */
bool record_copy_withholds(const struct record_copy *copy,
                           const struct record *record);

/* These append to the text, which the caller clears. -1 without memory. */

/* The lines before the header, so that the same options read the file. Only
 * --encoding does not: a byte-order mark makes the program reject it, instead
 * of damaging all values. The delimiter is that of csv_reader_delimiter(). */
int record_copy_put_first_lines(struct record_copy *copy,
                                const struct input_rules *rules, char delimiter,
                                bool has_separator_line);

/* The cells of INPUT's columns, or their names. */
int record_copy_put_cells(struct record_copy *copy,
                          const struct record *record);

/* The names of the file's own columns, and the end of the header. */
int record_copy_put_own_names(struct record_copy *copy);

/* A delimiter, and a cell of an own column. */
int record_copy_put_own(struct record_copy *copy, const char *text);

#endif
