/*
 * What this very run has written, by LastModifiedTime.
 *
 * The service keeps the users of one person in sync: an update of one of them
 * gives its LastModifiedTime and the values that they share to the others. A
 * guard on that time must not take it for somebody else's change. But it must
 * fail where somebody else wrote before this run did. So each write is kept
 * with what it came upon, and a guard is explained only where an unbroken line
 * of this run's own writes leads from its time to what the service holds.
 *
 * The time has milliseconds only; so the shared values, known by a hash, must
 * be the same too. Memory is bounded: of very many writes some old ones are
 * forgotten, and the guard then fails, which is the safe side.
 */
#ifndef USER_OWN_WRITES_H
#define USER_OWN_WRITES_H

#include <stdbool.h>
#include <stdint.h>

/* What a person's users have in common at a time; the text is borrowed. */
struct shared_state {
    const char *time; /* LastModifiedTime */
    uint64_t shared;  /* hash of the shared values: merge_hash_shared() */
};

struct own_writes;

/* NULL without memory. */
struct own_writes *own_writes_new(void);
void own_writes_free(struct own_writes *own_writes);

/* An update was applied that made one state of another; or was sent, where
 * after has no time: until it is known, whatever has these shared values then
 * is taken for it. (An update that keeps the shared values can't be told so.)
 * What was before must have a time, else nothing is added. */
void own_writes_add(struct own_writes *own_writes, struct shared_state before,
                    struct shared_state after);

/* Do this run's own writes, and nothing else, lead from that time to what is
 * held now? */
bool own_writes_explains(const struct own_writes *own_writes, const char *time,
                         struct shared_state held);

#endif
