/*
 * Removes values from a message of a service, which may repeat them. Pure.
 */
#ifndef BASE_REDACT_TEXT_H
#define BASE_REDACT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/reading.h"

#define REDACT_TEXT_SIZE 512 /* bytes of the longest text, the NUL included */

/* Replaces by "***", in a text that utf8_clean() has written:
 *
 * - each value;
 * - each word of a value that has four letters or digits or more and is not
 *   public, and its beginnings and ends of four or more, if they are words;
 * - the beginning of a value at the end of the text, if it was truncated.
 *
 * A value is found in other case and width, with other accents, with other
 * separators between its letters and digits, and as unescape.h describes. A
 * telephone number is found by its last seven digits.
 *
 * A single letter stays, as do values of two letters in a longer word and
 * values of up to three that are public. A part of a public word is no value.
 * (These rules are for scripts with spaces between words.) -1: out of memory;
 * the text is empty then. */
int redact_text(char text[REDACT_TEXT_SIZE], bool truncated,
                const char *const *values, size_t count,
                const struct public_words *public);

#endif
