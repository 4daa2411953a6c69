/*
 * Faults on request: rules that say which calls go wrong, and how.
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

/* In place of an enum call_kind. */
#define ANY_CALL (-1)

/* A kind of fault. One that replaces the response comes before the call is
 * carried out unless its rule says after; the others change a true response. */
struct fault_kind {
    const char *name;
    bool replaces;
    int only; /* the one call that it is for; ANY_CALL: all */
    /* Happens before the call is carried out; may be NULL. */
    void (*prepare)(struct call *call, const struct fault_rule *rule);
    /* Changes the outcome, before it is printed; may be NULL. */
    void (*alter)(struct call *call, const struct fault_rule *rule);
    /* Changes the response, after it was printed; may be NULL. */
    void (*change)(struct call *call, const struct fault_rule *rule);
};

struct fault_rule {
    struct fault_rule *next;
    struct json_pool pool; /* holds source and the strings */
    const struct json *source;
    uint64_t hits;

    const struct fault_kind *kind;
    /* Which calls. */
    int call; /* an enum call_kind; ANY_CALL: any but Token */
    const char *id;
    bool reused;
    unsigned skip, times, percent;
    bool after; /* after the call was carried out */
    /* How: each kind takes what it needs; 0 and NULL stand for its default. */
    unsigned status, bytes, ms, depth;
    int code; /* -1: not given */
    const char *name, *message, *shape, *body, *content_type, *retry_after,
        *location, *where;
    const struct json *patch, *value; /* NULL: not given */
};

struct faults {
    struct fault_rule *rules;
    uint64_t draws; /* makes "percent" repeatable */
};

void faults_init(struct faults *faults);

/* Removes all rules. */
void faults_clear(struct faults *faults);

/* Adds the rule, or the rules of an array, behind those there are. Answers
 * the number added, or -1 with the reason in *reason and nothing added. */
int faults_add(struct faults *faults, const struct json *rules,
               const char **reason);

/* All rules with their hits, a JSON array. */
void faults_print(const struct faults *faults, struct text *out);

/* The rule that fires for this call, NULL for none; counts it. */
const struct fault_rule *faults_pick(struct faults *faults, enum call_kind kind,
                                     const char *id, bool reused);

/* Kinds are in fault_kinds.c; NULL where there is none of that name. */
const struct fault_kind *fault_kind_find(const char *name);

#endif
