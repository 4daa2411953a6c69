/*
 * Finds out which delimiter a file has, by the names in its header. Pure.
 */
#ifndef INPUT_DELIMITER_H
#define INPUT_DELIMITER_H

#include <stdbool.h>
#include <stddef.h>

#include "input/header.h"

#define DELIMITERS ",;\t|" /* that files have without being told */

/* The one of DELIMITERS with which the first line of the text names the Id;
 * else with which it names most columns; else with which it has most fields.
 *
 * *before becomes 0, or if the first line names no column, the number of lines
 * before the first one that names the Id. The text may end within a line. */
char delimiter_find(const struct header *header, const char *text, size_t len,
                    unsigned *before);

/* Does the line, without its line end, name the Id with this delimiter? */
bool delimiter_names_key(const struct header *header, const char *line,
                         size_t len, char delimiter);

#endif
