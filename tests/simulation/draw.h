/*
 * Decisions that follow from a seed alone.
 *
 * A decision about a call is drawn by its key (part, user, kind, number), not
 * in the order of calls. So a schedule without one of its rows still makes the
 * same decisions about the others, and can be shortened.
 */
#ifndef DRAW_H
#define DRAW_H

#include <stdbool.h>
#include <stdint.h>

struct draw {
    uint64_t state;
};

/* The mixing function of SplitMix64 (Steele, Lea, Flood: "Fast splittable
 * pseudorandom number generators", 2014). */
static inline uint64_t draw_mix(uint64_t number)
{
    number += UINT64_C(0x9E3779B97F4A7C15);
    number = (number ^ (number >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    number = (number ^ (number >> 27)) * UINT64_C(0x94D049BB133111EB);
    return number ^ (number >> 31);
}

static inline struct draw draw_keyed(uint64_t seed, uint64_t key)
{
    return (struct draw){draw_mix(seed ^ draw_mix(key))};
}

static inline uint64_t draw_next(struct draw *draw)
{
    draw->state += UINT64_C(0x9E3779B97F4A7C15);
    return draw_mix(draw->state);
}

/* A number from 0 to count - 1. */
static inline unsigned draw_below(struct draw *draw, unsigned count)
{
    return (unsigned)((draw_next(draw) >> 32) % count);
}

/* A number from least to most, both included. */
static inline unsigned draw_between(struct draw *draw, unsigned least,
                                    unsigned most)
{
    return least + draw_below(draw, most - least + 1);
}

/* True in so many of a thousand cases. */
static inline bool draw_chance(struct draw *draw, unsigned per_mille)
{
    return draw_below(draw, 1000) < per_mille;
}

#endif
