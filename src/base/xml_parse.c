#include <errno.h>
#include <libxml/parser.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "base/xml_tree.h"

/* Building libxml2's own tree takes twice as long, since it allocates each
 * name, attribute and text separately. So this uses its events (SAX2). */

#define BYTES_PER_BYTE 4     /* memory for a byte of text, about */
#define SMALL          65536 /* bytes; any shorter text is parsed fast */

static const struct xml_refusal no_memory = {.why = "out of memory",
                                             .no_memory = true};

/* Is it this word, apart from white space around it? */
static bool is_word(const char *value, const char *word)
{
    value += strspn(value, " \t\r\n");
    return strncmp(value, word, strlen(word)) == 0 &&
           xml_is_blank(value + strlen(word));
}

/* As XML Schema reads a boolean (part 2, 3.2.2). */
static bool is_true(const char *value)
{
    return is_word(value, "true") || is_word(value, "1");
}

struct builder {
    struct xml *document;
    xmlParserCtxtPtr parser;
    struct xml_node *open; /* the innermost element that has not ended */
    unsigned depth;
    struct buffer text; /* of this element since the last tag */
    bool bad_namespaces;
    struct xml_refusal refusal;
};

/* What was parsed is XML. */
static void refuse(struct builder *builder, const char *why)
{
    if (!builder->refusal.why)
        builder->refusal = (struct xml_refusal){.why = why, .is_xml = true};
    xmlStopParser(builder->parser);
}

/* An allocation failed, because of a bound or for lack of memory. */
static void refuse_size(struct builder *builder)
{
    refuse(builder, "too large");
}

static const char *or_none(const xmlChar *text)
{
    return text ? (const char *)text : "";
}

/* Makes a node of the text since the last tag. */
static int end_text(struct builder *builder)
{
    if (builder->text.len == 0)
        return 0;
    if (builder->open &&
        !xml_add_text(builder->document, builder->open, XML_TEXT,
                      builder->text.data, builder->text.len))
        return -1;
    buffer_clear(&builder->text);
    return 0;
}

/* libxml2 passes an ampersand in an attribute's value as a reference, which its
 * own tree would resolve. It passes no other reference. */
static const char *copy_value(struct xml *document, const xmlChar *value,
                              const xmlChar *end)
{
    static const char reference[] = "#38;";
    char *copied = arena_take(&document->arena, (size_t)(end - value) + 1);
    char *to = copied;

    if (!copied)
        return NULL;
    while (value < end) {
        *to++ = (char)*value++;
        if (to[-1] == '&' && (size_t)(end - value) >= strlen(reference) &&
            memcmp(value, reference, strlen(reference)) == 0)
            value += strlen(reference);
    }
    *to = '\0';
    return copied;
}

/* SAX2 passes an attribute as name, prefix, namespace, start and end of its
 * value. */
#define ATTRIBUTE_PARTS 5

/* The namespace of a prefix, with the lifetime of the document: libxml2's text
 * is freed with the parser. Only "xml" has a namespace without a declaration.
 */
static const char *find_space(struct xml *document, const struct xml_node *node,
                              const char *prefix, const xmlChar *space)
{
    const struct xml_declaration *found;

    if (!space)
        return "";
    found = xml_find_declaration(node, prefix);
    if (found)
        return found->binding.space;
    return xml_copy(document, space, strlen((const char *)space));
}

static int add_attribute(struct xml *document, struct xml_node *node,
                         const xmlChar **part)
{
    const char *prefix = or_none(part[1]);
    const char *space = find_space(document, node, prefix, part[2]);
    const char *value = copy_value(document, part[3], part[4]);
    const struct xml_attribute *added;

    if (!space || !value)
        return -1;
    added =
        xml_add_attribute(document, node, (struct xml_binding){prefix, space},
                          or_none(part[0]), value);
    if (!added)
        return -1;
    if (xml_is_nil_attribute(added))
        node->nil = is_true(value);
    return 0;
}

/* xml_add_attribute() adds in front, so the last attribute is added first. */
static int add_attributes(struct xml *document, struct xml_node *node,
                          int count, const xmlChar **parts)
{
    for (int i = count - 1; i >= 0; i--)
        if (add_attribute(document, node,
                          parts + (ptrdiff_t)i * ATTRIBUTE_PARTS))
            return -1;
    return 0;
}

static int add_declarations(struct xml *document, struct xml_node *node,
                            int count, const xmlChar **parts)
{
    for (int i = count - 1; i >= 0; i--) {
        const xmlChar **part = parts + (ptrdiff_t)i * 2;
        const char *name = or_none(part[0]);
        const xmlChar *space = (const xmlChar *)or_none(part[1]);
        const char *prefix = xml_copy(document, name, strlen(name));
        const char *copied =
            copy_value(document, space, space + xmlStrlen(space));

        if (!prefix || !copied ||
            xml_declare(document, node, (struct xml_binding){prefix, copied}))
            return -1;
    }
    return 0;
}

static int add_name(struct xml *document, struct xml_node *node,
                    const char *prefix, const xmlChar *name,
                    const xmlChar *space)
{
    node->name = or_none(name);
    node->tag = xml_make_tag(document, prefix, &node->name);
    node->space = find_space(document, node, prefix, space);
    return node->tag && node->space ? 0 : -1;
}

/* NOLINTNEXTLINE(bugprone-easily-swappable-parameters): libxml2's type */
static void start_element(void *data, const xmlChar *name,
                          const xmlChar *prefix, const xmlChar *space,
                          int declarations, const xmlChar **declared,
                          int attributes, int defaults, const xmlChar **parts)
{
    struct builder *builder = data;
    struct xml *document = builder->document;
    struct xml_node *node;

    (void)defaults;
    if (builder->depth++ == XML_MAX_DEPTH) {
        refuse(builder, "nested too deeply");
        return;
    }
    if (declarations + attributes > XML_MAX_ATTRIBUTES) {
        refuse(builder, "an element with too many attributes");
        return;
    }
    if (end_text(builder) || !(node = xml_node_new(document, XML_ELEMENT))) {
        refuse_size(builder);
        return;
    }
    if (builder->open)
        xml_insert(builder->open, builder->open->last, node);
    else
        document->root = node;
    builder->open = node;
    if (add_declarations(document, node, declarations, declared) ||
        add_name(document, node, or_none(prefix), name, space) ||
        add_attributes(document, node, attributes, parts))
        refuse_size(builder);
}

/* Joins the texts of an element that also contains comments. */
static int join_text(struct builder *builder, struct xml_node *element)
{
    buffer_clear(&builder->text);
    for (const struct xml_node *node = element->first; node; node = node->next)
        if (node->kind == XML_TEXT && buffer_puts(&builder->text, node->text))
            return -1;
    element->text =
        builder->text.len > 0
            ? xml_copy(builder->document, builder->text.data, builder->text.len)
            : "";
    buffer_clear(&builder->text);
    return element->text ? 0 : -1;
}

static void end_element(void *data, const xmlChar *name, const xmlChar *prefix,
                        const xmlChar *space)
{
    struct builder *builder = data;
    struct xml_node *node = builder->open;

    (void)name;
    (void)prefix;
    (void)space;
    if (end_text(builder)) {
        refuse_size(builder);
        return;
    }
    if (!node->first)
        node->text = "";
    else if (node->first == node->last && node->first->kind == XML_TEXT)
        node->text = node->first->text;
    else if (!xml_first(node) && join_text(builder, node))
        refuse_size(builder);
    builder->open = node->parent;
    builder->depth--;
}

static void add_text(void *data, const xmlChar *text, int len)
{
    struct builder *builder = data;

    if (buffer_append(&builder->text, text, (size_t)len))
        refuse_size(builder);
}

static void add_comment(void *data, const xmlChar *text)
{
    struct builder *builder = data;

    if (!builder->open)
        return;
    if (end_text(builder) ||
        !xml_add_text(builder->document, builder->open, XML_COMMENT,
                      (const char *)text, strlen((const char *)text)))
        refuse_size(builder);
}

static void refuse_doctype(void *data, const xmlChar *name,
                           const xmlChar *public_id, const xmlChar *system_id)
{
    (void)name;
    (void)public_id;
    (void)system_id;
    refuse(data, "a DOCTYPE");
}

static void refuse_reference(void *data, const xmlChar *name)
{
    (void)name;
    refuse(data, "an entity");
}

static struct xml_refusal refusal_of(int error)
{
    switch (error) {
    case XML_ERR_INVALID_CHAR:
        return (struct xml_refusal){
            .why = "a character that XML does not allow", .is_xml = true};
    case XML_ERR_UNDECLARED_ENTITY:
        return (struct xml_refusal){.why = "an entity", .is_xml = true};
    case XML_ERR_ATTRIBUTE_REDEFINED:
        return (struct xml_refusal){.why = "a duplicate attribute",
                                    .is_xml = true};
    default:
        return (struct xml_refusal){.why = "not XML, or incomplete"};
    }
}

/* After a fatal error the parser returns. A namespace is compared as text, so
 * it need not be a URI. */
static void receive_error(void *data, xmlErrorPtr error)
{
    struct builder *builder = data;

    if (error->domain == XML_FROM_NAMESPACE && error->level >= XML_ERR_ERROR &&
        error->code != XML_WAR_NS_URI)
        builder->bad_namespaces = true;
    if (error->level != XML_ERR_FATAL || builder->refusal.why)
        return;
    builder->refusal = refusal_of(error->code);
    if (builder->open)
        (void)utf8_clean(builder->refusal.element,
                         sizeof(builder->refusal.element), builder->open->name);
}

static const xmlSAXHandler handlers = {
    .initialized = XML_SAX2_MAGIC,
    .serror = receive_error,
    .startElementNs = start_element,
    .endElementNs = end_element,
    .characters = add_text,
    .ignorableWhitespace = add_text, /* without a DTD, it is a text */
    .cdataBlock = add_text,
    .comment = add_comment,
    .internalSubset = refuse_doctype,
    .reference = refuse_reference,
};

/* The position after the next occurrence of a word, or the text's end. */
static const char *skip_past(const char *text, const char *word)
{
    const char *found = strstr(text, word);

    return found ? found + strlen(word) : text + strlen(text);
}

/* The position after a quoted text that begins at text, or the text's end. */
static const char *skip_quoted(const char *text)
{
    const char *end = strchr(text + 1, *text);

    return end ? end + 1 : text + strlen(text);
}

/* The end of the tag, comment or CDATA that begins at text; *attributes is set
 * to the number of its attributes. */
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
 * minutes in a large text of attributes, and only then passes the element. */
static bool has_many_attributes(const char *text, size_t len)
{
    size_t attributes = 0;

    if (len < SMALL)
        return false;
    while (attributes <= XML_MAX_ATTRIBUTES && (text = strchr(text, '<')))
        text = tag_end(text, &attributes);
    return attributes > XML_MAX_ATTRIBUTES;
}

/* The text is one chunk, so that no tag is split. The push parser is used since
 * it returns after the first fatal error; xmlParseDocument() would continue to
 * look for errors, on hostile texts for minutes. */
static void run_parser(struct builder *builder, const char *text, size_t len)
{
    xmlParserCtxtPtr parser = builder->parser;

    /* NOENT, DTDLOAD, XINCLUDE and HUGE stay off. The encoding was checked, and
     * no converter must run, since it prints errors to standard error. */
    (void)xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC |
                                        XML_PARSE_NOERROR |
                                        XML_PARSE_NOWARNING);
    (void)xmlParseChunk(parser, text, (int)len, 1);
    if (builder->refusal.why)
        return;
    if (!parser->wellFormed || parser->disableSAX) /* the parser gave up */
        builder->refusal = refusal_of(XML_ERR_OK);
    else if (builder->bad_namespaces)
        refuse(builder, "XML with invalid namespaces");
}

static int parse(struct xml *document, const char *text, size_t len,
                 struct xml_refusal *refusal)
{
    struct builder builder = {.document = document};
    xmlSAXHandler sax = handlers;

    builder.parser = xmlCreatePushParserCtxt(&sax, &builder, NULL, 0, NULL);
    if (!builder.parser) {
        *refusal = no_memory;
        return -1;
    }
    buffer_init(&builder.text, XML_MAX_MEMORY);
    errno = 0;
    run_parser(&builder, text, len);
    /* libxml2 does not report each allocation that failed, and continues with
     * an error of its own. */
    if (builder.refusal.why && errno == ENOMEM)
        builder.refusal = no_memory;
    buffer_free(&builder.text);
    xmlFreeDoc(builder.parser->myDoc);
    xmlFreeParserCtxt(builder.parser);
    *refusal = builder.refusal;
    return refusal->why ? -1 : 0;
}

static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return !*text;
}

/* True if there is an XML declaration that names another encoding. A text in
 * ASCII is the same in all of them. */
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
    if (strncasecmp(named + 1, utf8, strlen(utf8)) == 0 &&
        named[1 + strlen(utf8)] == *named)
        return false;
    return !is_ascii(text);
}

/* The reason to refuse a text without parsing it; NULL: none. */
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

struct xml *xml_parse(const char *text, size_t len, struct xml_refusal *refusal)
{
    struct xml *document;

    *refusal = (struct xml_refusal){.why = check_text(text, len)};
    if (refusal->why) {
        refusal->is_xml = len > 0;
        return NULL;
    }
    document = xml_new(len * BYTES_PER_BYTE);
    if (!document) {
        *refusal = no_memory;
        return NULL;
    }
    if (parse(document, text, len, refusal)) {
        xml_free(document);
        return NULL;
    }
    return document;
}
