/*
 * UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates; and without
 * NUL.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Checks a part of a text. A character may be split across two calls: *state
 * starts at 0 and is 0 again whenever a character is complete. Returns the
 * offset of the first invalid byte, before which *state is left, or len if
 * there is none. */
size_t utf8_check(uint32_t *state, const char *data, size_t len);

/* True if the whole text is valid. */
bool utf8_is_valid(const char *text, size_t len);

/* Does the text consist of printable ASCII, including spaces? */
bool utf8_is_printable(const char *text, size_t len);

/* Does a whole character beyond ASCII end in a part that utf8_check() accepted?
 * state: as it left it. */
bool utf8_has_wide(uint32_t state, const char *text, size_t len);

/* Removes an incomplete character from the end of a truncated text of len
 * bytes. */
void utf8_trim(char *text, size_t len);

/* The character at *text, which is moved to the next one. The text is valid. */
uint32_t utf8_take(const char **text);

/* Copies a text of any origin into size bytes, so that it can be displayed. A
 * text that does not fit is truncated between two characters. A tab or line end
 * becomes a space. Any other invisible character becomes U+XXXX, unless it
 * modifies the one before it; see invisible.h. Each invalid byte becomes '?'.
 * from may be NULL: the copy is empty. Returns true if the text was truncated.
 */
bool utf8_clean(char *to, size_t size, const char *from);

/* Length of valid UTF-8 in UTF-16 code units, as the services count. */
size_t utf8_utf16_length(const char *text, size_t len);

/* The same, but tabs, line ends and all modifiers become U+XXXX, too: for a
 * name or a value, in which they are a mistake. */
bool utf8_reveal(char *to, size_t size, const char *from);

#endif
