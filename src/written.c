#include "written.h"

#include <stdlib.h>

#include "text.h"

/* Each moment has one place, where a later one may put it out. */
#define PLACES 65536U

struct place {
    struct instant time;
    uint64_t shared;
};

struct written {
    struct place places[PLACES];
};

struct written *written_new(void)
{
    struct written *written = calloc(1, sizeof(*written));

    /* The empty place that would pass for 1970-01-01T00:00:00. */
    if (written)
        written->places[0].time.nanoseconds = -1;
    return written;
}

void written_free(struct written *written)
{
    free(written);
}

/* Spreads moments that follow each other closely (Fibonacci hashing). */
static unsigned place_of(const struct instant *time)
{
    uint64_t number =
        (uint64_t)time->seconds * 1000000000U + (uint64_t)time->nanoseconds;

    return (unsigned)(number * UINT64_C(0x9E3779B97F4A7C15) >> 48) % PLACES;
}

void written_add(struct written *written, const char *time, uint64_t shared)
{
    struct instant instant;

    if (text_parse_instant(time, &instant) == 0)
        written->places[place_of(&instant)] = (struct place){instant, shared};
}

bool written_has(const struct written *written, const char *time,
                 uint64_t shared)
{
    struct instant instant;
    const struct place *place;

    if (text_parse_instant(time, &instant))
        return false;
    place = &written->places[place_of(&instant)];
    return place->time.seconds == instant.seconds &&
           place->time.nanoseconds == instant.nanoseconds &&
           place->shared == shared;
}
