/*
 * Texts that were damaged by a conversion between encodings. Pure.
 *
 * Texts are valid UTF-8 and followed by a NUL.
 */
#ifndef INPUT_MISREAD_H
#define INPUT_MISREAD_H

#include <stdbool.h>

/* Does the text look like UTF-8 that was read as Windows-1252, Latin-1 or
 * another code page, such as MÃ¼nchen, Ð¡Ð¾Ñ„Ð¸Ñ or M├╝nchen? */
bool misread_is_utf8(const char *text);

/* Does it have question marks in place of letters, such as "???? ???" or
 * "Ng?c"? One alone, or at the end of a word, may be meant. */
bool misread_is_lost(const char *text);

#endif
