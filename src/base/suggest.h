/*
 * "Did you mean ...?": the known name that is nearest to a mistyped one.
 */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

struct suggestion {
    const char *wanted;
    const char *name; /* the nearest so far; NULL: nothing is near */
    size_t distance;
};

/* Starts a search; wanted is borrowed. */
void suggest_init(struct suggestion *nearest, const char *wanted);

/* Offers a known name, borrowed too. Of equally near ones the first is kept.
 * Near are names that differ by few letters, and names that begin with the
 * wanted one; letter case counts for nothing. */
void suggest_offer(struct suggestion *nearest, const char *name);

#endif
