/*
 * The header of INPUT: from its names to the service's columns.
 */
#ifndef INPUT_HEADER_H
#define INPUT_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "input/csv_reader.h"
#include "input/rules.h"
#include "service/column.h"

/* A column that cells are read from, and its position in each record. */
struct cell_source {
    size_t position;
    unsigned column;
};

/* Filled by header_parse(); everybody else reads it. */
struct header {
    const struct input_rules *rules;
    column_mask named;            /* the columns, guards included */
    size_t positions[COLUMN_MAX]; /* of each column that is named */
    unsigned source_count;
    struct cell_source sources[COLUMN_MAX]; /* without those of the key */
};

/* The rules are borrowed. */
void header_init(struct header *header, const struct input_rules *rules);

/* Refuses, as ERROR_USAGE, a rule that maps a name to an unknown column. */
int header_check_maps(const struct header *header, struct error *error);

/* Finds the column of each name, once: by its short name or dotted path (UserId
 * means Id); letter case and spaces around it do not matter. Names that the
 * rules ignore, and names that begin with '_', are ignored; those that the
 * rules map are replaced. Both go by the name as INPUT has it.
 *
 * Refuses, as ERROR_INPUT with the input's name and the position: an unknown
 * name (with the most similar column, or the services that have it), an empty
 * one, a duplicate column, a missing Id or tenant, a column that no file may
 * have (with the reason), and a rule about a name that the header does not
 * have. (A misspelled --ignore would let its column through to the service.) */
int header_parse(struct header *header, const char *input_name,
                 const struct record *record, struct error *error);

/* Is that column named? COLUMN_MAX, a column that the service does not have, is
 * not. */
bool header_names(const struct header *header, unsigned column);

#endif
