#include <errno.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "base/xml_tree.h"

/* libxml2's own tree would take twice as long to make: it allocates each name,
 * attribute and text apart. So this takes its events (SAX2) instead. */

#define BYTES_PER_BYTE 4     /* what a text takes when it is parsed, about */
#define SMALL          65536 /* a text that can't take long, whatever it is */

static bool is_true(const char *value)
{
    return strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
}

struct csv_reader {
    struct xml *document;
    xmlParserCtxtPtr parser;
    struct xml_node *open; /* the innermost element that has not ended */
    unsigned depth;
    struct buffer text; /* that has come in it since the last tag */
    struct xml_refusal refusal;
};

static void refuse(struct csv_reader *reader, const char *why)
{
    if (!reader->refusal.why)
        reader->refusal.why = why;
    xmlStopParser(reader->parser);
}

/* Something goes beyond a bound. */
static void refuse_bound(struct csv_reader *reader, const char *why)
{
    reader->refusal.is_xml = true;
    refuse(reader, why);
}

/* Something could not be allocated; errno says why. */
static void refuse_size(struct csv_reader *reader)
{
    reader->refusal.no_memory = errno == ENOMEM;
    refuse_bound(reader, "too large");
}

static const char *or_none(const xmlChar *text)
{
    return text ? (const char *)text : "";
}

/* Makes a node of the text that has come. */
static int end_text(struct csv_reader *reader)
{
    if (reader->text.len == 0)
        return 0;
    if (reader->open && !xml_add_text(reader->document, reader->open, XML_TEXT,
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
        const struct xml_attribute *attribute =
            value ? xml_add_attribute(document, node,
                                      (struct xml_binding){or_none(part[1]),
                                                           or_none(part[2])},
                                      or_none(part[0]), value)
                  : NULL;

        if (!attribute)
            return -1;
        if (xml_is_nil_attribute(attribute))
            node->nil = is_true(value);
    }
    return 0;
}

static int take_declarations(struct xml *document, struct xml_node *node,
                             int count, const xmlChar **parts)
{
    for (int i = count - 1; i >= 0; i--) {
        const xmlChar **part = parts + (ptrdiff_t)i * 2;
        const char *space = or_none(part[1]);

        if (strchr(space, '&'))
            space = copy_value(document, part[1], part[1] + strlen(space));
        if (!space ||
            xml_declare(document, node,
                        (struct xml_binding){or_none(part[0]), space}))
            return -1;
    }
    return 0;
}

static int take_name(struct xml *document, struct xml_node *node,
                     const xmlChar *prefix, const xmlChar *name)
{
    node->name = or_none(name);
    node->tag = xml_make_tag(document, or_none(prefix), &node->name);
    return node->tag ? 0 : -1;
}

/* NOLINTNEXTLINE(bugprone-easily-swappable-parameters): libxml2's type */
static void start_element(void *data, const xmlChar *name,
                          const xmlChar *prefix, const xmlChar *space,
                          int declarations, const xmlChar **declared,
                          int attributes, int defaults, const xmlChar **parts)
{
    struct csv_reader *reader = data;
    struct xml *document = reader->document;
    struct xml_node *node;

    (void)defaults;
    if (reader->depth++ == XML_MAX_DEPTH) {
        refuse_bound(reader, "nested too deeply");
        return;
    }
    if (declarations + attributes > XML_MAX_ATTRIBUTES) {
        refuse_bound(reader, "an element with too many attributes");
        return;
    }
    node = xml_node_new(document, XML_ELEMENT);
    if (end_text(reader) || !node || take_name(document, node, prefix, name) ||
        take_declarations(document, node, declarations, declared) ||
        take_attributes(document, node, attributes, parts)) {
        refuse_size(reader);
        return;
    }
    node->space = or_none(space);
    if (reader->open)
        xml_put_behind(reader->open, reader->open->last, node);
    else
        document->root = node;
    reader->open = node;
}

/* The text of an element in which comments may stand. */
static int join_text(struct csv_reader *reader, struct xml_node *element)
{
    buffer_clear(&reader->text);
    for (const struct xml_node *node = element->first; node; node = node->next)
        if (node->kind == XML_TEXT && buffer_puts(&reader->text, node->text))
            return -1;
    element->text =
        reader->text.len > 0
            ? xml_copy(reader->document, reader->text.data, reader->text.len)
            : "";
    buffer_clear(&reader->text);
    return element->text ? 0 : -1;
}

static void end_element(void *data, const xmlChar *name, const xmlChar *prefix,
                        const xmlChar *space)
{
    struct csv_reader *reader = data;
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
    else if (node->first == node->last && node->first->kind == XML_TEXT)
        node->text = node->first->text;
    else if (!xml_first(node) && join_text(reader, node))
        refuse_size(reader);
    reader->open = node->parent;
    reader->depth--;
}

static void take_text(void *data, const xmlChar *text, int len)
{
    struct csv_reader *reader = data;

    if (buffer_append(&reader->text, text, (size_t)len))
        refuse_size(reader);
}

static void take_comment(void *data, const xmlChar *text)
{
    struct csv_reader *reader = data;

    if (!reader->open)
        return;
    if (end_text(reader) ||
        !xml_add_text(reader->document, reader->open, XML_COMMENT,
                      (const char *)text, strlen((const char *)text)))
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

/* libxml2 would go on, without events: on hostile texts for minutes. From here
 * xmlStopParser() would free what the parser still reads. */
static void take_error(void *data, xmlErrorPtr error)
{
    struct csv_reader *reader = data;

    if (error->level != XML_ERR_FATAL)
        return;
    reader->refusal.no_memory = error->code == XML_ERR_NO_MEMORY;
    if (!reader->refusal.why)
        reader->refusal.why = reader->refusal.no_memory
                                  ? "too large"
                                  : "not XML, or not all of it";
    reader->parser->disableSAX = 1;
    reader->parser->instate = XML_PARSER_EOF;
}

static const xmlSAXHandler handlers = {
    .initialized = XML_SAX2_MAGIC,
    .serror = take_error,
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

static void run_parser(struct csv_reader *reader)
{
    xmlParserCtxtPtr parser = reader->parser;

    *parser->sax = handlers;
    parser->userData = reader;
    /* Neither NOENT, DTDLOAD, XINCLUDE nor HUGE. The encoding is checked: no
     * converter is to run, whose errors go to standard error. */
    (void)xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC |
                                        XML_PARSE_NOERROR |
                                        XML_PARSE_NOWARNING);
    (void)xmlParseDocument(parser);
    if (!reader->refusal.why && !parser->wellFormed)
        reader->refusal.why = "not XML, or not all of it";
    else if (!reader->refusal.why && !parser->nsWellFormed)
        reader->refusal.why = "XML whose namespaces are not right";
    reader->document->names = parser->dict;
    (void)xmlDictReference(parser->dict);
}

/* The place behind a text's next occurrence of a word, or its end. */
static const char *skip_past(const char *text, const char *word)
{
    const char *found = strstr(text, word);

    return found ? found + strlen(word) : text + strlen(text);
}

/* The place behind a quoted text that begins at text, or its end. */
static const char *skip_quoted(const char *text)
{
    const char *end = strchr(text + 1, *text);

    return end ? end + 1 : text + strlen(text);
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
            text = skip_quoted(text);
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
    struct csv_reader reader = {.document = document};

    reader.parser = xmlCreateMemoryParserCtxt(text, (int)len);
    if (!reader.parser) {
        refusal->no_memory = true;
        refusal->why = "too large for this machine's memory";
        return -1;
    }
    buffer_init(&reader.text, XML_MAX_MEMORY);
    run_parser(&reader);
    buffer_free(&reader.text);
    /* It holds the entities of a DOCTYPE that stands behind an error. */
    xmlFreeDoc(reader.parser->myDoc);
    xmlFreeParserCtxt(reader.parser);
    *refusal = reader.refusal;
    return refusal->why ? -1 : 0;
}

/* Does the XML declaration, if there is one, name another encoding? */
static bool has_other_encoding(const char *text)
{
    static const char mark[] = "\xEF\xBB\xBF", utf8[] = "UTF-8";
    const char *end, *named;

    if (strncmp(text, mark, strlen(mark)) == 0)
        text += strlen(mark);
    if (strncmp(text, "<?xml", 5) != 0)
        return false;
    end = strstr(text, "?>");
    named = strstr(text, "encoding");
    if (!end || !named || named > end)
        return false;
    named += strcspn(named, "\"'>");
    return strncasecmp(named + 1, utf8, strlen(utf8)) != 0 ||
           named[1 + strlen(utf8)] != *named;
}

/* What is wrong with a text before it is parsed; NULL: nothing. */
static const char *check_text(const char *text, size_t len)
{
    if (len == 0)
        return "nothing";
    if (len > XML_MAX_MEMORY / BYTES_PER_BYTE)
        return "too large";
    if (!utf8_is_valid(text, len))
        return "not UTF-8";
    if (has_other_encoding(text))
        return "another encoding than UTF-8";
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
