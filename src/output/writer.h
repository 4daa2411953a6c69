/*
 * A file that is whole or not there: bytes go to PATH.part, which is synced
 * and renamed to PATH when the run is complete (see target.h). Plain, or gzip
 * where the name ends in ".gz"; "-" is standard output, which has no .part.
 *
 * Bytes are gathered and written by output_flush(), one write(2) a turn of the
 * loop; beyond 64 KiB they are written at once.
 *
 * Standard output may be a pipe or a terminal that nobody reads. Only
 * output_stop() and output_finish() wait for it; until then it is given what it
 * takes at once, and the rest is kept. Who keeps to output_is_full() never
 * waits; beyond 128 MiB, output_write() does.
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

struct output;

/* Opens PATH.part; ERROR_USAGE, word, flags and input as target_open(), or
 * where standard output is closed or a file that is the input. What
 * TARGET_RESTART and TARGET_RESUME may throw away is there until the first
 * flush; nothing of it is kept. */
struct output *output_open(const char *word, const char *path, unsigned flags,
                           const struct stat *input, struct error *error);

/* Closes and unlocks without renaming: what was flushed stays in PATH.part; an
 * empty .part is removed. */
void output_free(struct output *output);

/* Appends bytes. ERROR_LOCAL as output_flush(). */
int output_write(struct output *output, const char *data, size_t len,
                 struct error *error);

/* Hands all that was appended to the system (for gzip: all that the compressor
 * has let go of); to standard output, as much as it takes without waiting.
 * ERROR_LOCAL, naming the file, where it can't be written; then every later
 * call fails as well. */
int output_flush(struct output *output, struct error *error);

/* What output_flush() has left waits for this descriptor to become writable
 * (POLLOUT). -1: nothing is left. */
int output_poll_fd(const struct output *output);

/* Does so much wait that nothing new should be begun? (1 MiB) */
bool output_is_full(const struct output *output);

/* The end of a run that stops early: flushes, ends the gzip stream, syncs. All
 * that was appended is then in PATH.part, which stays. Nothing may be appended
 * after it. */
int output_stop(struct output *output, struct error *error);

/* The end of a complete run: output_stop(), then renames and syncs the folder.
 * The output must be freed all the same. */
int output_finish(struct output *output, struct error *error);

/* Throws away what was written to PATH.part, so that output_free() removes it.
 * What standard output has taken stays. */
void output_discard(struct output *output);

/* PATH.part, or "standard output": where the bytes are until then. */
const char *output_partial_name(const struct output *output);

/* PATH.journal; NULL for standard output. */
const char *output_journal_name(const struct output *output);

/* Is path one of the names that the output uses? See target_covers(). */
bool output_covers(const struct output *output, const char *path);

#endif
