/*
 * Letters and digits as they are compared in texts that may spell a value
 * differently: without regard to case, accents and width. Pure.
 *
 * Source: Unicode, case folding and compatibility decomposition, for the Latin,
 * Greek, Cyrillic, Armenian and Georgian scripts. Letters of other scripts have
 * no case and stay as they are.
 */
#ifndef BASE_LETTERS_H
#define BASE_LETTERS_H

#include <stdbool.h>
#include <stdint.h>

#define LETTERS_MAX 3 /* of one character, such as the ligature U+FB03 */

/* Writes the lowercase letters without accents, or the digit, that a character
 * is compared by, and returns their number: "s" and "s" for U+00DF. 0: the
 * character is neither a letter nor a digit. */
unsigned letters_fold(uint32_t character, uint32_t letters[LETTERS_MAX]);

/* Is the character an accent of the letter before it? */
bool letters_is_mark(uint32_t character);

#endif
