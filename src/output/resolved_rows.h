/*
 * The file of --resolve: the rows of INPUT with the Ids of their users, who are
 * found by their names. It is an input file.
 *
 * In front of INPUT's columns it has those of Id and tenant that INPUT does not
 * have. (No column for the tenant is added if --customer-id names it.) After
 * them it has _ErrorName, _ErrorMessage and _Note, which replace those of an
 * earlier file. Each row of INPUT is a row of it, in the same order.
 *
 * A user is searched among those of the customer that the row names, or
 * --customer-id. If the user is not certain, the Id is empty, and _ErrorName
 * says why: MissingName, NameNotFound, NameAmbiguous, IdMismatch, or that of an
 * invalid customer.
 *
 * The name gets the letter case that it has in the list, and stays as a guard:
 * if the user has another name by the time of the update, the row ends as
 * Conflict. If an update would set the column of the name, it is renamed to
 * Expect.COLUMN. Other cells stay as they were; see record_copy.h.
 */
#ifndef OUTPUT_RESOLVED_ROWS_H
#define OUTPUT_RESOLVED_ROWS_H

#include <stdint.h>

#include "base/error.h"
#include "input/csv_records.h"
#include "input/header.h"
#include "input/name_index.h"
#include "output/error_counts.h"
#include "output/writer.h"

struct resolved_rows;

struct resolved_counts {
    uint64_t rows;
    uint64_t found;             /* by their names */
    uint64_t kept;              /* with an Id, but without a name */
    uint64_t left_out;          /* rows with a password or secret answer */
    struct error_counts errors; /* rows without an Id */
};

/* All are borrowed. The writer is the caller's to finish. NULL without memory.
 */
struct resolved_rows *resolved_rows_new(struct writer *writer,
                                        struct name_index *index);

/* NULL does nothing. */
void resolved_rows_free(struct resolved_rows *resolved);

/* Writes the header, which header_parse() has accepted with rules->by_name; the
 * delimiter is that of csv_reader_delimiter(). ERROR_LOCAL as writer_write(),
 * or without memory. */
int resolved_rows_begin(struct resolved_rows *resolved,
                        const struct header *header,
                        const struct record *record, char delimiter,
                        bool has_separator_line, struct error *error);

/* Writes a row. ERROR_LOCAL likewise. */
int resolved_rows_put(struct resolved_rows *resolved,
                      const struct record *record, struct error *error);

const struct resolved_counts *resolved_rows_counts(
    const struct resolved_rows *resolved);

#endif
