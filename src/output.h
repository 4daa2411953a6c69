/*
 * A file that is whole or not there: bytes go to PATH.part, which is synced
 * and renamed to PATH when the run is complete. Plain, or gzip where the name
 * ends in ".gz"; "-" is standard output, which has no .part.
 *
 * A PATH that is a symbolic link is followed: the file that it leads to is
 * replaced, .part lies beside that file, and the link stays.
 *
 * All files are made with mode 0600. Bytes are gathered and written by
 * output_flush(), one write(2) a turn of the loop; beyond 64 KiB they are
 * written at once.
 *
 * SIGPIPE and SIGXFSZ must be ignored, so that a closed pipe and a limit on the
 * size of files come back as errors.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "error.h"

struct output;

enum output_flags {
    OUTPUT_NO_CLOBBER = 1, /* refuse where PATH is there */
    OUTPUT_RESTART = 2     /* throw away a PATH.part that a run left */
};

/* Opens PATH.part and locks it against another run (flock(2)). ERROR_USAGE
 * where it can't be made, another run holds it, PATH is a folder, a device or a
 * pipe, PATH is there (OUTPUT_NO_CLOBBER), a PATH.part was left by a run that
 * did not finish (unless OUTPUT_RESTART), PATH or PATH.part is the file that
 * `input` describes, or standard output is closed. input may be NULL. What
 * OUTPUT_RESTART throws away is there until the first flush. */
struct output *output_open(const char *path, unsigned flags,
                           const struct stat *input, struct error *error);

/* Closes and unlocks without renaming: what was flushed stays in PATH.part; an
 * empty .part is removed. */
void output_free(struct output *output);

/* Appends bytes. ERROR_LOCAL as output_flush(). */
int output_write(struct output *output, const char *data, size_t len,
                 struct error *error);

/* Hands all that was appended to the system (for gzip: all that the compressor
 * has let go of). ERROR_LOCAL, naming the file, where it can't be written; then
 * every later call fails as well. */
int output_flush(struct output *output, struct error *error);

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

#endif
