/*
 * SHA-256 (FIPS 180-4) of a stream of bytes.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>

struct hash;

#define HASH_SIZE 32

/* A new, empty hash; NULL if out of memory. */
struct hash *hash_new(void);

/* NULL does nothing. */
void hash_free(struct hash *hash);

/* Makes it empty again. */
void hash_reset(struct hash *hash);
void hash_update(struct hash *hash, const void *data, size_t len);

/* The digest of all data since the last reset; the hash must be reset before it
 * is used again. -1 if the crypto library failed at any step since then, which
 * it never does if it is configured normally. */
int hash_digest(struct hash *hash, unsigned char digest[HASH_SIZE]);

/* The digest of all data so far; more data may follow. -1 as hash_digest(), or
 * if out of memory. */
int hash_peek(const struct hash *hash, unsigned char digest[HASH_SIZE]);

#endif
