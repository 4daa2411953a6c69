#include "base/fnv1a.h"

#define FNV_START 0xCBF29CE484222325u
#define FNV_PRIME 0x100000001B3u

static uint64_t add_bytes(uint64_t hash, const char *text)
{
    for (; *text; text++) {
        hash ^= (unsigned char)*text;
        hash *= FNV_PRIME;
    }
    return hash;
}

uint64_t fnv1a_hash(const char *text)
{
    return add_bytes(FNV_START, text);
}

uint64_t fnv1a_extend(uint64_t hash, const char *text)
{
    return add_bytes(hash, text) * FNV_PRIME; /* the NUL */
}
