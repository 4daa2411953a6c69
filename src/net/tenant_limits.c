#include "net/tenant_limits.h"

#include <stddef.h>

#define FIRST_PAUSE (250 * INT64_C(1000))
#define MAX_PAUSE   (10 * INT64_C(1000000))

/* While as many calls are in flight as may be. */
#define AGAIN (100 * INT64_C(1000))

/* With more calls in flight, a tenant is not limited any more. */
#define MANY 64

/* For each refusal of others, so many of their calls pass: it is the tenant. */
#define OTHERS_PASS 4

/* The index of the tenant; TENANT_LIMITS: it is not known. */
static unsigned find(const struct tenant_limits *limits, uint64_t tenant)
{
    for (unsigned i = 0; tenant && i < limits->used; i++)
        if (limits->limits[i].refused.tenant == tenant)
            return i;
    return TENANT_LIMITS;
}

int64_t tenant_limits_wait(const struct tenant_limits *limits, uint64_t tenant,
                           int64_t now)
{
    unsigned i = find(limits, tenant);
    const struct tenant_limit *limit = &limits->limits[i];

    if (i == TENANT_LIMITS || !limit->limited)
        return 0;
    if (limit->pause_end > now)
        return limit->pause_end - now;
    return limit->in_flight < limit->allowed ? 0 : AGAIN;
}

void tenant_limits_sent(struct tenant_limits *limits, uint64_t tenant)
{
    unsigned i = find(limits, tenant);

    if (i < TENANT_LIMITS && limits->limits[i].limited)
        limits->limits[i].in_flight++;
}

static void pass(struct tenant_limit *limit, int64_t sent)
{
    if (!limit->limited && sent <= limit->sent)
        return;
    limit->pause = 0;
    if (!limit->limited || ++limit->allowed > MANY)
        *limit = (struct tenant_limit){0};
}

uint64_t tenant_limits_suspect(const struct tenant_limits *limits)
{
    return limits->suspected ? limits->suspect.tenant : 0;
}

/* Is this the second refusal? */
static bool is_tenant(const struct tenant_limits *limits,
                      const struct tenant_limit *limit, uint64_t user)
{
    uint64_t passed = limits->passed - limit->passed;
    uint64_t refused =
        limits->refused - limit->refused_before - limit->own_refused;

    return user != limit->refused.user && passed > OTHERS_PASS * refused;
}

static void refuse(struct tenant_limit *limit, int64_t now, int64_t retry_after)
{
    if (!limit->limited || limit->pause_end <= now) {
        limit->pause = limit->pause ? limit->pause * 2 : FIRST_PAUSE;
        if (limit->pause > MAX_PAUSE)
            limit->pause = MAX_PAUSE;
    }
    limit->limited = true;
    limit->allowed = 1;
    if (retry_after < 0)
        retry_after = limit->pause;
    if (limit->pause_end < now + retry_after)
        limit->pause_end = now + retry_after;
}

static void count_refused(struct tenant_limits *limits, struct call_owner owner)
{
    limits->refused++;
    if (limits->suspects++ == 0)
        limits->suspect = owner;
    if (owner.tenant != limits->suspect.tenant)
        limits->suspect.tenant = 0;
    if (owner.user != limits->suspect.user)
        limits->suspected = true;
}

static void count_passed(struct tenant_limits *limits)
{
    limits->passed++;
    limits->suspects = 0;
    limits->suspected = false;
}

static void put_first(struct tenant_limits *limits, struct call_owner owner,
                      int64_t sent)
{
    struct tenant_limit *limit = &limits->limits[limits->next];

    limits->next = (limits->next + 1) % TENANT_LIMITS;
    if (limits->used < TENANT_LIMITS)
        limits->used++;
    *limit = (struct tenant_limit){.refused = owner,
                                   .sent = sent,
                                   .passed = limits->passed,
                                   .refused_before = limits->refused};
}

/* A call of the tenant of this index has ended. */
static void leave(struct tenant_limits *limits, unsigned i)
{
    if (i < TENANT_LIMITS && limits->limits[i].in_flight > 0)
        limits->limits[i].in_flight--;
}

void tenant_limits_lost(struct tenant_limits *limits, uint64_t tenant)
{
    leave(limits, find(limits, tenant));
}

enum tenant_verdict tenant_limits_ended(struct tenant_limits *limits,
                                        struct call_owner owner, int64_t sent,
                                        int64_t now, bool refused,
                                        int64_t retry_after)
{
    unsigned i = find(limits, owner.tenant);
    bool known = i < TENANT_LIMITS;
    struct tenant_limit *limit = &limits->limits[known ? i : 0];
    bool limited = known && limit->limited;

    leave(limits, i);
    if (refused && known && (limited || is_tenant(limits, limit, owner.user))) {
        refuse(limit, now, retry_after);
        return limited ? TENANT_LIMITED : TENANT_FOUND;
    }
    if (refused && known)
        limit->own_refused++;
    if (refused)
        count_refused(limits, owner);
    else
        count_passed(limits);
    if (refused && !known && owner.tenant)
        put_first(limits, owner, sent);
    else if (!refused && known)
        pass(limit, sent);
    return TENANT_UNLIMITED;
}
