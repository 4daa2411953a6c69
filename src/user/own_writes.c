#include "user/own_writes.h"

#include <stdlib.h>

#include "base/timestamp.h"

/* A write belongs to the bucket of its state `after`. A full bucket replaces
 * its oldest write. */
#define BUCKETS      4096U
#define SENT_BUCKETS 512U
#define BUCKET_SIZE  8

/* A longer chain of writes of one person is not followed. */
#define MAX_STEPS 1000

struct version {
    struct timestamp time;
    uint64_t shared;
};

struct write {
    bool used;
    struct version after;
    struct version before;
};

struct bucket {
    unsigned next; /* index of the oldest write */
    struct write writes[BUCKET_SIZE];
};

struct own_writes {
    struct bucket applied[BUCKETS];
    struct bucket sent[SENT_BUCKETS]; /* after has no time yet */
};

struct own_writes *own_writes_new(void)
{
    return calloc(1, sizeof(struct own_writes));
}

void own_writes_free(struct own_writes *own_writes)
{
    free(own_writes);
}

static int parse(struct shared_state state, struct version *version)
{
    version->shared = state.shared;
    return timestamp_parse(state.time, &version->time);
}

/* Fibonacci hashing spreads times that are close together, and persons who are
 * written at the same time. */
static size_t applied_bucket(const struct version *version)
{
    const struct timestamp *time = &version->time;
    uint64_t number =
        (uint64_t)time->seconds * 1000000000U + (uint64_t)time->nanoseconds;

    number ^= version->shared;
    return (number * UINT64_C(0x9E3779B97F4A7C15) >> 48) % BUCKETS;
}

static void put(struct bucket *bucket, const struct write *write)
{
    bucket->writes[bucket->next] = *write;
    bucket->next = (bucket->next + 1) % BUCKET_SIZE;
}

/* The time of the update that made these values is known now. */
static void forget_sent(struct own_writes *own_writes, uint64_t shared)
{
    struct bucket *bucket = &own_writes->sent[shared % SENT_BUCKETS];

    for (unsigned i = 0; i < BUCKET_SIZE; i++)
        if (bucket->writes[i].after.shared == shared)
            bucket->writes[i].used = false;
}

void own_writes_add(struct own_writes *own_writes, struct shared_state before,
                    struct shared_state after)
{
    struct write write = {.used = true};

    if (parse(before, &write.before))
        return;
    if (parse(after, &write.after) == 0) {
        put(&own_writes->applied[applied_bucket(&write.after)], &write);
        forget_sent(own_writes, after.shared);
    } else if (before.shared != after.shared) {
        put(&own_writes->sent[after.shared % SENT_BUCKETS], &write);
    }
}

/* The write that made the version, or NULL. */
static const struct write *find(const struct own_writes *own_writes,
                                const struct version *version)
{
    const struct bucket *bucket = &own_writes->applied[applied_bucket(version)];
    const struct write *write, *latest = NULL;

    for (unsigned i = 0; i < BUCKET_SIZE; i++) {
        write = &bucket->writes[i];
        if (write->used && write->after.shared == version->shared &&
            timestamp_compare(&write->after.time, &version->time) == 0)
            return write;
    }
    /* If the same values were sent again, the stamps of the earlier copy were
     * stale by then. */
    bucket = &own_writes->sent[version->shared % SENT_BUCKETS];
    for (unsigned i = 0; i < BUCKET_SIZE; i++) {
        write = &bucket->writes[i];
        if (write->used && write->after.shared == version->shared &&
            (!latest ||
             timestamp_compare(&latest->before.time, &write->before.time) < 0))
            latest = write;
    }
    return latest;
}

bool own_writes_explains(const struct own_writes *own_writes, const char *time,
                         struct shared_state present)
{
    struct timestamp wanted;
    struct version version;

    if (timestamp_parse(time, &wanted) || parse(present, &version))
        return false;
    for (unsigned i = 0; i < MAX_STEPS; i++) {
        const struct write *write = find(own_writes, &version);

        if (!write)
            return false;
        version = write->before;
        if (timestamp_compare(&version.time, &wanted) == 0)
            return true;
    }
    return false;
}

static bool is_same(const struct version *a, const struct version *b)
{
    return timestamp_compare(&a->time, &b->time) == 0 && a->shared == b->shared;
}

enum own_writes_path own_writes_trace(const struct own_writes *own_writes,
                                      struct shared_state before,
                                      uint64_t after,
                                      struct shared_state present)
{
    struct version wanted, version;

    if (before.shared == after || parse(before, &wanted) ||
        parse(present, &version))
        return OWN_WRITES_NONE;
    for (unsigned i = 0; i < MAX_STEPS; i++) {
        const struct write *write;

        /* Earlier writes of the same second may have set the same values. */
        if (is_same(&version, &wanted))
            return i > 0 ? OWN_WRITES_WITHOUT : OWN_WRITES_NONE;
        if (timestamp_compare(&version.time, &wanted.time) < 0)
            return OWN_WRITES_NONE;
        if (version.shared == after)
            return OWN_WRITES_THROUGH;
        write = find(own_writes, &version);
        if (!write)
            return OWN_WRITES_NONE;
        version = write->before;
    }
    return OWN_WRITES_NONE;
}
