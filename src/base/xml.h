/*
 * XML documents that are safe to read and come back equal: a tree of our own
 * that libxml2's parser fills, behind checks.
 *
 * Equal means the same infoset (XML Information Set, W3C): elements, attributes
 * and texts, prefixes and the namespaces in scope, comments. What SOAP 1.1 does
 * not allow, a DOCTYPE and processing instructions, is refused (section 3); so
 * there are no entities but the five of XML itself.
 */
#ifndef BASE_XML_H
#define BASE_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

#define XML_MAX_DEPTH      35 /* elements within each other */
#define XML_MAX_ATTRIBUTES 64 /* of one element, its namespaces included */
#define XML_MAX_MEMORY     ((size_t)32 << 20) /* bytes of one document */

/* The namespace of nil (XML Schema, part 1, 2.6.2). */
#define XML_SCHEMA_INSTANCE "http://www.w3.org/2001/XMLSchema-instance"

/* A document. All its nodes live in its memory and end with it. */
struct xml;

/* A part of it; those that are handed out are elements. */
struct xml_node;

/* Why a text was refused. */
struct xml_refusal {
    const char *why;
    bool is_xml;    /* it may be whole and XML, but can't be kept: asking for it
                       again would not help */
    bool no_memory; /* this machine has none left */
};

/* Parses a whole text, which must have a NUL behind its last byte. NULL, with
 * the refusal, where it is not XML with namespaces, has a DOCTYPE or a
 * processing instruction, declares another encoding, or goes beyond a bound
 * above. No message repeats the text. */
struct xml *xml_parse(const char *text, size_t len,
                      struct xml_refusal *refusal);
void xml_free(struct xml *document);

struct xml_node *xml_root(const struct xml *document);

/* The first element in an element, and the one behind an element; or NULL. */
struct xml_node *xml_first(const struct xml_node *element);
struct xml_node *xml_next(const struct xml_node *element);

/* The first element of that name in an element, or NULL. An element that is
 * NULL has none. */
struct xml_node *xml_child(const struct xml_node *element, const char *space,
                           const char *name);

/* Has the element that name in that namespace? "": in none. */
bool xml_is(const struct xml_node *element, const char *space,
            const char *name);

/* Its name and namespace ("" for none). */
const char *xml_name(const struct xml_node *element);
const char *xml_space(const struct xml_node *element);

bool xml_is_nil(const struct xml_node *element);

/* The text of an element that holds no elements; "" where it is empty or nil.
 * NULL where it holds some, or where element is NULL. */
const char *xml_text(const struct xml_node *element);

/* True where there is text besides white space between its elements. */
bool xml_has_loose_text(const struct xml_node *element);

/* True where the text of any element within consists of asterisks alone. */
bool xml_has_masked_text(const struct xml_node *element);

/* Adds an element, empty at first, to a parent, behind an element in it (NULL:
 * as its first one). Name and space are borrowed. NULL without memory. */
struct xml_node *xml_add(struct xml *document, struct xml_node *parent,
                         struct xml_node *behind, const char *space,
                         const char *name);

/* Make something else of an element, which keeps its place and its other
 * attributes: a text, which is copied; nil; or, where it was nil, empty. -1
 * without memory. */
int xml_make_text(struct xml *document, struct xml_node *element,
                  const char *text);
int xml_make_nil(struct xml *document, struct xml_node *element);
void xml_make_empty(struct xml_node *element);

/* A prefix ("" for none) and the namespace that it stands for. */
struct xml_binding {
    const char *prefix;
    const char *space;
};

/* Appends the element with all within it, and with the namespaces that are in
 * scope in its document; those that outer declares alike, where it is put, are
 * left out. The list ends with the prefix NULL. -1 as buffer_reserve(). */
int xml_print(const struct xml_node *element, const struct xml_binding *outer,
              struct buffer *buffer);

/* Appends a text, escaped so that it comes back as it is. */
int xml_put_text(struct buffer *buffer, const char *text);

/* Can XML carry it (XML 1.0, 2.2)? The text is UTF-8. */
bool xml_can_carry(const char *text);

#endif
