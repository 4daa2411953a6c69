/*
 * The word in a cell of INPUT that clears a value (--clear-token). Pure.
 */
#ifndef BASE_CLEAR_WORD_H
#define BASE_CLEAR_WORD_H

#include <stdbool.h>

/* Is the text the word, or so similar that it was meant to be it? */
bool clear_word_is_like(const char *word, const char *text);

/* Does a cell with this text mean the text: is it neither blank, which is no
 * value, nor like the word? */
bool clear_word_allows(const char *word, const char *text);

#endif
