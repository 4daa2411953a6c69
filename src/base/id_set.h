/*
 * A set of ids, each a number or a GUID: 16 bytes for one, in a table that is a
 * third to three quarters full. Pure.
 */
#ifndef BASE_ID_SET_H
#define BASE_ID_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Filled with zeros: empty. */
struct id_set {
    struct id_key {
        uint64_t high, low; /* both 0: free */
    } * keys;
    size_t size; /* a power of two, or 0 */
    size_t count;
};

void id_set_clear(struct id_set *set);

/* id: at most 31 decimal digits, or a GUID of any letter case. *added: was it
 * not in the set? -1 without memory. */
int id_set_add(struct id_set *set, const char *id, bool *added);

#endif
