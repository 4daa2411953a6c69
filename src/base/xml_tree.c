#include "base/xml_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- making ------------------------------------------------------------- */

struct xml *xml_new(size_t size)
{
    struct xml *document = calloc(1, sizeof(*document));

    if (!document || arena_init(&document->arena, size, XML_MAX_MEMORY)) {
        free(document);
        return NULL;
    }
    return document;
}

void xml_free(struct xml *document)
{
    if (!document)
        return;
    arena_free(&document->arena);
    free(document);
}

void xml_insert(struct xml_node *parent, struct xml_node *after,
                struct xml_node *node)
{
    struct xml_node **place = after ? &after->next : &parent->first;

    node->parent = parent;
    node->next = *place;
    *place = node;
    if (!node->next)
        parent->last = node;
}

struct xml_node *xml_node_new(struct xml *document, enum xml_kind kind)
{
    struct xml_node *node = arena_take(&document->arena, sizeof(*node));

    if (node)
        *node = (struct xml_node){.kind = kind};
    return node;
}

const char *xml_copy(struct xml *document, const void *text, size_t len)
{
    char *copied = arena_take(&document->arena, len + 1);

    if (!copied)
        return NULL;
    memcpy(copied, text, len);
    copied[len] = '\0';
    return copied;
}

struct xml_node *xml_add_text(struct xml *document, struct xml_node *parent,
                              enum xml_kind kind, const char *text, size_t len)
{
    struct xml_node *node = xml_node_new(document, kind);

    if (!node)
        return NULL;
    node->text = xml_copy(document, text, len);
    if (!node->text)
        return NULL;
    xml_insert(parent, parent->last, node);
    return node;
}

const char *xml_make_tag(struct xml *document, const char *prefix,
                         const char **name)
{
    size_t prefix_len = strlen(prefix);
    size_t len = strlen(*name);
    size_t start = prefix_len > 0 ? prefix_len + 1 : 0;
    char *tag = arena_take(&document->arena, start + len + 1);

    if (!tag)
        return NULL;
    memcpy(tag, prefix, prefix_len + 1);
    tag[prefix_len] = ':';
    memcpy(tag + start, *name, len + 1);
    *name = tag + start;
    return tag;
}

int xml_declare(struct xml *document, struct xml_node *element,
                struct xml_binding binding)
{
    struct xml_declaration *added =
        arena_take(&document->arena, sizeof(*added));

    if (!added)
        return -1;
    *added = (struct xml_declaration){element->declarations, binding};
    element->declarations = added;
    return 0;
}

struct xml_attribute *xml_add_attribute(struct xml *document,
                                        struct xml_node *element,
                                        struct xml_binding binding,
                                        const char *name, const char *value)
{
    struct xml_attribute *added = arena_take(&document->arena, sizeof(*added));
    const char *tag = xml_make_tag(document, binding.prefix, &name);

    if (!added || !tag)
        return NULL;
    *added = (struct xml_attribute){element->attributes, tag, binding.space,
                                    name, value};
    element->attributes = added;
    return added;
}

bool xml_is_nil_attribute(const struct xml_attribute *attribute)
{
    return strcmp(attribute->name, "nil") == 0 &&
           strcmp(attribute->space, XML_SCHEMA_INSTANCE) == 0;
}

/* ---- reading ------------------------------------------------------------ */

static struct xml_node *as_element(struct xml_node *node)
{
    while (node && node->kind != XML_ELEMENT)
        node = node->next;
    return node;
}

struct xml_node *xml_root(const struct xml *document)
{
    return document->root;
}

struct xml_node *xml_first(const struct xml_node *element)
{
    return as_element(element->first);
}

struct xml_node *xml_next(const struct xml_node *element)
{
    return as_element(element->next);
}

struct xml_node *xml_child(const struct xml_node *element, const char *space,
                           const char *name)
{
    struct xml_node *child = element ? xml_first(element) : NULL;

    while (child && !xml_is(child, space, name))
        child = xml_next(child);
    return child;
}

bool xml_is(const struct xml_node *element, const char *space, const char *name)
{
    return strcmp(element->name, name) == 0 &&
           strcmp(element->space, space) == 0;
}

const char *xml_name(const struct xml_node *element)
{
    return element->name;
}

const char *xml_space(const struct xml_node *element)
{
    return element->space;
}

bool xml_is_nil(const struct xml_node *element)
{
    return element->nil;
}

const char *xml_text(const struct xml_node *element)
{
    return element ? element->text : NULL;
}

static const char white[] = " \t\r\n"; /* XML 1.0, 2.3 */

/* Is there nothing to collapse? */
static bool is_collapsed(const char *text)
{
    size_t len = strlen(text);

    return !text[strcspn(text, "\t\r\n")] && *text != ' ' &&
           (len == 0 || text[len - 1] != ' ') && !strstr(text, "  ");
}

static const char *collapse(struct xml *document, const char *text)
{
    char *copied, *to;

    if (is_collapsed(text))
        return text;
    copied = to = arena_take(&document->arena, strlen(text) + 1);
    if (!copied)
        return NULL;
    for (text += strspn(text, white); *text; text += strspn(text, white)) {
        size_t len = strcspn(text, white);

        if (to > copied)
            *to++ = ' ';
        memcpy(to, text, len);
        to += len;
        text += len;
    }
    *to = '\0';
    return copied;
}

const char *xml_value(struct xml *document, const struct xml_node *element)
{
    const char *text = xml_text(element);

    return text ? collapse(document, text) : NULL;
}

bool xml_is_blank(const char *text)
{
    return !text[strspn(text, white)];
}

bool xml_has_loose_text(const struct xml_node *element)
{
    for (const struct xml_node *node = element->first; node; node = node->next)
        if (node->kind == XML_TEXT && !xml_is_blank(node->text))
            return true;
    return false;
}

bool xml_has_masked_text(const struct xml_node *element)
{
    const char *text = element->text;

    if (text)
        return *text == '*' && !text[strspn(text, "*")];
    for (const struct xml_node *child = xml_first(element); child;
         child = xml_next(child))
        if (xml_has_masked_text(child))
            return true;
    return false;
}

/* ---- namespaces in scope ------------------------------------------------ */

const struct xml_declaration *xml_find_declaration(
    const struct xml_node *element, const char *prefix)
{
    for (; element; element = element->parent)
        for (const struct xml_declaration *d = element->declarations; d;
             d = d->next)
            if (strcmp(d->binding.prefix, prefix) == 0)
                return d;
    return NULL;
}

/* A prefix that is bound to the namespace at an element, or NULL. An attribute
 * needs a prefix other than "". */
static const char *prefix_of(const struct xml_node *element, const char *space,
                             bool attribute)
{
    for (const struct xml_node *node = element; node; node = node->parent) {
        for (const struct xml_declaration *d = node->declarations; d;
             d = d->next) {
            const char *prefix = d->binding.prefix;

            if (strcmp(d->binding.space, space) == 0 &&
                (*prefix || !attribute) &&
                xml_find_declaration(element, prefix) == d)
                return prefix;
        }
    }
    return NULL;
}

/* ---- changing ----------------------------------------------------------- */

struct xml_node *xml_add(struct xml *document, struct xml_node *parent,
                         struct xml_node *after, const char *space,
                         const char *name)
{
    struct xml_node *node = xml_node_new(document, XML_ELEMENT);
    const char *prefix;

    if (!node)
        return NULL;
    node->space = space;
    node->text = "";
    prefix = prefix_of(parent, space, false);
    if (!prefix) {
        prefix = "";
        if (xml_declare(document, node, (struct xml_binding){"", space}))
            return NULL;
    }
    node->name = name;
    node->tag = xml_make_tag(document, prefix, &node->name);
    if (!node->tag)
        return NULL;
    xml_insert(parent, after, node);
    parent->text = NULL;
    return node;
}

static void remove_content(struct xml_node *element)
{
    element->first = element->last = NULL;
    element->text = "";
}

static void remove_nil(struct xml_node *element)
{
    struct xml_attribute **place = &element->attributes;

    while (*place && !xml_is_nil_attribute(*place))
        place = &(*place)->next;
    if (*place)
        *place = (*place)->next;
    element->nil = false;
}

int xml_make_text(struct xml *document, struct xml_node *element,
                  const char *text)
{
    const struct xml_node *node;

    remove_content(element);
    remove_nil(element);
    if (!*text)
        return 0;
    node = xml_add_text(document, element, XML_TEXT, text, strlen(text));
    if (!node)
        return -1;
    element->text = node->text;
    return 0;
}

/* A prefix for XML_SCHEMA_INSTANCE at the element, declared there if necessary;
 * NULL if out of memory. */
static const char *instance_prefix(struct xml *document,
                                   struct xml_node *element)
{
    const char *prefix = prefix_of(element, XML_SCHEMA_INSTANCE, true);
    char unused[16] = "i";

    if (prefix)
        return prefix;
    for (unsigned n = 1; xml_find_declaration(element, unused); n++)
        (void)snprintf(unused, sizeof(unused), "i%u", n);
    prefix = xml_copy(document, unused, strlen(unused));
    if (!prefix ||
        xml_declare(document, element,
                    (struct xml_binding){prefix, XML_SCHEMA_INSTANCE}))
        return NULL;
    return prefix;
}

int xml_make_nil(struct xml *document, struct xml_node *element)
{
    const char *prefix;

    remove_content(element);
    if (element->nil)
        return 0;
    element->nil = true;
    for (struct xml_attribute *a = element->attributes; a; a = a->next) {
        if (xml_is_nil_attribute(a)) {
            a->value = "true";
            return 0;
        }
    }
    prefix = instance_prefix(document, element);
    if (!prefix ||
        !xml_add_attribute(document, element,
                           (struct xml_binding){prefix, XML_SCHEMA_INSTANCE},
                           "nil", "true"))
        return -1;
    return 0;
}

void xml_make_empty(struct xml_node *element)
{
    remove_content(element);
    remove_nil(element);
}
