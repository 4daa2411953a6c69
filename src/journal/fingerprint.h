/*
 * The fingerprint of a run, as text: its input, its service and the options
 * that decide what it does to each row. A run can resume an earlier one only if
 * their fingerprints are equal.
 *
 * It is lines of a name and a value, always the same names in the same order.
 * The first two lines have the version of the journal's format, and the release
 * of the program that wrote it. Pure.
 */
#ifndef JOURNAL_FINGERPRINT_H
#define JOURNAL_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/mode.h"
#include "base/name_pair.h"

/* The values of the fingerprint; borrowed for the call. A text is NULL if its
 * option was not given. */
struct fingerprint_setup {
    const unsigned char *input; /* SHA-256 of INPUT, HASH_SIZE bytes; NULL: a
                                   pipe */
    const char *output; /* base name of OUTPUT: a copied journal differs */
    const char *undo;   /* base name of --undo; NULL: none */
    const char *plan;   /* base name of --plan; NULL: none */
    const char *approve;
    const unsigned char *prior; /* SHA-256 of the prior result; NULL: none */
    const char *service;        /* as --api names it */
    const char *endpoint;
    const char *customer_id;
    const char *account_id;
    enum mode mode;
    bool deleted;
    bool loose;
    bool all_guards;
    bool retry_failed;
    const char *encoding;
    char delimiter; /* NUL: auto */
    unsigned skip_lines;
    bool ignore_unknown;
    const char *clear_token;
    bool ignore_guards;
    const struct name_pair *allows; /* to is NULL for any value */
    size_t allow_count;
    const struct name_pair *maps;
    size_t map_count;
    const char *const *ignores;
    size_t ignore_count;
    uint64_t skip;
    const struct name_pair *wheres;
    size_t where_count;
    unsigned window;
    unsigned shard;
    unsigned shards;
};

/* Appends the fingerprint. -1 as buffer_reserve(). */
int fingerprint_build(struct buffer *text,
                      const struct fingerprint_setup *setup);

/* Does the text begin as a fingerprint of any version does? */
bool fingerprint_is_one(const char *text);

/* Returns 0 if the fingerprint of the journal at path (old) and that of this
 * run (new) are equal, except for the release and, without with_prior, the
 * prior result. Else -1 with ERROR_USAGE; the message contains the first option
 * that differs, with its old and its new value, or the release that wrote
 * another version. */
int fingerprint_compare(const char *path, const struct buffer *old,
                        const struct buffer *new, bool with_prior,
                        struct error *error);

#endif
