/*
 * FNV-1a, 64 bits, over the bytes of a text (draft-eastlake-fnv).
 */
#ifndef BASE_FNV1A_H
#define BASE_FNV1A_H

#include <stdint.h>

uint64_t fnv1a_hash(const char *text);

/* Extends the hash of earlier texts (0: there are none) by a text and its NUL,
 * so that "ab", "c" differs from "a", "bc". */
uint64_t fnv1a_extend(uint64_t hash, const char *text);

#endif
