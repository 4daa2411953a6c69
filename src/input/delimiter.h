/*
 * Finds out which delimiter a file has, by the names in its header. Pure.
 */
#ifndef INPUT_DELIMITER_H
#define INPUT_DELIMITER_H

#include <stddef.h>

#include "input/header.h"

/* The delimiter of , ; tab and | with which the first line of the text names
 * the Id, or with which it names most columns; ',' if it names none.
 *
 * *before becomes 0, or if the first line names no column, the number of lines
 * before the first one that names the Id. The text may end within a line. */
char delimiter_find(const struct header *header, const char *text, size_t len,
                    unsigned *before);

#endif
