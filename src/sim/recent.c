#include "recent.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"

void recent_init(struct recent *recent)
{
    *recent = (struct recent){.ring = NULL};
}

void recent_clear(struct recent *recent)
{
    for (size_t i = 0; i < recent->count; i++)
        free(recent->ring[i].response);
    free(recent->ring);
    free(recent->buckets);
    recent_init(recent);
}

/* FNV-1a of the lowercase GUID. */
static size_t bucket_of(const char *guid)
{
    uint32_t hash = 2166136261U;

    for (; *guid != '\0'; guid++)
        hash =
            (hash ^ (unsigned char)tolower((unsigned char)*guid)) * 16777619U;
    return hash % RECENT_MAX;
}

struct recent_entry *recent_find(const struct recent *recent, const char *guid)
{
    if (recent->count == 0)
        return NULL;
    uint32_t at = recent->buckets[bucket_of(guid)];
    while (at > 0 && strcasecmp(recent->ring[at - 1].guid, guid) != 0)
        at = recent->ring[at - 1].older;
    return at > 0 ? &recent->ring[at - 1] : NULL;
}

/* The oldest entry of all is the last one in its bucket. */
static void forget(struct recent *recent, struct recent_entry *oldest)
{
    uint32_t place = (uint32_t)(oldest - recent->ring) + 1;
    uint32_t *link = &recent->buckets[bucket_of(oldest->guid)];

    while (*link != place)
        link = &recent->ring[*link - 1].older;
    *link = 0;
    free(oldest->response);
}

struct recent_entry *recent_add(struct recent *recent, const char *guid)
{
    if (recent->ring == NULL) {
        recent->ring = mem_new(RECENT_MAX * sizeof *recent->ring);
        recent->buckets = mem_new(RECENT_MAX * sizeof *recent->buckets);
    }
    struct recent_entry *entry = &recent->ring[recent->next];
    uint32_t *bucket = &recent->buckets[bucket_of(guid)];
    if (recent->count == RECENT_MAX)
        forget(recent, entry);
    else
        recent->count++;
    *entry = (struct recent_entry){.older = *bucket};
    memcpy(entry->guid, guid, sizeof entry->guid - 1);
    *bucket = (uint32_t)recent->next + 1;
    recent->next = (recent->next + 1) % RECENT_MAX;
    return entry;
}
