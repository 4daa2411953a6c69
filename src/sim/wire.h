/*
 * How faults change the body of a response: JSON or XML.
 */
#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>

struct call;
struct json;

struct wire {
    const char *marks; /* characters that the fault "garble" replaces */
    const char *junk;  /* not valid after the document */
    /* Members to insert: with invalid UTF-8, with U+0000. */
    const char *bad_utf8, *nul;
    /* Members to insert: a nested one, a very long one. */
    const char *deep_head, *deep_open, *deep_close, *deep_tail;
    const char *huge_head, *huge_tail;
    /* XML only, else NULL: a DOCTYPE, a DOCTYPE with entities that refer to
     * entities, and a member that refers to these. */
    const char *doctype, *entities, *entity;

    /* The offset in the body where a member can be inserted: in the User, or
     * in the response. */
    size_t (*first_place)(const struct call *call);

    /* Duplicates a member of the User or of the response; adds it if it is
     * missing. */
    void (*duplicate_member)(struct call *call, const char *name);

    /* Sets a member of the response; value NULL: removes it. path: names
     * separated by dots. */
    void (*set_member)(struct call *call, const char *path,
                       const struct json *value);
};

extern const struct wire json_wire, xml_wire;

#endif
