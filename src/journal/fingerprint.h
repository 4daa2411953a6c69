/*
 * What gives a run its meaning, as text: two runs whose text is the same do the
 * same to the same rows, so that one can go on where the other stopped.
 *
 * Lines of a name and a value, always the same names in the same order, each
 * that of an option but for the first two: the version of the journal's format,
 * and the input. Pure.
 */
#ifndef JOURNAL_FINGERPRINT_H
#define JOURNAL_FINGERPRINT_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/hash.h"
#include "cli/options.h"

/* Appends the text; input is the SHA-256 of a file, NULL for a pipe. -1 as
 * buffer_reserve(). */
int fingerprint_build(struct buffer *text, const struct options *options,
                      const unsigned char input[HASH_SIZE]);

/* Is it such a text, of whatever version? */
bool fingerprint_is_one(const char *text);

/* Is the run whose journal at path began with the text `was` the same as this
 * one? -1 with ERROR_USAGE, naming the first that differs, and both values. */
int fingerprint_compare(const char *path, const struct buffer *was,
                        const struct buffer *is, struct error *error);

#endif
