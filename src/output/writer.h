/*
 * A file that is whole or not there: bytes go to PATH.part, which is synced
 * and renamed to PATH when the run is complete (see target.h). Plain, or gzip
 * where the name ends in ".gz"; "-" is standard output, which has no .part.
 *
 * Bytes are gathered and written by writer_flush(), one write(2) a turn of the
 * loop; beyond 64 KiB they are written at once.
 *
 * Standard output may be a pipe or a terminal that nobody reads. Only
 * writer_stop() and writer_finish() wait for it; until then it is given what it
 * takes at once, and the rest is kept. Who keeps to writer_is_full() never
 * waits; beyond 128 MiB, writer_write() does.
 *
 * SIGPIPE and SIGXFSZ must be ignored, so that a closed pipe and a limit on the
 * size of files come back as errors.
 */
#ifndef OUTPUT_WRITER_H
#define OUTPUT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/error.h"
#include "output/atomic_file.h"

struct writer;

/* Opens PATH.part; ERROR_USAGE, word, flags and input as atomic_file_open(), or
 * where standard output is closed or a file that is the input. What
 * ATOMIC_FILE_RESTART and ATOMIC_FILE_RESUME may throw away is there until the
 * first flush; nothing of it is kept. */
struct writer *writer_open(const char *word, const char *path, unsigned flags,
                           const struct stat *input, struct error *error);

/* Closes and unlocks without renaming: what was flushed stays in PATH.part; an
 * empty .part is removed. */
void writer_free(struct writer *writer);

/* Appends bytes. ERROR_LOCAL as writer_flush(). */
int writer_write(struct writer *writer, const char *data, size_t len,
                 struct error *error);

/* Hands all that was appended to the system (for gzip: all that the compressor
 * has let go of); to standard output, as much as it takes without waiting.
 * ERROR_LOCAL, naming the file, where it can't be written; then every later
 * call fails as well. */
int writer_flush(struct writer *writer, struct error *error);

/* What writer_flush() has left waits for this descriptor to become writable
 * (POLLOUT). -1: nothing is left. */
int writer_poll_fd(const struct writer *writer);

/* Does so much wait that nothing new should be begun? (1 MiB) */
bool writer_is_full(const struct writer *writer);

/* The end of a run that stops early: flushes, ends the gzip stream, syncs. All
 * that was appended is then in PATH.part, which stays. Nothing may be appended
 * after it. */
int writer_stop(struct writer *writer, struct error *error);

/* The end of a complete run: writer_stop(), then renames and syncs the folder.
 * The output must be freed all the same. */
int writer_finish(struct writer *writer, struct error *error);

/* Throws away what was written to PATH.part, so that writer_free() removes it.
 * What standard output has taken stays. */
void writer_discard(struct writer *writer);

/* PATH.part, or "standard output": where the bytes are until then. */
const char *writer_partial_name(const struct writer *writer);

/* PATH.journal; NULL for standard output. */
const char *writer_journal_name(const struct writer *writer);

/* Is path one of the names that the output uses? See atomic_file_covers(). */
bool writer_covers(const struct writer *writer, const char *path);

#endif
