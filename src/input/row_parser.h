/*
 * Parses a CSV record into a checked row.
 */
#ifndef INPUT_ROW_PARSER_H
#define INPUT_ROW_PARSER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "input/csv_reader.h"
#include "input/header.h"
#include "service/row.h"

/* Makes a row of a record. The caller owns it (row_free()) and sets sequence,
 * sent and next.
 *
 * An empty cell is left out, and so is one of invisible characters, except for
 * a guard. A cell that is the clear token, or the value that its column uses
 * for empty (None for SecretQuestion), has the text NULL.
 *
 * A cell of Expect.COLUMN that is not empty is an expected one, in the same
 * spelling if it is valid, else as it is. A blank one is refused.
 *
 * A value that is refused becomes a doubt, for the codes of value.h and
 * suspicious.h, unless the service never returns its column. A value is not
 * suspicious if the row has an expected cell of its column, since that is how
 * an undo file sets a value back.
 *
 * -1 with ERROR_VALUE, its code and field, if the row is refused: for an
 * invalid Id or tenant (in this order), NotClearable, MissingTenant, a value
 * that cannot be compared, and with rules->offline for the first doubt.
 * ERROR_LOCAL without memory. */
int row_parse(const struct header *header, const struct record *record,
              struct row **row, struct error *error);

/* The Id as it is in the record, which may be ""; valid as long as the record.
 */
const char *row_id(const struct header *header, const struct record *record);

/* The FNV-1a hash of the Id: in the form of value_parse_id(), so that it is the
 * same for all rows of a user; if the Id is invalid, as it is in the record. */
uint64_t row_hash_id(const struct header *header, const struct record *record);

/* Is the row selected by the rules in any of the shards? */
bool row_is_of_some_shard(const struct header *header,
                          const struct record *record);

/* Is the row selected by the rules: after the rows to skip, with the text of
 * each --where, and in the shard? That is the FNV-1a hash of the cell of the
 * column to shard by, modulo the number of shards. An Id or a tenant is hashed
 * in the form of value_parse_id(), if it is valid; an empty tenant as that of
 * the rules. */
bool row_is_selected(const struct header *header, const struct record *record);

#endif
