/*
 * The users as they are now.
 *
 * A user who was never written is made from the seed when asked for; one who
 * was is held as the text of its document. The store keeps the rules of
 * writing: new TimeStamps, LastModifiedTime, a person's users in sync. It
 * knows no service's wire: a User is a JSON document with the members of
 * REST v13; other services are views of it.
 */
#ifndef STORE_H
#define STORE_H

#include <stdint.h>

#include "json.h"
#include "text.h"
#include "world.h"

struct store {
    struct world world;
    struct user *users; /* a hash table, open addressing; id 0: free */
    size_t size, count;
    uint64_t writes; /* so far: makes TimeStamps unique */
};

void store_init(struct store *store, const struct world *world);
void store_free(struct store *store);

/* Counts an applied update of a user that is held. */
void store_count(struct store *store, uint64_t id);

/* JSON lines, one a user with applied updates, by Id: Id and their number. */
void store_print_counts(const struct store *store, struct text *out);

/* The largest of these numbers. */
uint64_t store_most(const struct store *store);

/* Sets these numbers to 0. */
void store_clear_counts(struct store *store);

/* Forgets every write. */
void store_reset(struct store *store);

/* Puts the document of a user of the world. */
void store_read(const struct store *store, uint64_t id, struct text *out);

/* Reads it as a tree in pool. */
struct json *store_parse(const struct store *store, struct json_pool *pool,
                         uint64_t id);

/* Holds the document as it is. */
void store_keep(struct store *store, uint64_t id, const struct json *user);

/* A write at that LastModifiedTime: user (changed in place) replaces the one
 * held; what the service itself sets (ids of new parts, TimeStamps,
 * LastModified...) is set, and the person's other users follow. */
void store_write(struct store *store, struct json_pool *pool, uint64_t id,
                 struct json *user, const char *time);

/* The LastModifiedTime for a write made now: later than the one that user, as
 * held, has. time: at least STORE_TIME bytes. */
#define STORE_TIME 32
void store_next_time(const struct json *user, char *time);

#endif
