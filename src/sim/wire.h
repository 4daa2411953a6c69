/*
 * What the kinds of faults do to the body of an response: JSON or XML.
 */
#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>

struct call;
struct json;

struct wire {
    const char *marks; /* without them it is not what it was */
    const char *junk;  /* not allowed behind it */
    /* Members, to be put first: with invalid UTF-8, with U+0000. */
    const char *bad_utf8, *nul;
    /* A member that is nested, and a very long one. */
    const char *deep_head, *deep_open, *deep_close, *deep_tail;
    const char *huge_head, *huge_tail;
    /* What only XML has; NULL elsewhere: a DOCTYPE, one that declares entities
     * of entities, a member that refers to these. */
    const char *doctype, *entities, *entity;

    /* The offset in the body where a member can be put first: into the User or
     * into the response. */
    size_t (*first_place)(const struct call *call);

    /* Makes sure that a member of the User or of the response is there twice.
     */
    void (*duplicate_member)(struct call *call, const char *name);

    /* Sets a member of the response, named by a path with dots, or, where value
     * is NULL, removes it. */
    void (*set_member)(struct call *call, const char *path,
                       const struct json *value);
};

extern const struct wire json_wire, xml_wire;

#endif
