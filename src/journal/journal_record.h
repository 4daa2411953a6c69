/*
 * The bytes of a journal's record, a line that people can read as well; only
 * its text may contain further line ends:
 *
 *     1f0c2a77 I 00000042 TEXT
 *
 * These are the CRC-32 of everything that follows it, including the line end;
 * the type; and the length of the text in bytes.
 */
#ifndef JOURNAL_JOURNAL_RECORD_H
#define JOURNAL_JOURNAL_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

#define JOURNAL_MAX_TEXT ((size_t)64 << 20) /* bytes of a record's text */

#define JOURNAL_PREFIX_SIZE ((size_t)20) /* bytes before the text */

/* The bytes of a record with a text of that length. */
#define JOURNAL_RECORD_SIZE(len) (JOURNAL_PREFIX_SIZE + (len) + 1)

struct journal_record {
    char type;
    const char *text; /* followed by a NUL */
    size_t len;
};

/* Append a record to a buffer: journal_record_begin(), its text,
 * journal_record_end() with the place where the record begins. -1 as
 * buffer_reserve(); also EFBIG if the text is too long. */
int journal_record_begin(struct buffer *buffer, char type);
void journal_record_set_type(char *record, char type);
int journal_record_end(struct buffer *buffer, size_t begin);

/* The size of the record that begins with these bytes, of which there must be
 * JOURNAL_PREFIX_SIZE; 0: there is none. */
size_t journal_record_size(const char *bytes);

/* Are these bytes, as many as journal_record_size() says, an intact record? */
bool journal_record_is_intact(const char *bytes, size_t size);

/* The contents of an intact record. Its line end becomes the NUL. */
struct journal_record journal_record_open(char *bytes, size_t size);

#endif
