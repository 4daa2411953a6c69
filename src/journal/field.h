/*
 * The fields of a journal record's text, which people can read as well: decimal
 * numbers; bytes of any kind, preceded by their length ("4:Bonn"); hashes in
 * lowercase base 16. A space separates them.
 *
 * field_put_*() append to the buffer and return 0, or -1 as buffer_reserve().
 * field_take_*() read the next field and return 0, or -1 if there is no such
 * field; then the reader can't be used any more.
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

/* The text that has not been read yet; a NUL follows it. */
struct field_reader {
    const char *at;
    size_t left;
};

/* Skips bytes, at most those that are left. */
void field_skip(struct field_reader *fields, size_t len);

/* Reads this character. If another one follows, the reader can still be used.
 */
int field_take_char(struct field_reader *fields, char c);

/* A number without a space before it: the first field, or one of a list. */
int field_take_first(struct field_reader *fields, uint64_t *number);

int field_take_number(struct field_reader *fields, uint64_t *number);

/* *bytes points into the text. */
int field_take_bytes(struct field_reader *fields, const char **bytes,
                     size_t *len);

/* -1 also if the bytes contain a NUL or don't fit. */
int field_take_string(struct field_reader *fields, char *string, size_t size);

int field_take_hash(struct field_reader *fields, unsigned char hash[HASH_SIZE]);

#endif
