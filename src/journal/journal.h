/*
 * A file of typed records that is only appended to, and can be read again
 * whatever happened while it was written.
 *
 * A record is a line, made to be read by people as well; only its text may hold
 * further line ends:
 *
 *     1f0c2a77 I 00000042 TEXT
 *
 * That is the CRC-32 of all that stands behind it, the line end included; the
 * type; the length of the text in bytes. The first record that is not whole
 * ends the file for a reader, and is cut off before more is appended.
 *
 * Records are gathered and written by journal_flush(), one write(2) a turn of
 * the loop; beyond 1 MiB they are written at once. What they mean is
 * recovery.h's.
 *
 * The caller sees to it that no other process has the file open. SIGXFSZ must
 * be ignored, so that a limit on the size of files comes back as an error.
 */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct journal;

#define JOURNAL_MAX_TEXT ((size_t)64 << 20) /* bytes of a record's text */

/* The CRC-32 that records are checked by (ISO 3309, as gzip's), of any bytes.
 */
uint32_t journal_checksum(const char *data, size_t len);

/* Makes the file, mode 0600, in place of one that is there; the folder is
 * synced. ERROR_USAGE, also where something else than a file has its name. */
struct journal *journal_create(const char *path, struct error *error);

/* Opens an existing file, to be read and then appended to. NULL with *missing
 * set where there is none; ERROR_USAGE where it is a link or no regular file,
 * or belongs to another user, who could have made it up. */
struct journal *journal_open(const char *path, bool *missing,
                             struct error *error);

/* Closes; what was not flushed is lost. */
void journal_free(struct journal *journal);

struct journal_record {
    char type;
    const char *text; /* with a NUL behind it */
    size_t len;
};

/* The next record of a file that was opened, valid until the next call. 1;
 * 0 where no whole one follows; -1: ERROR_LOCAL. */
int journal_read(struct journal *journal, struct journal_record *record,
                 struct error *error);

/* Cuts the file behind the last record that was read, so that it can be
 * appended to; nothing can be read any more. ERROR_LOCAL. */
int journal_cut(struct journal *journal, struct error *error);

/* Appends a record: begin gives a buffer to append the text to, end closes the
 * record. Nothing of it is written where journal_end() is not called before the
 * next begin or flush. NULL, -1: no memory, or a text too long (errno as
 * buffer_reserve()). */
struct buffer *journal_begin(struct journal *journal, char type);
int journal_end(struct journal *journal);

/* Hands what was appended to the system. ERROR_LOCAL; then every later call
 * fails as well, and no byte follows the ones that are missing. */
int journal_flush(struct journal *journal, struct error *error);

/* Has anything been written since the last sync? */
bool journal_is_dirty(const struct journal *journal);

/* Flushes, and syncs to disk. A failure is final (ERROR_LOCAL): the kernel
 * tells it once, and the data may be gone. */
int journal_sync(struct journal *journal, struct error *error);

/* Removes the file; one that is gone already is no failure. ERROR_LOCAL. */
int journal_remove(struct journal *journal, struct error *error);

#endif
