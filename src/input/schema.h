/*
 * From the header's names to the service's columns, and from a record's text
 * to a checked row.
 */
#ifndef INPUT_SCHEMA_H
#define INPUT_SCHEMA_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"
#include "input/csv_reader.h"
#include "service/column.h"
#include "service/row.h"

struct schema;

/* options must outlive the schema. NULL without memory. */
struct schema *schema_new(const struct options *options);
void schema_free(struct schema *schema);

/* Refuses as ERROR_USAGE a --map to a name that is no column. */
int schema_check_maps(const struct schema *schema, struct error *error);

/* Takes the header, once: finds each name's column by its short name or dotted
 * path (UserId stands for Id), letter case and spaces around it aside. Names
 * given to --ignore and names that begin with '_' are passed over, those given
 * to --map are replaced; both options go by the name as the file has it.
 *
 * Refuses as ERROR_INPUT, naming file and position: an unknown name (with the
 * nearest known one, or with the services that have it), an empty one, a
 * doubled column, a missing Id, a column that no file may have (with the
 * reason), and a --map or --ignore whose name the header does not have: a
 * misspelt --ignore would let the column through to the service. */
int schema_take_header(struct schema *schema, const char *input_name,
                       const struct record *record, struct error *error);

/* Makes a row of a record; the caller owns it (row_free()) and sets sequence
 * and next.
 *
 * An empty cell is left out. A cell whose value is the --clear-token, or what
 * the column itself calls empty (None for SecretQuestion), has the text NULL.
 * With --ignore-guards there are no cells of guard columns, and for an export
 * only the Id is looked at.
 *
 * Where a value is refused (ERROR_VALUE, with code and field) the answer is -1
 * and there is no row. ErrorNames: those of value.h, NotClearable and
 * MissingTenant. The Id comes first; of several other values at fault the first
 * in the order of the service's table is told. Without memory: ERROR_LOCAL. */
int schema_take_row(const struct schema *schema, const struct record *record,
                    struct row **row, struct error *error);

/* The Id of a record as given; "" where it is empty. Valid as the record is. */
const char *schema_record_id(const struct schema *schema,
                             const struct record *record);

/* Does the row belong to the run's --shard? Decided by the FNV-1a hash of the
 * Id in its plain form (no leading zeros), so that all rows of a user fall
 * together; of its text as given where it is no valid Id. */
bool schema_in_shard(const struct schema *schema, const struct record *record);

/* The columns that the header names, guards included. */
column_mask schema_columns(const struct schema *schema);

#endif
