#include "user/replaced_stamps.h"

#include <stdlib.h>
#include <string.h>

#include "base/fnv1a.h"
#include "base/timestamp.h"

/* 300 updates a second fit in for a minute. */
#define BUCKETS     512U
#define BUCKET_SIZE 64U

struct replacement {
    uint64_t user;         /* hash of the key; 0: unused */
    uint64_t version;      /* hash of the version before; 0: it can't be told
                              apart from the one after, or was not replaced */
    struct timestamp time; /* its LastModifiedTime; the past, if it has none */
    int64_t when;
};

struct bucket {
    unsigned next; /* index of the oldest replacement */
    bool forgetful;
    int64_t forgot; /* when the latest update was that is not kept */
    struct replacement replacements[BUCKET_SIZE];
};

struct replaced_stamps {
    struct bucket buckets[BUCKETS];
};

struct replaced_stamps *replaced_stamps_new(void)
{
    return calloc(1, sizeof(struct replaced_stamps));
}

void replaced_stamps_free(struct replaced_stamps *replaced)
{
    free(replaced);
}

static uint64_t never_0(uint64_t hash)
{
    return hash ? hash : 1;
}

static uint64_t hash_user(const char *key)
{
    return never_0(fnv1a_hash(key));
}

static uint64_t hash_version(struct user_version version)
{
    return never_0(fnv1a_extend(fnv1a_extend(0, version.stamps), version.time));
}

static int64_t later(int64_t time, int64_t other)
{
    return time > other ? time : other;
}

static void forget(struct bucket *bucket, int64_t when)
{
    bucket->forgot = bucket->forgetful ? later(bucket->forgot, when) : when;
    bucket->forgetful = true;
}

/* The place of a user's updates whose version is not kept; BUCKET_SIZE: there
 * is none. */
static unsigned find_unknown(const struct bucket *bucket, uint64_t user)
{
    unsigned place = 0;

    while (place < BUCKET_SIZE && (bucket->replacements[place].user != user ||
                                   bucket->replacements[place].version != 0))
        place++;
    return place;
}

/* The place of the oldest replacement, whose time alone is kept. */
static struct replacement *make_room(struct bucket *bucket)
{
    struct replacement *oldest = &bucket->replacements[bucket->next];

    if (oldest->user)
        forget(bucket, oldest->when);
    bucket->next = (bucket->next + 1) % BUCKET_SIZE;
    return oldest;
}

static bool is_same(struct user_version a, struct user_version b)
{
    return strcmp(a.stamps, b.stamps) == 0 && strcmp(a.time, b.time) == 0;
}

void replaced_stamps_add(struct replaced_stamps *replaced, const char *key,
                         struct user_version before,
                         const struct user_version *after, int64_t now)
{
    uint64_t user = hash_user(key);
    struct bucket *bucket = &replaced->buckets[user % BUCKETS];
    bool known = after && !is_same(before, *after);
    unsigned same = known ? BUCKET_SIZE : find_unknown(bucket, user);
    struct replacement *place;

    if (same < BUCKET_SIZE) {
        place = &bucket->replacements[same];
        place->when = later(place->when, now);
        return;
    }
    place = make_room(bucket);
    *place = (struct replacement){
        .user = user, .version = known ? hash_version(before) : 0, .when = now};
    if (!known || timestamp_parse(before.time, &place->time))
        place->time.seconds = INT64_MIN;
}

bool replaced_stamps_has(const struct replaced_stamps *replaced,
                         const char *key, struct user_version version)
{
    uint64_t user = hash_user(key);
    const struct bucket *bucket = &replaced->buckets[user % BUCKETS];
    uint64_t hash = hash_version(version);

    for (unsigned i = 0; i < BUCKET_SIZE; i++) {
        const struct replacement *replacement = &bucket->replacements[i];

        if (replacement->user == user &&
            (replacement->version == hash ||
             timestamp_is_before(version.time, &replacement->time)))
            return true;
    }
    return false;
}

int64_t replaced_stamps_forgot(const struct replaced_stamps *replaced,
                               const char *key)
{
    uint64_t user = hash_user(key);
    const struct bucket *bucket = &replaced->buckets[user % BUCKETS];
    unsigned same = find_unknown(bucket, user);
    int64_t forgot = bucket->forgetful ? bucket->forgot : INT64_MIN;

    return same < BUCKET_SIZE ? later(bucket->replacements[same].when, forgot)
                              : forgot;
}
