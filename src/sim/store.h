/*
 * The users of one kind as they are now.
 *
 * A user who was never written is made from the seed when asked for; one who
 * was is held as the text of its document. The store knows no service's wire.
 * Its kind keeps the rules of writing. For users of Microsoft Advertising: new
 * TimeStamps, LastModifiedTime, a person's users in sync; a User is a JSON
 * document with the members of REST v13, other services are views of it.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "json.h"
#include "text.h"
#include "world.h"

struct store;

/* What the users of a store are like. */
struct store_kind {
    /* The Id in text is a user's: its number, never 0. */
    bool (*find)(const struct world *world, const char *text, uint64_t *id);

    /* Puts the Id in text. */
    void (*print_id)(uint64_t id, struct text *out);

    /* Puts the document as it was made: one JSON object without spaces. */
    void (*generate)(const struct world *world, uint64_t id, struct text *out);

    /* See store_write(). */
    void (*write)(struct store *store, struct json_pool *pool, uint64_t id,
                  struct json *user, const char *time);

    /* Removes from a document what tells one write from the next. */
    void (*unstamp)(struct json *user);
};

/* Users of Microsoft Advertising: world.h makes them. */
extern const struct store_kind store_advertising;

struct store {
    const struct store_kind *kind;
    struct world world;
    struct user *users; /* a hash table, open addressing; id 0: free */
    size_t size, count;
    uint64_t writes; /* so far: makes TimeStamps unique */
};

void store_init(struct store *store, const struct store_kind *kind,
                const struct world *world);
void store_free(struct store *store);

/* The Id in text is that of a user: its number. */
bool store_find(const struct store *store, const char *text, uint64_t *id);

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
void store_put(struct store *store, uint64_t id, const struct json *user);

/* Holds aside of a user that is held what its document never has: JSON text;
 * text is copied, and counted. */
void store_put_secret(struct store *store, uint64_t id, const char *text);

/* It, or NULL; *times: how often it was set. */
const char *store_secret(const struct store *store, uint64_t id,
                         uint64_t *times);

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
