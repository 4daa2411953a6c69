/*
 * Services with limits of many kinds, in virtual time: does such a service
 * accept a call, and what could a client reach that knows the limit?
 *
 * A model has up to three rules; a call is accepted if none of them refuses it.
 */
#ifndef LIMIT_MODELS_H
#define LIMIT_MODELS_H

#include "unit.h"

#define MS     INT64_C(1000)
#define SECOND INT64_C(1000000)

#define MODEL_RULES    3
#define MODEL_CALLS    1024 /* the largest limit of a window */
#define MODEL_TENANTS  60
#define MODEL_MAX_RATE 1e9

enum rule_kind {
    RULE_NONE,
    RULE_SLIDING, /* at most `calls` in any window */
    RULE_FIXED,   /* at most `calls` in each window */
    RULE_BUCKET,  /* `calls` in a window, of which `burst` are saved up */
    RULE_AT_ONCE, /* at most `calls` in flight */
    RULE_CHANCE,  /* `chance` of them are refused at random */
    RULE_ALWAYS   /* refused */
};

enum rule_scope {
    SCOPE_ALL,
    SCOPE_GET,
    SCOPE_UPDATE,
    SCOPE_USER,  /* user 100 */
    SCOPE_TENANT /* tenant 7 */
};

#define MODEL_USER   100
#define MODEL_TENANT 7

/* Retry-After in seconds, or one of these. */
enum { AFTER_NONE = -1, AFTER_EXACT = -2 };

struct limit_rule {
    enum rule_kind kind;
    enum rule_scope scope;
    unsigned calls;
    unsigned window; /* seconds */
    unsigned burst;
    double chance;
    long status;        /* 0: 429 */
    int retry_after;    /* seconds, or AFTER_... */
    unsigned neighbour; /* calls in a window by another program */
    unsigned later;     /* calls after the change; 0: it does not change */
};

struct limit_model {
    const char *name;
    struct limit_rule rules[MODEL_RULES];
    double most_refused; /* goal: share of all calls */
    double least_used;   /* goal: share of what is possible */
    unsigned change;     /* second in which limits change; 0: never */
    unsigned found;      /* windows after that in which it must be found */
};

/* One call, as the service sees it. */
struct limit_call {
    bool update;
    uint64_t user;
    unsigned tenant; /* 0: none */
    int64_t latency; /* if it is accepted */
};

struct rule_state {
    int64_t *times; /* of the last calls that count, in a ring; or the ends of
                       calls in flight */
    uint64_t count;
    int64_t window; /* number of the fixed window */
    double tokens;
    int64_t filled;
    int64_t neighbour; /* when its next call arrives */
};

struct limit_service {
    const struct limit_model *model;
    struct rule_state states[MODEL_RULES];
    int64_t start;
    uint64_t seed;
    bool counts_refused; /* refused calls count in sliding windows */
};

static inline unsigned rule_calls(const struct limit_service *service,
                                  const struct limit_rule *rule, int64_t now)
{
    bool changed = service->model->change > 0 &&
                   now - service->start >= service->model->change * SECOND;

    return changed && rule->later ? rule->later : rule->calls;
}

static inline void limit_service_init(struct limit_service *service,
                                      const struct limit_model *model,
                                      int64_t now, uint64_t seed)
{
    *service = (struct limit_service){
        .model = model,
        .start = now,
        .seed = seed * 7919 + 1,
        .counts_refused = !(seed & 2),
    };
    for (unsigned i = 0; i < MODEL_RULES; i++) {
        struct rule_state *state = &service->states[i];

        state->times = calloc(MODEL_CALLS, sizeof(*state->times));
        assert_non_null(state->times);
        state->tokens = model->rules[i].burst;
        state->filled = state->neighbour = now;
    }
}

static inline void limit_service_clear(struct limit_service *service)
{
    for (unsigned i = 0; i < MODEL_RULES; i++)
        free(service->states[i].times);
}

static inline bool scope_contains(enum rule_scope scope,
                                  const struct limit_call *call)
{
    switch (scope) {
    case SCOPE_GET:
        return !call->update;
    case SCOPE_UPDATE:
        return call->update;
    case SCOPE_USER:
        return call->user == MODEL_USER;
    case SCOPE_TENANT:
        return call->tenant == MODEL_TENANT;
    case SCOPE_ALL:
        break;
    }
    return true;
}

/* Is a call admitted now? *wait: time until one could be. */
static inline bool rule_admits(struct limit_service *service, unsigned i,
                               int64_t now, int64_t *wait)
{
    const struct limit_rule *rule = &service->model->rules[i];
    struct rule_state *state = &service->states[i];
    unsigned calls = rule_calls(service, rule, now);
    int64_t window = rule->window > 0 ? rule->window * SECOND : 1;
    double per_us = (double)calls / (double)window; /* of a bucket */

    *wait = 0;
    switch (rule->kind) {
    case RULE_SLIDING:
        if (state->count < calls)
            return true;
        *wait =
            state->times[(state->count - calls) % MODEL_CALLS] + window - now;
        return *wait <= 0;
    case RULE_FIXED:
        if (state->window != now / window) {
            state->window = now / window;
            state->count = 0;
        }
        *wait = (now / window + 1) * window - now;
        return state->count < calls;
    case RULE_BUCKET:
        state->tokens += (double)(now - state->filled) * per_us;
        state->filled = now;
        if (state->tokens > rule->burst)
            state->tokens = rule->burst;
        *wait = (int64_t)((1 - state->tokens) / per_us);
        return state->tokens >= 1;
    case RULE_AT_ONCE:
        for (unsigned at = 0; at < calls; at++)
            if (state->times[at] <= now)
                return true;
        return false;
    case RULE_CHANCE:
        return below(&service->seed, 1000000) >= rule->chance * 1e6;
    case RULE_ALWAYS:
        return false;
    case RULE_NONE:
        break;
    }
    return true;
}

/* The call counts for the rule. */
static inline void rule_take(struct limit_service *service, unsigned i,
                             int64_t now, int64_t latency)
{
    const struct limit_rule *rule = &service->model->rules[i];
    struct rule_state *state = &service->states[i];
    unsigned at = 0;

    switch (rule->kind) {
    case RULE_SLIDING:
        state->times[state->count++ % MODEL_CALLS] = now;
        break;
    case RULE_FIXED:
        state->count++;
        break;
    case RULE_BUCKET:
        state->tokens -= 1;
        break;
    case RULE_AT_ONCE:
        while (state->times[at] > now)
            at++;
        state->times[at] = now + latency;
        break;
    default:
        break;
    }
}

/* The other program's calls, until now. */
static inline void rule_take_neighbour(struct limit_service *service,
                                       unsigned i, int64_t now)
{
    const struct limit_rule *rule = &service->model->rules[i];
    struct rule_state *state = &service->states[i];
    int64_t wait;

    for (; rule->neighbour && state->neighbour <= now;
         state->neighbour += rule->window * SECOND / rule->neighbour)
        if (rule_admits(service, i, state->neighbour, &wait) ||
            service->counts_refused)
            rule_take(service, i, state->neighbour, 0);
}

static inline int64_t rule_retry_after(const struct limit_rule *rule,
                                       int64_t wait)
{
    if (rule->retry_after == AFTER_EXACT)
        return (wait + SECOND - 1) / SECOND * 1000;
    return rule->retry_after == AFTER_NONE ? -1 : rule->retry_after * 1000;
}

/* Is the call accepted? If not, returns false with the status and with
 * Retry-After in milliseconds, or -1. */
static inline bool limit_service_accepts(struct limit_service *service,
                                         const struct limit_call *call,
                                         int64_t now, long *status,
                                         int64_t *retry_after)
{
    const struct limit_rule *refusing = NULL;
    int64_t wait = 0;

    for (unsigned i = 0; i < MODEL_RULES; i++) {
        const struct limit_rule *rule = &service->model->rules[i];

        rule_take_neighbour(service, i, now);
        if (!refusing && scope_contains(rule->scope, call) &&
            !rule_admits(service, i, now, &wait))
            refusing = rule;
    }
    for (unsigned i = 0; i < MODEL_RULES; i++) {
        const struct limit_rule *rule = &service->model->rules[i];

        if (scope_contains(rule->scope, call) &&
            (!refusing ||
             (service->counts_refused && rule->kind == RULE_SLIDING)))
            rule_take(service, i, now, call->latency);
    }
    if (!refusing)
        return true;
    *status = refusing->status ? refusing->status : 429;
    *retry_after = rule_retry_after(refusing, wait);
    return false;
}

/* Accepted calls a second that a client reaches that knows the model, with so
 * many calls in flight; without those of a user or tenant that has a limit of
 * its own. refusal: microseconds of a refused call. */
static inline double limit_model_possible(const struct limit_model *model,
                                          bool changed, unsigned in_flight,
                                          int64_t latency, int64_t refusal)
{
    double rate = MODEL_MAX_RATE, wasted = 0;

    for (unsigned i = 0; i < MODEL_RULES; i++) {
        const struct limit_rule *rule = &model->rules[i];
        double calls = changed && rule->later ? rule->later : rule->calls;
        double limit = MODEL_MAX_RATE;

        if (rule->scope == SCOPE_USER || rule->scope == SCOPE_TENANT)
            continue;
        if (rule->window)
            limit = (calls - rule->neighbour) / rule->window;
        /* Each user needs one call of each kind. */
        if (rule->scope != SCOPE_ALL)
            limit *= 2;
        if (rule->kind == RULE_AT_ONCE && calls < in_flight)
            in_flight = (unsigned)calls;
        if (rule->kind == RULE_CHANCE)
            wasted = rule->chance / (1 - rule->chance);
        if (limit < rate)
            rate = limit;
    }
    /* A call that is refused by chance occupies a slot, too. */
    wasted = in_flight * 1e6 / ((double)latency + wasted * (double)refusal);
    return wasted < rate ? wasted : rate;
}

/* ---- the models ---------------------------------------------------------- */

#define NO_AFTER .retry_after = AFTER_NONE

static const struct limit_model limit_models[] = {
    {"sliding 300 in 10 s",
     {{RULE_SLIDING, .calls = 300, .window = 10, NO_AFTER}},
     0.05,
     0.85,
     0,
     0},
    {"sliding 60 in 1 s",
     {{RULE_SLIDING, .calls = 60, .window = 1, NO_AFTER}},
     0.05,
     0.85,
     0,
     0},
    {"fixed 300 in 10 s",
     {{RULE_FIXED, .calls = 300, .window = 10, NO_AFTER}},
     0.05,
     0.85,
     0,
     0},
    {"bucket 60/s, burst 20",
     {{RULE_BUCKET, .calls = 60, .window = 1, .burst = 20, NO_AFTER}},
     0.05,
     0.85,
     0,
     0},
    {"the same, Retry-After",
     {{RULE_BUCKET, .calls = 60, .window = 1, .burst = 20,
       .retry_after = AFTER_EXACT}},
     0.05,
     0.85,
     0,
     0},
    {"8 at once, 429",
     {{RULE_AT_ONCE, .calls = 8, NO_AFTER}},
     0.05,
     0.85,
     0,
     0},
    {"8 at once, 503",
     {{RULE_AT_ONCE, .calls = 8, .status = 503, NO_AFTER}},
     0.05,
     0.85,
     0,
     0},
    {"1 % refused",
     {{RULE_CHANCE, .chance = 0.01, NO_AFTER}},
     0.02,
     0.85,
     0,
     0},
    {"1 %, Retry-After 1",
     {{RULE_CHANCE, .chance = 0.01, .retry_after = 1}},
     0.02,
     0.85,
     0,
     0},
    {"10 %, Retry-After 1",
     {{RULE_CHANCE, .chance = 0.10, .retry_after = 1}},
     0.11,
     0.85,
     0,
     0},
    {"30 % fail, 503",
     {{RULE_CHANCE, .chance = 0.30, .status = 503, NO_AFTER}},
     0.31,
     0.85,
     0,
     0},
    {"300 in 10 s, halved",
     {{RULE_SLIDING, .calls = 300, .window = 10, .later = 150, NO_AFTER}},
     0.05,
     0.85,
     120,
     2},
    {"100 in 10 s, doubled",
     {{RULE_SLIDING, .calls = 100, .window = 10, .later = 200, NO_AFTER}},
     0.05,
     0.85,
     120,
     20},
    {"by operation",
     {{RULE_SLIDING, SCOPE_GET, .calls = 600, .window = 60, NO_AFTER},
      {RULE_SLIDING, SCOPE_UPDATE, .calls = 60, .window = 10, NO_AFTER}},
     0.05,
     0.85,
     0,
     0},
    {"neighbour uses half",
     {{RULE_SLIDING, .calls = 300, .window = 10, .neighbour = 150, NO_AFTER}},
     0.05,
     0.85,
     0,
     0},
    {"one user is refused",
     {{RULE_ALWAYS, SCOPE_USER, NO_AFTER}},
     0.05,
     0.85,
     0,
     0},
    {"one tenant of 60",
     {{RULE_SLIDING, SCOPE_TENANT, .calls = 10, .window = 10,
       .retry_after = 10}},
     0.05,
     0.85,
     0,
     0},
    {"sliding 300 in 60 s",
     {{RULE_SLIDING, .calls = 300, .window = 60, NO_AFTER}},
     0.01,
     0.90,
     0,
     0},
    {"fixed 300 in 60 s",
     {{RULE_FIXED, .calls = 300, .window = 60, NO_AFTER}},
     0.01,
     0.90,
     0,
     0},
    /* With 503, the circuit breaker has its part in it. */
    {"300 in 10 s, 503",
     {{RULE_SLIDING, .calls = 300, .window = 10, .status = 503, NO_AFTER}},
     0.05,
     0.85,
     0,
     0},
    {"bucket 60/s, 503",
     {{RULE_BUCKET, .calls = 60, .window = 1, .burst = 20, .status = 503,
       .retry_after = AFTER_EXACT}},
     0.05,
     0.85,
     0,
     0},
    /* Made to break the controller: neither chance nor limit explains all
     * refusals; and a short window that hides a long one. */
    {"300 in 10 s and 3 %",
     {{RULE_SLIDING, .calls = 300, .window = 10, NO_AFTER},
      {RULE_CHANCE, .chance = 0.03, NO_AFTER}},
     0.06,
     0.85,
     0,
     0},
    {"20 in 1 s, 600 in 60 s",
     {{RULE_SLIDING, .calls = 20, .window = 1, NO_AFTER},
      {RULE_SLIDING, .calls = 600, .window = 60, NO_AFTER}},
     0.05,
     0.85,
     0,
     0},
};

#define LIMIT_MODELS COUNT(limit_models)

#endif
