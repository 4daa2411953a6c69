/*
 * The XML writer, which varies the form of each document; xml.c has the tree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "world.h"
#include "xml.h"

/* The element that declares a namespace. */
enum place {
    AT_ROOT,   /* the document's root declares all */
    AT_PARENT, /* the parent of the element that needs it */
    AT_ITSELF,
    PLACES
};

#define PREFIX 12

struct binding {
    char prefix[PREFIX]; /* "": the default namespace */
    const char *ns;
};

struct printer {
    struct text *out;
    uint64_t draws;
    enum place place;
    bool pretty;
    unsigned varied; /* percentage of texts with references or CDATA */
    struct binding *bindings;
    size_t count, size;
    size_t own; /* index of the current element's first binding */
    const struct xml *mark;
    size_t *at;
};

static unsigned draw(struct printer *printer, unsigned below)
{
    return (unsigned)(world_mix(++printer->draws) % below);
}

static bool happens(struct printer *printer, unsigned percent)
{
    return draw(printer, 100) < percent;
}

/* --- prefixes ----------------------------------------------------------- */

/* The visible prefix of ns, or NULL. */
static const char *find_prefix(const struct printer *printer, const char *ns,
                               bool attribute)
{
    if (strcmp(ns, XML_NS_NAMES) == 0)
        return "xml";
    for (size_t i = printer->count; i > 0; i--) {
        const struct binding *found = &printer->bindings[i - 1];
        if (strcmp(found->ns, ns) != 0 ||
            (attribute && found->prefix[0] == '\0'))
            continue;
        size_t later = i;
        while (later < printer->count &&
               strcmp(printer->bindings[later].prefix, found->prefix) != 0)
            later++;
        if (later == printer->count)
            return found->prefix;
    }
    return NULL;
}

static bool is_bound(const struct printer *printer, const char *prefix)
{
    for (size_t i = printer->own; i < printer->count; i++)
        if (strcmp(printer->bindings[i].prefix, prefix) == 0)
            return true;
    return false;
}

static void choose_prefix(struct printer *printer, const char *ns, char *prefix)
{
    static const char *const usual[] = {"s", "soap", "soapenv", "SOAP-ENV"};
    static const char *const schema[] = {"i", "xsi", "d4p1", "nil"};
    static const char *const others[] = {"a", "b", "c", "s", "i"};
    unsigned number = draw(printer, 900);

    if (number < 500 && strstr(ns, "soap/envelope") != NULL)
        snprintf(prefix, PREFIX, "%s", usual[number % 4]);
    else if (number < 500 && strcmp(ns, XML_NS_SCHEMA) == 0)
        snprintf(prefix, PREFIX, "%s", schema[number % 4]);
    else if (number < 600)
        snprintf(prefix, PREFIX, "%s", others[number % 5]);
    else if (number < 800)
        snprintf(prefix, PREFIX, "e%u", number);
    else
        snprintf(prefix, PREFIX, "%c%c_%u.x", (char)('A' + number % 26),
                 (char)('a' + number / 26 % 26), number % 10);
}

/* Declares ns on the current element. */
static void declare(struct printer *printer, const char *ns,
                    bool may_be_default)
{
    char prefix[PREFIX] = "";

    if (*ns != '\0' &&
        (!may_be_default || is_bound(printer, "") || happens(printer, 60)))
        do
            choose_prefix(printer, ns, prefix);
        while (is_bound(printer, prefix));
    if (printer->count == printer->size) {
        printer->size = printer->size > 0 ? printer->size * 2 : 32;
        printer->bindings = mem_grow(printer->bindings,
                                     printer->size * sizeof *printer->bindings);
    }
    struct binding *added = &printer->bindings[printer->count++];
    memcpy(added->prefix, prefix, sizeof prefix);
    added->ns = ns;
}

static bool ensure_declared(struct printer *printer, const char *ns,
                            bool attribute, bool may_be_default)
{
    if (find_prefix(printer, ns, attribute) != NULL)
        return false;
    declare(printer, ns, may_be_default && !attribute);
    return true;
}

/* Declares the namespaces of the element, its attributes and its text, if
 * they have no prefix. True: something was declared. */
static bool declare_own(struct printer *printer, const struct xml *element,
                        bool may_be_default)
{
    bool added = false;

    /* Only the element itself can declare that it has no namespace. */
    if (*element->ns != '\0' || may_be_default)
        added |= ensure_declared(printer, element->ns, false, may_be_default);
    for (const struct xml_attribute *at = element->attributes; at != NULL;
         at = at->next) {
        if (*at->ns != '\0')
            added |= ensure_declared(printer, at->ns, true, false);
        if (at->value_ns != NULL && *at->value_ns != '\0')
            added |= ensure_declared(printer, at->value_ns, true, false);
    }
    if (element->first != NULL && element->first->text_ns != NULL)
        added |= ensure_declared(printer, element->first->text_ns, true, false);
    return added;
}

static void declare_below(struct printer *printer, const struct xml *element,
                          bool all)
{
    for (const struct xml *at = element->first; at != NULL; at = at->next) {
        if (at->name == NULL)
            continue;
        declare_own(printer, at, false);
        if (all)
            declare_below(printer, at, true);
    }
}

/* --- texts -------------------------------------------------------------- */

static size_t sequence(const char *text)
{
    unsigned char c = (unsigned char)*text;

    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

static void put_reference(struct printer *printer, const char *text, size_t len)
{
    static const unsigned char lead[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    unsigned code = (unsigned char)*text & lead[len];

    for (size_t i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3FU);
    text_printf(printer->out, happens(printer, 50) ? "&#x%X;" : "&#%u;", code);
}

/* A character that must be escaped. */
static void put_mark(struct printer *printer, char mark)
{
    static const char marks[] = "<>&\"'";
    static const char *const names[] = {"&lt;", "&gt;", "&amp;", "&quot;",
                                        "&apos;"};
    const char *at = strchr(marks, mark);

    if (at != NULL && (printer->varied == 0 || happens(printer, 80)))
        text_puts(printer->out, names[at - marks]);
    else
        put_reference(printer, &mark, 1);
}

/* Escapes the characters in unsafe, and a percentage of the others. */
static void put_escaped(struct printer *printer, const char *text,
                        const char *unsafe, unsigned percent)
{
    while (*text != '\0') {
        size_t run = percent > 0 ? 0 : strcspn(text, unsafe);
        text_put(printer->out, text, run);
        text += run;
        if (*text == '\0')
            return;
        size_t len = sequence(text);
        if (strchr(unsafe, *text) != NULL)
            put_mark(printer, *text);
        else if (happens(printer, percent))
            put_reference(printer, text, len);
        else
            text_put(printer->out, text, len);
        text += len;
    }
}

/* CDATA cannot contain its own end, nor a carriage return. */
static void put_cdata(struct printer *printer, const char *text)
{
    size_t len = strcspn(text, "\r");
    const char *end = strstr(text, "]]>");

    if (end != NULL && (size_t)(end - text) < len)
        len = (size_t)(end - text) + 2;
    text_puts(printer->out, "<![CDATA[");
    text_put(printer->out, text, len);
    text_puts(printer->out, "]]>");
    put_escaped(printer, text + len, "<>&\r", 0);
}

static void put_text(struct printer *printer, const char *text)
{
    if (!happens(printer, printer->varied)) {
        put_escaped(printer, text, "<>&\r", 0);
        return;
    }
    if (happens(printer, 50)) {
        put_escaped(printer, text, "<>&\r", 30);
        return;
    }
    size_t before = happens(printer, 50) ? sequence(text) : 0;
    if (before > 0 && strchr("<>&\r", *text) != NULL)
        before = 0;
    text_put(printer->out, text, before);
    put_cdata(printer, text + before);
}

/* --- elements ----------------------------------------------------------- */

static void put_qualified(struct printer *printer, const char *ns,
                          const char *name, bool attribute)
{
    const char *prefix =
        attribute && *ns == '\0' ? "" : find_prefix(printer, ns, attribute);

    if (prefix != NULL && *prefix != '\0') {
        text_puts(printer->out, prefix);
        text_char(printer->out, ':');
    }
    text_puts(printer->out, name);
}

static void put_attributes(struct printer *printer, const struct xml *element)
{
    for (const struct xml_attribute *at = element->attributes; at != NULL;
         at = at->next) {
        char quote = happens(printer, 80) ? '"' : '\'';
        text_char(printer->out, ' ');
        put_qualified(printer, at->ns, at->name, true);
        text_char(printer->out, '=');
        text_char(printer->out, quote);
        if (at->value_ns != NULL)
            put_qualified(printer, at->value_ns, at->value, true);
        else
            put_escaped(printer, at->value,
                        quote == '"' ? "<&\"\t\n\r" : "<&'\t\n\r", 0);
        text_char(printer->out, quote);
    }
}

static void put_declarations(struct printer *printer)
{
    for (size_t i = printer->own; i < printer->count; i++) {
        const struct binding *at = &printer->bindings[i];
        char quote = happens(printer, 80) ? '"' : '\'';
        text_puts(printer->out, *at->prefix != '\0' ? " xmlns:" : " xmlns");
        text_puts(printer->out, at->prefix);
        text_char(printer->out, '=');
        text_char(printer->out, quote);
        put_escaped(printer, at->ns, "<&'\"", 0);
        text_char(printer->out, quote);
    }
}

static void begin_line(struct printer *printer, int depth)
{
    text_printf(printer->out, "\n%*s", depth * 2, "");
}

static void put_start(struct printer *printer, const struct xml *element,
                      int depth)
{
    bool root = depth == 0;

    printer->own = printer->count;
    if ((root && printer->place == AT_ROOT) ||
        (printer->place == AT_PARENT && !element->exact))
        declare_below(printer, element, printer->place == AT_ROOT);
    /* A new prefix can hide one that was found before, so this is repeated. */
    while (declare_own(printer, element, true))
        ;
    text_char(printer->out, '<');
    put_qualified(printer, element->ns, element->name, false);
    if (happens(printer, 50)) {
        put_declarations(printer);
        put_attributes(printer, element);
    } else {
        put_attributes(printer, element);
        put_declarations(printer);
    }
}

static void put_node(struct printer *printer, const struct xml *node, int depth,
                     bool exact);

static void put_children(struct printer *printer, const struct xml *element,
                         int depth, bool exact)
{
    bool lines = printer->pretty && !exact && element->first->name != NULL;

    for (const struct xml *at = element->first; at != NULL; at = at->next) {
        if (lines)
            begin_line(printer, depth + 1);
        if (lines && happens(printer, 1))
            text_puts(printer->out, "<!-- & -->");
        put_node(printer, at, depth + 1, exact);
    }
    if (lines)
        begin_line(printer, depth);
}

static void put_node(struct printer *printer, const struct xml *node, int depth,
                     bool exact)
{
    size_t bindings = printer->count;

    if (node->name == NULL) {
        if (node->text_ns != NULL)
            put_qualified(printer, node->text_ns, node->text, true);
        else if (*node->text != '\0')
            put_text(printer, node->text);
        return;
    }
    put_start(printer, node, depth);
    if (node->first == NULL && happens(printer, 70)) {
        text_puts(printer->out, happens(printer, 50) ? "/>" : " />");
    } else {
        text_char(printer->out, '>');
        if (node == printer->mark)
            *printer->at = printer->out->len;
        if (node->first != NULL)
            put_children(printer, node, depth, exact || node->exact);
        text_puts(printer->out, "</");
        put_qualified(printer, node->ns, node->name, false);
        text_char(printer->out, '>');
    }
    printer->count = bindings;
}

void xml_print(const struct xml *root, uint64_t seed, const struct xml *mark,
               size_t *at, struct text *out)
{
    static const char *const heads[] = {
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
        "<?xml version='1.0' encoding='UTF-8'?>\n",
        "<?xml version=\"1.0\"?>\n",
    };
    struct printer printer = {
        .out = out, .draws = world_mix(seed), .mark = mark, .at = at};
    unsigned style = draw(&printer, 8);

    printer.place = style == 0 ? AT_ITSELF : style < 3 ? AT_ROOT : AT_PARENT;
    printer.pretty = happens(&printer, 20);
    printer.varied = happens(&printer, 50) ? 8 : 0;
    /* The outermost default is no namespace. */
    declare(&printer, "", true);
    if (happens(&printer, 50))
        text_puts(out, heads[draw(&printer, 3)]);
    put_node(&printer, root, 0, false);
    if (printer.pretty)
        text_char(out, '\n');
    free(printer.bindings);
}
