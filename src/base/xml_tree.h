/*
 * The tree that XML documents are made of: shared by xml_parse.c, which makes
 * it, and xml.c, which has the rest.
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

/* Strings are "" where there is none. */
struct xml_attribute {
    struct xml_attribute *next;
    const char *tag; /* its name with its prefix */
    const char *space;
    const char *name; /* the part of the tag behind the prefix */
    const char *value;
};

struct xml_node {
    enum xml_kind kind;
    bool nil;
    const char *tag, *space, *name; /* as an attribute's */
    const char *text; /* of a text or comment; of an element without elements */
    struct xml_declaration *declarations;
    struct xml_attribute *attributes;
    struct xml_node *parent, *first, *last, *next;
};

struct xml {
    struct xml_node *root;
    struct arena arena; /* what the nodes are made of */
    void *names;        /* the parser's, which they point into */
};

/* All that follows answers NULL or -1 without memory, with errno as
 * arena_take(). Strings are borrowed where it is not said that they are
 * copied. */

/* A node in no element. */
struct xml_node *xml_node_new(struct xml *document, enum xml_kind kind);

/* Puts a node into a parent, behind another one (NULL: as its first). */
void xml_put_behind(struct xml_node *parent, struct xml_node *behind,
                    struct xml_node *node);

/* Puts a text or comment, which is copied, at a parent's end. */
struct xml_node *xml_add_text(struct xml *document, struct xml_node *parent,
                              enum xml_kind kind, const char *text, size_t len);

/* Makes a tag of a prefix and a name, and *name the part of it behind the
 * prefix. */
const char *xml_make_tag(struct xml *document, const char *prefix,
                         const char **name);

/* Declares a namespace on an element, before the others. */
int xml_declare(struct xml *document, struct xml_node *element,
                struct xml_binding binding);

/* Adds an attribute, before the others. */
struct xml_attribute *xml_add_attribute(struct xml *document,
                                        struct xml_node *element,
                                        struct xml_binding binding,
                                        const char *name, const char *value);

const char *xml_copy(struct xml *document, const void *text, size_t len);

bool xml_is_nil_attribute(const struct xml_attribute *attribute);

#endif
