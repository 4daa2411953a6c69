/*
 * The parts of a text that nobody sees. Texts are valid UTF-8, of len bytes and
 * followed by a NUL. Pure.
 */
#ifndef BASE_BLANK_H
#define BASE_BLANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number of bytes that the invisible characters at the start of a text
 * take, and at its end, where modifiers of a visible character beyond
 * ASCII do not count; see invisible.h. */
size_t blank_at_start(const char *text, size_t len);
size_t blank_at_end(const char *text, size_t len);

/* Does the text consist of invisible characters? True for an empty one. Nearly
 * all begin with another one. */
static inline bool blank_is_all(const char *text, size_t len)
{
    return !(*text > ' ' && *text < 0x7F) && blank_at_start(text, len) == len;
}

/* Moves *text behind the invisible characters at its start, and returns the
 * length of what is left without those at its end. */
size_t blank_trim(const char **text, size_t len);

/* The first invisible character of a text, which need not be around it; 0:
 * there is none. */
uint32_t blank_find(const char *text);

#endif
