#include "base/hash_filter.h"

#include <stdlib.h>

#define BITS   ((uint64_t)1 << 26)
#define PROBES 4

struct hash_filter {
    uint64_t words[BITS / 64];
};

struct hash_filter *hash_filter_new(void)
{
    return calloc(1, sizeof(struct hash_filter));
}

void hash_filter_free(struct hash_filter *filter)
{
    free(filter);
}

/* The finalizer of MurmurHash3: all bits of the result depend on all of these.
 */
static uint64_t mix(uint64_t hash)
{
    hash = (hash ^ hash >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    hash = (hash ^ hash >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return hash ^ hash >> 33;
}

void hash_filter_add(struct hash_filter *filter, uint64_t hash)
{
    for (unsigned i = 0; i < PROBES; i++) {
        uint64_t bit = (hash = mix(hash + 1)) % BITS;

        filter->words[bit / 64] |= UINT64_C(1) << bit % 64;
    }
}

bool hash_filter_has(const struct hash_filter *filter, uint64_t hash)
{
    for (unsigned i = 0; i < PROBES; i++) {
        uint64_t bit = (hash = mix(hash + 1)) % BITS;

        if (!(filter->words[bit / 64] >> bit % 64 & 1))
            return false;
    }
    return true;
}
