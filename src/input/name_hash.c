#include "input/name_hash.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

struct name_hash {
    unsigned char key[16];
    struct hash *hash;
};

struct name_hash *name_hash_new(const struct random *random)
{
    struct name_hash *hash = calloc(1, sizeof(*hash));

    if (!hash)
        return NULL;
    random->fill(random, hash->key, sizeof(hash->key));
    hash->hash = hash_new();
    if (!hash->hash) {
        name_hash_free(hash);
        return NULL;
    }
    return hash;
}

void name_hash_free(struct name_hash *hash)
{
    if (!hash)
        return;
    hash_free(hash->hash);
    free(hash);
}

int name_hash_make(void *context, const char *name, size_t len,
                   uint64_t hash[2])
{
    const struct name_hash *names = context;
    unsigned char digest[HASH_SIZE];

    hash_reset(names->hash);
    hash_update(names->hash, names->key, sizeof(names->key));
    hash_update(names->hash, name, len);
    if (hash_digest(names->hash, digest))
        return -1;
    memcpy(hash, digest, 2 * sizeof(hash[0]));
    return 0;
}
