/*
 * The hash of names by which name_index.h finds users: the first 128 bits of
 * the SHA-256 of a random key and the name.
 */
#ifndef INPUT_NAME_HASH_H
#define INPUT_NAME_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/random.h"

struct name_hash;

/* NULL without memory. */
struct name_hash *name_hash_new(const struct random *random);

/* NULL does nothing. */
void name_hash_free(struct name_hash *hash);

/* A name_hash_fn; context: a struct name_hash. */
int name_hash_make(void *context, const char *name, size_t len,
                   uint64_t hash[2]);

#endif
