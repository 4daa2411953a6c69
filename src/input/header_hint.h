/*
 * Finds out why the first line of an INPUT is no header of one. Pure.
 */
#ifndef INPUT_HEADER_HINT_H
#define INPUT_HEADER_HINT_H

#include "base/error.h"
#include "input/csv_records.h"
#include "input/header.h"

/* Refuses, as ERROR_INPUT, a header that names no column, if the reason is
 * known: lines before the header, another delimiter, quotes around whole lines,
 * or values instead of names. 0: the reason is not known. */
int header_hint_refuse(const struct header *header, const char *input_name,
                       const struct record *record, struct error *error);

/* Refuses, as ERROR_INPUT, the header of a result (see output/format.h) that
 * names no column to set, unless rules->ids_only: its OUTPUT may be the file
 * that was meant as INPUT. */
int header_hint_refuse_result(const struct header *header,
                              const char *input_name,
                              const struct record *record, struct error *error);

#endif
