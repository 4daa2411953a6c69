/*
 * A file of typed records that is only appended to, and can be read again
 * whatever happened while it was written.
 *
 * Each record carries its length and a CRC-32; the first that is not whole ends
 * the file for a reader, and is cut off before more is appended. Records are
 * gathered and written by journal_flush(), one write(2) a turn of the loop.
 *
 * What the records mean is recovery.h's.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "error.h"

struct journal;

/* Makes the file, mode 0600, in place of one that is there; the folder is
 * synced. ERROR_USAGE. */
struct journal *journal_create(const char *path, struct error *error);

/* Opens an existing file to be read and then appended to: see
 * journal_replay(). NULL with *missing set where there is none. */
struct journal *journal_open(const char *path, bool *missing,
                             struct error *error);

/* Closes; what was not flushed is lost. */
void journal_free(struct journal *journal);

/* Called with each whole record, in order; the text has a NUL behind it and is
 * valid during the call. A failure ends the replay with it. */
typedef int journal_record_fn(void *context, char type, const char *text,
                              size_t len, struct error *error);

/* Reads all whole records, once; then the file is cut behind the last one of
 * them, and can be appended to. ERROR_LOCAL. */
int journal_replay(struct journal *journal, journal_record_fn *take,
                   void *context, struct error *error);

/* Appends a record: begin gives a buffer to append the text to, end closes the
 * record. Nothing of it is written where journal_end() is not called. -1
 * without memory. */
struct buffer *journal_begin(struct journal *journal, char type);
int journal_end(struct journal *journal);

/* Hands what was appended to the system. ERROR_LOCAL; then every later call
 * fails as well. */
int journal_flush(struct journal *journal, struct error *error);

/* Has anything been written since the last sync? */
bool journal_is_dirty(const struct journal *journal);

/* Flushes, and syncs to disk. A failure is final (ERROR_LOCAL): the kernel
 * tells it once, and the data may be gone. */
int journal_sync(struct journal *journal, struct error *error);

/* The run is complete: removes the file. ERROR_LOCAL. */
int journal_remove(struct journal *journal, struct error *error);

#endif
