/*
 * Limits of single tenants of a partner. A refused call delays its user alone.
 * If a second user of the tenant is refused before a call of the tenant passes,
 * and the calls of others pass meanwhile, the tenant pauses: for Retry-After,
 * or for a time that doubles. Then one call at a time is sent, and one more
 * with each that passes.
 *
 * Pure. Memory is bounded: if very many tenants are limited, the oldest ones
 * are forgotten. Times are microseconds of a monotonic clock.
 */
#ifndef NET_TENANT_LIMITS_H
#define NET_TENANT_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/call_owner.h"

#define TENANT_LIMITS 64

struct tenant_limit {
    struct call_owner refused; /* the first refusal; tenant is 0: unused */
    int64_t sent;              /* when that call was sent */
    uint64_t passed;           /* calls of others until then */
    uint64_t refused_before;   /* calls of all until then */
    uint64_t own_refused;      /* since then, without the first */
    bool limited;
    int64_t pause;
    int64_t pause_end;
    unsigned in_flight; /* since it is limited */
    unsigned allowed;   /* in flight */
};

/* Starts as zeros. */
struct tenant_limits {
    unsigned next; /* to be replaced */
    unsigned used;
    uint64_t passed;
    uint64_t refused;
    struct call_owner suspect; /* of the first call that was refused since one
                                  passed; tenant is 0: none, or several */
    unsigned suspects;         /* calls that were refused since then */
    bool suspected;            /* two users of its tenant, and no others, were
                                  refused */
    struct tenant_limit limits[TENANT_LIMITS];
};

/* Microseconds until a call of the tenant may be sent, or may be asked for
 * again; 0: now. */
int64_t tenant_limits_wait(const struct tenant_limits *limits, uint64_t tenant,
                           int64_t now);

/* The tenant to which the users of all calls belong that were refused since one
 * passed, if they are two users at least; 0: there is none. If a call of
 * another tenant passes, only this tenant is limited. */
uint64_t tenant_limits_suspect(const struct tenant_limits *limits);

void tenant_limits_sent(struct tenant_limits *limits, uint64_t tenant);

/* A call of the tenant has ended, and nobody knows whether it would have
 * passed.
 */
void tenant_limits_lost(struct tenant_limits *limits, uint64_t tenant);

/* Whose limit refused the call? */
enum tenant_verdict {
    TENANT_UNLIMITED, /* not its tenant's, as far as it is known */
    TENANT_FOUND,     /* its tenant's, as its refusal shows */
    TENANT_LIMITED    /* its tenant's, as it was known */
};

/* A call that was sent at that time has ended, and passed or was refused.
 * retry_after: microseconds; -1: none. */
enum tenant_verdict tenant_limits_ended(struct tenant_limits *limits,
                                        struct call_owner owner, int64_t sent,
                                        int64_t now, bool refused,
                                        int64_t retry_after);

#endif
