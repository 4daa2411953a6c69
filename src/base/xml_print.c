#include <string.h>

#include "base/xml_tree.h"

/* ---- printing ----------------------------------------------------------- */

/* A parser converts an unescaped line feed or tab in an attribute to a space,
 * and a carriage return to a line feed. */
static const char *escape(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\r':
        return "&#13;";
    case '\n':
        return "&#10;";
    default:
        return "&#9;";
    }
}

static int put_escaped(struct buffer *buffer, const char *text,
                       const char *special)
{
    for (;;) {
        size_t len = strcspn(text, special);

        if (buffer_append(buffer, text, len))
            return -1;
        text += len;
        if (!*text)
            return 0;
        if (buffer_puts(buffer, escape(*text++)))
            return -1;
    }
}

int xml_put_text(struct buffer *buffer, const char *text)
{
    return put_escaped(buffer, text, "&<>\r");
}

static int put_value(struct buffer *buffer, const char *value)
{
    return buffer_append(buffer, "=\"", 2) ||
                   put_escaped(buffer, value, "&<>\"\r\n\t") ||
                   buffer_append(buffer, "\"", 1)
               ? -1
               : 0;
}

static int put_declaration(struct buffer *buffer, struct xml_binding binding)
{
    return buffer_puts(buffer, *binding.prefix ? " xmlns:" : " xmlns") ||
                   buffer_puts(buffer, binding.prefix) ||
                   put_value(buffer, binding.space)
               ? -1
               : 0;
}

static int put_attributes(struct buffer *buffer, const struct xml_node *element)
{
    for (const struct xml_attribute *a = element->attributes; a; a = a->next)
        if (buffer_append(buffer, " ", 1) || buffer_puts(buffer, a->tag) ||
            put_value(buffer, a->value))
            return -1;
    return 0;
}

static int put_declarations(struct buffer *buffer,
                            const struct xml_node *element)
{
    for (const struct xml_declaration *d = element->declarations; d;
         d = d->next)
        if (put_declaration(buffer, d->binding))
            return -1;
    return 0;
}

static int put_element(struct buffer *buffer, const struct xml_node *element);

static int put_node(struct buffer *buffer, const struct xml_node *node)
{
    if (node->kind == XML_ELEMENT)
        return buffer_append(buffer, "<", 1) ||
                       buffer_puts(buffer, node->tag) ||
                       put_declarations(buffer, node) ||
                       put_element(buffer, node)
                   ? -1
                   : 0;
    if (node->kind == XML_TEXT)
        return xml_put_text(buffer, node->text);
    return buffer_puts(buffer, "<!--") || buffer_puts(buffer, node->text) ||
                   buffer_puts(buffer, "-->")
               ? -1
               : 0;
}

/* Appends the rest of an element, after its declarations. */
static int put_element(struct buffer *buffer, const struct xml_node *element)
{
    if (put_attributes(buffer, element))
        return -1;
    if (!element->first)
        return buffer_append(buffer, "/>", 2);
    if (buffer_append(buffer, ">", 1))
        return -1;
    for (const struct xml_node *node = element->first; node; node = node->next)
        if (put_node(buffer, node))
            return -1;
    return buffer_append(buffer, "</", 2) ||
                   buffer_puts(buffer, element->tag) ||
                   buffer_append(buffer, ">", 1)
               ? -1
               : 0;
}

static bool is_declared(const struct xml_binding *outer,
                        struct xml_binding binding)
{
    for (; outer->prefix; outer++)
        if (strcmp(outer->prefix, binding.prefix) == 0)
            return strcmp(outer->space, binding.space) == 0;
    return !*binding.prefix && !*binding.space;
}

/* Declares the namespaces in scope at an element that outer does not have. */
static int put_scope(struct buffer *buffer, const struct xml_node *element,
                     const struct xml_binding *outer)
{
    static const struct xml_binding none = {"", ""};

    for (const struct xml_node *node = element; node; node = node->parent)
        for (const struct xml_declaration *d = node->declarations; d;
             d = d->next)
            if (xml_find_declaration(element, d->binding.prefix) == d &&
                !is_declared(outer, d->binding) &&
                put_declaration(buffer, d->binding))
                return -1;
    if (!xml_find_declaration(element, "") && !is_declared(outer, none))
        return put_declaration(buffer, none);
    return 0;
}

int xml_print(const struct xml_node *element, const struct xml_binding *outer,
              struct buffer *buffer)
{
    if (buffer_append(buffer, "<", 1) || buffer_puts(buffer, element->tag) ||
        put_scope(buffer, element, outer))
        return -1;
    return put_element(buffer, element);
}

/* ---- characters --------------------------------------------------------- */

bool xml_can_carry(const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < ' ' && !strchr("\t\r\n", c))
            return false;
        /* U+FFFE and U+FFFF */
        if (c == 0xEF && (unsigned char)text[1] == 0xBF &&
            (unsigned char)text[2] >= 0xBE)
            return false;
    }
    return true;
}
