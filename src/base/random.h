/*
 * Random numbers as an interface, so that a whole run can be repeated from a
 * seed.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* An implementation with a state of its own embeds this struct. */
struct random {
    /* Fills len bytes, at most 256. It cannot fail. */
    void (*fill)(const struct random *random, void *bytes, size_t len);
};

/* The random numbers of the kernel, see getrandom(2). */
extern const struct random random_system;

/* A number from 0 to most, both included. Its distribution is even enough for
 * pauses; nothing secret depends on it. */
int64_t random_up_to(const struct random *random, int64_t most);

#endif
