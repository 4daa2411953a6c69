/*
 * Values that were probably damaged before they came into the file: by a
 * spreadsheet, by a program that wrote a word for "no value", by a wrong
 * encoding, or by characters that nobody sees. Pure.
 *
 * Texts are valid UTF-8, not empty, and followed by a NUL. No message repeats a
 * value, except for its invisible characters.
 */
#ifndef INPUT_SUSPICIOUS_H
#define INPUT_SUSPICIOUS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "service/column.h"

/* Forms of spreadsheets: 9.1E+18 or 9,1E+18; ="1"; and errors such as #N/A. */
bool suspicious_is_exponent(const char *text);
bool suspicious_is_formula(const char *text, size_t len);
bool suspicious_is_error(const char *text, size_t len);

/* A word or mark for "no value", such as NULL or (null). */
bool suspicious_is_null(const char *text, size_t len);

/* -1 with SuspiciousValue, if a value of this column looks damaged. */
int suspicious_check(const struct column *column, const char *text, size_t len,
                     struct error *error);

#define SUSPICIOUS_REMARK_SIZE 160

/* A remark about a value that is written as it is, without the column's name;
 * "": there is none. */
void suspicious_remark(const struct column *column, const char *text,
                       char remark[SUSPICIOUS_REMARK_SIZE]);

/* Is the value a word such as NULL, in a column in which it may be a name? */
bool suspicious_is_null_name(const struct column *column, const char *text);

#endif
