/*
 * How many calls a run will make, and how long they will take: one line for
 * people, before it begins. Pure.
 */
#ifndef REPORT_ESTIMATE_H
#define REPORT_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

#define ESTIMATE_SIZE 512 /* bytes; large enough for every text */

struct estimate {
    uint64_t users;
    bool at_most; /* there may be fewer users, as several rows can be of one */
    bool updates; /* also those that have other values are updated */
    /* The rate of calls. rate: in this many seconds, as --rate gives it; 0: it
     * is not given. */
    unsigned rate;
    unsigned rate_window;
    unsigned rate_of_all; /* of which rate is the share of a shard; the same or
                             0: it is no share */
    double measured;      /* calls a second of the run before; 0: unknown */
    unsigned concurrency; /* calls at once, used if no rate is known */
};

/* "1,204 users, 1,204 to 2,408 calls, about 1 min to 2 min at 20 calls/s". */
void estimate_format(char text[ESTIMATE_SIZE], const struct estimate *estimate);

#endif
