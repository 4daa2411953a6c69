#include "base/hash.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>

struct hash {
    EVP_MD_CTX *context;
    bool failed;
};

struct hash *hash_new(void)
{
    struct hash *hash = calloc(1, sizeof(*hash));

    if (!hash)
        return NULL;
    hash->context = EVP_MD_CTX_new();
    if (!hash->context ||
        EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL) != 1) {
        hash_free(hash);
        return NULL;
    }
    return hash;
}

void hash_free(struct hash *hash)
{
    if (!hash)
        return;
    EVP_MD_CTX_free(hash->context);
    free(hash);
}

void hash_reset(struct hash *hash)
{
    hash->failed = EVP_DigestInit_ex(hash->context, NULL, NULL) != 1;
}

void hash_update(struct hash *hash, const void *data, size_t len)
{
    if (EVP_DigestUpdate(hash->context, data, len) != 1)
        hash->failed = true;
}

int hash_digest(struct hash *hash, unsigned char digest[HASH_SIZE])
{
    if (hash->failed || EVP_DigestFinal_ex(hash->context, digest, NULL) != 1)
        return -1;
    return 0;
}

int hash_peek(const struct hash *hash, unsigned char digest[HASH_SIZE])
{
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    int done = copy && !hash->failed &&
               EVP_MD_CTX_copy_ex(copy, hash->context) == 1 &&
               EVP_DigestFinal_ex(copy, digest, NULL) == 1;

    EVP_MD_CTX_free(copy);
    return done ? 0 : -1;
}
