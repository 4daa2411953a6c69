/*
 * From a CSV record to a checked row.
 */
#ifndef INPUT_ROW_PARSER_H
#define INPUT_ROW_PARSER_H

#include <stdbool.h>

#include "base/error.h"
#include "input/csv_reader.h"
#include "input/header.h"
#include "service/row.h"

/* Makes a row of a record. The caller owns it (row_free()) and sets sequence
 * and next.
 *
 * An empty cell is left out. A cell that is the clear token, or the word that
 * its column uses for empty (None for SecretQuestion), has the text NULL.
 *
 * If a value is refused: -1 with ERROR_VALUE, its code and field. ErrorNames:
 * those of value.h, NotClearable and MissingTenant. The Id is checked first; of
 * other values the first in the order of the service's columns is reported.
 * Without memory: ERROR_LOCAL. */
int row_parse(const struct header *header, const struct record *record,
              struct row **row, struct error *error);

/* The Id of a record as given, "" if it is empty; valid as long as the record.
 */
const char *row_id(const struct header *header, const struct record *record);

/* Does the row belong to the rules' shard? The FNV-1a hash of the Id in its
 * plain form (no leading zeros) decides, so that all rows of a user are in one
 * shard; that of its text as given if it is not a valid Id. */
bool row_is_in_shard(const struct header *header, const struct record *record);

#endif
