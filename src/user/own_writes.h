/*
 * The own writes: the updates of this run, by LastModifiedTime.
 *
 * A person can have several users, and the service keeps them in sync: an
 * update of one user also changes the LastModifiedTime and the shared values of
 * the others. A guard on LastModifiedTime must not mistake this for a change by
 * others, but it must fail if others wrote before this run did. So each write
 * is recorded with the state before it. Own writes explain a guard's mismatch
 * only if an unbroken chain of them leads from the guard's time to the user's.
 *
 * The time has a resolution of milliseconds only, so the hash of the shared
 * values must be the same, too. Memory is bounded: if there are very many
 * writes, old ones are forgotten. Then a guard fails, and nothing is
 * overwritten.
 */
#ifndef USER_OWN_WRITES_H
#define USER_OWN_WRITES_H

#include <stdbool.h>
#include <stdint.h>

/* What the users of one person have in common; borrows the text. */
struct shared_state {
    const char *time; /* LastModifiedTime */
    uint64_t shared;  /* hash of the shared values: merge_hash_shared() */
};

struct own_writes;

/* NULL without memory. */
struct own_writes *own_writes_new(void);

/* NULL does nothing. */
void own_writes_free(struct own_writes *own_writes);

/* Records an update that changed the state `before` into `after`. An `after`
 * with the time "" records an update whose time is not known yet: any state
 * with its shared values then counts as its result. Nothing is recorded if
 * `before` has no valid time, or if neither time nor shared values show the
 * update. */
void own_writes_add(struct own_writes *own_writes, struct shared_state before,
                    struct shared_state after);

/* Do own writes alone lead from that time to the present state? False if a time
 * is not valid. */
bool own_writes_explains(const struct own_writes *own_writes, const char *time,
                         struct shared_state present);

#endif
