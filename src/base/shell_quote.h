/*
 * Words of commands that messages print, quoted for a POSIX shell.
 */
#ifndef BASE_SHELL_QUOTE_H
#define BASE_SHELL_QUOTE_H

#include <stddef.h>

/* The size that suffices for a word of len bytes: each of them may become four,
 * and quotes and a NUL are added. */
#define SHELL_QUOTE_SIZE(len) (4 * (len) + 3)

/* Writes the word so that every shell reads it as one word, unchanged. A word
 * that needs no quotes gets none. If size is less than SHELL_QUOTE_SIZE() of
 * the word, the text is "...", since half a word would be another one. size is
 * at least 4. */
void shell_quote(char *text, size_t size, const char *word);

#endif
