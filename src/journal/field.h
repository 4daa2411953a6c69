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

int field_put_number(struct buffer *text, uint64_t number);
int field_put_bytes(struct buffer *text, const char *bytes, size_t len);
int field_put_string(struct buffer *text, const char *string);
int field_put_hash(struct buffer *text, const unsigned char hash[HASH_SIZE]);

/* What is still to be read; a NUL is behind it. */
struct field_reader {
    const char *at;
    size_t left;
};

/* len: at most what is left. */
void field_skip(struct field_reader *fields, size_t len);

int field_take_char(struct field_reader *fields, char c);

/* A number that is the first part of all. */
int field_take_first(struct field_reader *fields, uint64_t *number);

int field_take_number(struct field_reader *fields, uint64_t *number);

/* The bytes are the text's own. */
int field_take_bytes(struct field_reader *fields, const char **bytes,
                     size_t *len);

/* -1 also where the bytes have a NUL, or don't fit. */
int field_take_string(struct field_reader *fields, char *string, size_t size);

int field_take_hash(struct field_reader *fields, unsigned char hash[HASH_SIZE]);

#endif
