/*
 * The last RECENT_MAX GUIDs of clients' requests, with what was requested.
 * Older ones are forgotten. Letter case is ignored.
 */
#ifndef RECENT_H
#define RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECENT_MAX 16384

struct recent_entry {
    char guid[37];
    uint64_t user;  /* number of the user */
    bool update;    /* the call was an update */
    uint64_t body;  /* a hash of its body */
    char *response; /* allocated; NULL: no update was applied */
    uint32_t older; /* next entry of the bucket: index + 1; 0: none */
};

struct recent {
    struct recent_entry *ring; /* RECENT_MAX entries; NULL: no GUID yet */
    uint32_t *buckets;         /* newest entry of each: index + 1; 0: none */
    size_t next, count;
};

void recent_init(struct recent *recent);

/* Frees and forgets all entries. */
void recent_clear(struct recent *recent);

/* The entry of the GUID, or NULL. Valid until the next recent_add(). */
struct recent_entry *recent_find(const struct recent *recent, const char *guid);

/* Adds a new GUID of 36 characters; the other members are zero. */
struct recent_entry *recent_add(struct recent *recent, const char *guid);

#endif
