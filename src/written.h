/*
 * The LastModifiedTimes that this very run has caused.
 *
 * The service keeps the users of one person in sync: an update of one of them
 * gives its LastModifiedTime to the others. A guard on that time must not take
 * it for somebody else's change. Memory is bounded: of very many times some old
 * ones are forgotten, and the guard then fails, which is the safe side.
 */
#ifndef WRITTEN_H
#define WRITTEN_H

#include <stdbool.h>

struct written;

/* NULL without memory. */
struct written *written_new(void);
void written_free(struct written *written);

/* Takes a LastModifiedTime from UpdateUser's answer; what is no time is passed
 * over. */
void written_add(struct written *written, const char *time);

/* Was it caused by this run? */
bool written_has(const struct written *written, const char *time);

#endif
