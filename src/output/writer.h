/*
 * The bytes of a result file, plain, or gzip if the name ends in ".gz". A file
 * is complete or absent (see atomic_file.h); "-" is standard output, which has
 * no staging file.
 *
 * Bytes are collected in memory and written by writer_flush(); more than 64 KiB
 * are written earlier.
 *
 * Standard output may be a pipe or a terminal that nobody reads. Until
 * writer_stop() or writer_finish(), which wait for its reader, only as much is
 * written as it accepts without blocking, and the rest is kept in memory. If
 * the caller appends more although writer_is_full(), writer_write() waits for
 * the reader beyond 128 MiB.
 *
 * SIGPIPE and SIGXFSZ must be ignored, so that a closed pipe and a limit on the
 * size of files are reported as errors.
 */
#ifndef OUTPUT_WRITER_H
#define OUTPUT_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/hash.h"
#include "output/atomic_file.h"

struct writer;

/* Opens the staging file. NULL: ERROR_USAGE as atomic_file_open(), or if the
 * path is "-" and standard output is closed or is the input; ERROR_LOCAL
 * without memory. With ATOMIC_FILE_RESTART or ATOMIC_FILE_RESUME, the first
 * write removes all rows of an earlier run. */
struct writer *writer_open(const struct atomic_file_setup *setup,
                           struct error *error);

/* Closes and unlocks without a rename: what was flushed stays in the staging
 * file; an empty one is removed. NULL does nothing. */
void writer_free(struct writer *writer);

/* Appends bytes. ERROR_LOCAL as writer_flush(). */
int writer_write(struct writer *writer, const char *data, size_t len,
                 struct error *error);

/* Writes everything that was appended (of gzip, everything that the compressor
 * has released); to standard output, as much as it accepts without blocking.
 * ERROR_LOCAL, also if the staging file is not as this writer has left it; then
 * every later write, flush, stop or commit fails as well. */
int writer_flush(struct writer *writer, struct error *error);

/* The descriptor that must become writable (POLLOUT) before writer_flush() can
 * write the rest. -1: nothing is left. */
int writer_poll_fd(const struct writer *writer);

/* Is more than 1 MiB left, so that nothing new should be started? */
bool writer_is_full(const struct writer *writer);

/* The end of a run that stops early: flushes, ends the gzip stream, and syncs.
 * Everything that was appended is then in the staging file, which stays.
 * Nothing may be appended afterwards. */
int writer_stop(struct writer *writer, struct error *error);

/* The SHA-256 of all bytes that were written to a file. -1 for standard output,
 * or as hash_peek(). */
int writer_digest(const struct writer *writer, unsigned char digest[HASH_SIZE]);

/* The end of a complete run, after writer_stop(): the rename and the sync of
 * the directory. The writer still has to be freed. */
int writer_commit(struct writer *writer, struct error *error);

/* Discards all bytes of this run, and removes the staging file if it is empty
 * then. Rows of an earlier run stay if this run has written nothing, and so do
 * bytes that standard output has accepted, and a file that writer_commit() has
 * renamed. */
void writer_discard(struct writer *writer);

/* The file that contains the bytes before the rename: PATH.part, or "standard
 * output". */
const char *writer_partial_name(const struct writer *writer);

/* atomic_file.exposed; false for standard output. */
bool writer_is_exposed(const struct writer *writer);

/* PATH, to which a link was followed, and PATH.journal; NULL for standard
 * output. */
const char *writer_name(const struct writer *writer);
const char *writer_journal_name(const struct writer *writer);

/* atomic_file_covers(); for standard output: is path the regular file that it
 * writes to? */
bool writer_covers(const struct writer *writer, const char *path);

#endif
