#include "user/replaced_stamps.h"

#include <stdlib.h>
#include <string.h>

#include "base/fnv1a.h"
#include "base/timestamp.h"

#define BUCKETS     4096U
#define BUCKET_SIZE 8U

struct replacement {
    uint64_t user;         /* hash of the key; 0: unused */
    uint64_t version;      /* hash of the version before */
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

static uint64_t hash_user(const char *key)
{
    uint64_t hash = fnv1a_hash(key);

    return hash ? hash : 1;
}

static uint64_t hash_version(struct user_version version)
{
    return fnv1a_extend(fnv1a_extend(0, version.stamps), version.time);
}

static void forget(struct bucket *bucket, int64_t when)
{
    if (!bucket->forgetful || when > bucket->forgot)
        bucket->forgot = when;
    bucket->forgetful = true;
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
    struct replacement *oldest = &bucket->replacements[bucket->next];

    if (!after || is_same(before, *after)) {
        forget(bucket, now);
        return;
    }
    if (oldest->user)
        forget(bucket, oldest->when);
    *oldest = (struct replacement){
        .user = user, .version = hash_version(before), .when = now};
    if (timestamp_parse(before.time, &oldest->time))
        oldest->time.seconds = INT64_MIN;
    bucket->next = (bucket->next + 1) % BUCKET_SIZE;
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
    const struct bucket *bucket = &replaced->buckets[hash_user(key) % BUCKETS];

    return bucket->forgetful ? bucket->forgot : INT64_MIN;
}
