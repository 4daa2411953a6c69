/*
 * The limits of the services, which all services share.
 *
 * A call is accepted if every limit that selects it accepts it. Calls to the
 * token endpoint are not limited, because another host receives them.
 */
#ifndef LIMITS_H
#define LIMITS_H

#include <stdint.h>

#include "limit.h"
#include "text.h"

#define LIMITS_MAX 16

struct limits {
    struct limit all[LIMITS_MAX];
    unsigned count;
    unsigned generation; /* changes when the limits are replaced */
};

/* The limits that count a call. */
struct limits_held {
    unsigned generation;
    unsigned mask; /* bit i: all[i] */
};

void limits_init(struct limits *limits);
void limits_free(struct limits *limits);

/* Adds a limit. Returns NULL, or why it is not valid (a fixed string). */
const char *limits_add(struct limits *limits, const char *text);

/* Replaces the limits by those of another set, which is empty afterwards. */
void limits_replace(struct limits *limits, struct limits *by);

/* Decides about a call at the time now; the arguments are as in limit.h. NULL:
 * it is accepted. Otherwise returns the first limit that refuses it, and *wait
 * is the time until it would accept another one. limits_end() must follow. */
const struct limit *limits_call(struct limits *limits, enum call_kind kind,
                                const char *user, const char *tenant,
                                uint64_t now, uint64_t *wait,
                                struct limits_held *held);

/* The call has ended. */
void limits_end(struct limits *limits, const struct limits_held *held);

/* Appends the texts of the limits as a JSON array. */
void limits_print(const struct limits *limits, struct text *out);

#endif
