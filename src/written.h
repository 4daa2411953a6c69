/*
 * What this very run has written, by LastModifiedTime.
 *
 * The service keeps the users of one person in sync: an update of one of them
 * gives its LastModifiedTime and the values that they share to the others. A
 * guard on that time must not take it for somebody else's change. The time has
 * milliseconds only, so the shared values must be the same too: they are known
 * by a hash. Memory is bounded: of very many writes some old ones are
 * forgotten, and the guard then fails, which is the safe side.
 */
#ifndef WRITTEN_H
#define WRITTEN_H

#include <stdbool.h>
#include <stdint.h>

struct written;

/* NULL without memory. */
struct written *written_new(void);
void written_free(struct written *written);

/* Takes the LastModifiedTime of UpdateUser's answer and the hash of the shared
 * values as sent. What is no time is passed over. */
void written_add(struct written *written, const char *time, uint64_t shared);

/* Is that a state which this run has caused? */
bool written_has(const struct written *written, const char *time,
                 uint64_t shared);

#endif
