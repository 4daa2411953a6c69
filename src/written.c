#include "written.h"

#include <stdlib.h>

#include "text.h"

/* Each state has one place, where a later one may put it out. */
#define PLACES 65536U

/* As many updates as can be on their way, and some to spare. */
#define SENT_PLACES 4096U

/* A line of more writes of one person than this is not followed. */
#define MAX_STEPS 1000

struct version {
    struct instant time;
    uint64_t shared;
};

struct place {
    bool used;
    struct version after;
    struct version before;
};

/* By the shared values that they make; after has no time. */
struct written {
    struct place places[PLACES];
    struct place sent[SENT_PLACES];
};

struct written *written_new(void)
{
    return calloc(1, sizeof(struct written));
}

void written_free(struct written *written)
{
    free(written);
}

static bool same_instant(const struct instant *a, const struct instant *b)
{
    return a->seconds == b->seconds && a->nanoseconds == b->nanoseconds;
}

static int parse(struct state state, struct version *version)
{
    version->shared = state.shared;
    return text_parse_instant(state.time, &version->time);
}

/* Spreads moments that follow each other closely (Fibonacci hashing), and the
 * persons who are written in one moment. */
static size_t place_of(const struct version *version)
{
    const struct instant *time = &version->time;
    uint64_t number =
        (uint64_t)time->seconds * 1000000000U + (uint64_t)time->nanoseconds;

    number ^= version->shared;
    return (number * UINT64_C(0x9E3779B97F4A7C15) >> 48) % PLACES;
}

void written_add(struct written *written, struct state before,
                 struct state after)
{
    struct place place = {.used = true};
    struct place *sent = &written->sent[after.shared % SENT_PLACES];

    if (parse(before, &place.before))
        return;
    if (parse(after, &place.after) == 0) {
        written->places[place_of(&place.after)] = place;
        if (sent->after.shared == after.shared)
            sent->used = false;
    } else if (before.shared != after.shared) {
        *sent = place;
    }
}

/* The write that made the version, or NULL. */
static const struct place *find(const struct written *written,
                                const struct version *version)
{
    const struct place *place = &written->places[place_of(version)];

    if (place->used && place->after.shared == version->shared &&
        same_instant(&place->after.time, &version->time))
        return place;
    place = &written->sent[version->shared % SENT_PLACES];
    return place->used && place->after.shared == version->shared ? place : NULL;
}

bool written_explains(const struct written *written, const char *time,
                      struct state held)
{
    struct instant wanted;
    struct version version;

    if (text_parse_instant(time, &wanted) || parse(held, &version))
        return false;
    for (unsigned i = 0; i < MAX_STEPS; i++) {
        const struct place *place = find(written, &version);

        if (!place)
            return false;
        version = place->before;
        if (same_instant(&version.time, &wanted))
            return true;
    }
    return false;
}
