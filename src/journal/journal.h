/*
 * A file of typed records to which records are only appended, and that can be
 * read again whatever interrupted its writing.
 *
 * A record is a line, which people can read as well; only its text may contain
 * further line ends:
 *
 *     1f0c2a77 I 00000042 TEXT
 *
 * These are the CRC-32 of everything that follows it, the line end included;
 * the type; and the length of the text in bytes. For a reader, the file ends
 * before the first record that is incomplete; the rest is truncated before more
 * is appended.
 *
 * Records are collected and written by journal_flush(), with one write(2) a
 * turn of the loop; more than 1 MiB is written at once. What the records mean
 * is in recovery.h.
 *
 * The caller ensures that no other process has the file open. SIGXFSZ must be
 * ignored, so that a limit on the size of files is reported as an error.
 */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/file_system.h"

struct journal;

#define JOURNAL_MAX_TEXT ((size_t)64 << 20) /* bytes of a record's text */

/* Creates the file, mode 0600, in place of an existing one, and syncs the
 * directory. ERROR_USAGE, also if the name belongs to something that is not a
 * regular file. The file system must outlive the journal. */
struct journal *journal_create(const struct file_system *files,
                               const char *path, struct error *error);

/* Opens an existing file, to be read and then appended to. NULL with *missing
 * set if there is none; ERROR_USAGE if it is a link or no regular file, or
 * belongs to another user, who could have forged it. */
struct journal *journal_open(const struct file_system *files, const char *path,
                             bool *missing, struct error *error);

/* Closes; what was not flushed is lost. NULL does nothing. */
void journal_free(struct journal *journal);

struct journal_record {
    char type;
    const char *text; /* followed by a NUL */
    size_t len;
};

/* Reads the next record of an opened file, valid until the next call. Returns
 * 1, or 0 if no complete record follows, or -1 with ERROR_LOCAL. */
int journal_read(struct journal *journal, struct journal_record *record,
                 struct error *error);

/* The place of the next record in the file; and back to a place. ERROR_LOCAL.
 */
off_t journal_place(const struct journal *journal);
int journal_return(struct journal *journal, off_t place, struct error *error);

/* Truncates the file after the last record that was read, so that it can be
 * appended to; nothing can be read afterwards. ERROR_LOCAL. */
int journal_truncate(struct journal *journal, struct error *error);

/* Append a record: journal_begin() returns a buffer to append the text to,
 * journal_end() completes the record. A record without journal_end() before the
 * next begin or flush is not written. NULL and -1: no memory, or the text is
 * too long (errno as buffer_reserve()). */
struct buffer *journal_begin(struct journal *journal, char type);
void journal_set_type(struct journal *journal, char type); /* of this record */
int journal_end(struct journal *journal);

/* Writes what was appended. ERROR_LOCAL; then every later call fails as well,
 * so that no record follows a gap. */
int journal_flush(struct journal *journal, struct error *error);

/* Was anything written since the last sync? */
bool journal_is_dirty(const struct journal *journal);

/* Flushes, and syncs to disk. A failure is final (ERROR_LOCAL): the kernel
 * reports it once, and the data may be lost. */
int journal_sync(struct journal *journal, struct error *error);

/* Removes the file; a missing one is no failure. ERROR_LOCAL. */
int journal_remove(struct journal *journal, struct error *error);

#endif
