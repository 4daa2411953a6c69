/*
 * Cells of OUTPUT, as people open them with a spreadsheet. Pure.
 *
 * A spreadsheet evaluates a cell as a formula if it begins with =, +, - or @,
 * maybe after blanks or quotes; one that takes the semicolon for the separator
 * does so after each semicolon. So an apostrophe is written before such a sign.
 * Numbers stay as they are.
 */
#ifndef OUTPUT_CELL_H
#define OUTPUT_CELL_H

#include <stdbool.h>

#include "base/buffer.h"

/* Each of these appends a text as a field of CSV, which is quoted if it needs
 * quotes. NULL becomes an empty field. -1 as buffer_reserve(). */

/* The text as it is, for files that are fed back. */
int cell_put_plain(struct buffer *buffer, const char *text);

/* The same for a file whose delimiter is not a comma. */
int cell_put_between(struct buffer *buffer, const char *text, char delimiter);

/* With an apostrophe before each sign that could begin a formula. */
int cell_put(struct buffer *buffer, const char *text);

/* The same for a text from INPUT: invisible characters are shown as
 * utf8_reveal() does. */
int cell_put_revealed(struct buffer *buffer, const char *text);

/* Is it the cell that cell_put_revealed() writes for this text, or the text
 * itself, as earlier releases wrote it? 1: yes; 0: no; -1: out of memory. */
int cell_shows(const char *cell, const char *text);

#endif
