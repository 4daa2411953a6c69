#include <string.h>

#include "call.h"
#include "soap_response.h"
#include "soap_schema.h"
#include "soap_view.h"
#include "wire.h"
#include "xml.h"

static size_t first_place(const struct call *call)
{
    return call->payload_at;
}

/* The child with that name, in any namespace. */
static struct xml *find(struct xml *parent, const char *name, size_t len)
{
    struct xml *at = xml_element(parent->first);

    while (at != NULL &&
           (strlen(at->name) != len || memcmp(at->name, name, len) != 0))
        at = xml_element(at->next);
    return at;
}

/* Inserts child after another child of parent; NULL: as the first one. */
static void insert(struct xml *parent, struct xml *after, struct xml *child)
{
    struct xml **next = after != NULL ? &after->next : &parent->first;

    child->next = *next;
    *next = child;
    if (child->next == NULL)
        parent->last = child;
}

static void duplicate_member(struct call *call, const char *name)
{
    struct json_pool *pool = &call->pool;
    struct xml *parent = call->payload;

    if (parent == NULL)
        return;
    struct xml *first = find(parent, name, strlen(name));
    const char *ns = first != NULL           ? first->ns
                     : parent->first != NULL ? parent->first->ns
                                             : parent->ns;
    if (first == NULL) {
        first = xml_add_value(pool, NULL, ns, name, "Duplicate");
        insert(parent, NULL, first);
    }
    insert(parent, first,
           xml_add_value(pool, NULL, ns, name, "Duplicate again"));
    soap_response_print(call);
}

static void remove_child(struct xml *parent, const struct xml *child)
{
    struct xml *before = NULL;

    for (struct xml *at = parent->first; at != child; at = at->next)
        before = at;
    if (before != NULL)
        before->next = child->next;
    else
        parent->first = child->next;
    if (parent->last == child)
        parent->last = before;
}

static void fill(struct call *call, struct xml *element,
                 const struct json *value)
{
    struct soap_view view = {.version = &soap_v13, .pool = &call->pool};

    element->first = element->last = NULL;
    element->attributes = NULL;
    if (value->type == JSON_NULL) {
        xml_set_nil(&call->pool, element);
    } else if (value->type == JSON_ARRAY || value->type == JSON_OBJECT) {
        const struct xml *built = soap_view_mismatch(&view, NULL, value);
        element->first = built->first;
        element->last = built->last;
    } else {
        xml_add_text(&call->pool, element, soap_view_text(&view, value));
    }
}

/* The element where paths begin: the response, or the detail of a SOAP
 * fault. */
static struct xml *find_start(const struct call *call)
{
    struct xml *body = xml_child(call->response_xml, SOAP_NS_ENVELOPE, "Body");

    if (call->refusal.count > 0)
        return call->payload;
    return body != NULL ? xml_element(body->first) : NULL;
}

static void set_member(struct call *call, const char *path,
                       const struct json *value)
{
    struct xml *parent = find_start(call), *element = NULL;
    const char *dot, *name = path;

    for (; parent != NULL && (dot = strchr(name, '.')) != NULL; name = dot + 1)
        parent = find(parent, name, (size_t)(dot - name));
    if (parent == NULL)
        return;
    element = find(parent, name, strlen(name));
    if (element != NULL && value == NULL) {
        remove_child(parent, element);
    } else if (value != NULL) {
        if (element == NULL)
            element = xml_add(
                &call->pool, parent,
                parent->first != NULL ? parent->first->ns : parent->ns, name);
        fill(call, element, value);
    }
    soap_response_print(call);
}

/* Ten repetitions. */
#define TEN(text)           text text text text text text text text text text
#define ENTITY(name, other) "<!ENTITY " name " \"" TEN("&" other ";") "\">"

/* The "billion laughs" attack: ten levels of entities. */
static const char entities[] =
    "<!DOCTYPE Envelope [<!ENTITY a \"ha! \">" ENTITY("b", "a") ENTITY("c", "b")
        ENTITY("d", "c") ENTITY("e", "d") ENTITY("f", "e") ENTITY("g", "f")
            ENTITY("h", "g") ENTITY("i", "h") ENTITY("j", "i") "]>";

const struct wire xml_wire = {
    .marks = "<>",
    .junk = "<junk/>",
    .bad_utf8 = "<Broken>a\xC3(b\xFF</Broken>",
    .nul = "<Nul>a&#0;b</Nul>",
    .deep_head = "<Deep>",
    .deep_open = "<d>",
    .deep_close = "</d>",
    .deep_tail = "</Deep>",
    .huge_head = "<Huge>",
    .huge_tail = "</Huge>",
    .doctype = "<!DOCTYPE Envelope [<!ENTITY e \"entity\">]>",
    .entities = entities,
    .entity = "<Laughs>&j;</Laughs>",
    .first_place = first_place,
    .duplicate_member = duplicate_member,
    .set_member = set_member,
};
