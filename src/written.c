#include "written.h"

#include <stdlib.h>

#include "text.h"

/* Each version has one place, where another one may put it out later. */
#define PLACES 65536U

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

struct written {
    size_t pending;
    struct place places[PLACES];
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

/* Spreads moments that follow each other closely (Fibonacci hashing); several
 * persons may be written in one of them. */
static size_t place_of(const struct version *version)
{
    uint64_t number = (uint64_t)version->time.seconds * 1000000000U +
                      (uint64_t)version->time.nanoseconds;

    number = (number ^ version->shared) * UINT64_C(0x9E3779B97F4A7C15);
    return (number >> 48) % PLACES;
}

void written_add(struct written *written, struct state before,
                 struct state after)
{
    struct place place = {.used = true};

    if (parse(before, &place.before) || parse(after, &place.after))
        return;
    written->places[place_of(&place.after)] = place;
}

void written_begin(struct written *written)
{
    written->pending++;
}

void written_end(struct written *written)
{
    written->pending--;
}

bool written_is_pending(const struct written *written)
{
    return written->pending > 0;
}

bool written_explains(const struct written *written, const char *time,
                      struct state held)
{
    struct instant wanted;
    struct version version;

    if (text_parse_instant(time, &wanted) || parse(held, &version))
        return false;
    for (unsigned i = 0; i < MAX_STEPS; i++) {
        const struct place *place = &written->places[place_of(&version)];

        if (!place->used || place->after.shared != version.shared ||
            !same_instant(&place->after.time, &version.time))
            return false;
        version = place->before;
        if (same_instant(&version.time, &wanted))
            return true;
    }
    return false;
}
