/*
 * The tree of an XML document, for the files that implement xml.h: xml_tree.c,
 * xml_parse.c and xml_print.c.
 */
#ifndef BASE_XML_TREE_H
#define BASE_XML_TREE_H

#include "base/arena.h"
#include "base/xml.h"

enum xml_kind { XML_ELEMENT, XML_TEXT, XML_COMMENT };

/* A namespace declared on an element. */
struct xml_declaration {
    struct xml_declaration *next;
    struct xml_binding binding;
};

/* Strings are "" if there is none. */
struct xml_attribute {
    struct xml_attribute *next;
    const char *tag; /* its name with its prefix */
    const char *space;
    const char *name; /* the part of the tag after the prefix */
    const char *value;
};

struct xml_node {
    enum xml_kind kind;
    bool nil;
    const char *tag, *space, *name; /* as those of an attribute */
    const char *text; /* of a text, a comment, or an element without elements;
                         NULL otherwise */
    struct xml_declaration *declarations;
    struct xml_attribute *attributes;
    struct xml_node *parent, *first, *last, *next;
};

struct xml {
    struct xml_node *root;
    struct arena arena; /* contains all nodes and their strings */
};

/* The functions below return NULL or -1 if out of memory, with errno as
 * arena_take(). Strings are borrowed unless a function says that it copies
 * them. */

/* An empty document, with memory for size bytes at first; freed by xml_free().
 */
struct xml *xml_new(size_t size);

/* A node without a parent. */
struct xml_node *xml_node_new(struct xml *document, enum xml_kind kind);

/* Inserts a node into a parent, after another node (NULL: as its first). */
void xml_insert(struct xml_node *parent, struct xml_node *after,
                struct xml_node *node);

/* Appends a text or comment, which is copied, to a parent. */
struct xml_node *xml_add_text(struct xml *document, struct xml_node *parent,
                              enum xml_kind kind, const char *text, size_t len);

/* Makes a tag of a prefix and a name, which are copied; *name becomes the part
 * of it after the prefix. */
const char *xml_make_tag(struct xml *document, const char *prefix,
                         const char **name);

/* Declares a namespace on an element, before the others. */
int xml_declare(struct xml *document, struct xml_node *element,
                struct xml_binding binding);

/* The declaration of a prefix that is in scope at an element; NULL: none. */
const struct xml_declaration *xml_find_declaration(
    const struct xml_node *element, const char *prefix);

/* Adds an attribute, before the others. */
struct xml_attribute *xml_add_attribute(struct xml *document,
                                        struct xml_node *element,
                                        struct xml_binding binding,
                                        const char *name, const char *value);

const char *xml_copy(struct xml *document, const void *text, size_t len);

bool xml_is_nil_attribute(const struct xml_attribute *attribute);

#endif
