/*
 * The bytes of a result file, plain, or gzip if the name ends in ".gz". A file
 * is complete or absent (see atomic_file.h); "-" is standard output, which has
 * no staging file.
 *
 * Bytes are collected and written by writer_flush(), with one write(2) a turn
 * of the loop; more than 64 KiB are written at once.
 *
 * Standard output may be a pipe or a terminal that nobody reads. Only
 * writer_stop() and writer_finish() wait for its reader; until then it gets
 * what it accepts without blocking, and the rest is kept. A caller that stops
 * at writer_is_full() never waits; beyond 128 MiB, writer_write() does.
 *
 * SIGPIPE and SIGXFSZ must be ignored, so that a closed pipe and a limit on the
 * size of files are reported as errors.
 */
#ifndef OUTPUT_WRITER_H
#define OUTPUT_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "output/atomic_file.h"

struct writer;

/* Opens the staging file. ERROR_USAGE as atomic_file_open(), or if the path is
 * "-" and standard output is closed or is the input. The rows of an earlier run
 * that ATOMIC_FILE_RESTART or ATOMIC_FILE_RESUME discards stay until the first
 * flush; then all of them go. */
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
 * ERROR_LOCAL, naming the file, also if the staging file is not as this writer
 * has left it; then every later call fails as well. */
int writer_flush(struct writer *writer, struct error *error);

/* The descriptor that must become writable (POLLOUT) before writer_flush() can
 * write the rest. -1: nothing is left. */
int writer_poll_fd(const struct writer *writer);

/* Is so much left (1 MiB) that nothing new should be started? */
bool writer_is_full(const struct writer *writer);

/* The end of a run that stops early: flushes, ends the gzip stream, and syncs.
 * Everything that was appended is then in the staging file, which stays.
 * Nothing may be appended afterwards. */
int writer_stop(struct writer *writer, struct error *error);

/* The end of a complete run, after writer_stop(): the rename and the sync of
 * the directory. The writer still has to be freed. */
int writer_commit(struct writer *writer, struct error *error);

/* Discards what was written to the staging file, so that writer_free() removes
 * it. What standard output has accepted stays. */
void writer_discard(struct writer *writer);

/* Where the bytes are until then: PATH.part, or "standard output". */
const char *writer_partial_name(const struct writer *writer);

/* PATH, to which a link was followed, and PATH.journal; NULL for standard
 * output. */
const char *writer_name(const struct writer *writer);
const char *writer_journal_name(const struct writer *writer);

/* Is path one of the names of this file, see atomic_file_covers(), or the
 * regular file that standard output writes to? */
bool writer_covers(const struct writer *writer, const char *path);

#endif
