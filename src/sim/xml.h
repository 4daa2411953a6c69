/*
 * An XML tree of elements and texts, its parser and its writer.
 *
 * The parser is strict. It requires UTF-8 and declared namespaces, and rejects
 * DOCTYPE and more than XML_DEPTH levels. Only XML's five predefined entities
 * exist.
 *
 * The writer varies the form of the same infoset: prefixes, quotes, character
 * references, CDATA, and the elements that declare namespaces. The form depends
 * on a seed.
 *
 * Nodes and their strings live in a pool and are freed together.
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
    const char *value;     /* the local part if it is a qualified name */
    const char *value_ns;  /* namespace of a qualified name; NULL: plain text */
    struct xml_attribute *next;
};

struct xml {
    const char *ns;   /* "" for none */
    const char *name; /* NULL: this is text */
    const char *text; /* else NULL */
    /* If the text is a qualified name, as in struct xml_attribute. */
    const char *text_ns;
    bool exact; /* white space must not be added between its children */
    struct xml_attribute *attributes;
    struct xml *next, *first, *last;
};

/* Parses text and returns the root. NULL: not valid; *reason says why and
 * lives as long as pool. */
struct xml *xml_read(struct json_pool *pool, const char *text, size_t len,
                     const char **reason);

/* Appends an element to parent (NULL: none). ns and name are not copied. */
struct xml *xml_add(struct json_pool *pool, struct xml *parent, const char *ns,
                    const char *name);

/* Appends a text, which is copied. */
struct xml *xml_add_text(struct json_pool *pool, struct xml *parent,
                         const char *text);

/* Appends an element with a text. */
struct xml *xml_add_value(struct json_pool *pool, struct xml *parent,
                          const char *ns, const char *name, const char *text);

/* Adds an attribute; the strings are not copied. */
struct xml_attribute *xml_attribute(struct json_pool *pool, struct xml *element,
                                    const char *ns, const char *name,
                                    const char *value);

/* Adds nil="true" (XML Schema, part 1, 2.6.2). */
void xml_set_nil(struct json_pool *pool, struct xml *element);

/* The element's nil attribute; XML_NIL_INVALID if it is no boolean. */
enum xml_nil { XML_NIL, XML_NOT_NIL, XML_NIL_INVALID };
enum xml_nil xml_nil(const struct xml *element);

/* True if the element has another attribute than nil. */
bool xml_has_attribute(const struct xml *element);

/* The first child with that name, or NULL; parent may be NULL. */
struct xml *xml_child(const struct xml *parent, const char *ns,
                      const char *name);

/* The node, or the first sibling after it, that is an element; or NULL. */
struct xml *xml_element(struct xml *node);

/* True if node is an element with that name. */
bool xml_is(const struct xml *element, const char *ns, const char *name);

/* The text of an element, "" if it is empty; NULL if it has other children. */
const char *xml_text(const struct xml *element);

/* The text as XML Schema reads all types but strings: without white space at
 * its ends. */
const char *xml_collapse(struct json_pool *pool, const char *text);

/* True if a text is only white space. */
bool xml_is_space(const char *text);

/* True if both have the same infoset; prefixes are ignored. */
bool xml_equal(const struct xml *a, const struct xml *b);

/* Appends the document in a form that depends on seed. mark: an element with
 * content, or NULL. *at: the offset of its content. */
void xml_print(const struct xml *root, uint64_t seed, const struct xml *mark,
               size_t *at, struct text *out);

#endif
