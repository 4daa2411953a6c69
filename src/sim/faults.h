/*
 * Injected faults: rules that select calls and say how they fail.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "json.h"
#include "record.h"
#include "text.h"

struct call;
struct fault_rule;

/* Used instead of an enum call_kind. */
#define ANY_CALL (-1)

/* A kind of fault. By default, one that replaces the response happens before
 * the call is executed. The others change a real response. */
struct fault_kind {
    const char *name;
    bool replaces;
    int only; /* the only call that supports it; ANY_CALL: all do */
    /* Runs before the call is executed; may be NULL. */
    void (*prepare)(struct call *call, const struct fault_rule *rule);
    /* Changes the outcome before the response is built; may be NULL. */
    void (*alter)(struct call *call, const struct fault_rule *rule);
    /* Changes the response after it was built; may be NULL. */
    void (*change)(struct call *call, const struct fault_rule *rule);
};

struct fault_rule {
    struct fault_rule *next;
    struct json_pool pool; /* owns source and the strings */
    const struct json *source;
    uint64_t hits;

    const struct fault_kind *kind;
    /* The calls that the rule selects. */
    int call; /* an enum call_kind; ANY_CALL: all except Token */
    const char *id;
    bool reused;
    unsigned skip, times, percent;
    bool after; /* after the call was executed */
    /* Parameters of the kind. 0 and NULL mean its default. */
    unsigned status, bytes, ms, depth;
    int code; /* -1: not given */
    const char *name, *message, *shape, *body, *content_type, *retry_after,
        *location, *where;
    const struct json *patch, *value; /* NULL: not given */
};

struct faults {
    struct fault_rule *rules;
    uint64_t draws; /* number of random choices; makes "percent" repeatable */
};

void faults_init(struct faults *faults);

/* Removes all rules. */
void faults_clear(struct faults *faults);

/* Appends the rule, or the rules of an array. Returns their number. -1: one
 * is not valid, *reason (a fixed string) says why, and none was added. */
int faults_add(struct faults *faults, const struct json *rules,
               const char **reason);

/* Appends a JSON array of all rules with their hits. */
void faults_print(const struct faults *faults, struct text *out);

/* Selects the rule for this call and counts the hit; NULL: there is none. */
const struct fault_rule *faults_pick(struct faults *faults, enum call_kind kind,
                                     const char *id, bool reused);

/* The kind with that name, from fault_kinds.c; NULL if there is none. */
const struct fault_kind *fault_kind_find(const char *name);

#endif
