/*
 * The header of INPUT: finds the service's columns by their names.
 */
#ifndef INPUT_HEADER_H
#define INPUT_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "input/csv_records.h"
#include "input/rules.h"
#include "service/column.h"

/* A column that cells are read from, and its position in each record. */
struct cell_source {
    size_t position;
    unsigned column;
};

/* Filled in by header_parse(); read-only for others. */
struct header {
    const struct input_rules *rules;
    column_mask named;            /* the columns, including guards */
    size_t positions[COLUMN_MAX]; /* in each record, of the named columns */
    size_t user_name; /* with rules->by_name: the position of the name that
                         identifies the user */
    bool renamed;     /* likewise: this column must get the name Expect.COLUMN,
                         or the name would be set */
    unsigned source_count;
    struct cell_source sources[COLUMN_MAX]; /* without the columns of the key */
    column_mask expected;                   /* the columns of Expect.COLUMN */
    unsigned expect_count;
    struct cell_source expects[COLUMN_MAX]; /* in the order of the header */
    uint64_t source_rows; /* N of a column _SourceRows=N, which a plan has; 0:
                             there is none */
    bool searched;        /* the delimiter was searched: see delimiter.h */
    uint64_t key_line;    /* if the header names no column: the line of INPUT
                             that names the Id; 0: there is none */
    unsigned unnamed_count;
    uint16_t unnamed[CSV_READER_MAX_COLUMNS]; /* positions without a name */
    size_t wheres[INPUT_MAX_WHERES]; /* positions of the rules' columns */
    size_t shard_by;       /* position of the column that decides the shard */
    unsigned shard_column; /* the column that it means; column_count: none */
};

/* The rules are borrowed; input_rules_check() accepts them. */
void header_init(struct header *header, const struct input_rules *rules);

/* Finds the column of each name: by its short name or dotted path (UserId means
 * Id). Letter case and invisible characters around the name do not matter.
 * Names that the rules ignore, and names that begin with '_', are ignored;
 * names that the rules map are replaced. The rules apply to the name as it is
 * in INPUT. Expect.COLUMN is the value that a column must have before.
 *
 * These are refused as ERROR_INPUT, with the input's name and the position, all
 * in one message:
 *
 * - an unknown name (with a similar column, or the services that have it),
 * unless rules->ignore_unknown
 * - a duplicate column
 * - a missing Id or tenant; with rules->by_name, a missing name of the user
 *   (service->user_name, or its Expect.COLUMN if it can be set), or a name that
 *   --map maps to it although it can be set
 * - a column that is not allowed in a file (with the reason), or whose value
 *   cannot be expected
 * - a rule for a name that the header does not have: the column of a misspelled
 *   --ignore would be sent to the service
 * - a column of --where or --shard-by that occurs twice. It may be any column
 *   of INPUT, by its name there, or else by the column that the name means. */
int header_parse(struct header *header, const char *input_name,
                 const struct record *record, struct error *error);

/* Does any name of the record mean a column? */
bool header_names_any(const struct header *header, const struct record *record);

/* Refuses, as ERROR_INPUT, a value in a column without a name. */
int header_check_unnamed(const struct header *header, const char *input_name,
                         const struct record *record, struct error *error);

/* The column that a name of len bytes means, also by a rule that maps it;
 * service->column_count: none. */
unsigned header_find(const struct header *header, const char *text, size_t len);

/* Does the header have this column? False for COLUMN_MAX, which stands for a
 * column that the service does not have. */
bool header_names(const struct header *header, unsigned column);

#endif
