/*
 * XML documents that are safe to read and to send back: a tree that libxml2's
 * parser fills, with additional checks. A document comes back equal.
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
    bool is_xml;      /* so far it is XML, apart from what was refused: if the
                         text is complete, requesting it again would not help */
    bool no_memory;   /* out of memory: the text may be valid */
    char element[64]; /* the name of the element at fault; "": none is known */
};

/* Parses a whole text, which must have a NUL after its last byte. NULL, with
 * the refusal, if it is not XML with namespaces, has a DOCTYPE, is not in UTF-8
 * (an encoding that is declared must be UTF-8, unless the text is in ASCII), or
 * exceeds a bound above. No message quotes the text. */
struct xml *xml_parse(const char *text, size_t len,
                      struct xml_refusal *refusal);

/* NULL does nothing. */
void xml_free(struct xml *document);

struct xml_node *xml_root(const struct xml *document);

/* The first child element of an element, and the next sibling element; or NULL.
 */
struct xml_node *xml_first(const struct xml_node *element);
struct xml_node *xml_next(const struct xml_node *element);

/* The first child element of that name and namespace; NULL if there is none, or
 * if element is NULL. */
struct xml_node *xml_child(const struct xml_node *element, const char *space,
                           const char *name);

/* True if the element has that name and namespace ("": none). */
bool xml_is(const struct xml_node *element, const char *space,
            const char *name);

/* Its name and namespace ("": none). */
const char *xml_name(const struct xml_node *element);
const char *xml_space(const struct xml_node *element);

bool xml_is_nil(const struct xml_node *element);

/* The text of an element without child elements; "" if it is empty. NULL if it
 * has child elements, or if element is NULL. */
const char *xml_text(const struct xml_node *element);

/* The text as XML Schema reads the value of any type but a string (part 2,
 * whiteSpace "collapse"): without white space at both ends, and with a space
 * for any other. It belongs to the document. NULL if xml_text() is NULL, or out
 * of memory. */
const char *xml_value(struct xml *document, const struct xml_node *element);

/* Is there nothing but white space in the text? */
bool xml_is_blank(const char *text);

/* True if there is text besides white space between its elements. */
bool xml_has_loose_text(const struct xml_node *element);

/* True if the text of any element within it consists of asterisks only. */
bool xml_has_masked_text(const struct xml_node *element);

/* Adds an empty element to a parent: after one of its child elements, or as the
 * first one if `after` is NULL. The namespace is borrowed. NULL if out of
 * memory. */
struct xml_node *xml_add(struct xml *document, struct xml_node *parent,
                         struct xml_node *after, const char *space,
                         const char *name);

/* Replace the content of an element by a copy of a text, by nil, or by nothing.
 * It keeps its position and all attributes but nil, whatever its value is. -1
 * if out of memory; then the content is lost. */
int xml_make_text(struct xml *document, struct xml_node *element,
                  const char *text);
int xml_make_nil(struct xml *document, struct xml_node *element);
void xml_make_empty(struct xml_node *element);

/* A prefix ("": none) and its namespace. */
struct xml_binding {
    const char *prefix;
    const char *space;
};

/* Appends the element with its content. It also declares the namespaces that
 * are in scope in the element's document, unless the surrounding text has the
 * same binding. outer: the bindings of the surrounding text; a NULL prefix ends
 * the list. -1 as buffer_reserve(). */
int xml_print(const struct xml_node *element, const struct xml_binding *outer,
              struct buffer *buffer);

/* Appends a text, escaped so that a parser returns it unchanged. -1 as
 * buffer_reserve(). */
int xml_put_text(struct buffer *buffer, const char *text);

/* True if XML allows all characters of a text in UTF-8 (XML 1.0, 2.2). */
bool xml_can_carry(const char *text);

#endif
