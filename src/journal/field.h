/*
 * The parts that the text of a journal's record is made of, for people to read
 * as well: decimal numbers; bytes of any kind, their length before them
 * ("4:Bonn"); hashes in base 16. A space is before each but the first.
 *
 * Putting appends to the buffer: 0, or -1 as buffer_reserve(). Taking answers
 * -1 where the part is not there; the rest of the text is of no use then.
 */
#ifndef JOURNAL_FIELD_H
#define JOURNAL_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/hash.h"

int parts_put_number(struct buffer *text, uint64_t number);
int parts_put_bytes(struct buffer *text, const char *bytes, size_t len);
int parts_put_string(struct buffer *text, const char *string);
int parts_put_hash(struct buffer *text, const unsigned char hash[HASH_SIZE]);

/* What is still to be read; a NUL is behind it. */
struct parts {
    const char *at;
    size_t left;
};

/* len: at most what is left. */
void parts_skip(struct parts *parts, size_t len);

int parts_take_char(struct parts *parts, char c);

/* A number that is the first part of all. */
int parts_take_first(struct parts *parts, uint64_t *number);

int parts_take_number(struct parts *parts, uint64_t *number);

/* The bytes are the text's own. */
int parts_take_bytes(struct parts *parts, const char **bytes, size_t *len);

/* -1 also where the bytes have a NUL, or don't fit. */
int parts_take_string(struct parts *parts, char *string, size_t size);

int parts_take_hash(struct parts *parts, unsigned char hash[HASH_SIZE]);

#endif
