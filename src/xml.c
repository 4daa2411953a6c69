#include "xml.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "text.h"

enum kind { ELEMENT, TEXT, COMMENT };

/* A namespace declared on an element. */
struct declaration {
    struct declaration *next;
    struct xml_binding binding;
};

struct attribute {
    struct attribute *next;
    const char *prefix, *space, *name; /* "" for none, as in a node */
    const char *value;
};

struct xml_node {
    enum kind kind;
    bool nil;
    const char *prefix, *space, *name;
    const char *text; /* of a text or comment; of an element without elements */
    struct declaration *declarations;
    struct attribute *attributes;
    struct xml_node *parent, *first, *last, *next;
};

/* libxml2's own tree would take three times as long to make: it allocates each
 * name, attribute and text apart. */
struct xml {
    struct xml_node *root;
    struct arena arena; /* what the nodes are made of */
    xmlDictPtr names;   /* the parser's names, which nodes point into */
};

#define BYTES_PER_BYTE 4     /* what a text takes when it is parsed, about */
#define SMALL          65536 /* a text that can't take long, whatever it is */

/* ---- the tree ----------------------------------------------------------- */

static struct xml_node *as_element(struct xml_node *node)
{
    while (node && node->kind != ELEMENT)
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

bool xml_has_loose_text(const struct xml_node *element)
{
    for (const struct xml_node *node = element->first; node; node = node->next)
        if (node->kind == TEXT && node->text[strspn(node->text, " \t\r\n")])
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

static void put_behind(struct xml_node *parent, struct xml_node *behind,
                       struct xml_node *node)
{
    struct xml_node **place = behind ? &behind->next : &parent->first;

    node->parent = parent;
    node->next = *place;
    *place = node;
    if (!node->next)
        parent->last = node;
}

static struct xml_node *node_new(struct xml *document, enum kind kind)
{
    struct xml_node *node = arena_take(&document->arena, sizeof(*node));

    if (node)
        *node = (struct xml_node){.kind = kind};
    return node;
}

static const char *copy(struct xml *document, const void *text, size_t len)
{
    char *copied = arena_take(&document->arena, len + 1);

    if (!copied)
        return NULL;
    memcpy(copied, text, len);
    copied[len] = '\0';
    return copied;
}

static struct xml_node *add_text(struct xml *document, struct xml_node *parent,
                                 enum kind kind, const char *text, size_t len)
{
    struct xml_node *node = node_new(document, kind);

    if (!node)
        return NULL;
    node->text = copy(document, text, len);
    if (!node->text)
        return NULL;
    put_behind(parent, parent->last, node);
    return node;
}

static bool is_nil_attribute(const struct attribute *attribute)
{
    return strcmp(attribute->name, "nil") == 0 &&
           strcmp(attribute->space, XML_SCHEMA_INSTANCE) == 0;
}

static bool is_true(const char *value)
{
    return strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
}

/* ---- parsing ------------------------------------------------------------ */

struct reader {
    struct xml *document;
    xmlParserCtxtPtr parser;
    struct xml_node *open; /* the innermost element that has not ended */
    unsigned depth;
    struct buffer text; /* that has come in it since the last tag */
    const char *why;    /* it was refused */
    bool no_memory;
};

static void refuse(struct reader *reader, const char *why)
{
    if (!reader->why)
        reader->why = why;
    xmlStopParser(reader->parser);
}

/* Something could not be allocated; errno says why. */
static void refuse_size(struct reader *reader)
{
    reader->no_memory = errno == ENOMEM;
    refuse(reader, "too large");
}

static const char *or_none(const xmlChar *text)
{
    return text ? (const char *)text : "";
}

static int add_declaration(struct xml *document, struct xml_node *node,
                           const char *prefix, const char *space)
{
    struct declaration *added = arena_take(&document->arena, sizeof(*added));

    if (!added)
        return -1;
    *added = (struct declaration){node->declarations, {prefix, space}};
    node->declarations = added;
    return 0;
}

static struct attribute *add_attribute(struct xml *document,
                                       struct xml_node *node,
                                       const char *prefix, const char *space,
                                       const char *name, const char *value)
{
    struct attribute *added = arena_take(&document->arena, sizeof(*added));

    if (!added)
        return NULL;
    *added = (struct attribute){node->attributes, prefix, space, name, value};
    node->attributes = added;
    return added;
}

/* Makes a node of the text that has come. */
static int end_text(struct reader *reader)
{
    if (reader->text.len == 0)
        return 0;
    if (reader->open && !add_text(reader->document, reader->open, TEXT,
                                  reader->text.data, reader->text.len))
        return -1;
    buffer_clear(&reader->text);
    return 0;
}

/* libxml2 leaves an ampersand in an attribute's value as a reference, for its
 * own tree to resolve; nothing else. */
static const char *copy_value(struct xml *document, const xmlChar *value,
                              const xmlChar *end)
{
    static const char left[] = "#38;";
    char *copied = arena_take(&document->arena, (size_t)(end - value) + 1);
    char *to = copied;

    if (!copied)
        return NULL;
    while (value < end) {
        *to++ = (char)*value++;
        if (to[-1] == '&' && (size_t)(end - value) >= strlen(left) &&
            memcmp(value, left, strlen(left)) == 0)
            value += strlen(left);
    }
    *to = '\0';
    return copied;
}

/* SAX2 hands an attribute on as name, prefix, space, and value's begin and
 * end. */
#define ATTRIBUTE_PARTS 5

static int take_attributes(struct xml *document, struct xml_node *node,
                           int count, const xmlChar **parts)
{
    for (int i = count - 1; i >= 0; i--) {
        const xmlChar **part = parts + (ptrdiff_t)i * ATTRIBUTE_PARTS;
        const char *value = copy_value(document, part[3], part[4]);
        const struct attribute *attribute =
            value ? add_attribute(document, node, or_none(part[1]),
                                  or_none(part[2]), or_none(part[0]), value)
                  : NULL;

        if (!attribute)
            return -1;
        if (is_nil_attribute(attribute))
            node->nil = is_true(value);
    }
    return 0;
}

static int take_declarations(struct xml *document, struct xml_node *node,
                             int count, const xmlChar **parts)
{
    for (int i = count - 1; i >= 0; i--)
        if (add_declaration(document, node, or_none(parts[(ptrdiff_t)i * 2]),
                            or_none(parts[(ptrdiff_t)i * 2 + 1])))
            return -1;
    return 0;
}

/* NOLINTNEXTLINE(bugprone-easily-swappable-parameters): libxml2's type */
static void start_element(void *data, const xmlChar *name,
                          const xmlChar *prefix, const xmlChar *space,
                          int declarations, const xmlChar **declared,
                          int attributes, int defaults, const xmlChar **parts)
{
    struct reader *reader = data;
    struct xml *document = reader->document;
    struct xml_node *node;

    (void)defaults;
    if (reader->depth++ == XML_MAX_DEPTH) {
        refuse(reader, "nested too deeply");
        return;
    }
    if (declarations + attributes > XML_MAX_ATTRIBUTES) {
        refuse(reader, "an element with too many attributes");
        return;
    }
    node = node_new(document, ELEMENT);
    if (end_text(reader) || !node ||
        take_declarations(document, node, declarations, declared) ||
        take_attributes(document, node, attributes, parts)) {
        refuse_size(reader);
        return;
    }
    node->name = or_none(name);
    node->prefix = or_none(prefix);
    node->space = or_none(space);
    if (reader->open)
        put_behind(reader->open, reader->open->last, node);
    else
        document->root = node;
    reader->open = node;
}

/* The text of an element in which comments may stand. */
static int join_text(struct reader *reader, struct xml_node *element)
{
    buffer_clear(&reader->text);
    for (const struct xml_node *node = element->first; node; node = node->next)
        if (node->kind == TEXT && buffer_puts(&reader->text, node->text))
            return -1;
    element->text =
        reader->text.len > 0
            ? copy(reader->document, reader->text.data, reader->text.len)
            : "";
    buffer_clear(&reader->text);
    return element->text ? 0 : -1;
}

static void end_element(void *data, const xmlChar *name, const xmlChar *prefix,
                        const xmlChar *space)
{
    struct reader *reader = data;
    struct xml_node *node = reader->open;

    (void)name;
    (void)prefix;
    (void)space;
    if (end_text(reader)) {
        refuse_size(reader);
        return;
    }
    if (!node->first)
        node->text = "";
    else if (node->first == node->last && node->first->kind == TEXT)
        node->text = node->first->text;
    else if (!xml_first(node) && join_text(reader, node))
        refuse_size(reader);
    reader->open = node->parent;
    reader->depth--;
}

static void take_text(void *data, const xmlChar *text, int len)
{
    struct reader *reader = data;

    if (buffer_append(&reader->text, text, (size_t)len))
        refuse_size(reader);
}

static void take_comment(void *data, const xmlChar *text)
{
    struct reader *reader = data;

    if (!reader->open)
        return;
    if (end_text(reader) ||
        !add_text(reader->document, reader->open, COMMENT, (const char *)text,
                  strlen((const char *)text)))
        refuse_size(reader);
}

static void take_instruction(void *data, const xmlChar *target,
                             const xmlChar *text)
{
    (void)target;
    (void)text;
    refuse(data, "a processing instruction");
}

static void take_doctype(void *data, const xmlChar *name,
                         const xmlChar *public_id, const xmlChar *system_id)
{
    (void)name;
    (void)public_id;
    (void)system_id;
    refuse(data, "a DOCTYPE");
}

static void take_reference(void *data, const xmlChar *name)
{
    (void)name;
    refuse(data, "an entity");
}

/* The XML declaration has been read. */
static void start_document(void *data)
{
    struct reader *reader = data;
    const xmlChar *encoding = reader->parser->input->encoding;

    if (!encoding)
        encoding = reader->parser->encoding;
    if (encoding && strcasecmp((const char *)encoding, "UTF-8") != 0)
        refuse(reader, "another encoding than UTF-8");
}

static const xmlSAXHandler handlers = {
    .initialized = XML_SAX2_MAGIC,
    .startDocument = start_document,
    .startElementNs = start_element,
    .endElementNs = end_element,
    .characters = take_text,
    .ignorableWhitespace = take_text, /* the same: it is not looked for */
    .cdataBlock = take_text,
    .comment = take_comment,
    .processingInstruction = take_instruction,
    .internalSubset = take_doctype,
    .reference = take_reference,
};

static void run_parser(struct reader *reader)
{
    xmlParserCtxtPtr parser = reader->parser;

    *parser->sax = handlers;
    parser->userData = reader;
    /* Neither NOENT, DTDLOAD, XINCLUDE nor HUGE. */
    (void)xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOERROR |
                                        XML_PARSE_NOWARNING);
    (void)xmlParseDocument(parser);
    if (parser->errNo == XML_ERR_NO_MEMORY) {
        reader->no_memory = true;
        reader->why = "too large";
    } else if (!reader->why && !parser->wellFormed) {
        reader->why = "not XML, or not all of it";
    } else if (!reader->why && !parser->nsWellFormed) {
        reader->why = "XML whose namespaces are not right";
    }
    reader->document->names = parser->dict;
    (void)xmlDictReference(parser->dict);
}

/* The place behind a text's next occurrence of a word, or its end. */
static const char *skip_past(const char *text, const char *word)
{
    const char *found = strstr(text, word);

    return found ? found + strlen(word) : text + strlen(text);
}

/* The place behind the tag, comment or CDATA that begins at text; *attributes
 * becomes the number of its attributes. */
static const char *tag_end(const char *text, size_t *attributes)
{
    *attributes = 0;
    if (strncmp(text, "<!--", 4) == 0)
        return skip_past(text + 4, "-->");
    if (strncmp(text, "<![CDATA[", 9) == 0)
        return skip_past(text + 9, "]]>");
    for (text += strcspn(text, "=>"); *text == '=';
         text += strcspn(text, "=>")) {
        ++*attributes;
        text += strcspn(text, "\"'>");
        if (*text == '"' || *text == '\'')
            text = skip_past(text + 1, *text == '"' ? "\"" : "'");
    }
    return text;
}

/* libxml2 compares each attribute of an element with all before it, which takes
 * minutes where they are most of a large text; and tells of them only then. */
static bool has_many_attributes(const char *text, size_t len)
{
    size_t attributes = 0;

    if (len < SMALL)
        return false;
    while (attributes <= XML_MAX_ATTRIBUTES && (text = strchr(text, '<')))
        text = tag_end(text, &attributes);
    return attributes > XML_MAX_ATTRIBUTES;
}

static int parse(struct xml *document, const char *text, size_t len,
                 struct xml_refusal *refusal)
{
    struct reader reader = {.document = document};

    reader.parser = xmlCreateMemoryParserCtxt(text, (int)len);
    if (!reader.parser) {
        refusal->no_memory = true;
        refusal->why = "too large for this machine's memory";
        return -1;
    }
    buffer_init(&reader.text, XML_MAX_MEMORY);
    run_parser(&reader);
    buffer_free(&reader.text);
    xmlFreeParserCtxt(reader.parser);
    refusal->why = reader.why;
    refusal->no_memory = reader.no_memory;
    return reader.why ? -1 : 0;
}

/* What is wrong with a text before it is parsed; NULL: nothing. */
static const char *check_text(const char *text, size_t len)
{
    if (len == 0)
        return "nothing";
    if (len > INT_MAX)
        return "too large";
    if (!text_is_utf8(text, len))
        return "not UTF-8";
    if (has_many_attributes(text, len))
        return "an element with too many attributes";
    return NULL;
}

static struct xml *document_new(size_t size)
{
    struct xml *document = calloc(1, sizeof(*document));

    if (!document || arena_init(&document->arena, size, XML_MAX_MEMORY)) {
        free(document);
        return NULL;
    }
    return document;
}

struct xml *xml_parse(const char *text, size_t len, struct xml_refusal *refusal)
{
    struct xml *document;

    *refusal = (struct xml_refusal){.why = check_text(text, len)};
    if (refusal->why)
        return NULL;
    document = document_new(len * BYTES_PER_BYTE);
    if (!document) {
        refusal->why = "too large for this machine's memory";
        refusal->no_memory = true;
        return NULL;
    }
    if (parse(document, text, len, refusal)) {
        xml_free(document);
        return NULL;
    }
    return document;
}

void xml_free(struct xml *document)
{
    if (!document)
        return;
    arena_free(&document->arena);
    if (document->names)
        xmlDictFree(document->names);
    free(document);
}

/* ---- namespaces in scope ------------------------------------------------ */

/* What a prefix stands for at an element; NULL: nothing. */
static const struct declaration *find_declaration(
    const struct xml_node *element, const char *prefix)
{
    for (; element; element = element->parent)
        for (const struct declaration *d = element->declarations; d;
             d = d->next)
            if (strcmp(d->binding.prefix, prefix) == 0)
                return d;
    return NULL;
}

/* A prefix that stands for a space at an element, or NULL. An attribute's
 * can't be "". */
static const char *prefix_of(const struct xml_node *element, const char *space,
                             bool attribute)
{
    for (const struct xml_node *node = element; node; node = node->parent) {
        for (const struct declaration *d = node->declarations; d; d = d->next) {
            const char *prefix = d->binding.prefix;

            if (strcmp(d->binding.space, space) == 0 &&
                (*prefix || !attribute) &&
                find_declaration(element, prefix) == d)
                return prefix;
        }
    }
    return NULL;
}

/* ---- changing ----------------------------------------------------------- */

struct xml_node *xml_add(struct xml *document, struct xml_node *parent,
                         struct xml_node *behind, const char *space,
                         const char *name)
{
    struct xml_node *node = node_new(document, ELEMENT);

    if (!node)
        return NULL;
    node->name = name;
    node->space = space;
    node->text = "";
    node->prefix = prefix_of(parent, space, false);
    if (!node->prefix) {
        node->prefix = "";
        if (add_declaration(document, node, "", space))
            return NULL;
    }
    put_behind(parent, behind, node);
    parent->text = NULL;
    return node;
}

static void empty(struct xml_node *element)
{
    element->first = element->last = NULL;
    element->text = "";
}

static void drop_nil(struct xml_node *element)
{
    struct attribute **place = &element->attributes;

    while (*place && !is_nil_attribute(*place))
        place = &(*place)->next;
    if (*place && element->nil)
        *place = (*place)->next;
    element->nil = false;
}

int xml_make_text(struct xml *document, struct xml_node *element,
                  const char *text)
{
    const struct xml_node *node;

    empty(element);
    drop_nil(element);
    if (!*text)
        return 0;
    node = add_text(document, element, TEXT, text, strlen(text));
    if (!node)
        return -1;
    element->text = node->text;
    return 0;
}

/* A prefix for XML_SCHEMA_INSTANCE at the element, declared there where it
 * must be; NULL without memory. */
static const char *instance_prefix(struct xml *document,
                                   struct xml_node *element)
{
    static const char *const fresh[] = {"i", "xsi", "nil", "i1", "i2"};
    const char *prefix = prefix_of(element, XML_SCHEMA_INSTANCE, true);

    if (prefix)
        return prefix;
    for (size_t i = 0; i < sizeof(fresh) / sizeof(fresh[0]); i++) {
        if (find_declaration(element, fresh[i]))
            continue;
        return add_declaration(document, element, fresh[i], XML_SCHEMA_INSTANCE)
                   ? NULL
                   : fresh[i];
    }
    return NULL;
}

int xml_make_nil(struct xml *document, struct xml_node *element)
{
    const char *prefix;

    empty(element);
    if (element->nil)
        return 0;
    element->nil = true;
    for (struct attribute *a = element->attributes; a; a = a->next) {
        if (is_nil_attribute(a)) {
            a->value = "true";
            return 0;
        }
    }
    prefix = instance_prefix(document, element);
    if (!prefix || !add_attribute(document, element, prefix,
                                  XML_SCHEMA_INSTANCE, "nil", "true"))
        return -1;
    return 0;
}

void xml_make_empty(struct xml_node *element)
{
    empty(element);
    drop_nil(element);
}

/* ---- printing ----------------------------------------------------------- */

/* Text and attributes are escaped alike: what is not needed does no harm. A
 * line feed or tab would become a space in an attribute, a carriage return a
 * line feed anywhere. */
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

static int put_name(struct buffer *buffer, const char *prefix, const char *name)
{
    if (*prefix &&
        (buffer_puts(buffer, prefix) || buffer_append(buffer, ":", 1)))
        return -1;
    return buffer_puts(buffer, name);
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
    for (const struct attribute *a = element->attributes; a; a = a->next)
        if (buffer_append(buffer, " ", 1) ||
            put_name(buffer, a->prefix, a->name) || put_value(buffer, a->value))
            return -1;
    return 0;
}

static int put_declarations(struct buffer *buffer,
                            const struct xml_node *element)
{
    for (const struct declaration *d = element->declarations; d; d = d->next)
        if (put_declaration(buffer, d->binding))
            return -1;
    return 0;
}

static int put_element(struct buffer *buffer, const struct xml_node *element);

static int put_node(struct buffer *buffer, const struct xml_node *node)
{
    if (node->kind == ELEMENT)
        return buffer_append(buffer, "<", 1) ||
                       put_name(buffer, node->prefix, node->name) ||
                       put_declarations(buffer, node) ||
                       put_element(buffer, node)
                   ? -1
                   : 0;
    if (node->kind == TEXT)
        return xml_put_text(buffer, node->text);
    return buffer_puts(buffer, "<!--") || buffer_puts(buffer, node->text) ||
                   buffer_puts(buffer, "-->")
               ? -1
               : 0;
}

/* An element from behind its declarations on. */
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
                   put_name(buffer, element->prefix, element->name) ||
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

/* Declares what is in scope at an element and not so outside. */
static int put_scope(struct buffer *buffer, const struct xml_node *element,
                     const struct xml_binding *outer)
{
    static const struct xml_binding none = {"", ""};

    for (const struct xml_node *node = element; node; node = node->parent)
        for (const struct declaration *d = node->declarations; d; d = d->next)
            if (find_declaration(element, d->binding.prefix) == d &&
                !is_declared(outer, d->binding) &&
                put_declaration(buffer, d->binding))
                return -1;
    if (!find_declaration(element, "") && !is_declared(outer, none))
        return put_declaration(buffer, none);
    return 0;
}

int xml_print(const struct xml_node *element, const struct xml_binding *outer,
              struct buffer *buffer)
{
    if (buffer_append(buffer, "<", 1) ||
        put_name(buffer, element->prefix, element->name) ||
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
