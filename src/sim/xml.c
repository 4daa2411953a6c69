#include "xml.h"

#include <string.h>

/* --- the tree ----------------------------------------------------------- */

static struct xml *append(struct json_pool *pool, struct xml *parent)
{
    struct xml *node = json_pool_alloc(pool, sizeof *node);

    *node = (struct xml){.ns = ""};
    if (parent == NULL)
        return node;
    if (parent->last != NULL)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    return node;
}

struct xml *xml_add(struct json_pool *pool, struct xml *parent, const char *ns,
                    const char *name)
{
    struct xml *element = append(pool, parent);

    element->ns = ns;
    element->name = name;
    return element;
}

struct xml *xml_add_text(struct json_pool *pool, struct xml *parent,
                         const char *text)
{
    size_t size = strlen(text) + 1;

    struct xml *node = append(pool, parent);
    node->text = memcpy(json_pool_alloc(pool, size), text, size);
    return node;
}

struct xml *xml_add_value(struct json_pool *pool, struct xml *parent,
                          const char *ns, const char *name, const char *text)
{
    struct xml *element = xml_add(pool, parent, ns, name);

    if (*text != '\0')
        xml_add_text(pool, element, text);
    return element;
}

struct xml_attribute *xml_attribute(struct json_pool *pool, struct xml *element,
                                    const char *ns, const char *name,
                                    const char *value)
{
    struct xml_attribute *added = json_pool_alloc(pool, sizeof *added);
    struct xml_attribute **end = &element->attributes;

    *added = (struct xml_attribute){.ns = ns, .name = name, .value = value};
    while (*end != NULL)
        end = &(*end)->next;
    *end = added;
    return added;
}

void xml_set_nil(struct json_pool *pool, struct xml *element)
{
    xml_attribute(pool, element, XML_NS_SCHEMA, "nil", "true");
}

enum xml_nil xml_nil(const struct xml *element)
{
    const struct xml_attribute *at = element->attributes;

    while (at != NULL &&
           (strcmp(at->name, "nil") != 0 || strcmp(at->ns, XML_NS_SCHEMA) != 0))
        at = at->next;
    if (at == NULL)
        return XML_NOT_NIL;
    if (strcmp(at->value, "true") == 0 || strcmp(at->value, "1") == 0)
        return XML_NIL;
    bool not_nil =
        strcmp(at->value, "false") == 0 || strcmp(at->value, "0") == 0;
    return not_nil ? XML_NOT_NIL : XML_NIL_INVALID;
}

bool xml_has_attribute(const struct xml *element)
{
    for (const struct xml_attribute *at = element->attributes; at != NULL;
         at = at->next)
        if (strcmp(at->name, "nil") != 0 || strcmp(at->ns, XML_NS_SCHEMA) != 0)
            return true;
    return false;
}

const char *xml_collapse(struct json_pool *pool, const char *text)
{
    static const char space[] = " \t\r\n";

    text += strspn(text, space);
    size_t len = strlen(text);
    while (len > 0 && strchr(space, text[len - 1]) != NULL)
        len--;
    char *out = json_pool_alloc(pool, len + 1);
    memcpy(out, text, len);
    out[len] = '\0';
    return out;
}

bool xml_is(const struct xml *element, const char *ns, const char *name)
{
    return element->name != NULL && strcmp(element->name, name) == 0 &&
           strcmp(element->ns, ns) == 0;
}

struct xml *xml_child(const struct xml *parent, const char *ns,
                      const char *name)
{
    if (parent == NULL)
        return NULL;
    for (struct xml *at = parent->first; at != NULL; at = at->next)
        if (xml_is(at, ns, name))
            return at;
    return NULL;
}

struct xml *xml_element(struct xml *node)
{
    while (node != NULL && node->name == NULL)
        node = node->next;
    return node;
}

const char *xml_text(const struct xml *element)
{
    const struct xml *only = element->first;

    if (only == NULL)
        return "";
    return only->name == NULL && only == element->last ? only->text : NULL;
}

bool xml_is_space(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

/* --- comparison ----------------------------------------------------------- */

/* NULL: a plain text. */
static bool same_ns(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const struct xml_attribute *find(const struct xml *element,
                                        const struct xml_attribute *like)
{
    const struct xml_attribute *at = element->attributes;

    while (at != NULL &&
           (strcmp(at->name, like->name) != 0 || strcmp(at->ns, like->ns) != 0))
        at = at->next;
    return at;
}

static bool same_attributes(const struct xml *a, const struct xml *b)
{
    size_t left = 0;

    for (const struct xml_attribute *at = b->attributes; at != NULL;
         at = at->next)
        left++;
    for (const struct xml_attribute *at = a->attributes; at != NULL;
         at = at->next, left--) {
        const struct xml_attribute *other = find(b, at);
        if (other == NULL || strcmp(at->value, other->value) != 0 ||
            !same_ns(at->value_ns, other->value_ns))
            return false;
    }
    return left == 0;
}

bool xml_equal(const struct xml *a, const struct xml *b)
{
    if (a->name == NULL || b->name == NULL)
        return a->name == b->name && strcmp(a->text, b->text) == 0;
    if (!xml_is(a, b->ns, b->name) || !same_attributes(a, b))
        return false;
    const struct xml *x = a->first, *y = b->first;
    for (; x != NULL && y != NULL; x = x->next, y = y->next)
        if (!xml_equal(x, y))
            return false;
    return x == NULL && y == NULL;
}
