/*
 * Small pure functions on text: UTF-8, lengths, numbers, times, near names.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Checks UTF-8 as RFC 3629 defines it (no overlong forms, no surrogates) and
 * refuses NUL. A character may lie across two calls: *state starts at 0 and is
 * 0 again whenever a character is complete. Answers the offset of the first
 * byte that cannot be right, or len where there is none. */
size_t text_utf8_check(uint32_t *state, const char *data, size_t len);

/* True where the whole text is UTF-8 without NUL. */
bool text_is_utf8(const char *text, size_t len);

/* Takes away the end of a text of len bytes that was cut in the middle of a
 * character. */
void text_trim(char *text, size_t len);

/* Copies what somebody else sent into size bytes, so that it can be shown: what
 * does not fit is cut off between two characters, what is not UTF-8 or a
 * control character becomes '?'. from may be NULL: empty. Answers whether it
 * was cut. */
bool text_clean(char *to, size_t size, const char *from);

/* Length of valid UTF-8 in UTF-16 code units, as the services count. */
size_t text_utf16_units(const char *text, size_t len);

/* Reads a whole decimal number: an optional '-', then digits, nothing else.
 * -1 where it is not one or does not fit 64 bits. */
int text_parse_long(const char *text, int64_t *value);

/* A moment in UTC. */
struct instant {
    int64_t seconds; /* since 1970-01-01 */
    int32_t nanoseconds;
};

/* Reads an XML Schema dateTime, "2026-01-02T03:04:05", with a fraction of any
 * length (cut after nanoseconds) and "Z" or "+01:00" behind it where given;
 * without a zone it is UTC, as the services mean it. -1 where it is not one. */
int text_parse_instant(const char *text, struct instant *instant);

/* How many letters must be put, dropped, changed or swapped with a neighbour
 * to make one name of the other, letter case aside (optimal string alignment).
 * Names longer than 64 bytes are never near: answers SIZE_MAX. */
size_t text_distance(const char *a, const char *b);

/* FNV-1a, 64 bits, over the bytes of a text (draft-eastlake-fnv). */
uint64_t text_fnv1a64(const char *text);

/* The same, going on from the hash of what came before, the NUL included, so
 * that texts in a row don't run into each other. */
uint64_t text_fnv1a64_on(uint64_t hash, const char *text);

#endif
