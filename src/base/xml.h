/*
 * XML documents that are safe to read and come back equal: a tree that
 * libxml2's parser fills, with checks around it.
 *
 * Equal means the same infoset (XML Information Set, W3C): elements, attributes
 * and texts, prefixes and the namespaces in scope, comments. SOAP 1.1 (section
 * 3) allows neither a DOCTYPE nor processing instructions. A DOCTYPE is
 * refused; so there are no entities but the five of XML itself. Processing
 * instructions are left out.
 */
#ifndef BASE_XML_H
#define BASE_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

#define XML_MAX_DEPTH      35 /* nested elements */
#define XML_MAX_ATTRIBUTES 64 /* of one element, its namespaces included */
#define XML_MAX_MEMORY     ((size_t)32 << 20) /* bytes of one document */

/* The namespace of nil (XML Schema, part 1, 2.6.2). */
#define XML_SCHEMA_INSTANCE "http://www.w3.org/2001/XMLSchema-instance"

/* A document. It owns all its nodes. */
struct xml;

/* A node of it; the functions below return only elements. */
struct xml_node;

/* Why a text was refused. */
struct xml_refusal {
    const char *why;
    bool is_xml;    /* so far it is XML, apart from what was refused: if the
                       text is complete, requesting it again would not help */
    bool no_memory; /* out of memory */
};

/* Parses a whole text, which must have a NUL after its last byte. NULL, with
 * the refusal, if it is not XML with namespaces, has a DOCTYPE, is not in UTF-8
 * (an encoding that is declared must be UTF-8, unless the text is in ASCII), or
 * exceeds a bound above. No message quotes the text. */
struct xml *xml_parse(const char *text, size_t len,
                      struct xml_refusal *refusal);
void xml_free(struct xml *document);

struct xml_node *xml_root(const struct xml *document);

/* The first element in an element, and the next one after an element; or NULL.
 */
struct xml_node *xml_first(const struct xml_node *element);
struct xml_node *xml_next(const struct xml_node *element);

/* The first element of that name in an element; NULL if there is none, or if
 * element is NULL. */
struct xml_node *xml_child(const struct xml_node *element, const char *space,
                           const char *name);

/* True if the element has that name and namespace ("": none). */
bool xml_is(const struct xml_node *element, const char *space,
            const char *name);

/* Its name and namespace ("": none). */
const char *xml_name(const struct xml_node *element);
const char *xml_space(const struct xml_node *element);

bool xml_is_nil(const struct xml_node *element);

/* The text of an element without elements; "" if it is empty or nil. NULL if it
 * contains elements, or if element is NULL. */
const char *xml_text(const struct xml_node *element);

/* True if there is text besides white space between its elements. */
bool xml_has_loose_text(const struct xml_node *element);

/* True if the text of any element within it consists of asterisks only. */
bool xml_has_masked_text(const struct xml_node *element);

/* Adds an element, empty at first, to a parent, after an element in it (NULL:
 * as its first one). Name and namespace are borrowed. NULL if out of memory. */
struct xml_node *xml_add(struct xml *document, struct xml_node *parent,
                         struct xml_node *after, const char *space,
                         const char *name);

/* Replace the content of an element, which keeps its position and its other
 * attributes: by a text, which is copied; by nil; by nothing. -1 if out of
 * memory. */
int xml_make_text(struct xml *document, struct xml_node *element,
                  const char *text);
int xml_make_nil(struct xml *document, struct xml_node *element);
void xml_make_empty(struct xml_node *element);

/* A prefix ("": none) and its namespace. */
struct xml_binding {
    const char *prefix;
    const char *space;
};

/* Appends the element with its content, and with declarations of the namespaces
 * that are in scope in its document, except those that outer, the text around
 * it, declares alike. The list ends with the prefix NULL. -1 as
 * buffer_reserve(). */
int xml_print(const struct xml_node *element, const struct xml_binding *outer,
              struct buffer *buffer);

/* Appends a text, escaped so that a parser returns it unchanged. */
int xml_put_text(struct buffer *buffer, const char *text);

/* True if XML allows all its characters (XML 1.0, 2.2). The text is UTF-8. */
bool xml_can_carry(const char *text);

#endif
