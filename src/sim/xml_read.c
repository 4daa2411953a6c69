/*
 * The XML parser; xml.c has the tree. Only this file uses libxml2.
 */
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "xml.h"

struct binding {
    const char *prefix, *ns;
    int depth; /* of the declaring element */
};

struct reader {
    struct json_pool *pool;
    xmlParserCtxtPtr parser;
    const char *reason;
    struct xml *root;
    struct xml *open[XML_DEPTH];
    int depth;
    struct text run; /* text since the last tag; libxml2 reports it in pieces */
    struct binding *bindings;
    size_t count, size;
};

static char *copy(struct reader *reader, const xmlChar *text, size_t len)
{
    char *string = json_pool_alloc(reader->pool, len + 1);

    memcpy(string, text, len);
    string[len] = '\0';
    return string;
}

static const char *copy_string(struct reader *reader, const xmlChar *text)
{
    return text != NULL ? copy(reader, text, strlen((const char *)text)) : "";
}

static void fail(struct reader *reader, const char *reason)
{
    if (reader->reason == NULL)
        reader->reason = reason;
    xmlStopParser(reader->parser);
}

/* --- qualified names in attributes -------------------------------------- */

static void bind(struct reader *reader, const xmlChar *prefix,
                 const xmlChar *ns)
{
    if (reader->count == reader->size) {
        reader->size = reader->size > 0 ? reader->size * 2 : 16;
        reader->bindings =
            mem_grow(reader->bindings, reader->size * sizeof *reader->bindings);
    }
    reader->bindings[reader->count++] = (struct binding){
        copy_string(reader, prefix), copy_string(reader, ns), reader->depth};
}

/* Resolves the prefix in the value of an xsi:type. */
static void resolve(struct reader *reader, struct xml_attribute *type)
{
    const char *colon = strchr(type->value, ':');
    size_t len = colon != NULL ? (size_t)(colon - type->value) : 0;

    for (size_t i = reader->count; i > 0; i--) {
        const struct binding *at = &reader->bindings[i - 1];
        if (strlen(at->prefix) != len ||
            memcmp(at->prefix, type->value, len) != 0)
            continue;
        type->value_ns = at->ns;
        type->value += colon != NULL ? len + 1 : 0;
        return;
    }
    type->value_ns = "";
    if (colon != NULL)
        fail(reader, "the prefix of a type is not declared");
}

/* --- callbacks of libxml2 ------------------------------------------------- */

static void flush(struct reader *reader)
{
    if (reader->run.len > 0 && reader->depth > 0)
        xml_add_text(reader->pool, reader->open[reader->depth - 1],
                     reader->run.data);
    text_clear(&reader->run);
}

/* libxml2 leaves ampersands in attributes as references, and nothing else. */
static const char *copy_value(struct reader *reader, const xmlChar *from,
                              size_t len)
{
    static const char escaped[] = "&#38;";
    char *value = copy(reader, from, len);

    for (char *at = value; (at = strstr(at, escaped)) != NULL;) {
        char *rest = at + sizeof escaped - 1;
        memmove(++at, rest, strlen(rest) + 1);
    }
    return value;
}

/* at: local name, prefix, namespace, and the start and end of the value. */
static void add_attribute(struct reader *reader, struct xml *element,
                          const xmlChar **at)
{
    const char *value = copy_value(reader, at[3], (size_t)(at[4] - at[3]));

    if (at[1] != NULL && at[2] == NULL) {
        fail(reader, "the prefix of an attribute is not declared");
        return;
    }
    struct xml_attribute *added =
        xml_attribute(reader->pool, element, copy_string(reader, at[2]),
                      copy_string(reader, at[0]), value);
    if (strcmp(added->ns, XML_NS_SCHEMA) == 0 &&
        strcmp(added->name, "type") == 0)
        resolve(reader, added);
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *ns, int bindings, const xmlChar **bound,
                     int attributes, int defaulted, const xmlChar **values)
{
    struct reader *reader = context;
    int depth = reader->depth;
    struct xml *parent = depth > 0 ? reader->open[depth - 1] : NULL;

    (void)defaulted;
    if (depth == XML_DEPTH) {
        fail(reader, "it is nested too deeply");
        return;
    }
    if (prefix != NULL && ns == NULL) {
        fail(reader, "the prefix of an element is not declared");
        return;
    }
    flush(reader);
    const char *known = parent != NULL && ns != NULL ? parent->ns : "";
    bool same = ns != NULL && strcmp(known, (const char *)ns) == 0;
    struct xml *element =
        xml_add(reader->pool, parent, same ? known : copy_string(reader, ns),
                copy_string(reader, name));
    if (parent == NULL)
        reader->root = element;
    for (int i = 0; i < bindings; i++)
        bind(reader, bound[2 * i], bound[2 * i + 1]);
    for (int i = 0; i < attributes; i++)
        add_attribute(reader, element, values + (ptrdiff_t)5 * i);
    reader->open[reader->depth++] = element;
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *ns)
{
    struct reader *reader = context;

    (void)name;
    (void)prefix;
    (void)ns;
    flush(reader);
    reader->depth--;
    while (reader->count > 0 &&
           reader->bindings[reader->count - 1].depth == reader->depth)
        reader->count--;
}

static void on_text(void *context, const xmlChar *text, int len)
{
    struct reader *reader = context;

    text_put(&reader->run, (const char *)text, (size_t)len);
}

static void on_doctype(void *context, const xmlChar *name,
                       const xmlChar *public_id, const xmlChar *system_id)
{
    (void)name;
    (void)public_id;
    (void)system_id;
    fail(context, "it has a DOCTYPE");
}

/* SOAP 1.1, section 3, forbids processing instructions. */
static void on_instruction(void *context, const xmlChar *target,
                           const xmlChar *data)
{
    (void)target;
    (void)data;
    fail(context, "it has a processing instruction");
}

/* libxml2 has changed the type of this argument. */
#if LIBXML_VERSION >= 21200
static void on_error(void *context, const xmlError *error)
#else
static void on_error(void *context, xmlErrorPtr error)
#endif
{
    struct reader *reader = context;
    const char *message = error->message != NULL ? error->message : "unknown";

    if (reader->reason != NULL)
        return;
    reader->reason =
        copy(reader, (const xmlChar *)message, strcspn(message, "\n"));
}

/* --- the parser ----------------------------------------------------------- */

static bool is_utf8(const xmlChar *encoding)
{
    return encoding == NULL || strcasecmp((const char *)encoding, "utf-8") == 0;
}

static void parse(struct reader *reader)
{
    static const xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = on_doctype,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
        .ignorableWhitespace = on_text,
        .processingInstruction = on_instruction,
        .serror = on_error,
    };
    xmlParserCtxtPtr parser = reader->parser;

    xmlCtxtUseOptions(parser, XML_PARSE_NONET);
    *parser->sax = handler;
    parser->userData = reader;
    int status = xmlParseDocument(parser);
    if (reader->reason == NULL && (status != 0 || reader->root == NULL))
        reader->reason = "it is not well-formed";
    if (reader->reason == NULL &&
        (!is_utf8(parser->encoding) ||
         (parser->input != NULL && !is_utf8(parser->input->encoding))))
        reader->reason = "it is not in UTF-8";
}

struct xml *xml_read(struct json_pool *pool, const char *text, size_t len,
                     const char **reason)
{
    struct reader reader = {.pool = pool};

    if (len == 0 || memchr(text, '\0', len) != NULL) {
        *reason = len == 0 ? "it is empty" : "it contains a NUL byte";
        return NULL;
    }
    reader.parser = xmlCreateMemoryParserCtxt(text, (int)len);
    if (reader.parser == NULL) {
        *reason = "out of memory";
        return NULL;
    }
    text_init(&reader.run);
    parse(&reader);
    if (reader.parser->myDoc != NULL)
        xmlFreeDoc(reader.parser->myDoc);
    xmlFreeParserCtxt(reader.parser);
    text_free(&reader.run);
    free(reader.bindings);
    *reason = reader.reason;
    return reader.reason == NULL ? reader.root : NULL;
}
