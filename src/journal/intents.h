/*
 * The open intents of an earlier run: updates that it may have sent and whose
 * outcome it did not record. They are found by their rows.
 *
 * First the journal's records are replayed: an intent is added, and closed when
 * its outcome follows. Then the intents that are still open can be searched.
 * Memory: the intents that are open at a time, which are the updates that were
 * in flight.
 */
#ifndef JOURNAL_INTENTS_H
#define JOURNAL_INTENTS_H

#include <stddef.h>
#include <stdint.h>

#include "user/outcome.h"

struct intents;

/* The rows from sequence `first` to `last`, both included. */
struct span {
    uint64_t first, last;
};

/* NULL without memory. */
struct intents *intents_new(void);

/* NULL does nothing. */
void intents_free(struct intents *intents);

/* Adds the intent of an update of these rows: one or more spans, in ascending
 * order. It replaces an open intent with the same first row. Spans, the user's
 * key and sent are copied. -1 without memory. */
int intents_add(struct intents *intents, const struct span *spans, size_t count,
                const char *key, const struct sent *sent);

/* The update of the open intent whose first row this is, and its user's key;
 * NULL: there is none. Valid until it is closed. */
const struct sent *intents_get(struct intents *intents, uint64_t first,
                               const char **key);

/* Removes the intent whose first row this is, since its outcome is known. Does
 * nothing if there is none. */
void intents_close(struct intents *intents, uint64_t first);

/* The number of open intents. */
size_t intents_count(const struct intents *intents);

/* Prepares the search. Afterwards no intent may be added or closed. -1 without
 * memory. */
int intents_index(struct intents *intents);

/* The update of the open intent that contains the row; NULL: there is none.
 * Valid as long as the intents. */
const struct sent *intents_find(const struct intents *intents,
                                uint64_t sequence);

#endif
