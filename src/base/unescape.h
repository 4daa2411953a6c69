/*
 * The characters that a text stands for: texts may contain values in the
 * escapes of URLs, HTML, JSON and programs, and in base64. Pure.
 */
#ifndef BASE_UNESCAPE_H
#define BASE_UNESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One character, and the bytes of the text that stand for it. */
struct glyph {
    uint32_t character;
    uint16_t start, end;
};

#define GLYPHS_MAX 2048 /* further ones are dropped */

struct glyphs {
    size_t count;
    struct glyph all[GLYPHS_MAX];
};

/* The characters of a text as they are: valid UTF-8, at most 64 KiB. */
void unescape_read(struct glyphs *to, const char *text);

/* Replaces each escape by its character: %C3%BC and %FC, %u00FC, &#252; and
 * &uuml;, \u00fc and \n, and U+200B for an invisible character. UTF-8 that was
 * read as Latin-1 is decoded, too. Escapes of escapes need another
 * call. False: there are none. */
bool unescape_once(struct glyphs *to, const struct glyphs *from);

/* Decodes everything that can be base64, from each of its four possible
 * positions, with a NUL between two results. Each character stands for the
 * whole piece. False: there is none. */
bool unescape_base64(struct glyphs *to, const struct glyphs *from);

#endif
