/*
 * GUIDs that callers gave their calls, and what is known of each: the last
 * RECENT_MAX of them, older ones are forgotten. Letter case makes no
 * difference.
 */
#ifndef RECENT_H
#define RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECENT_MAX 16384

struct recent_entry {
    char guid[37];
    uint64_t user;  /* whom the call was for */
    bool update;    /* it was an update */
    uint64_t body;  /* a hash of its body */
    char *response; /* allocated; NULL: it was not applied */
    uint32_t older; /* of the same bucket: a place + 1; 0: none */
};

struct recent {
    struct recent_entry *ring; /* RECENT_MAX; NULL: nothing came yet */
    uint32_t *buckets;         /* the newest of each: a place + 1; 0: none */
    size_t next, count;
};

void recent_init(struct recent *recent);

/* Forgets all. */
void recent_clear(struct recent *recent);

/* What is known of the GUID, NULL for nothing. The pointer is good till the
 * next recent_add(). */
struct recent_entry *recent_find(const struct recent *recent, const char *guid);

/* Adds a GUID of 36 characters that is not there yet; the rest is empty. */
struct recent_entry *recent_add(struct recent *recent, const char *guid);

#endif
