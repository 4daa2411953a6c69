/*
 * The updates that an earlier run sent out and whose outcome it did not live to
 * know, found by the rows that they were made of.
 *
 * First all intents of a journal are added and closed, in its order; then what
 * is left is looked up. Memory: what is open at a time, which is what was in
 * flight.
 */
#ifndef JOURNAL_INTENTS_H
#define JOURNAL_INTENTS_H

#include <stddef.h>
#include <stdint.h>

#include "user/outcome.h"

struct intents;

/* Rows by their sequence, from first to last. */
struct span {
    uint64_t first, last;
};

/* NULL without memory. */
struct intents *intents_new(void);
void intents_free(struct intents *intents);

/* An update was to leave, made of the rows of these spans: one at least, in
 * rising order. One that begins with the same row is replaced. -1 without
 * memory. */
int intents_add(struct intents *intents, const struct span *spans, size_t count,
                const struct sent *sent);

/* The outcome of the update that began with this row is known. */
void intents_close(struct intents *intents, uint64_t first);

/* All have been added: makes them ready to be found. -1 without memory. */
int intents_index(struct intents *intents);

/* The update that the row was part of, valid as long as the intents; or NULL.
 * Quick where there is none, as for nearly all rows. */
const struct sent *intents_find(const struct intents *intents,
                                uint64_t sequence);

#endif
