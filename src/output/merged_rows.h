/*
 * The result rows of several OUTPUTs, merged by their numbers.
 */
#ifndef OUTPUT_MERGED_ROWS_H
#define OUTPUT_MERGED_ROWS_H

#include <signal.h>
#include <stddef.h>

#include "base/error.h"
#include "base/file_system.h"
#include "base/hash.h"
#include "output/result_writer.h"
#include "output/writer.h"

/* All pointers are borrowed for the call. */
struct merged_rows_setup {
    const struct file_system *files;
    const char *const *paths; /* OUTPUTs of any mode but --export */
    unsigned count;
    const volatile sig_atomic_t *stop;
    struct tally *tally; /* rows, by_status, again and errors are counted up */
    unsigned char (*digests)[HASH_SIZE]; /* filled in: the SHA-256 of each file,
                                            as it was read */
};

/* Writes the header and all rows, in the order of their numbers. Memory depends
 * on the number of files only. ERROR_USAGE if a row is in two files, if so many
 * files cannot be open, or as prior_result_open_any(); ERROR_STOPPED if *stop
 * became nonzero; ERROR_LOCAL.
 */
int merged_rows_write(const struct merged_rows_setup *setup,
                      struct writer *writer, struct error *error);

#endif
