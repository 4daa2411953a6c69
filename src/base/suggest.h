/*
 * "Did you mean ...?": the known name that is most similar to a mistyped one.
 */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

struct suggestion {
    const char *wanted;
    const char *name; /* the most similar so far; NULL: none is similar */
    size_t distance;
};

/* Starts a search; wanted is borrowed. */
void suggest_init(struct suggestion *suggestion, const char *wanted);

/* Compares a known name, which is borrowed, with the wanted one. Of equally
 * similar names the first is kept. A name is similar if it differs by few
 * letters, or if it begins with the wanted one. Letter case is ignored. */
void suggest_offer(struct suggestion *suggestion, const char *name);

/* The number of letters to insert, delete, replace or swap with a neighbor that
 * turns one name into the other, ignoring letter case (optimal string
 * alignment). SIZE_MAX if a name is longer than 64 bytes. */
size_t suggest_distance(const char *a, const char *b);

#endif
