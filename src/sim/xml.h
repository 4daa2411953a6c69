/*
 * XML as a tree of elements and texts, and how it is read and written.
 *
 * Reading is strict: UTF-8, namespaces, no DOCTYPE, and so no entities but the
 * five that XML itself has; at most XML_DEPTH levels. Writing goes through
 * all forms in which the same infoset can come: prefixes, quotes, character
 * references, CDATA, declarations here or there. Which of them is drawn from
 * a seed.
 *
 * Nodes and their strings live in a pool and are freed all at once with it.
 */
#ifndef XML_H
#define XML_H

#include <stdbool.h>
#include <stdint.h>

#include "json.h"
#include "text.h"

#define XML_DEPTH 128

#define XML_NS_NAMES  "http://www.w3.org/XML/1998/namespace"
#define XML_NS_SCHEMA "http://www.w3.org/2001/XMLSchema-instance"

struct xml_attribute {
    const char *ns, *name; /* ns: "" for none */
    const char *value;     /* of a qualified name: its local part */
    const char *value_ns;  /* the namespace of its prefix; NULL: plain text */
    struct xml_attribute *next;
};

struct xml {
    const char *ns;   /* "" for none */
    const char *name; /* NULL: this is text */
    const char *text; /* of a text; NULL in an element */
    /* Of a text that is a qualified name, as in struct xml_attribute. */
    const char *text_ns;
    bool exact; /* white space between its elements would be a change */
    struct xml_attribute *attributes;
    struct xml *next, *first, *last;
};

/* The document's root, or NULL and the reason in *reason (which lives as long
 * as pool). */
struct xml *xml_read(struct json_pool *pool, const char *text, size_t len,
                     const char **reason);

/* A new element in parent (NULL: none), behind the others. Namespace and name
 * are not copied. */
struct xml *xml_add(struct json_pool *pool, struct xml *parent, const char *ns,
                    const char *name);

/* Puts a text, which is copied, behind what is in parent. */
struct xml *xml_add_text(struct json_pool *pool, struct xml *parent,
                         const char *text);

/* xml_add() of an element that holds text. */
struct xml *xml_add_value(struct json_pool *pool, struct xml *parent,
                          const char *ns, const char *name, const char *text);

/* Adds an attribute; nothing is copied. */
struct xml_attribute *xml_attribute(struct json_pool *pool, struct xml *element,
                                    const char *ns, const char *name,
                                    const char *value);

/* Adds nil="true" (XML Schema, part 1, 2.6.2). */
void xml_set_nil(struct json_pool *pool, struct xml *element);

/* What the element says of nil; XML_NIL_INVALID also where it has any other
 * attribute. */
enum xml_nil { XML_NIL, XML_NOT_NIL, XML_NIL_INVALID };
enum xml_nil xml_nil(const struct xml *element);

/* The first child of that name, or NULL; parent may be NULL. */
struct xml *xml_child(const struct xml *parent, const char *ns,
                      const char *name);

/* The first element at or behind a node, among its siblings; or NULL. */
struct xml *xml_element(struct xml *node);

/* True where the element has that name. */
bool xml_is(const struct xml *element, const char *ns, const char *name);

/* The text in an element that holds nothing else ("" where it is empty), or
 * NULL where it has children. */
const char *xml_text(const struct xml *element);

/* True where a text is nothing but white space. */
bool xml_is_space(const char *text);

/* True where both have the same infoset; comments and prefixes don't count. */
bool xml_equal(const struct xml *a, const struct xml *b);

/* Puts the document in a form drawn from seed. Where mark is given, *at is the
 * offset behind the start tag of that element, which must not be empty. */
void xml_print(const struct xml *root, uint64_t seed, const struct xml *mark,
               size_t *at, struct text *out);

#endif
