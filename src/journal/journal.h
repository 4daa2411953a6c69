/*
 * A file to which typed records are appended. It can be read again even if its
 * writing was interrupted.
 *
 * journal_record.h describes the bytes of a record. Reading ends before the
 * first one that is incomplete or damaged. The rest of the file is truncated
 * before more is appended.
 *
 * Records are collected in memory and written by journal_flush(); 1 MiB or more
 * is written earlier. replay.h and recovery.h describe what the records mean.
 *
 * A lock on the file (flock(2)) excludes other processes as long as it is open.
 * Where the lock of a file system excludes nobody, a claim does: see
 * journal_claim(). SIGXFSZ must be ignored, so that a limit on the size of
 * files is reported as an error.
 */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/file_system.h"
#include "journal/journal_record.h"

struct journal;

/* Bytes of the texts of journal_read_last() and journal_claim(). */
#define JOURNAL_MAX_LAST ((size_t)512)

/* Creates the file with mode 0600, locks it, and syncs the directory. NULL:
 * ERROR_USAGE if the file exists or can't be created, or ERROR_LOCAL without
 * memory. The file system must outlive the journal. */
struct journal *journal_create(const struct file_system *files,
                               const char *path, struct error *error);

/* Opens an existing file and locks it, to be read and then appended to. If
 * there is none, returns NULL and sets *missing instead of the error.
 * ERROR_USAGE if it can't be opened, if another process has locked it, or if it
 * is a link or no regular file, has a second name, or belongs to another user,
 * who could have forged it. ERROR_LOCAL without memory. */
struct journal *journal_open(const struct file_system *files, const char *path,
                             bool *missing, struct error *error);

/* Closes the file; records that were not flushed are lost. NULL does nothing.
 */
void journal_free(struct journal *journal);

/* Reads the next record of an opened file, valid until the next call. Returns
 * 1, or 0 if no valid record follows, or -1 with ERROR_LOCAL. */
int journal_read(struct journal *journal, struct journal_record *record,
                 struct error *error);

/* Reads the last record of an opened file, if its text has that length: its
 * type, and its text with a NUL. -1: it has not. */
int journal_read_last(struct journal *journal, size_t len, char *type,
                      char *text);

/* After journal_read() has returned 0: does a complete record follow within 1
 * MiB, so that the file does not end there but is damaged? 1, 0, or -1 with
 * ERROR_LOCAL. */
int journal_has_more(struct journal *journal, struct error *error);

/* The place of the next record in the file; and back to a place. ERROR_LOCAL.
 */
off_t journal_place(const struct journal *journal);
int journal_return(struct journal *journal, off_t place, struct error *error);

/* Has the file bytes after the last record that was read? */
bool journal_is_cut(const struct journal *journal);

/* Truncates the file after the last record that was read, so that it can be
 * appended to; nothing can be read afterwards. ERROR_LOCAL. */
int journal_truncate(struct journal *journal, struct error *error);

/* Append a record: journal_begin() returns a buffer to append the text to,
 * journal_end() completes the record. If journal_begin() or journal_flush() is
 * called before journal_end(), the record is dropped. NULL and -1: no memory,
 * or the text is too long (errno as buffer_reserve()). */
struct buffer *journal_begin(struct journal *journal, char type);
void journal_set_type(struct journal *journal, char type); /* of this record */
int journal_end(struct journal *journal);

/* Claims the file for this process: appends a record whose text no other
 * process writes, and syncs. From then on, each flush checks that the file has
 * no byte that this process has not written, its name, and this record.
 * ERROR_LOCAL. A process that appends its claim before it reads the records
 * therefore reads everything that another one has flushed successfully. */
int journal_claim(struct journal *journal, char type, const char *text,
                  struct error *error);

/* The first of these checks alone: has another process written to the file?
 * ERROR_LOCAL as journal_flush(). */
int journal_check(struct journal *journal, struct error *error);

/* Was this the failure of the functions above, or would it be? */
bool journal_is_foreign(const struct journal *journal);

/* Writes what was appended. ERROR_LOCAL, also if the file is not as this
 * process has left it; then nothing is written any more, and every later flush
 * or sync fails as well, so that no record follows a gap. */
int journal_flush(struct journal *journal, struct error *error);

/* Was the file changed since the last sync? */
bool journal_is_dirty(const struct journal *journal);

/* Flushes, and syncs to disk. A failure is final (ERROR_LOCAL): the kernel
 * reports it once, and the data may be lost. */
int journal_sync(struct journal *journal, struct error *error);

/* Removes the file, and syncs the directory. A missing one is no failure; one
 * that has replaced it stays. ERROR_LOCAL. */
int journal_remove(struct journal *journal, struct error *error);

#endif
