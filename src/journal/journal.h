/*
 * A file to which typed records are appended. It can be read again even if its
 * writing was interrupted.
 *
 * A record is a line, which people can read as well; only its text may contain
 * further line ends:
 *
 *     1f0c2a77 I 00000042 TEXT
 *
 * These are the CRC-32 of everything that follows it, including the line end;
 * the type; and the length of the text in bytes. Reading ends before the first
 * record that is incomplete or damaged. The rest of the file is truncated
 * before more is appended.
 *
 * Records are collected in memory and written by journal_flush(); 1 MiB or more
 * is written earlier. replay.h and recovery.h describe what the records mean.
 *
 * The caller ensures that no other process has the file open. SIGXFSZ must be
 * ignored, so that a limit on the size of files is reported as an error.
 */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/file_system.h"

struct journal;

#define JOURNAL_MAX_TEXT ((size_t)64 << 20) /* bytes of a record's text */

/* Creates the file with mode 0600, and syncs the directory. An existing regular
 * file is removed before; anything else with this name is ERROR_USAGE. NULL:
 * ERROR_USAGE if the file can't be created, or ERROR_LOCAL without memory. The
 * file system must outlive the journal. */
struct journal *journal_create(const struct file_system *files,
                               const char *path, struct error *error);

/* Opens an existing file, to be read and then appended to. If there is none,
 * returns NULL and sets *missing instead of the error. ERROR_USAGE if it can't
 * be opened, is a link or no regular file, or belongs to another user, who
 * could have forged it. ERROR_LOCAL without memory. */
struct journal *journal_open(const struct file_system *files, const char *path,
                             bool *missing, struct error *error);

/* Closes the file; records that were not flushed are lost. NULL does nothing.
 */
void journal_free(struct journal *journal);

struct journal_record {
    char type;
    const char *text; /* followed by a NUL */
    size_t len;
};

/* Reads the next record of an opened file, valid until the next call. Returns
 * 1, or 0 if no valid record follows, or -1 with ERROR_LOCAL. */
int journal_read(struct journal *journal, struct journal_record *record,
                 struct error *error);

/* Truncates the file after the last record that was read, so that it can be
 * appended to; nothing can be read afterwards. ERROR_LOCAL. */
int journal_truncate(struct journal *journal, struct error *error);

/* Append a record: journal_begin() returns a buffer to append the text to,
 * journal_end() completes the record. If journal_begin() or journal_flush() is
 * called before journal_end(), the record is dropped. NULL and -1: no memory,
 * or the text is too long (errno as buffer_reserve()). */
struct buffer *journal_begin(struct journal *journal, char type);
int journal_end(struct journal *journal);

/* Writes what was appended. ERROR_LOCAL; then nothing is written any more, and
 * every later flush or sync fails as well, so that no record follows a gap. */
int journal_flush(struct journal *journal, struct error *error);

/* Was the file changed since the last sync? */
bool journal_is_dirty(const struct journal *journal);

/* Flushes, and syncs to disk. A failure is final (ERROR_LOCAL): the kernel
 * reports it once, and the data may be lost. */
int journal_sync(struct journal *journal, struct error *error);

/* Removes the file; a missing one is no failure. ERROR_LOCAL. */
int journal_remove(struct journal *journal, struct error *error);

#endif
