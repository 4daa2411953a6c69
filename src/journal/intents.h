/*
 * The open intents of an earlier run: updates that it may have sent and whose
 * outcome it did not record, found by the rows that they consist of.
 *
 * First all intents of a journal are added and closed, in its order; then those
 * that are left are looked up. Memory: the intents that are open at a time,
 * which are the updates that were in flight.
 */
#ifndef JOURNAL_INTENTS_H
#define JOURNAL_INTENTS_H

#include <stddef.h>
#include <stdint.h>

#include "user/outcome.h"

struct intents;

/* Rows with the sequences from first to last. */
struct span {
    uint64_t first, last;
};

/* NULL without memory. */
struct intents *intents_new(void);
void intents_free(struct intents *intents);

/* Adds the intent of an update of the rows of these spans, at least one and in
 * ascending order. It replaces the one that begins with the same row. -1
 * without memory. */
int intents_add(struct intents *intents, const struct span *spans, size_t count,
                const struct sent *sent);

/* Closes the intent that begins with this row: its outcome is known. */
void intents_close(struct intents *intents, uint64_t first);

/* Prepares the search, after the last one was added. -1 without memory. */
int intents_index(struct intents *intents);

/* The update that the row was part of, valid as long as the intents; or NULL. A
 * binary search, as nearly all rows are part of none. */
const struct sent *intents_find(const struct intents *intents,
                                uint64_t sequence);

#endif
