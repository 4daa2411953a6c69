/*
 * The own writes: what this run has written, by LastModifiedTime.
 *
 * A person can have several users, and the service keeps them in sync: an
 * update of one user also changes the LastModifiedTime and the shared values of
 * the others. A guard on that time must not mistake this for a change by
 * others. But it must fail if others wrote before this run did. So each write
 * is recorded with the state before it. A guard's difference is explained only
 * by an unbroken chain of own writes from the guard's time to the user's.
 *
 * The time has a resolution of milliseconds only, so the hash of the shared
 * values must be the same, too. Memory is bounded: if there are very many
 * writes, some old ones are forgotten. Then a guard fails, and nothing is
 * overwritten.
 */
#ifndef USER_OWN_WRITES_H
#define USER_OWN_WRITES_H

#include <stdbool.h>
#include <stdint.h>

/* What the users of one person have in common at a time; borrows the text. */
struct shared_state {
    const char *time; /* LastModifiedTime */
    uint64_t shared;  /* hash of the shared values: merge_hash_shared() */
};

struct own_writes;

/* NULL if there is no memory. */
struct own_writes *own_writes_new(void);
void own_writes_free(struct own_writes *own_writes);

/* Records an update that changed one state into another. If `after` has no
 * time, the update is only sent: until its time is known, any state with these
 * shared values counts as its result, unless they are the same as before. If
 * `before` has no time, nothing is recorded. */
void own_writes_add(struct own_writes *own_writes, struct shared_state before,
                    struct shared_state after);

/* Do own writes alone lead from that time to the present state? */
bool own_writes_explains(const struct own_writes *own_writes, const char *time,
                         struct shared_state present);

#endif
